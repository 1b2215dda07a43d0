import type { ErrorCode } from '../../../errors.ts'
import type { JsonSchema } from '../../json/json-schema.ts'
import type { Verb } from '../../resource.ts'
import { ERROR_MEANINGS } from '../error-meanings.ts'
import type { PlayedCall } from './example.ts'
import { EXAMPLES } from './played.ts'

/** Of a failure that no story meets. */
const REQUEST_ID = '01936f2e-1c8d-7d52-b6a0-3e9f4c7a8b21'

function examples(slug: string, verb: Verb, pick: (call: PlayedCall) => object): { examples?: JsonSchema } {
  const shown = EXAMPLES.calls
    .filter((call) => call.slug === slug && call.verb === verb)
    .map((call) => [call.name, { summary: call.summary, value: pick(call) }])
  return shown.length === 0 ? {} : { examples: Object.fromEntries(shown) }
}

export function bodyExamples(slug: string, verb: Verb): { examples?: JsonSchema } {
  return examples(slug, verb, ({ body }) => body)
}

export function responseExamples(slug: string, verb: Verb): { examples?: JsonSchema } {
  return examples(slug, verb, ({ answer }) => answer)
}

/** One example for each code: as a story met it, else with what it means. */
export function errorExamples(codes: readonly ErrorCode[]): JsonSchema {
  return Object.fromEntries(codes.map((code) => [code, { summary: code, value: errorExample(code) }]))
}

function errorExample(code: ErrorCode): object {
  const error = { code, message: ERROR_MEANINGS[code], details: [], requestId: REQUEST_ID }
  return EXAMPLES.refusals[code] ?? { error }
}

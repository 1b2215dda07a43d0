import { ERRORS, type ErrorCode } from '../../errors.ts'
import { componentName, type JsonSchema } from '../json/json-schema.ts'
import { ERROR_MEANINGS } from './error-meanings.ts'
import { errorExamples } from './examples/index.ts'

type Responses = Record<string, JsonSchema>

/** The one shape of errors. */
export const errorSchema: JsonSchema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message', 'details', 'requestId'],
      properties: {
        code: {
          type: 'string',
          enum: Object.keys(ERRORS),
          description: 'Decide by it: it never changes its meaning.',
        },
        message: {
          type: 'string',
          description: 'For people: names the cause, the value and the limit. Its wording may change.',
        },
        details: {
          type: 'array',
          description: 'Each fault with its place.',
          items: {
            type: 'object',
            required: ['path', 'message'],
            properties: {
              path: {
                type: 'string',
                description: 'Dotted, with list positions: `rules.0.currency`. Empty: the whole input.',
              },
              message: { type: 'string' },
              existingId: {
                type: 'string',
                format: 'uuid',
                description: 'Duplicates only: the record that is already there.',
              },
            },
          },
        },
        requestId: {
          type: ['string', 'null'],
          description: 'As in `X-Request-Id`, and in our log.',
        },
      },
    },
  },
}

/** The failures of an operation by their status. What several operations share stands among the components. */
export function errorResponses(codes: readonly ErrorCode[]): Responses {
  const byStatus = Map.groupBy([...new Set(codes)], (code) => ERRORS[code].status)
  const entries = [...byStatus].map(([status, own]) => [String(status), responseFor(status, own)])
  return Object.fromEntries(entries)
}

function responseFor(status: number, codes: readonly ErrorCode[]): JsonSchema {
  const [only] = codes
  return codes.length === 1 && only !== undefined && SHARED.includes(only)
    ? { $ref: `#/components/responses/${responseName(only)}` }
    : responseOf(status, codes)
}

/** Failures that many operations have, alone under their status. */
const SHARED: readonly ErrorCode[] = [
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'NOT_FOUND',
  'BODY_TOO_LARGE',
  'NOT_JSON',
  'TOO_MANY_REQUESTS',
  'INTERNAL',
]

export const sharedResponses: Responses = Object.fromEntries(
  SHARED.map((code) => [responseName(code), responseOf(ERRORS[code].status, [code])]),
)

function responseName(code: ErrorCode): string {
  return componentName(code.toLowerCase().replaceAll('_', ' '))
}

function responseOf(status: number, codes: readonly ErrorCode[]): JsonSchema {
  const headers = { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } }
  return {
    description: codes.map((code) => `\`${code}\`: ${ERROR_MEANINGS[code]}`).join('\n\n'),
    ...(status === 429 || status === 503 ? { headers } : {}),
    content: {
      'application/json': {
        schema: { $ref: '#/components/schemas/ErrorAnswer' },
        examples: errorExamples(codes),
      },
    },
    'x-error-codes': codes,
  }
}

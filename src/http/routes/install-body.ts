import { z } from 'zod'
import { AppError, invalid } from '../../errors.ts'
import type { Connector } from '../../ports/connector.ts'
import type { Access, Hands } from '../../ports/hands.ts'
import { nullsAsAbsent, plainJson } from '../../read/exact-json.ts'
import type { JsonSchema } from '../json/json-schema.ts'
import { check } from '../read/check.ts'
import { jsonSchemaOf } from '../read/json-schema-of.ts'

type AllHands = ReadonlyMap<string, Hands>
const MANUAL = 'manual'
const MAX_SECRETS = 5
const MAX_CHARACTERS = 256

/** Of any platform; what its secrets look like the platform says. */
const zManual = z.strictObject({
  webhookSecrets: z
    .array(z.string().min(16, 'has too few characters').max(MAX_CHARACTERS, 'has too many characters'))
    .min(1, 'at least 1 secret')
    .max(MAX_SECRETS, `at most ${MAX_SECRETS} secrets`),
})

export interface ReadInstall {
  readonly method: string
  readonly given: Access
}

/** How `install` reads its body: by the ways in that the platforms have. */
export function installBodyOf(hands: AllHands) {
  const ways = new Map<string, z.ZodType<Access>>([[MANUAL, zManual]])
  for (const { methods } of hands.values()) {
    for (const [name, { given }] of Object.entries(methods)) if (!ways.has(name)) ways.set(name, given)
  }
  const described = [...ways].map(([name, given]) => describedWay(name, given))

  /** By the shape of its method alone, whatever the platform. @throws AppError INVALID_INPUT | UNKNOWN_FIELD */
  function read(body: unknown): ReadInstall {
    const { method, given } = partedBody(body)
    const way = typeof method === 'string' ? ways.get(method) : undefined
    if (way === undefined) throw invalid('method', method === undefined ? 'is required' : oneOf(ways.keys()))
    check(way, given)
    return { method: method as string, given }
  }

  /** Once more, by the platform's own word. @throws AppError INVALID_INPUT | UNKNOWN_FIELD */
  function readFor(platform: Connector, { method, given }: ReadInstall): ReadInstall {
    if (method === MANUAL) return { method, given: check(platform.credentials, given) }
    const own = hands.get(platform.platform)?.methods ?? {}
    if (!Object.hasOwn(own, method)) throw invalid('method', oneOf([MANUAL, ...Object.keys(own)]))
    return { method, given: check(own[method]!.given, given) }
  }

  /** What a way in asks for, by name; undefined: there is no such way. */
  function fieldsOf(method: string): readonly string[] | undefined {
    const way = ways.get(method)
    return way === undefined ? undefined : Object.keys((jsonSchemaOf(way).properties ?? {}) as object)
  }

  return { schema: z.unknown().meta({ anyOf: described }), read, readFor, fieldsOf }
}

function partedBody(body: unknown): { method: unknown; given: Access } {
  const plain = plainJson(nullsAsAbsent(body))
  if (typeof plain !== 'object' || plain === null || Array.isArray(plain)) {
    throw new AppError('INVALID_INPUT', 'The body must be a JSON object', {
      details: [{ path: '', message: 'must be a JSON object' }],
    })
  }
  const { method, ...given } = plain as Record<string, unknown>
  return { method, given }
}

function oneOf(names: Iterable<string>): string {
  return `must be one of ${[...names].join(', ')} for this connector`
}

function describedWay(name: string, given: z.ZodType): JsonSchema {
  const { properties = {}, required = [], ...rest } = jsonSchemaOf(given)
  return {
    ...rest,
    properties: { method: { type: 'string', enum: [name] }, ...(properties as object) },
    required: ['method', ...(required as string[])],
  }
}

import type { z } from 'zod'
import { AppError, type ErrorDetail } from '../../errors.ts'
import { JsonNumber, nullsAsAbsent } from '../../read/exact-json.ts'

/** Names of fields can be anything a caller sends: cut before they stand in an answer. */
const SHOWN_NAME_CHARACTERS = 64

export function shownName(key: PropertyKey): string {
  const text = String(key)
  if (text === '') return '""'
  return text.length <= SHOWN_NAME_CHARACTERS ? text : `${text.slice(0, SHOWN_NAME_CHARACTERS)}…`
}

function dotted(path: readonly PropertyKey[]): string {
  return path.map(shownName).join('.')
}

/** One detail for each fault, unknown fields each by their own name. `under` is where the checked value stands. */
export function detailsOf(error: z.ZodError, under: readonly PropertyKey[] = []): ErrorDetail[] {
  return error.issues.flatMap((issue) => {
    const path = [...under, ...issue.path]
    if (issue.code !== 'unrecognized_keys') return [{ path: dotted(path), message: messageOf(issue) }]
    return issue.keys.map((key) => ({
      path: dotted([...path, key]),
      message: 'is not a field of this record',
    }))
  })
}

/**
 * Schemas of adapters leave the plain faults to the library, whose words are not ours and do not tell a field's
 * absence.
 */
function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'invalid_type' || !issue.message.startsWith('Invalid input')) return issue.message
  return issue.message.endsWith('received undefined')
    ? 'is required'
    : `must be ${WORDS[issue.expected] ?? issue.expected}`
}

const WORDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
}

/** A body can have as many faults as it has room for; an answer names so many of them. */
export const MAX_DETAILS = 50

/** A 400 for these faults: `UNKNOWN_FIELD` as soon as one of them is a field that does not exist. */
export function shapeError(error: z.ZodError, under: readonly PropertyKey[] = []): AppError {
  const unknown = error.issues.some((issue) => issue.code === 'unrecognized_keys')
  const details = detailsOf(error, under)
  const first = details.find((detail) => unknown === (detail.message === 'is not a field of this record'))
  return new AppError(
    unknown ? 'UNKNOWN_FIELD' : 'INVALID_INPUT',
    sentence(first ?? details[0], details.length),
    {
      details: details.slice(0, MAX_DETAILS),
    },
  )
}

function sentence(detail: ErrorDetail | undefined, faults: number): string {
  if (detail === undefined) return 'The input is not valid'
  const where = faults > MAX_DETAILS ? `, the first ${MAX_DETAILS} are` : ''
  const more = faults > 1 ? ` (and ${faults - 1} more${where} in details)` : ''
  return `${detail.path === '' ? 'The body' : detail.path} ${detail.message}${more}`
}

/**
 * Checks the body of a create: an object, nulls as if absent, but for fields in which null says something of its own.
 * @param nulls the names of such fields @throws AppError INVALID_INPUT | UNKNOWN_FIELD
 */
export function checkCreate<T>(schema: z.ZodType<T>, body: unknown, nulls?: ReadonlySet<string>): T {
  return check(schema, nullsAsAbsent(objectBody(body), nulls))
}

/**
 * Checks the body of a patch: an object; whether a field takes null is the schema's to say. What stands inside a field
 * replaces the present value whole, so there null is as if absent.
 */
export function checkPatch<T>(schema: z.ZodType<T>, body: unknown, nulls?: ReadonlySet<string>): T {
  const entries = Object.entries(objectBody(body))
  return check(schema, Object.fromEntries(entries.map(([key, value]) => [key, nullsAsAbsent(value, nulls)])))
}

/** Checks a value that stands at `under` with a schema of an adapter or of ours. */
export function check<T>(schema: z.ZodType<T>, value: unknown, under: readonly PropertyKey[] = []): T {
  const result = schema.safeParse(value)
  if (!result.success) throw shapeError(result.error, under)
  return result.data
}

function objectBody(body: unknown): object {
  if (typeof body === 'object' && body !== null && !Array.isArray(body) && !(body instanceof JsonNumber))
    return body
  throw new AppError('INVALID_INPUT', 'The body must be a JSON object', {
    details: [{ path: '', message: 'must be a JSON object' }],
  })
}

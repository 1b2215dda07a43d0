import { z } from 'zod'
import type { Instant } from '../../ports/clock.ts'
import {
  bad,
  good,
  missing,
  type Reader,
  readBoolean,
  readEmail,
  readExternalId,
  readInstant,
  readInteger,
  readOneOf,
  readPhone,
  readPositiveQuantity,
  readQuantity,
  readText,
  readUuid,
} from '../../read/values.ts'
import type { Quantity } from '../../streaks/quantity.ts'
import { GIVEN_INSTANT_SCHEMA, QUANTITY_SCHEMA } from '../json/json-schema.ts'

/** JSON Schema of a field, for the API document. */
type Described = Readonly<Record<string, unknown>>

/** A reader as a Zod type: its message becomes the issue's. */
export function zRead<T>(read: Reader<T>, described: Described) {
  return z
    .unknown()
    .transform((value, context): T => {
      const result = read(value)
      if (result.ok) return result.value
      context.issues.push({ code: 'custom', message: result.message, input: undefined })
      return z.NEVER
    })
    .meta(described)
}

const MAX_QUANTITY_NUMBER = 1_000_000_000

const CONTROLS = '\\u0000-\\u001f\\u007f-\\u009f'
/** No NUL, which no text of a body may hold, and something that can be seen. */
export const NOT_BLANK = '^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$'
/** The same without any control character. */
export const PRINTABLE = `^[^${CONTROLS}]*[^\\s${CONTROLS}][^${CONTROLS}]*$`

/** What `zText` is in JSON Schema. */
export const textSchema = (max: number) =>
  ({ type: 'string', minLength: 1, maxLength: max, pattern: NOT_BLANK }) as const
export const zText = (max: number) => zRead(readText(max), textSchema(max))
export const zBlankText = (max: number) =>
  zRead(readText(max, { blank: 'allowed' }), { type: 'string', maxLength: max, pattern: '^[^\\u0000]*$' })
export const zUuid = zRead<string>(readUuid, { type: 'string', format: 'uuid' })
export const zInstant = zRead<Instant>(readInstant, GIVEN_INSTANT_SCHEMA)
export const zQuantity = zRead<Quantity>(readQuantity, { ...QUANTITY_SCHEMA, maximum: MAX_QUANTITY_NUMBER })
export const zPositiveQuantity = zRead<Quantity>(readPositiveQuantity, {
  type: 'number',
  format: 'decimal',
  // the least that 6 decimals can say
  minimum: 0.000001,
  maximum: MAX_QUANTITY_NUMBER,
})
export const zInteger = (min: number, max: number) =>
  zRead(readInteger(min, max), { type: 'integer', minimum: min, maximum: max })
export const zBoolean = zRead<boolean>(readBoolean, { type: 'boolean' })
export const zOneOf = <T extends string>(allowed: readonly T[]) =>
  zRead(readOneOf(allowed), { type: 'string', enum: allowed })
export const zEmail = zRead<string>(readEmail, {
  type: 'string',
  pattern: `^[^\\s@${CONTROLS}]+@[^\\s@${CONTROLS}]+$`,
  maxLength: 320,
})
export const zPhone = zRead<string>(readPhone, {
  type: 'string',
  maxLength: 16,
  pattern: '^\\+[1-9][0-9]{1,14}$',
})
export const zExternalId = zRead<string>(readExternalId, {
  ...textSchema(256),
  pattern: `^(?!erased:)${NOT_BLANK.slice(1)}`,
})

/** ISO 4217 has more than the runtime knows by name: funds, metals, units of account, and what is newer. */
const UNNAMED = 'BOV CHE CHW CLF COU MXV USN UYI UYW VED XAD XAG XAU XBA XBB XBC XBD XCG XDR XPD XPT XSU XUA'
const CURRENCIES = new Set([...Intl.supportedValuesOf('currency'), ...UNNAMED.split(' ')])

/** ISO 4217 in any case, read as upper case. */
export const zCurrency = zRead<string>(
  (value) => {
    if (missing(value)) return bad('is required')
    const code = typeof value === 'string' && /^[A-Za-z]{3}$/.test(value) ? value.toUpperCase() : ''
    return CURRENCIES.has(code) ? good(code) : bad('must be an ISO 4217 currency code such as EUR')
  },
  { type: 'string', pattern: '^[A-Za-z]{3}$' },
)

/** null where nothing is said. */
export function orElseNull<T>(reads: z.ZodType<T>) {
  return reads.optional().transform((value) => value ?? null)
}

/** A list; `zod`'s own messages for lists do not name the value. */
export function zList<T extends z.ZodType>(item: T, min: number, max: number) {
  const error = ({ input }: { input?: unknown }) =>
    input === undefined ? 'is required' : `must be a list of ${min} to ${max} items`
  return z.array(item, { error }).min(min, { error }).max(max, { error })
}

/** An object with exactly these fields. */
export function zObject<S extends z.ZodRawShape>(shape: S) {
  return z.strictObject(shape, {
    error: ({ code, input }) =>
      code !== 'invalid_type' ? undefined : input === undefined ? 'is required' : 'must be an object',
  })
}

/** JSON Schema 2020-12, as OpenAPI 3.1 takes it. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** The JSON Schemas of values that more than one field has. */
export const UUID_SCHEMA = { type: 'string', format: 'uuid' } as const
export const INSTANT_SCHEMA = { type: 'string', format: 'date-time' } as const
/** An instant that a caller writes: from 1970 on, which by an offset may still be the last day of 1969. */
export const GIVEN_INSTANT_SCHEMA = {
  ...INSTANT_SCHEMA,
  pattern: '^(?:1969-12-31|19[7-9]|[2-9])',
} as const
/** Exact: written with all its digits, so it may have more of them than a double holds. */
export const QUANTITY_SCHEMA = { type: 'number', format: 'decimal', minimum: 0 } as const
export const COUNT_SCHEMA = { type: 'integer', minimum: 0 } as const

/** The same, or null. */
export function orNull(schema: JsonSchema): JsonSchema {
  if (typeof schema.type !== 'string') return { anyOf: [schema, { type: 'null' }] }
  const { enum: values } = schema
  return {
    ...schema,
    type: [schema.type, 'null'],
    ...(Array.isArray(values) ? { enum: [...values, null] } : {}),
  }
}

/** A whole record, by the noun of its resource. */
export function recordRef(noun: string): JsonSchema {
  return { $ref: `#/components/schemas/${componentName(noun)}` }
}

/** `streak log` is `StreakLog` in the API document. */
export function componentName(noun: string): string {
  return noun
    .split(' ')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase())
    .join('')
}

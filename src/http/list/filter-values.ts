import type { FieldType } from '../../ports/schema/spec.ts'
import type { Operator, Scalar } from '../../ports/store.ts'
import {
  bad,
  good,
  type Read,
  type Reader,
  readBoolean,
  readInstant,
  readInteger,
  readOneOf,
  readQuantity,
  readSum,
  readText,
  readUuid,
} from '../../read/values.ts'
import { GIVEN_INSTANT_SCHEMA, type JsonSchema, QUANTITY_SCHEMA } from '../json/json-schema.ts'

/** The operators of the contract and what the store calls them. */
export const OPERATORS = {
  EQUALS: 'eq',
  NOT_EQUALS: 'ne',
  IN: 'in',
  NOT_IN: 'nin',
  GREATER_THAN: 'gt',
  GREATER_THAN_OR_EQUALS: 'gte',
  LESS_THAN: 'lt',
  LESS_THAN_OR_EQUALS: 'lte',
  CONTAINS: 'contains',
  STARTS_WITH: 'startsWith',
  IS_NULL: 'isNull',
  IS_NOT_NULL: 'isNotNull',
} as const satisfies Record<string, Operator>

export type OperatorName = keyof typeof OPERATORS
export const OPERATOR_NAMES = Object.keys(OPERATORS) as OperatorName[]

export const EQUALITY: readonly OperatorName[] = [
  'EQUALS',
  'NOT_EQUALS',
  'IN',
  'NOT_IN',
  'IS_NULL',
  'IS_NOT_NULL',
]
export const RANGES: readonly OperatorName[] = [
  'GREATER_THAN',
  'GREATER_THAN_OR_EQUALS',
  'LESS_THAN',
  'LESS_THAN_OR_EQUALS',
]

/** Of a field that is compared in a form of its own. */
export const FOLDED: readonly OperatorName[] = ['EQUALS', 'STARTS_WITH']

export interface FilterField {
  readonly type: FieldType
  readonly values?: readonly string[]
  readonly contains?: true
  readonly sum?: true
  /** It takes these and no others. */
  readonly operators?: readonly OperatorName[]
}

/** Which operators a field takes: a closed list of values only knows equality, CONTAINS works on names only. */
export function operatorsOf({ type, values, contains, operators }: FilterField): readonly OperatorName[] {
  if (operators !== undefined) return operators
  if (type === 'json' || type === 'bytes') return []
  if (type === 'boolean' || values !== undefined) return EQUALITY
  if (type !== 'text') return [...EQUALITY, ...RANGES]
  return [...EQUALITY, ...RANGES, 'STARTS_WITH', ...(contains ? (['CONTAINS'] as const) : [])]
}

const MAX_FILTER_TEXT = 1024
const MAX_FILTER_NUMBER = 1_000_000_000
/** The largest number of 22 digits that a double is. */
const MAX_FILTER_SUM = 9.999999999999998e21
const filterText = readText(MAX_FILTER_TEXT, { blank: 'allowed' })

function readerOf({ type, values, sum }: FilterField): Reader<Scalar> {
  if (values !== undefined) return readOneOf(values)
  if (type === 'id') return readUuid
  if (type === 'instant') return readInstant
  if (type === 'quantity') return sum ? readSum : readQuantity
  if (type === 'integer') return readInteger(0, MAX_FILTER_NUMBER)
  return type === 'boolean' ? readBoolean : filterText
}

/** What a condition on this field is given, in JSON Schema: what `readFilterValue` takes. */
export function filterValueSchema({ type, values, sum }: FilterField): JsonSchema {
  if (values !== undefined) return { type: 'string', enum: values }
  if (type === 'id') return { type: 'string', format: 'uuid' }
  if (type === 'instant') return GIVEN_INSTANT_SCHEMA
  if (type === 'quantity') return { ...QUANTITY_SCHEMA, maximum: sum ? MAX_FILTER_SUM : MAX_FILTER_NUMBER }
  if (type === 'integer') return { type: 'integer', minimum: 0, maximum: MAX_FILTER_NUMBER }
  if (type === 'boolean') return { type: 'boolean' }
  return { type: 'string', maxLength: MAX_FILTER_TEXT, pattern: '^[^\\u0000]*$' }
}

/** One value of a condition; null never is one: IS_NULL asks for it. */
export function readFilterValue(field: FilterField, value: unknown): Read<Scalar> {
  if (value === null) return bad('must not be null: IS_NULL and IS_NOT_NULL ask for nulls')
  return readerOf(field)(value)
}

export const MAX_LIST_VALUES = 100

export function readFilterValues(field: FilterField, value: unknown): Read<readonly Scalar[]> {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_LIST_VALUES) {
    return bad(`must be a list of 1 to ${MAX_LIST_VALUES} values`)
  }
  const scalars: Scalar[] = []
  for (const [index, item] of value.entries()) {
    const read = readFilterValue(field, item)
    if (!read.ok) return bad(`has at ${index} a value that ${read.message}`)
    scalars.push(read.value)
  }
  return good(scalars)
}

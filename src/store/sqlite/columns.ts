import type { FieldSpec, FieldType } from '../../ports/schema/spec.ts'

/** What a parameter or a column of SQLite may hold here. */
export type SqlValue = null | number | bigint | string | Uint8Array

export interface Column {
  readonly name: string
  readonly type: FieldType
  readonly nullable: boolean
  /** The stored form of what old rows read as; null where that is null, undefined where the field is as old as its collection. */
  readonly initially: SqlValue | undefined
  /** Takes a value that is not null. @throws RangeError | TypeError for a value the field cannot hold */
  encode(value: unknown): SqlValue
  /** Takes what `encode` gave. */
  decode(stored: SqlValue): unknown
}

/** Wide enough for 28 digits of millionths; sums of quantities stay far below. */
const QUANTITY_DIGITS = 28

export const SQL_TYPES: Readonly<Record<FieldType, string>> = {
  id: 'TEXT',
  text: 'TEXT',
  integer: 'INTEGER',
  boolean: 'INTEGER',
  instant: 'INTEGER',
  // zero-padded digits of the millionths: exact, and their byte order is their numeric order
  quantity: 'TEXT',
  json: 'TEXT',
  bytes: 'BLOB',
}

function asStored(value: unknown): SqlValue {
  return value as SqlValue
}

function encodeBoolean(value: unknown): SqlValue {
  if (value === true) return 1
  if (value === false) return 0
  throw new TypeError(`expected a boolean, got ${typeof value}`)
}

function encodeQuantity(value: unknown): SqlValue {
  if (typeof value !== 'bigint') throw new TypeError(`expected a bigint quantity, got ${typeof value}`)
  const digits = value.toString()
  if (value < 0n || digits.length > QUANTITY_DIGITS) {
    throw new RangeError(`a quantity has 0 to ${QUANTITY_DIGITS} digits of millionths, got ${digits}`)
  }
  return digits.padStart(QUANTITY_DIGITS, '0')
}

const ENCODE: Readonly<Record<FieldType, (value: unknown) => SqlValue>> = {
  id: asStored,
  text: asStored,
  integer: asStored,
  boolean: encodeBoolean,
  instant: asStored,
  quantity: encodeQuantity,
  json: (value) => JSON.stringify(value),
  bytes: asStored,
}

const DECODE: Readonly<Record<FieldType, (stored: SqlValue) => unknown>> = {
  id: asStored,
  text: asStored,
  integer: asStored,
  boolean: (stored) => stored === 1,
  instant: asStored,
  quantity: (stored) => BigInt(stored as string),
  json: (stored) => JSON.parse(stored as string),
  bytes: asStored,
}

export function columnOf(name: string, { type, nullable, default: initial }: FieldSpec): Column {
  const encode = ENCODE[type]
  const initially = initial === undefined ? (nullable ? null : undefined) : encode(initial)
  return { name, type, nullable, initially, encode, decode: DECODE[type] }
}

import mongoose from 'mongoose'
import type { FieldType, Schema } from '../../ports/schema/spec.ts'
import { type CollectionName, type Row, SCHEMA } from '../../ports/schema.ts'
import type { Scalar } from '../../ports/store.ts'
import { decodeQuantity, encodeQuantity } from './quantity.ts'

/** A row as MongoDB keeps it: `id` is `_id`, every other field has its own name, nulls are stored. */
export type StoredRow = Record<string, unknown> & { _id: string }

interface FieldCodec {
  readonly name: string
  readonly storedName: string
  readonly type: FieldType
  readonly nullable: boolean
  /** What documents without the field read as, as it is stored; undefined where that is null. */
  readonly initially: unknown
}

const { Binary } = mongoose.mongo
const { EJSON } = mongoose.mongo.BSON

/**
 * JSON is kept as its text: MongoDB would take keys that begin with `$` or hold a dot on some paths only, reads
 * `__proto__` as no key at all and has number types of its own. As text every value comes back as it was, and no
 * condition reaches into it.
 */
const ENCODERS: Readonly<Record<FieldType, (value: unknown) => unknown>> = {
  id: (value) => expectType(value, 'string'),
  text: (value) => expectType(value, 'string'),
  integer: (value) => expectType(value, 'number'),
  boolean: (value) => expectType(value, 'boolean'),
  instant: (value) => toDate(expectType(value, 'number') as number),
  quantity: (value) => encodeQuantity(expectType(value, 'bigint') as bigint),
  json: (value) => JSON.stringify(value),
  bytes: (value) => new Binary(value as Uint8Array),
}

const DECODERS: Readonly<Record<FieldType, (stored: unknown) => unknown>> = {
  id: (stored) => stored,
  text: (stored) => stored,
  integer: (stored) => stored,
  boolean: (stored) => stored,
  instant: (stored) => (stored as Date).getTime(),
  quantity: (stored) => decodeQuantity(stored as mongoose.Types.Decimal128),
  json: (stored) => JSON.parse(stored as string) as unknown,
  // a copy: what the driver gives is a view into the whole answer of the server
  bytes: (stored) => new Uint8Array((stored as mongoose.mongo.Binary).value()),
}

type Codecs = ReadonlyMap<string, ReadonlyMap<string, FieldCodec>>
const codecsBySchema = new WeakMap<Schema, Codecs>()

function codecsOf(schema: Schema): Codecs {
  const known = codecsBySchema.get(schema)
  if (known !== undefined) return known
  const made = new Map(
    Object.entries(schema).map(([collection, { fields }]) => [
      collection,
      new Map(
        Object.entries(fields).map(([name, { type, nullable, default: initial }]) => [
          name,
          {
            name,
            storedName: name === 'id' ? '_id' : name,
            type,
            nullable,
            initially: initial === undefined ? undefined : ENCODERS[type](initial),
          },
        ]),
      ),
    ]),
  )
  codecsBySchema.set(schema, made)
  return made
}

function codecOf(collection: CollectionName, field: string, schema: Schema): FieldCodec {
  const codec = codecsOf(schema).get(collection)?.get(field)
  if (codec === undefined) throw new TypeError(`${collection} has no field ${field}`)
  return codec
}

function codecs(collection: CollectionName, schema: Schema): Iterable<FieldCodec> {
  return codecsOf(schema).get(collection)?.values() ?? []
}

export function storedName(collection: CollectionName, field: string, schema: Schema = SCHEMA): string {
  return codecOf(collection, field, schema).storedName
}

/** What documents without the field read as, as it is stored; undefined where that is null. */
export function storedDefault(
  collection: CollectionName,
  field: string,
  schema: Schema = SCHEMA,
): unknown | undefined {
  return codecOf(collection, field, schema).initially
}

/** A value to compare a field with; never an object that MongoDB could read as an operator. */
export function encodeScalar(
  collection: CollectionName,
  field: string,
  value: Scalar,
  schema: Schema = SCHEMA,
): unknown {
  const codec = codecOf(collection, field, schema)
  const { type } = codec
  if (type === 'json' || type === 'bytes')
    throw new TypeError(`${collection}.${field} holds ${type}, which is not compared`)
  return encode(collection, codec, value)
}

/** Some fields of a row, for a `$set`. @throws TypeError for undefined */
export function encodeFields(
  collection: CollectionName,
  fields: object,
  schema: Schema = SCHEMA,
): Record<string, unknown> {
  const stored: Record<string, unknown> = {}
  for (const [field, value] of Object.entries(fields)) {
    const codec = codecOf(collection, field, schema)
    stored[codec.storedName] = encode(collection, codec, value)
  }
  return stored
}

/** As `encodeFields`, for a guard. @throws TypeError for undefined: left out it would guard nothing */
export function encodeGuard(
  collection: CollectionName,
  fields: object,
  schema: Schema = SCHEMA,
): Record<string, unknown> {
  const guard = encodeFields(collection, fields, schema)
  for (const [name, value] of Object.entries(guard)) {
    const { initially } = codecOf(collection, name === '_id' ? 'id' : name, schema)
    // the field is never null, so null means the documents that do not have it
    if (initially !== undefined && isSame(value, initially)) guard[name] = { $in: [value, null] }
  }
  return guard
}

/** Whether two values of a field are stored as the same. */
function isSame(one: unknown, other: unknown): boolean {
  return EJSON.stringify(one, { relaxed: false }) === EJSON.stringify(other, { relaxed: false })
}

/** @throws TypeError when a field is missing: a row is written whole */
export function encodeRow<C extends CollectionName>(
  collection: C,
  row: Row<C>,
  schema: Schema = SCHEMA,
): StoredRow {
  const stored: Record<string, unknown> = {}
  for (const codec of codecs(collection, schema)) {
    stored[codec.storedName] = encode(collection, codec, row[codec.name as keyof Row<C>])
  }
  return stored as StoredRow
}

/** Fields in `omit` are absent; fields that a newer schema added to older rows are null, or what their spec says. */
export function decodeRow<C extends CollectionName>(
  collection: C,
  stored: StoredRow,
  omit?: ReadonlySet<string>,
  schema: Schema = SCHEMA,
): Row<C> {
  const row: Record<string, unknown> = {}
  for (const { name, storedName, type, initially } of codecs(collection, schema)) {
    if (omit?.has(name)) continue
    const value = stored[storedName] === undefined ? initially : stored[storedName]
    row[name] = value === null || value === undefined ? null : DECODERS[type](value)
  }
  return row as Row<C>
}

function encode(collection: CollectionName, { name, type, nullable }: FieldCodec, value: unknown): unknown {
  if (value === null && nullable) return null
  try {
    if (value === null || value === undefined) throw new TypeError(`${value} in a field that is never null`)
    return ENCODERS[type](value)
  } catch (error) {
    throw new TypeError(`${collection}.${name} cannot be stored or compared: ${(error as Error).message}`)
  }
}

function expectType(value: unknown, type: 'string' | 'number' | 'boolean' | 'bigint'): unknown {
  if (typeof value !== type) throw new TypeError(`a ${typeof value} where there is a ${type}`)
  return value
}

function toDate(instant: number): Date {
  const date = new Date(instant)
  if (date.getTime() !== instant) throw new RangeError(`${instant} is not a whole number of milliseconds`)
  return date
}

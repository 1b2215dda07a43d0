import mongoose from 'mongoose'
import type { FieldType, IndexSpec } from '../../ports/schema/spec.ts'
import { type CollectionName, SCHEMA, specOf } from '../../ports/schema.ts'
import { storedName } from './codec.ts'

/** How each type is stored; see codec.ts for why JSON is text. */
const TYPES = {
  id: String,
  text: String,
  integer: Number,
  boolean: Boolean,
  instant: Date,
  quantity: mongoose.Schema.Types.Decimal128,
  json: String,
  bytes: Buffer,
} as const satisfies Record<FieldType, unknown>

/** The BSON type of a field, for partial indexes: MongoDB 6.0 takes `$type` in them but no `$ne: null`. */
export const BSON_TYPES: Readonly<Record<FieldType, string | readonly string[]>> = {
  id: 'string',
  text: 'string',
  integer: ['int', 'long', 'double'],
  boolean: 'bool',
  instant: 'date',
  quantity: 'decimal',
  json: 'string',
  bytes: 'binData',
}

/** One document in collection `meta`, `_id: 'schema'`. */
export interface SchemaStamp {
  readonly _id: string
  readonly version: number
}

export interface Models {
  readonly rows: Readonly<Record<CollectionName, mongoose.Model<unknown>>>
  readonly meta: mongoose.Model<SchemaStamp>
}

export function defineModels(connection: mongoose.Connection): Models {
  const names = Object.keys(SCHEMA) as CollectionName[]
  const rows = names.map((name) => [name, connection.model<unknown>(name, rowSchema(name), name)])
  const stamp = new mongoose.Schema<SchemaStamp>({ _id: String, version: Number }, { versionKey: false })
  return { rows: Object.fromEntries(rows), meta: connection.model<SchemaStamp>('meta', stamp, 'meta') }
}

function rowSchema(collection: CollectionName): mongoose.Schema {
  const { fields, indexes } = specOf(collection)
  const paths = Object.entries(fields).map(([name, { type }]) => [
    storedName(collection, name),
    { type: TYPES[type] },
  ])
  const schema = new mongoose.Schema(Object.fromEntries(paths), { id: false, versionKey: false })
  for (const [name, index] of Object.entries(indexes)) {
    const keys = index.fields.map((field) => [
      storedName(collection, field),
      index.descending?.includes(field) ? (-1 as const) : (1 as const),
    ])
    schema.index(Object.fromEntries(keys), { name, ...indexOptions(collection, index) })
  }
  return schema
}

function indexOptions(collection: CollectionName, { unique, where }: IndexSpec): mongoose.IndexOptions {
  const conditions: Record<string, unknown> = {}
  for (const field of where?.isTrue ?? []) conditions[storedName(collection, field)] = true
  for (const field of where?.notNull ?? []) {
    const type = specOf(collection).fields[field]?.type
    if (type === undefined) throw new TypeError(`${collection} has no field ${field}`)
    conditions[storedName(collection, field)] = { $type: BSON_TYPES[type] }
  }
  return {
    ...(unique === true && { unique: true }),
    ...(where !== undefined && { partialFilterExpression: conditions }),
  }
}

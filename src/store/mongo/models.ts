import mongoose from 'mongoose'
import type { CollectionSpec, FieldType, IndexSpec, Schema } from '../../ports/schema/spec.ts'
import type { CollectionName } from '../../ports/schema.ts'
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
  /** Absent in databases of before it was noted. */
  readonly shape?: number
}

export interface Models {
  /** What they were made from. */
  readonly schema: Schema
  readonly rows: Readonly<Record<CollectionName, mongoose.Model<unknown>>>
  readonly meta: mongoose.Model<SchemaStamp>
}

export function defineModels(connection: mongoose.Connection, schema: Schema): Models {
  const named = Object.entries(schema) as [CollectionName, CollectionSpec][]
  const rows = named.map(([name, spec]) => [
    name,
    connection.model<unknown>(name, rowSchema(name, spec, schema), name),
  ])
  const stamp = new mongoose.Schema<SchemaStamp>(
    { _id: String, version: Number, shape: Number },
    { versionKey: false },
  )
  const meta = connection.model<SchemaStamp>('meta', stamp, 'meta')
  return { schema, rows: Object.fromEntries(rows), meta }
}

function rowSchema(
  collection: CollectionName,
  { fields, indexes }: CollectionSpec,
  all: Schema,
): mongoose.Schema {
  const nameOf = (field: string) => storedName(collection, field, all)
  const paths = Object.entries(fields).map(([name, { type }]) => [nameOf(name), { type: TYPES[type] }])
  const schema = new mongoose.Schema(Object.fromEntries(paths), { id: false, versionKey: false })
  for (const [name, index] of Object.entries(indexes)) {
    const keys = index.fields.map((field) => [
      nameOf(field),
      index.descending?.includes(field) ? (-1 as const) : (1 as const),
    ])
    schema.index(Object.fromEntries(keys), { name, ...indexOptions(fields, index, nameOf) })
  }
  return schema
}

function indexOptions(
  fields: CollectionSpec['fields'],
  { unique, where }: IndexSpec,
  nameOf: (field: string) => string,
): mongoose.IndexOptions {
  const conditions: Record<string, unknown> = {}
  for (const field of where?.isTrue ?? []) conditions[nameOf(field)] = true
  for (const field of where?.notNull ?? []) {
    const type = fields[field]?.type
    if (type === undefined)
      throw new TypeError(`an index is for rows in which ${field} is not null: no such field`)
    conditions[nameOf(field)] = { $type: BSON_TYPES[type] }
  }
  return {
    ...(unique === true && { unique: true }),
    ...(where !== undefined && { partialFilterExpression: conditions }),
  }
}

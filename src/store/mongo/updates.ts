import type mongoose from 'mongoose'
import type { Schema } from '../../ports/schema/spec.ts'
import { type CollectionName, SCHEMA } from '../../ports/schema.ts'
import type { Change } from '../../ports/store.ts'
import { encodeFields, encodeGuard, storedDefault } from './codec.ts'
import type { Filter } from './filter.ts'

type Write = mongoose.mongo.AnyBulkWriteOperation
type Update = Extract<Change, { op: 'update' }>

/** So many rows of so many characters, each of three bytes at most, stay below the 16 MB that a statement may have. */
const MAX_JOINED_ROWS = 500
const MAX_JOINED_CHARACTERS = 8_192

/**
 * Updates of one collection, as few statements as can be: the server plans each by itself, for 130 µs or more, which is
 * several times what the write costs. Rows are joined where nothing depends on the order in which they are written.
 */
export function updateWrites(
  collection: CollectionName,
  changes: readonly Update[],
  schema: Schema = SCHEMA,
): Write[] {
  const alone = (change: Update) => writeAlone(change, schema)
  const isEachOnce = new Set(changes.map(({ id }) => id)).size === changes.length
  if (!isEachOnce) return changes.map(alone)
  const groups = Map.groupBy(changes, (change) => groupOf(collection, change, schema))
  return [...groups].flatMap(([key, group]) => {
    if (key === ALONE) return group.map(alone)
    const chunks = Array.from({ length: Math.ceil(group.length / MAX_JOINED_ROWS) }, (_, at) =>
      group.slice(at * MAX_JOINED_ROWS, (at + 1) * MAX_JOINED_ROWS),
    )
    return chunks.map((chunk) => (chunk.length === 1 ? alone(chunk[0]!) : joined(collection, chunk, schema)))
  })
}

const ALONE = ''

function groupOf(collection: CollectionName, change: Update, schema: Schema): string {
  const { accountId, guard = {}, set } = change
  const unique = uniqueFields(collection, schema)
  const isJoined =
    Object.keys(set).every((field) => !unique.has(field)) &&
    Object.values(guard).every((value) => value !== null) &&
    charactersOf(guard) + charactersOf(set) <= MAX_JOINED_CHARACTERS
  if (!isJoined) return ALONE
  return [accountId, isTouched(change), ...Object.keys(guard).toSorted()].join()
}

function charactersOf(fields: object): number {
  return Object.values(fields).reduce((sum: number, value: unknown) => {
    if (typeof value === 'string' || value instanceof Uint8Array) return sum + value.length
    return typeof value === 'object' && value !== null ? sum + JSON.stringify(value).length : sum
  }, 0)
}

const uniqueFieldsOf = new WeakMap<Schema, Map<CollectionName, ReadonlySet<string>>>()

function uniqueFields(collection: CollectionName, schema: Schema): ReadonlySet<string> {
  const bySchema = uniqueFieldsOf.get(schema) ?? new Map<CollectionName, ReadonlySet<string>>()
  uniqueFieldsOf.set(schema, bySchema)
  const known = bySchema.get(collection)
  if (known !== undefined) return known
  const unique = Object.values(schema[collection]?.indexes ?? {}).filter((index) => index.unique === true)
  const fields = unique.flatMap(({ fields, where }) => [
    ...fields,
    ...(where?.isTrue ?? []),
    ...(where?.notNull ?? []),
  ])
  const set = new Set(fields)
  bySchema.set(collection, set)
  return set
}

export function target(change: Exclude<Change, { op: 'insert' }>, schema: Schema = SCHEMA): Filter {
  const { id, accountId, collection, guard = {} } = change
  return { ...encodeGuard(collection, guard, schema), ...encodeFields(collection, { id, accountId }, schema) }
}

function writeAlone(change: Update, schema: Schema): Write {
  const $set = encodeFields(change.collection, change.set, schema)
  const update = isTouched(change) ? { $set, $inc: { _lock: 1 } } : { $set }
  return { updateOne: { filter: target(change, schema), update, hint: '_id_' } }
}

function joined(collection: CollectionName, changes: readonly Update[], schema: Schema): Write {
  const [first] = changes
  const { accountId, guard: fields = {} } = first!
  const ids = changes.map(({ id }) => id)
  const place = { $indexOfArray: [{ $literal: ids }, '$_id'] }
  const own = (values: readonly unknown[]) => ({ $arrayElemAt: [{ $literal: values }, place] })
  const filter: Filter = { _id: { $in: ids }, ...encodeFields(collection, { accountId }, schema) }
  const pairs: object[] = []
  for (const field of Object.keys(fields)) {
    const guards = changes.map(({ guard = {} }) => guard[field as keyof typeof guard])
    const values = guards.map((value) => encodeFields(collection, { [field]: value }, schema)[field])
    if (values.every((value) => value === values[0])) {
      const common = encodeGuard(collection, { [field]: guards[0] }, schema)[field]
      filter[field] = common === values[0] ? { $eq: common } : common
    } else pairs.push({ $eq: [stored(collection, field, schema), own(values)] })
  }
  if (pairs.length > 0) filter.$expr = { $and: pairs }
  const common = commonFields(changes)
  const sets = changes.map(({ set }) => encodeFields(collection, without(set, common), schema))
  const values = [{ $literal: encodeFields(collection, common, schema) }, own(sets)]
  const update: object[] = [{ $replaceWith: { $mergeObjects: ['$$ROOT', ...values] } }]
  if (isTouched(first!)) update.push({ $set: { _lock: { $add: [{ $ifNull: ['$_lock', 0] }, 1] } } })
  return { updateMany: { filter, update, hint: '_id_' } } as Write
}

/** What is stored in a field, or what documents without it read as. */
function stored(collection: CollectionName, field: string, schema: Schema): unknown {
  const initially = storedDefault(collection, field, schema)
  return initially === undefined ? `$${field}` : { $ifNull: [`$${field}`, { $literal: initially }] }
}

/** What all of them set to the same value is sent once. */
function commonFields(changes: readonly Update[]): Record<string, unknown> {
  const sets = changes.map(({ set }): Readonly<Record<string, unknown>> => set)
  const isCommon = ([field, value]: [string, unknown]) =>
    isPlain(value) && sets.every((set) => set[field] === value)
  return Object.fromEntries(Object.entries(sets[0] ?? {}).filter(isCommon))
}

function without(set: object, fields: object): object {
  return Object.fromEntries(Object.entries(set).filter(([field]) => !(field in fields)))
}

/**
 * An update that alters nothing is no write to MongoDB, so another commit could pull the guard from under it unseen.
 * Where the guard itself does not prove that something alters, `_lock` makes sure.
 */
function isTouched({ guard = {}, set }: Update): boolean {
  const news: Readonly<Record<string, unknown>> = set
  const altersForSure = Object.entries(guard).some(
    ([field, old]) => isPlain(old) && isPlain(news[field]) && old !== news[field],
  )
  return !altersForSure && Object.keys(guard).length > 0
}

function isPlain(value: unknown): boolean {
  return value === null || (value !== undefined && typeof value !== 'object')
}

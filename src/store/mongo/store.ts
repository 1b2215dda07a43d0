import { type CollectionName, type Row, SHAPE, type Shape } from '../../ports/schema.ts'
import type { Query, Store } from '../../ports/store.ts'
import { TRIAL } from '../lasting-fault.ts'
import { describeOutstanding } from '../plan.ts'
import { BOUNDED_MS, within } from './bounded.ts'
import { decodeRow, type StoredRow, storedDefault, storedName } from './codec.ts'
import { commitChanges } from './commit.ts'
import { connect, type MongoConnection, READ_OPTIONS } from './connection.ts'
import { storeUnavailable } from './errors.ts'
import { type Filter, toFilter } from './filter.ts'
import { keysIndex, toKeysFilter } from './keys.ts'
import { migrate, readKnownStamp } from './migrate.ts'
import { readNote, writeNote } from './notes.ts'
import { readStamp, readSteps } from './stamp.ts'

export interface MongoOptions {
  /** What is stored; the product's own unless a test hands in another. */
  readonly shape?: Shape | undefined
  /** After how long a process that died while it migrated is given up; 10 s unless a test cannot wait. */
  readonly leaseMs?: number | undefined
  /** What a bounded read may take of the server; default 2,000. */
  readonly boundedMs?: number
}

/**
 * The store on MongoDB 6.0 or newer, a replica set (one member is enough) or a sharded cluster. Without a database
 * in its path the connection string means `streakline`.
 * @throws AppError STORE_UNAVAILABLE when no primary answers within 2.5 s, INVALID_INPUT for no connection string
 */
export async function openMongoStore(
  uri: string,
  { shape = SHAPE, leaseMs, boundedMs = BOUNDED_MS }: MongoOptions = {},
): Promise<Store> {
  const { schema } = shape
  const connection = await connect(uri, { schema })
  let isClosing = false
  return {
    kind: 'mongodb',

    async findByKeys(collection, fields, keys) {
      if (keys.length === 0) return []
      return await read(connection, collection, toKeysFilter(collection, fields, keys, schema), {
        hint: keysIndex(collection, fields, schema),
      })
    },

    async find(collection, query) {
      return await read(
        connection,
        collection,
        query.where === undefined ? {} : toFilter(collection, query.where, schema),
        { ...query, limitMs: query.bounded && boundedMs },
      )
    },

    async count(collection, where, max, bounded) {
      const filter = toFilter(collection, where, schema)
      const rows = connection.models.rows[collection].collection
      return await within(bounded && boundedMs, (limits) =>
        connection.run((session) =>
          rows.countDocuments(filter, { ...READ_OPTIONS, ...limits, session, limit: max }),
        ),
      )
    },

    async commit(changes) {
      return await commitChanges(connection, changes)
    },

    async migrate(options = {}) {
      const check = () => {
        if (isClosing) throw storeUnavailable('it is closed')
      }
      // a connection of its own, on which an index may take longer to build than any other command may last
      await connection.run(async () => {
        const patient = await connect(uri, { forMigration: true, schema })
        try {
          await migrate(patient, shape, options, check, leaseMs)
        } finally {
          await patient.close()
        }
      })
    },

    async outstanding() {
      return await connection.run(async (session) => {
        const stamp = await readKnownStamp(connection, session, shape)
        return describeOutstanding(stamp, shape, await readSteps(connection, session))
      })
    },

    async schemaVersion() {
      return (await connection.run((session) => readStamp(connection, session))).version
    },

    async note(name) {
      return await connection.run((session) => readNote(connection, session, name))
    },

    async writeNote(name, before, value) {
      return await connection.write((session) => writeNote(connection, session, name, before, value))
    },

    // its journal and oplog are the server's: see docs/operations.md
    async purge() {},

    async ping() {
      await connection.run((session) => readStamp(connection, session))
      await connection.fault.check(() =>
        connection.write(async (session) => {
          const before = await readNote(connection, session, TRIAL.note)
          return await writeNote(connection, session, TRIAL.note, before, TRIAL.value)
        }),
      )
    },

    async durability() {
      const { replicaSet, members } = await connection.server()
      const where = replicaSet === null ? 'sharded cluster' : `replica set ${replicaSet}, members: ${members}`
      return `w: majority, j: true (${where})`
    },

    async close() {
      // a fill that runs ends with its batch
      isClosing = true
      await connection.close()
    },
  }
}

interface ReadOptions<C extends CollectionName> extends Partial<Query<C>> {
  readonly hint?: string | undefined
  readonly limitMs?: number | undefined
}

/** Most answers in one round trip: the server's own first batch is 101 documents. */
const BATCH_SIZE = 1_000

async function read<C extends CollectionName>(
  connection: MongoConnection,
  collection: C,
  filter: Filter,
  { sort = [], offset = 0, limit, omit = [], hint, limitMs }: ReadOptions<C> = {},
): Promise<Row<C>[]> {
  const { schema } = connection.models
  const rows = connection.models.rows[collection].collection
  const projection = Object.fromEntries(omit.map((field) => [storedName(collection, field, schema), 0]))
  const common = { ...READ_OPTIONS, batchSize: BATCH_SIZE, ...(hint !== undefined && { hint }) }
  const order = sortOrder(collection, sort, schema)
  const stored = await within(limitMs, (limits) =>
    connection.run((session) => {
      const options = { ...common, ...limits, session }
      if (order.defaults.size > 0) {
        const pipeline = inOrderOfDefaults(filter, order, { offset, limit, projection })
        return rows.aggregate<StoredRow>(pipeline, options).toArray()
      }
      const page = { skip: offset, sort: order.fields, projection, ...(limit !== undefined && { limit }) }
      return rows.find<StoredRow>(filter, { ...options, ...page }).toArray()
    }),
  )
  const omitted: ReadonlySet<string> = new Set(omit)
  return stored.map((row) => decodeRow(collection, row, omitted, schema))
}

interface SortOrder {
  readonly fields: Map<string, 1 | -1>
  /** Fields of the order that some documents do not have, and what those read as. */
  readonly defaults: ReadonlyMap<string, unknown>
}

function sortOrder<C extends CollectionName>(
  collection: C,
  sort: NonNullable<Query<C>['sort']>,
  schema: Shape['schema'],
): SortOrder {
  const fields = new Map<string, 1 | -1>()
  const defaults = new Map<string, unknown>()
  for (const { field, order: direction } of sort) {
    // a field that is named again decides nothing more, and MongoDB takes the last
    const name = storedName(collection, field, schema)
    if (!fields.has(name)) fields.set(name, direction === 'asc' ? 1 : -1)
    const initial = storedDefault(collection, field, schema)
    if (initial !== undefined) defaults.set(name, initial)
  }
  return { fields, defaults }
}

/** Sorts what matches as it reads, without an index: documents that lack a field have no place of their own in one. */
function inOrderOfDefaults(
  filter: Filter,
  { fields, defaults }: SortOrder,
  page: { readonly offset: number; readonly limit: number | undefined; readonly projection: object },
): object[] {
  const keyOf = (name: string) => (defaults.has(name) ? `_sort_${name}` : name)
  const keys = [...defaults].map(([name, initial]) => [
    keyOf(name),
    { $ifNull: [`$${name}`, { $literal: initial }] },
  ])
  const hidden = Object.fromEntries(keys.map(([key]) => [key, 0]))
  return [
    { $match: filter },
    { $addFields: Object.fromEntries(keys) },
    { $sort: Object.fromEntries([...fields].map(([name, direction]) => [keyOf(name), direction])) },
    ...(page.offset > 0 ? [{ $skip: page.offset }] : []),
    ...(page.limit === undefined ? [] : [{ $limit: page.limit }]),
    { $project: { ...page.projection, ...hidden } },
  ]
}

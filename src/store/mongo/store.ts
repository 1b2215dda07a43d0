import type { CollectionName, Row } from '../../ports/schema.ts'
import type { Query, Store } from '../../ports/store.ts'
import { decodeRow, type StoredRow, storedName } from './codec.ts'
import { commitChanges } from './commit.ts'
import { connect, type MongoConnection, READ_OPTIONS } from './connection.ts'
import { type Filter, toFilter } from './filter.ts'
import { keysIndex, toKeysFilter } from './keys.ts'
import { migrate, readVersion } from './migrate.ts'
import { noteZoneData, readZoneData } from './notes.ts'

/**
 * The store on MongoDB 6.0 or newer, a replica set (one member is enough) or a sharded cluster. Without a database
 * in its path the connection string means `streakline`.
 * @throws AppError STORE_UNAVAILABLE when no primary answers within 2.5 s, INVALID_INPUT for no connection string
 */
export async function openMongoStore(uri: string): Promise<Store> {
  const connection = await connect(uri)
  return {
    kind: 'mongodb',

    async findByKeys(collection, fields, keys) {
      if (keys.length === 0) return []
      return await read(connection, collection, toKeysFilter(collection, fields, keys), {
        hint: keysIndex(collection, fields),
      })
    },

    async find(collection, query) {
      return await read(
        connection,
        collection,
        query.where === undefined ? {} : toFilter(collection, query.where),
        query,
      )
    },

    async count(collection, where, max) {
      const filter = toFilter(collection, where)
      const rows = connection.models.rows[collection].collection
      return await connection.run((session) =>
        rows.countDocuments(filter, { ...READ_OPTIONS, session, limit: max }),
      )
    },

    async commit(changes) {
      return await commitChanges(connection, changes)
    },

    async migrate() {
      // a connection of its own, on which an index may take longer to build than any other command may last
      await connection.run(async () => {
        const patient = await connect(uri, { forMigration: true })
        try {
          await migrate(patient)
        } finally {
          await patient.close()
        }
      })
    },

    async schemaVersion() {
      return await connection.run((session) => readVersion(connection, session))
    },

    async zoneData() {
      return await connection.run((session) => readZoneData(connection, session))
    },

    async noteZoneData(version) {
      return await connection.write((session) => noteZoneData(connection, session, version))
    },

    async ping() {
      await connection.run((session) => readVersion(connection, session))
    },

    async durability() {
      const { replicaSet, members } = await connection.server()
      const where = replicaSet === null ? 'sharded cluster' : `replica set ${replicaSet}, members: ${members}`
      return `w: majority, j: true (${where})`
    },

    async close() {
      await connection.close()
    },
  }
}

interface ReadOptions<C extends CollectionName> extends Partial<Query<C>> {
  readonly hint?: string | undefined
}

/** Most answers in one round trip: the server's own first batch is 101 documents. */
const BATCH_SIZE = 1_000

async function read<C extends CollectionName>(
  connection: MongoConnection,
  collection: C,
  filter: Filter,
  { sort = [], offset = 0, limit, omit = [], hint }: ReadOptions<C> = {},
): Promise<Row<C>[]> {
  const rows = connection.models.rows[collection].collection
  const options = {
    ...READ_OPTIONS,
    skip: offset,
    sort: sortOrder(collection, sort),
    projection: Object.fromEntries(omit.map((field) => [storedName(collection, field), 0])),
    batchSize: BATCH_SIZE,
    ...(limit !== undefined && { limit }),
    ...(hint !== undefined && { hint }),
  }
  const stored = await connection.run((session) =>
    rows.find<StoredRow>(filter, { ...options, session }).toArray(),
  )
  const omitted: ReadonlySet<string> = new Set(omit)
  return stored.map((row) => decodeRow(collection, row, omitted))
}

function sortOrder<C extends CollectionName>(
  collection: C,
  sort: NonNullable<Query<C>['sort']>,
): Map<string, 1 | -1> {
  const order = new Map<string, 1 | -1>()
  for (const { field, order: direction } of sort) {
    // a field that is named again decides nothing more, and MongoDB takes the last
    const name = storedName(collection, field)
    if (!order.has(name)) order.set(name, direction === 'asc' ? 1 : -1)
  }
  return order
}

import { afterAll, expect, it } from '@jest/globals'
import mongoose from 'mongoose'
import { frozenKeys, thawMongo } from '../helpers/frozen-stores.ts'
import { mongoForTests } from '../helpers/mongo-server.ts'
import type { Place } from './growth/context.ts'
import { describeGrowth } from './growth-suite.ts'

const server = await mongoForTests()

if (server === null) {
  it('MongoDB part SKIPPED: no server could be had', () => {
    expect(process.env.REQUIRE_MONGO).not.toBe('1')
  })
} else {
  afterAll(() => server.stop())

  const placed = (uri: string): Place => ({
    uri,
    keys: frozenKeys(1).mongodb,
    indexes: () =>
      onDatabase(uri, async (database) => {
        const collections = await database.listCollections({}, { nameOnly: true }).toArray()
        const found = collections.map(({ name }) => database.collection(name).listIndexes().toArray())
        const names = (await Promise.all(found)).flat().map(({ name }) => String(name))
        return names.filter((name) => name !== '_id_').sort()
      }),
    dropIndex: (collection, index) =>
      onDatabase(uri, async (database) => void (await database.collection(collection).dropIndex(index))),
    counts: () =>
      onDatabase(uri, async (database) => {
        const collections = await database.listCollections({}, { nameOnly: true }).toArray()
        const counted = collections.map(async ({ name }) => [
          name,
          await database.collection(name).countDocuments(),
        ])
        return Object.fromEntries(await Promise.all(counted))
      }),
    remove: () => onDatabase(uri, async (database) => void (await database.dropDatabase())),
  })

  describeGrowth('MongoDB', {
    kind: 'mongodb',
    empty: async () => placed(server.anotherUri()),
    async thawed() {
      const uri = server.anotherUri()
      await thawMongo(1, uri)
      return placed(uri)
    },
    stampVersion: (uri, version) =>
      onDatabase(uri, async (database) => {
        const meta = database.collection<{ _id: string }>('meta')
        await meta.updateOne({ _id: 'schema' }, { $set: { version } })
      }),
  })
}

async function onDatabase<T>(uri: string, work: (database: mongoose.mongo.Db) => Promise<T>): Promise<T> {
  const client = await mongoose.mongo.MongoClient.connect(uri)
  try {
    return await work(client.db())
  } finally {
    await client.close()
  }
}

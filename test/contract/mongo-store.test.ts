import { afterAll, expect, it } from '@jest/globals'
import mongoose from 'mongoose'
import { openMongoStore } from '../../src/store/mongo/store.ts'
import { mongoForTests } from '../helpers/mongo-server.ts'
import { describeStoreContract, type StoreHarness } from './store-suite.ts'

const server = await mongoForTests()

if (server === null) {
  it('MongoDB part SKIPPED: no server could be had', () => {
    expect(process.env.REQUIRE_MONGO).not.toBe('1')
  })
} else {
  afterAll(() => server.stop())

  describeStoreContract('MongoDB', async (): Promise<StoreHarness> => {
    const uri = server.anotherUri()
    const store = await openMongoStore(uri)
    return {
      store,
      processUri: uri,
      reopen: () => openMongoStore(uri),
      async stampVersion(version) {
        await onDatabase(uri, async (database) => {
          await database
            .collection<{ _id: string }>('meta')
            .updateOne({ _id: 'schema' }, { $set: { version } })
        })
      },
      async close() {
        await store.close()
        await onDatabase(uri, (database) => database.dropDatabase())
      },
    }
  })
}

async function onDatabase(
  uri: string,
  work: (database: mongoose.mongo.Db) => Promise<unknown>,
): Promise<void> {
  const client = await mongoose.mongo.MongoClient.connect(uri)
  try {
    await work(client.db())
  } finally {
    await client.close()
  }
}

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import mongoose from 'mongoose'
import type { Store } from '../../src/ports/store.ts'
import { openMongoStore } from '../../src/store/mongo/store.ts'
import { mongoForTests } from '../helpers/mongo-server.ts'
import type { MongoContext } from './mongo/context.ts'
import { describeDurability } from './mongo/durability.ts'
import { describeIndexes } from './mongo/indexes.ts'
import { describeTransactions } from './mongo/transactions.ts'
import { describeValues } from './mongo/values.ts'
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

  describe('MongoDB alone', () => {
    const stores: Store[] = []
    const context: MongoContext = {
      uri: server.uri,
      store: () => stores[0] as Store,
      async another() {
        const store = await openMongoStore(server.uri)
        stores.push(store)
        return store
      },
      emptyUri: server.anotherUri,
    }
    beforeAll(async () => {
      const store = await context.another()
      await store.migrate()
    })
    afterAll(async () => {
      for (const store of stores) await store.close()
    })

    describeDurability(context)
    describeTransactions(context)
    describeValues(context)
    describeIndexes(context)
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

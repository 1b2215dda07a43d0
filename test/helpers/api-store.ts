import type { Store } from '../../src/ports/store.ts'
import { mongoForTests } from './mongo-server.ts'
import { openStore } from './open-store.ts'
import { openTempStore } from './sqlite-store.ts'

export interface ApiStore {
  readonly store: Store
  close(): Promise<void>
}

/**
 * The store of an API under test: SQLite, or with TEST_API_STORE=mongodb a database of its own on a MongoDB, so that
 * every suite of the API can be run on either. @throws Error when no MongoDB can be had
 */
export async function openApiStore(): Promise<ApiStore> {
  if (process.env.TEST_API_STORE !== 'mongodb') return openTempStore()
  const server = await mongoForTests()
  if (server === null) throw new Error('TEST_API_STORE=mongodb, but no MongoDB could be had')
  const store = await openStore('mongodb', server.uri)
  await store.migrate()
  return {
    store,
    async close() {
      await store.close()
      await server.stop()
    },
  }
}

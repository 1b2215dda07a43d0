import type { Store } from '../../src/ports/store.ts'

export type StoreKind = Store['kind']

/** Opens a store by what a child process can be told: a file path for SQLite, a connection string for MongoDB. */
export async function openStore(kind: StoreKind, uri: string): Promise<Store> {
  if (kind === 'sqlite') {
    const { openSqliteStore } = await import('../../src/store/sqlite/store.ts')
    return openSqliteStore(uri)
  }
  const { openMongoStore } = await import('../../src/store/mongo/store.ts')
  return openMongoStore(uri)
}

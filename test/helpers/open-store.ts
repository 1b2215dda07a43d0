import type { Shape } from '../../src/ports/schema.ts'
import type { Store } from '../../src/ports/store.ts'

export type StoreKind = Store['kind']

export interface OpenOptions {
  /** What is stored; the product's own when left out. */
  readonly shape?: Shape
  /** MongoDB: see `openMongoStore`. */
  readonly leaseMs?: number
}

/** Opens a store by what a child process can be told: a file path for SQLite, a connection string for MongoDB. */
export async function openStore(kind: StoreKind, uri: string, options: OpenOptions = {}): Promise<Store> {
  if (kind === 'sqlite') {
    const { openSqliteStore } = await import('../../src/store/sqlite/store.ts')
    return openSqliteStore(uri, options)
  }
  const { openMongoStore } = await import('../../src/store/mongo/store.ts')
  return openMongoStore(uri, options)
}

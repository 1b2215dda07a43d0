import { join } from 'node:path'
import type { Config } from './config.ts'
import { AppError } from './errors.ts'
import type { Logger } from './ports/logger.ts'
import { SCHEMA_VERSION } from './ports/schema.ts'
import type { Store } from './ports/store.ts'
import { acquireOwnerLock } from './store/sqlite/owner-lock.ts'
import { openSqliteStore, type SqliteOptions } from './store/sqlite/store.ts'

export interface StoreParts {
  readonly store: Store
  readonly close: () => Promise<void>
}

export interface StoreOptions {
  /** Whether a data folder becomes this process's own; a visitor that only makes guarded commits does without. */
  readonly claim: boolean
  /** See `openSqliteStore`. */
  readonly onSqliteOpen?: SqliteOptions['onOpen']
}

/** Opens the store that the configuration names and brings it to this version's shape. */
export async function composeStore(
  config: Config,
  logger: Logger,
  options: StoreOptions = { claim: true },
): Promise<StoreParts> {
  const { store, close } =
    config.store.kind === 'mongodb'
      ? await openMongo(config.store.uri)
      : await openSqlite(config.dataDir, options)
  try {
    if ((await store.schemaVersion()) !== SCHEMA_VERSION) await store.migrate()
    logger.info({ store: store.kind, durability: await store.durability() }, 'store is open')
    return { store, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** The driver is loaded only where it is used: it takes 40 MiB and a second. */
async function openMongo(uri: string): Promise<StoreParts> {
  const { openMongoStore } = await import('./store/mongo/store.ts')
  const store = await openMongoStore(uri)
  return { store, close: () => store.close() }
}

/** SQLite belongs to one process: web and workers run in it. @throws AppError CONFLICT when another one has it */
async function openSqlite(dataDir: string, { claim, onSqliteOpen }: StoreOptions): Promise<StoreParts> {
  const lock = claim ? acquireOwnerLock(dataDir) : { release: () => {} }
  try {
    const store = await openSqliteStore(join(dataDir, 'streakline.sqlite'), { onOpen: onSqliteOpen })
    return {
      store,
      close: async () => {
        await store.close()
        lock.release()
      },
    }
  } catch (error) {
    lock.release()
    if (error instanceof AppError) throw error
    throw new AppError('STORE_UNAVAILABLE', `the data folder ${dataDir} cannot be used`, { cause: error })
  }
}

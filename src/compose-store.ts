import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { bringForward } from './compose-migration.ts'
import type { Config } from './config.ts'
import { agreeOnKey } from './crypto/key-check.ts'
import { createSecretBox } from './crypto/secret-box.ts'
import { AppError } from './errors.ts'
import type { Logger } from './ports/logger.ts'
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
  /** Whether rows are filled beside the program from now on, where a migration has left some to be; until it is closed. */
  readonly fills?: boolean
  /** Open it with whatever encryption keys there are, though they do not fit: for who gives up lost secrets. */
  readonly anyKey?: boolean
  /** See `openSqliteStore`. */
  readonly onSqliteOpen?: SqliteOptions['onOpen']
}

/**
 * Opens the store that the configuration names and brings it to this version's shape.
 * @throws AppError SECRET_UNREADABLE when the encryption keys are not those of the store
 */
export async function composeStore(
  config: Config,
  logger: Logger,
  options: StoreOptions = { claim: true },
): Promise<StoreParts> {
  const { store, close } = await openStore(config, options)
  try {
    await bringForward(store, logger, { fills: options.fills === true })
    if (options.anyKey !== true) await agreeOnKey(store, createSecretBox(config.encryptionKeys))
    logger.info({ store: store.kind, durability: await store.durability() }, 'store is open')
    return { store, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Opens the store that the configuration names, as it is. */
export async function openStore(config: Config, options: StoreOptions): Promise<StoreParts> {
  return config.store.kind === 'mongodb'
    ? await openMongo(config.store.uri)
    : await openSqlite(config.dataDir, options)
}

/** Whether there is something to open; a MongoDB always counts as there. */
export function hasStore(config: Config): boolean {
  return config.store.kind === 'mongodb' || existsSync(fileIn(config.dataDir))
}

function fileIn(dataDir: string): string {
  return join(dataDir, 'streakline.sqlite')
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
    const store = await openSqliteStore(fileIn(dataDir), { onOpen: onSqliteOpen })
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

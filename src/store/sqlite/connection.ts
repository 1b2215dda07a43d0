import { closeSync, mkdirSync, openSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import { AppError } from '../../errors.ts'
import { isBusy } from './failures.ts'

/** How long SQLite waits for another writer; it holds up the thread, but only one process owns the file. */
export const BUSY_TIMEOUT_MS = 5_000

/** Frames in the WAL from which on commits wait until it has been emptied. */
export const FULL_WAL_FRAMES = 32_000
const FRAME_BYTES = 24 + 4_096

/**
 * The WAL is not cut shorter than it grows to: whoever writes where it has been before waits for the disk half as long,
 * and the commit that cut it took 30 ms.
 */
const WAL_BYTES_KEPT = FULL_WAL_FRAMES * FRAME_BYTES * 1.25

const SETTINGS = `
  PRAGMA synchronous = NORMAL;
  PRAGMA wal_autocheckpoint = 0;
  PRAGMA journal_size_limit = ${WAL_BYTES_KEPT};
  PRAGMA cache_size = ${-32 * 1024};
  PRAGMA temp_store = MEMORY;
  PRAGMA secure_delete = ON;
`

export interface Connection {
  readonly db: DatabaseSync
  /** The WAL. SQLite keeps the same file while a connection is open: whoever closes last removes it. */
  readonly wal: FileHandle
  readonly path: string
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Makes the folder and the file for their owner only. The entries of new folders are on disk when it resolves. */
async function createFile(path: string): Promise<void> {
  const folder = dirname(path)
  const firstMade = mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (firstMade !== undefined) {
    for (let made = folder; made !== dirname(firstMade); made = dirname(made)) await syncFolder(dirname(made))
  }
  try {
    // never opened when it exists: closing it would drop the locks that SQLite holds on it in this process
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

/** Several processes may switch a new file to WAL at once; SQLite does not always wait for the other then. */
async function useWal(db: DatabaseSync): Promise<void> {
  const deadlineMs = performance.now() + BUSY_TIMEOUT_MS
  for (;;) {
    try {
      const mode = db.prepare('PRAGMA journal_mode = WAL').get() as { journal_mode: string }
      if (mode.journal_mode !== 'wal') throw new Error(`journal_mode stays ${mode.journal_mode}`)
      // the first read opens the WAL
      db.prepare('SELECT count(*) FROM sqlite_schema').get()
      return
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadlineMs) throw error
      await wait(10)
    }
  }
}

/** Opens or makes the database file. @throws AppError STORE_UNAVAILABLE, naming the file and the cause */
export async function openConnection(file: string): Promise<Connection> {
  const path = resolve(file)
  let db: DatabaseSync | undefined
  try {
    await createFile(path)
    db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS })
    await useWal(db)
    db.exec(SETTINGS)
    const wal = await open(`${path}-wal`, 'r+')
    await syncFolder(dirname(path))
    return { db, wal, path }
  } catch (error) {
    db?.close()
    const cause = (error as Error).message
    throw new AppError('STORE_UNAVAILABLE', `Cannot open the SQLite store ${path}: ${cause}.`, {
      cause: error,
    })
  }
}

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { AppError } from '../../errors.ts'
import { isBusy } from './failures.ts'

function ownerNamed(pidFile: string): string {
  try {
    const pid = Number(readFileSync(pidFile, 'utf8'))
    if (Number.isSafeInteger(pid) && pid > 0) return `process ${pid}`
  } catch {
    // it is just being written or removed
  }
  return 'another process'
}

/** Locks end with their database objects: kept here they outlive a caller that forgets what it was given. */
const held = new Set<DatabaseSync>()

/**
 * Claims a data folder for this process, making it when it is not there. The operating system gives it free when the
 * process ends, however it ends. @throws AppError CONFLICT when it is claimed already, naming the folder and the
 * process, STORE_UNAVAILABLE when the folder cannot be used
 */
export function acquireOwnerLock(dataDir: string): { release(): void } {
  const folder = resolve(dataDir)
  const pidFile = join(folder, 'owner.pid')
  let db: DatabaseSync | undefined
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    db = new DatabaseSync(join(folder, 'owner.lock'))
    // an open exclusive transaction holds a lock of the file system, which ends with the process
    db.exec('BEGIN EXCLUSIVE')
    writeFileSync(pidFile, `${process.pid}\n`, { mode: 0o600 })
  } catch (error) {
    db?.close()
    if (isBusy(error)) {
      const sentence = `The data folder ${folder} is in use by ${ownerNamed(pidFile)}: stop it first, or choose another folder.`
      throw new AppError('CONFLICT', sentence, { cause: error })
    }
    throw new AppError(
      'STORE_UNAVAILABLE',
      `Cannot use the data folder ${folder}: ${(error as Error).message}.`,
      {
        cause: error,
      },
    )
  }
  const lock = db
  held.add(lock)
  return {
    release() {
      if (!held.delete(lock)) return
      rmSync(pidFile, { force: true })
      lock.close()
    },
  }
}

import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'

const PAUSE_MS = 50
const SQLITE_BUSY = 5

/**
 * Runs `work` while no other process does so with the same file. SQLite's file lock is used because the operating
 * system lifts it when its holder is killed: there is no stale lock to judge.
 * @throws when the lock cannot be had within `timeoutMs`
 */
export async function withStartLock<T>(path: string, timeoutMs: number, work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + timeoutMs
  const lock = new DatabaseSync(path, { timeout: 0 })
  try {
    while (!tryLock(lock)) {
      if (performance.now() > deadline)
        throw new Error(`another process has held ${path} for ${timeoutMs} ms`)
      await pause(PAUSE_MS)
    }
    return await work()
  } finally {
    lock.close()
  }
}

function tryLock(lock: DatabaseSync): boolean {
  try {
    lock.exec('BEGIN EXCLUSIVE')
    return true
  } catch (error) {
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return false
    throw error
  }
}

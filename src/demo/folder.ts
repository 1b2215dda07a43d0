import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../errors.ts'
import { withStartLock } from '../queue/start-lock.ts'
import { readState, STATE_FILE } from './state.ts'

const LOCK_FILE = 'demo.lock'

/** What lies in a demo's folder. */
export function placesIn(folder: string) {
  return {
    data: join(folder, 'data'),
    mongod: join(folder, 'mongod'),
    doubles: join(folder, 'doubles'),
    log: join(folder, 'demo.log'),
  }
}

/**
 * Runs `work` while no other demo uses the folder, which is made when it is missing.
 * @throws AppError CONFLICT when another demo runs in it, or when it holds something other than a demo
 */
export async function withFolder<T>(folder: string, work: () => Promise<T>): Promise<T> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await refuseForeign(folder)
  let locked = false
  try {
    return await withStartLock(join(folder, LOCK_FILE), 0, async () => {
      locked = true
      return await work()
    })
  } catch (error) {
    if (locked) throw error
    throw new AppError(
      'CONFLICT',
      `another demo is running in ${folder}: end it, or name another folder with --data-dir`,
      {
        cause: error,
      },
    )
  }
}

/** Empties the folder of a demo. The caller holds it, and has ended what ran in it. */
export async function wipe(folder: string): Promise<void> {
  const entries = await readdir(folder)
  // the state goes last: until then the folder says whose it is
  const ordered = [...entries.filter((name) => name !== STATE_FILE), STATE_FILE]
  for (const name of ordered) {
    if (name !== LOCK_FILE) await rm(join(folder, name), { recursive: true, force: true, maxRetries: 5 })
  }
}

async function refuseForeign(folder: string): Promise<void> {
  const entries = (await readdir(folder)).filter((name) => name !== LOCK_FILE && name !== `${STATE_FILE}.new`)
  if (entries.length === 0 || (await readState(folder)) !== null) return
  throw new AppError(
    'CONFLICT',
    `${folder} is not empty and holds no demo: name another folder with --data-dir`,
  )
}

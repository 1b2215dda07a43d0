import { randomBytes } from 'node:crypto'
import { open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { AppError } from '../errors.ts'

export const STATE_FILE = 'demo.json'

const shape = z.strictObject({
  format: z.literal(2),
  /** `playing` until the story was told to its end. */
  phase: z.enum(['playing', 'done']),
  store: z.enum(['sqlite', 'mongo']),
  /** Fixes the week: ISO 8601. */
  begunAt: z.iso.datetime(),
  encryptionKey: z.string(),
  operatorPassword: z.string(),
  /** Where the data is; null on SQLite. */
  mongo: z.strictObject({ server: z.enum(['given', 'local']), database: z.string() }).nullable(),
  /** null until the account is made. */
  account: z.strictObject({ id: z.string(), apiKey: z.string(), apiSecret: z.string() }).nullable(),
})

/** What a demo needs to go on after any kind of end. Holds secrets: the file is readable by its owner alone. */
export type DemoState = z.infer<typeof shape>
export type StoreChoice = DemoState['store']

export function newState(store: StoreChoice, mongoServer: 'given' | 'local', now: number): DemoState {
  return {
    format: 2,
    phase: 'playing',
    store,
    begunAt: new Date(now).toISOString(),
    encryptionKey: randomBytes(32).toString('base64'),
    operatorPassword: randomBytes(12).toString('base64url'),
    mongo:
      store === 'mongo'
        ? { server: mongoServer, database: `streakline_demo_${randomBytes(6).toString('hex')}` }
        : null,
    account: null,
  }
}

/** null where there is none. @throws AppError CONFLICT when the file is there but not one of ours */
export async function readState(folder: string): Promise<DemoState | null> {
  const path = join(folder, STATE_FILE)
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  try {
    return shape.parse(JSON.parse(text))
  } catch {
    throw new AppError(
      'CONFLICT',
      `${path} was not written by this version of the demo: remove the folder by hand, or name another with --data-dir`,
    )
  }
}

/** Atomic: a kill leaves the old state or the new one. */
export async function writeState(folder: string, state: DemoState): Promise<void> {
  const path = join(folder, STATE_FILE)
  const file = await open(`${path}.new`, 'w', 0o600)
  try {
    await file.writeFile(`${JSON.stringify(state, null, 2)}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(`${path}.new`, path)
}

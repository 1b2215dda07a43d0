import { setTimeout as wait } from 'node:timers/promises'
import { AppError } from '../errors.ts'
import type { Change, Store } from '../ports/store.ts'

const MAX_TRIES = 10
const MAX_JITTER_MS = 20

/**
 * Commits what `plan` says, planned anew after each conflict; null: there is nothing left to write.
 * @returns whether anything was written
 * @throws AppError STORE_BUSY when other writers were faster again and again, and whatever `plan` throws
 */
export async function untilCommitted(
  store: Store,
  what: string,
  plan: () => Promise<readonly Change[] | null>,
): Promise<boolean> {
  for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
    const changes = await plan()
    if (changes === null) return false
    const result = await store.commit(changes)
    if (result.outcome === 'committed') return true
    // writers that collided once would otherwise go on in step
    await wait(Math.random() * MAX_JITTER_MS * tries)
  }
  throw new AppError('STORE_BUSY', `${what}: other writers were faster ${MAX_TRIES} times in a row`)
}

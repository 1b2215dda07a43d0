import { untilWritten } from '../engine/until-written.ts'
import type { Change, Store } from '../ports/store.ts'

const MAX_TRIES = 10

/**
 * Commits what `plan` says, planned anew after each conflict; null: there is nothing left to write.
 * @returns whether anything was written
 * @throws AppError STORE_BUSY when other writers were faster again and again, and whatever `plan` throws
 */
export function untilCommitted(
  store: Store,
  what: string,
  plan: () => Promise<readonly Change[] | null>,
): Promise<boolean> {
  return untilWritten(what, MAX_TRIES, async () => {
    const changes = await plan()
    if (changes === null) return false
    return (await store.commit(changes)).outcome === 'committed' ? true : null
  })
}

import { setTimeout as delay } from 'node:timers/promises'
import type { Listener, Listeners } from '../engine/happenings.ts'
import type { Store } from '../ports/store.ts'

/** That an account has no live endpoint is known for so long, by each process for itself. */
const KNOWN_MS = 500
const MAX_KNOWN = 100_000

export interface ListenersBook {
  /** By account; one without a live endpoint is absent. @throws AppError STORE_UNAVAILABLE */
  of(accountIds: readonly string[]): Promise<Listeners>
  /**
   * To be awaited after an endpoint became live and before anybody is told of it: no process believes any more
   * that the account has none.
   */
  changed(accountId: string): Promise<void>
}

/**
 * Knows which accounts have live endpoints. Who has none is remembered, so that they cost nothing; who has some is read
 * anew each time, so that what was paused or deleted gets nothing more. What is remembered counts from before it was
 * read: once `changed` has waited that long, nobody anywhere remembers what was before.
 */
export function createListenersBook(store: Store, knownMs: number = KNOWN_MS): ListenersBook {
  /** By account: until when it is known to have none. */
  const silent = new Map<string, number>()
  /** Raised by each change: what was being read meanwhile is not remembered. */
  let changes = 0

  async function of(accountIds: readonly string[]): Promise<Listeners> {
    const startedAt = performance.now()
    const asked = accountIds.filter((id) => (silent.get(id) ?? 0) <= startedAt)
    if (asked.length === 0) return NOBODY
    const changesBefore = changes
    const keys = asked.map((id) => [id])
    const rows = await store.findByKeys('webhook_endpoint', ['accountId'], keys)
    const live = rows.filter(({ status }) => status === 'live')
    const found: ReadonlyMap<string, readonly Listener[]> = Map.groupBy(live, ({ accountId }) => accountId)
    if (changes === changesBefore) {
      if (silent.size + asked.length > MAX_KNOWN) silent.clear()
      for (const id of asked) {
        if (found.has(id)) silent.delete(id)
        else silent.set(id, startedAt + knownMs)
      }
    }
    return found
  }

  return {
    of,
    async changed(accountId) {
      changes += 1
      silent.delete(accountId)
      // a file has one process; of a server's processes each remembers for itself
      if (store.kind === 'mongodb') await delay(knownMs)
    },
  }
}

const NOBODY: Listeners = new Map()

import { remove } from '../../src/ports/changes.ts'
import type { Clock } from '../../src/ports/clock.ts'
import { ascending, atMost, below } from '../../src/ports/conditions.ts'
import type { JobQueue } from '../../src/ports/queue.ts'
import type { Store } from '../../src/ports/store.ts'
import { DAY_MS } from '../../src/telling/schedule.ts'
import { wake } from '../../src/telling/wake.ts'
import { inBatches, PER_COMMIT } from '../upkeep/in-batches.ts'

const KEPT_DAYS = 30
const MAX_AT_ONCE = 100

export interface KeepDeps {
  readonly store: Store
  readonly clock: Clock
  readonly queue: Pick<JobQueue, 'enqueue'>
}

/** Removes messages that are older than they are kept. Idempotent, goes on where it stopped. */
export function createPruneMessages({
  store,
  clock,
}: Pick<KeepDeps, 'store' | 'clock'>): () => Promise<void> {
  return async () => {
    const before = clock.now() - KEPT_DAYS * DAY_MS
    const find = () =>
      store.find('webhook_message', {
        where: below('createdAt', before),
        sort: ascending('createdAt', 'id'),
        limit: PER_COMMIT,
        omit: ['body', 'attempts'],
      })
    await inBatches(store, find, (message) => remove('webhook_message', message, {}))
  }
}

/**
 * Lets go on what waited for endpoints that are live again, where whoever made them so did not come to it. Safe in
 * several processes at once. @throws AppError STORE_UNAVAILABLE
 */
export function createWakeEndpoints(deps: KeepDeps): () => Promise<void> {
  return async () => {
    const due = await deps.store.find('webhook_endpoint', {
      where: atMost('dueAt', deps.clock.now()),
      sort: ascending('dueAt', 'id'),
      limit: MAX_AT_ONCE,
    })
    for (const endpoint of due) await wake(deps, endpoint)
  }
}

import type { Clock } from '../../src/ports/clock.ts'
import type { Logger } from '../../src/ports/logger.ts'
import type { Change, Store } from '../../src/ports/store.ts'

export interface PruneDeps {
  readonly store: Store
  readonly clock: Clock
  readonly logger: Logger
  readonly deliveryRetentionDays: number
}

const DAY_MS = 86_400_000
const PER_COMMIT = 200
const MAX_COMMITS = 500

/**
 * Removes raw bodies of deliveries older than the retention time; what became of them stays. Idempotent, goes on where
 * it stopped.
 */
export function createPrune({ store, clock, logger, deliveryRetentionDays }: PruneDeps): () => Promise<void> {
  return async () => {
    let pruned = 0
    for (let round = 0; round < MAX_COMMITS; round += 1) {
      const rows = await store.find('delivery', {
        where: { field: 'bodyKeptSince', op: 'lt', value: clock.now() - deliveryRetentionDays * DAY_MS },
        sort: [{ field: 'bodyKeptSince', order: 'asc' }],
        limit: PER_COMMIT,
        omit: ['body'],
      })
      if (rows.length === 0) break
      const set = { body: null, bodyKeptSince: null, updatedAt: clock.now() }
      const result = await store.commit(
        rows.map(
          ({ id, accountId }): Change => ({ op: 'update', collection: 'delivery', id, accountId, set }),
        ),
      )
      // another worker prunes at the same moment: it, or the next round, sees to the rest
      if (result.outcome === 'conflict') break
      pruned += rows.length
    }
    if (pruned > 0)
      logger.info({ pruned, deliveryRetentionDays }, 'raw deliveries past their retention were removed')
  }
}

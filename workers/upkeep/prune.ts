import { change } from '../../src/ports/changes.ts'
import type { Clock } from '../../src/ports/clock.ts'
import { ascending, below } from '../../src/ports/conditions.ts'
import type { Logger } from '../../src/ports/logger.ts'
import type { Store } from '../../src/ports/store.ts'

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
        where: below('bodyKeptSince', clock.now() - deliveryRetentionDays * DAY_MS),
        sort: ascending('bodyKeptSince'),
        limit: PER_COMMIT,
        omit: ['body'],
      })
      if (rows.length === 0) break
      const set = { body: null, bodyKeptSince: null, updatedAt: clock.now() }
      const result = await store.commit(rows.map((row) => change('delivery', row, {}, set)))
      // another worker prunes at the same moment: it, or the next round, sees to the rest
      if (result.outcome === 'conflict') break
      pruned += rows.length
    }
    if (pruned > 0)
      logger.info({ pruned, deliveryRetentionDays }, 'raw deliveries past their retention were removed')
  }
}

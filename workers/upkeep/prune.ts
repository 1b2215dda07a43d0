import { change, remove } from '../../src/ports/changes.ts'
import type { Clock, Instant } from '../../src/ports/clock.ts'
import { ascending, below } from '../../src/ports/conditions.ts'
import type { Logger } from '../../src/ports/logger.ts'
import type { Row } from '../../src/ports/schema.ts'
import type { Store } from '../../src/ports/store.ts'
import { inBatches, PER_COMMIT } from './in-batches.ts'

export interface PruneDeps {
  readonly store: Store
  readonly clock: Clock
  readonly logger: Logger
  readonly deliveryRetentionDays: number
}

const DAY_MS = 86_400_000

/**
 * Removes raw bodies of deliveries older than the retention time, and then the names that were kept so that an erasure
 * finds those bodies, what became of them stays; and sessions of the console that are over. Idempotent, goes on where it stopped.
 */
export function createPrune({ store, clock, logger, deliveryRetentionDays }: PruneDeps): () => Promise<void> {
  return async () => {
    const before = clock.now() - deliveryRetentionDays * DAY_MS
    const pruned = await inBatches(store, () => bodiesBefore(store, before), withoutBody(clock))
    // no name goes before its body
    const [left] = await bodiesBefore(store, before, 1)
    const names = await inBatches(
      store,
      () => namesBefore(store, left?.bodyKeptSince ?? before),
      (row) => remove('delivery_item', row, {}),
    )
    await inBatches(
      store,
      () => sessionsBefore(store, clock.now()),
      (row) => remove('console_session', row, {}),
    )
    if (pruned + names > 0) {
      const message = 'raw deliveries past their retention were removed'
      logger.info({ pruned, names, deliveryRetentionDays }, message)
    }
  }
}

function withoutBody(clock: Clock) {
  return (row: Row<'delivery'>) =>
    change('delivery', row, {}, { body: null, bodyKeptSince: null, updatedAt: clock.now() })
}

function bodiesBefore(store: Store, instant: Instant, limit = PER_COMMIT): Promise<Row<'delivery'>[]> {
  const where = below<'delivery', 'bodyKeptSince'>('bodyKeptSince', instant)
  return store.find('delivery', { where, sort: ascending('bodyKeptSince'), limit, omit: ['body'] })
}

function namesBefore(store: Store, instant: Instant): Promise<Row<'delivery_item'>[]> {
  const where = below<'delivery_item', 'nameKeptSince'>('nameKeptSince', instant)
  return store.find('delivery_item', { where, sort: ascending('nameKeptSince'), limit: PER_COMMIT })
}

function sessionsBefore(store: Store, instant: Instant): Promise<Row<'console_session'>[]> {
  const where = below<'console_session', 'idleUntil'>('idleUntil', instant)
  return store.find('console_session', { where, sort: ascending('idleUntil'), limit: PER_COMMIT })
}

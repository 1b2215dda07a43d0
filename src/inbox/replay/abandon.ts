import { findRow } from '../../commit/planned.ts'
import { untilWritten } from '../../commit/until-written.ts'
import { AppError } from '../../errors.ts'
import { change } from '../../ports/changes.ts'
import type { Clock } from '../../ports/clock.ts'
import { addressBeside } from '../../ports/schema/member-names.ts'
import type { ItemStatus } from '../../ports/schema/values.ts'
import type { Row } from '../../ports/schema.ts'
import type { Store } from '../../ports/store.ts'

const MAX_ROUNDS = 20
/** What is not settled, or settled in vain. */
const OPEN: readonly ItemStatus[] = ['pending', 'waiting', 'failed']
/** Why an item was abandoned; the operator's own words are its message. */
const BY_OPERATOR = 'ABANDONED'

export interface AbandonDeps {
  readonly store: Store
  readonly clock: Clock
}

/**
 * An operator's decision to leave what is not settled of a delivery: items that are pending, waiting or failed
 * become `abandoned`, so that no job, sweep or replay of many takes them up again; a replay of the delivery itself
 * does. Atomic; again it changes nothing. Items that a worker settles at the same moment stay settled.
 * @throws AppError NOT_FOUND, STORE_BUSY, STORE_UNAVAILABLE
 */
export function abandonDelivery(
  { store, clock }: AbandonDeps,
  accountId: string,
  id: string,
  reason: string,
): Promise<Row<'delivery'>> {
  return untilWritten(`delivery ${id}`, MAX_ROUNDS, async () => {
    const delivery = await findRow(store, 'delivery', accountId, id)
    if (delivery === null) throw new AppError('NOT_FOUND', 'There is no delivery by this id')
    const items = await store.findByKeys('delivery_item', ['accountId', 'deliveryId'], [[accountId, id]])
    const open = items.filter(({ status }) => OPEN.includes(status))
    if (open.length === 0) return delivery
    const updatedAt = clock.now()
    const set = { status: 'abandoned', reason: BY_OPERATOR, message: reason, dueAt: null, updatedAt } as const
    const { outcome } = await store.commit(
      open.map((item) => {
        const { status, attempt } = item
        const { activity } = item
        const found = activity === null ? {} : { addressIdentity: addressBeside(activity) }
        return change('delivery_item', item, { status, attempt }, { ...set, ...found })
      }),
    )
    return outcome === 'committed' ? delivery : null
  })
}

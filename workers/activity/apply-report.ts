import { findRow } from '../../src/commit/planned.ts'
import { isComparable } from '../../src/engine/decide/taken-back.ts'
import { findOrder } from '../../src/engine/load/read-reports.ts'
import type { EntryRecorder } from '../../src/engine/types.ts'
import { change } from '../../src/ports/changes.ts'
import type { Clock, Instant } from '../../src/ports/clock.ts'
import { isErased } from '../../src/ports/schema/values.ts'
import type { Row } from '../../src/ports/schema.ts'
import type { Change, Store } from '../../src/ports/store.ts'

export interface ApplyReportDeps {
  readonly store: Store
  readonly recorder: EntryRecorder
  readonly clock: Clock
}

type Item = Row<'delivery_item'>

const SHORTEST_PAUSE_MS = 10_000
const LONGEST_PAUSE_MS = 24 * 3_600_000
/** A report may come before its purchase. The purchase looks for it; the item itself looks again for so long. */
const LOOKS_AGAIN_FOR_MS = 90 * LONGEST_PAUSE_MS

/**
 * Applies what a delivery reports of an order to every log that counted it. Idempotent. A report that came before its
 * purchase waits: the purchase wakes it in the commit that counts it, and it looks for the purchase by itself after
 * ever longer pauses. @throws AppError as `applyReports`
 */
export function createApplyReport({ store, recorder, clock }: ApplyReportDeps) {
  return async function applyReport(item: Item, report: NonNullable<Item['report']>): Promise<object> {
    const { purchases, isSettled } = await findOrder(store, item)
    const source = { object: report.object, deliveryId: item.deliveryId }
    let entries = 0
    for (const purchase of purchases) {
      entries += (await recorder.applyReports({ purchase, source })).entries.length
    }
    if (purchases.length === 0 || !isSettled) {
      await store.commit([unlessChanged(item, waiting(item, clock.now()))])
      return { outcome: 'waiting', entries }
    }
    const updatedAt = clock.now()
    const comparable = purchases.filter((purchase) => isComparable(report, purchase))
    const set =
      comparable.length > 0
        ? { status: 'applied' as const, reason: null, message: null }
        : otherCurrency(report, purchases)
    const owner = await findOwner(store, purchases[0]!)
    await store.commit([
      unlessChanged(item, { ...set, dueAt: null, updatedAt, externalId: nameOf(owner) }),
      ofDelivery(item, purchases[0]!, owner, updatedAt),
    ])
    return { outcome: set.status, entries }
  }
}

function unlessChanged(item: Item, set: Partial<Item>): Change {
  const { status, attempt } = item
  return change('delivery_item', item, { status, attempt }, set)
}

function waiting({ receivedAt, attempt }: Item, now: Instant): Partial<Item> {
  const age = now - receivedAt
  const pause = Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, age))
  const dueAt = age > LOOKS_AGAIN_FOR_MS ? null : now + pause
  return { status: 'waiting', reason: null, message: null, dueAt, attempt: attempt + 1, updatedAt: now }
}

function otherCurrency(
  { currency }: NonNullable<Item['report']>,
  purchases: readonly Row<'purchase'>[],
): Pick<Item, 'status' | 'reason' | 'message'> {
  const message = `the report is in ${currency}, the order that counted in ${purchases[0]?.currency}`
  return { status: 'ignored', reason: 'CURRENCY_MISMATCH', message }
}

/** Whoever bought: the delivery is about them, and goes when they are erased. */
async function findOwner(
  store: Store,
  { accountId, streakLogId }: Row<'purchase'>,
): Promise<Row<'member'> | null> {
  const log = await findRow(store, 'streak_log', accountId, streakLogId)
  return log === null ? null : findRow(store, 'member', accountId, log.ownedById)
}

function nameOf(owner: Row<'member'> | null): string | null {
  return owner === null || isErased(owner) ? null : owner.externalId
}

/** The delivery is found by the order's own id from now on; of somebody erased, what was sent goes at once. */
function ofDelivery(
  { deliveryId: id, accountId }: Item,
  { orderId }: Row<'purchase'>,
  owner: Row<'member'> | null,
  updatedAt: Instant,
): Change {
  const raw = owner !== null && isErased(owner) ? { body: null, bodyKeptSince: null, headers: {} } : {}
  return change('delivery', { id, accountId }, {}, { orderId, updatedAt, ...raw })
}

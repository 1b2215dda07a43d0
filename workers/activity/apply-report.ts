import { findRow } from '../../src/commit/planned.ts'
import { findOrder } from '../../src/engine/load/read-reports.ts'
import type { EntryRecorder, ReportVerdict } from '../../src/engine/types.ts'
import { NEVER_COUNTED, otherCurrency } from '../../src/inbox/report-outcome.ts'
import { change } from '../../src/ports/changes.ts'
import type { Clock, Instant } from '../../src/ports/clock.ts'
import { isErased, type OrderReport } from '../../src/ports/schema/values.ts'
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
  return async function applyReport(item: Item, report: OrderReport): Promise<object> {
    const { purchases, isSettled } = await findOrder(store, item)
    const source = { object: report.object, deliveryId: item.deliveryId }
    let entries = 0
    const verdicts = new Set<ReportVerdict>()
    for (const purchase of purchases) {
      const result = await recorder.applyReports({ purchase, source })
      entries += result.entries.length
      verdicts.add(result.outcome)
    }
    if (report.ifCounted && purchases.length === 0 && isSettled) {
      await store.commit([unlessChanged(item, { ...NEVER_COUNTED, dueAt: null, updatedAt: clock.now() })])
      return { outcome: NEVER_COUNTED.status, entries }
    }
    if (purchases.length === 0 || !isSettled || verdicts.has('waiting')) {
      await store.commit([unlessChanged(item, waiting(item, clock.now()))])
      return { outcome: 'waiting', entries }
    }
    const updatedAt = clock.now()
    const set = verdicts.has('applied') ? APPLIED : otherCurrency(report, purchases)
    const owner = await findOwner(store, purchases[0]!)
    await store.commit([
      unlessChanged(item, { ...set, dueAt: null, updatedAt, externalId: nameOf(owner) }),
      ofDelivery(item, purchases[0]!, owner, updatedAt),
    ])
    await settlePayments(item, report, updatedAt)
    return { outcome: set.status, entries }
  }

  /** Payments that were told of before the refund which lists them have been taken into account with it. */
  async function settlePayments(
    { accountId, orderKey }: Item,
    { parts }: OrderReport,
    updatedAt: Instant,
  ): Promise<void> {
    const ids = new Set(parts?.transactions.map(({ id }) => id))
    if (ids.size === 0 || orderKey === null) return
    const items = await store.findByKeys('delivery_item', ['accountId', 'orderKey'], [[accountId, orderKey]])
    const told = items.filter(
      ({ status, report }) =>
        status === 'waiting' &&
        report?.kind === 'transaction' &&
        ids.has(report.object.slice(report.object.lastIndexOf(':') + 1)),
    )
    for (const each of told) await store.commit([unlessChanged(each, { ...APPLIED, dueAt: null, updatedAt })])
  }
}

const APPLIED = { status: 'applied', reason: null, message: null } as const

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

const SCRUBBED = {
  body: null,
  bodyKeptSince: null,
  headers: {},
  orderName: null,
  orderNameKey: null,
} as const

/** The delivery is found by the order's own id from now on; of somebody erased, what was sent goes at once. */
function ofDelivery(
  { deliveryId: id, accountId }: Item,
  { orderId }: Row<'purchase'>,
  owner: Row<'member'> | null,
  updatedAt: Instant,
): Change {
  const raw = owner !== null && isErased(owner) ? SCRUBBED : {}
  return change('delivery', { id, accountId }, {}, { orderId, updatedAt, ...raw })
}

import { best } from '../../src/engine/decide/order-objects.ts'
import { readDeliveries } from '../../src/engine/load/read-reports.ts'
import { oneOf } from '../../src/ports/conditions.ts'
import { type OrderReport, REPORT_STATES } from '../../src/ports/schema/values.ts'
import type { Row } from '../../src/ports/schema.ts'
import type { Store } from '../../src/ports/store.ts'
import type { ReadOrder } from './assess.ts'
import type { ReadFor } from './read-for.ts'

type Item = Row<'delivery_item'>

/** What is known of an order before it is read. */
export interface Known {
  /** Streaks that count it. */
  readonly countedStreaks: ReadonlySet<string>
  /** Whether a rule could count nothing more of it: its streak does, or takes nothing. */
  isTaken(ruleIndex: number): boolean
  /** Why it did not count, as deliveries of this connector say. */
  readonly reasons: ReadonlySet<string>
  readonly isFailed: boolean
  /** Whether this connector was told of the purchase, and judged it or was paused: that stands until somebody asks. */
  readonly wasTold: boolean
  readonly reports: readonly OrderReport[]
  /** Those of them that this backfill has not told. */
  readonly reportsBefore: readonly OrderReport[]
  /** What earlier reconciles told of, by the platform's own object. */
  readonly missedBefore: ReadonlySet<string>
  /** What this backfill took in of it already, on an earlier page or before it was interrupted. */
  readonly own: readonly Item[]
}

/** Of many orders of one connector there may be several thousand deliveries. */
const MAX_DELIVERIES = 20_000

/** Reads what is known of orders; in their order. A fixed number of reads. */
export async function loadKnown(
  store: Store,
  connector: Row<'connector'>,
  { backfillId, reconcile }: ReadFor,
  orders: readonly ReadOrder[],
): Promise<Known[]> {
  const { accountId, purchaseSpace } = connector
  const names = await withOrders(store, accountId, orders.map(namesOf))
  const ids = [...new Set(names.flatMap(({ orderIds }) => orderIds))]
  const keys = [...new Set(names.flatMap(({ all }) => all))].map((name) => [accountId, name])
  const purchaseKeys = ids.map((orderId) => [accountId, purchaseSpace, orderId])
  const streakKeys = connector.rules.map(({ streakId }) => [accountId, streakId])
  const [purchases, deliveries, reports, streaks] = await Promise.all([
    many(purchaseKeys, (part) =>
      store.findByKeys('purchase', ['accountId', 'purchaseSpace', 'orderId'], part),
    ),
    ids.length === 0 ? [] : readDeliveries(store, accountId, oneOf('orderId', ids), MAX_DELIVERIES),
    many(keys, (part) => store.findByKeys('delivery_item', ['accountId', 'orderKey'], part)),
    many(streakKeys, (part) => store.findByKeys('streak', ['accountId', 'id'], part)),
  ])
  const mine = deliveries.filter(({ connectorId }) => connectorId === connector.id)
  const items = await many(
    mine.map(({ id }) => [accountId, id]),
    (part) => store.findByKeys('delivery_item', ['accountId', 'deliveryId'], part),
  )
  const itemsOf = Map.groupBy(items, ({ deliveryId }) => deliveryId)
  const live = new Set(streaks.filter(({ status }) => status === 'live').map(({ id }) => id))
  const streakOf = (ruleIndex: number) => connector.rules[ruleIndex]?.streakId ?? ''
  return names.map(({ orderIds, all }): Known => {
    const isOf = (name: string | null) => name !== null && all.includes(name)
    const own = mine.filter(({ orderId }) => isOf(orderId))
    const ownItems = own.flatMap(({ id }) => itemsOf.get(id) ?? [])
    const countedStreaks = new Set(
      purchases.filter(({ orderId }) => orderIds.includes(orderId)).map(({ streakId }) => streakId),
    )
    const reasons = [...own, ...ownItems].flatMap(({ reason }) => reason ?? [])
    const read = own.filter((delivery) => delivery.backfillId === backfillId)
    const readIds = new Set(read.map(({ id }) => id))
    const told = reports.flatMap(({ orderKey, report, deliveryId }) =>
      isOf(orderKey) && report !== null ? [{ report, deliveryId }] : [],
    )
    const before = told.filter(({ deliveryId }) => !readIds.has(deliveryId))
    const isFailed = ownItems.some(({ status }) => status === 'failed')
    const reconciles = new Set(own.filter(({ topic }) => topic === 'reconcile').map(({ id }) => id))
    return {
      countedStreaks,
      isTaken: (ruleIndex) => {
        const streakId = streakOf(ruleIndex)
        return countedStreaks.has(streakId) || (!live.has(streakId) && reasons.includes('STREAK_NOT_LIVE'))
      },
      reasons: new Set(reasons),
      isFailed,
      wasTold: !isFailed && own.some((delivery) => tellsOfPurchase(delivery, reconcile)),
      reports: told.map(({ report }) => report),
      reportsBefore: before.map(({ report }) => report),
      missedBefore: new Set(
        before.filter(({ deliveryId }) => reconciles.has(deliveryId)).map(({ report }) => report.object),
      ),
      own: ownItems.filter(({ deliveryId }) => readIds.has(deliveryId)),
    }
  })
}

/** What came while nothing was installed is for the next install to make up for: no merchant paused then. */
function tellsOfPurchase(
  { outcome, reason, receivedAt }: Row<'delivery'>,
  reconcile: ReadFor['reconcile'],
): boolean {
  if (outcome === 'translated' || reason === 'NO_RULES') return true
  return reason === 'CONNECTOR_NOT_LIVE' && receivedAt >= (reconcile?.installedAt ?? 0)
}

interface Names {
  readonly orderIds: readonly string[]
  readonly all: readonly string[]
}

/** What is only reported may call its order by another name than its id: deliveries of the purchase say which. */
async function withOrders(store: Store, accountId: string, names: readonly Names[]): Promise<Names[]> {
  const all = [...new Set(names.flatMap((each) => each.all))]
  if (all.length === 0) return [...names]
  const [first, second] = await Promise.all([
    readDeliveries(store, accountId, oneOf('orderReference', all), MAX_DELIVERIES),
    readDeliveries(store, accountId, oneOf('otherReference', all), MAX_DELIVERIES),
  ])
  const referring = [...first, ...second]
  return names.map((own) => {
    const found = referring.flatMap(({ orderId, orderReference, otherReference }) =>
      orderId !== null &&
      [orderReference, otherReference].some((name) => name !== null && own.all.includes(name))
        ? orderId
        : [],
    )
    return {
      orderIds: [...new Set([...own.orderIds, ...found])],
      all: [...new Set([...own.all, ...found])],
    }
  })
}

/** By what an order may be called: its own ids, and the names that reports have for it. */
function namesOf({ bodies }: ReadOrder): Names {
  const orderIds: string[] = []
  const all: string[] = []
  for (const { reading } of bodies) {
    const { translation } = reading
    const { orderId, orderReference, otherReference } = translation
    if (orderId !== null) orderIds.push(orderId)
    for (const name of [orderId, orderReference, otherReference]) if (name) all.push(name)
    if (translation.kind === 'reported') all.push(translation.orderKey)
  }
  return { orderIds: [...new Set(orderIds)], all: [...new Set(all)] }
}

const KEYS_AT_ONCE = 500

async function many<K, R>(keys: readonly K[], read: (part: K[]) => Promise<R[]>): Promise<R[]> {
  const rows: R[] = []
  for (let from = 0; from < keys.length; from += KEYS_AT_ONCE) {
    rows.push(...(await read(keys.slice(from, from + KEYS_AT_ONCE))))
  }
  return rows
}

export function knowsReason({ reasons }: Known, reason: string): boolean {
  return reasons.has(reason)
}

/**
 * Whether a report tells nothing more: of one object the furthest state counts, and of totals the greatest; of what goes
 * back and forth the last.
 */
export function knowsReport({ reports }: Pick<Known, 'reports'>, report: OrderReport): boolean {
  const same = reports.filter(({ object }) => object === report.object)
  if (report.statedAt === undefined) return same.some((known) => reaches(known, report))
  const last = same.reduce(best, null)
  return last !== null && (last.state === report.state || best(last, report) === last)
}

function reaches(known: OrderReport, report: OrderReport): boolean {
  const [before, now] = [known.state, report.state].map((state) => REPORT_STATES.indexOf(state))
  if (before! > now!) return true
  if (before! < now!) return false
  if (report.kind === 'refund_total') return Number(known.amount) >= Number(report.amount)
  return Number(known.amount) === Number(report.amount) && payments(known) === payments(report)
}

/** How far each payment of a refund has come. */
function payments({ parts }: OrderReport): string {
  const states = (parts?.transactions ?? []).map(({ id, state }) => `${id}:${state}`)
  return states.sort().join(' ')
}

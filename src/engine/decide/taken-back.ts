import { type OrderReport, REPORT_STATES } from '../../ports/schema/values.ts'
import type { Row } from '../../ports/schema.ts'
import { parseQuantity, type Quantity } from '../../streaks/quantity.ts'
import type { KeyedReport } from '../types.ts'

type Purchase = Pick<Row<'purchase'>, 'orderId' | 'orderReference' | 'orderTotal' | 'currency' | 'isAmount'>

/** What is to be withdrawn of a log: all of it, whatever it counts, or an amount. */
export type TakenBack = 'whole' | Quantity

/**
 * What the reports of an order take of a log that counted it. Depends on the set of reports alone, not on the order in
 * which they came: of each object the furthest state counts, once. Platforms that report the same sale report the same
 * refund too, so their refunds are not added up: the one that took most counts. A log whose value is an amount loses
 * what was refunded; any other is taken back only whole: when the purchase is cancelled, lost in a dispute, or its
 * refunds reach its total.
 */
export function takenBack(all: readonly KeyedReport[], purchase: Purchase): TakenBack {
  const objects = furthest(all.filter((each) => concerns(each, purchase)).map(({ report }) => report))
  const taken = objects.filter(({ state }) => state === 'taken')
  const isLost = taken.some(
    ({ kind, amount }) => kind === 'dispute' && (!purchase.isAmount || amount === null),
  )
  if (isLost || taken.some(({ kind }) => kind === 'cancellation')) return 'whole'
  const byPlatform = Map.groupBy(objects, ({ object }) => object.slice(0, object.indexOf(':')))
  const amount = greatest([...byPlatform.values()].map((own) => amountTaken(own)))
  const { orderTotal, isAmount } = purchase
  if (orderTotal !== null && amount > 0n && amount >= orderTotal) return 'whole'
  return isAmount ? amount : 0n
}

/** Whether the report's amount, if it has one, can be set against the purchase: it must be in the same currency. */
export function isComparable(
  { amount, currency }: OrderReport,
  purchase: Pick<Purchase, 'currency'>,
): boolean {
  return amount === null || currency === null || purchase.currency === null || currency === purchase.currency
}

/**
 * An order may have been paid in several parts, of which only the first counted: what is given back of another part
 * takes nothing from it. The part that counted is known where its platform calls it by another name than the order.
 */
function concerns({ orderKey, report }: KeyedReport, purchase: Purchase): boolean {
  const { orderReference, orderId } = purchase
  const isOwn = orderReference === null || orderKey === orderReference || orderKey === orderId
  return isOwn && isComparable(report, purchase)
}

/** One report for each object: the furthest, and of equally far ones that with the greatest amount. */
function furthest(reports: readonly OrderReport[]): OrderReport[] {
  const byObject = Map.groupBy(reports, ({ object }) => object)
  return [...byObject.values()].map((own) =>
    own.reduce((best, each) => (isFurther(each, best) ? each : best)),
  )
}

function isFurther(one: OrderReport, other: OrderReport): boolean {
  const ahead = REPORT_STATES.indexOf(one.state) - REPORT_STATES.indexOf(other.state)
  return ahead > 0 || (ahead === 0 && amountOf(one) > amountOf(other))
}

/**
 * What one platform's refunds and lost disputes come to. Totals without names hold the refunds that are known by name,
 * also those that have taken nothing yet or failed.
 */
function amountTaken(objects: readonly OrderReport[]): Quantity {
  const sum = (kind: OrderReport['kind'], isTaken: boolean) =>
    objects
      .filter((each) => each.kind === kind && (each.state === 'taken') === isTaken)
      .reduce((total, each) => total + amountOf(each), 0n)
  const named = sum('refund', true)
  const unnamed = sum('refund_total', true) - sum('refund', false)
  return greatest([named, unnamed]) + sum('dispute', true)
}

function greatest(amounts: readonly Quantity[]): Quantity {
  let most = 0n
  for (const amount of amounts) if (amount > most) most = amount
  return most
}

function amountOf({ amount }: OrderReport): Quantity {
  const parsed = amount === null ? null : parseQuantity(amount)
  return parsed?.ok ? parsed.value : 0n
}

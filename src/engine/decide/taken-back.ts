import type { PurchaseBasis, SoldLine } from '../../ports/schema/values.ts'
import type { Row } from '../../ports/schema.ts'
import { type Quantity, wholeQuantity } from '../../streaks/quantity.ts'
import type { KeyedReport, ReportVerdict } from '../types.ts'
import { listsPayment, type OrderObject, orderObjects, quantityOf } from './order-objects.ts'
import { type PlatformMoney, platformMoney } from './platform-money.ts'
import { atLeastNothing } from './refund-money.ts'
import { unitsBack } from './units-back.ts'

export type Purchase = Pick<
  Row<'purchase'>,
  'orderId' | 'orderReference' | 'otherReference' | 'orderTotal' | 'currency' | 'isAmount' | 'basis'
>

/** What is to be withdrawn of a log: all of it, whatever it counts, or so much. */
export type TakenBack = 'whole' | Quantity

/**
 * What the reports of an order take of a log that counted it. A function of the set of reports and of the purchase as
 * it was kept, not of the order in which they came: of each object the furthest state counts, once.
 * @param isSum whether the log's streak adds up values; else a log is one or nothing
 */
export function takenBack(all: readonly KeyedReport[], purchase: Purchase, isSum: boolean): TakenBack {
  const told = orderObjects(all.filter((each) => concerns(each, purchase)).map(({ report }) => report))
  const sold = soldLines(purchase)
  const isComparable = (each: OrderObject) => platformMoney([each], purchase, sold.isLeftOut).isComparable
  // of what cannot be set against the order only a dispute takes anything
  const objects = told.filter((each) => each.kind === 'dispute' || isComparable(each))
  const platforms = byPlatform(objects, purchase, sold)
  if (isEnded(objects, purchase) || platforms.some((each) => reachesTotal(each, purchase, sold)))
    return 'whole'
  const money = platforms.reduce(
    (most, one) => (isMore(one, most) ? one : most),
    platformMoney([], purchase, sold.isLeftOut),
  )
  const { basis } = purchase
  const value = basis?.value ?? (purchase.isAmount ? 'order_total' : 'one')
  const units = basis === null ? new Map<string, number>() : unitsBack(objects, basis, sold.counted)
  if (isSum && value === 'order_total') return money.money
  if (isSum && value === 'order_subtotal') return money.goods
  // what was counted by units before lines were kept can be taken only whole
  if (isSum && value === 'item_count' && basis !== null) return wholeQuantity(sumOf(units.values()))
  const isAllBack = sold.units > 0 && sumOf(units.values()) >= sold.units
  return isAllBack || fallsShort(purchase, money, sold) ? 'whole' : 0n
}

/** What becomes of a report by itself, once the order it is about has counted. */
export function reportVerdict(
  object: string,
  all: readonly KeyedReport[],
  purchase: Purchase,
): ReportVerdict {
  const reports = all.map(({ report }) => report)
  const own = reports.find((each) => each.object === object)
  const objects = orderObjects(reports)
  // of a dispute that cannot be set against the order all is taken
  if (own === undefined || own.kind === 'dispute') return 'applied'
  const about = objects.filter((each) =>
    own.kind === 'transaction' ? listsPayment(each, own) : each.object === object,
  )
  if (about.length === 0) return 'waiting'
  const sold = soldLines(purchase)
  const isComparable = about.some((each) => platformMoney([each], purchase, sold.isLeftOut).isComparable)
  return isComparable ? 'applied' : 'other_currency'
}

/**
 * An order may have been paid in several parts, of which only the first counted: what is given back of another part
 * takes nothing from it. The part that counted is known where its platform calls it by another name than the order.
 */
function concerns({ orderKey }: KeyedReport, purchase: Purchase): boolean {
  const { orderReference, otherReference, orderId } = purchase
  return orderReference === null || [orderReference, otherReference, orderId].includes(orderKey)
}

interface Sold {
  readonly counted: readonly SoldLine[]
  readonly units: number
  /** What lines that the rule leaves out cost. */
  readonly leftOut: Quantity
  isLeftOut(lineId: string | null): boolean
}

/** The lines that the rule counts: all, or all but gift cards. */
function soldLines({ basis }: { readonly basis: PurchaseBasis | null }): Sold {
  const lines = basis?.lines ?? []
  const left = basis?.giftCards === 'ignore' ? lines.filter(({ isGiftCard }) => isGiftCard) : []
  const counted = lines.filter((line) => !left.includes(line))
  const ids = new Set(left.flatMap(({ lineId }) => lineId ?? []))
  return {
    counted,
    units: counted.reduce((total, { units }) => total + units, 0),
    leftOut: left.length === 0 ? 0n : quantityOf(basis?.giftCardMoney ?? null),
    isLeftOut: (lineId) => lineId !== null && ids.has(lineId),
  }
}

/**
 * Platforms that report the same sale report the same refund too, so their refunds are not added up: the one that took
 * more counts, and of two that took the same the one that says what it was for.
 */
function byPlatform(objects: readonly OrderObject[], purchase: Purchase, sold: Sold): PlatformMoney[] {
  const own = Map.groupBy(objects, ({ object }) => object.slice(0, object.indexOf(':')))
  return [...own.values()].map((each) => platformMoney(each, purchase, sold.isLeftOut))
}

function isMore(one: PlatformMoney, other: PlatformMoney): boolean {
  if (one.money !== other.money) return one.money > other.money
  return one.hasParts !== other.hasParts ? one.hasParts : one.goods > other.goods
}

/** Cancelled, or lost in a dispute over money that cannot be set against the order: then over all of it. */
function isEnded(objects: readonly OrderObject[], purchase: Purchase): boolean {
  return objects
    .filter(({ state }) => state === 'taken')
    .some(
      (each) =>
        each.kind === 'cancellation' ||
        (each.kind === 'dispute' &&
          (each.amount === null || !platformMoney([each], purchase, () => false).isComparable)),
    )
}

/** Whether the money that went back is all that the order cost. A total of 0 is never reached. */
function reachesTotal(
  { money, own, presented }: PlatformMoney,
  { orderTotal, basis }: Purchase,
  { leftOut }: Sold,
): boolean {
  const total = orderTotal === null ? 0n : atLeastNothing(orderTotal - leftOut)
  if (orderTotal === null || total === 0n) return false
  if (money >= total) return true
  // in the currency that the shopper saw nothing is rounded
  const seen = quantityOf(basis?.presented?.total ?? null)
  return seen > 0n && presented > 0n && presented * orderTotal + own * seen >= seen * total
}

/** Whether what is left would not have satisfied the rule's minimum. Exactly the minimum does. */
function fallsShort({ orderTotal, basis }: Purchase, { money, goods }: PlatformMoney, sold: Sold): boolean {
  if (basis === null || basis.minimumValue === null) return false
  const isSubtotal = basis.value === 'order_subtotal'
  const before = isSubtotal ? (basis.subtotal === null ? null : quantityOf(basis.subtotal)) : orderTotal
  if (before === null) return false
  const left = before - sold.leftOut - (isSubtotal ? goods : money)
  return atLeastNothing(left) < quantityOf(basis.minimumValue)
}

function sumOf(counts: Iterable<number>): number {
  let sum = 0
  for (const count of counts) sum += count
  return sum
}

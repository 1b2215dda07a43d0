import {
  type OrderReport,
  REPORT_STATES,
  type RefundParts,
  type RefundTransaction,
  type ReportState,
} from '../../ports/schema/values.ts'
import { parseQuantity, type Quantity } from '../../streaks/quantity.ts'

/** What a platform reports of an order, each object once, as far as it has come. */
export interface OrderObject {
  readonly object: string
  readonly kind: OrderReport['kind']
  /** By itself; of a refund with parts its payments say how far each of them is. */
  readonly state: ReportState
  readonly amount: string | null
  readonly currency: string | null
  readonly parts: RefundParts | null
}

/**
 * The objects that these reports tell of. A function of their set: not of the order in which they came, nor of how
 * often. Of each object, and of each payment of a refund, the furthest state counts.
 */
export function orderObjects(reports: readonly OrderReport[]): OrderObject[] {
  const payments = paymentStates(reports)
  const byObject = Map.groupBy(
    reports.filter(({ kind }) => kind !== 'transaction'),
    ({ object }) => object,
  )
  return [...byObject.values()].map((own) => merged(own, payments))
}

/** The objects of refunds that list the payment which a report of kind `transaction` tells of. */
export function listsPayment(object: OrderObject, report: OrderReport): boolean {
  const id = paymentIdOf(report)
  return object.parts?.transactions.some((each) => each.id === id) === true
}

/** `8201` of `shopify:transaction:8201`. */
function paymentIdOf({ object }: OrderReport): string {
  return object.slice(object.lastIndexOf(':') + 1)
}

/** How far each payment is that any body tells of, by itself or as part of a refund. */
function paymentStates(reports: readonly OrderReport[]): ReadonlyMap<string, ReportState> {
  const told = reports.flatMap((report): readonly Pick<RefundTransaction, 'id' | 'state'>[] =>
    report.kind === 'transaction'
      ? [{ id: paymentIdOf(report), state: report.state }]
      : (report.parts?.transactions ?? []),
  )
  const byId = Map.groupBy(told, ({ id }) => id)
  return new Map([...byId].map(([id, same]) => [id, same.map(({ state }) => state).reduce(further)]))
}

function merged(own: readonly OrderReport[], payments: ReadonlyMap<string, ReportState>): OrderObject {
  const [first] = own
  const whole = own.filter(({ parts }) => parts === undefined).reduce(best, null)
  const parts = mergedParts(own, payments)
  const moved = parts?.transactions.some(({ state }) => state !== 'open') === true
  // a report of before parts were read stands as long as no payment is known to have come further
  const stated = whole !== null && (parts === null || (whole.state !== 'open' && !moved)) ? whole : null
  const { object, kind, state, amount, currency } = stated ?? own.reduce(best, null) ?? first!
  return { object, kind, state, amount, currency, parts: stated === null ? parts : null }
}

/** What most of it is stated by, with all payments that any body lists. */
function mergedParts(
  own: readonly OrderReport[],
  payments: ReadonlyMap<string, ReportState>,
): RefundParts | null {
  const stated = own.flatMap(({ parts }) => parts ?? [])
  const [fullest] = stated
    .map((parts) => ({ ...parts, transactions: [] }))
    .toSorted((a, b) => b.lines.length - a.lines.length || byText(a, b))
  if (fullest === undefined) return null
  const byId = Map.groupBy(
    stated.flatMap(({ transactions }) => transactions),
    ({ id }) => id,
  )
  const transactions = [...byId].map(([id, same]): RefundTransaction => {
    const [one] = same.toSorted(byText)
    return { ...one!, state: payments.get(id) ?? one!.state }
  })
  return { ...fullest, transactions }
}

function byText(a: unknown, b: unknown): number {
  const [one, other] = [JSON.stringify(a), JSON.stringify(b)]
  return one < other ? -1 : Number(one > other)
}

function further(one: ReportState, other: ReportState): ReportState {
  return REPORT_STATES.indexOf(one) >= REPORT_STATES.indexOf(other) ? one : other
}

/** The last where that is stated, else the furthest, and of equally far ones that with the greatest amount. Pure. */
export function best(one: OrderReport | null, other: OrderReport): OrderReport {
  if (one === null) return other
  const [at, otherAt] = [one.statedAt, other.statedAt]
  if (at !== undefined && otherAt !== undefined && at !== otherAt) return at > otherAt ? one : other
  const ahead = REPORT_STATES.indexOf(one.state) - REPORT_STATES.indexOf(other.state)
  if (ahead !== 0) return ahead > 0 ? one : other
  const [own, their] = [amountOf(one), amountOf(other)]
  if (own !== their) return own > their ? one : other
  return byText(one, other) <= 0 ? one : other
}

function amountOf({ amount }: OrderReport): Quantity {
  return amount === null ? 0n : quantityOf(amount)
}

/** Digits as they are stored, with a sign where they are below 0. */
export function quantityOf(digits: string | null): Quantity {
  if (digits === null) return 0n
  const isNegative = digits.startsWith('-')
  const parsed = parseQuantity(isNegative ? digits.slice(1) : digits)
  if (!parsed.ok) return 0n
  return isNegative ? -parsed.value : parsed.value
}

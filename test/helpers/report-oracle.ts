/**
 * What the reports of an order leave of a log, read from the pages for merchants: in whole cents and units, told one
 * after the other, with nothing of the program's own ways. Amounts are cents of the order's currency unless said.
 */

export type OracleState = 'open' | 'taken' | 'given_back'

export interface OracleLine {
  readonly id: string
  readonly units: number
  /** Of one unit. */
  readonly price: number
  readonly isGiftCard: boolean
}

export interface OracleOrder {
  readonly lines: readonly OracleLine[]
  readonly shipping: number
  /** Of all lines together; beside the prices, or inside them. */
  readonly taxPercent: number
  readonly taxesIncluded: boolean
  /** A refund without money that the order's own body listed: what was taken out of it is not in `lines`. */
  readonly edit: string | null
}

export interface OracleRule {
  readonly value: 'one' | 'order_total' | 'order_subtotal' | 'item_count'
  readonly minimum: number | null
  readonly ignoresGiftCards: boolean
}

export interface OracleRefund {
  readonly id: string
  readonly returns: readonly { readonly line: string; readonly units: number }[]
  readonly shipping: number
  /** What was paid out beyond the parts. */
  readonly extra: number
  /** Shares of the whole in percent, each with how far it has come in the end. Empty: no money belongs to it. */
  readonly payments: readonly { readonly percent: number; readonly state: OracleState }[]
}

export interface OracleDispute {
  readonly amount: number
  readonly isForeign: boolean
  readonly state: OracleState
}

export interface OracleReports {
  readonly refunds: readonly OracleRefund[]
  readonly disputes: readonly OracleDispute[]
  /** Refunds as another platform reports the same sale: money only. */
  readonly elsewhere: readonly { readonly amount: number; readonly state: OracleState }[]
  readonly isCancelled: boolean
}

const sum = (amounts: readonly number[]): number => amounts.reduce((total, each) => total + each, 0)

/** Prices are whole euros and taxes whole percents, so taxes are whole cents. */
const taxOn = (price: number, { taxPercent, taxesIncluded }: OracleOrder): number =>
  taxesIncluded ? 0 : (price * taxPercent) / 100

export function totalsOf(order: OracleOrder): { readonly total: number; readonly subtotal: number } {
  const subtotal = sum(order.lines.map(({ units, price }) => units * price))
  return { subtotal, total: subtotal + taxOn(subtotal, order) + order.shipping }
}

const lineOf = (order: OracleOrder, id: string) => order.lines.find((line) => line.id === id)

/** What a refund pays out in all, as far as none of it fails. */
export function moneyOf(refund: OracleRefund, order: OracleOrder): number {
  const goods = refund.returns.map(({ line, units }) => units * (lineOf(order, line)?.price ?? 0))
  return sum(goods.map((price) => price + taxOn(price, order))) + refund.shipping + refund.extra
}

/** The share of each payment; the last has what is left. */
export function paymentsOf(refund: OracleRefund, order: OracleOrder): number[] {
  const money = moneyOf(refund, order)
  let rest = money
  return refund.payments.map(({ percent }, at) => {
    const share = at === refund.payments.length - 1 ? rest : Math.floor((money * percent) / 100)
    rest -= share
    return share
  })
}

/** What is left of a log: cents, units, or 1 and 0. */
export function leftOf(order: OracleOrder, rule: OracleRule, reports: OracleReports, isSum: boolean): number {
  const isCounted = ({ isGiftCard }: OracleLine) => !(rule.ignoresGiftCards && isGiftCard)
  const counted = order.lines.filter(isCounted)
  const cards = sum(order.lines.filter((line) => !isCounted(line)).map(({ units, price }) => units * price))
  const { total, subtotal } = totalsOf(order)
  const full = {
    one: 1,
    order_total: total - cards,
    order_subtotal: subtotal - cards,
    item_count: sum(counted.map(({ units }) => units)),
  }
  const whole = isSum ? full[rule.value] : 1
  if (reports.isCancelled) return 0
  if (reports.disputes.some(({ isForeign, state }) => isForeign && state === 'taken')) return 0

  const back = reports.refunds.map((refund) => {
    const shares = paymentsOf(refund, order)
    const which = (states: readonly OracleState[]) =>
      sum(shares.filter((_, at) => states.includes(refund.payments[at]!.state)))
    const standing = which(['open', 'taken'])
    const done = which(['taken'])
    const uncounted = refund.returns.filter(({ line }) => {
      const own = lineOf(order, line)
      return own !== undefined && !isCounted(own)
    })
    const priceOf = (some: OracleRefund['returns']) =>
      sum(some.map(({ line, units }) => units * (lineOf(order, line)?.price ?? 0)))
    const notCounted = Math.min(standing, priceOf(uncounted) + taxOn(priceOf(uncounted), order))
    const others = refund.returns.filter((each) => !uncounted.includes(each))
    const forElse = refund.shipping + taxOn(priceOf(others), order)
    const money = Math.min(done, Math.max(0, standing - notCounted))
    return { money, goods: Math.min(money, Math.max(0, standing - notCounted - forElse)) }
  })
  const lost = sum(
    reports.disputes.filter((each) => each.state === 'taken' && !each.isForeign).map(({ amount }) => amount),
  )
  const own = {
    money: sum(back.map(({ money }) => money)) + lost,
    goods: sum(back.map((each) => each.goods)) + lost,
  }
  const elsewhere = sum(
    reports.elsewhere.filter(({ state }) => state === 'taken').map(({ amount }) => amount),
  )
  const taken = elsewhere > own.money ? { money: elsewhere, goods: elsewhere } : own
  const cost = total - cards
  if (cost > 0 && taken.money >= cost) return 0

  const unitsBack = sum(
    counted.map(({ id, units, price }) => {
      const returned = reports.refunds.flatMap((refund) => {
        const hasMoney = refund.payments.length > 0
        const isBack = hasMoney
          ? refund.id !== order.edit && refund.payments.some(({ state }) => state === 'taken')
          : refund.id !== order.edit && price === 0
        return isBack ? refund.returns.filter(({ line }) => line === id) : []
      })
      return Math.min(units, sum(returned.map((each) => each.units)))
    }),
  )
  if (isSum && rule.value === 'order_total') return Math.max(0, whole - taken.money)
  if (isSum && rule.value === 'order_subtotal') return Math.max(0, whole - taken.goods)
  if (isSum && rule.value === 'item_count') return Math.max(0, whole - unitsBack)
  const isAllBack = full.item_count > 0 && unitsBack >= full.item_count
  const rest =
    rule.value === 'order_subtotal' ? full.order_subtotal - taken.goods : full.order_total - taken.money
  const fallsShort = rule.minimum !== null && Math.max(0, rest) < rule.minimum
  return isAllBack || fallsShort ? 0 : 1
}

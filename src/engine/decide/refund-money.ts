import type { PartMoney, RefundParts, RefundTransaction } from '../../ports/schema/values.ts'
import type { Quantity } from '../../streaks/quantity.ts'
import { converted, type OrderMoney, orderRate, type Rate, type Sides, sidesOf } from './exchange.ts'
import { quantityOf } from './order-objects.ts'

/** What went back of an order, in its own currency. */
export interface MoneyBack {
  readonly money: Quantity
  /** How much of it was for goods. */
  readonly goods: Quantity
  /** The money as it was paid out: in the order's own currency, and in the one that the shopper saw. */
  readonly own: Quantity
  readonly presented: Quantity
}

export const NOTHING_BACK: MoneyBack = { money: 0n, goods: 0n, own: 0n, presented: 0n }

/**
 * The money of a refund that has gone back. null where a payment of it is in neither the order's currency nor one that
 * a rate leads from. Parts belong to all payments that did not fail; of what has succeeded goods come first.
 * @param leftOut lines that the rule does not count: their money neither counted nor goes back
 */
export function moneyBack(
  parts: RefundParts,
  order: OrderMoney,
  leftOut: (lineId: string | null) => boolean,
): MoneyBack | null {
  const sides = sidesOf(parts, order)
  const paid = parts.transactions.filter(({ state }) => state !== 'given_back')
  const rateOf = (currency: string) => rateFor(currency, parts, sides, order)
  const values = parts.transactions.map((one) => ownValueOf(one, order, rateOf))
  if (values.some((value) => value === null)) return null
  const sum = (which: (one: RefundTransaction) => boolean) =>
    parts.transactions.reduce((total, one, at) => total + (which(one) ? values[at]! : 0n), 0n)
  const stated = sides === null ? null : statedSum(parts, paid, sides, order)
  const all = stated ?? sum(({ state }) => state !== 'given_back')
  const isDone = paid.every(({ state }) => state === 'taken')
  const done = isDone
    ? all
    : least(
        sum(({ state }) => state === 'taken'),
        all,
      )
  const taken = paid.filter(({ state }) => state === 'taken')
  const split = splitOf(parts, sides, order, all, leftOut)
  const rest = all - split.leftOut
  const money = least(done, atLeastNothing(rest))
  const isOwn = (one: RefundTransaction) => one.currency === null || one.currency === order.currency
  const shown = taken.filter((one) => !isOwn(one) && one.currency === order.basis?.presented?.currency)
  return {
    money,
    goods: least(money, split.goods),
    own: atLeastNothing(sumOf(taken.filter(isOwn)) - (shown.length === 0 ? split.leftOut : 0n)),
    presented: atLeastNothing(sumOf(shown) - split.leftOutOther),
  }
}

function sumOf(payments: readonly RefundTransaction[]): Quantity {
  return payments.reduce((total, { amount }) => total + quantityOf(amount), 0n)
}

function ownValueOf(
  { amount, currency }: RefundTransaction,
  order: OrderMoney,
  rateOf: (currency: string) => Rate | null,
): Quantity | null {
  const value = quantityOf(amount)
  if (currency === null || order.currency === null || currency === order.currency) return value
  const rate = rateOf(currency)
  return rate === null ? null : converted(value, rate, order)
}

/** That of the parts, which the platform reckoned for this refund; without parts that of the order. */
function rateFor(currency: string, parts: RefundParts, sides: Sides | null, order: OrderMoney): Rate | null {
  if (sides?.otherCurrency === currency) {
    const all = [...goodsOf(parts), ...besidesOf(parts)].flatMap(({ amount, tax }) => [amount, tax])
    const own = total(all, sides.own)
    const other = total(all, sides.other)
    if (own > 0n && other > 0n) return { own, other }
  }
  const rate = orderRate(order, currency)
  // of an order that cost nothing there is no rate, and none is needed
  const isSeen = currency === sides?.otherCurrency || currency === order.basis?.presented?.currency
  return rate ?? (isSeen && order.orderTotal === 0n ? NOTHING_FOR_IT : null)
}

const NOTHING_FOR_IT: Rate = { own: 0n, other: 1n }

interface Part {
  readonly amount: PartMoney
  readonly tax: PartMoney
}

const NO_MONEY: PartMoney = { shop: null, shown: null }

function goodsOf({ lines }: RefundParts): readonly Part[] {
  return lines
}

function besidesOf({ shipping, shippingTax, duties }: RefundParts): readonly Part[] {
  return [
    { amount: shipping, tax: shippingTax },
    { amount: duties, tax: NO_MONEY },
  ]
}

function total(amounts: readonly PartMoney[], side: (money: PartMoney) => Quantity): Quantity {
  return amounts.reduce((sum, money) => sum + side(money), 0n)
}

/**
 * Where all payments are in the other currency and the parts add up to them there, the parts say exactly how much that
 * is in the order's own. Whether taxes lie beside the parts or inside them shows by that too.
 */
function statedSum(
  parts: RefundParts,
  paid: readonly RefundTransaction[],
  sides: Sides,
  order: OrderMoney,
): Quantity | null {
  const isOther = ({ currency }: RefundTransaction) =>
    currency !== null && currency !== order.currency && currency === sides.otherCurrency
  if (paid.length === 0 || !paid.every(isOther)) return null
  const money = sumOf(paid)
  const all = [...goodsOf(parts), ...besidesOf(parts)]
  const amounts = all.map(({ amount }) => amount)
  const withTax = [...amounts, ...all.map(({ tax }) => tax)]
  const sums = [withTax, amounts].flatMap((some) =>
    [0n, 1n].map((times) => {
      const of = (side: Sides['own']) => total(some, side) - times * side(parts.difference)
      return { own: of(sides.own), other: of(sides.other) }
    }),
  )
  return sums.find(({ own, other }) => other === money && own > 0n)?.own ?? null
}

/** What of all the money was for goods, and what was for lines that the rule does not count. */
function splitOf(
  parts: RefundParts,
  sides: Sides | null,
  order: OrderMoney,
  all: Quantity,
  isLeftOut: (lineId: string | null) => boolean,
): { goods: Quantity; leftOut: Quantity; leftOutOther: Quantity } {
  if (sides === null) return { goods: all, leftOut: 0n, leftOutOther: 0n }
  const { own } = sides
  const isTaxOutside = order.basis?.taxesIncluded !== true
  const lines = parts.lines.filter(({ lineId }) => !isLeftOut(lineId))
  const others = parts.lines.filter(({ lineId }) => isLeftOut(lineId))
  const amount = (some: readonly Part[], side: Sides['own']) =>
    total(
      some.map((part) => part.amount),
      side,
    )
  const tax = (some: readonly Part[], side: Sides['own']) =>
    total(
      some.map((part) => part.tax),
      side,
    )
  // where prices hold their taxes shipping may as well, which shows by what it all adds up to
  const untaxed = amount(parts.lines, own) + own(parts.shipping) + own(parts.duties)
  const shippingTax = !isTaxOutside && untaxed === all ? 0n : own(parts.shippingTax)
  const besides =
    own(parts.shipping) + shippingTax + own(parts.duties) + (isTaxOutside ? tax(lines, own) : 0n)
  const leftOutBy = (side: Sides['own']) => amount(others, side) + (isTaxOutside ? tax(others, side) : 0n)
  const leftOut = least(leftOutBy(own), all)
  return { goods: atLeastNothing(all - leftOut - besides), leftOut, leftOutOther: leftOutBy(sides.other) }
}

export function least(one: Quantity, other: Quantity): Quantity {
  return one < other ? one : other
}

export function atLeastNothing(amount: Quantity): Quantity {
  return amount > 0n ? amount : 0n
}

import type { OrderReport, PartMoney, PurchaseBasis, RefundParts } from '../../src/ports/schema/values.ts'
import {
  moneyOf,
  type OracleOrder,
  type OracleRefund,
  type OracleReports,
  type OracleRule,
  type OracleState,
  paymentsOf,
  totalsOf,
} from './report-oracle.ts'

/** An order of the oracle and what is told of it, in the words of the program. */

export const digitsOf = (cents: number): string =>
  `${Math.trunc(cents / 100)}.${String(cents % 100).padStart(2, '0')}`

/** The shopper sees twice as much of another currency, so that nothing is rounded on the way. */
const money = (cents: number): PartMoney => ({ shop: digitsOf(cents), shown: digitsOf(2 * cents) })

export function basisOf(order: OracleOrder, rule: OracleRule): PurchaseBasis {
  const { total, subtotal } = totalsOf(order)
  const cards = order.lines.filter(({ isGiftCard }) => isGiftCard)
  return {
    value: rule.value,
    minimumValue: rule.minimum === null ? null : digitsOf(rule.minimum),
    giftCards: rule.ignoresGiftCards ? 'ignore' : 'count',
    subtotal: digitsOf(subtotal),
    taxesIncluded: order.taxesIncluded,
    presented: { currency: 'USD', total: digitsOf(2 * total) },
    decimals: 2,
    lines: order.lines.map(({ id, units, isGiftCard }) => ({ lineId: id, units, isGiftCard })),
    giftCardMoney: digitsOf(cards.reduce((sum, { units, price }) => sum + units * price, 0)),
    edits: order.edit === null ? [] : [`shopify:refund:${order.edit}`],
  }
}

/**
 * Every report of an order, each object in the states that it may have been told in: the last is how far it has come.
 * @param isShown refunds are paid out in the currency that the shopper saw
 */
export function toldReports(order: OracleOrder, reports: OracleReports, isShown: boolean): OrderReport[] {
  const refunds = reports.refunds.flatMap((refund) => toldRefund(order, refund, isShown))
  const disputes = reports.disputes.flatMap(({ amount, isForeign, state }, at) =>
    upTo(state).map((each): OrderReport => {
      const currency = isForeign ? 'CHF' : 'EUR'
      return {
        object: `shopify:dispute:${at}`,
        kind: 'dispute',
        state: each,
        amount: digitsOf(amount),
        currency,
      }
    }),
  )
  const elsewhere = reports.elsewhere.flatMap(({ amount, state }, at) =>
    upTo(state).map((each): OrderReport => {
      const object = `stripe:refund:re_${at}`
      return { object, kind: 'refund', state: each, amount: digitsOf(amount), currency: 'EUR' }
    }),
  )
  const cancellation: OrderReport = {
    object: 'shopify:cancellation:1001',
    kind: 'cancellation',
    state: 'taken',
    amount: null,
    currency: null,
  }
  return [...refunds, ...disputes, ...elsewhere, ...(reports.isCancelled ? [cancellation] : [])]
}

function upTo(state: OracleState): OracleState[] {
  if (state === 'open') return ['open']
  return state === 'taken' ? ['open', 'taken'] : ['open', 'taken', 'given_back']
}

/** A body in which nothing has moved yet, and one as it stands; the last payment may be told by itself. */
function toldRefund(order: OracleOrder, refund: OracleRefund, isShown: boolean): OrderReport[] {
  const shares = paymentsOf(refund, order)
  const body = (states: readonly OracleState[]): OrderReport => {
    const transactions = shares.map((cents, at) => ({
      id: `${refund.id}0${at}`,
      state: states[at]!,
      amount: digitsOf(isShown ? 2 * cents : cents),
      currency: isShown ? 'USD' : 'EUR',
    }))
    const parts = partsOf(order, refund, transactions)
    return {
      object: `shopify:refund:${refund.id}`,
      kind: 'refund',
      state: 'open',
      amount: '0',
      currency: null,
      parts,
    }
  }
  const first = body(shares.map(() => 'open'))
  const told = refund.payments.map(
    ({ state }, at): OrderReport => ({
      object: `shopify:transaction:${refund.id}0${at}`,
      kind: 'transaction',
      state,
      amount: digitsOf(isShown ? 2 * shares[at]! : shares[at]!),
      currency: isShown ? 'USD' : 'EUR',
    }),
  )
  // an uneven number of payments is told by itself, an even one by the refund's own body
  const isApart = Number(refund.id) % 2 === 1
  return isApart ? [first, ...told] : [first, body(refund.payments.map(({ state }) => state))]
}

function partsOf(
  order: OracleOrder,
  { returns, shipping }: OracleRefund,
  transactions: RefundParts['transactions'],
): RefundParts {
  return {
    transactions,
    lines: returns.map(({ line, units }) => {
      const cents = units * (order.lines.find(({ id }) => id === line)?.price ?? 0)
      const tax = order.taxesIncluded ? 0 : (cents * order.taxPercent) / 100
      return { lineId: line, units, amount: money(cents), tax: money(tax), isReturn: false }
    }),
    shipping: money(shipping),
    shippingTax: money(0),
    duties: { shop: null, shown: null },
    difference: { shop: null, shown: null },
    currency: 'EUR',
    shownCurrency: 'USD',
  }
}

export { moneyOf }

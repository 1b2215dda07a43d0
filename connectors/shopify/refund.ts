import type { Translation } from '../../src/ports/connector.ts'
import type { ParsedQuantity } from '../../src/streaks/quantity.ts'
import { isAbsent, type Json, member, members } from '../json.ts'
import { readAmount, readCurrency, sumAmounts } from '../purchase.ts'
import { reportOrder } from '../report.ts'
import { ignoreDelivery } from '../rules.ts'
import { readReference, readTypedId } from './ids.ts'

/** What is read of a refund. */
export const REFUND = members({
  id: true,
  admin_graphql_api_id: true,
  order_id: true,
  transactions: { kind: true, status: true, currency: true, amount: true },
})

/**
 * `refunds/create`: comes for every refund, "independent from the movement of money". What was given back is the sum
 * of the transactions that succeeded; the lines say what was returned, which need not have been paid back.
 */
export function translateRefund(refund: Json | undefined): Translation {
  const id = readTypedId(refund, 'Refund')
  const orderId = readReference(member(refund, 'order_id'))
  if (id === null || orderId === null) return ignoreDelivery('BODY_NOT_UNDERSTOOD', null)
  const money = readMoney(member(refund, 'transactions'))
  if (money === null) return ignoreDelivery('BODY_NOT_UNDERSTOOD', orderId)
  const { amount, currency } = money
  return reportOrder(
    // a refund says nothing of the buyer
    { orderId, orderKey: orderId, externalId: null },
    {
      object: `shopify:refund:${id}`,
      kind: 'refund',
      state: amount.ok && amount.value > 0n ? 'taken' : 'open',
      amount,
      currency,
    },
  )
}

/** null when there is no telling how much it was, or when it was in several currencies. */
function readMoney(
  transactions: Json | undefined,
): { amount: ParsedQuantity; currency: string | null } | null {
  if (!Array.isArray(transactions)) return null
  const refunded = transactions.filter(
    (one: Json) => member(one, 'kind') === 'refund' && member(one, 'status') === 'success',
  )
  const stated = refunded.map((one: Json) => member(one, 'currency'))
  const currencies = new Set(stated.map(readCurrency))
  const unreadable = stated.some((currency) => !isAbsent(currency) && readCurrency(currency) === null)
  if (unreadable || currencies.size > 1) return null
  const amount = sumAmounts(refunded.map((one: Json) => readAmount(member(one, 'amount'))))
  return { amount, currency: [...currencies][0] ?? null }
}

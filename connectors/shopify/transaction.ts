import type { Translation } from '../../src/ports/connector.ts'
import { type Json, member, members } from '../json.ts'
import { readAmount, readCurrency } from '../purchase.ts'
import { reportOrder } from '../report.ts'
import { ignoreDelivery } from '../rules.ts'
import { readReference, readTypedId } from './ids.ts'
import { stateOfPayment } from './refund-parts.ts'

/** What is read of a transaction. */
export const TRANSACTION = members({
  id: true,
  admin_graphql_api_id: true,
  order_id: true,
  kind: true,
  status: true,
  amount: true,
  currency: true,
})

/**
 * `order_transactions/create`: "a transaction is created or its status is updated", once it succeeded or failed. It
 * names its order and no refund: the refund that lists it says what it was for.
 */
export function translateTransaction(transaction: Json | undefined): Translation {
  const id = readTypedId(transaction, 'OrderTransaction')
  const orderId = readReference(member(transaction, 'order_id'))
  const kind = member(transaction, 'kind')
  if (id === null || orderId === null || typeof kind !== 'string') {
    return ignoreDelivery('BODY_NOT_UNDERSTOOD', orderId)
  }
  if (kind !== 'refund') return ignoreDelivery('NOTHING_TO_REPORT', orderId)
  return reportOrder({ orderId, orderKey: orderId, externalId: null }, [
    {
      object: `shopify:transaction:${id}`,
      kind: 'transaction',
      state: stateOfPayment(member(transaction, 'status')),
      amount: readAmount(member(transaction, 'amount')),
      currency: readCurrency(member(transaction, 'currency')),
    },
  ])
}

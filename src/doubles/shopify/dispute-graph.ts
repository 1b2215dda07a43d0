import { connectionOf, idOf, type PageArguments } from './connection.ts'
import { graphTime } from './customer-graph.ts'
import type { Caller } from './execute.ts'
import { gid } from './json-parts.ts'
import { orderOf } from './order-graph.ts'
import type { Dispute } from './state.ts'

/** `QueryRoot.disputes`: those of Shopify Payments, the oldest first. */
export function disputesOf(given: PageArguments, caller: Caller): object {
  return connectionOf(mine(caller), given, (dispute) => disputeGraph(dispute, caller))
}

export function disputeOf({ id }: { id: string }, caller: Caller): object | null {
  const digits = idOf(id, 'ShopifyPaymentsDispute')
  const dispute = mine(caller).find((one) => one.id === digits)
  return dispute === undefined ? null : disputeGraph(dispute, caller)
}

function mine({ world, shop }: Caller): Dispute[] {
  return world.state.disputes.all((one) => one.shop === shop.id)
}

function disputeGraph(dispute: Dispute, caller: Caller): object {
  const { id, orderId, type, status, amount, currency, reason, initiatedAt } = dispute
  return {
    __typename: 'ShopifyPaymentsDispute',
    id: gid('ShopifyPaymentsDispute', id),
    legacyResourceId: id,
    type: type.toUpperCase(),
    status: status.toUpperCase(),
    amount: { amount, currencyCode: currency },
    initiatedAt: graphTime(initiatedAt),
    evidenceDueBy: graphTime(initiatedAt),
    evidenceSentOn: null,
    finalizedOn: null,
    reasonDetails: { networkReasonCode: '4837', reason: reason.toUpperCase() },
    order: () => (orderId === null ? null : orderOf(gid('Order', orderId), caller)),
  }
}

import type { Row } from '../../../src/ports/schema.ts'

/**
 * Whether a body is, by itself, what a delivery that was not ignored must have been: a plain reading of the contract,
 * which knows nothing of the connectors' code. It may allow what they refuse, never the other way round.
 */
export function saysSo(delivery: Row<'delivery'>): boolean {
  const body = parsed(delivery.body)
  if (delivery.platform === 'shopify') return shopifySaysSo(delivery, body)
  const object = at(at(body, 'data'), 'object')
  return at(body, 'type') === delivery.topic && stripeSaysSo(delivery, object)
}

const ORDER_TOPICS = ['orders/paid', 'orders/cancelled', 'orders/updated']

function shopifySaysSo({ topic, outcome, orderId }: Row<'delivery'>, body: unknown): boolean {
  const gid = String(at(body, 'admin_graphql_api_id'))
  const isOrder = gid === `gid://shopify/Order/${orderId}`
  const cancelledAt = at(body, 'cancelled_at') ?? null
  if (outcome === 'translated') {
    const isPaid = ['paid', 'partially_refunded'].includes(String(at(body, 'financial_status')))
    return topic === 'orders/paid' && isOrder && isPaid && cancelledAt === null
  }
  const isOfOrder = Number(at(body, 'order_id')) === Number(orderId)
  if (topic.startsWith('orders/')) {
    const lists = at(body, 'refunds')
    const hasRefunds = Array.isArray(lists) && lists.length > 0
    const isCancelled = topic !== 'orders/paid' && typeof cancelledAt === 'string'
    return ORDER_TOPICS.includes(topic) && isOrder && (hasRefunds || isCancelled)
  }
  if (topic === 'order_transactions/create') {
    const isTransaction = /^gid:\/\/shopify\/OrderTransaction\/[1-9]\d*$/.test(gid)
    return isTransaction && isOfOrder && at(body, 'kind') === 'refund'
  }
  if (topic.startsWith('disputes/')) {
    const isDispute = typeof at(body, 'initiated_at') === 'string' && typeof at(body, 'type') === 'string'
    return isDispute && isOfOrder && (at(body, 'admin_graphql_api_id') ?? null) === null
  }
  const isRefund = /^gid:\/\/shopify\/Refund\/[1-9]\d*$/.test(gid)
  return topic === 'refunds/create' && isRefund && isOfOrder && Array.isArray(at(body, 'transactions'))
}

function stripeSaysSo({ topic, outcome, orderId }: Row<'delivery'>, object: unknown): boolean {
  const ids = [at(at(object, 'metadata'), 'order_id'), at(object, 'payment_intent'), at(object, 'charge')]
  const names = [...ids, at(object, 'id')].flatMap((id) => [id, at(id, 'id')])
  if (!names.includes(orderId)) return false
  if (outcome === 'translated') {
    const isPaid = at(object, 'paid') === true && at(object, 'captured') === true
    return (
      ['charge.succeeded', 'charge.captured'].includes(topic) && at(object, 'object') === 'charge' && isPaid
    )
  }
  const kind = topic.startsWith('charge.dispute.')
    ? 'dispute'
    : topic === 'charge.refunded'
      ? 'charge'
      : 'refund'
  return /refund|dispute/.test(topic) && at(object, 'object') === kind
}

function parsed(body: Uint8Array | null): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body ?? new Uint8Array()))
  } catch {
    return undefined
  }
}

function at(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined
}

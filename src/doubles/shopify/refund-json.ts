import { createHash } from 'node:crypto'
import { gid, lineJson, localTime, raw, rawOrNull, set, text } from './json-parts.ts'
import { bothOf, type OrderRow, type Refund, type Transaction } from './order-book.ts'
import type { Shop } from './state.ts'

/** The body of `refunds/create`, and of each of an order's `refunds`. */
export function refundJson(order: OrderRow, refund: Refund, shop: Shop): object {
  const at = localTime(refund.at, shop.timezone)
  const mine = order.transactions.filter(({ id }) => refund.transactionIds.includes(id))
  return {
    id: raw(refund.id),
    admin_graphql_api_id: gid('Refund', refund.id),
    created_at: at,
    processed_at: at,
    note: refund.note,
    order_id: raw(order.id),
    restock: refund.lines.some(({ restockType }) => restockType !== 'no_restock'),
    user_id: null,
    duties: [],
    total_duties_set: set(order, 0n),
    return: null,
    order_adjustments:
      refund.adjustment === null
        ? []
        : [
            {
              id: raw(refund.adjustment.id),
              refund_id: raw(refund.id),
              order_id: raw(order.id),
              kind: 'refund_discrepancy',
              reason: 'Refund discrepancy',
              amount: text(order, refund.adjustment.amount),
              amount_set: set(order, refund.adjustment.amount),
              tax_amount: '0.00',
              tax_amount_set: set(order, 0n),
            },
          ],
    transactions: mine.map((one) => transactionJson(order, one, shop)),
    refund_line_items: refund.lines.map((part) => ({
      id: raw(part.id),
      line_item_id: raw(part.lineId),
      location_id: null,
      quantity: part.quantity,
      restock_type: part.restockType,
      // numbers, where amounts elsewhere are texts
      subtotal: Number(part.subtotal),
      subtotal_set: set(order, part.subtotal),
      total_tax: Number(part.tax),
      total_tax_set: set(order, part.tax),
      line_item: order.lines.filter(({ id }) => id === part.lineId).map((line) => lineJson(order, line))[0],
    })),
    refund_shipping_lines:
      refund.shipping === null
        ? []
        : [
            {
              id: raw(refund.shipping.id),
              subtotal_amount_set: set(order, refund.shipping.amount),
              tax_amount_set: set(order, refund.shipping.tax),
              shipping_line: { id: rawOrNull(order.shipping?.id ?? null), title: 'Standard' },
            },
          ],
  }
}

/** The body of `order_transactions/create`: the amount is in the shopper's currency. */
export function transactionJson(order: OrderRow, one: Transaction, shop: Shop): object {
  const at = localTime(one.at, shop.timezone)
  return {
    id: raw(one.id),
    admin_graphql_api_id: gid('OrderTransaction', one.id),
    order_id: raw(order.id),
    kind: one.kind,
    gateway: one.gateway,
    status: one.status,
    message: null,
    created_at: at,
    processed_at: at,
    test: order.test,
    authorization: null,
    location_id: null,
    user_id: null,
    parent_id: rawOrNull(one.parentId),
    device_id: null,
    error_code: null,
    source_name: order.sourceName,
    amount: bothOf(order, one.amount).presentment,
    currency: order.presentmentCurrency,
    payment_id: createHash('sha256').update(one.id).digest('hex').slice(0, 25),
    total_unsettled_set: set(order, 0n),
    manual_payment_gateway: one.gateway === 'manual',
  }
}

import { z } from 'zod'
import { ControlFault, type Order, order, view } from '../parts/control.ts'
import { cancelOrder, editOrder, payOrder, refundOrder, settleTransaction } from './amend.ts'
import { bodyOfOrder, orderRowOf, placeMany, placeOrder, shopOf, tell } from './merchant.ts'
import { editShape, manyShape, orderShape, refundShape } from './merchant-shapes.ts'
import { complianceBody, mergedBody, tellDispute } from './news.ts'
import type { OrderRow } from './order-book.ts'
import { refundJson } from './refund-json.ts'
import type { World } from './world.ts'

const nothing = z.strictObject({})
const TOLD_AGAIN = [
  'ORDERS_CREATE',
  'ORDERS_PAID',
  'ORDERS_UPDATED',
  'ORDERS_CANCELLED',
  'REFUNDS_CREATE',
] as const

const summary = (row: OrderRow): object => ({
  id: row.id,
  name: `#${row.number}`,
  lines: row.lines.map(({ id }) => id),
  transactions: row.transactions,
})

/** What shoppers and the merchant do, and what the law has them ask. */
export function shopControls(world: World): Order[] {
  const { state } = world
  return [
    order(
      'POST /orders',
      'places an order: customer, email, lines, shipping, discountCodes, payment, presentmentCurrency, …',
      orderShape,
      (given) => summary(placeOrder(world, given)),
    ),
    order(
      'POST /orders/many',
      'a past without webhooks: count orders from a time on, everySeconds one; order: what they have in common',
      manyShape,
      (given) => ({ orders: placeMany(world, given).map(({ id }) => id) }),
    ),
    view('GET /discounts', 'the discounts in the books of all shops, with how often each was used', () => ({
      discounts: state.discounts.all(),
    })),
    view('GET /orders', 'all orders', () => ({ orders: state.orders.all().map(summary) })),
    view('GET /orders/{id}', 'one, as a webhook tells of it', (id) =>
      bodyOfOrder(world, orderRowOf(world, id ?? '')),
    ),
    order('POST /orders/{id}/pay', 'marks it as paid, or captures what was authorised', nothing, (_, id) =>
      summary(payOrder(world, id ?? '')),
    ),
    order(
      'POST /orders/{id}/refund',
      'gives back lines, shipping, an amount; state: success, pending, failure, error',
      refundShape,
      (given, id) => refundOrder(world, id ?? '', given),
    ),
    order(
      'POST /orders/{id}/settle',
      'says what became of a transaction: transactionId, status',
      z.strictObject({ transactionId: z.string(), status: z.enum(['success', 'failure', 'error']) }),
      (given, id) => summary(settleTransaction(world, id ?? '', given.transactionId, given.status)),
    ),
    order(
      'POST /orders/{id}/cancel',
      'cancels it, with the money back unless refund: false',
      z.strictObject({
        reason: z.enum(['customer', 'declined', 'fraud', 'inventory', 'other', 'staff']).default('customer'),
        refund: z.boolean().default(true),
      }),
      ({ reason, refund }, id) => summary(cancelOrder(world, id ?? '', reason, refund)),
    ),
    order('POST /orders/{id}/edit', 'adds lines, removes units of lines', editShape, (given, id) =>
      summary(editOrder(world, id ?? '', given)),
    ),
    order(
      'POST /orders/{id}/tell',
      'tells of it once more, by a webhook of its own: topic ORDERS_PAID, REFUNDS_CREATE (each refund), …',
      z.strictObject({ topic: z.enum(TOLD_AGAIN) }),
      ({ topic }, id) => tellAgain(world, orderRowOf(world, id ?? ''), topic),
    ),
    order('POST /orders/{id}/touch', 'sends orders/updated again', nothing, (_, id) =>
      touch(world, id ?? ''),
    ),
    order(
      'POST /disputes',
      'opens a dispute of Shopify Payments: orderId, type, amount, currency, status',
      z.strictObject({
        orderId: z.string().nullable(),
        shop: z.string().optional(),
        type: z.enum(['chargeback', 'inquiry']).default('chargeback'),
        status: z.string().default('needs_response'),
        amount: z.string(),
        currency: z.string().length(3).optional(),
      }),
      (given) => {
        const shop = shopOf(world, given.shop)
        const orderId = given.orderId === null ? null : orderRowOf(world, given.orderId).id
        const rest = {
          currency: given.currency ?? shop.currency,
          reason: 'fraudulent',
          initiatedAt: world.clock.now(),
        }
        const { type, status, amount } = given
        const dispute = state.disputes.put({
          id: state.newId(),
          shop: shop.id,
          orderId,
          type,
          status,
          amount,
          ...rest,
        })
        tellDispute(world, shop, dispute.id, true)
        return dispute
      },
    ),
    order(
      'POST /disputes/{id}',
      'changes its status: won, lost, accepted, under_review, …',
      z.strictObject({ status: z.string() }),
      ({ status }, id) => {
        const known = state.disputes.get(id ?? '')
        if (known === undefined) throw new ControlFault(`there is no dispute ${id}`)
        state.disputes.put({ ...known, status })
        tellDispute(world, shopOf(world, known.shop), known.id, false)
      },
    ),
    order(
      'POST /customers/merge',
      'two customers turn out to be one: kept, removed',
      z.strictObject({ kept: z.string(), removed: z.string() }),
      (given) => {
        const kept = state.customers.get(given.kept)
        const removed = state.customers.get(given.removed)
        if (kept === undefined || removed === undefined) throw new ControlFault('there is no such customer')
        for (const row of state.orders.all())
          if (row.customerId === removed.id) state.orders.put({ ...row, customerId: kept.id })
        state.customers.delete(removed.id)
        world.emit(shopOf(world, kept.shop), 'CUSTOMERS_MERGE', () => mergedBody(kept, removed))
      },
    ),
    order('DELETE /customers/{id}', 'deletes a customer', nothing, (_, id) =>
      state.customers.delete(id ?? ''),
    ),
    order(
      'POST /compliance',
      'sends customers/data_request, customers/redact or shop/redact to apps whose configuration has an address for it',
      z.strictObject({
        shop: z.string().optional(),
        topic: z.enum(['CUSTOMERS_DATA_REQUEST', 'CUSTOMERS_REDACT', 'SHOP_REDACT']),
        id: z.string().optional(),
        email: z.string().optional(),
        phone: z.string().optional(),
        orders: z.array(z.string()).default([]),
      }),
      (given) => {
        const shop = shopOf(world, given.shop)
        world.emit(shop, given.topic, () => complianceBody(shop, given.topic, given))
      },
    ),
  ]
}

function tellAgain(world: World, row: OrderRow, topic: (typeof TOLD_AGAIN)[number]): void {
  const shop = shopOf(world, row.shop)
  if (topic !== 'REFUNDS_CREATE') tell(world, row, topic)
  else for (const refund of row.refunds) world.emit(shop, topic, () => refundJson(row, refund, shop))
}

function touch(world: World, id: string): object {
  const row = orderRowOf(world, id)
  const updated = world.state.orders.put({ ...row, updatedAt: world.clock.now() })
  world.emit(shopOf(world, row.shop), 'ORDERS_UPDATED', () => bodyOfOrder(world, updated))
  return summary(updated)
}

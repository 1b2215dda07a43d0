import { IDENTITIES, type Send } from './scenario.ts'
import type { Week } from './week.ts'

/** The body of a webhook as the platform would write it: the same bytes however often it is made in one week. */
export function bodyOf(send: Send, week: Week): string {
  const purchasedAt = week.at(send.purchased.day, send.purchased.hour)
  if (send.kind === 'stripe') return JSON.stringify(stripeEvent(send, purchasedAt))
  return JSON.stringify(send.goodsBack === undefined ? shopifyOrder(send, purchasedAt) : shopifyRefund(send))
}

/** What Shopify sends for the topic `orders/paid`, with the fields that matter here. */
function shopifyOrder(send: Send, purchasedAt: number): object {
  const { customerId, email } = IDENTITIES[send.who]
  const time = new Date(purchasedAt).toISOString()
  return {
    id: Number(send.orderId),
    admin_graphql_api_id: `gid://shopify/Order/${send.orderId}`,
    test: send.test === true,
    currency: 'EUR',
    total_price: send.amount,
    subtotal_price: goodsOf(send),
    financial_status: 'paid',
    cancelled_at: null,
    email,
    processed_at: time,
    created_at: time,
    updated_at: time,
    customer:
      customerId === null
        ? null
        : { id: Number(customerId), admin_graphql_api_id: `gid://shopify/Customer/${customerId}`, email },
    line_items: [{ id: Number(send.orderId) + 1, title: 'Coffee', quantity: 1, price: goodsOf(send) }],
  }
}

function goodsOf({ amount, shipping = '0.00' }: Send): string {
  return (Number(amount) - Number(shipping)).toFixed(2)
}

/** What Shopify sends for the topic `refunds/create`: the one line of the order came back, and was paid back. */
function shopifyRefund({ orderId, goodsBack = '0.00' }: Send): object {
  const id = Number(orderId) + 2
  return {
    id,
    admin_graphql_api_id: `gid://shopify/Refund/${id}`,
    order_id: Number(orderId),
    refund_line_items: [
      { line_item_id: Number(orderId) + 1, quantity: 1, restock_type: 'return', subtotal: Number(goodsBack) },
    ],
    transactions: [{ id: id + 1, kind: 'refund', status: 'success', amount: goodsBack, currency: 'EUR' }],
  }
}

/** What Stripe sends for `charge.succeeded`, or for `charge.captured` where the money was only reserved at first. */
function stripeEvent(send: Send, purchasedAt: number): object {
  const { customerId, email } = IDENTITIES[send.who]
  const created = Math.floor(purchasedAt / 1000)
  const amount = Number(send.amount.replace('.', ''))
  const captured = send.stripe !== 'authorised'
  const charge = {
    id: `ch_demo_${send.orderId}`,
    object: 'charge',
    amount,
    amount_captured: captured ? amount : 0,
    amount_refunded: 0,
    billing_details: { email, name: null, phone: null },
    captured,
    created,
    currency: 'eur',
    customer: customerId,
    livemode: true,
    metadata: {},
    paid: true,
    payment_intent: `pi_demo_${send.orderId}`,
    receipt_email: null,
    status: 'succeeded',
  }
  return {
    id: send.webhookId,
    object: 'event',
    created: created + 1,
    data: { object: charge },
    livemode: true,
    type: send.stripe === 'captured later' ? 'charge.captured' : 'charge.succeeded',
  }
}

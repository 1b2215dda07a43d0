import { shopifyRefund, stripeRefundEvent } from '../../helpers/report-payloads.ts'
import type { SignedRequest } from '../../helpers/signed.ts'
import { shopifyOrder, shopifyRequest, stripeChargeEvent, stripeRequest } from '../../helpers/signed.ts'
import type { Random } from './random.ts'

export const SHOPIFY_SECRET = 'shpss_of_the_fault_harness'
export const STRIPE_SECRET = 'whsec_of_the_fault_harness'
const DAY_MS = 86_400_000
const MEMBERS = 200
const DAYS = 30
const SHOPIFY_SHARE = 0.7
/** Of all orders: told half a year late; of those of Shopify: with a fee for shipping, with a gift card. */
const QUIET_SHARE = 0.05
const LATE_DAYS = 180
const SHIPPED_SHARE = 0.5
const SHIPPING_CENTS = 390
const GIFT_CARD_SHARE = 0.1
const GIFT_CARD_CENTS = 2_500

export interface Order {
  readonly platform: 'shopify' | 'stripe'
  /** The `uniqueIdentifier` of its logs. */
  readonly id: string
  readonly externalId: string
  /** `2026-09-01`: the period it counts for on both streaks. */
  readonly day: string
  /** What counts of it: without the gift card. */
  readonly cents: number
  /** Of these, what is for shipping. */
  readonly shippingCents: number
  /** What a gift card in it costs, which does not count; 0 where there is none. */
  readonly giftCardCents: number
  /** So long ago when it is told that it is granted nothing. */
  readonly isQuiet: boolean
}

export interface RefundOf {
  readonly cents: number
  /** All goods came back. */
  readonly isGoods: boolean
}

/** Makes orders of so many members over 30 past days, more of the first ones of both, in no order of time. */
export function orderBook(random: Random, now: number, members: number = MEMBERS): () => Order {
  const firstDay = Math.floor(now / DAY_MS) - DAYS - 1
  let made = 0
  return () => {
    made += 1
    const platform = random.next() < SHOPIFY_SHARE ? 'shopify' : 'stripe'
    const member = 1 + Math.floor(members * random.next() ** 2)
    const isQuiet = random.next() < QUIET_SHARE
    const day = firstDay + Math.floor(DAYS * random.next() ** 2) - (isQuiet ? LATE_DAYS : 0)
    const isShipped = platform === 'shopify' && random.next() < SHIPPED_SHARE
    const hasCard = platform === 'shopify' && random.next() < GIFT_CARD_SHARE
    return {
      ...makeOrder(platform, made, member, day, random.between(500, 6_000)),
      shippingCents: isShipped ? SHIPPING_CENTS : 0,
      giftCardCents: hasCard ? GIFT_CARD_CENTS : 0,
      isQuiet,
    }
  }
}

/** Orders of one customer who buys nothing else, a day after the other. */
export function ordersOfOne(member: number, count: number, now: number): Order[] {
  const firstDay = Math.floor(now / DAY_MS) - DAYS
  return Array.from({ length: count }, (_, at) =>
    makeOrder('shopify', 1_000_000 + member * 100 + at, member, firstDay + at, 6_000),
  )
}

function makeOrder(
  platform: Order['platform'],
  number: number,
  member: number,
  day: number,
  cents: number,
): Order {
  return {
    platform,
    id: platform === 'shopify' ? String(5_000_000_000 + number) : `pi_${number}`,
    externalId: platform === 'shopify' ? `shopify:${7_000 + member}` : `stripe:cus_${7_000 + member}`,
    day: new Date(day * DAY_MS).toISOString().slice(0, 10),
    cents,
    shippingCents: 0,
    giftCardCents: 0,
    isQuiet: false,
  }
}

/** The signed webhook that tells of a refund of an order, each time the same one. */
export function refundWebhookOf({ platform, id }: Order, { cents, isGoods }: RefundOf): SignedRequest {
  if (platform === 'stripe') {
    const amount = { refundId: `re_${id}`, amount: cents, currency: 'eur' }
    const body = stripeRefundEvent({ id: `evt_re_${id}`, paymentIntent: id, charge: `ch_${id}`, ...amount })
    return stripeRequest({ body, secret: STRIPE_SECRET })
  }
  const transactions = [{ amount: euros(cents), currency: 'EUR' }]
  const subtotal = cents / 100
  const lines = isGoods
    ? [{ line_item_id: 1, quantity: 1, restock_type: 'return', subtotal, total_tax: 0 }]
    : []
  const refund = { refund_line_items: lines }
  const body = shopifyRefund({ id, orderId: id, transactions, refund })
  const topic = 'refunds/create'
  return shopifyRequest({ body, secret: SHOPIFY_SECRET, topic, webhookId: `wh-refund-${id}` })
}

function euros(cents: number): string {
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`
}

/** The signed webhook of an order; `repetition` tells webhooks of one order apart that are not the same delivery. */
export function webhookOf(order: Order, repetition: number): SignedRequest {
  const { platform, id, externalId, day, cents, shippingCents, giftCardCents } = order
  const customer = externalId.slice(externalId.lastIndexOf(':') + 1)
  const at = `${day}T12:00:00Z`
  if (platform === 'stripe') {
    const body = stripeChargeEvent({
      id: `evt_${id}_${repetition}`,
      chargeId: `ch_${id}`,
      paymentIntent: id,
      amountCaptured: cents,
      currency: 'eur',
      customer,
      createdAtMs: Date.parse(at),
    })
    return stripeRequest({ body, secret: STRIPE_SECRET })
  }
  const line = { quantity: 1, current_quantity: 1 }
  const goods = { ...line, id: 1, price: euros(cents - shippingCents), gift_card: false }
  const card = { ...line, id: 2, price: euros(giftCardCents), gift_card: true }
  const body = shopifyOrder({
    id,
    customerId: customer,
    totalPrice: euros(cents + giftCardCents),
    subtotalPrice: euros(cents - shippingCents + giftCardCents),
    currency: 'EUR',
    processedAt: at,
    order: { line_items: giftCardCents > 0 ? [goods, card] : [goods] },
  })
  return shopifyRequest({ body, secret: SHOPIFY_SECRET, webhookId: `wh-${id}-${repetition}` })
}

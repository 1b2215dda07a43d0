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

export interface Order {
  readonly platform: 'shopify' | 'stripe'
  /** The `uniqueIdentifier` of its logs. */
  readonly id: string
  readonly externalId: string
  /** `2026-09-01`: the period it counts for on both streaks. */
  readonly day: string
  readonly cents: number
}

/** Makes orders of 200 members over 30 past days, more of the first ones of both, in no order of time. */
export function orderBook(random: Random, now: number): () => Order {
  const firstDay = Math.floor(now / DAY_MS) - DAYS - 1
  let made = 0
  return () => {
    made += 1
    const platform = random.next() < SHOPIFY_SHARE ? 'shopify' : 'stripe'
    const member = 1 + Math.floor(MEMBERS * random.next() ** 2)
    const day = firstDay + Math.floor(DAYS * random.next() ** 2)
    return makeOrder(platform, made, member, day, random.between(500, 6_000))
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
  }
}

/** The signed webhook that tells of a refund of an order, each time the same one. */
export function refundWebhookOf({ platform, id }: Order, cents: number): SignedRequest {
  if (platform === 'stripe') {
    const amount = { refundId: `re_${id}`, amount: cents, currency: 'eur' }
    const body = stripeRefundEvent({ id: `evt_re_${id}`, paymentIntent: id, charge: `ch_${id}`, ...amount })
    return stripeRequest({ body, secret: STRIPE_SECRET })
  }
  const transactions = [{ amount: euros(cents), currency: 'EUR' }]
  const body = shopifyRefund({ id, orderId: id, transactions })
  const topic = 'refunds/create'
  return shopifyRequest({ body, secret: SHOPIFY_SECRET, topic, webhookId: `wh-refund-${id}` })
}

function euros(cents: number): string {
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`
}

/** The signed webhook of an order; `repetition` tells webhooks of one order apart that are not the same delivery. */
export function webhookOf(order: Order, repetition: number): SignedRequest {
  const { platform, id, externalId, day, cents } = order
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
  const totalPrice = euros(cents)
  const body = shopifyOrder({ id, customerId: customer, totalPrice, currency: 'EUR', processedAt: at })
  return shopifyRequest({ body, secret: SHOPIFY_SECRET, webhookId: `wh-${id}-${repetition}` })
}

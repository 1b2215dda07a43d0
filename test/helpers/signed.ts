import { createHmac } from 'node:crypto'
import Stripe from 'stripe'

export { shopifyOrder, stripeChargeEvent } from './payloads.ts'

/** A webhook as the inbox receives it: lower-case header names, the bytes that were signed. */
export interface SignedRequest {
  readonly headers: Record<string, string>
  readonly body: Buffer
}

/** The value of `X-Shopify-Hmac-Sha256` for a body. */
export function signShopify(rawBody: string | Uint8Array, secret: string): string {
  return createHmac('sha256', secret).update(rawBody).digest('base64')
}

export interface ShopifyRequestOptions {
  readonly body: string | Uint8Array
  readonly secret: string
  /** Default `orders/paid`. */
  readonly topic?: string
  /** Default: one that follows from the body. */
  readonly webhookId?: string
  /** null sends no shop header. Default `example.myshopify.com`. */
  readonly shopDomain?: string | null
  /** Added last; they replace headers of the same name. */
  readonly headers?: Readonly<Record<string, string>>
}

export function shopifyRequest(options: ShopifyRequestOptions): SignedRequest {
  const body = Buffer.from(options.body)
  const { shopDomain = 'example.myshopify.com' } = options
  return {
    headers: {
      'content-type': 'application/json',
      'x-shopify-topic': options.topic ?? 'orders/paid',
      'x-shopify-webhook-id':
        options.webhookId ?? `wh-${createHmac('sha256', 'id').update(body).digest('hex')}`,
      'x-shopify-api-version': '2026-10',
      'x-shopify-hmac-sha256': signShopify(body, options.secret),
      ...(shopDomain === null ? {} : { 'x-shopify-shop-domain': shopDomain }),
      ...options.headers,
    },
    body,
  }
}

export interface StripeRequestOptions {
  readonly body: string
  readonly secret: string
  /** When Stripe signed, in epoch milliseconds. Default: now. */
  readonly signedAtMs?: number
  readonly headers?: Readonly<Record<string, string>>
}

export function stripeRequest(options: StripeRequestOptions): SignedRequest {
  const signature = Stripe.webhooks.generateTestHeaderString({
    payload: options.body,
    secret: options.secret,
    timestamp: Math.floor((options.signedAtMs ?? Date.now()) / 1000),
  })
  return {
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
      'stripe-signature': signature,
      ...options.headers,
    },
    body: Buffer.from(options.body),
  }
}

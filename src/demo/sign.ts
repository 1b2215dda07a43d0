import { createHmac } from 'node:crypto'
import Stripe from 'stripe'
import type { Send } from './scenario.ts'

export const SHOP_DOMAIN = 'demo-shop.myshopify.com'

export interface WebhookSecrets {
  readonly shopify: string
  readonly stripe: string
}

/** The headers with which the platform would deliver this body; a forged one is signed with a secret nobody has. */
export function signedHeaders(send: Send, body: string, secrets: WebhookSecrets): Record<string, string> {
  const secret = send.forged === true ? `not ${secrets[send.kind]}` : secrets[send.kind]
  return send.kind === 'shopify' ? shopifyHeaders(send, body, secret) : stripeHeaders(body, secret)
}

function shopifyHeaders(send: Send, body: string, secret: string): Record<string, string> {
  return {
    'content-type': 'application/json',
    'x-shopify-topic': send.goodsBack === undefined ? 'orders/paid' : 'refunds/create',
    'x-shopify-shop-domain': SHOP_DOMAIN,
    'x-shopify-webhook-id': send.webhookId,
    'x-shopify-hmac-sha256': createHmac('sha256', secret).update(body).digest('base64'),
  }
}

/** Stripe signs anew each time it sends: the time is part of what is signed. */
function stripeHeaders(body: string, secret: string): Record<string, string> {
  return {
    'content-type': 'application/json; charset=utf-8',
    'stripe-signature': Stripe.webhooks.generateTestHeaderString({ payload: body, secret }),
  }
}

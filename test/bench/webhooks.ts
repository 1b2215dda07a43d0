import { paidOrderSample } from '../fixtures/shopify/samples.ts'
import { shopifyRequest } from '../helpers/signed.ts'
import { MEMBERS } from './orders.ts'

const SAMPLE_ORDER_ID = '820982911946154508'
const SAMPLE_CUSTOMER_ID = '115310627314723954'
/** So many of the sample's lines leave a body of about 7 kB. */
const LINES_KEPT = 2

/** The published sample, paid, at the size of a usual order; its ids are replaced as text and stay exact. */
function template(): string {
  const order = JSON.parse(paidOrderSample()) as { line_items: unknown[]; customer: object }
  order.line_items = order.line_items.slice(0, LINES_KEPT)
  return JSON.stringify(order)
    .replace(/"id":8209829119461545\d\d/, `"id":${SAMPLE_ORDER_ID}`)
    .replace(/"id":1153106273147239\d\d/, `"id":${SAMPLE_CUSTOMER_ID}`)
}

export interface WebhookBatch {
  readonly requests: readonly Buffer[]
  readonly bodyBytes: number
}

/** Whole HTTP requests, signed beforehand, each of another order; numbers count from the first ever. */
export function webhooks(
  path: string,
  secret: string,
  from: number,
  requests: number,
  members = MEMBERS,
): WebhookBatch {
  const text = template()
  const made = Array.from({ length: requests }, (_, at) => {
    const orderId = String(5_000_000_000 + from + at)
    const customerId = String(7_000_000 + ((from + at) % members))
    const body = text.replaceAll(SAMPLE_ORDER_ID, orderId).replaceAll(SAMPLE_CUSTOMER_ID, customerId)
    return shopifyRequest({ body, secret, webhookId: `wh-${orderId}` })
  })
  return {
    requests: made.map(({ headers, body }) => {
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
      const head = `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n${lines.join('')}content-length: ${body.length}\r\n\r\n`
      return Buffer.concat([Buffer.from(head), body])
    }),
    bodyBytes: made[0]?.body.length ?? 0,
  }
}

import { createHmac } from 'node:crypto'
import { rawNumber } from './payloads.ts'
import type { SignedRequest } from './signed.ts'

export interface WooOrderOptions {
  readonly id?: string | number
  /** 0 is a guest. */
  readonly customerId?: string | number
  readonly email?: string | null
  readonly status?: string
  readonly currency?: string
  readonly total?: string
  /** `2026-11-20T15:00:00`: without a zone, as WordPress writes it. */
  readonly paidAt?: string | null
  readonly modifiedAt?: string
  /** Amounts, each with its sign. */
  readonly refunds?: readonly { readonly id: number; readonly total: string }[]
  /** Replaces fields of the order by their names in the body; undefined leaves one out. */
  readonly order?: Readonly<Record<string, unknown>>
}

/** A paid order of a known customer unless told otherwise. Raw JSON text: ids are exact beyond 2^53. */
export function wooOrder(options: WooOrderOptions = {}): string {
  const { id = 5001, customerId = 7001, email = 'buyer@example.com' } = options
  const { paidAt = '2026-11-20T15:00:00', modifiedAt = '2026-11-20T15:00:05', refunds = [] } = options
  const names = { first_name: 'Ada', last_name: 'Shopper', country: 'US', phone: '(202) 555-0143' }
  return JSON.stringify({
    id: rawNumber(id),
    parent_id: 0,
    status: options.status ?? 'processing',
    currency: options.currency ?? 'USD',
    prices_include_tax: false,
    date_created: '2026-11-20T09:59:00',
    date_modified: modifiedAt,
    discount_total: '0.00',
    shipping_total: '5.00',
    total: options.total ?? '42.50',
    total_tax: '7.50',
    customer_id: rawNumber(customerId),
    order_key: 'wc_order_58d2d042d1d',
    billing: { ...names, company: '', address_1: '', email },
    shipping: { ...names },
    created_via: 'checkout',
    date_paid: paidAt,
    number: '1001',
    meta_data: [],
    line_items: [line(315, 93, 0, 2, '20.00', '5.00', 'mug'), line(316, 22, 23, 1, '10.00', '2.50', '')],
    shipping_lines: [],
    refunds: refunds.map((refund) => ({ ...refund, reason: '' })),
    date_created_gmt: '2026-11-20T14:59:00',
    date_modified_gmt: modifiedAt,
    date_paid_gmt: paidAt,
    ...options.order,
  })
}

function line(
  id: number,
  product: number,
  variation: number,
  quantity: number,
  total: string,
  tax: string,
  sku: string,
) {
  const ids = { id, product_id: product, variation_id: variation }
  return { ...ids, name: `Item ${id}`, quantity, subtotal: total, total, total_tax: tax, sku, price: 10 }
}

export interface WooRequestOptions {
  readonly body: string | Uint8Array
  readonly secret: string
  /** Default `order.updated`. */
  readonly topic?: string
  /** Default: one that follows from the body. */
  readonly deliveryId?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** A webhook as a shop signs and sends it. */
export function wooRequest({ topic = 'order.updated', ...options }: WooRequestOptions): SignedRequest {
  const body = Buffer.from(options.body)
  const [resource = '', event = ''] = topic.split('.')
  return {
    headers: {
      'content-type': 'application/json',
      'user-agent': 'WooCommerce/10.3.0 Hookshot (WordPress/6.8)',
      'x-wc-webhook-source': 'https://shop.example/',
      'x-wc-webhook-topic': topic,
      'x-wc-webhook-resource': resource,
      'x-wc-webhook-event': event,
      'x-wc-webhook-signature': createHmac('sha256', options.secret).update(body).digest('base64'),
      'x-wc-webhook-id': '142',
      'x-wc-webhook-delivery-id': options.deliveryId ?? createHmac('md5', 'id').update(body).digest('hex'),
      ...options.headers,
    },
    body,
  }
}

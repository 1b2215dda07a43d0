import { woocommerce } from '../../connectors/woocommerce/index.ts'
import { type WooOrderOptions, wooOrder, wooRequest } from '../helpers/woo-payloads.ts'
import { describeConnectorContract } from './connector-suite.ts'

const siteTime = (atMs: number): string => new Date(atMs).toISOString().slice(0, 19)
const ended = (options: WooOrderOptions) => () => wooOrder(options)
const CANCELLED = { object: 'woocommerce:cancellation:5001', kind: 'cancellation', state: 'taken' } as const

describeConnectorContract('WooCommerce', {
  connector: woocommerce,
  settings: { siteUrl: 'https://shop.example/store' },
  signatureHeaders: ['x-wc-webhook-signature'],
  malformedSignature: 'not base64 of 32 bytes',
  topic: 'order.updated',
  otherPurchaseTopics: ['order.created', 'order.restored'],
  otherTopics: ['coupon.created', 'customer.updated', 'product.deleted', 'action.woocommerce_add_to_cart'],
  hasNoTests: true,
  memberOf: (customerId) => `woocommerce:shop.example/store:${customerId}`,
  purchase: (options) =>
    wooOrder({
      id: options.orderId,
      customerId: options.customerId ?? 0,
      email: options.email,
      paidAt: siteTime(options.atMs),
      modifiedAt: siteTime(options.atMs),
      total: options.total,
      currency: options.currency,
    }),
  reports: [
    {
      says: 'an order that waits lists a refund',
      topic: 'order.updated',
      body: ({ amount, currency }) =>
        wooOrder({ status: 'on-hold', currency, refunds: [{ id: 8001, total: `-${amount}` }] }),
      report: { object: 'woocommerce:refund:8001', kind: 'refund', state: 'taken' },
    },
    {
      says: 'an order is cancelled',
      topic: 'order.updated',
      body: ended({ status: 'cancelled' }),
      report: CANCELLED,
    },
    {
      says: 'an order is refunded by hand',
      topic: 'order.updated',
      body: ended({ status: 'refunded' }),
      report: CANCELLED,
    },
    {
      says: 'a payment failed',
      topic: 'order.created',
      body: ended({ status: 'failed', paidAt: null }),
      report: CANCELLED,
    },
    {
      says: 'an order that comes out of the trash is cancelled',
      topic: 'order.restored',
      body: ended({ status: 'cancelled' }),
      report: CANCELLED,
    },
    {
      says: 'an order went into the trash',
      topic: 'order.deleted',
      body: () => '{"id":5001}',
      report: CANCELLED,
    },
  ],
  sign: (body, secret) => wooRequest({ body, secret }),
})

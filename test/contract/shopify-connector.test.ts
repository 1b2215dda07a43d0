import { shopify } from '../../connectors/shopify/index.ts'
import { shopifyCancelledOrder, shopifyRefund } from '../helpers/report-payloads.ts'
import { shopifyOrder, shopifyRequest } from '../helpers/signed.ts'
import { describeConnectorContract } from './connector-suite.ts'

describeConnectorContract('Shopify', {
  connector: shopify,
  settings: { shopDomain: 'example.myshopify.com' },
  signatureHeaders: ['x-shopify-hmac-sha256'],
  malformedSignature: 'not base64 of 32 bytes',
  topic: 'orders/paid',
  otherTopics: ['orders/create', 'orders/updated', 'orders/edited', 'app/uninstalled', 'ORDERS_PAID'],
  purchase: (options) =>
    shopifyOrder({
      id: options.orderId,
      customerId: options.customerId,
      email: options.email,
      processedAt: new Date(options.atMs).toISOString(),
      updatedAt: new Date(options.atMs).toISOString(),
      totalPrice: options.total,
      currency: options.currency,
      test: options.isTest,
    }),
  reports: [
    {
      says: 'a refund whose money went back',
      topic: 'refunds/create',
      body: (money) => shopifyRefund({ transactions: [money] }),
      report: { object: 'shopify:refund:8001', kind: 'refund', state: 'taken' },
    },
    {
      says: 'an order was cancelled',
      topic: 'orders/cancelled',
      body: () => shopifyCancelledOrder(),
      report: { object: 'shopify:cancellation:5001', kind: 'cancellation', state: 'taken' },
    },
  ],
  sign: (body, secret) => shopifyRequest({ body, secret }),
})

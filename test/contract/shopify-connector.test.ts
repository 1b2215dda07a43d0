import { shopify } from '../../connectors/shopify/index.ts'
import { shopifyOrder, shopifyRequest } from '../helpers/signed.ts'
import { describeConnectorContract } from './connector-suite.ts'

describeConnectorContract('Shopify', {
  connector: shopify,
  settings: { shopDomain: 'example.myshopify.com' },
  signatureHeaders: ['x-shopify-hmac-sha256'],
  malformedSignature: 'not base64 of 32 bytes',
  topic: 'orders/paid',
  otherTopics: ['orders/create', 'orders/updated', 'refunds/create', 'app/uninstalled', 'ORDERS_PAID'],
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
  sign: (body, secret) => shopifyRequest({ body, secret }),
})

import { shopify } from '../../connectors/shopify/index.ts'
import {
  shopifyCancelledOrder,
  shopifyDispute,
  shopifyRefund,
  shopifyTransaction,
} from '../helpers/report-payloads.ts'
import { shopifyOrder, shopifyRequest } from '../helpers/signed.ts'
import { describeConnectorContract } from './connector-suite.ts'

/** A refund as its order lists it. Ids of these bodies are small, so that nothing is lost in reading them. */
const refundIn = (money: { amount: string; currency: string }) =>
  JSON.parse(shopifyRefund({ transactions: [money] })) as unknown

describeConnectorContract('Shopify', {
  connector: shopify,
  settings: { shopDomain: 'example.myshopify.com' },
  signatureHeaders: ['x-shopify-hmac-sha256'],
  malformedSignature: 'not base64 of 32 bytes',
  topic: 'orders/paid',
  otherTopics: ['orders/create', 'orders/edited', 'shop/update', 'ORDERS_PAID'],
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
      says: 'a payment of a refund succeeded',
      topic: 'order_transactions/create',
      body: (money) => shopifyTransaction(money),
      report: { object: 'shopify:transaction:8201', kind: 'transaction', state: 'taken' },
    },
    {
      says: 'a chargeback was lost',
      topic: 'disputes/update',
      body: (money) => shopifyDispute({ ...money, status: 'lost' }),
      report: { object: 'shopify:dispute:8501', kind: 'dispute', state: 'taken' },
    },
    {
      says: 'a chargeback was won',
      topic: 'disputes/update',
      body: (money) => shopifyDispute({ ...money, status: 'won' }),
      report: { object: 'shopify:dispute:8501', kind: 'dispute', state: 'given_back' },
    },
    {
      says: 'a chargeback waits for an answer',
      topic: 'disputes/create',
      body: (money) => shopifyDispute({ ...money, status: 'needs_response' }),
      report: { object: 'shopify:dispute:8501', kind: 'dispute', state: 'open' },
    },
    {
      says: 'an updated order lists a refund',
      topic: 'orders/updated',
      body: (money) => shopifyOrder({ financialStatus: 'refunded', order: { refunds: [refundIn(money)] } }),
      report: { object: 'shopify:refund:8001', kind: 'refund', state: 'taken' },
    },
    {
      says: 'an updated order is cancelled',
      topic: 'orders/updated',
      body: () => shopifyCancelledOrder(),
      report: { object: 'shopify:cancellation:5001', kind: 'cancellation', state: 'taken' },
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

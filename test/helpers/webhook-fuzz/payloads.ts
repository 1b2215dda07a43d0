import {
  cancelledOrderSample,
  paidOrderSample,
  refundSample,
  shopifySample,
} from '../../fixtures/shopify/samples.ts'
import { shopifyOrder, stripeChargeEvent } from '../payloads.ts'
import {
  shopifyCancelledOrder,
  shopifyDispute,
  shopifyRefund,
  shopifyTransaction,
  stripeDisputeEvent,
  stripeRefundEvent,
} from '../report-payloads.ts'

/** Good bodies, each with the topic under which its platform sends it. */
export interface Payload {
  readonly topic: string
  readonly body: string
}

/** A refund as its order lists it. */
const REFUND = JSON.parse(shopifyRefund()) as unknown

const ORDER_IDS = ['5001', '5002', '820982911946154508', '18446744073709551615']

export const SHOPIFY_PAYLOADS: readonly Payload[] = [
  ...ORDER_IDS.flatMap((id) => [
    { topic: 'orders/paid', body: shopifyOrder({ id }) },
    { topic: 'orders/paid', body: shopifyOrder({ id, customerId: null, currency: 'EUR' }) },
    { topic: 'refunds/create', body: shopifyRefund({ orderId: id }) },
    { topic: 'orders/cancelled', body: shopifyCancelledOrder({ id }) },
  ]),
  { topic: 'orders/updated', body: shopifyOrder({ order: { refunds: [REFUND] } }) },
  { topic: 'orders/paid', body: shopifyOrder({ id: '5002', order: { refunds: [REFUND] } }) },
  { topic: 'order_transactions/create', body: shopifyTransaction() },
  { topic: 'disputes/update', body: shopifyDispute({ status: 'lost' }) },
  { topic: 'orders/paid', body: shopifyOrder({ financialStatus: 'pending' }) },
  { topic: 'orders/paid', body: paidOrderSample() },
  { topic: 'orders/cancelled', body: cancelledOrderSample() },
  { topic: 'refunds/create', body: refundSample() },
  { topic: 'orders/updated', body: shopifySample('orders/updated') },
]

const DISPUTES = ['created', 'updated', 'closed', 'funds_withdrawn', 'funds_reinstated']
const REFUNDS = ['refund.created', 'refund.updated', 'refund.failed', 'charge.refund.updated']

export const STRIPE_PAYLOADS: readonly Payload[] = [
  ...['charge.succeeded', 'charge.captured', 'charge.refunded', 'charge.updated'].flatMap((type) => [
    { topic: type, body: stripeChargeEvent({ type }) },
    { topic: type, body: stripeChargeEvent({ type, orderId: '5001', customer: null, currency: 'jpy' }) },
  ]),
  { topic: 'charge.succeeded', body: stripeChargeEvent({ captured: false }) },
  ...REFUNDS.map((type) => ({ topic: type, body: stripeRefundEvent({ type }) })),
  ...DISPUTES.map((name) => {
    const type = `charge.dispute.${name}`
    return { topic: type, body: stripeDisputeEvent({ type, status: 'lost' }) }
  }),
]

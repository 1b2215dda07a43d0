import { stripe } from '../../connectors/stripe/index.ts'
import { stripeDisputeEvent, stripeRefundEvent } from '../helpers/report-payloads.ts'
import { stripeChargeEvent, stripeRequest } from '../helpers/signed.ts'
import type { ReportSample } from './connector/context.ts'
import { describeConnectorContract } from './connector-suite.ts'

const REFUND_STATES = [
  ['succeeded', 'taken'],
  ['failed', 'given_back'],
  ['canceled', 'given_back'],
  ['pending', 'open'],
  ['requires_action', 'open'],
] as const
const DISPUTE_STATES = [
  ['lost', 'taken'],
  ['won', 'given_back'],
  ['needs_response', 'open'],
  ['warning_closed', 'open'],
  ['prevented', 'open'],
] as const
const REFUND_TOPICS = ['refund.created', 'refund.updated', 'refund.failed', 'charge.refund.updated']
const DISPUTE_TOPICS = ['created', 'updated', 'closed', 'funds_withdrawn', 'funds_reinstated']

const refunds = REFUND_TOPICS.flatMap((topic) =>
  REFUND_STATES.map(
    ([status, state]): ReportSample => ({
      says: `a refund that is ${status}`,
      topic,
      body: ({ amount, currency }) =>
        stripeRefundEvent({
          type: topic,
          status,
          amount: minorUnits(amount),
          currency: currency.toLowerCase(),
        }),
      report: { object: 'stripe:refund:re_8001', kind: 'refund', state },
    }),
  ),
)

const disputes = DISPUTE_TOPICS.flatMap((name) =>
  DISPUTE_STATES.map(
    ([status, state]): ReportSample => ({
      says: `a dispute that is ${status}`,
      topic: `charge.dispute.${name}`,
      body: ({ amount, currency }) =>
        stripeDisputeEvent({
          type: `charge.dispute.${name}`,
          status,
          amount: minorUnits(amount),
          currency: currency.toLowerCase(),
        }),
      report: { object: 'stripe:dispute:dp_8501', kind: 'dispute', state },
    }),
  ),
)

describeConnectorContract('Stripe', {
  connector: stripe,
  settings: {},
  signatureHeaders: ['stripe-signature'],
  malformedSignature: 't=1795341600',
  topic: 'charge.succeeded',
  otherTopics: ['charge.updated', 'payment_intent.succeeded', 'checkout.session.completed', 'orders/paid'],
  purchase: (options) =>
    stripeChargeEvent({
      orderId: options.orderId,
      customer: options.customerId,
      email: options.email,
      createdAtMs: options.atMs,
      amountCaptured: minorUnits(options.total),
      currency: options.currency.toLowerCase(),
      livemode: !options.isTest,
    }),
  reports: [
    {
      says: 'how much of a charge was refunded',
      topic: 'charge.refunded',
      body: ({ amount, currency }) =>
        stripeChargeEvent({
          type: 'charge.refunded',
          orderId: '5001',
          customer: '7001',
          currency: currency.toLowerCase(),
          charge: { amount_refunded: Number(minorUnits(amount)) },
        }),
      report: { object: 'stripe:charge:ch_5001', kind: 'refund_total', state: 'taken' },
    },
    ...refunds,
    ...disputes,
  ],
  sign: (body, secret, signedAtMs) => stripeRequest({ body, secret, signedAtMs }),
})

/** `42.5` as cents, by its digits. */
function minorUnits(decimal: string): bigint {
  const [whole = '', fraction = ''] = decimal.split('.')
  return BigInt(whole + fraction.padEnd(2, '0'))
}

import { stripe } from '../../connectors/stripe/index.ts'
import { stripeChargeEvent, stripeRequest } from '../helpers/signed.ts'
import { describeConnectorContract } from './connector-suite.ts'

describeConnectorContract('Stripe', {
  connector: stripe,
  settings: {},
  signatureHeaders: ['stripe-signature'],
  malformedSignature: 't=1795341600',
  topic: 'charge.succeeded',
  otherTopics: ['charge.refunded', 'payment_intent.succeeded', 'checkout.session.completed', 'orders/paid'],
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
  sign: (body, secret, signedAtMs) => stripeRequest({ body, secret, signedAtMs }),
})

/** `42.5` as cents, by its digits. */
function minorUnits(decimal: string): bigint {
  const [whole = '', fraction = ''] = decimal.split('.')
  return BigInt(whole + fraction.padEnd(2, '0'))
}

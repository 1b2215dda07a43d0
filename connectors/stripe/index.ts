import { z } from 'zod'
import type { Connector } from '../../src/ports/connector.ts'
import { secretText, webhookSecret, webhookSecrets } from '../credentials.ts'
import { createStripeHands } from './hands/index.ts'
import { identities, translate } from './translate.ts'
import { topicOf, verify } from './verify.ts'

const ORDER_ID_FROM = /^(?:payment|metadata\.[\s\S]{1,40})$/u

/** Of a webhook endpoint. API keys (`sk_…`, `rk_…`) sign nothing (https://docs.stripe.com/webhooks). */
const endpointSecret = webhookSecret.regex(
  /^whsec_/,
  'must begin with whsec_: it is the signing secret of the webhook endpoint, not an API key',
)

/** Stripe charges. README.md says what a merchant needs. */
export const stripe: Connector = {
  platform: 'stripe',
  credentials: z.strictObject({
    webhookSecrets: webhookSecrets(endpointSecret),
    apiKey: secretText.optional(),
  }),
  settings: z.strictObject({
    orderIdFrom: z
      .string()
      .regex(ORDER_ID_FROM, 'must be "payment", or "metadata." and a key of 1 to 40 characters')
      .optional()
      .describe(
        'Where the order id is read from. `payment` (default): each payment is a purchase. `metadata.{key}`: the value under that key, for an account that takes the money of a shop that is connected too. Fixed from the first purchase on.',
      ),
  }),
  orderIdFrom: { usual: 'payment', before: 'metadata.order_id' },
  values: ['one', 'order_total'],
  choices: [],
  verify,
  topicOf,
  translate,
  identities,
  hands: createStripeHands,
}

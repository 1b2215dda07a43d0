import { z } from 'zod'
import type { Connector } from '../../src/ports/connector.ts'
import { secretText, webhookSecrets } from '../credentials.ts'
import { identities, translate } from './translate.ts'
import { verify } from './verify.ts'

/** Stripe charges. README.md says what a merchant needs. */
export const stripe: Connector = {
  platform: 'stripe',
  credentials: z.strictObject({ webhookSecrets, apiKey: secretText.optional() }),
  settings: z.strictObject({}),
  values: ['one', 'order_total'],
  verify,
  translate,
  identities,
}

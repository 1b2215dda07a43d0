import { z } from 'zod'
import type { Connector } from '../../src/ports/connector.ts'
import { webhookSecrets } from '../credentials.ts'
import { createWooHands } from './hands.ts'
import { siteUrl } from './site.ts'
import { identities, topicOf, translate } from './translate.ts'
import { isPing, verify } from './verify.ts'

/** WooCommerce orders. README.md says what a merchant needs. */
export const woocommerce: Connector = {
  platform: 'woocommerce',
  credentials: z.strictObject({ webhookSecrets: webhookSecrets() }),
  settings: z.strictObject({ siteUrl }),
  site: { setting: 'siteUrl', isFixedByPurchases: true },
  values: ['one', 'order_total', 'order_subtotal', 'item_count'],
  choices: ['products', 'channels'],
  verify,
  isPing,
  topicOf,
  translate,
  identities,
  hands: createWooHands,
}

import { z } from 'zod'
import type { Connector } from '../../src/ports/connector.ts'
import { secretText, webhookSecrets } from '../credentials.ts'
import { readShopper } from './app-proxy.ts'
import { createShopifyHands } from './hands/index.ts'
import { clientSecret } from './secrets.ts'
import { identities, topicOf, translate } from './translate.ts'
import { isFromAnotherShop, verify } from './verify.ts'

/** In any case, said without a flag: the API document has the pattern alone. */
const SHOP_DOMAIN = /^[A-Za-z0-9][A-Za-z0-9-]*\.[Mm][Yy][Ss][Hh][Oo][Pp][Ii][Ff][Yy]\.[Cc][Oo][Mm]$/

const SCOPE = /^(?:unauthenticated_)?(?:read|write)_[a-z_]{1,60}$/

/** Shopify orders. README.md says what a merchant needs. */
export const shopify: Connector = {
  platform: 'shopify',
  credentials: z.strictObject({
    webhookSecrets: webhookSecrets(clientSecret),
    accessToken: secretText.optional(),
  }),
  settings: z.strictObject({
    shopDomain: z
      .string()
      .max(255, 'at most 255 characters')
      .regex(SHOP_DOMAIN, 'must be the shop\'s own domain, such as "my-shop.myshopify.com"')
      .toLowerCase()
      .describe('The shop’s own domain.'),
    extraScopes: z
      .array(z.string().regex(SCOPE, 'must be the name of a scope, such as "read_all_orders"'))
      .max(20, 'at most 20 scopes')
      .optional()
      .describe(
        'Scopes that an install by `oauth` asks for beside `read_orders`, `read_customers` and `write_discounts`.',
      ),
  }),
  values: ['one', 'order_total', 'order_subtotal', 'item_count'],
  choices: ['tags', 'products', 'channels'],
  site: { setting: 'shopDomain', header: 'x-shopify-shop-domain' },
  topicHeader: 'x-shopify-topic',
  verify,
  isFromElsewhere: isFromAnotherShop,
  readShopper,
  topicOf,
  translate,
  identities,
  hands: createShopifyHands,
}

import { z } from 'zod'
import type { Connector } from '../../src/ports/connector.ts'
import { secretText, webhookSecret, webhookSecrets } from '../credentials.ts'
import { readShopper } from './app-proxy.ts'
import { identities, topicOf, translate } from './translate.ts'
import { isFromAnotherShop, verify } from './verify.ts'

/** In any case, said without a flag: the API document has the pattern alone. */
const SHOP_DOMAIN = /^[A-Za-z0-9][A-Za-z0-9-]*\.[Mm][Yy][Ss][Hh][Oo][Pp][Ii][Ff][Yy]\.[Cc][Oo][Mm]$/

/**
 * An app's client secret (`shpss_…`, hex where the app is older) or the hex key under Settings → Notifications. The
 * access tokens that lie beside it begin alike and sign nothing
 * (https://shopify.dev/docs/apps/build/webhooks/verify-deliveries).
 */
const clientSecret = webhookSecret.regex(
  /^(?!shp(?:at|ca|ua|rt)_)/,
  'is an access token of Shopify, which signs no webhooks: give the client secret of the app (shpss_…), or the key under Settings → Notifications',
)

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
}

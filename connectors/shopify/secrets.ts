import { webhookSecret } from '../credentials.ts'

/**
 * An app's client secret (`shpss_…`, hex where the app is older) or the hex key under Settings → Notifications. The
 * access tokens that lie beside it begin alike and sign nothing
 * (https://shopify.dev/docs/apps/build/webhooks/verify-deliveries).
 */
export const clientSecret = webhookSecret.regex(
  /^(?!shp(?:at|ca|ua|rt)_)/,
  'is an access token of Shopify, which signs no webhooks: give the client secret of the app (shpss_…), or the key under Settings → Notifications',
)

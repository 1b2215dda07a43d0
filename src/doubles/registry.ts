import type { PlatformName } from './names.ts'
import type { Double, DoubleOptions } from './parts/double.ts'
import { shopifyControlLines, startShopifyDouble } from './shopify/index.ts'
import { startStripeDouble, stripeControlLines } from './stripe/index.ts'
import { startVoucherifyDouble, voucherifyControlLines } from './voucherify/index.ts'
import { startWooDouble, wooControlLines } from './woocommerce/index.ts'

export interface StartedDouble extends Pick<Double, 'origin' | 'stop'> {
  /** What somebody needs who wants to connect to it, a line for each: it holds secrets of this double alone. */
  readonly credentials: readonly string[]
}

export interface PlayedPlatform {
  /** What it can be told below `/__control`. */
  controls(): readonly string[]
  start(options: DoubleOptions): Promise<StartedDouble>
}

/** The platforms that there is a double of. */
export const PLAYED_PLATFORMS: Readonly<Record<PlatformName, PlayedPlatform>> = {
  shopify: {
    controls: shopifyControlLines,
    async start(options) {
      const double = await startShopifyDouble(options)
      const { shops, apps } = double.world()
      const [app] = apps
      return {
        origin: double.origin,
        stop: double.stop,
        credentials: [`shopDomain ${shops[0]?.id}`, `clientId ${app?.id}`, `clientSecret ${app?.secrets[0]}`],
      }
    },
  },
  stripe: {
    controls: stripeControlLines,
    async start(options) {
      const double = await startStripeDouble(options)
      const [secret, restricted] = double.keys()
      return {
        origin: double.origin,
        stop: double.stop,
        credentials: [
          `apiKey ${restricted?.id} (restricted)`,
          `secret key ${secret?.id} (may do everything)`,
        ],
      }
    },
  },
  woocommerce: {
    controls: wooControlLines,
    async start(options) {
      const double = await startWooDouble(options)
      const [key] = double.keys()
      return {
        origin: double.origin,
        stop: double.stop,
        credentials: [
          `siteUrl ${double.site().url}`,
          `consumerKey ${key?.id}`,
          `consumerSecret ${key?.secret}`,
        ],
      }
    },
  },
  voucherify: {
    controls: voucherifyControlLines,
    async start(options) {
      const double = await startVoucherifyDouble(options)
      const { appId, appToken } = double.project()
      return {
        origin: double.origin,
        stop: double.stop,
        credentials: [`appId ${appId}`, `appToken ${appToken}`, 'campaign Streaks'],
      }
    },
  },
}

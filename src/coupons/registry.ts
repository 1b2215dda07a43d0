import type { CouponProvider } from '../ports/coupon-provider.ts'
import type { PlatformDoor } from '../ports/platform-door.ts'
import { createHttpProvider, type HttpProviderOptions } from './http.ts'
import { createPoolProvider, type PoolProviderOptions } from './pool.ts'
import { createShopifyProvider } from './shopify/index.ts'
import { createStripeProvider } from './stripe/index.ts'
import { createVoucherifyProvider, type VoucherifyOptions } from './voucherify/index.ts'

/** What all of them work with. */
export type CouponProvidersOptions = PoolProviderOptions &
  HttpProviderOptions &
  VoucherifyOptions & {
    /** The way to connectors' platforms, for those who work through one; without it nothing is installed. */
    readonly door?: PlatformDoor
  }

/** Every way there is to make a coupon. A new one is added here, and nowhere else. */
const PROVIDERS: readonly ((options: CouponProvidersOptions) => CouponProvider)[] = [
  createPoolProvider,
  createHttpProvider,
  createShopifyProvider,
  createStripeProvider,
  createVoucherifyProvider,
]

/** By the `provider` of a coupon_provider. */
export function createCouponProviders(options: CouponProvidersOptions): ReadonlyMap<string, CouponProvider> {
  const providers = PROVIDERS.map((create) => create(options))
  return new Map(providers.map((provider) => [provider.kind, provider]))
}

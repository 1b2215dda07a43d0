import type { CouponProvider } from '../ports/coupon-provider.ts'
import { createHttpProvider } from './http.ts'
import { createPoolProvider } from './pool.ts'
import { createShopifyProvider } from './shopify/index.ts'

/** Every way there is to make a coupon. A new one is added here, and nowhere else. */
const PROVIDERS = [createPoolProvider, createHttpProvider, createShopifyProvider] as const

/** What all of them work with. */
export type CouponProvidersOptions = (typeof PROVIDERS)[number] extends (options: infer O) => CouponProvider
  ? O
  : never

/** By the `provider` of a coupon_provider. */
export function createCouponProviders(options: CouponProvidersOptions): ReadonlyMap<string, CouponProvider> {
  const providers = PROVIDERS.map((create) => create(options))
  return new Map(providers.map((provider) => [provider.kind, provider]))
}

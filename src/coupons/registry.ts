import type { CouponProvider } from '../ports/coupon-provider.ts'
import type { ProviderKind } from '../ports/schema/values.ts'
import { createHttpProvider, type HttpProviderOptions } from './http.ts'
import { createPoolProvider, type PoolProviderOptions } from './pool.ts'

export interface CouponProvidersOptions extends PoolProviderOptions, HttpProviderOptions {}

/** Every way there is to make a coupon, by the `provider` of a coupon_provider. */
export function createCouponProviders(
  options: CouponProvidersOptions,
): ReadonlyMap<ProviderKind, CouponProvider> {
  const providers: readonly CouponProvider[] = [createPoolProvider(options), createHttpProvider(options)]
  return new Map(providers.map((provider) => [provider.kind, provider]))
}

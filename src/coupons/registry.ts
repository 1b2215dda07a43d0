import type { CouponProvider } from '../ports/coupon-provider.ts'
import type { PlatformDoor } from '../ports/platform-door.ts'
import { createHttpProvider } from './http.ts'
import { createPoolProvider } from './pool.ts'

/** Every way there is to make a coupon. A new one is added here, and nowhere else. */
const PROVIDERS = [createPoolProvider, createHttpProvider] as const

/** What all of them work with. */
export type CouponProvidersOptions = (typeof PROVIDERS)[number] extends (options: infer O) => CouponProvider
  ? O
  : never

/** With the way to connectors' platforms, for those who work through one; without it nothing is installed. */
type Given = CouponProvidersOptions & { readonly door?: PlatformDoor }

/** By the `provider` of a coupon_provider. */
export function createCouponProviders(options: Given): ReadonlyMap<string, CouponProvider> {
  const providers = PROVIDERS.map((create) => create(options))
  return new Map(providers.map((provider) => [provider.kind, provider]))
}

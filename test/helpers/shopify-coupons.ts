import { createShopifyHands } from '../../connectors/shopify/hands/index.ts'
import { createCouponProviders } from '../../src/coupons/registry.ts'
import { startShopifyDouble } from '../../src/doubles/shopify/index.ts'
import type { App, Discount } from '../../src/doubles/shopify/state.ts'
import type { CouponProvider } from '../../src/ports/coupon-provider.ts'
import type { Access, Hands } from '../../src/ports/hands.ts'
import type { PlatformDoor } from '../../src/ports/platform-door.ts'
import type { Store } from '../../src/ports/store.ts'
import { tell } from './doubles.ts'
import { callsTo } from './platform-calls.ts'
import { SHOP, siteOf, valueIn } from './shopify-shop.ts'

/** A shop, its books, and the provider that makes coupons in it, with an access that is good. */
export async function startShopCoupons(store: Store, shop: { readonly currency?: string } = {}) {
  const double = await startShopifyDouble()
  if (shop.currency !== undefined) await tell(double, 'POST /shops', { id: SHOP, ...shop })
  const [app] = double.world().apps as App[]
  const clock = { now: Date.now }
  const { calls, sent } = callsTo(double)
  const hands: Hands = createShopifyHands({ calls, clock })
  const keys = { clientId: app!.id, clientSecret: app!.secrets[0] ?? '' }
  let access: Access = valueIn(await hands.enter(siteOf(), 'client_credentials', keys)).access
  const door: PlatformDoor = {
    async use(_account, _connector, ask, { renewsForPermission = false } = {}) {
      const told = await ask(hands, siteOf(), access)
      if (told.outcome !== 'refused') return told
      if (told.refused !== 'access' && !(renewsForPermission && told.refused === 'permission')) return told
      access = valueIn(await hands.renew!(siteOf(), access)).access
      const again = await ask(hands, siteOf(), access)
      const isShut = again.outcome === 'refused' && again.refused === 'access'
      return isShut ? { outcome: 'closed', code: 'TOKEN_REFUSED' } : again
    },
  }
  const provider = createCouponProviders({ store, clock, door }).get('shopify') as CouponProvider
  return {
    double,
    provider,
    sent,
    /** The discounts in the shop's own books. */
    books: async (): Promise<readonly Discount[]> =>
      (await tell<{ discounts: readonly Discount[] }>(double, 'GET /discounts')).discounts,
    /** Names of the operations that were sent, in order. */
    operations: () => sent.flatMap(({ body }) => /(?:query|mutation) (\w+)/.exec(body ?? '')?.[1] ?? []),
    close: () => double.stop(),
  }
}

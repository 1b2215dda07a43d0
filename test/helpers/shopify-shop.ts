import { createShopifyHands } from '../../connectors/shopify/hands/index.ts'
import { type ShopifyDouble, startShopifyDouble } from '../../src/doubles/shopify/index.ts'
import type { App } from '../../src/doubles/shopify/state.ts'
import type { Hands, Site } from '../../src/ports/hands.ts'
import type { PlatformCalls, Told } from '../../src/ports/platform-calls.ts'
import { tell } from './doubles.ts'
import { callsTo } from './platform-calls.ts'

export const SHOP = 'demo-shop.myshopify.com'

export interface PlayedShop {
  readonly double: ShopifyDouble
  readonly hands: Hands
  readonly app: App
  readonly site: Site
  /** Moves the double's clock and that of the hands. */
  advance(seconds: number): Promise<void>
  /** Requests of hands of another process, or by another transport. */
  handsBy(calls: PlatformCalls): Hands
}

/** A double of Shopify with a shop and an app, and the program's hands in it. */
export async function startPlayedShop(): Promise<PlayedShop> {
  const double = await startShopifyDouble()
  const [app] = double.world().apps
  let ahead = 0
  const clock = { now: () => Date.now() + ahead }
  const handsBy = (calls: PlatformCalls): Hands => createShopifyHands({ calls, clock })
  return {
    double,
    hands: handsBy(callsTo(double).calls),
    app: app as App,
    site: siteOf(),
    handsBy,
    async advance(seconds) {
      ahead += seconds * 1_000
      await tell(double, 'POST /clock', { advanceSeconds: seconds })
    },
  }
}

export function siteOf(given: Partial<Site> = {}): Site {
  return {
    accountId: 'account',
    connectorId: 'c1',
    settings: { shopDomain: SHOP },
    webhookUrl: 'https://streaks.example/webhooks/shopify/c1',
    webhookPath: '/webhooks/shopify/c1',
    readsProducts: false,
    keptSecrets: 0,
    former: null,
    ...given,
  }
}

/** The value of an answer. @throws where it is not ok */
export function valueIn<T>(told: Told<T>): T {
  if (told.outcome !== 'ok') throw new Error(`${told.outcome}: ${told.message}`)
  return told.value
}

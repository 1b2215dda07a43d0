import type { MovableClock } from '../parts/clock.ts'
import {
  type App,
  grants,
  type Install,
  installIdOf,
  newSecret,
  type Shop,
  type ShopifyState,
} from './state.ts'

/** What the parts of the double share. */
export interface World {
  readonly state: ShopifyState
  readonly clock: MovableClock
  /** Sends a webhook of this topic (`ORDERS_PAID`) to whoever subscribed to it. */
  emit(shop: Shop, topic: string, bodyFor: (app: App) => object, onlyFor?: Install): void
}

export function installOf({ state }: World, shop: string, clientId: string): Install | undefined {
  return state.installs.get(installIdOf(shop, clientId))
}

/** Installs an app, or changes what it was granted; `write_x` and `read_x` together are `write_x`. */
export function putInstall(
  { state }: World,
  shop: string,
  clientId: string,
  scopes: readonly string[],
): Install {
  const id = installIdOf(shop, clientId)
  const number = state.installs.get(id)?.number ?? state.newId()
  const others = (scope: string): string[] => scopes.filter((one) => one !== scope)
  const kept = [...new Set(scopes)].filter((scope) => !grants(others(scope), scope))
  return state.installs.put({ id, shop, clientId, number, scopes: kept })
}

/** A shop and an app that is installed in it, for whoever begins with nothing. */
export function seed(world: World): void {
  const { state } = world
  if (state.shops.all().length > 0) return
  const shop = putShop(world, { id: 'demo-shop.myshopify.com' })
  const scopes = ['read_orders', 'read_customers', 'write_discounts']
  const app = putApp(world, { name: 'Streaks', scopes })
  putInstall(world, shop.id, app.id, scopes)
}

export function putShop({ state, clock }: World, given: Partial<Shop> & { id: string }): Shop {
  return state.shops.put({
    number: state.newId(),
    name: given.id.replace('.myshopify.com', ''),
    currency: 'EUR',
    timezone: 'Europe/Berlin',
    email: `owner@${given.id}`,
    restoreRate: 100,
    usageLagSeconds: 0,
    standing: 'open',
    createdAt: clock.now(),
    ...state.shops.get(given.id),
    ...given,
  })
}

export function putApp({ state }: World, given: Partial<App>): App {
  const id = given.id ?? newSecret('')
  return state.apps.put({
    name: 'App',
    secrets: [newSecret('shpss_')],
    scopes: ['read_orders'],
    distribution: 'custom',
    ownShops: true,
    redirectUrls: null,
    customerData: true,
    webhooks: [],
    ...state.apps.get(id),
    ...given,
    id,
  })
}

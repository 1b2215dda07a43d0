import { z } from 'zod'
import { ControlFault, type Order, order, view } from '../parts/control.ts'
import type { Bucket } from './cost.ts'
import { shopOf } from './merchant.ts'
import { uninstall } from './news.ts'
import { newToken } from './oauth.ts'
import { type Install, newSecret } from './state.ts'
import { installOf, putApp, putInstall, putShop, type World } from './world.ts'

const nothing = z.strictObject({})
const which = { shop: z.string().optional(), clientId: z.string().optional() }
const scopes = z.array(z.string().regex(/^[a-z_]+$/))

/** The one that is named, else the first. */
function pick(world: World, given: { shop?: string | undefined; clientId?: string | undefined }): Install {
  const shop = shopOf(world, given.shop)
  const clientId = given.clientId ?? world.state.apps.all()[0]?.id ?? ''
  const install = installOf(world, shop.id, clientId)
  if (install === undefined) throw new ControlFault(`the app ${clientId} is not installed in ${shop.id}`)
  return install
}

/** What happens to apps: installed, granted, revoked, throttled. */
export function installControls(world: World, bucketOf: (install: Install) => Bucket): Order[] {
  const { state } = world
  return [
    view('GET /world', 'shops, apps with their secrets, and what is installed where', () => ({
      shops: state.shops.all(),
      apps: state.apps.all(),
      installs: state.installs.all(),
    })),
    view('GET /connection', 'what connecting to the first shop by the first app asks for', () => {
      const [app] = state.apps.all()
      return {
        shopDomain: state.shops.all()[0]?.id ?? '',
        clientId: app?.id ?? '',
        clientSecret: app?.secrets[0] ?? '',
      }
    }),
    order(
      'POST /shops',
      'opens or changes a shop: id (its myshopify domain), currency, timezone, restoreRate, usageLagSeconds, standing (open, frozen, locked)',
      z.strictObject({
        id: z.string().regex(/^[a-z0-9-]+\.myshopify\.com$/),
        currency: z.string().length(3).optional(),
        timezone: z.string().optional(),
        restoreRate: z.int().min(1).optional(),
        usageLagSeconds: z.int().min(0).max(86_400).optional(),
        standing: z.enum(['open', 'frozen', 'locked']).optional(),
      }),
      ({ id, ...given }) => putShop(world, { id, ...defined(given) }),
    ),
    order(
      'POST /apps',
      'makes or changes an app: id, name, secrets, scopes, distribution, ownShops, redirectUrls, customerData, webhooks',
      z.strictObject({
        id: z.string().optional(),
        name: z.string().optional(),
        secrets: z.array(z.string()).min(1).optional(),
        scopes: scopes.optional(),
        distribution: z.enum(['custom', 'public']).optional(),
        ownShops: z.boolean().optional(),
        redirectUrls: z.array(z.url()).nullable().optional(),
        customerData: z.boolean().optional(),
        webhooks: z.array(z.strictObject({ topics: z.array(z.string()), uri: z.url() })).optional(),
      }),
      (given) => putApp(world, defined(given)),
    ),
    order(
      'POST /install',
      'installs an app from the dashboard: shop, clientId, scopes (those of the app)',
      z.strictObject({ ...which, scopes: scopes.optional() }),
      (given) => {
        const shop = shopOf(world, given.shop)
        const app = given.clientId === undefined ? state.apps.all()[0] : state.apps.get(given.clientId)
        if (app === undefined) throw new ControlFault(`there is no app ${given.clientId}`)
        return putInstall(world, shop.id, app.id, given.scopes ?? app.scopes)
      },
    ),
    order(
      'POST /uninstall',
      'takes the app out of the shop: its tokens die, app/uninstalled goes out',
      z.strictObject(which),
      (given) => uninstall(world, pick(world, given)),
    ),
    order(
      'POST /scopes',
      'changes what the app was granted, and sends app/scopes_update: scopes',
      z.strictObject({ ...which, scopes }),
      (given) => {
        const before = pick(world, given)
        const now = putInstall(world, before.shop, before.clientId, given.scopes)
        const shop = shopOf(world, before.shop)
        const updated_at = new Date(world.clock.now()).toISOString()
        const body = { id: now.number, previous: before.scopes, current: now.scopes, updated_at }
        world.emit(shop, 'APP_SCOPES_UPDATE', () => body, now)
        return now
      },
    ),
    order(
      'POST /tokens',
      'makes a token that never expires, as custom apps of before 2026 have',
      z.strictObject(which),
      (given) => ({
        accessToken: newToken(world, pick(world, given), 'admin', null).id,
      }),
    ),
    order(
      'POST /tokens/expire',
      'access tokens expire now; with refresh: true refresh tokens too',
      z.strictObject({ ...which, refresh: z.boolean().default(false) }),
      ({ refresh, ...given }) => {
        const { id } = pick(world, given)
        const expiresAt = world.clock.now()
        const mine = state.tokens.all().filter(({ installId }) => installId === id)
        for (const token of mine) state.tokens.put({ ...token, expiresAt })
        for (const token of refresh ? state.refreshTokens.all() : []) {
          if (token.installId === id) state.refreshTokens.put({ ...token, expiresAt })
        }
        return { expired: mine.length }
      },
    ),
    order(
      'POST /secrets/rotate',
      'gives the app a second client secret; the first signs until it is revoked',
      z.strictObject({ clientId: z.string().optional() }),
      ({ clientId }) => {
        const app = state.apps.get(clientId ?? state.apps.all()[0]?.id ?? '')
        if (app === undefined) throw new ControlFault(`there is no app ${clientId}`)
        return putApp(world, { id: app.id, secrets: [...app.secrets, newSecret('shpss_')] })
      },
    ),
    order(
      'POST /secrets/revoke',
      'revokes the oldest client secret of the app',
      z.strictObject({ clientId: z.string().optional() }),
      ({ clientId }) => {
        const app = state.apps.get(clientId ?? state.apps.all()[0]?.id ?? '')
        if (app === undefined || app.secrets.length < 2)
          throw new ControlFault('rotate first: an app has one secret at least')
        return putApp(world, { id: app.id, secrets: app.secrets.slice(1) })
      },
    ),
    order(
      'POST /bucket',
      'empties the bucket of points of the app in the shop: left',
      z.strictObject({ ...which, left: z.number().min(0).default(0) }),
      ({ left, ...given }) => {
        bucketOf(pick(world, given)).drain(left)
        return bucketOf(pick(world, given)).status()
      },
    ),
    view('GET /subscriptions', 'the webhook subscriptions made through the API', () => ({
      subscriptions: state.subscriptions.all(),
    })),
    order('DELETE /subscriptions/{id}', 'removes one behind the back of the app', nothing, (_, id) => {
      if (state.subscriptions.get(id ?? '') === undefined)
        throw new ControlFault(`there is no subscription ${id}`)
      state.subscriptions.delete(id ?? '')
    }),
  ]
}

function defined<T extends object>(given: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }
}

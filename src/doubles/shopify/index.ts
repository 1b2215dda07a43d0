import { type Double, type DoubleOptions, startDouble } from '../parts/double.ts'
import { type Answer, type Asked, Refusal } from '../parts/server.ts'
import { answerConsent, showConsent } from './consent.ts'
import { type Bucket, createBucket } from './cost.ts'
import { createExecutor } from './execute.ts'
import { installControls } from './install-controls.ts'
import { answerTokenRequest, checkToken } from './oauth.ts'
import { rootOf } from './root.ts'
import { API_VERSION, loadAdminSchema } from './schema.ts'
import { shopControls } from './shop-controls.ts'
import { type App, type Install, openState, type Shop } from './state.ts'
import { createWebhooks } from './webhooks.ts'
import { seed, type World } from './world.ts'

export interface ShopifyDouble extends Double {
  /** Shops and apps as they are now, with secrets. */
  world(): { readonly shops: readonly Shop[]; readonly apps: readonly App[] }
}

/**
 * A double of Shopify: the Admin API of 2026-10 on Shopify's own schema, OAuth, webhooks with their retries, and a shop
 * whose merchant and shoppers do what they are told below `/__control`. It begins with a shop and an app in it.
 * @throws AppError CONFLICT where the package `graphql` is not installed
 */
export async function startShopifyDouble(options: DoubleOptions = {}): Promise<ShopifyDouble> {
  const admin = await loadAdminSchema()
  const executor = createExecutor(admin, rootOf)
  let world: World | undefined
  const double = await startDouble(options, (tables, clock) => {
    const state = openState(tables)
    const webhooks = createWebhooks(state, tables, clock)
    const here: World = { state, clock, emit: webhooks.emit }
    world = here
    seed(here)
    const buckets = new Map<string, Bucket>()
    const bucketOf = ({ id, shop }: Install): Bucket => {
      const rate = state.shops.get(shop)?.restoreRate ?? 100
      const bucket = buckets.get(`${id} ${rate}`) ?? createBucket(rate, clock.now)
      buckets.set(`${id} ${rate}`, bucket)
      return bucket
    }

    async function handle(asked: Asked): Promise<Answer> {
      const { method, path } = asked
      const shop = state.shops.get(asked.host) ?? state.shops.get(shopInQuery(asked))
      if (shop === undefined) return { status: 404, body: { errors: 'Not Found' } }
      if (path === '/admin/oauth/authorize') {
        return method === 'POST' ? answerConsent(here, shop, asked) : showConsent(here, shop, asked)
      }
      if (method === 'POST' && path === '/admin/oauth/access_token')
        return answerTokenRequest(here, shop, asked)
      if (method !== 'POST' || path !== `/admin/api/${API_VERSION}/graphql.json`) {
        return { status: 404, body: { errors: 'Not Found' } }
      }
      const { install } = checkToken(here, shop, asked)
      const app = state.apps.get(install.clientId)
      if (app === undefined) throw new Refusal({ status: 403, body: { errors: 'Forbidden' } })
      return await executor.answer({ world: here, shop, app, install, search: [] }, bucketOf(install), asked)
    }

    return {
      handle,
      throttled: () => ({
        status: 429,
        headers: { 'retry-after': '2.0' },
        body: {
          errors:
            'Exceeded 2 calls per second for api client. Reduce request rates to resume uninterrupted service.',
        },
      }),
      orders: [...webhooks.sender.orders, ...installControls(here, bucketOf), ...shopControls(here)],
      describe: operationOf,
      stop: () => webhooks.sender.stop(),
    }
  })
  return Object.assign(double, {
    world: () => ({ shops: world?.state.shops.all() ?? [], apps: world?.state.apps.all() ?? [] }),
  })
}

/** A browser sends no `x-forwarded-host`: there the shop stands in the query. */
function shopInQuery({ path, query }: Asked): string {
  return path === '/admin/oauth/authorize' ? (query.get('shop') ?? '') : ''
}

/** The fields at the root of a query, for the list of requests. */
function operationOf({ path, body }: Asked): string | null {
  if (!path.endsWith('graphql.json')) return null
  const names = /"operationName"\s*:\s*"(\w+)"|(?:query|mutation)\s+(\w+)|\{\s*(\w+)/.exec(
    body.toString('utf8').replace(/^\{"query":"/, ''),
  )
  return names?.[1] ?? names?.[2] ?? names?.[3] ?? null
}

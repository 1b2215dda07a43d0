import { controlsOf, type Double, type DoubleOptions, type Player, startDouble } from '../parts/double.ts'
import { type Answer, type Asked, Refusal } from '../parts/server.ts'
import { answerConsent, showConsent } from './consent.ts'
import { type Bucket, createBucket } from './cost.ts'
import { createExecutor, type Executor } from './execute.ts'
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

const NOT_FOUND: Answer = { status: 404, body: { errors: 'Not Found' } }

function player(executor: Executor | null, told: (world: World) => void): Player {
  return (tables, clock) => {
    const state = openState(tables)
    const webhooks = createWebhooks(state, tables, clock)
    const world: World = { state, clock, emit: webhooks.emit }
    seed(world)
    told(world)
    const bucketOf = createBuckets(world)
    return {
      handle: (asked) => answerShopify(world, executor, bucketOf, asked),
      throttled: () => ({
        status: 429,
        headers: { 'retry-after': '2.0' },
        body: {
          errors:
            'Exceeded 2 calls per second for api client. Reduce request rates to resume uninterrupted service.',
        },
      }),
      orders: [...webhooks.sender.orders, ...installControls(world, bucketOf), ...shopControls(world)],
      describe: operationOf,
      stop: () => webhooks.sender.stop(),
    }
  }
}

export const shopifyControlLines = (): string[] => controlsOf(player(null, () => undefined))

/**
 * A double of Shopify: the Admin API of 2026-10 on Shopify's own schema, OAuth, webhooks with their retries, and a shop
 * whose merchant and shoppers do what they are told below `/__control`. It begins with a shop and an app in it.
 * @throws AppError CONFLICT where the package `graphql` is not installed
 */
export async function startShopifyDouble(options: DoubleOptions = {}): Promise<ShopifyDouble> {
  const executor = createExecutor(await loadAdminSchema(), rootOf)
  let known: World | undefined
  const double = await startDouble(
    options,
    player(executor, (world) => {
      known = world
    }),
  )
  return Object.assign(double, {
    world: () => ({ shops: known?.state.shops.all() ?? [], apps: known?.state.apps.all() ?? [] }),
  })
}

/** Of a shop whose owner owes Shopify money, and of one that Shopify locked: https://shopify.dev/docs/api/usage/response-codes. */
const CLOSED = {
  frozen: { status: 402, body: { errors: 'Unavailable Shop' } },
  locked: { status: 423, body: { errors: 'This shop is unavailable' } },
} as const

/** One bucket of points for each app in each shop. */
function createBuckets({ state, clock }: World): (install: Install) => Bucket {
  const buckets = new Map<string, Bucket>()
  return ({ id, shop }) => {
    const rate = state.shops.get(shop)?.restoreRate ?? 100
    const bucket = buckets.get(`${id} ${rate}`) ?? createBucket(rate, clock.now)
    buckets.set(`${id} ${rate}`, bucket)
    return bucket
  }
}

async function answerShopify(
  world: World,
  executor: Executor | null,
  bucketOf: (install: Install) => Bucket,
  asked: Asked,
): Promise<Answer> {
  const { method, path } = asked
  const { shops, apps } = world.state
  const shop = shops.get(asked.host) ?? shops.get(shopInQuery(asked))
  if (shop === undefined) return NOT_FOUND
  if (path === '/admin/oauth/authorize') {
    return method === 'POST' ? answerConsent(world, shop, asked) : showConsent(world, shop, asked)
  }
  if (method === 'POST' && path === '/admin/oauth/access_token') return answerTokenRequest(world, shop, asked)
  const isGraphQL = method === 'POST' && path === `/admin/api/${API_VERSION}/graphql.json`
  if (!isGraphQL || executor === null) return NOT_FOUND
  const { install } = checkToken(world, shop, asked)
  const app = apps.get(install.clientId)
  if (app === undefined) throw new Refusal({ status: 403, body: { errors: 'Forbidden' } })
  if (shop.standing !== 'open') return CLOSED[shop.standing]
  return await executor.answer({ world, shop, app, install, search: [] }, bucketOf(install), asked)
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

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { redisForTests, type TestRedis } from '../helpers/redis-server.ts'
import { shopifyCancelledOrder, shopifyRefund } from '../helpers/report-payloads.ts'
import { type RunningApp, runApp } from '../helpers/running-app.ts'
import { shopifyOrder, shopifyRequest } from '../helpers/signed.ts'
import { until } from '../helpers/until.ts'

const SECRET = 'shpss_0123456789abcdef'
const SHOP = 'example.myshopify.com'
const WORKED_OFF_MS = 120_000

const TOPICS = ['orders/paid', 'refunds/create', 'orders/cancelled', 'orders/create', 'ORDERS/PAID', '']
const SHOPS = [SHOP, 'evil.myshopify.com', null]

/** Orders of which all is told in the same way, so that what a second telling does can be seen. */
const ORDERS = {
  paid: ['paid'],
  refunded: ['paid', 'refund'],
  cancelled: ['paid', 'cancellation'],
  'told of the refund alone': ['refund'],
  'told of the cancellation alone': ['cancellation'],
} as const
type Told = (typeof ORDERS)[keyof typeof ORDERS][number]

const OWN_TOPIC: Readonly<Record<Told, string>> = {
  paid: 'orders/paid',
  refund: 'refunds/create',
  cancellation: 'orders/cancelled',
}

interface Named {
  readonly id: string
  readonly webhookPath: string
}
interface Delivery {
  readonly topic: string
  readonly outcome: string
  readonly orderId: string
  readonly items: readonly { readonly status: string }[]
}
interface Headers {
  readonly topic: string
  readonly shopDomain: string | null
  readonly webhookId: string | null
}

describe('a Shopify webhook that is sent again under other headers, which nobody signs', () => {
  let redis: TestRedis
  let app: RunningApp
  let connector: Named
  let before: string

  beforeAll(async () => {
    redis = await redisForTests({ controllable: true })
    app = await runApp({ redisUrl: redis.url })
    const streak = (name: string, body: object) =>
      app.call<Named>('POST', '/schema/streak/record', {
        name,
        status: 'live',
        aggregationTargetValue: 1,
        ...body,
      })
    const orders = await streak('orders', { aggregationMethod: 'count' })
    const spent = await streak('spent', { aggregationMethod: 'sum' })
    connector = await app.call<Named>('POST', '/schema/connector/record', {
      name: 'shop',
      platform: 'shopify',
      credentials: { webhookSecrets: [SECRET] },
      settings: { shopDomain: SHOP },
      rules: [{ streakId: orders.id }, { streakId: spent.id, value: 'order_total', currency: 'USD' }],
    })
    for (const [orderId, told] of bodies()) await deliver(bodyOf(orderId, told), usualHeaders(orderId, told))
    await workedOff()
    // a refund that came before its purchase was counted is taken with it
    await until(async () => (await withdrawn()).length === 3, WORKED_OFF_MS)
    before = await everythingThatCounts()
  })
  afterAll(async () => {
    await app.stop()
    await redis.stop()
  })

  const deliver = async (body: string, { topic, shopDomain, webhookId }: Headers): Promise<number> => {
    const request = shopifyRequest({
      body,
      secret: SECRET,
      topic,
      shopDomain,
      webhookId: webhookId ?? 'none',
    })
    if (webhookId === null) delete request.headers['x-shopify-webhook-id']
    return app.deliver(connector.webhookPath, request)
  }

  const list = <T>(slug: string) => app.call<T[]>('GET', `/schema/${slug}/record?limit=1000`)

  /** What the order's purchases have come to, whatever deliveries there are. */
  const everythingThatCounts = async (): Promise<string> => {
    const slugs = [
      'account_user',
      'streak_log',
      'streak_progress',
      'member_streak',
      'withdrawal',
      'reward_log',
    ]
    const rows = await Promise.all(slugs.map((slug) => list<{ id: string }>(slug)))
    return JSON.stringify(
      rows.map((each) => each.toSorted((one, other) => (one.id < other.id ? -1 : 1))),
      null,
      2,
    )
  }

  const withdrawn = async () => {
    const entries = await list<{ uniqueIdentifier: string; value: number | null }>('withdrawal')
    return entries.map(({ uniqueIdentifier, value }) => `${uniqueIdentifier} ${value}`).toSorted()
  }

  const workedOff = () =>
    until(async () => {
      const deliveries = await list<Delivery>('delivery')
      return deliveries.flatMap(({ items }) => items).every(({ status }) => status !== 'pending')
    }, WORKED_OFF_MS)

  it('has counted what it was sent for', async () => {
    const logs = await list<{ uniqueIdentifier: string }>('streak_log')
    expect(logs.map(({ uniqueIdentifier }) => uniqueIdentifier).toSorted()).toEqual([
      '1001',
      '1001',
      '1002',
      '1002',
      '1003',
      '1003',
    ])
    const cancelled = 'shopify:cancellation:1003 null'
    expect(await withdrawn()).toEqual([cancelled, cancelled, 'shopify:refund:81002 10'])
    const deliveries = await list<Delivery>('delivery')
    const reported = deliveries.filter(({ outcome }) => outcome === 'reported').map(({ orderId }) => orderId)
    expect(reported.toSorted()).toEqual(['1002', '1003', '1004', '1005'])
  })

  it.each(TOPICS)('counts and takes back nothing more as "%s"', async (topic) => {
    for (const [orderId, told] of bodies()) {
      const first = `${orderId} ${told}`
      for (const shopDomain of SHOPS) {
        // a body is stored once for each id: another one brings it in anew
        for (const webhookId of [first, `another ${topic} ${shopDomain}`, null]) {
          expect(await deliver(bodyOf(orderId, told), { topic, shopDomain, webhookId })).toBe(200)
        }
      }
    }
    await workedOff()
    expect(await everythingThatCounts()).toBe(before)
  })

  it('was stored each time under the topic it came with, and read under its own only', async () => {
    const deliveries = await list<Delivery>('delivery')
    expect(deliveries.length).toBeGreaterThan(bodies().length * TOPICS.length * SHOPS.length)
    const read = deliveries.filter(({ outcome }) => outcome !== 'ignored')
    const readings = new Set(read.map(({ topic, outcome, orderId }) => `${topic} ${outcome} ${orderId}`))
    expect(readings).toEqual(
      new Set(
        bodies().map(
          ([orderId, told]) => `${OWN_TOPIC[told]} ${told === 'paid' ? 'translated' : 'reported'} ${orderId}`,
        ),
      ),
    )
  })
})

function bodies(): [string, Told][] {
  return Object.values(ORDERS).flatMap((tellings, at) =>
    tellings.map((told): [string, Told] => [String(1001 + at), told]),
  )
}

function bodyOf(orderId: string, told: Told): string {
  const order = { id: orderId, customerId: `7${orderId}` }
  if (told === 'paid') return shopifyOrder(order)
  if (told === 'cancellation') return shopifyCancelledOrder(order)
  return shopifyRefund({ id: `8${orderId}`, orderId, transactions: [{ amount: '10.00', currency: 'USD' }] })
}

function usualHeaders(orderId: string, told: Told): Headers {
  return { topic: OWN_TOPIC[told], shopDomain: SHOP, webhookId: `${orderId} ${told}` }
}

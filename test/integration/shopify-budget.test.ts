import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { ShopifyAccess } from '../../connectors/shopify/hands/access.ts'
import { createAdmin, type ShopDoor } from '../../connectors/shopify/hands/admin.ts'
import { deadlineIn } from '../../connectors/shopify/hands/deadline.ts'
import { SHOP_QUERY, SUBSCRIBE_MUTATION } from '../../connectors/shopify/hands/queries.ts'
import type { Access, DiscountWish, Hands, OrderPage } from '../../src/ports/hands.ts'
import type { Told } from '../../src/ports/platform-calls.ts'
import { tell } from '../helpers/doubles.ts'
import { callsTo } from '../helpers/platform-calls.ts'
import { type PlayedShop, SHOP, startPlayedShop, valueIn } from '../helpers/shopify-shop.ts'
import { until } from '../helpers/until.ts'

let shop: PlayedShop
let door: ShopDoor

beforeEach(async () => {
  shop = await startPlayedShop()
  const keys = { clientId: shop.app.id, clientSecret: shop.app.secrets[0] ?? '' }
  const { access } = valueIn(await shop.hands.enter(shop.site, 'client_credentials', keys))
  door = { shop: SHOP, ...keys, accessToken: (access as ShopifyAccess).accessToken }
})

afterEach(() => shop.double.stop())

const admin = () => createAdmin(callsTo(shop.double).calls)
const ask = (query: string, variables = {}, ms = 60_000, by = admin()) =>
  by.ask(door, query, variables, { priority: 'setup', deadline: deadlineIn(ms) })

const ORDERS = 'query { orders(first: 100) { nodes { id } } }'
const SUBSCRIPTION = { topic: 'ORDERS_PAID', given: { uri: 'https://streaks.example/x', format: 'JSON' } }

async function asked(): Promise<number> {
  return (await tell<{ requests: object[] }>(shop.double, 'GET /requests')).requests.length
}

describe('the budget of a shop', () => {
  it('TRAP: THROTTLED comes with a 200, and is waited for as long as it takes', async () => {
    await tell(shop.double, 'POST /bucket', { left: 0 })
    const before = performance.now()
    expect((await ask(ORDERS)).outcome).toBe('ok')
    expect(performance.now() - before).toBeGreaterThan(900)
  })

  it('is not waited for beyond the deadline: the caller learns how long it would take', async () => {
    await tell(shop.double, 'POST /shops', { id: SHOP, restoreRate: 1 })
    await tell(shop.double, 'POST /bucket', { left: 0 })
    const told = await ask(ORDERS, {}, 15_000)
    expect(told).toMatchObject({ outcome: 'unavailable' })
    const { retryAfterMs } = told as { retryAfterMs: number }
    expect(retryAfterMs).toBeGreaterThan(60_000)
    expect(retryAfterMs).toBeLessThan(110_000)
  })

  it('once known is not overdrawn: many at once, and not one is throttled', async () => {
    await tell(shop.double, 'POST /shops', { id: SHOP, restoreRate: 100 })
    const one = admin()
    expect((await ask(ORDERS, {}, 60_000, one)).outcome).toBe('ok')
    await tell(shop.double, 'POST /bucket', { left: 300 })
    expect((await ask(ORDERS, {}, 60_000, one)).outcome).toBe('ok')
    const before = await asked()
    const all = await Promise.all(Array.from({ length: 6 }, () => ask(ORDERS, {}, 60_000, one)))
    expect(all.map(({ outcome }) => outcome)).toEqual(Array(6).fill('ok'))
    expect((await asked()) - before).toBe(6)
  })

  it('holds for several workers, none of which knows of the others', async () => {
    await tell(shop.double, 'POST /bucket', { left: 150 })
    const workers = [admin(), admin(), admin()]
    const all = await Promise.all(
      workers.flatMap((by) => [ask(ORDERS, {}, 60_000, by), ask(ORDERS, {}, 60_000, by)]),
    )
    expect(all.map(({ outcome }) => outcome)).toEqual(Array(6).fill('ok'))
  })

  it('TRAP: Retry-After of a 429 is seconds, with a fraction, and not the 2 ms that the library would wait', async () => {
    await tell(shop.double, 'POST /faults', { kind: 'throttle' })
    const before = performance.now()
    expect((await ask(SHOP_QUERY)).outcome).toBe('ok')
    expect(performance.now() - before).toBeGreaterThan(1_950)
  })
})

describe('coupons and the past', () => {
  const DAY_MS = 86_400_000
  const COUPONS = 20

  /** The hands of a process of their own, how often Shopify refused them for want of points, and what it said is left. */
  function processOf() {
    let throttled = 0
    const left: number[] = []
    const { calls } = callsTo(shop.double)
    const hands = shop.handsBy(async (platform, call) => {
      const answer = await calls(platform, call)
      if (answer.text.includes('THROTTLED')) throttled += 1
      const [, available] = /"currentlyAvailable":(\d+)/.exec(answer.text) ?? []
      if (call.body?.includes('orders(')) left.push(Number(available))
      return answer
    })
    return { hands, throttled: () => throttled, left }
  }

  const wishOf = (code: string): DiscountWish => ({
    ...{ code, title: code, tags: [], startsAt: Date.now(), endsAt: null, customerId: null },
    ...{ discount: { percentage: '10' }, minimumSubtotal: null },
    combinesWith: { order: false, product: false, shipping: false },
  })

  it.each(['the same process', 'another process'])(
    'share the budget: what %s reads of the past leaves coupons theirs',
    async (whose) => {
      await tell(shop.double, 'POST /install', {
        scopes: ['read_orders', 'read_customers', 'write_discounts'],
      })
      await tell(shop.double, 'POST /shops', { id: SHOP, restoreRate: 1_000 })
      const from = new Date(Date.now() - 50 * DAY_MS).toISOString()
      await tell(shop.double, 'POST /orders/many', { count: 600, from, everySeconds: 3_600 })
      const past = processOf()
      const own = whose === 'the same process' ? past : processOf()
      const keys = { clientId: shop.app.id, clientSecret: shop.app.secrets[0] ?? '' }
      const { access } = valueIn(await own.hands.enter(shop.site, 'client_credentials', keys))
      const ends = new AbortController()
      await tell(shop.double, 'POST /bucket', { left: 9_600 })
      const reading = readOn(past.hands, access, ends.signal)
      await until(() => past.left.length > 0)
      for (let at = 0; at < COUPONS; at += 1) {
        const told = await own.hands.discounts!.create(shop.site, access, wishOf(`code-${at}`))
        expect(told).toEqual({ outcome: 'ok', value: 'created' })
      }
      await until(() => past.left.length > 1)
      ends.abort()
      await reading
      expect([own.throttled(), past.throttled()]).toEqual([0, 0])
      // of what it knew of there was half the bucket left, and what a page may cost
      expect(Math.min(...past.left.slice(1))).toBeGreaterThan(10_000)
    },
  )

  async function readOn(hands: Hands, access: Access, signal: AbortSignal): Promise<void> {
    let cursor: string | null = null
    while (!signal.aborted) {
      const query = { by: 'activity', since: Date.now() - 55 * DAY_MS, until: Date.now(), cursor } as const
      const told: Told<OrderPage> = await hands.readOrders!({ ...shop.site, signal }, access, query)
      if (told.outcome === 'ok') cursor = told.value.next
      else await delay(100)
    }
  }
})

describe('what Shopify answers', () => {
  it('a mutation is asked again after a 429, which did nothing', async () => {
    await tell(shop.double, 'POST /faults', { kind: 'throttle' })
    expect((await ask(SUBSCRIBE_MUTATION, SUBSCRIPTION)).outcome).toBe('ok')
  })

  it.each([['reset_after_effect'], ['error_after_effect'], ['not_json_after_effect']])(
    'TRAP: a mutation is not asked again after %s: it may have been done',
    async (kind) => {
      await tell(shop.double, 'POST /faults', { kind, times: 1 })
      const before = await asked()
      expect((await ask(SUBSCRIBE_MUTATION, SUBSCRIPTION)).outcome).toBe('unavailable')
      expect((await asked()) - before).toBe(1)
    },
  )

  it('a query is', async () => {
    await tell(shop.double, 'POST /faults', { kind: 'reset_after_effect', times: 2 })
    expect((await ask(SHOP_QUERY)).outcome).toBe('ok')
  })

  it('ACCESS_DENIED is a want of permission, and names the scope', async () => {
    const told = await ask('query { products(first: 1) { nodes { id } } }')
    expect(told).toMatchObject({ outcome: 'refused', refused: 'permission', path: 'read_products' })
  })

  it('401 is a refusal of the token, 403 of what it may do, 404 of the shop', async () => {
    const refusalOf = async (status: number) => {
      await tell(shop.double, 'POST /faults', { kind: 'error', status, body: { errors: 'No.' } })
      return ask(SHOP_QUERY)
    }
    expect(await refusalOf(401)).toMatchObject({ refused: 'access', message: '401: No.' })
    expect(await refusalOf(403)).toMatchObject({ refused: 'permission', message: '403: No.' })
    expect(await refusalOf(404)).toMatchObject({ refused: 'request', path: 'settings.shopDomain' })
  })

  it('a redirect is not followed and is no answer', async () => {
    const headers = { location: 'https://elsewhere.example/' }
    await tell(shop.double, 'POST /faults', { kind: 'error', status: 302, headers, times: 3 })
    expect(await ask(SHOP_QUERY)).toMatchObject({ outcome: 'unavailable' })
  })

  it('what goes wrong is told in at most 500 characters and without the token, whatever Shopify echoes', async () => {
    const errors = `${door.accessToken} ${'x'.repeat(2_000)}`
    await tell(shop.double, 'POST /faults', { kind: 'error', status: 400, body: { errors } })
    const told = (await ask(SHOP_QUERY)) as { message: string }
    expect(told.message).not.toContain(door.accessToken)
    expect(told.message.length).toBeLessThanOrEqual(500)
  })
})

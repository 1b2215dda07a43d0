import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { CONNECTORS } from '../../connectors/registry.ts'
import { composeForecasts } from '../../src/compose-forecasts.ts'
import type { Hands, OrderPage, OrderQuery } from '../../src/ports/hands.ts'
import type { PlatformDoor } from '../../src/ports/platform-door.ts'
import type { ConnectorRule } from '../../src/ports/schema/values.ts'
import { ONE } from '../../src/streaks/quantity.ts'
import { type Api, startApi } from '../helpers/api.ts'
import { shopifyOrder } from '../helpers/payloads.ts'
import { openReplayShop, type ReplayShop } from '../helpers/replay-shop.ts'
import { shopifyRefund } from '../helpers/report-payloads.ts'

/** What forecasts read from platforms: pages of orders by a connector's hands, which here hold some of their own. */
let api: Api
let shop: ReplayShop
const asked: OrderQuery[] = []

beforeAll(async () => {
  api = await startApi()
  shop = await openReplayShop(api, 'shop')
})
afterAll(() => api.close())

const text = (body: string) => new TextEncoder().encode(body)
const day = (date: number) => Date.parse(`2026-11-${date}T10:00:00Z`)
const order = (id: number, date: number): OrderPage['orders'][number] => {
  const processedAt = new Date(day(date)).toISOString()
  const purchase = { topic: 'orders/paid', rawBody: text(shopifyOrder({ id, customerId: 9, processedAt })) }
  const refund = { topic: 'refunds/create', rawBody: text(shopifyRefund({ id, orderId: id })) }
  return { activityAt: day(date), bodies: id % 10 === 0 ? [purchase, refund] : [purchase] }
}
const PAGES = [[order(1, 20), order(2, 19)], [order(10, 21)], [order(3, 18)]]

type Reading = NonNullable<Hands['readOrders']>
const pages: Reading = async (_site, _access, query) => {
  asked.push(query)
  const at = Number(query.cursor ?? 0)
  const next = at + 1 < PAGES.length ? String(at + 1) : null
  return { outcome: 'ok', value: { orders: PAGES[at]!, next, readUpTo: query.until } }
}

const rule = {
  streakId: '00000000-0000-0000-0000-000000000000',
  activityId: 'made_a_purchase',
  value: 'one',
  currency: null,
  minimumValue: null,
  identifyBy: 'customer_id',
  guests: 'by_email',
  testOrders: 'ignore',
} as const satisfies ConnectorRule
const streak = {
  aggregationMethod: 'count',
  aggregationPeriod: 'daily',
  aggregationTargetValue: ONE,
  completionTargetValue: null,
  timezone: 'UTC',
  weekStartsOn: 'monday',
} as const
const milestone = {
  id: '0',
  milestoneTargetValue: 3n * ONE,
  milestoneMetric: 'consecutive_count',
  milestoneRepeat: 'every_streak',
  status: 'live',
  createdAt: 0,
  discount: null,
} as const

async function forecast(readOrders: Reading, since = '2026-11-01T00:00:00Z', readingMs = 20_000) {
  const reach = { days: 60, unless: 'read_all_orders' }
  const hands = { readOrders, reach } as unknown as Hands
  const door = {
    use: (_account, _connector, ask) => ask(hands, {} as never, {}),
  } as PlatformDoor
  const parts = { store: api.store, clock: api.clock, connectors: CONNECTORS, door, readingMs }
  const reckon = composeForecasts({ ...parts, hands: new Map([['shopify', hands]]) })
  const rules = [{ connectorId: shop.connector.id, rule }]
  const span = { since: Date.parse(since), until: api.clock.now() }
  return reckon(shop.admin.accountId, { streak, milestones: [milestone], rules, ...span })
}

it('reads from the platform where the connector is installed, page by page, refunds with their orders', async () => {
  await shop.deliver({ id: 77, customerId: 1, processedAt: '2026-11-20T10:00:00Z' })
  const data = await forecast(pages)
  expect(data).toMatchObject({
    orders: 3,
    members: 1,
    periods: 3,
    longest: 3,
    complete: true,
    incomplete: [],
  })
  expect(data.rewards).toEqual([{ milestone: 0, count: 1, members: 1, amount: null }])
  expect(asked.map(({ cursor }) => cursor)).toEqual([null, '1', '2'])
  expect(asked[0]).toMatchObject({ by: 'activity', until: api.clock.now() })
})

it('says how far back the platform shows orders', async () => {
  const data = await forecast(pages, '2026-06-01T00:00:00Z')
  expect(data).toMatchObject({ orders: 3, complete: false })
  expect(data.incomplete.map(({ code }) => code)).toEqual(['SIXTY_DAYS'])
  expect(asked.at(-1)?.since).toBe(api.clock.now() - 60 * 86_400_000)
})

it('answers in time with what it has, however long the platform takes', async () => {
  const slow: Reading = (site, access, query) =>
    query.cursor === '1' ? new Promise(() => {}) : pages(site, access, query)
  const data = await forecast(slow, '2026-11-01T00:00:00Z', 300)
  expect(data).toMatchObject({ orders: 2, complete: false })
  expect(data.incomplete.map(({ code }) => code)).toEqual(['TOO_LONG'])
})

it('takes what was delivered where the platform refuses', async () => {
  const refused: Reading = async () => ({ outcome: 'unavailable', message: '503 busy', retryAfterMs: null })
  const data = await forecast(refused)
  expect(data).toMatchObject({ orders: 1, complete: false })
  expect(data.incomplete).toEqual([
    {
      connectorId: shop.connector.id,
      code: 'NOT_INSTALLED',
      message: 'The platform could not be asked: 503 busy',
    },
  ])
})

it('reckons two at once and no more', async () => {
  let go: () => void = () => {}
  const waits = new Promise<void>((resolve) => {
    go = resolve
  })
  const hands = {
    readOrders: async (...call: Parameters<Reading>) => {
      await waits
      return pages(...call)
    },
  } as unknown as Hands
  const door = { use: (_account, _connector, ask) => ask(hands, {} as never, {}) } as PlatformDoor
  const parts = { store: api.store, clock: api.clock, connectors: CONNECTORS, door }
  const reckon = composeForecasts({ ...parts, hands: new Map([['shopify', hands]]) })
  const terms = {
    streak,
    milestones: [],
    rules: [{ connectorId: shop.connector.id, rule }],
    since: Date.parse('2026-11-01T00:00:00Z'),
    until: api.clock.now(),
  }
  const two = [reckon(shop.admin.accountId, terms), reckon(shop.admin.accountId, terms)]
  await expect(reckon(shop.admin.accountId, terms)).rejects.toMatchObject({ code: 'OVERLOADED' })
  go()
  expect((await Promise.all(two)).map(({ orders }) => orders)).toEqual([3, 3])
  await expect(reckon(shop.admin.accountId, terms)).resolves.toMatchObject({ orders: 3 })
})

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { createStripeHands } from '../../../connectors/stripe/hands/index.ts'
import { stripe } from '../../../connectors/stripe/index.ts'
import { type StripeDouble, startStripeDouble } from '../../../src/doubles/stripe/index.ts'
import type { Hands, OrderPage, OrderQuery, Site } from '../../../src/ports/hands.ts'
import type { ConnectorRule } from '../../../src/ports/schema/values.ts'
import { tell } from '../../helpers/doubles.ts'
import { callsTo } from '../../helpers/platform-calls.ts'

const SITE: Site = {
  accountId: '01990000-0000-7000-8000-00000000000a',
  connectorId: '01990000-0000-7000-8000-000000000001',
  settings: {},
  webhookUrl: 'https://streaks.example/webhooks/stripe/1',
  webhookPath: '/webhooks/stripe/1',
  readsProducts: false,
  keptSecrets: 1,
  former: null,
}
const RULE: ConnectorRule = {
  streakId: '01990000-0000-7000-8000-000000000002',
  activityId: 'purchase',
  value: 'order_total',
  currency: 'EUR',
  minimumValue: null,
  identifyBy: 'email',
  guests: 'by_email',
  testOrders: 'count',
}
const HOUR_MS = 3_600_000

let double: StripeDouble
let hands: Hands

beforeEach(async () => {
  double = await startStripeDouble()
  await tell(double, 'POST /limits', { test: 10_000, endpoint: 10_000 })
  hands = createStripeHands({ calls: callsTo(double).calls, clock: { now: () => Date.now() } })
})
afterEach(() => double.stop())

const access = () => ({ apiKey: double.keys()[1]!.id })

interface Charge {
  readonly id: string
  readonly payment_intent: string
}
const pay = (given: object = {}): Promise<Charge> =>
  tell<Charge>(double, 'POST /charges', { email: 'ada@example.com', amount: 2_500, ...given })

interface Whole {
  readonly orders: OrderPage['orders'][number][]
  readonly pages: OrderPage[]
}

/** Page after page. */
async function read(query: Omit<OrderQuery, 'cursor'>): Promise<Whole> {
  const pages: OrderPage[] = []
  let cursor: string | null = null
  do {
    const told = await hands.readOrders!(SITE, access(), { ...query, cursor })
    if (told.outcome !== 'ok') throw new Error(JSON.stringify(told))
    pages.push(told.value)
    cursor = told.value.next
  } while (cursor !== null)
  return { orders: pages.flatMap(({ orders }) => orders), pages }
}

function translated({ bodies }: OrderPage['orders'][number]) {
  return bodies.map(({ topic, rawBody }) =>
    stripe.translate({
      rawBody,
      topic,
      receivedAt: Date.now(),
      rules: [RULE],
      purchaseSpace: 'space',
      settings: {},
      orderIdFrom: 'payment',
    }),
  )
}

const lately = () => ({ since: Date.now() - 24 * HOUR_MS, until: Date.now() + HOUR_MS })

describe('orders by their activity', () => {
  it('are charges, read as the webhook would have told them', async () => {
    const { payment_intent } = await pay()
    const { orders } = await read({ by: 'activity', ...lately() })
    expect(orders).toHaveLength(1)
    const [purchase, ...more] = translated(orders[0]!)
    expect(more).toEqual([])
    expect(purchase).toMatchObject({
      kind: 'translated',
      orderId: payment_intent,
      outcomes: [{ kind: 'log', activity: { externalId: 'email:ada@example.com', activityValue: '25' } }],
    })
  })

  it('bring their refunds and disputes along, by the ids that webhooks have', async () => {
    const { id, payment_intent } = await pay()
    const refund = await tell<{ id: string }>(double, `POST /charges/${id}/refund`, { amount: 500 })
    const dispute = await tell<{ id: string }>(double, `POST /charges/${id}/dispute`, { amount: 300 })
    await tell(double, `POST /disputes/${dispute.id}`, { status: 'lost' })
    const { orders } = await read({ by: 'activity', ...lately() })
    const reports = [
      { object: `stripe:refund:${refund.id}`, kind: 'refund', state: 'taken', amount: '5', currency: 'EUR' },
      {
        object: `stripe:dispute:${dispute.id}`,
        kind: 'dispute',
        state: 'taken',
        amount: '3',
        currency: 'EUR',
      },
    ]
    const [purchase, after] = translated(orders[0]!)
    expect(purchase).toMatchObject({ kind: 'translated', reports })
    expect(after).toMatchObject({ kind: 'reported', orderKey: payment_intent, reports })
  })

  it('that were refunded whole are no purchases; what became of them is told for those that counted before', async () => {
    const { id, payment_intent } = await pay()
    await tell(double, `POST /charges/${id}/refund`)
    const { orders } = await read({ by: 'activity', ...lately() })
    expect(translated(orders[0]!)).toMatchObject([
      { kind: 'ignored', reason: 'NOT_PAID', orderId: payment_intent },
      { kind: 'reported', orderKey: payment_intent, reports: [{ state: 'taken', amount: '25' }] },
    ])
  })

  it('with more refunds than come with a charge have all of them', async () => {
    const { id } = await pay({ amount: 5_000 })
    for (let nth = 0; nth < 13; nth += 1) await tell(double, `POST /charges/${id}/refund`, { amount: 100 })
    const { orders } = await read({ by: 'activity', ...lately() })
    const [purchase] = translated(orders[0]!)
    expect(purchase).toMatchObject({ kind: 'translated' })
    expect(purchase?.kind === 'translated' && purchase.reports).toHaveLength(13)
  })

  it('come once each, in windows: everything before readUpTo is in, whichever second it fell into', async () => {
    const start = Date.parse('2026-06-01T00:00:00Z')
    const seconds: number[] = []
    // a crowded minute, a second of more than a page, and a long quiet time
    for (let nth = 0; nth < 150; nth += 1) seconds.push(nth % 60)
    for (let nth = 0; nth < 120; nth += 1) seconds.push(3_600)
    for (let nth = 0; nth < 5; nth += 1) seconds.push(40 * 86_400 + nth * 86_400)
    for (const second of seconds)
      await pay({ created: new Date(start + second * 1_000).toISOString(), tell: false })
    const until = start + 60 * 86_400_000
    const { orders, pages } = await read({ by: 'activity', since: start, until })
    expect(orders).toHaveLength(seconds.length)
    expect(new Set(orders.map(({ bodies }) => String(bodies[0]!.rawBody))).size).toBe(seconds.length)
    let upTo = 0
    for (const [index, page] of pages.entries()) {
      expect(page.readUpTo).toBeGreaterThanOrEqual(upTo)
      upTo = page.readUpTo
      const later = pages.slice(index + 1).flatMap(({ orders }) => orders)
      expect(later.filter(({ activityAt }) => activityAt < upTo)).toEqual([])
    }
    expect(upTo).toBe(until)
    // most of them are the search for windows that are narrow enough
    expect(pages.length).toBeLessThan(80)
  })

  it('from `since` on and before `until`, and no others', async () => {
    const at = (text: string) => pay({ created: text, tell: false })
    await at('2026-06-01T11:59:59Z')
    await at('2026-06-01T12:00:00Z')
    await at('2026-06-01T12:59:59Z')
    await at('2026-06-01T13:00:00Z')
    const range = (since: string, until: string) =>
      read({ by: 'activity', since: Date.parse(since), until: Date.parse(until) })
    expect((await range('2026-06-01T12:00:00Z', '2026-06-01T13:00:00Z')).orders).toHaveLength(2)
    expect((await range('2026-06-01T12:00:00.500Z', '2026-06-01T13:00:00.500Z')).orders).toHaveLength(2)
  })
})

describe('orders by their change', () => {
  it('are what events tell: purchases, and what became of older ones', async () => {
    const old = await pay()
    await tell(double, 'POST /clock', { advanceSeconds: 7_200 })
    hands = createStripeHands({
      calls: callsTo(double).calls,
      clock: { now: () => Date.now() + 2 * HOUR_MS },
    })
    const since = Date.now() + HOUR_MS
    const until = Date.now() + 3 * HOUR_MS
    await tell(double, `POST /charges/${old.id}/refund`, { amount: 500 })
    const fresh = await pay()
    await tell(double, 'POST /charges', { status: 'failed' })
    const { orders } = await read({ by: 'change', since, until })
    const all = orders.flatMap(translated)
    expect(
      all
        .filter(({ kind }) => kind === 'translated')
        .map(({ orderId }) => orderId)
        .sort(),
    ).toEqual([fresh.payment_intent, old.payment_intent].sort())
    expect(all).toContainEqual(expect.objectContaining({ kind: 'reported', orderKey: old.payment_intent }))
  })

  // TRAP: events are kept for 30 days
  it('of before the last 30 days are the charges that were made then', async () => {
    const now = Date.now()
    await pay({ created: new Date(now - 50 * 24 * HOUR_MS).toISOString(), tell: false })
    await pay()
    const { orders } = await read({ by: 'change', since: now - 60 * 24 * HOUR_MS, until: now + HOUR_MS })
    expect(orders.flatMap(translated).map(({ kind }) => kind)).toEqual(['translated', 'translated'])
  })
})

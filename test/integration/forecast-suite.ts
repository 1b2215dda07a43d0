import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { change } from '../../src/ports/changes.ts'
import { type CollectionName, SCHEMA } from '../../src/ports/schema.ts'
import type { Store } from '../../src/ports/store.ts'
import { type Api, type Body, startApi } from '../helpers/api.ts'
import type { ShopifyOrderOptions } from '../helpers/payloads.ts'
import { openReplayShop, type ReplayShop, workOff } from '../helpers/replay-shop.ts'
import { shopifyRefund } from '../helpers/report-payloads.ts'

const DAYS_ASKED = { since: '2026-11-01T00:00:00Z' }
const streak = { aggregationMethod: 'count', aggregationTargetValue: 1 }

/** What `POST /schema/streak/forecast` answers, on one kind of store. */
export function describeForecast(
  kind: string,
  open: () => Promise<{ store: Store; close(): Promise<unknown> }>,
): void {
  let opened: Awaited<ReturnType<typeof open>>
  let api: Api

  beforeAll(async () => {
    opened = await open()
    api = await startApi({ store: opened.store })
  })
  afterAll(async () => {
    await api.close()
    await opened.close()
  })

  let shops = 0
  const openShop = () => openReplayShop(api, `shop ${shops++}`)
  const ask = (shop: ReplayShop, body: object = {}) =>
    shop.admin.post('/schema/streak/forecast', {
      streak,
      milestones: [],
      rules: [{ connectorId: shop.connector.id }],
      ...DAYS_ASKED,
      ...body,
    })
  async function forecast(shop: ReplayShop, body: object = {}): Promise<Body> {
    const answer = await ask(shop, body)
    if (answer.status !== 200) throw new Error(answer.text)
    return answer.body.data
  }
  let ids = 5001
  const on = (day: number, fields: ShopifyOrderOptions = {}): ShopifyOrderOptions => ({
    id: ids++,
    processedAt: `2026-11-${String(day).padStart(2, '0')}T10:00:00Z`,
    ...fields,
  })

  describe(`a forecast (${kind})`, () => {
    it('says in numbers what would have happened', async () => {
      const shop = await openShop()
      for (const day of [18, 19, 20, 22]) await shop.deliver(on(day, { customerId: 1 }))
      for (const day of [19, 20, 21]) await shop.deliver(on(day, { customerId: 2, totalPrice: '57.50' }))
      await shop.deliver(on(21, { customerId: 3, test: true }))
      const milestones = [
        { milestoneTargetValue: 3, reward: { discount: { percentage: 10 } } },
        { milestoneTargetValue: 2, reward: { discount: { amount: 5, currency: 'EUR' } } },
        { milestoneTargetValue: 4 },
      ]
      const data = await forecast(shop, { since: '2026-11-18T00:00:00Z', milestones })
      expect(data).toMatchObject({ orders: 7, members: 2, periods: 7, longest: 3, atRiskNow: 1 })
      // (4 × 42.50 + 3 × 57.50) / 7 = 48.928…; twice 10 % of it
      expect(data.rewards).toEqual([
        { milestone: 0, count: 2, members: 2, amount: { value: 9.79, currency: 'USD', estimated: true } },
        { milestone: 1, count: 2, members: 2, amount: { value: 10, currency: 'EUR', estimated: false } },
        { milestone: 2, count: 0, members: 0, amount: null },
      ])
      expect(
        data.byPeriod.map(({ key, orders, members, completed, rewards }: Body) => [
          key,
          orders,
          members,
          completed,
          rewards,
        ]),
      ).toEqual([
        ['2026-11-18', 1, 1, 1, 0],
        ['2026-11-19', 2, 2, 2, 1],
        ['2026-11-20', 2, 2, 2, 2],
        ['2026-11-21', 1, 1, 1, 1],
        ['2026-11-22', 1, 1, 1, 0],
      ])
      expect(data.byPeriod[0]).toMatchObject({
        startsAt: '2026-11-18T00:00:00.000Z',
        endsAt: '2026-11-19T00:00:00.000Z',
      })
      expect(data.complete).toBe(false)
      expect(data.incomplete).toEqual([
        { connectorId: shop.connector.id, code: 'NOT_INSTALLED', message: expect.any(String) },
      ])
    })

    it('stores nothing', async () => {
      const shop = await openShop()
      await shop.deliver(on(20))
      const counts = async () =>
        Promise.all(
          (Object.keys(SCHEMA) as CollectionName[]).map((each) => api.store.count(each, { and: [] }, 1000)),
        )
      const before = await counts()
      await forecast(shop, { milestones: [{ milestoneTargetValue: 1 }] })
      expect(await counts()).toEqual(before)
    })

    it('takes each purchase once, in its span, as it stands now', async () => {
      const shop = await openShop()
      const first = on(20, { customerId: 1 })
      await shop.deliver(first)
      await shop.deliver({ ...first, updatedAt: '2026-11-21T10:00:05-05:00' })
      const back = on(19, { customerId: 1 })
      await shop.deliver(back)
      await shop.deliverBody(shopifyRefund({ orderId: back.id!, id: back.id! }), 'refunds/create')
      await shop.deliver(on(21, { customerId: null, email: null }))
      await shop.deliver(on(17, { customerId: 4 }))
      await shop.deliver(on(22, { customerId: 5, processedAt: '2026-11-22T00:00:00Z' }))
      const span = { since: '2026-11-18T00:00:00Z', until: '2026-11-22T00:00:00Z' }
      expect(await forecast(shop, span)).toMatchObject({ orders: 1, members: 1, periods: 1 })
      const keys = (await forecast(shop, span)).byPeriod.map(({ key }: Body) => key)
      expect(keys).toEqual(['2026-11-18', '2026-11-19', '2026-11-20', '2026-11-21', '2026-11-22'])
    })

    it('takes partial refunds from sums, and knows no percentage of several currencies', async () => {
      const shop = await openShop()
      const one = on(20, { customerId: 1, totalPrice: '50.00' })
      await shop.deliver(one)
      const sum = { aggregationMethod: 'sum', aggregationTargetValue: 50 }
      const rules = [{ connectorId: shop.connector.id, value: 'order_total', currency: 'USD' }]
      expect(await forecast(shop, { streak: sum, rules })).toMatchObject({ orders: 1, periods: 1 })
      await shop.deliverBody(
        shopifyRefund({ orderId: one.id!, id: one.id!, transactions: [{ amount: '10.00' }] }),
        'refunds/create',
      )
      expect(await forecast(shop, { streak: sum, rules })).toMatchObject({ orders: 1, periods: 0 })
      await shop.deliver(on(21, { customerId: 1, currency: 'EUR' }))
      const milestones = [{ milestoneTargetValue: 1, reward: { discount: { percentage: 10 } } }]
      expect((await forecast(shop, { milestones })).rewards[0]).toMatchObject({ count: 1, amount: null })
      const none = { until: '2026-11-02T00:00:00Z', milestones }
      expect((await forecast(shop, none)).rewards[0]).toMatchObject({ count: 0, amount: null })
    })

    it('says where bodies are gone', async () => {
      const shop = await openShop()
      const id = await shop.deliver(on(20))
      const [row] = await api.store.findByKeys('delivery', ['id'], [[id]])
      await api.store.commit([change('delivery', row!, {}, { body: null, bodyKeptSince: null })])
      const data = await forecast(shop)
      expect(data).toMatchObject({ orders: 0, complete: false })
      expect(data.incomplete.map(({ code }: Body) => code)).toContain('BODIES_GONE')
    })

    it('is complete where the connector was there all the time', async () => {
      const shop = await openShop()
      const data = await forecast(shop, { since: '2026-11-22T12:00:00Z', until: '2026-11-23T00:00:00Z' })
      expect(data).toMatchObject({ orders: 0, longest: 0, complete: true, incomplete: [] })
    })

    it('refuses what no streak, milestone or rule could be, with its place', async () => {
      const shop = await openShop()
      const connectorId = shop.connector.id
      for (const [body, path] of [
        [{ rules: [{ connectorId: randomUUID() }] }, 'rules.0.connectorId'],
        [{ rules: [] }, 'rules'],
        [{ rules: [{ connectorId, value: 'order_total' }] }, 'rules.0.currency'],
        [{ streak: { ...streak, aggregationTargetValue: 1.5 } }, 'streak.aggregationTargetValue'],
        [{ milestones: [{ milestoneTargetValue: 1.5 }] }, 'milestones.0.milestoneTargetValue'],
        [
          { milestones: [{ milestoneTargetValue: 1, linkedSchemaRecordId: connectorId }] },
          'milestones.0.linkedSchemaRecordId',
        ],
        [{ since: '2026-11-23T00:00:00Z' }, 'since'],
        [{ since: '1990-01-01T00:00:00Z' }, 'since'],
        [{ since: undefined }, 'since'],
      ] as const) {
        const answer = await ask(shop, body)
        expect([path, answer.status, answer.body.error?.details[0]?.path]).toEqual([path, 400, path])
      }
      const other = await openShop()
      expect((await ask(shop, { rules: [{ connectorId: other.connector.id }] })).status).toBe(400)
    })

    it('is what the engine really grants when these orders are sent', async () => {
      const order = fc.record({
        day: fc.integer({ min: 8, max: 20 }),
        customer: fc.integer({ min: 1, max: 3 }),
        amount: fc.constantFrom('10.00', '25.00', '60.00'),
        test: fc.boolean(),
      })
      const kinds = fc.record({
        isSum: fc.boolean(),
        target: fc.constantFrom(1, 2, 30),
        cycle: fc.constantFrom(null, 3),
        milestones: fc.array(
          fc.record({
            milestoneTargetValue: fc.constantFrom(1, 2, 3),
            milestoneRepeat: fc.constantFrom('once', 'every_streak'),
          }),
          { maxLength: 3 },
        ),
      })
      await fc.assert(
        fc.asyncProperty(fc.array(order, { maxLength: 25 }), kinds, async (orders, given) => {
          const shop = await openShop()
          const body = {
            aggregationMethod: given.isSum ? 'sum' : 'count',
            aggregationTargetValue: given.target,
            completionTargetValue: given.cycle,
          }
          const rule = given.isSum ? { value: 'order_total', currency: 'USD' } : {}
          const live = await shop.admin.create('streak', { name: 'real', status: 'live', ...body })
          const milestones: Body[] = []
          for (const [place, each] of given.milestones.entries()) {
            const link = { linkedSchemaRecordId: live.id, name: `milestone ${place}`, status: 'live' }
            milestones.push(await shop.admin.create('milestone', { ...link, ...each }))
          }
          await shop.patchConnector({ rules: [{ streakId: live.id, ...rule }] })
          for (const { day, customer, amount, test } of orders) {
            await shop.deliver(
              on(day, { customerId: customer, totalPrice: amount, test: test && day % 3 === 0 }),
            )
            await workOff(api)
          }
          const data = await forecast(shop, {
            streak: body,
            milestones: given.milestones,
            rules: [{ connectorId: shop.connector.id, ...rule }],
          })
          const all = async (slug: string): Promise<Body[]> =>
            (await shop.admin.list(slug, { limit: 1000 })).body.data
          const rewards = await all('reward_log')
          expect(data.rewards.map(({ count }: Body) => count)).toEqual(
            milestones.map(({ id }) => rewards.filter(({ milestoneId }) => milestoneId === id).length),
          )
          const progress = await all('streak_progress')
          const done = progress.filter(({ streakProgressStatus }) => streakProgressStatus === 'completed')
          expect(data.periods).toBe(done.length)
          const members = await all('member_streak')
          expect(data.members).toBe(members.length)
          expect(data.longest).toBe(Math.max(0, ...members.map((each) => each.longestConsecutiveCount)))
          expect(data.atRiskNow).toBe(members.filter((each) => each.streakStatus === 'at_risk').length)
          expect(data.orders).toBe((await shop.logs()).length)
          for (const { key, completed, rewards: here } of data.byPeriod) {
            expect(completed).toBe(done.filter(({ periodKey }) => periodKey === key).length)
            expect(here).toBe(rewards.filter(({ periodKey }) => periodKey === key).length)
          }
        }),
        { numRuns: kind === 'SQLite' ? 25 : 5, interruptAfterTimeLimit: 60_000 },
      )
    })
  })
}

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type CollectionName, SCHEMA } from '../../src/ports/schema.ts'
import type { Store } from '../../src/ports/store.ts'
import { type Api, type Body, startApi } from '../helpers/api.ts'
import { rawNumber, shopifyOrder, stripeChargeEvent } from '../helpers/payloads.ts'
import { openReplayShop, type ReplayShop, workOff } from '../helpers/replay-shop.ts'
import { shopifyCancelledOrder, shopifyRefund, shopifyTransaction } from '../helpers/report-payloads.ts'

const LONG_AGO = '2026-01-01T10:00:00Z'

/** What `POST /schema/connector/record/{id}/test` shows, on one kind of store. */
export function describeTryBody(
  kind: string,
  open: () => Promise<{ store: Store; close(): Promise<unknown> }>,
): void {
  let opened: Awaited<ReturnType<typeof open>>
  let api: Api
  let shop: ReplayShop

  beforeAll(async () => {
    opened = await open()
    api = await startApi({ store: opened.store })
    shop = await openReplayShop(api, 'shop')
  })
  afterAll(async () => {
    await api.close()
    await opened.close()
  })

  const path = (connector: Body = shop.connector) => `/schema/connector/record/${connector.id}/test`
  async function tried(body: object, connector?: Body): Promise<Body> {
    const answer = await shop.admin.post(path(connector), body)
    if (answer.status !== 200) throw new Error(answer.text)
    return answer.body.data
  }
  /** In short: `counted`, `ignored BELOW_MINIMUM`. */
  const shortly = ({ items }: Body): string[] =>
    items.map(({ status, reason }: Body) => (reason === null ? status : `${status} ${reason}`))
  const order = (fields: Parameters<typeof shopifyOrder>[0] = {}) => ({ payload: shopifyOrder(fields) })

  async function everything(): Promise<string> {
    const rows = Object.keys(SCHEMA).map((name) =>
      opened.store.find(name as CollectionName, { limit: 10_000 }),
    )
    return JSON.stringify(await Promise.all(rows), (_key, value) =>
      typeof value === 'bigint' ? `${value}` : value,
    )
  }

  describe(`what a body would become, on ${kind}`, () => {
    it('is what a delivery of it shows, with the log that it would make, and nothing is stored', async () => {
      const before = await everything()
      expect(await tried(order({ id: 100 }))).toEqual({
        topic: 'orders/paid',
        outcome: 'translated',
        reason: null,
        orderId: '100',
        orderName: '#1001',
        items: [
          {
            ruleIndex: 0,
            streakId: shop.streak.id,
            status: 'counted',
            reason: null,
            message: null,
            streakLogId: null,
            quiet: false,
            duplicateOfId: null,
            droppedFields: [],
            report: null,
            log: {
              externalId: 'shopify:7001',
              uniqueIdentifier: '100',
              activityId: 'made_a_purchase',
              activityAt: '2026-11-20T15:00:00.000Z',
              activityValue: null,
            },
          },
        ],
      })
      expect(await everything()).toBe(before)
    })

    it('is told rule by rule, by the rules of now', async () => {
      const [late, vip] = [await shop.anotherStreak(), await shop.anotherStreak()]
      const rules = [
        { streakId: shop.streak.id, value: 'order_total', currency: 'USD', minimumValue: 50 },
        { streakId: shop.streak.id },
        { streakId: shop.streak.id, value: 'item_count' },
        { streakId: vip.id, tags: ['vip'] },
        { streakId: late.id, rewardWithinDays: 30 },
      ]
      await shop.patchConnector({ rules })
      const seen = await tried(order({ id: 101, processedAt: LONG_AGO, order: { tags: '' } }))
      expect(shortly(seen)).toEqual([
        'ignored BELOW_MINIMUM',
        'counted',
        'ignored EARLIER_RULE_COUNTS',
        'ignored TAG_MISSING',
        'counted',
      ])
      expect(seen.items.map(({ quiet }: Body) => quiet)).toEqual([null, true, null, null, true])
      expect(seen.items.map(({ log }: Body) => log !== null)).toEqual([false, true, false, false, true])
      await shop.patchConnector({ rules: [{ streakId: shop.streak.id }] })
    })

    it('is a duplicate where the order has counted, and says by how much the totals differ', async () => {
      const deliveryId = await shop.deliver({ id: 102 })
      expect(shortly(await tried(order({ id: 102 })))).toEqual(['counted'])
      await workOff(api)
      const [counted] = (await shop.shown(deliveryId)).items
      const [item] = (await tried(order({ id: 102, totalPrice: '45.00' }))).items
      expect(item).toMatchObject({ status: 'duplicate', reason: 'DUPLICATE', quiet: null, log: null })
      expect(item.duplicateOfId).toBe(counted.streakLogId)
      expect(item.message).toContain('2.5 USD more')
    })

    it('is a duplicate where the API was told of the same order', async () => {
      await shop.admin.create('streak_log', {
        streakId: shop.streak.id,
        ownedBy: { externalId: 'shopify:7001' },
        activityId: 'made_a_purchase',
        activityAt: '2026-11-22T10:00:00Z',
        uniqueIdentifier: '103',
      })
      expect(shortly(await tried(order({ id: 103 })))).toEqual(['duplicate DUPLICATE'])
    })

    it('knows of a streak that is not live', async () => {
      const draft = await shop.anotherStreak('draft')
      await shop.patchConnector({ rules: [{ streakId: draft.id }] })
      expect(shortly(await tried(order({ id: 104 })))).toEqual(['ignored STREAK_NOT_LIVE'])
      await shop.patchConnector({ rules: [{ streakId: shop.streak.id }] })
    })

    it('is told for a connector that is not live yet as if it were', async () => {
      await shop.patchConnector({ status: 'draft' })
      expect(shortly(await tried(order({ id: 105 })))).toEqual(['counted'])
      await shop.patchConnector({ status: 'live' })
    })

    it('goes by the time of the test', async () => {
      expect(shortly(await tried(order({ id: 106, processedAt: '2026-11-22T12:06:00Z' })))).toEqual([
        'failed IN_FUTURE',
      ])
    })

    it('of a report is waiting until its order counted, and applied from then on', async () => {
      const refund = { payload: shopifyRefund({ id: 8107, orderId: 107 }) }
      const early = await tried(refund)
      expect(early).toMatchObject({ topic: 'refunds/create', outcome: 'reported', orderId: '107' })
      expect(early.items).toMatchObject([
        { ruleIndex: null, status: 'waiting', log: null, report: { object: 'shopify:refund:8107' } },
      ])
      await shop.deliver({ id: 107 })
      expect(shortly(await tried(refund))).toEqual(['waiting'])
      await workOff(api)
      expect(shortly(await tried(refund))).toEqual(['applied'])
      const transactions = [{ currency: 'GBP' }]
      const foreign = { payload: shopifyRefund({ id: 8108, orderId: 107, transactions }) }
      expect(shortly(await tried(foreign))).toEqual(['ignored CURRENCY_MISMATCH'])
      const unknown = { payload: shopifyTransaction({ id: 8299, orderId: 107 }) }
      expect(shortly(await tried(unknown))).toEqual(['waiting'])
      expect((await shop.admin.list('withdrawal')).body.data).toEqual([])
      // told once more, which may count elsewhere: reports wait for it
      await shop.deliver({ id: 107, totalPrice: '43.00' })
      expect(shortly(await tried(refund))).toEqual(['waiting'])
      await workOff(api)
    })

    it('of a purchase that lists a refund is both', async () => {
      const refunds = [JSON.parse(shopifyRefund({ id: 8110, orderId: 110 }))]
      const seen = await tried(order({ id: 110, financialStatus: 'partially_refunded', order: { refunds } }))
      expect(shortly(seen)).toEqual(['counted', 'applied'])
    })

    it('of a body that is no purchase is why', async () => {
      const seen = await tried({ topic: 'orders/paid', payload: shopifyCancelledOrder({ id: 108 }) })
      expect(seen).toMatchObject({ outcome: 'ignored', reason: 'CANCELLED', orderId: '108', items: [] })
      const other = await tried({ topic: 'products/update', payload: '{}' })
      expect(other).toMatchObject({ outcome: 'ignored', reason: 'TOPIC_NOT_SUPPORTED', orderId: null })
      const broken = await tried({ payload: 'not json' })
      expect(broken).toMatchObject({ topic: 'orders/paid', reason: 'BODY_NOT_UNDERSTOOD' })
    })

    it('is the same for an object as for its text, digit by digit', async () => {
      // its order is named by a number alone
      const text = shopifyRefund({ orderId: '820982911946154508', refund: { odd: rawNumber('1e3') } })
      const { headers } = shop.admin
      const answer = await api.send(path(), {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: `{"payload": ${text}}`,
      })
      expect(answer.body.data).toEqual(await tried({ payload: text }))
      expect(answer.body.data).toMatchObject({
        orderId: '820982911946154508',
        items: [{ status: 'waiting' }],
      })
    })

    it('takes the topic of a Stripe event from the event', async () => {
      const connector = await shop.admin.create('connector', {
        name: 'payments',
        platform: 'stripe',
        credentials: { webhookSecrets: ['whsec_0123456789abcdef'] },
        rules: [{ streakId: shop.streak.id, value: 'order_total', currency: 'USD' }],
      })
      const payload = stripeChargeEvent({ type: 'charge.captured' })
      const seen = await tried({ payload }, connector)
      expect(seen).toMatchObject({
        topic: 'charge.captured',
        orderId: 'pi_5001',
        items: [{ status: 'counted' }],
      })
      expect(seen.items[0].log.activityValue).toBe(42.5)
      expect(await tried({ topic: 'charge.succeeded', payload }, connector)).toMatchObject({
        outcome: 'ignored',
        reason: 'BODY_NOT_UNDERSTOOD',
      })
    })

    it('is refused where there is nothing to test', async () => {
      for (const [body, at] of [
        [{}, 'payload'],
        [{ payload: null }, 'payload'],
        [{ payload: 5 }, 'payload'],
        [{ payload: [] }, 'payload'],
        [{ payload: '{}', topic: '' }, 'topic'],
        [{ payload: '{}', topic: 5 }, 'topic'],
        [{ payload: '{}', signature: 'x' }, 'signature'],
      ] as const) {
        const answer = await shop.admin.post(path(), body)
        expect([body, answer.status, answer.body.error.details[0].path]).toEqual([body, 400, at])
      }
      const nowhere = { ...shop.connector, id: '0199f0c0-0000-7000-8000-000000000000' }
      expect((await shop.admin.post(path(nowhere), { payload: '{}' })).status).toBe(404)
      const other = await api.account(`stranger ${kind}`)
      expect((await other.post(path(), { payload: '{}' })).status).toBe(404)
    })

    it('may be as large as a webhook', async () => {
      const blank = ' '.repeat(7 * 1024 * 1024)
      expect(shortly(await tried({ payload: `${shopifyOrder({ id: 109 })}${blank}` }))).toEqual(['counted'])
      const answer = await shop.admin.post(path(), { payload: ' '.repeat(8 * 1024 * 1024) })
      expect([answer.status, answer.body.error.code]).toEqual([413, 'BODY_TOO_LARGE'])
      expect(answer.body.error.message).toContain('8 MiB')
    })
  })
}

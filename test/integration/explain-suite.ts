import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { v7 as newId } from 'uuid'
import type { Store } from '../../src/ports/store.ts'
import { createPrune } from '../../workers/upkeep/prune.ts'
import { type Api, type Body, NOW, startApi } from '../helpers/api.ts'
import { type ExplainShop, openExplainShop } from '../helpers/explain-shop.ts'
import { shopifyOrder, stripeChargeEvent } from '../helpers/payloads.ts'
import { quietLogger } from '../helpers/quiet-logger.ts'
import { shopifyCancelledOrder, shopifyRefund, stripeRefundEvent } from '../helpers/report-payloads.ts'
import { until } from '../helpers/until.ts'
import { withoutIds } from '../helpers/without-ids.ts'

const ORDER = { currency: 'EUR', totalPrice: '60.00' } as const
const BY_ID = { orderId: '5001' } as const

/** Why an order counted or not, on any store, over HTTP. */
export function describeExplain(name: string, open: () => Promise<{ store: Store; close(): Promise<void> }>) {
  describe(`explaining orders on ${name}`, () => {
    let api: Api
    let shop: ExplainShop
    let closeStore: () => Promise<void>

    beforeAll(async () => {
      const { store, close } = await open()
      closeStore = close
      api = await startApi({ store })
    })
    afterAll(async () => {
      await api.close()
      await closeStore()
    })
    beforeEach(async () => {
      shop = await openExplainShop(api, `shop ${newId()}`)
    })

    const of = async (
      streakName: string,
      parameters: Readonly<Record<string, string>> = BY_ID,
    ): Promise<Body> =>
      (await shop.explained(parameters)).streaks.find((streak: Body) => streak.streakName === streakName)
    const rulesOf = (...rules: object[]) => shop.patch(shop.shopify, { rules })

    it('says of an order that counted when it was, whose it is, and what became of it', async () => {
      const delivery = await shop.told('orders/paid', shopifyOrder(ORDER))
      const explained = await shop.explained(BY_ID)
      expect(explained).toMatchObject({
        order: {
          connectorId: shop.shopify.id,
          orderId: '5001',
          orderName: '#1001',
          activityAt: '2026-11-20T15:00:00.000Z',
          total: 60,
          currency: 'EUR',
          externalIds: ['shopify:7001'],
        },
        deliveries: [delivery.id],
        message: null,
      })
      expect(explained).not.toHaveProperty('others')
      expect(explained.streaks.map(({ streakName }: Body) => streakName)).toEqual(['days', 'money'])
      const [days, money] = explained.streaks
      expect(days).toMatchObject({
        streakId: shop.days.id,
        verdict: 'counted',
        because: null,
        message: expect.stringContaining('It counts for 2026-11-20.'),
        period: {
          key: '2026-11-20',
          startsAt: '2026-11-19T23:00:00.000Z',
          endsAt: '2026-11-20T23:00:00.000Z',
          localTime: '2026-11-20T16:00:00+01:00',
          timezone: 'Europe/Berlin',
        },
        streakLogId: delivery.items[0].streakLogId,
        progress: { streakId: shop.days.id, periodKey: '2026-11-20', currentProgressValue: 1 },
        withdrawals: [],
        rewards: [],
        wouldCountIf: null,
      })
      // the day was over when it arrived
      expect(days.message).toMatch(/arrived after that day was over/)
      expect(days.rules).toMatchObject([{ ruleIndex: 0 }])
      expect(money.rules).toMatchObject([{ ruleIndex: 1 }])
      const checks = Object.fromEntries(money.rules[0].checks.map((each: Body) => [each.check, each]))
      expect(checks.CURRENCY_MISMATCH).toEqual({
        check: 'CURRENCY_MISMATCH',
        passed: true,
        value: 'EUR',
        limit: 'EUR',
      })
      expect(checks.VALUE_OUT_OF_RANGE).toMatchObject({ passed: true, value: 60, limit: 1_000_000_000 })
    })

    it('tells of every live streak and of no other', async () => {
      await shop.admin.create('streak', { name: 'a draft', aggregationTargetValue: 1 })
      await shop.told('orders/paid', shopifyOrder(ORDER))
      expect(Object.keys(await shop.verdicts(BY_ID))).toEqual(['days', 'money'])
    })

    it('names the reward that it earned', async () => {
      const pool = await shop.admin.create('coupon_provider', { name: newId(), provider: 'pool' })
      await shop.admin.create('milestone', {
        linkedSchemaRecordId: shop.days.id,
        name: 'first',
        status: 'live',
        milestoneTargetValue: 1,
        reward: { providerId: pool.id, discount: { percentage: 10 } },
      })
      await shop.told('orders/paid', shopifyOrder(ORDER))
      const { rewards, streakLogId } = await of('days')
      expect(rewards).toMatchObject([
        { streakLogId, milestone: { name: 'first' }, fulfilmentStatus: 'pending' },
      ])
      expect((await of('money')).rewards).toEqual([])
    })

    it('takes exactly one of the id and the name of an order', async () => {
      for (const parameters of [
        {},
        { orderId: '1', orderName: '#1' },
        { orderId: '' },
        { orderId: '1\0' },
        { orderName: '#1\0' },
        { orderId: '1', connectorId: 'x' },
      ]) {
        const { status, body } = await shop.asked(parameters)
        expect({ parameters, status, code: body.error.code }).toEqual({
          parameters,
          status: 400,
          code: 'INVALID_INPUT',
        })
      }
      expect((await shop.asked({ order: '5001' })).body.error.details[0].message).toMatch(
        /these are: orderId, orderName, connectorId/,
      )
      const wrongVerb = await shop.admin.post('/schema/delivery/explain', {})
      expect({ status: wrongVerb.status, allow: wrongVerb.headers.get('allow') }).toEqual({
        status: 405,
        allow: 'GET',
      })
    })

    it('finds an order by its name with or without the #, by the aliases of its payment, and in no other account', async () => {
      await shop.told('orders/paid', shopifyOrder(ORDER))
      for (const orderName of ['#1001', '1001']) {
        expect((await shop.explained({ orderName })).order).toMatchObject({ orderId: '5001' })
      }
      await shop.charged(stripeChargeEvent({ currency: 'eur' }))
      for (const orderId of ['pi_5001', 'ch_5001']) {
        expect((await shop.explained({ orderId })).order).toMatchObject({ orderId: 'pi_5001' })
      }
      const stranger = await openExplainShop(api, `stranger ${newId()}`)
      expect((await stranger.explained(BY_ID)).order).toBeNull()
    })

    it('explains the order that was received last, and names the others that fit', async () => {
      await shop.told('orders/paid', shopifyOrder({ ...ORDER, id: 1 }))
      await shop.told('orders/paid', shopifyOrder({ ...ORDER, id: 2 }))
      api.clock.set('2026-11-22T12:00:01.000Z')
      await shop.charged(stripeChargeEvent({ currency: 'eur', orderId: '1001' }))
      const explained = await shop.explained({ orderName: '1001' })
      expect(explained.order).toMatchObject({ orderId: 'pi_5001', connectorId: shop.stripe.id })
      expect(explained.others).toEqual([
        { connectorId: shop.shopify.id, orderId: '2', orderName: '#1001' },
        { connectorId: shop.shopify.id, orderId: '1', orderName: '#1001' },
      ])
      const atShopify = await shop.explained({ orderName: '1001', connectorId: shop.shopify.id })
      expect(atShopify.order).toMatchObject({ orderId: '2' })
      expect(atShopify.others).toHaveLength(1)
      api.clock.set(NOW)
    })

    it('says of an order below the minimum by how much, and what would have counted', async () => {
      await rulesOf({ streakId: shop.days.id, currency: 'EUR', minimumValue: 75.5 })
      await shop.told('orders/paid', shopifyOrder(ORDER))
      expect(await of('days')).toMatchObject({
        verdict: 'not_counted',
        because: 'BELOW_MINIMUM',
        message: 'The order came to 60 EUR, below the minimum of 75.5 EUR.',
        wouldCountIf:
          'It would count if the minimum of the rule were 60 EUR or less, and its delivery were replayed then.',
        streakLogId: null,
        progress: null,
        period: { key: '2026-11-20' },
      })
      expect(await of('money')).toMatchObject({
        verdict: 'not_counted',
        because: 'NO_RULE_FOR_STREAK',
        rules: [],
        wouldCountIf: expect.stringContaining('a rule of “shopify shop” were for this streak'),
      })
    })

    it('keeps the verdict that was recorded when the rules change, and checks by those of now', async () => {
      await rulesOf({ streakId: shop.days.id, currency: 'EUR', minimumValue: 75 })
      await shop.told('orders/paid', shopifyOrder(ORDER))
      await rulesOf({ streakId: shop.days.id, currency: 'EUR', minimumValue: 50 })
      const explained = await of('days')
      expect(explained).toMatchObject({
        verdict: 'not_counted',
        because: 'BELOW_MINIMUM',
        message: 'The order was below the minimum of the rule.',
        wouldCountIf: 'It would count if its delivery were replayed now.',
      })
      expect(explained.rules[0].checks).toContainEqual({
        check: 'BELOW_MINIMUM',
        passed: true,
        value: 60,
        limit: 50,
      })
    })

    it.each([
      [
        { guests: 'ignore' },
        { customerId: null },
        'GUEST_IGNORED',
        'the rule counted guests by their e-mail address',
      ],
      [{}, { order: { test: true } }, 'TEST_ORDER', 'the rule counted test orders'],
      [{ currency: 'USD' }, {}, 'CURRENCY_MISMATCH', 'the rule counted EUR'],
      [{ identifyBy: 'email' }, { email: null }, 'NO_EMAIL', 'the rule went by customer accounts'],
      [{}, { email: null, customerId: null }, 'NO_EMAIL', null],
    ])('explains %j against %j', async (rule, order, because, condition) => {
      await rulesOf({ streakId: shop.days.id, ...rule })
      await shop.told('orders/paid', shopifyOrder({ ...ORDER, ...order }))
      const { verdict, wouldCountIf, ...explained } = await of('days')
      expect({ verdict, because: explained.because }).toEqual({ verdict: 'not_counted', because })
      if (condition === null) expect(wouldCountIf).toBeNull()
      else expect(wouldCountIf).toContain(condition)
      expect(explained.message).not.toMatch(/[A-Z]{2,}_/)
    })

    it('names the delivery’s reason where it was ignored as a whole', async () => {
      await shop.patch(shop.shopify, { status: 'paused' })
      await shop.told('orders/paid', shopifyOrder(ORDER))
      expect(await of('days')).toMatchObject({
        verdict: 'not_counted',
        because: 'CONNECTOR_NOT_LIVE',
        wouldCountIf: 'It would count if “shopify shop” were live, and its delivery were replayed then.',
        rules: [
          { ruleIndex: 0, checks: expect.arrayContaining([expect.objectContaining({ passed: true })]) },
        ],
        period: { key: '2026-11-20' },
      })
      await shop.patch(shop.shopify, { status: 'live' })
      for (const [id, order, because] of [
        [2, { financialStatus: 'pending' }, 'NOT_PAID'],
        [3, { cancelledAt: '2026-11-21T10:00:00Z' }, 'CANCELLED'],
      ] as const) {
        await shop.told('orders/paid', shopifyOrder({ ...ORDER, id, ...order }))
        const parameters = { orderId: String(id) }
        expect((await shop.explained(parameters)).order).toMatchObject({ total: 60, currency: 'EUR' })
        expect(await of('days', parameters)).toMatchObject({
          verdict: 'not_counted',
          because,
          wouldCountIf: because === 'NOT_PAID' ? 'It would count if it were paid.' : null,
        })
      }
      // an update that arrives later knows nothing of why
      await shop.told(
        'orders/updated',
        shopifyOrder({ ...ORDER, id: 2, totalPrice: '60.00', financialStatus: 'pending' }),
      )
      expect(await of('days', { orderId: '2' })).toMatchObject({ because: 'NOT_PAID' })
      await shop.told('orders/updated', shopifyOrder({ ...ORDER, id: 4 }))
      expect(await of('days', { orderId: '4' })).toMatchObject({ because: 'NOTHING_TO_REPORT' })
    })

    it('waits while the purchase is on its way, and while only its refund has come', async () => {
      await shop.told('orders/paid', shopifyOrder(ORDER), { leavesWork: true })
      expect(await of('days')).toMatchObject({
        verdict: 'waiting',
        because: null,
        message: 'It has arrived and is about to be counted.',
        wouldCountIf: null,
      })
      await shop.told('refunds/create', shopifyRefund({ orderId: 6001, id: 8101 }))
      const explained = await shop.explained({ orderId: '6001' })
      expect(explained.order).toMatchObject({ orderId: '6001', activityAt: null, total: null })
      expect(explained.streaks).toMatchObject([{ streakName: 'days' }, { streakName: 'money' }])
      expect(await of('days', { orderId: '6001' })).toMatchObject({
        verdict: 'waiting',
        because: null,
        period: null,
        progress: null,
        message: expect.stringContaining('not the purchase'),
      })
    })

    it('tells what was taken back, by whom, and what is left', async () => {
      await shop.told('orders/paid', shopifyOrder(ORDER))
      await shop.told(
        'refunds/create',
        shopifyRefund({ transactions: [{ amount: '20.00', currency: 'EUR' }] }),
      )
      expect(await of('money')).toMatchObject({
        verdict: 'counted',
        because: null,
        message: expect.stringContaining('Of 60 EUR it still counts 40 EUR'),
        withdrawals: [{ value: 20, uniqueIdentifier: 'shopify:refund:8001' }],
      })
      await shop.told('orders/cancelled', shopifyCancelledOrder(ORDER))
      for (const streak of ['days', 'money']) {
        expect(await of(streak)).toMatchObject({
          verdict: 'taken_back',
          because: 'CANCELLED',
          wouldCountIf: null,
        })
      }
      await shop.told('orders/paid', shopifyOrder({ ...ORDER, id: 5002 }))
      const { streakLogId } = await of('days', { orderId: '5002' })
      await shop.admin.post(`/schema/streak_log/record/${streakLogId}/withdrawal`, {
        reason: 'brought back to the till',
        uniqueIdentifier: 'till 1',
      })
      expect(await of('days', { orderId: '5002' })).toMatchObject({
        verdict: 'taken_back',
        because: 'WITHDRAWN',
        message: 'It counted, and was taken back by hand: “brought back to the till”.',
        wouldCountIf: 'It would count if what took it back were undone.',
      })
    })

    it('repeats by how much a later report of a purchase differs, which counts once', async () => {
      await shop.told('orders/paid', shopifyOrder(ORDER))
      await shop.told('orders/paid', shopifyOrder({ ...ORDER, totalPrice: '75.00' }))
      const explained = await of('money')
      expect(explained).toMatchObject({ verdict: 'counted', because: null })
      expect(explained.message).toContain('this report says 75 EUR: 15 EUR more')
      expect((await shop.explained(BY_ID)).order.total).toBe(60)
    })

    it('calls an order a duplicate that counted as something else', async () => {
      await shop.told('orders/paid', shopifyOrder(ORDER))
      const { streakLogId } = await of('days')
      await shop.patch(shop.stripe, { settings: { orderIdFrom: 'metadata.order_id' } })
      await shop.charged(stripeChargeEvent({ currency: 'eur', orderId: '5001', customer: 'cus_1' }))
      // another shop of its own: both count
      const atStripe = await shop.explained({ orderId: '5001', connectorId: shop.stripe.id })
      expect(atStripe.streaks[0]).toMatchObject({ verdict: 'counted', because: null })
      expect(atStripe.deliveries).toHaveLength(1)
      expect((await shop.explained(BY_ID)).others).toMatchObject([{ connectorId: shop.shopify.id }])
      const member = (await shop.admin.get(`/schema/streak_log/record/${streakLogId}`)).body.data.ownedById
      const entered = await shop.admin.create('streak_log', {
        streakId: shop.days.id,
        ownedById: member,
        activityAt: '2026-11-20T12:00:00Z',
        activityId: 'entered',
        uniqueIdentifier: '7777',
      })
      await shop.told('orders/paid', shopifyOrder({ ...ORDER, id: 7777 }))
      expect(await of('days', { orderId: '7777' })).toMatchObject({
        verdict: 'counted',
        because: 'DUPLICATE',
        streakLogId: entered.id,
        message: expect.stringContaining('counts once'),
      })
    })

    it('says of an old purchase that it counts and is granted nothing', async () => {
      const processedAt = '2026-08-01T10:00:00Z'
      await shop.told('orders/paid', shopifyOrder({ ...ORDER, processedAt }))
      expect(await of('days')).toMatchObject({
        verdict: 'counted',
        message: expect.stringContaining('more than 60 days old when it arrived, so no reward is given'),
      })
    })

    it('takes of several rules the first whose reason is its own', async () => {
      await rulesOf(
        { streakId: shop.days.id, currency: 'USD' },
        { streakId: shop.days.id, currency: 'EUR', minimumValue: 100 },
      )
      await shop.told('orders/paid', shopifyOrder(ORDER))
      const explained = await of('days')
      expect(explained.because).toBe('CURRENCY_MISMATCH')
      expect(explained.rules.map(({ ruleIndex }: Body) => ruleIndex)).toEqual([0, 1])
      await rulesOf({ streakId: shop.days.id }, { streakId: shop.days.id })
      await shop.told('orders/paid', shopifyOrder({ ...ORDER, id: 2 }))
      expect(await of('days', { orderId: '2' })).toMatchObject({ verdict: 'counted', because: null })
    })

    it('names a streak that is paused, and what operators left', async () => {
      await shop.admin.patch(`/schema/streak/record/${shop.days.id}`, { status: 'paused' })
      await shop.told('orders/paid', shopifyOrder(ORDER))
      expect(await of('days')).toMatchObject({
        verdict: 'not_counted',
        because: 'STREAK_NOT_LIVE',
        wouldCountIf: 'It would count if the streak were live, and its delivery were replayed then.',
      })
      const { id } = await shop.told('orders/paid', shopifyOrder({ ...ORDER, id: 2 }), { leavesWork: true })
      await shop.admin.post(`/schema/delivery/record/${id}/abandon`, { reason: 'not worth it' })
      expect(await of('money', { orderId: '2' })).toMatchObject({
        verdict: 'not_counted',
        because: 'ABANDONED',
        message: 'Somebody decided to leave it out: “not worth it”.',
      })
    })

    it('says what failed and is not tried again', async () => {
      await shop.told('orders/paid', shopifyOrder({ ...ORDER, processedAt: '2026-11-25T10:00:00Z' }))
      expect(await of('days')).toMatchObject({
        verdict: 'failed',
        because: 'IN_FUTURE',
        message: 'The order is dated in the future. It is not tried again by itself.',
        wouldCountIf: 'It would count if its time had come, and its delivery were replayed then.',
      })
    })

    it('forgets whose it was once the member is erased', async () => {
      await shop.told('orders/paid', shopifyOrder(ORDER))
      const { ownedById } = (await of('days')).progress
      const erased = await shop.admin.delete(`/schema/account_user/record/${ownedById}`)
      expect(erased.status).toBe(204)
      const explained = await shop.explained(BY_ID)
      expect(explained.order).toMatchObject({ orderId: '5001', orderName: null, externalIds: [], total: 60 })
      expect(explained.streaks[0]).toMatchObject({ verdict: 'counted', because: 'MEMBER_ERASED' })
      expect(withoutIds(JSON.stringify(explained))).not.toMatch(/buyer@example|7001|Ada/)
    })

    it('goes by what was recorded once the body is gone', async () => {
      await rulesOf(
        { streakId: shop.days.id, currency: 'EUR', minimumValue: 100 },
        { streakId: shop.money.id },
      )
      await shop.told('orders/paid', shopifyOrder(ORDER))
      await createPrune({
        store: api.store,
        clock: { now: () => api.clock.now() + 31 * 24 * 3_600_000 },
        logger: quietLogger,
        deliveryRetentionDays: 30,
      })()
      const explained = await shop.explained(BY_ID)
      expect(explained.order).toMatchObject({ total: 60, activityAt: '2026-11-20T15:00:00.000Z' })
      expect(await of('money')).toMatchObject({ verdict: 'counted' })
      expect(await of('days')).toMatchObject({
        verdict: 'not_counted',
        because: 'BELOW_MINIMUM',
        rules: [{ ruleIndex: 0, checks: [] }],
        wouldCountIf: null,
      })
    })

    it('follows a payment under its names at Stripe', async () => {
      await shop.charged(stripeRefundEvent({ currency: 'eur', amount: 4250, paymentIntent: null }))
      expect((await shop.verdicts({ orderId: 'ch_5001' })).days).toBe('waiting')
      await shop.charged(stripeChargeEvent({ currency: 'eur' }))
      for (const orderId of ['pi_5001', 'ch_5001']) {
        const { order, deliveries, streaks } = await shop.explained({ orderId })
        expect(order).toMatchObject({ orderId: 'pi_5001', connectorId: shop.stripe.id })
        expect(deliveries).toHaveLength(2)
        expect(streaks[0]).toMatchObject({ verdict: 'taken_back', because: 'REFUNDED' })
      }
    })

    it('takes what came under another name of a payment for news of that payment', async () => {
      await shop.patch(shop.stripe, {
        rules: [{ streakId: shop.days.id, currency: 'EUR', minimumValue: 100 }],
      })
      await shop.charged(stripeChargeEvent({ currency: 'eur' }))
      await shop.charged(stripeRefundEvent({ currency: 'eur', amount: 4250, paymentIntent: null }))
      const { order, deliveries, others } = await shop.explained({ orderId: 'ch_5001' })
      expect({ orderId: order.orderId, deliveries: deliveries.length, others }).toEqual({
        orderId: 'pi_5001',
        deliveries: 2,
        others: undefined,
      })
      expect((await shop.verdicts({ orderId: 'ch_5001' })).days).toBe('not_counted BELOW_MINIMUM')
    })

    it('says what to look at when nobody has heard of an order', async () => {
      const fresh = await shop.explained({ orderId: '404' })
      expect(fresh).toMatchObject({ order: null, deliveries: [], streaks: [] })
      expect(fresh.message).toContain('Nothing has arrived of an order “404”.')
      expect(fresh.message).toContain('“shopify shop” has never received a webhook')
      expect(fresh.message).toContain(`for the shop corner-bakery.myshopify.com`)
      const refused = await shop.send(shop.shopify, 'orders/paid', shopifyOrder(ORDER), {
        secret: 'wrong secret of it',
      })
      expect(refused.status).toBe(401)
      await shop.patch(shop.stripe, { status: 'paused' })
      await shop.told('orders/paid', shopifyOrder({ ...ORDER, id: 1 }))
      const message404 = async (): Promise<string> => (await shop.explained({ orderId: '404' })).message
      await until(async () => (await message404()).includes('refused'))
      const message = await message404()
      expect(message).toMatch(
        /“shopify shop” refused a webhook lately, the last at 2026-11-22 12:00 UTC: its signature fits none of the signing secrets/,
      )
      expect(message).toMatch(/The last webhook of “shopify shop” arrived at 2026-11-22 12:00 UTC/)
      expect(message).toMatch(/“stripe shop” is paused/)
      expect(message).not.toMatch(/[A-Z]{2,}_/)
      const unknown = await shop.explained({ orderId: '404', connectorId: newId() })
      expect(unknown.message).toContain('There is no such connector')
      const nobody = await api.account(`nobody ${newId()}`)
      const answer = await nobody.get('/schema/delivery/explain?orderName=404')
      expect(answer.body.data.message).toContain('No shop is connected yet')
    })
  })
}

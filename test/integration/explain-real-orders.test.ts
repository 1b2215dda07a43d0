import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { type Api, type Body, startApi } from '../helpers/api.ts'
import { type ExplainShop, openExplainShop } from '../helpers/explain-shop.ts'
import { type ShopifyOrderOptions, shopifyOrder, stripeChargeEvent } from '../helpers/payloads.ts'
import {
  shopifyDispute,
  shopifyRefund,
  shopifyTransaction,
  stripeDisputeEvent,
  stripeRefundEvent,
} from '../helpers/report-payloads.ts'
import { until } from '../helpers/until.ts'

/** Orders and payments as shops really have them: each says for itself why it counts or not. */

let api: Api
let shop: ExplainShop
let serial = 0

beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.close())
beforeEach(async () => {
  serial += 1
  shop = await openExplainShop(api, `real orders that explain themselves ${serial}`)
})

const money = (amount: string, shown = amount, seen = 'EUR') => ({
  shop_money: { amount, currency_code: 'EUR' },
  presentment_money: { amount: shown, currency_code: seen },
})
const line = (id: number, quantity: number, price: string, more: object = {}) => ({
  id,
  quantity,
  current_quantity: quantity,
  price,
  gift_card: false,
  ...more,
})
const back = (id: number, quantity: number, amount: string, shown = amount, seen = 'EUR') => ({
  line_item_id: id,
  quantity,
  restock_type: 'return',
  subtotal: Number(amount),
  total_tax: 0,
  subtotal_set: money(amount, shown, seen),
  total_tax_set: money('0.00', '0.00', seen),
})
const paid = (total: string, lines: readonly object[], options: ShopifyOrderOptions = {}) =>
  shop.told(
    'orders/paid',
    shopifyOrder({
      currency: 'EUR',
      totalPrice: total,
      subtotalPrice: total,
      ...options,
      order: { line_items: lines, total_price_set: money(total), ...options.order },
    }),
  )
const refunded = (amount: string | null, lines: readonly object[] = [], id = 8001, more: object = {}) =>
  shop.told(
    'refunds/create',
    shopifyRefund({
      id,
      transactions: amount === null ? [] : [{ amount, currency: 'EUR' }],
      refund: { refund_line_items: lines, ...more },
    }).replaceAll('820', `${id}`),
  )
const charged = (options: Parameters<typeof stripeChargeEvent>[0] = {}) =>
  shop.charged(stripeChargeEvent({ currency: 'eur', id: `evt_${serial}_${Math.random()}`, ...options }))

const ORDER = { orderId: '5001' } as const
const PAYMENT = { orderId: 'pi_5001' } as const
const BOTH = (verdict: string) => ({ days: verdict, money: verdict })
const left = async (parameters: Readonly<Record<string, string>>, name = 'money'): Promise<string> =>
  (await shop.explained(parameters)).streaks.find(({ streakName }: Body) => streakName === name).message

describe('an order at Shopify', () => {
  it('refunded whole in the currency of the shopper is taken back', async () => {
    const seen = { total_price_set: money('162.04', '142.32', 'GBP'), presentment_currency: 'GBP' }
    await paid('162.04', [line(1, 1, '162.04')], { order: seen })
    const refund = { refund_line_items: [back(1, 1, '162.04', '142.32', 'GBP')] }
    await shop.told(
      'refunds/create',
      shopifyRefund({ transactions: [{ amount: '142.32', currency: 'GBP' }], refund }),
    )
    expect(await shop.verdicts(ORDER)).toEqual(BOTH('taken_back REFUNDED'))
  })

  it('of which only the shipping went back still counts its goods', async () => {
    await shop.patch(shop.shopify, {
      rules: [{ streakId: shop.money.id, value: 'order_subtotal', currency: 'EUR' }],
    })
    await paid('55.00', [line(1, 1, '50.00')], { subtotalPrice: '50.00' })
    const order_adjustments = [{ kind: 'shipping_refund', amount: '-5.00', tax_amount: '0.00' }]
    await refunded('5.00', [], 8001, { order_adjustments })
    expect(await shop.verdicts(ORDER)).toEqual({ days: 'not_counted NO_RULE_FOR_STREAK', money: 'counted' })
    expect(await left(ORDER)).not.toMatch(/went back/)
  })

  it('with lines that an edit took out before the payment counts', async () => {
    await shop.patch(shop.shopify, { rules: [{ streakId: shop.money.id, value: 'item_count' }] })
    await paid('20.00', [line(1, 2, '10.00'), line(2, 3, '0.00', { current_quantity: 0 })])
    const explained = await shop.explained(ORDER)
    const streak = explained.streaks.find(({ streakName }: Body) => streakName === 'money')
    expect(streak).toMatchObject({ verdict: 'counted', because: null, progress: { currentProgressValue: 2 } })
  })

  it('whose refund was pending first is taken back once it succeeded', async () => {
    await paid('40.00', [line(1, 1, '40.00')])
    const pending = { amount: '40.00', currency: 'EUR', status: 'pending' }
    await shop.told('refunds/create', shopifyRefund({ transactions: [pending] }))
    expect(await shop.verdicts(ORDER)).toEqual(BOTH('counted'))
    await shop.told('order_transactions/create', shopifyTransaction({ amount: '40.00', currency: 'EUR' }))
    expect(await shop.verdicts(ORDER)).toEqual(BOTH('taken_back REFUNDED'))
  })

  it('of which all goods came back but the fee is taken back as a day, and the fee is left as money', async () => {
    await paid('57.00', [line(1, 1, '50.00')], { subtotalPrice: '50.00' })
    await refunded('50.00', [back(1, 1, '50.00')])
    expect(await shop.verdicts(ORDER)).toEqual({ days: 'taken_back REFUNDED', money: 'counted' })
    expect(await left(ORDER)).toContain('Of 57 EUR it still counts 7 EUR: the rest went back.')
  })

  it('that was free is taken back when it comes back', async () => {
    await paid('0.00', [line(1, 1, '25.00', { total_discount: '25.00' })])
    expect((await shop.verdicts(ORDER)).days).toBe('counted')
    await refunded(null, [back(1, 1, '0.00')])
    expect((await shop.verdicts(ORDER)).days).toBe('taken_back REFUNDED')
  })

  it('of a shop that was entered wrongly counts once that is put right and it is replayed', async () => {
    await shop.patch(shop.shopify, { settings: { shopDomain: 'corner-bakery-uk.myshopify.com' } })
    const { id } = await paid('20.00', [line(1, 1, '20.00')])
    expect(await shop.verdicts(ORDER)).toEqual(BOTH('not_counted SHOP_MISMATCH'))
    const [{ wouldCountIf }] = (await shop.explained(ORDER)).streaks
    expect(wouldCountIf).toContain('the connector were set up for that shop')
    await shop.patch(shop.shopify, { settings: { shopDomain: 'corner-bakery.myshopify.com' } })
    const [{ wouldCountIf: now }] = (await shop.explained(ORDER)).streaks
    expect(now).toBe('It would count if its delivery were replayed now.')
    await shop.admin.post(`/schema/delivery/record/${id}/replay`, {})
    expect(await shop.verdicts(ORDER)).toEqual(BOTH('waiting'))
    // anything that arrives has workers at work
    await paid('1.00', [line(1, 1, '1.00')], { id: 5002 })
    expect(await shop.verdicts(ORDER)).toEqual(BOTH('counted'))
  })

  it('counts without a shop in its headers, and with a charset in them', async () => {
    const body = (id: number) => shopifyOrder({ id, currency: 'EUR' })
    await shop.told('orders/paid', body(1), { shopDomain: null })
    const headers = { 'content-type': 'application/json; charset=utf-8', via: '1.1 vegur' }
    await shop.told('orders/paid', body(2), { headers })
    for (const orderId of ['1', '2']) expect(await shop.verdicts({ orderId })).toEqual(BOTH('counted'))
  })

  it('of the till without customer, phone or address says that nobody knows whose it is', async () => {
    for (const [id, email] of [
      [1, ''],
      [2, null],
    ] as const) {
      const order = { email, contact_email: null, phone: null, source_name: 'pos' }
      await paid('9.00', [line(1, 1, '9.00')], { id, customerId: null, email, order })
      const explained = await shop.explained({ orderId: String(id) })
      expect(explained.order.externalIds).toEqual([])
      expect(explained.streaks).toMatchObject(
        Array(2).fill({ verdict: 'not_counted', because: 'NO_EMAIL', wouldCountIf: null, progress: null }),
      )
    }
  })

  it('is taken back by a chargeback that was lost', async () => {
    await paid('40.00', [line(1, 1, '40.00')])
    const chargeback = { amount: '40.00', currency: 'EUR' }
    await shop.told('disputes/create', shopifyDispute(chargeback))
    expect(await shop.verdicts(ORDER)).toEqual(BOTH('counted'))
    await shop.told('disputes/update', shopifyDispute({ ...chargeback, status: 'lost' }))
    expect(await shop.verdicts(ORDER)).toEqual(BOTH('taken_back DISPUTE_LOST'))
  })

  it('that came back line by line is taken back as a day, and leaves a cent', async () => {
    await paid(
      '100.00',
      [1, 2, 3].map((id) => line(id, 1, '33.33')),
      { subtotalPrice: '99.99' },
    )
    for (const id of [1, 2, 3]) await refunded('33.33', [back(id, 1, '33.33')], 900 + id)
    expect(await shop.verdicts(ORDER)).toEqual({ days: 'taken_back REFUNDED', money: 'counted' })
    const [days, sum] = (await shop.explained(ORDER)).streaks
    expect([days.withdrawals.length, sum.withdrawals.length]).toEqual([1, 3])
    expect(sum.message).toContain('Of 100 EUR it still counts 0.01 EUR')
  })

  it('of a gift card does not count, and the one that spends it does', async () => {
    await paid('50.00', [line(9, 1, '50.00', { gift_card: true })])
    await paid('50.00', [line(1, 1, '50.00')], { id: 5002, order: { payment_gateway_names: ['gift_card'] } })
    expect(await shop.verdicts(ORDER)).toEqual(BOTH('not_counted GIFT_CARDS_ONLY'))
    expect(await left(ORDER)).toBe('Only gift cards were bought. They count once they are spent.')
    expect(await shop.verdicts({ orderId: '5002' })).toEqual(BOTH('counted'))
  })
})

describe('a payment at Stripe', () => {
  it('is there again when its refund failed', async () => {
    await charged({ amountCaptured: 5000 })
    const charge = { amount: 5000, amount_refunded: 5000, refunded: true }
    await charged({ type: 'charge.refunded', amountCaptured: 5000, charge })
    const refund = { currency: 'eur', amount: 5000 }
    await shop.charged(stripeRefundEvent(refund))
    expect(await shop.verdicts(PAYMENT)).toEqual(BOTH('taken_back REFUNDED'))
    await shop.charged(stripeRefundEvent({ ...refund, id: 'evt_f', type: 'refund.failed', status: 'failed' }))
    expect(await shop.verdicts(PAYMENT)).toEqual(BOTH('counted'))
  })

  it('counts beside another of the same order number, of another shop or of a year before', async () => {
    for (const [at, createdAtMs] of [
      Date.parse('2025-09-01T12:00:00Z'),
      Date.parse('2026-11-22T10:00:00Z'),
    ].entries()) {
      const names = { chargeId: `ch_${at}`, paymentIntent: `pi_${at}`, customer: `cus_${at}` }
      await charged({ ...names, createdAtMs, orderId: '57' })
      expect(await shop.verdicts({ orderId: `pi_${at}` })).toEqual(BOTH('counted'))
    }
    const { order, others, streaks } = await shop.explained({ orderName: '57' })
    expect(order).toMatchObject({ orderId: 'pi_1', externalIds: ['stripe:cus_1'] })
    expect(others).toEqual([{ connectorId: shop.stripe.id, orderId: 'pi_0', orderName: '57' }])
    expect(streaks[0]).toMatchObject({ verdict: 'counted', because: null })
    expect(await left({ orderId: 'pi_0' })).toContain('more than 60 days old when it arrived')
  })

  it('stands when another one of the same order was given back', async () => {
    for (const at of [1, 2]) {
      const names = { chargeId: `ch_${at}`, paymentIntent: `pi_${at}` }
      await charged({ ...names, amountCaptured: 2000, orderId: 'w-1' })
    }
    await shop.charged(
      stripeRefundEvent({ charge: 'ch_1', paymentIntent: 'pi_1', amount: 2000, currency: 'eur' }),
    )
    expect(await shop.verdicts({ orderId: 'pi_1' })).toEqual(BOTH('taken_back REFUNDED'))
    expect(await shop.verdicts({ orderId: 'pi_2' })).toEqual(BOTH('counted'))
  })

  it('that came back as a lost dispute before it was told of waits, and is taken back', async () => {
    const dispute = { currency: 'eur', amount: 2500, status: 'lost' }
    await shop.charged(stripeDisputeEvent(dispute))
    await shop.charged(stripeDisputeEvent({ ...dispute, id: 'evt_2', type: 'charge.dispute.closed' }))
    expect(await shop.verdicts(PAYMENT)).toEqual(BOTH('waiting'))
    await charged({ amountCaptured: 2500 })
    expect(await shop.verdicts(PAYMENT)).toEqual(BOTH('taken_back DISPUTE_LOST'))
    expect((await shop.explained(PAYMENT)).deliveries).toHaveLength(3)
  })
})

describe('the period of an order', () => {
  it.each([
    ['HUF', 279000, 50000, 'Of 2790 HUF it still counts 2290 HUF'],
    ['JPY', 1500, 500, 'Of 1500 JPY it still counts 1000 JPY'],
  ])('in %s says what is left by its own decimals', async (currency, amountCaptured, amount, words) => {
    await shop.patch(shop.stripe, { rules: [{ streakId: shop.money.id, value: 'order_total', currency }] })
    await charged({ currency: currency.toLowerCase(), amountCaptured })
    await shop.charged(stripeRefundEvent({ currency: currency.toLowerCase(), amount }))
    expect((await shop.verdicts(PAYMENT)).money).toBe('counted')
    expect(await left(PAYMENT)).toContain(words)
  })

  it('counts without an order number, with a blank one, and with numbers that look alike', async () => {
    const metadata = [{ order_id: '' }, { order_id: '' }, null, { order_id: '007' }, { order_id: '7' }]
    for (const [at, each] of metadata.entries()) {
      const names = { chargeId: `ch_${at}`, paymentIntent: `pi_${at}` }
      await charged({ ...names, amountCaptured: 900, charge: { metadata: each } })
      expect(await shop.verdicts({ orderId: `pi_${at}` })).toEqual(BOTH('counted'))
    }
    expect((await shop.explained({ orderName: '7' })).order).toMatchObject({ orderId: 'pi_4' })
    expect((await shop.explained({ orderName: '007' })).order).toMatchObject({ orderId: 'pi_3' })
  })

  it('of whose two refunds one failed still counts the rest', async () => {
    await charged({ amountCaptured: 5000 })
    const refund = (refundId: string, amount: number, type: string, status: string) =>
      shop.charged(
        stripeRefundEvent({ currency: 'eur', refundId, amount, type, status, id: `evt_${refundId}_${type}` }),
      )
    await refund('re_1', 2000, 'refund.created', 'succeeded')
    await refund('re_2', 3000, 'refund.created', 'pending')
    await charged({ type: 'charge.refunded', amountCaptured: 5000, charge: { amount_refunded: 5000 } })
    await refund('re_2', 3000, 'refund.failed', 'failed')
    expect(await shop.verdicts(PAYMENT)).toEqual(BOTH('counted'))
    expect(await left(PAYMENT)).toContain('Of 50 EUR it still counts 30 EUR')
  })
})

describe('an order that never arrived', () => {
  it('since the signing secret is wrong says so', async () => {
    const wrong = 'whsec_somebody_pasted_another'
    expect((await shop.send(shop.shopify, 'orders/paid', shopifyOrder(), { secret: wrong })).status).toBe(401)
    const message = async (): Promise<string> => (await shop.explained(ORDER)).message
    await until(async () => (await message()).includes('a secret is probably wrong'))
    expect((await shop.explained(ORDER)).order).toBeNull()
  })

  it('but was entered over the API is none that anybody delivered', async () => {
    await shop.admin.create('streak_log', {
      streakId: shop.days.id,
      ownedBy: { externalId: 'entered' },
      activityAt: '2026-11-20T12:00:00Z',
      activityId: 'made_a_purchase',
      uniqueIdentifier: '5001',
    })
    expect(await shop.explained(ORDER)).toMatchObject({ order: null, streaks: [], deliveries: [] })
  })

  it.each([
    [
      'Asia/Almaty',
      '2024-02-29T18:30:00Z',
      '2024-02-29',
      '2024-02-29T23:30:00+05:00',
      '2024-02-29T19:00:00.000Z',
    ],
    [
      'Europe/Berlin',
      '2021-01-03T12:00:00Z',
      '2020-12-28',
      '2021-01-03T13:00:00+01:00',
      '2021-01-03T23:00:00.000Z',
    ],
    [
      'America/St_Johns',
      '2026-01-03T02:00:00Z',
      '2026-01-02',
      '2026-01-02T22:30:00-03:30',
      '2026-01-03T03:30:00.000Z',
    ],
  ])('in %s is the one that the clocks there say', async (timezone, processedAt, key, localTime, endsAt) => {
    const streak = await shop.admin.create('streak', {
      name: 'a zone',
      status: 'live',
      aggregationMethod: 'count',
      aggregationTargetValue: 1,
      aggregationPeriod: timezone === 'Europe/Berlin' ? 'weekly' : 'daily',
      timezone,
    })
    await paid('9.00', [line(1, 1, '9.00')], { processedAt })
    const explained = await shop.explained(ORDER)
    expect(explained.streaks.find(({ streakId }: Body) => streakId === streak.id)).toMatchObject({
      verdict: 'not_counted',
      because: 'NO_RULE_FOR_STREAK',
      period: { key, localTime, endsAt, timezone },
    })
  })
})

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { type Api, type Body, type Client, startApi } from '../helpers/api.ts'
import { type ShopifyOrderOptions, shopifyOrder, stripeChargeEvent } from '../helpers/payloads.ts'
import { workOff } from '../helpers/replay-shop.ts'
import {
  shopifyDispute,
  shopifyRefund,
  shopifyTransaction,
  stripeDisputeEvent,
  stripeRefundEvent,
} from '../helpers/report-payloads.ts'
import { shopifyRequest, stripeRequest } from '../helpers/signed.ts'

/** Orders, charges and what becomes of them, in the shapes that shops really send. */

const SECRET = 'whsec_of_the_tests_of_real_orders'
const SHOP = 'corner-bakery.myshopify.com'
/** What each rule of a shop counts, by the streak that it feeds. */
const COUNTS = {
  days: { method: 'count', rule: { value: 'one' } },
  total: { method: 'sum', rule: { value: 'order_total', currency: 'EUR' } },
  subtotal: { method: 'sum', rule: { value: 'order_subtotal', currency: 'EUR' } },
  items: { method: 'sum', rule: { value: 'item_count' } },
} as const
type Count = keyof typeof COUNTS

let api: Api
let admin: Client
let streaks: Map<Count, Body>
let shopify: Body
let stripe: Body
let serial = 0
const next = () => {
  serial += 1
  return serial
}

beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.close())

/** A shop of its own for each test, at both platforms. */
beforeEach(async () => {
  admin = await api.account(`real orders ${next()}`)
  streaks = new Map()
  for (const [name, { method: aggregationMethod }] of Object.entries(COUNTS)) {
    const fields = { name, status: 'live', aggregationMethod, aggregationTargetValue: 1 }
    streaks.set(name as Count, await admin.create('streak', fields))
  }
  shopify = await connect('shopify', ['days', 'total', 'subtotal', 'items'], { shopDomain: SHOP })
  stripe = await connect('stripe', ['days', 'total'], {})
})

function connect(platform: string, counts: readonly Count[], settings: object, more: object = {}) {
  const rules = counts.map((name) => ({ streakId: streaks.get(name)!.id, ...COUNTS[name].rule, ...more }))
  const credentials = { webhookSecrets: [SECRET] }
  return admin.create('connector', { name: platform, platform, credentials, settings, rules })
}

async function told(topic: string, body: string, connector = shopify): Promise<Body> {
  const request =
    connector.platform === 'shopify'
      ? shopifyRequest({ topic, body, secret: SECRET, shopDomain: SHOP })
      : stripeRequest({ body, secret: SECRET, signedAtMs: api.clock.now() })
  const init = { method: 'POST', headers: request.headers, body: new Uint8Array(request.body) }
  const answer = await api.send(connector.webhookPath, init)
  expect(answer.status).toBe(200)
  while ((await workOff(api)) > 0);
  const { deliveryId } = answer.body.data
  return (await admin.get(`/schema/delivery/record/${deliveryId}`)).body.data
}

const charged = (options: Parameters<typeof stripeChargeEvent>[0]) =>
  told('', stripeChargeEvent({ currency: 'eur', id: `evt_${next()}`, ...options }), stripe)

/** What stands on each streak. */
async function standing(): Promise<Record<Count, number>> {
  const rows: Body[] = (await admin.list('streak_progress', { limit: 1000 })).body.data
  const of = (name: Count) =>
    rows
      .filter(({ streakId }) => streakId === streaks.get(name)!.id)
      .reduce((sum, { currentProgressValue }) => sum + currentProgressValue, 0)
  return { days: of('days'), total: of('total'), subtotal: of('subtotal'), items: of('items') }
}

const money = (shop: string, shown = shop, seen = 'EUR') => ({
  shop_money: { amount: shop, currency_code: 'EUR' },
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
const back = (id: number, quantity: number, shop: string, shown = shop, seen = 'EUR') => ({
  line_item_id: id,
  quantity,
  restock_type: 'return',
  subtotal: Number(shop),
  total_tax: 0,
  subtotal_set: money(shop, shown, seen),
  total_tax_set: money('0.00', '0.00', seen),
})
const orderOf = (total: string, lines: readonly object[], options: ShopifyOrderOptions = {}) =>
  shopifyOrder({
    currency: 'EUR',
    totalPrice: total,
    subtotalPrice: total,
    ...options,
    order: { line_items: lines, total_price_set: money(total), ...options.order },
  })

describe('money that goes back', () => {
  it('of an order that was paid in the currency of the shopper is what the shop lost', async () => {
    const seen = { total_price_set: money('162.04', '142.32', 'GBP'), presentment_currency: 'GBP' }
    await told('orders/paid', orderOf('162.04', [line(1, 1, '162.04')], { order: seen }))
    const transactions = [{ amount: '142.32', currency: 'GBP' }]
    const refund_line_items = [back(1, 1, '162.04', '142.32', 'GBP')]
    const refund = await told(
      'refunds/create',
      shopifyRefund({ transactions, refund: { refund_line_items } }),
    )
    expect(refund.items).toMatchObject([{ status: 'applied' }])
    expect(await standing()).toEqual({ days: 0, total: 0, subtotal: 0, items: 0 })
  })

  it('without parts is converted by the rate of the order, and a currency without a rate takes nothing', async () => {
    const seen = { total_price_set: money('150.00', '120.00', 'GBP') }
    await told('orders/paid', orderOf('150.00', [line(1, 1, '150.00')], { order: seen }))
    await told('refunds/create', shopifyRefund({ transactions: [{ amount: '40.01', currency: 'GBP' }] }))
    // 50.0125, half up to the cents of the total
    expect(await standing()).toMatchObject({ days: 1, total: 99.99 })
    const other = [
      { amount: '1.00', currency: 'EUR' },
      { amount: '1.00', currency: 'CHF' },
    ]
    const refund = { refund_line_items: [back(1, 1, '150.00')] }
    const refused = await told('refunds/create', shopifyRefund({ id: 8002, transactions: other, refund }))
    expect(refused.items).toMatchObject([{ status: 'ignored', reason: 'CURRENCY_MISMATCH' }])
    expect(await standing()).toMatchObject({ days: 1, total: 99.99, items: 1 })
    await told(
      'refunds/create',
      shopifyRefund({ id: 8003, transactions: [{ amount: '79.99', currency: 'GBP' }] }),
    )
    expect(await standing()).toMatchObject({ days: 0, total: 0 })
  })

  it('for shipping takes nothing from a subtotal, however the body names it', async () => {
    await told('orders/paid', orderOf('55.00', [line(1, 1, '50.00')], { subtotalPrice: '50.00' }))
    const order_adjustments = [{ kind: 'shipping_refund', amount: '-2.00', tax_amount: '-0.38' }]
    const older = { order_adjustments, transactions: undefined }
    const paid = (amount: string) => [{ amount, currency: 'EUR' }]
    await told(
      'refunds/create',
      shopifyRefund({
        id: 1,
        transactions: paid('2.38'),
        refund: { order_adjustments: older.order_adjustments },
      }),
    )
    expect(await standing()).toMatchObject({ days: 1, total: 52.62, subtotal: 50 })
    const refund_shipping_lines = [{ subtotal_amount_set: money('2.20'), tax_amount_set: money('0.42') }]
    const newer = { refund_shipping_lines, order_adjustments }
    await told('refunds/create', shopifyRefund({ id: 2, transactions: paid('2.62'), refund: newer }))
    expect(await standing()).toMatchObject({ days: 1, total: 50, subtotal: 50 })
  })

  it('is back once its transaction succeeded, whichever topic says so, and in whatever order', async () => {
    await told('orders/paid', orderOf('40.00', [line(1, 1, '40.00')]))
    const pending = { amount: '40.00', currency: 'EUR', status: 'pending' }
    const early = await told(
      'order_transactions/create',
      shopifyTransaction({ amount: '40.00', currency: 'EUR' }),
    )
    expect(early.items).toMatchObject([
      { status: 'waiting', report: { kind: 'transaction', state: 'taken' } },
    ])
    await told('refunds/create', shopifyRefund({ transactions: [pending] }))
    expect(await standing()).toMatchObject({ days: 0, total: 0 })
    const after = (await admin.get(`/schema/delivery/record/${early.id}`)).body.data
    expect(after.items).toMatchObject([{ status: 'applied' }])
    const failed = JSON.parse(shopifyRefund({ transactions: [{ ...pending, status: 'failure' }] }))
    await told('orders/updated', orderOf('40.00', [line(1, 1, '40.00')], { order: { refunds: [failed] } }))
    expect(await standing()).toMatchObject({ days: 1, total: 40 })
    // a body that is older than what was told since
    await told('refunds/create', shopifyRefund({ transactions: [{ ...pending, status: 'success' }] }))
    expect(await standing()).toMatchObject({ days: 1, total: 40 })
  })

  it('while a fee is kept leaves no purchase, but the fee in a sum of money', async () => {
    const order = orderOf('57.00', [line(1, 1, '50.00')], { subtotalPrice: '50.00' })
    await told('orders/paid', order)
    const refund_line_items = [back(1, 1, '50.00')]
    await told(
      'refunds/create',
      shopifyRefund({ transactions: [{ amount: '50.00' }], refund: { refund_line_items } }),
    )
    expect(await standing()).toEqual({ days: 0, total: 7, subtotal: 0, items: 0 })
  })

  it('line by line leaves a cent of rounding, and no purchase', async () => {
    const lines = [1, 2, 3].map((id) => line(id, 1, '33.33'))
    await told('orders/paid', orderOf('100.00', lines, { subtotalPrice: '99.99' }))
    for (const id of [1, 2, 3]) {
      expect(await standing()).toMatchObject({ days: 1, items: 4 - id })
      const refund_line_items = [back(id, 1, '33.33')]
      const body = shopifyRefund({ id, transactions: [{ amount: '33.33' }], refund: { refund_line_items } })
      await told('refunds/create', body.replaceAll('820', `9${id}`))
    }
    expect(await standing()).toEqual({ days: 0, total: 0.01, subtotal: 0, items: 0 })
  })

  it('is none of a free order: it comes back by its goods, and once they cost nothing', async () => {
    await told('orders/paid', orderOf('0.00', [line(1, 2, '25.00', { total_discount: '50.00' })]))
    expect(await standing()).toMatchObject({ days: 1, items: 2 })
    const half = { refund_line_items: [back(1, 1, '0.00')] }
    await told('refunds/create', shopifyRefund({ id: 1, transactions: [], refund: half }))
    expect(await standing()).toMatchObject({ days: 1, items: 1 })
    // of an exchange or an edit without money nothing is back that cost something
    const dear = { refund_line_items: [back(1, 1, '25.00')] }
    await told('refunds/create', shopifyRefund({ id: 2, transactions: [], refund: dear }))
    expect(await standing()).toMatchObject({ days: 1, items: 1 })
    await told('refunds/create', shopifyRefund({ id: 3, transactions: [], refund: half }))
    expect(await standing()).toEqual({ days: 0, total: 0, subtotal: 0, items: 0 })
  })

  it('in a chargeback is gone when it is lost, and an inquiry moves none', async () => {
    await told('orders/paid', orderOf('40.00', [line(1, 1, '40.00')]))
    const chargeback = { amount: '40.00', currency: 'EUR' }
    await told('disputes/create', shopifyDispute(chargeback))
    await told(
      'disputes/update',
      shopifyDispute({ ...chargeback, id: 8502, type: 'inquiry', status: 'lost' }),
    )
    expect(await standing()).toMatchObject({ days: 1, total: 40 })
    const lost = await told('disputes/update', shopifyDispute({ ...chargeback, status: 'accepted' }))
    expect(lost.items).toMatchObject([{ status: 'applied', report: { object: 'shopify:dispute:8501' } }])
    expect(await standing()).toEqual({ days: 0, total: 0, subtotal: 0, items: 0 })
    await told('disputes/update', shopifyDispute({ ...chargeback, status: 'won' }))
    expect(await standing()).toMatchObject({ days: 1, total: 40 })
  })

  it('that leaves less than the minimum leaves no purchase, and exactly the minimum does', async () => {
    const strict = await connect(
      'shopify',
      ['days'],
      { shopDomain: SHOP },
      { minimumValue: 50, currency: 'EUR' },
    )
    await told('orders/paid', orderOf('60.00', [line(1, 1, '60.00')]), strict)
    const paid = (id: number, amount: string) =>
      told(
        'refunds/create',
        shopifyRefund({ id, transactions: [{ amount }] }).replaceAll('820', `9${id}`),
        strict,
      )
    await paid(1, '10.00')
    expect(await standing()).toMatchObject({ days: 1 })
    await paid(2, '0.01')
    expect(await standing()).toMatchObject({ days: 0 })
  })
})

describe('what was sold', () => {
  it('are no items that an edit took out before the payment, nor does the edit take them later', async () => {
    const edit = JSON.parse(
      shopifyRefund({
        transactions: [],
        refund: { refund_line_items: [{ ...back(2, 3, '0.00'), restock_type: 'cancel' }] },
      }),
    )
    const lines = [line(1, 2, '10.00'), line(2, 3, '0.00', { current_quantity: 0 })]
    const paid = await told('orders/paid', orderOf('20.00', lines, { order: { refunds: [edit] } }))
    expect(paid.items.map(({ status }: Body) => status)).toEqual([...Array(4).fill('counted'), 'applied'])
    expect(await standing()).toMatchObject({ days: 1, items: 2 })
    await told('refunds/create', JSON.stringify(edit))
    expect(await standing()).toMatchObject({ days: 1, items: 2 })
  })

  it('are items that the same body lists as returned, which its refund then takes', async () => {
    const refund_line_items = [back(1, 1, '10.00')]
    const refund = JSON.parse(
      shopifyRefund({ transactions: [{ amount: '10.00' }], refund: { refund_line_items } }),
    )
    const lines = [line(1, 3, '10.00', { current_quantity: 2 })]
    const order = { refunds: [refund] }
    await told('orders/paid', orderOf('30.00', lines, { financialStatus: 'partially_refunded', order }))
    expect(await standing()).toEqual({ days: 1, total: 20, subtotal: 20, items: 2 })
    await told('orders/cancelled', orderOf('30.00', lines, { cancelledAt: '2026-11-21T10:00:00Z', order }))
    expect(await standing()).toEqual({ days: 0, total: 0, subtotal: 0, items: 0 })
  })

  it('is money once: a gift card counts when it is spent, not when it is bought', async () => {
    const card = line(9, 1, '50.00', { gift_card: true })
    const bought = await told('orders/paid', orderOf('55.00', [card], { subtotalPrice: '50.00' }))
    expect(bought.items.map(({ reason }: Body) => reason)).toEqual(Array(4).fill('GIFT_CARDS_ONLY'))
    const mixed = orderOf(
      '75.00',
      [{ ...card, discount_allocations: [{ amount: '5.00' }] }, line(1, 1, '30.00')],
      { id: 5002 },
    )
    await told('orders/paid', mixed)
    expect(await standing()).toEqual({ days: 1, total: 30, subtotal: 30, items: 1 })
    const refund_line_items = [back(9, 1, '45.00')]
    const body = { orderId: 5002, transactions: [{ amount: '45.00' }], refund: { refund_line_items } }
    await told('refunds/create', shopifyRefund(body))
    expect(await standing()).toEqual({ days: 1, total: 30, subtotal: 30, items: 1 })
    const rest = { id: 8002, orderId: 5002, transactions: [{ amount: '30.00' }] }
    await told('refunds/create', shopifyRefund(rest).replaceAll('820', '930'))
    expect(await standing()).toEqual({ days: 0, total: 0, subtotal: 0, items: 0 })
  })

  it('is what the first report said: what an order grows by is told, and does not count', async () => {
    await told('orders/paid', orderOf('20.00', [line(1, 1, '20.00')]))
    const again = await told('orders/paid', orderOf('32.50', [line(1, 1, '20.00'), line(2, 1, '12.50')]))
    expect(new Set(again.items.map(({ status, message }: Body) => `${status}: ${message}`))).toEqual(
      new Set([
        'duplicate: the order counted with a total of 20 EUR; this report says 32.5 EUR: 12.5 EUR more, which does not count',
      ]),
    )
    expect(await standing()).toEqual({ days: 1, total: 20, subtotal: 20, items: 1 })
  })

  it('by nobody who is named counts for nobody, and never two buyers as one', async () => {
    for (const [id, email] of [
      [1, ''],
      [2, null],
    ] as const) {
      const order = { source_name: 'pos', contact_email: null }
      const sale = await told(
        'orders/paid',
        orderOf('9.00', [line(1, 1, '9.00')], { id, customerId: null, email, order }),
      )
      expect(sale.items.map(({ reason }: Body) => reason)).toEqual(Array(4).fill('NO_EMAIL'))
    }
    expect((await admin.list('streak_log', {})).body.data).toEqual([])
  })

  it('tells nothing in an update without refunds', async () => {
    expect(await told('orders/updated', orderOf('9.00', [line(1, 1, '9.00')]))).toMatchObject({
      outcome: 'ignored',
      reason: 'NOTHING_TO_REPORT',
      orderId: '5001',
      orderName: '#1001',
    })
    const sale = await told('order_transactions/create', shopifyTransaction({ kind: 'sale' }))
    expect(sale).toMatchObject({ outcome: 'ignored', reason: 'NOTHING_TO_REPORT', orderId: '5001' })
  })
})

describe('payments at Stripe', () => {
  it('are purchases each, whatever number their shops give the order', async () => {
    await charged({ chargeId: 'ch_1', paymentIntent: 'pi_1', amountCaptured: 2000, orderId: '1001' })
    const second = await charged({
      chargeId: 'ch_2',
      paymentIntent: 'pi_2',
      amountCaptured: 3000,
      orderId: '1001',
    })
    expect(second).toMatchObject({ orderId: 'pi_2', orderName: '1001' })
    expect(await standing()).toMatchObject({ days: 2, total: 50 })
    const one = { charge: 'ch_1', paymentIntent: 'pi_1', currency: 'eur' }
    await told('', stripeRefundEvent({ ...one, amount: 2000 }), stripe)
    expect(await standing()).toMatchObject({ days: 1, total: 30 })
  })

  it('count without an order number, with a blank one, and with numbers that look alike', async () => {
    const metadata = [{ order_id: '' }, { order_id: ' ' }, null, { order_id: '007' }, { order_id: '7' }]
    for (const [at, each] of metadata.entries()) {
      const names = { chargeId: `ch_${at}`, paymentIntent: `pi_${at}` }
      await charged({ ...names, amountCaptured: 900, charge: { metadata: each } })
    }
    expect(await standing()).toMatchObject({ days: 5, total: 45 })
  })

  it('lose a dispute that names the charge alone, also one that was told first', async () => {
    const one = { charge: 'ch_1', paymentIntent: null, currency: 'eur', amount: 2500 }
    await told('', stripeDisputeEvent({ ...one, type: 'charge.dispute.closed', status: 'lost' }), stripe)
    await charged({ chargeId: 'ch_1', paymentIntent: 'pi_1', amountCaptured: 2500 })
    expect(await standing()).toMatchObject({ days: 0, total: 0 })
    expect((await admin.list('streak_log', {})).body.data).toHaveLength(2)
  })

  it('that were seen in another currency lose a dispute there by the rate of the charge', async () => {
    const presentment_details = { presentment_amount: 12000, presentment_currency: 'gbp' }
    await charged({
      chargeId: 'ch_1',
      paymentIntent: 'pi_1',
      amountCaptured: 15000,
      charge: { presentment_details },
    })
    const one = { charge: 'ch_1', paymentIntent: 'pi_1', currency: 'gbp' }
    const dispute = (status: string, amount: number) =>
      told(
        '',
        stripeDisputeEvent({
          ...one,
          id: `evt_${next()}`,
          type: 'charge.dispute.closed',
          status,
          amount,
        }),
        stripe,
      )
    await dispute('lost', 4000)
    expect(await standing()).toMatchObject({ days: 1, total: 100 })
    await dispute('won', 4000)
    expect(await standing()).toMatchObject({ days: 1, total: 150 })
  })

  it('of a shop that is connected too are one sale, where the connector reads its order number', async () => {
    stripe = await connect('stripe', ['days', 'total'], {
      purchaseSpace: shopify.id,
      orderIdFrom: 'metadata.order_id',
    })
    await told('orders/paid', orderOf('20.00', [line(1, 1, '20.00')]))
    const same = await charged({
      chargeId: 'ch_1',
      paymentIntent: 'pi_1',
      amountCaptured: 2000,
      orderId: '5001',
    })
    expect(same.items.map(({ status }: Body) => status)).toEqual(['duplicate', 'duplicate'])
    expect(await standing()).toMatchObject({ days: 1, total: 20 })
    const charge = { charge: 'ch_1', paymentIntent: null, currency: 'eur', amount: 2000 }
    await told('', stripeRefundEvent(charge), stripe)
    expect(await standing()).toEqual({ days: 0, total: 0, subtotal: 0, items: 0 })
  })
})

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { activityJobOf } from '../../src/ports/queue.ts'
import { createProcessItems } from '../../workers/activity/process.ts'
import { type Api, type Body, type Client, startApi } from '../helpers/api.ts'
import { quietLogger } from '../helpers/quiet-logger.ts'
import {
  shopifyCancelledOrder,
  shopifyRefund,
  stripeDisputeEvent,
  stripeRefundEvent,
} from '../helpers/report-payloads.ts'
import {
  type SignedRequest,
  shopifyOrder,
  shopifyRequest,
  stripeChargeEvent,
  stripeRequest,
} from '../helpers/signed.ts'

const SECRET = 'whsec_of_the_tests'

let api: Api
let admin: Client
let spent: Body
let visits: Body
let shopify: Body
let stripe: Body
let serial = 0

beforeAll(async () => {
  api = await startApi()
  admin = await api.account('reports')
  const live = { status: 'live', aggregationTargetValue: 1 }
  visits = await admin.create('streak', { ...live, name: 'visits', aggregationMethod: 'count' })
  spent = await admin.create('streak', { ...live, name: 'spent' })
  const rules = [{ streakId: visits.id }, { streakId: spent.id, value: 'order_total', currency: 'USD' }]
  const common = { rules, name: 'shop', credentials: { webhookSecrets: [SECRET] } }
  const purchaseSpace = 'the shop'
  const shopDomain = 'example.myshopify.com'
  shopify = await admin.create('connector', {
    ...common,
    platform: 'shopify',
    settings: { shopDomain, purchaseSpace },
  })
  const settings = { purchaseSpace, orderIdFrom: 'metadata.order_id' }
  stripe = await admin.create('connector', { ...common, platform: 'stripe', settings })
})
afterAll(() => api.close())

async function post(connector: Body, { headers, body }: SignedRequest): Promise<string> {
  const init = { method: 'POST', headers, body: new Uint8Array(body) }
  const answer = await api.send(connector.webhookPath, init)
  expect(answer.status).toBe(200)
  await workOff()
  return answer.body.data.deliveryId
}

const fromShopify = (topic: string, body: string) =>
  post(shopify, shopifyRequest({ topic, body, secret: SECRET }))
const fromStripe = (body: string) =>
  post(stripe, stripeRequest({ body, secret: SECRET, signedAtMs: api.clock.now() }))

/** What workers do, until nothing is due. */
async function workOff(): Promise<void> {
  const { store, recorder, entries } = api.deps
  const engine = { ...entries, record: recorder.record }
  const process = createProcessItems({ store, recorder: engine, clock: api.clock, logger: quietLogger })
  const context = { tryNumber: 1, lastTry: false, jobId: 'job', signal: new AbortController().signal }
  for (;;) {
    const where = { field: 'status', op: 'eq', value: 'pending' } as const
    const open = await store.find('delivery_item', {
      where,
      limit: 100,
      sort: [{ field: 'id', order: 'asc' }],
    })
    if (open.length === 0) return
    for (const item of open) await process(activityJobOf(item), context)
  }
}

/** A new order's id, with what identifies its buyer and payment. */
function anOrder() {
  serial += 1
  const id = String(9_007_199_254_741_000n + BigInt(serial))
  return { id, customerId: String(7_000 + serial), paymentIntent: `pi_${serial}`, chargeId: `ch_${serial}` }
}
type Order = ReturnType<typeof anOrder>

const pay = ({ id, customerId }: Order) => fromShopify('orders/paid', shopifyOrder({ id, customerId }))
const refunded = (order: Order, amount: string, id: string) =>
  fromShopify(
    'refunds/create',
    shopifyRefund({ id: `${order.id}${id}`, orderId: order.id, transactions: [{ amount }] }),
  )

/** What the buyer's progress is now: visits and spending. */
async function progressOf(externalId: string): Promise<(number | null)[]> {
  const members = await admin.list('account_user', {
    filters: { fieldSlug: 'externalId', operator: 'EQUALS', value: externalId },
  })
  const [member] = members.body.data
  const progress = await admin.list('streak_progress', {
    filters: { fieldSlug: 'ownedById', operator: 'EQUALS', value: member.id },
  })
  const of = (streak: Body) =>
    progress.body.data.find(({ streakId }: Body) => streakId === streak.id)?.currentProgressValue ?? null
  return [of(visits), of(spent)]
}

const deliveryOf = async (id: string): Promise<Body> =>
  (await admin.get(`/schema/delivery/record/${id}`)).body.data

describe('what comes after the sale', () => {
  it('a Shopify order is given back in parts, and counts until its refunds reach its total', async () => {
    const order = anOrder()
    const buyer = `shopify:${order.customerId}`
    await pay(order)
    await refunded(order, '2.50', '1')
    expect(await progressOf(buyer)).toEqual([1, 40])
    const last = await refunded(order, '40.00', '2')
    expect(await progressOf(buyer)).toEqual([0, 0])
    expect(await deliveryOf(last)).toMatchObject({
      outcome: 'reported',
      orderId: order.id,
      items: [
        {
          ruleIndex: null,
          streakId: null,
          status: 'applied',
          report: { object: `shopify:refund:${order.id}2`, kind: 'refund', state: 'taken', amount: '40' },
        },
      ],
    })
    const entries = await admin.list('withdrawal', {
      filters: { fieldSlug: 'uniqueIdentifier', operator: 'EQUALS', value: `shopify:refund:${order.id}1` },
    })
    expect(entries.body.data).toMatchObject([{ streakId: spent.id, value: 2.5, kind: 'withdrawal' }])
  })

  it('a cancellation that comes before its order waits for it, and takes it back once', async () => {
    const order = anOrder()
    const cancelled = await fromShopify(
      'orders/cancelled',
      shopifyCancelledOrder({ id: order.id, customerId: order.customerId }),
    )
    expect((await deliveryOf(cancelled)).items[0].status).toBe('waiting')
    await refunded(order, '42.50', '1')
    await pay(order)
    expect(await progressOf(`shopify:${order.customerId}`)).toEqual([0, 0])
    expect((await deliveryOf(cancelled)).items[0].status).toBe('applied')
  })

  it('a report without a purchase looks for it for 90 days, to the millisecond, and no longer', async () => {
    const began = api.clock.now()
    const order = anOrder()
    const deliveryId = await fromShopify(
      'orders/cancelled',
      shopifyCancelledOrder({ id: order.id, customerId: order.customerId }),
    )
    const looksAgainAfter = async (ms: number) => {
      api.clock.set(new Date(began + ms).toISOString())
      const item = async () =>
        (await api.store.findByKeys('delivery_item', ['deliveryId'], [[deliveryId]]))[0]!
      const engine = { ...api.deps.entries, record: api.deps.recorder.record }
      const process = createProcessItems({
        store: api.store,
        recorder: engine,
        clock: api.clock,
        logger: quietLogger,
      })
      const signal = new AbortController().signal
      await process(activityJobOf(await item()), { tryNumber: 1, lastTry: false, jobId: 'job', signal })
      return (await item()).dueAt
    }
    const days90 = 90 * 24 * 3_600_000
    try {
      expect(await looksAgainAfter(days90)).toBe(began + days90 + 24 * 3_600_000)
      expect(await looksAgainAfter(days90 + 1)).toBeNull()
    } finally {
      api.clock.set(new Date(began).toISOString())
    }
  })

  it('a Stripe refund takes its amount and gives it back when it fails, whatever comes first', async () => {
    const { paymentIntent, chargeId } = anOrder()
    const customer = `cus_${serial}`
    const refund = (status: string, type = 'refund.updated') =>
      fromStripe(
        stripeRefundEvent({
          id: `evt_${serial}_${status}`,
          refundId: `re_${serial}`,
          type,
          status,
          amount: 1000,
          paymentIntent,
          charge: chargeId,
        }),
      )
    await refund('pending', 'refund.created')
    await fromStripe(stripeChargeEvent({ id: `evt_${serial}`, chargeId, paymentIntent, customer }))
    expect(await progressOf(`stripe:${customer}`)).toEqual([1, 42.5])
    await refund('succeeded')
    expect(await progressOf(`stripe:${customer}`)).toEqual([1, 32.5])
    await refund('failed', 'refund.failed')
    await refund('succeeded')
    expect(await progressOf(`stripe:${customer}`)).toEqual([1, 42.5])
  })

  it('a dispute at Stripe takes back the order that Shopify reported and Stripe was paid for', async () => {
    const order = anOrder()
    const { paymentIntent, chargeId } = order
    const dispute = (status: string) =>
      fromStripe(
        stripeDisputeEvent({
          id: `evt_${serial}_${status}`,
          disputeId: `dp_${serial}`,
          status,
          paymentIntent,
          charge: chargeId,
        }),
      )
    const lost = await dispute('lost')
    await pay(order)
    expect(await progressOf(`shopify:${order.customerId}`)).toEqual([1, 42.5])
    await fromStripe(stripeChargeEvent({ id: `evt_${serial}`, chargeId, paymentIntent, orderId: order.id }))
    expect(await progressOf(`shopify:${order.customerId}`)).toEqual([0, 0])
    expect((await deliveryOf(lost)).orderId).toBe(order.id)
    await dispute('won')
    expect(await progressOf(`shopify:${order.customerId}`)).toEqual([1, 42.5])
  })

  it('still takes back what an erased buyer left in the ledger, and keeps nothing of what was sent', async () => {
    const order = anOrder()
    await pay(order)
    const early = await refunded(order, '2.50', '1')
    const [member] = (
      await admin.list('account_user', {
        filters: { fieldSlug: 'externalId', operator: 'EQUALS', value: `shopify:${order.customerId}` },
      })
    ).body.data
    await admin.delete(`/schema/account_user/record/${member.id}`)
    const late = await fromShopify(
      'orders/cancelled',
      shopifyCancelledOrder({ id: order.id, customerId: order.customerId }),
    )
    const rows = await api.store.findByKeys('delivery', ['id'], [[early], [late]])
    expect(rows.map(({ body }) => body)).toEqual([null, null])
    const progress = await admin.list('streak_progress', {
      filters: { fieldSlug: 'ownedById', operator: 'EQUALS', value: member.id },
    })
    expect(progress.body.data.map((row: Body) => row.currentProgressValue)).toEqual([0, 0])
  })
})

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { happen } from '../../src/engine/happen.ts'
import { foldCode } from '../../src/rewards/code.ts'
import { createNoteUses } from '../../src/rewards/uses.ts'
import { type Api, type Body, type Client, startApi } from '../helpers/api.ts'
import { connectorBody, logBody, streakBody } from '../helpers/shop.ts'
import { shopifyOrder, shopifyRequest } from '../helpers/signed.ts'

const SECRET = 'webhook_secret_of_the_tests'
const ORDERED_AT = '2026-11-20T08:00:00.000Z'

let api: Api
let shop: Client
let streak: Body
let connector: Body
let providerId: string
let members = 0
let orders = 0

beforeAll(async () => {
  api = await startApi()
  shop = await api.account('used coupons')
  streak = await shop.create('streak', streakBody('orders', 'live'))
  // no rule: what rules make of an order does not matter
  connector = await shop.create('connector', { ...connectorBody(streak.id), rules: [] })
  providerId = (await shop.create('coupon_provider', { name: 'pool', provider: 'pool' })).id
  await shop.create('milestone', {
    linkedSchemaRecordId: streak.id,
    milestoneTargetValue: 1,
    name: 'one',
    status: 'live',
    onWithdrawal: 'revoke',
    reward: { providerId, discount: { percentage: 10 } },
  })
})
afterAll(() => api.close())

const reload = async ({ id }: Body) => (await shop.get(`/schema/reward_log/record/${id}`)).body.data

/** Somebody new earns a reward; with `set` it is what a worker would have made of it. */
async function earned(set: object = {}): Promise<Body> {
  const log = await shop.create('streak_log', logBody(streak.id, `m${members++}`, 'first'))
  const reward = log.achievedMilestoneRewardLog
  const { accountId } = shop
  const [row] = await api.store.findByKeys('reward_log', ['id'], [[reward.id]])
  const issued = { fulfilmentStatus: 'issued', couponCode: row!.drawnCode, dueAt: null, ...set } as const
  await api.store.commit([
    { op: 'update', collection: 'reward_log', id: reward.id, accountId, guard: {}, set: issued },
  ])
  return { ...reward, code: row!.drawnCode }
}

async function order(codes: readonly string[], fields: object = {}, topic = 'orders/paid'): Promise<string> {
  orders += 1
  const id = String(5_000 + orders)
  const discount_codes = codes.map((code) => ({ code, amount: '1.00', type: 'percentage' }))
  const body = JSON.stringify({
    ...JSON.parse(String(shopifyOrder({ id: Number(id) }))),
    processed_at: ORDERED_AT,
    discount_codes,
    ...fields,
  })
  const { headers, body: bytes } = shopifyRequest({ body, secret: SECRET, topic })
  const sent = await api.send(connector.webhookPath, { method: 'POST', headers, body: new Uint8Array(bytes) })
  expect(sent.status).toBe(200)
  return id
}
const noteUses = () => createNoteUses({ store: api.store, clock: api.clock })()

describe('an order that names a coupon', () => {
  it('marks its reward as used, however its code is written, whatever the rules make of the order', async () => {
    const reward = await earned()
    const orderId = await order(['OTHER', reward.code.toLowerCase()])
    await noteUses()
    expect(await reload(reward)).toMatchObject({
      fulfilmentStatus: 'issued',
      couponUsed: 'yes',
      redeemedAt: ORDERED_AT,
      redeemedOrderId: orderId,
    })
  })

  it('is the first that stays, also when it comes again or is cancelled later', async () => {
    const reward = await earned()
    const first = await order([reward.code])
    await noteUses()
    await order([reward.code])
    await order([reward.code], { id: Number(first), cancelled_at: ORDERED_AT }, 'orders/cancelled')
    await noteUses()
    expect(await reload(reward)).toMatchObject({ redeemedOrderId: first, couponUsed: 'yes' })
  })

  const NO_PURCHASES: readonly [string, object][] = [
    ['not paid', { financial_status: 'pending' }],
    ['cancelled', { cancelled_at: ORDERED_AT }],
    ['a test', { test: true }],
  ]
  it.each(NO_PURCHASES)('marks nothing where it is %s', async (_name, fields) => {
    const reward = await earned()
    await order([reward.code], fields)
    await noteUses()
    expect(await reload(reward)).toMatchObject({ redeemedAt: null, redeemedOrderId: null, couponUsed: null })
  })

  it('marks one that is partially refunded and lists its refunds', async () => {
    const reward = await earned()
    const refunds = [{ id: 1, created_at: ORDERED_AT, transactions: [], refund_line_items: [] }]
    const orderId = await order([reward.code], { financial_status: 'partially_refunded', refunds })
    await noteUses()
    expect(await reload(reward)).toMatchObject({ redeemedOrderId: orderId })
  })

  it('marks a reward whose code a pool or a service chose, and of a shared one another each time', async () => {
    const chosen = { couponCode: 'Service 10', chosenFoldedCode: foldCode('Service 10') }
    const [one, other] = [await earned(chosen), await earned(chosen)]
    const first = await order(['SERVICE  10'])
    await noteUses()
    await order(['service 10'], { id: Number(first), note: 'told again' })
    await noteUses()
    expect(await reload(one)).toMatchObject({ redeemedOrderId: first })
    expect(await reload(other)).toMatchObject({ redeemedOrderId: null })
    const second = await order(['service 10'])
    await noteUses()
    expect(await reload(other)).toMatchObject({ redeemedOrderId: second })
    const [code] = await shop.create('coupon_code', { providerId, codes: ['POOL-1'] })
    const pooled = await earned({ couponCode: 'POOL-1' })
    await api.store.commit([
      {
        op: 'update',
        collection: 'coupon_code',
        id: code.id,
        accountId: shop.accountId,
        guard: {},
        set: { rewardLogId: pooled.id },
      },
    ])
    const third = await order(['pool-1'])
    await noteUses()
    expect(await reload(pooled)).toMatchObject({ redeemedOrderId: third })
  })

  it('marks nothing where the merchant gave the code', async () => {
    const reward = await earned({ fulfilmentStatus: 'failed', couponCode: null })
    const path = `/schema/reward_log/record/${reward.id}`
    expect((await shop.patch(path, { couponCode: 'MINE-77' })).status).toBe(200)
    await order(['MINE-77'])
    await noteUses()
    expect(await reload(reward)).toMatchObject({ redeemedAt: null, couponUsed: null })
  })

  it('of another account marks nothing here', async () => {
    const reward = await earned()
    const others = await api.account('others')
    const there = await others.create('connector', { ...connectorBody(streak.id), rules: [] })
    const mine = connector
    connector = there
    await order([reward.code])
    connector = mine
    await noteUses()
    expect(await reload(reward)).toMatchObject({ redeemedAt: null })
  })

  it('TRAP: ends the question whether it was used, which Shopify’s own count may not know yet: what is taken back asks nobody', async () => {
    const reward = await earned()
    await order([reward.code])
    await noteUses()
    const path = `/schema/streak_log/record/${reward.streakLogId}/withdrawal`
    expect((await shop.post(path, { reason: 'returned', uniqueIdentifier: 'r' })).status).toBe(201)
    expect(await reload(reward)).toMatchObject({ fulfilmentStatus: 'revoked', couponUsed: 'yes' })
  })

  it('is told, though the provider knew of the use before', async () => {
    const reward = await earned()
    const [row] = await api.store.findByKeys('reward_log', ['id'], [[reward.id]])
    await happen(api, row!, { kind: 'used', at: api.clock.now(), orderId: null })
    expect(await reload(reward)).toMatchObject({ couponUsed: 'yes', redeemedOrderId: null })
    const orderId = await order([reward.code])
    await noteUses()
    expect(await reload(reward)).toMatchObject({ redeemedAt: ORDERED_AT, redeemedOrderId: orderId })
    const [told] = await api.store.findByKeys('reward_log', ['id'], [[reward.id]])
    await happen(api, told!, { kind: 'used', at: api.clock.now(), orderId: null })
    expect(await reload(reward)).toMatchObject({ redeemedAt: ORDERED_AT, redeemedOrderId: orderId })
  })

  it.each(['yes', 'no', 'unknown'] as const)(
    'is not the only one who tells: the use of a coupon that is taken back is %s by its provider',
    async (used) => {
      const reward = await earned({ fulfilmentStatus: 'revoking' })
      const [row] = await api.store.findByKeys('reward_log', ['id'], [[reward.id]])
      await happen(api, row!, { kind: 'taken_back', used, reason: null })
      const redeemedAt = used === 'yes' ? new Date(api.clock.now()).toISOString() : null
      expect(await reload(reward)).toMatchObject({ couponUsed: used, redeemedAt, redeemedOrderId: null })
    },
  )

  it('can be filtered and sorted by', async () => {
    const reward = await earned()
    const orderId = await order([reward.code])
    await noteUses()
    const since = { fieldSlug: 'createdAt', operator: 'GREATER_THAN', value: '2020-01-01T00:00:00Z' }
    const found = await shop.list('reward_log', {
      filters: { and: [since, { fieldSlug: 'redeemedOrderId', operator: 'EQUALS', value: orderId }] },
      sortBy: [{ fieldSlug: 'redeemedAt', order: 'DESC' }],
    })
    expect(found.body.data.map(({ id }: Body) => id)).toEqual([reward.id])
  })
})

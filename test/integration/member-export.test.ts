import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { v7 as newId } from 'uuid'
import { memberExportText } from '../../src/http/routes/member-export.ts'
import { type Api, type Body, startApi } from '../helpers/api.ts'
import { type ExplainShop, openExplainShop } from '../helpers/explain-shop.ts'
import { shopifyOrder, stripeChargeEvent } from '../helpers/payloads.ts'
import { shopifyRefund } from '../helpers/report-payloads.ts'

let api: Api
let shop: ExplainShop

beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.close())
beforeEach(async () => {
  shop = await openExplainShop(api, `export ${newId()}`)
})

const ORDER = { currency: 'EUR', totalPrice: '60.00' } as const
const memberBy = async (value: string): Promise<Body> => {
  const filters = { fieldSlug: 'externalId', operator: 'EQUALS', value }
  return (await shop.admin.list('account_user', { filters })).body.data[0]
}
const exported = async (id: string): Promise<Body> => {
  const answer = await shop.admin.get(`/schema/account_user/record/${id}/export`)
  if (answer.status !== 200) throw new Error(answer.text)
  return answer.body.data
}
const listed = async (slug: string, ownedById: string): Promise<Body[]> => {
  const filters = { fieldSlug: 'ownedById', operator: 'EQUALS', value: ownedById }
  const rows: Body[] = (await shop.admin.list(slug, { filters, limit: 1000 })).body.data
  return rows.sort((a, b) => (a.id < b.id ? -1 : 1))
}

it('has everything that is kept about a member, as the lists show it', async () => {
  const body = shopifyOrder(ORDER)
  await shop.told('orders/paid', body)
  await shop.told('refunds/create', shopifyRefund({ transactions: [{ amount: '20.00', currency: 'EUR' }] }))
  await shop.admin.create('milestone', {
    linkedSchemaRecordId: shop.days.id,
    name: 'two days',
    status: 'live',
    milestoneTargetValue: 2,
  })
  await shop.told('orders/paid', shopifyOrder({ ...ORDER, id: 5002, processedAt: '2026-11-21T10:00:00Z' }))
  await shop.told(
    'orders/paid',
    shopifyOrder({ ...ORDER, id: 6001, customerId: 7002, email: 'other@example.com' }),
  )
  const member = await memberBy('shopify:7001')
  const all = await exported(member.id)
  expect(all.member).toEqual(member)
  for (const [name, slug] of Object.entries({
    streakLogs: 'streak_log',
    withdrawals: 'withdrawal',
    streakProgress: 'streak_progress',
    memberStreaks: 'member_streak',
    rewardLogs: 'reward_log',
  })) {
    expect([name, all[name]]).toEqual([name, await listed(slug, member.id)])
    expect(all[name]).not.toEqual([])
  }
  const deliveries: Body[] = (await shop.admin.list('delivery')).body.data
  const own = deliveries.filter(({ orderId }) => orderId !== '6001')
  expect(all.deliveries.map(({ id }: Body) => id)).toEqual(own.map(({ id }) => id).sort())
  const { body: text, ...first } = all.deliveries[0]
  expect(text).toBe(body)
  expect(first).toEqual(deliveries.find(({ id }) => id === first.id))
  expect(JSON.stringify(all)).not.toContain('other@example.com')
})

it('has what names the member and never counted, and null for a body that is gone', async () => {
  await shop.told('orders/paid', shopifyOrder(ORDER))
  const ignored = await shop.told(
    'orders/paid',
    shopifyOrder({ ...ORDER, id: 5002, financialStatus: 'pending' }),
  )
  const member = await memberBy('shopify:7001')
  const before = await exported(member.id)
  expect(before.deliveries.map(({ id }: Body) => id)).toContain(ignored.id)
  await api.store.commit([
    {
      op: 'update',
      collection: 'delivery',
      id: ignored.id,
      accountId: shop.admin.accountId,
      set: { body: null, bodyKeptSince: null },
    },
  ])
  const after = await exported(member.id)
  expect(after.deliveries.find(({ id }: Body) => id === ignored.id).body).toBeNull()
})

it('changes nothing, is nobody else’s, and is not there once the member is erased', async () => {
  await shop.charged(stripeChargeEvent({ currency: 'eur' }))
  const member = await memberBy('stripe:cus_7001')
  await exported(member.id)
  expect(await memberBy('stripe:cus_7001')).toEqual(member)
  const stranger = await api.account(`stranger ${newId()}`)
  const path = `/schema/account_user/record/${member.id}/export`
  expect((await stranger.get(path)).status).toBe(404)
  expect((await shop.admin.get(`${path}?limit=1`)).status).toBe(400)
  expect((await shop.admin.post(path, {})).headers.get('allow')).toBe('GET')
  expect((await shop.admin.delete(`/schema/account_user/record/${member.id}`)).status).toBe(204)
  expect((await shop.admin.get(path)).status).toBe(404)
})

it('leaves in pieces: much of it is never held at once', async () => {
  await shop.told('orders/paid', shopifyOrder(ORDER))
  const member = await memberBy('shopify:7001')
  // 40 bodies of 1 MiB that name the member
  const filler = 'x'.repeat(1024 * 1024)
  for (let at = 0; at < 40; at += 1) {
    const note = { note: filler }
    await shop.told('orders/paid', shopifyOrder({ ...ORDER, id: 9000 + at, order: note }), {
      leavesWork: true,
    })
  }
  const response = await fetch(`${api.origin}/schema/account_user/record/${member.id}/export`, {
    headers: shop.admin.headers,
  })
  expect(response.headers.get('content-length')).toBeNull()
  let bytes = 0
  for await (const chunk of response.body!) bytes += chunk.byteLength
  expect(bytes).toBeGreaterThan(40 * 1024 * 1024)
  // no piece is more than one record with its body
  let largest = 0
  const pieces = memberExportText(api.deps, shop.admin.accountId, member.id, api.clock.now())
  for await (const piece of pieces) largest = Math.max(largest, piece.length)
  expect(largest).toBeLessThan(1.5 * 1024 * 1024)
})

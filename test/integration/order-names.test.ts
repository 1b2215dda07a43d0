import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type Api, type Body, type Client, startApi } from '../helpers/api.ts'
import { shopifyOrder, stripeChargeEvent } from '../helpers/payloads.ts'
import { workOff } from '../helpers/replay-shop.ts'
import { shopifyRefund } from '../helpers/report-payloads.ts'
import { shopifyRequest, stripeRequest } from '../helpers/signed.ts'

const SECRET = 'whsec_of_the_tests_of_names'

let api: Api
let admin: Client
let streak: Body
let shopify: Body
let stripe: Body

beforeAll(async () => {
  api = await startApi()
  admin = await api.account('names')
  const fields = { name: 'orders', status: 'live', aggregationMethod: 'count', aggregationTargetValue: 1 }
  streak = await admin.create('streak', fields)
  const common = { name: 'shop', credentials: { webhookSecrets: [SECRET] }, rules: [{ streakId: streak.id }] }
  const settings = { shopDomain: 'example.myshopify.com' }
  shopify = await admin.create('connector', { ...common, platform: 'shopify', settings })
  stripe = await admin.create('connector', { ...common, platform: 'stripe' })
})
afterAll(() => api.close())

async function send(connector: Body, body: string, topic = 'orders/paid'): Promise<Body> {
  const request =
    connector.platform === 'shopify'
      ? shopifyRequest({ body, topic, secret: SECRET })
      : stripeRequest({ body, secret: SECRET, signedAtMs: api.clock.now() })
  const init = { method: 'POST', headers: request.headers, body: new Uint8Array(request.body) }
  const { deliveryId } = (await api.send(connector.webhookPath, init)).body.data
  return (await admin.get(`/schema/delivery/record/${deliveryId}`)).body.data
}

const named = (id: number, name: unknown, more: object = {}) =>
  send(shopify, shopifyOrder({ id, order: { name }, ...more }))
const found = async (operator: string, value: unknown) => {
  const filters = { fieldSlug: 'orderName', operator, value }
  const { status, body } = await admin.list('delivery', { filters })
  return status === 200 ? body.data.map(({ orderId }: Body) => orderId).toSorted() : status
}

describe('the name of an order', () => {
  it('is what the body calls it, also of what is ignored, and null where it does not say it', async () => {
    expect((await named(1, '#1004')).orderName).toBe('#1004')
    expect(await named(2, 'A-7', { financialStatus: 'pending' })).toMatchObject({
      orderName: 'A-7',
      reason: 'NOT_PAID',
    })
    for (const [at, name] of [undefined, null, '', '  ', 7, 'n'.repeat(257)].entries()) {
      expect((await named(10 + at, name)).orderName).toBeNull()
    }
    expect((await named(20, 'n'.repeat(256))).orderName).toBe('n'.repeat(256))
    expect((await send(shopify, shopifyRefund({ orderId: 1 }), 'refunds/create')).orderName).toBeNull()
    const charge = { id: 'evt_1', chargeId: 'ch_1', paymentIntent: 'pi_1', orderId: '1004' }
    expect(await send(stripe, stripeChargeEvent(charge))).toMatchObject({
      orderName: '1004',
      orderId: 'pi_1',
    })
  })

  it('finds deliveries with or without one # before it, whole or by its beginning', async () => {
    expect(await found('EQUALS', '#1004')).toEqual(['1', 'pi_1'])
    expect(await found('EQUALS', '1004')).toEqual(['1', 'pi_1'])
    expect(await found('EQUALS', '##1004')).toEqual([])
    expect(await found('STARTS_WITH', '#10')).toEqual(['1', 'pi_1'])
    expect(await found('STARTS_WITH', 'A-')).toEqual(['2'])
    expect(await found('EQUALS', 'a-7')).toEqual([])
  })

  it('takes no other operator, is not sorted by, and does not ask for everything', async () => {
    for (const operator of ['NOT_EQUALS', 'IN', 'NOT_IN', 'GREATER_THAN', 'CONTAINS', 'IS_NULL']) {
      expect(await found(operator, operator.endsWith('IN') ? ['1004'] : '1004')).toBe(400)
    }
    for (const value of ['', '#', null, 1004]) expect(await found('STARTS_WITH', value)).toBe(400)
    const sorted = await admin.list('delivery', { sortBy: [{ fieldSlug: 'orderName' }] })
    expect(sorted.status).toBe(400)
  })

  it('goes with its buyer', async () => {
    const { id } = await named(30, '#private', { customerId: 99, email: 'private@example.com' })
    await workOff(api)
    const filters = { fieldSlug: 'externalId', operator: 'EQUALS', value: 'shopify:99' }
    const [member] = (await admin.list('account_user', { filters })).body.data
    expect((await admin.delete(`/schema/account_user/record/${member.id}`)).status).toBe(204)
    expect((await admin.get(`/schema/delivery/record/${id}`)).body.data).toMatchObject({
      orderId: '30',
      orderName: null,
    })
    expect(await found('EQUALS', 'private')).toEqual([])
  })
})

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { startWooDouble, type WooDouble } from '../../src/doubles/woocommerce/index.ts'
import type { Store } from '../../src/ports/store.ts'
import { type Api, type Body, type Client, startApi } from '../helpers/api.ts'
import { tell } from '../helpers/doubles.ts'
import { workOff } from '../helpers/replay-shop.ts'
import { wooOrder, wooRequest } from '../helpers/woo-payloads.ts'

const SECRET = 'secret_of_the_webhooks'
const TOPICS = ['order.created', 'order.updated', 'order.deleted', 'order.restored']

/** A WooCommerce shop and its streak, from the webhook to the log, on one kind of store. */
export function describeWooCommerce(
  kind: string,
  open: () => Promise<{ store: Store; close(): Promise<unknown> }>,
): void {
  let opened: Awaited<ReturnType<typeof open>>
  let api: Api
  let admin: Client
  let double: WooDouble
  let streak: Body
  let connector: Body
  let serial = 0

  beforeAll(async () => {
    opened = await open()
    api = await startApi({ store: opened.store })
    // the double goes by the clock of this machine
    api.clock.set(new Date().toISOString())
  })
  afterAll(async () => {
    await api.close()
    await opened.close()
  })

  beforeEach(async () => {
    serial += 1
    admin = await api.account(`${kind} ${serial}`)
    streak = await admin.create('streak', {
      name: 'a purchase a day',
      status: 'live',
      aggregationMethod: 'sum',
      aggregationTargetValue: 1,
    })
    connector = await shopOf('https://shop.example')
    double = await startWooDouble()
  })
  afterEach(() => double.stop())

  const shopOf = (siteUrl: string) =>
    admin.create('connector', {
      name: siteUrl,
      platform: 'woocommerce',
      credentials: { webhookSecrets: [SECRET] },
      settings: { siteUrl },
      rules: [{ streakId: streak.id, value: 'order_total', currency: 'EUR' }],
    })

  /** Webhooks of the shop, as a merchant makes them by hand. */
  async function subscribe(): Promise<void> {
    const [key] = double.keys()
    const authorization = `Basic ${Buffer.from(`${key!.id}:${key!.secret}`).toString('base64')}`
    for (const topic of TOPICS) {
      const answer = await fetch(`${double.origin}/wp-json/wc/v3/webhooks`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json', 'x-forwarded-host': 'shop.example' },
        body: JSON.stringify({
          topic,
          secret: SECRET,
          delivery_url: `${api.origin}${connector.webhookPath}`,
        }),
      })
      expect(answer.status).toBe(201)
    }
  }
  /** Waits until the double has told everything, and works it off. */
  async function settle(): Promise<void> {
    await tell(double, 'POST /deliveries/settled')
    // what was told may wake what waits
    for (let round = 0; round < 5; round += 1) await workOff(api)
  }
  const progress = async (): Promise<number[]> =>
    (await admin.list('streak_progress')).body.data.map((each: Body) => each.currentProgressValue)
  const deliveries = async (): Promise<Body[]> =>
    (await admin.list('delivery', { sortBy: [{ fieldSlug: 'createdAt' }, { fieldSlug: 'id' }] })).body.data
  const shortly = ({ items }: Body): string[] =>
    items.map(({ status, reason }: Body) => (reason === null ? status : `${status} ${reason}`))

  async function send(body: string, topic: string, to: Body = connector): Promise<Body> {
    const request = wooRequest({ body, topic, secret: SECRET })
    const init = { method: 'POST', headers: request.headers, body: new Uint8Array(request.body) }
    const { status, text, body: answered } = await api.send(to.webhookPath, init)
    if (status !== 200) throw new Error(text)
    return answered.data
  }
  const shown = async ({ deliveryId }: Body): Promise<Body> =>
    (await admin.get(`/schema/delivery/record/${deliveryId}`)).body.data
  const logs = async (): Promise<Body[]> => (await admin.list('streak_log')).body.data

  describe(`a shop with WooCommerce, on ${kind}`, () => {
    it('counts an order once however often it is told, and takes back what is refunded', async () => {
      await subscribe()
      const { id } = await tell<{ id: number }>(double, 'POST /orders', {
        customerId: 7,
        lines: [{ total: '20.00', quantity: 2 }],
      })
      await settle()
      expect(await progress()).toEqual([20])
      const [{ externalId } = { externalId: '' }] = (await admin.list('account_user')).body.data
      expect(externalId).toBe('woocommerce:shop.example:7')
      await tell(double, `POST /orders/${id}`, { status: 'completed' })
      await tell(double, `POST /orders/${id}/refund`, { amount: '5.00' })
      await settle()
      expect(await progress()).toEqual([15])
      await tell(double, `POST /orders/${id}/refund`, { amount: '15.00' })
      await settle()
      expect(await progress()).toEqual([0])
      expect((await logs()).map(({ uniqueIdentifier }) => uniqueIdentifier)).toEqual([String(id)])
    })

    it('follows an order that is cancelled, deleted and brought back', async () => {
      await subscribe()
      const { id } = await tell<{ id: number }>(double, 'POST /orders', { customerId: 7 })
      await settle()
      expect(await progress()).toEqual([20])
      const steps: [string, object, number][] = [
        [`POST /orders/${id}`, { status: 'cancelled' }, 0],
        [`POST /orders/${id}`, { status: 'processing' }, 20],
        [`POST /orders/${id}`, { status: 'failed' }, 0],
        [`POST /orders/${id}`, { status: 'completed' }, 20],
        [`POST /orders/${id}/trash`, {}, 0],
        [`POST /orders/${id}/restore`, {}, 20],
      ]
      for (const [at, [route, body, left]] of steps.entries()) {
        // times of the shop are in whole seconds
        await tell(double, 'POST /clock', { advanceSeconds: 2 })
        // one clock for both, which a deletion goes by
        api.clock.set(new Date(Date.now() + 2_000 * (at + 1)).toISOString())
        await tell(double, route, body)
        await settle()
        expect([route, body, await progress()]).toEqual([route, body, [left]])
      }
    })

    it('says of an order that never counted that there is nothing to take back', async () => {
      const cancelled = await send(wooOrder({ status: 'cancelled', paidAt: null }), 'order.updated')
      const deleted = await send('{"id":5001}', 'order.deleted')
      await workOff(api)
      for (const delivery of [cancelled, deleted]) {
        expect(shortly(await shown(delivery))).toEqual(['ignored NOTHING_TO_REPORT'])
      }
      const test = `/schema/connector/record/${connector.id}/test`
      const tried = await admin.post(test, { payload: { id: 5001 } })
      expect(tried.body.data).toMatchObject({ topic: 'order.deleted', outcome: 'reported', orderId: '5001' })
      expect(shortly(tried.body.data)).toEqual(['ignored NOTHING_TO_REPORT'])
    })

    it('takes an order back whose end arrives before its payment', async () => {
      const order = { currency: 'EUR', total: '20.00' }
      const late = await send(
        wooOrder({ ...order, status: 'cancelled', modifiedAt: '2026-11-20T15:10:00' }),
        'order.updated',
      )
      await workOff(api)
      expect(shortly(await shown(late))).toEqual(['waiting'])
      const unpaid = await send('{"id":5002}', 'order.deleted')
      await workOff(api)
      await send(wooOrder(order), 'order.updated')
      await send(wooOrder({ ...order, id: 5002 }), 'order.updated')
      for (let round = 0; round < 5; round += 1) await workOff(api)
      expect(shortly(await shown(late))).toEqual(['applied'])
      expect(shortly(await shown(unpaid))).toEqual(['applied'])
      expect(await progress()).toEqual([0])
    })

    it('counts orders of two shops that bear the same number', async () => {
      const other = await shopOf('https://other.example')
      const order = wooOrder({ customerId: 0, currency: 'EUR', total: '20.00' })
      await send(order, 'order.updated')
      await workOff(api)
      const second = await send(order, 'order.updated', other)
      const test = `/schema/connector/record/${other.id}/test`
      const [tried] = (await admin.post(test, { payload: order })).body.data.items
      const spaced = `5001@${other.settings.purchaseSpace}`
      expect(tried).toMatchObject({ status: 'counted', log: { uniqueIdentifier: spaced } })
      await workOff(api)
      expect(shortly(await shown(second))[0]).toBe('counted')
      expect((await logs()).map(({ uniqueIdentifier }) => uniqueIdentifier).sort()).toEqual(['5001', spaced])
      expect(await progress()).toEqual([40])
      // each is known again by its own shop, and taken back by it
      const again = wooOrder({ customerId: 0, currency: 'EUR', total: '20.00', status: 'completed' })
      expect(shortly(await shown(await sent(again, other)))[0]).toBe('duplicate DUPLICATE')
      const ended = { customerId: 0, currency: 'EUR', status: 'cancelled', modifiedAt: '2026-11-20T16:00:00' }
      await sent(wooOrder(ended), other)
      expect(await progress()).toEqual([20])
    })

    it('is a duplicate of a log that the API made by the name which it would get', async () => {
      const other = await shopOf('https://other.example')
      const order = wooOrder({ customerId: 0, currency: 'EUR', total: '20.00' })
      const { id } = await admin.create('streak_log', {
        streakId: streak.id,
        ownedBy: { externalId: 'email:buyer@example.com' },
        activityId: 'made_a_purchase',
        activityAt: '2026-11-20T10:00:00Z',
        activityValue: 1,
        uniqueIdentifier: `5001@${other.id}`,
      })
      await sent(order)
      const [item] = (await shown(await sent(order, other))).items
      expect(item).toMatchObject({ status: 'duplicate', duplicateOfId: id })
      expect((await logs()).length).toBe(2)
    })

    it('counts both where they arrive at the same moment', async () => {
      const other = await shopOf('https://other.example')
      const order = wooOrder({ customerId: 0, currency: 'EUR', total: '20.00' })
      await Promise.all([send(order, 'order.updated'), send(order, 'order.updated', other)])
      for (let round = 0; round < 5; round += 1) await workOff(api)
      expect((await logs()).length).toBe(2)
      expect(await progress()).toEqual([40])
    })

    it('knows an order that the API was told of, and one of the same purchase space', async () => {
      await admin.create('streak_log', {
        streakId: streak.id,
        ownedBy: { externalId: 'woocommerce:shop.example:7001' },
        activityId: 'made_a_purchase',
        activityAt: '2026-11-20T10:00:00Z',
        activityValue: 20,
        uniqueIdentifier: '5001',
      })
      const told = await sent(wooOrder({ currency: 'EUR' }))
      expect(shortly(await shown(told))[0]).toBe('duplicate DUPLICATE')
    })

    it('has the address of its site fixed by the first purchase', async () => {
      const path = `/schema/connector/record/${connector.id}`
      const moved = { settings: { siteUrl: 'https://moved.example' } }
      expect((await admin.patch(path, moved)).body.data.settings).toMatchObject(moved.settings)
      await admin.patch(path, { settings: { siteUrl: 'https://shop.example/' } })
      await sent(wooOrder({ currency: 'EUR' }))
      const refused = await admin.patch(path, moved)
      expect([refused.status, refused.body.error.code]).toEqual([400, 'FIELD_IS_FIXED'])
      expect(refused.body.error.details).toMatchObject([{ path: 'settings.siteUrl' }])
      const same = await admin.patch(path, { settings: { siteUrl: 'https://SHOP.example' }, name: 'renamed' })
      expect(same.body.data).toMatchObject({ name: 'renamed', settings: { siteUrl: 'https://shop.example' } })
    })

    it('notes on its installation when it was pinged last', async () => {
      const { id } = connector
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      await api.send(connector.webhookPath, { method: 'POST', headers, body: 'webhook_id=1' })
      const [row] = await opened.store.findByKeys('installation', ['id'], [[id]])
      expect(row).toMatchObject({ pingedAt: api.clock.now(), firstWebhookAt: null, lastWebhookAt: null })
    })

    it('answers a ping, and keeps nothing of it', async () => {
      await subscribe()
      await tell(double, 'POST /deliveries/settled')
      const { deliveries: pings } = await tell<{ deliveries: Body[] }>(double, 'GET /deliveries')
      expect(pings).toHaveLength(TOPICS.length)
      for (const ping of pings) expect(ping).toMatchObject({ topic: 'ping', state: 'delivered' })
      expect(await deliveries()).toEqual([])
      const row = (await admin.get(`/schema/connector/record/${connector.id}`)).body.data
      expect(row).toMatchObject({ refusedCount: 0, recentRefusals: [] })
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      const ping = await api.send(connector.webhookPath, { method: 'POST', headers, body: 'webhook_id=1' })
      expect([ping.status, ping.body]).toEqual([200, { data: { deliveryId: null } }])
      const other = await api.send(connector.webhookPath, { method: 'POST', headers, body: 'webhook_id=x' })
      expect([other.status, other.body.error.details[0].message]).toEqual([401, 'SIGNATURE_MISSING'])
    })
  })

  async function sent(body: string, to: Body = connector): Promise<Body> {
    const delivery = await send(body, 'order.updated', to)
    for (let round = 0; round < 5; round += 1) await workOff(api)
    return delivery
  }
}

import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { startWooDouble, type WooDouble } from '../../../src/doubles/woocommerce/index.ts'
import { tell } from '../../helpers/doubles.ts'
import { type ScriptedServer, startScriptedServer } from '../../helpers/scripted-server.ts'

const SECRET = 'a secret of ours'

let woo: WooDouble
let receiver: ScriptedServer
let status = 200

beforeEach(async () => {
  status = 200
  receiver = await startScriptedServer((response) => response.writeHead(status).end())
  woo = await startWooDouble()
})

afterEach(async () => {
  await woo.stop()
  await receiver.stop()
})

interface Answered {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: answers are read as JSON, as a client of the platform would
  readonly body: any
}

interface Key {
  readonly id: string
  readonly secret: string
}

async function ask(
  route: string,
  body?: object,
  key: Key | null | undefined = woo.keys()[0],
): Promise<Answered> {
  const [method = 'GET', path = ''] = route.split(' ')
  const basic = Buffer.from(`${key?.id}:${key?.secret}`).toString('base64')
  const response = await fetch(`${woo.origin}${path}`, {
    method,
    headers: {
      'x-forwarded-host': 'shop.example',
      ...(key === null ? {} : { authorization: `Basic ${basic}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text }
}

const HOOKS = '/wp-json/wc/v3/webhooks'
const url = (): string => `http://127.0.0.1:${receiver.port}/webhooks/woocommerce/1`
const subscribe = (topic: string, changes: object = {}): Promise<Answered> =>
  ask(`POST ${HOOKS}`, { name: 'Streaks', topic, delivery_url: url(), secret: SECRET, ...changes })
const settled = (): Promise<unknown> => tell(woo, 'POST /deliveries/settled')

describe('keys', () => {
  it('that may read alone are 401 for whatever they write, and so are wrong and missing ones', async () => {
    const reader = await tell<Key & Record<string, unknown>>(woo, 'POST /keys', { permissions: 'read' })
    expect((await ask(`GET ${HOOKS}`, undefined, reader)).status).toBe(200)
    const refused = await ask(`POST ${HOOKS}`, { topic: 'order.created', delivery_url: url() }, reader)
    expect(refused).toMatchObject({
      status: 401,
      body: {
        code: 'woocommerce_rest_authentication_error',
        message: 'The API key provided does not have write permissions.',
        data: { status: 401 },
      },
    })
    const [key] = woo.keys()
    expect((await ask(`GET ${HOOKS}`, undefined, { id: 'ck_x', secret: 'x' })).body.message).toBe(
      'Consumer key is invalid.',
    )
    expect((await ask(`GET ${HOOKS}`, undefined, { id: key?.id ?? '', secret: 'x' })).body.message).toBe(
      'Consumer secret is invalid.',
    )
    expect((await ask(`GET ${HOOKS}`, undefined, null)).body.code).toBe('woocommerce_rest_cannot_view')
  })

  it('of a user who does not manage the shop are 403', async () => {
    const key = await tell<Key & Record<string, unknown>>(woo, 'POST /keys', { isManager: false })
    expect((await ask(`GET ${HOOKS}`, undefined, key)).status).toBe(403)
  })
})

describe('the site', () => {
  it('with plain permalinks answers pages below /wp-json, and the API at ?rest_route=', async () => {
    await tell(woo, 'POST /site', { permalinks: 'plain' })
    expect(await ask(`GET ${HOOKS}`)).toMatchObject({ status: 404, body: expect.stringContaining('<html') })
    expect((await ask('GET /?rest_route=/wc/v3/webhooks')).body).toEqual([])
    expect(
      (await ask('POST /?rest_route=/wc/v3/webhooks', { topic: 'order.created', delivery_url: url() }))
        .status,
    ).toBe(201)
  })

  it('may live below a path, and knows its own host', async () => {
    await tell(woo, 'POST /site', { url: 'https://shop.example/store' })
    expect((await ask(`GET /store${HOOKS}`)).status).toBe(200)
    expect((await ask(`GET ${HOOKS}`)).status).toBe(404)
    await tell(woo, 'POST /site', { url: 'https://other.example' })
    expect((await ask(`GET ${HOOKS}`)).status).toBe(404)
  })

  it('says what there is not in the words of WordPress', async () => {
    expect((await ask('GET /wp-json/wc/v3/streaks')).body.code).toBe('rest_no_route')
    expect((await ask('GET /wp-json')).body.namespaces).toContain('wc/v3')
    expect((await ask(`GET ${HOOKS}/99999`)).body).toMatchObject({
      code: 'woocommerce_rest_shop_webhook_invalid_id',
      data: { status: 404 },
    })
  })
})

describe('webhooks', () => {
  it('are made, never show their secret, and ping as a form without a signature', async () => {
    const { status: made, body } = await subscribe('order.created')
    expect(made).toBe(201)
    expect(body).toMatchObject({
      status: 'active',
      topic: 'order.created',
      resource: 'order',
      event: 'created',
      delivery_url: url(),
    })
    expect(body).not.toHaveProperty('secret')
    await settled()
    const [ping] = receiver.seen
    expect(ping?.body).toBe(`webhook_id=${body.id}`)
    expect(ping?.headers['content-type']).toBe('application/x-www-form-urlencoded')
    expect(ping?.headers).not.toHaveProperty('x-wc-webhook-signature')
  })

  it.each([
    ['a topic that is none', { topic: 'order.sold' }, 'woocommerce_rest_webhook_invalid_topic'],
    [
      'an address that is none',
      { delivery_url: 'shop.example' },
      'woocommerce_rest_webhook_invalid_delivery_url',
    ],
    ['a status that is none', { status: 'on' }, 'rest_invalid_param'],
  ])('are refused with %s', async (_, changes, code) => {
    const { status: refused, body } = await subscribe('order.created', changes)
    expect([refused, body.code]).toEqual([400, code])
  })

  it('sign what happens to orders, from the first day to the trash', async () => {
    for (const topic of ['order.created', 'order.updated', 'order.deleted', 'order.restored'])
      await subscribe(topic)
    await settled()
    const pings = receiver.seen.length
    const order = await tell<{ id: number }>(woo, 'POST /orders', { status: 'pending', customerId: 7 })
    await tell(woo, `POST /orders/${order.id}`, { status: 'processing' })
    await tell(woo, `POST /orders/${order.id}/refund`, { amount: '5' })
    await tell(woo, `POST /orders/${order.id}/trash`)
    await tell(woo, `POST /orders/${order.id}/restore`)
    await settled()
    const seen = receiver.seen.slice(pings)
    for (const { headers, body } of seen) {
      expect(headers['x-wc-webhook-signature']).toBe(
        createHmac('sha256', SECRET).update(body).digest('base64'),
      )
      expect(headers['x-wc-webhook-source']).toBe('https://shop.example/')
    }
    const byTopic = (topic: string): object[] =>
      seen
        .filter(({ headers }) => headers['x-wc-webhook-topic'] === topic)
        .map(({ body }) => JSON.parse(body))
    expect(byTopic('order.created')).toMatchObject([
      {
        status: 'pending',
        date_paid_gmt: null,
        total: '20.00',
        customer_id: 7,
        line_items: [{ quantity: 1 }],
      },
    ])
    expect(byTopic('order.updated')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ status: 'processing', refunds: [] }),
        expect.objectContaining({ refunds: [{ id: expect.any(Number), reason: '', total: '-5.00' }] }),
      ]),
    )
    expect(byTopic('order.deleted')).toEqual([{ id: order.id }])
    expect(byTopic('order.restored')).toMatchObject([{ id: order.id, status: 'processing' }])
  })

  it('are disabled by five failures in a row, not tried again, and switched on by hand', async () => {
    const { body } = await subscribe('order.created')
    await settled()
    status = 500
    for (let time = 0; time < 5; time += 1) {
      await tell(woo, 'POST /orders')
      await settled()
    }
    expect(receiver.seen).toHaveLength(6)
    expect((await ask(`GET ${HOOKS}/${body.id}`)).body.status).toBe('disabled')
    await tell(woo, 'POST /orders')
    await settled()
    expect(receiver.seen).toHaveLength(6)
    status = 302
    expect((await ask(`PUT ${HOOKS}/${body.id}`, { status: 'active' })).body.status).toBe('active')
    for (let time = 0; time < 6; time += 1) await tell(woo, 'POST /orders')
    await settled()
    expect((await ask(`GET ${HOOKS}/${body.id}`)).body.status).toBe('active')
  })

  it('are deleted only by force, and twice the same is taken', async () => {
    const { body } = await subscribe('order.created')
    await subscribe('order.created')
    expect((await ask(`DELETE ${HOOKS}/${body.id}`)).status).toBe(501)
    expect((await ask(`DELETE ${HOOKS}/${body.id}?force=true`)).status).toBe(200)
    expect((await ask(`GET ${HOOKS}`)).body).toHaveLength(1)
  })
})

describe('lists', () => {
  it('are counted in headers, paged, and ordered by when they changed', async () => {
    for (const id of ['11', '12', '13']) await tell(woo, 'POST /orders', { id })
    await tell(woo, 'POST /clock', { advanceSeconds: 60 })
    await tell(woo, 'POST /orders/11', { status: 'completed' })
    const first = await ask('GET /wp-json/wc/v3/orders?per_page=2&orderby=modified&order=desc')
    expect(first.headers.get('x-wp-total')).toBe('3')
    expect(first.headers.get('x-wp-totalpages')).toBe('2')
    expect(first.headers.get('link')).toContain('rel="next"')
    expect(first.body[0].id).toBe(11)
    const changed = new Date(Date.now() + 30_000).toISOString()
    const { body } = await ask(`GET /wp-json/wc/v3/orders?modified_after=${changed}&status=completed`)
    expect(body.map(({ id }: { id: number }) => id)).toEqual([11])
    expect((await ask('GET /wp-json/wc/v3/orders?per_page=101')).body.code).toBe('rest_invalid_param')
    expect((await ask('GET /wp-json/wc/v3/orders?status=sold')).status).toBe(400)
  })
})

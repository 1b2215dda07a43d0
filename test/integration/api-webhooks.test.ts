import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type Api, type Body, type Client, startApi } from '../helpers/api.ts'
import { sendRaw } from '../helpers/raw-http.ts'
import { connectorBody } from '../helpers/shop.ts'
import { shopifyOrder, shopifyRequest } from '../helpers/signed.ts'
import { until } from '../helpers/until.ts'

const SECRET = 'webhook_secret_of_the_tests'
const NOWHERE = '01890000-0000-7000-8000-000000000000'
const MIB = 1024 * 1024

let api: Api
let admin: Client
let streak: Body
let connector: Body

beforeAll(async () => {
  api = await startApi()
  admin = await api.account('webhooks')
  streak = await admin.create('streak', { name: 'orders', status: 'live', aggregationTargetValue: 1 })
  connector = await admin.create('connector', {
    name: 'shop',
    platform: 'shopify',
    credentials: { webhookSecrets: [SECRET] },
    settings: { shopDomain: 'example.myshopify.com' },
    rules: [{ streakId: streak.id }],
  })
})
afterAll(() => api.close())

const deliver = (request: ReturnType<typeof shopifyRequest>, path = connector.webhookPath) =>
  api.send(path, { method: 'POST', headers: request.headers, body: new Uint8Array(request.body) })
const order = (id: number) => shopifyRequest({ body: shopifyOrder({ id }), secret: SECRET })

describe('a webhook', () => {
  it('is stored once, and answered the same when it comes again', async () => {
    api.lines.length = 0
    const first = await deliver(order(1))
    expect(first).toMatchObject({ status: 200, body: { data: { deliveryId: expect.any(String) } } })
    expect((await deliver(order(1))).body).toEqual(first.body)
    await until(() => api.lines.filter(({ message }) => message === 'request').length === 2)
    expect(api.lines.find(({ message }) => message === 'request')?.fields).toMatchObject({
      route: '/webhooks/{platform}/{connectorId}',
      status: 200,
      connectorId: connector.id,
      deliveryId: first.body.data.deliveryId,
      requestId: first.headers.get('x-request-id'),
    })
  })

  it('is a 404 as soon as its connector is deleted, and read no further where there is none', async () => {
    const { id, webhookPath } = await admin.create('connector', connectorBody(streak.id))
    const forged = shopifyRequest({ body: shopifyOrder({ id: 1 }), secret: 'somebody else' })
    expect((await deliver(forged, webhookPath)).status).toBe(401)
    expect((await admin.delete(`/schema/connector/record/${id}`)).status).toBe(204)
    expect((await deliver(order(1), webhookPath)).status).toBe(404)
    const head = `POST ${webhookPath.replace(id, streak.id)} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n`
    expect((await sendRaw(api.origin, head)).status).toBe(404)
  })

  it('is shown as a delivery with what each rule made of it, without its body', async () => {
    const { body } = await deliver(order(2))
    const { data } = (await admin.get(`/schema/delivery/record/${body.data.deliveryId}`)).body
    expect(data).toEqual({
      id: body.data.deliveryId,
      connectorId: connector.id,
      platform: 'shopify',
      topic: 'orders/paid',
      webhookId: expect.any(String),
      bodySha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      receivedAt: expect.any(String),
      headers: expect.any(Object),
      orderId: '2',
      orderName: '#1001',
      outcome: 'translated',
      reason: null,
      items: [
        {
          ruleIndex: 0,
          streakId: streak.id,
          status: 'pending',
          reason: null,
          message: null,
          streakLogId: null,
          quiet: null,
          duplicateOfId: null,
          droppedFields: [],
          report: null,
        },
      ],
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    })
    const filters = { fieldSlug: 'orderId', operator: 'EQUALS', value: '2' }
    expect((await admin.list('delivery', { filters })).body.data).toEqual([data])
    const fields = ['id', 'orderId']
    expect((await admin.list('delivery', { filters, fields })).body.data).toEqual([
      { id: data.id, orderId: '2' },
    ])
    const stranger = await api.account('stranger')
    expect((await stranger.get(`/schema/delivery/record/${data.id}`)).status).toBe(404)
  })

  it('of a paused connector is stored as ignored', async () => {
    const paused = await admin.create('connector', {
      name: 'paused shop',
      platform: 'shopify',
      status: 'paused',
      credentials: { webhookSecrets: [SECRET] },
      settings: { shopDomain: 'example.myshopify.com' },
      rules: [{ streakId: streak.id }],
    })
    const { body } = await deliver(order(3), paused.webhookPath)
    const { data } = (await admin.get(`/schema/delivery/record/${body.data.deliveryId}`)).body
    expect(data).toMatchObject({ outcome: 'ignored', reason: 'CONNECTOR_NOT_LIVE', items: [] })
  })
})

describe('a webhook is refused', () => {
  const refusal = (answer: Awaited<ReturnType<typeof deliver>>) => [answer.status, answer.body?.error?.code]

  it('with 404 where there is no such connector', async () => {
    for (const path of [
      `/webhooks/shopify/${NOWHERE}`,
      '/webhooks/shopify/abc',
      `/webhooks/stripe/${connector.id}`,
      `/webhooks/paddle/${connector.id}`,
    ]) {
      expect(refusal(await deliver(order(4), path))).toEqual([404, 'NOT_FOUND'])
    }
  })

  it('with 401 and its reason when it is not signed with a secret of the connector', async () => {
    const forged = shopifyRequest({ body: shopifyOrder({ id: 5 }), secret: 'another' })
    const answer = await deliver(forged)
    expect(refusal(answer)).toEqual([401, 'SIGNATURE_INVALID'])
    expect(answer.body.error.details).toEqual([{ path: '', message: 'SIGNATURE_MISMATCH' }])
    const { 'x-shopify-hmac-sha256': _signature, ...unsigned } = order(5).headers
    expect(refusal(await deliver({ ...order(5), headers: unsigned as Record<string, string> }))).toEqual([
      401,
      'SIGNATURE_INVALID',
    ])
  })

  it('with 415 when it is signed but not JSON', async () => {
    const text = shopifyRequest({ body: 'a=b', secret: SECRET, headers: { 'content-type': 'text/plain' } })
    expect(refusal(await deliver(text))).toEqual([415, 'NOT_JSON'])
  })

  it('with 405 unless it is posted', async () => {
    for (const path of [connector.webhookPath, '/webhooks/shopify']) {
      const answer = await api.send(path)
      expect(answer).toMatchObject({ status: 405, body: { error: { code: 'METHOD_NOT_ALLOWED' } } })
      expect(answer.headers.get('allow')).toBe('POST')
    }
  })

  it('in this order: 404, 413, 401, 415', async () => {
    const large = Buffer.alloc(8 * MIB + 1, 0x20)
    const headers = { 'content-type': 'text/plain', 'x-shopify-hmac-sha256': 'nonsense' }
    expect(refusal(await deliver({ body: large, headers }, `/webhooks/shopify/${NOWHERE}`))).toEqual([
      404,
      'NOT_FOUND',
    ])
    expect(refusal(await deliver({ body: large, headers }))).toEqual([413, 'BODY_TOO_LARGE'])
    const largest = large.subarray(0, 8 * MIB)
    expect(refusal(await deliver({ body: largest, headers }))).toEqual([401, 'SIGNATURE_INVALID'])
    const signed = shopifyRequest({
      body: largest,
      secret: SECRET,
      headers: { 'content-type': 'text/plain' },
    })
    expect(refusal(await deliver(signed))).toEqual([415, 'NOT_JSON'])
  })
})

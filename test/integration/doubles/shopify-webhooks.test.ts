import { createHmac } from 'node:crypto'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type ShopifyDouble, startShopifyDouble } from '../../../src/doubles/shopify/index.ts'
import { askAdmin, type GraphAnswer, tell } from '../../helpers/doubles.ts'
import { type ScriptedServer, startScriptedServer } from '../../helpers/scripted-server.ts'
import { makeTempFolder } from '../../helpers/temp-folder.ts'

const SHOP = 'demo-shop.myshopify.com'
const TOPICS = [
  'ORDERS_CREATE',
  'ORDERS_PAID',
  'ORDERS_UPDATED',
  'ORDERS_CANCELLED',
  'REFUNDS_CREATE',
  'APP_UNINSTALLED',
]

const CREATE = `mutation($topic: WebhookSubscriptionTopic!, $webhookSubscription: WebhookSubscriptionInput!) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: $webhookSubscription) {
    webhookSubscription { id topic uri format filter includeFields name apiVersion { handle } }
    userErrors { field message }
  }
}`

let shopify: ShopifyDouble
let token: string
let receiver: ScriptedServer
let status = 200

beforeEach(async () => {
  status = 200
  receiver = await startScriptedServer((response) =>
    response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end(),
  )
  shopify = await startShopifyDouble()
  token = (await tell<{ accessToken: string }>(shopify, 'POST /tokens')).accessToken
})

afterEach(async () => {
  await shopify.stop()
  await receiver.stop()
})

const uri = (): string => `http://127.0.0.1:${receiver.port}/webhooks/shopify/1`
const ask = (query: string, variables: object = {}): Promise<GraphAnswer> =>
  askAdmin(shopify, { shop: SHOP, token }, query, variables)

async function subscribe(topic: string, changes: object = {}): Promise<GraphAnswer['body']> {
  const { body } = await ask(CREATE, { topic, webhookSubscription: { uri: uri(), ...changes } })
  return body.data?.webhookSubscriptionCreate ?? body
}

const settled = (): Promise<unknown> => tell(shopify, 'POST /deliveries/settled')
const topicOf = ({ headers }: ScriptedServer['seen'][number]): string => String(headers['x-shopify-topic'])
const topicsSeen = (): string[] => receiver.seen.map(topicOf)

describe('subscriptions', () => {
  it('are made, listed, moved and deleted, one for each topic and address', async () => {
    const made = await subscribe('ORDERS_PAID')
    expect(made).toEqual({
      webhookSubscription: {
        id: expect.stringMatching(/^gid:\/\/shopify\/WebhookSubscription\/\d+$/),
        topic: 'ORDERS_PAID',
        uri: uri(),
        format: 'JSON',
        filter: null,
        includeFields: [],
        name: null,
        apiVersion: { handle: '2026-10' },
      },
      userErrors: [],
    })
    expect((await subscribe('ORDERS_PAID')).userErrors).toEqual([
      { field: ['webhookSubscription', 'uri'], message: 'Address for this topic has already been taken' },
    ])
    const { id } = made.webhookSubscription
    const move = `mutation($id: ID!, $webhookSubscription: WebhookSubscriptionInput!) {
      webhookSubscriptionUpdate(id: $id, webhookSubscription: $webhookSubscription) { webhookSubscription { uri } userErrors { message } } }`
    const moved = await ask(move, { id, webhookSubscription: { uri: 'https://shop.example/x' } })
    expect(moved.body.data.webhookSubscriptionUpdate.webhookSubscription.uri).toBe('https://shop.example/x')
    const list = '{ webhookSubscriptions(first: 10, topics: [ORDERS_PAID]) { nodes { id uri } } }'
    expect((await ask(list)).body.data.webhookSubscriptions.nodes).toEqual([
      { id, uri: 'https://shop.example/x' },
    ])
    const end =
      'mutation($id: ID!) { webhookSubscriptionDelete(id: $id) { deletedWebhookSubscriptionId userErrors { message } } }'
    expect((await ask(end, { id })).body.data.webhookSubscriptionDelete).toEqual({
      deletedWebhookSubscriptionId: id,
      userErrors: [],
    })
    expect((await ask(end, { id })).body.data.webhookSubscriptionDelete.userErrors).toHaveLength(1)
  })

  it('are refused without a scope for the topic, with an address of the open web in the clear, and without one', async () => {
    expect((await subscribe('DISPUTES_CREATE')).userErrors).toMatchObject([{ field: ['topic'] }])
    expect((await subscribe('ORDERS_PAID', { uri: 'http://shop.example' })).userErrors).toMatchObject([
      { message: 'Address protocol http:// is not supported' },
    ])
    expect((await subscribe('ORDERS_PAID', { uri: null })).userErrors).toMatchObject([
      { message: "Address can't be blank" },
    ])
    expect((await subscribe('CUSTOMERS_REDACT')).errors).toHaveLength(1)
  })
})

describe('deliveries', () => {
  it('are signed with the app’s secret over the body, with ids beyond 2^53 written out', async () => {
    await subscribe('ORDERS_PAID', { name: 'streaks' })
    const order = await tell<{ id: string }>(shopify, 'POST /orders', {
      customer: { email: 'ada@example.com' },
    })
    await settled()
    const [seen] = receiver.seen
    const secret = shopify.world().apps[0]?.secrets[0] ?? ''
    expect(seen?.headers).toMatchObject({
      'x-shopify-topic': 'orders/paid',
      'x-shopify-shop-domain': SHOP,
      'x-shopify-api-version': '2026-10',
      'x-shopify-name': 'streaks',
      'x-shopify-hmac-sha256': createHmac('sha256', secret)
        .update(seen?.body ?? '')
        .digest('base64'),
    })
    expect(seen?.headers['x-shopify-webhook-id']).not.toBe(seen?.headers['x-shopify-event-id'])
    expect(seen?.body).toContain(`{"id":${order.id},"admin_graphql_api_id":"gid://shopify/Order/${order.id}"`)
    expect(JSON.parse(seen?.body ?? '')).toMatchObject({
      financial_status: 'paid',
      total_price: '20.00',
      email: 'ada@example.com',
    })
  })

  it('follow what the merchant does: paid later, refunded, cancelled', async () => {
    for (const topic of TOPICS) await subscribe(topic)
    const { id } = await tell<{ id: string }>(shopify, 'POST /orders', { payment: 'pending' })
    await settled()
    expect(topicsSeen().sort()).toEqual(['orders/create', 'orders/updated'])
    await tell(shopify, `POST /orders/${id}/pay`)
    await tell(shopify, `POST /orders/${id}/refund`, { amount: '5.00' })
    await settled()
    const refund = receiver.seen.find(({ headers }) => headers['x-shopify-topic'] === 'refunds/create')
    expect(JSON.parse(refund?.body ?? '')).toMatchObject({
      transactions: [{ kind: 'refund', status: 'success', amount: '5.00', currency: 'EUR' }],
      order_adjustments: [{ kind: 'refund_discrepancy', amount: '-5.00' }],
    })
    await tell(shopify, `POST /orders/${id}/cancel`)
    await settled()
    const cancelled = receiver.seen.find(({ headers }) => headers['x-shopify-topic'] === 'orders/cancelled')
    expect(JSON.parse(cancelled?.body ?? '')).toMatchObject({
      financial_status: 'refunded',
      cancel_reason: 'customer',
      current_total_price: '0.00',
      total_price: '20.00',
    })
  })

  it('tell again of an order and its refunds where they are told to, each by a webhook of its own', async () => {
    for (const topic of TOPICS) await subscribe(topic)
    const { id } = await tell<{ id: string }>(shopify, 'POST /orders')
    await tell(shopify, `POST /orders/${id}/refund`, { amount: '5.00' })
    await settled()
    const before = receiver.seen.length
    await tell(shopify, `POST /orders/${id}/tell`, { topic: 'ORDERS_PAID' })
    await tell(shopify, `POST /orders/${id}/tell`, { topic: 'REFUNDS_CREATE' })
    await settled()
    const [paid, refund, ...others] = receiver.seen
      .slice(before)
      .sort((a, b) => (topicOf(a) < topicOf(b) ? -1 : 1))
    expect(others).toEqual([])
    expect([paid, refund].map((seen) => topicOf(seen!))).toEqual(['orders/paid', 'refunds/create'])
    expect(String(JSON.parse(paid!.body).admin_graphql_api_id)).toBe(`gid://shopify/Order/${id}`)
    expect(JSON.parse(refund!.body).transactions).toMatchObject([{ amount: '5.00' }])
    const ids = receiver.seen.map(({ headers }) => headers['x-shopify-webhook-id'])
    expect(new Set(ids).size).toBe(ids.length)
    await expect(tell(shopify, `POST /orders/${id}/tell`, { topic: 'DISPUTES_CREATE' })).rejects.toThrow(
      'topic',
    )
  })

  it('are tried again with the same body, and the subscription is deleted when all of them failed', async () => {
    await subscribe('ORDERS_PAID')
    status = 302
    await tell(shopify, 'POST /orders')
    for (let time = 0; time < 9; time += 1) {
      await settled()
      await tell(shopify, 'POST /clock', { advanceSeconds: 3 * 3_600 })
    }
    await settled()
    expect(receiver.seen).toHaveLength(9)
    expect(new Set(receiver.seen.map(({ body }) => body)).size).toBe(1)
    expect(new Set(receiver.seen.map(({ headers }) => headers['x-shopify-webhook-id'])).size).toBe(1)
    expect(await tell(shopify, 'GET /subscriptions')).toEqual({ subscriptions: [] })
  })

  it('of the app’s configuration reach compliance topics, and are never deleted', async () => {
    const [app] = shopify.world().apps
    await tell(shopify, 'POST /apps', {
      id: app?.id,
      webhooks: [{ topics: ['CUSTOMERS_REDACT', 'APP_UNINSTALLED'], uri: uri() }],
    })
    await tell(shopify, 'POST /compliance', {
      topic: 'CUSTOMERS_REDACT',
      id: '820982911946154508',
      orders: ['1'],
    })
    await tell(shopify, 'POST /uninstall')
    await settled()
    expect(topicsSeen().sort()).toEqual(['app/uninstalled', 'customers/redact'])
    expect(receiver.seen.find(({ body }) => body.includes('orders_to_redact'))?.body).toContain(
      '"customer":{"id":820982911946154508}',
    )
  })

  it('are held, let go in another order and more than once, or lost', async () => {
    await subscribe('ORDERS_CREATE')
    await subscribe('ORDERS_PAID')
    await tell(shopify, 'POST /deliveries/mode', { mode: 'hold' })
    await tell(shopify, 'POST /orders')
    await settled()
    expect(receiver.seen).toHaveLength(0)
    await tell(shopify, 'POST /deliveries/release', { order: 'reversed', times: 2 })
    expect(topicsSeen()).toEqual(['orders/paid', 'orders/paid', 'orders/create', 'orders/create'])
    await tell(shopify, 'POST /deliveries/mode', { mode: 'drop' })
    await tell(shopify, 'POST /orders')
    await settled()
    expect(receiver.seen).toHaveLength(4)
  })

  it('do not leave this machine', async () => {
    await subscribe('ORDERS_PAID', { uri: 'https://shop.example/hooks/1' })
    await tell(shopify, 'POST /orders')
    await settled()
    const { deliveries } = await tell<{ deliveries: { attempts: { error: string }[] }[] }>(
      shopify,
      'GET /deliveries',
    )
    expect(deliveries[0]?.attempts[0]?.error).toContain('this machine alone')
    await tell(shopify, 'POST /deliveries/mode', { deliverTo: `http://127.0.0.1:${receiver.port}` })
    await tell(shopify, 'POST /orders')
    await settled()
    expect(receiver.seen[0]).toMatchObject({
      path: '/hooks/1',
      headers: { 'x-forwarded-host': 'shop.example' },
    })
  })
})

describe('a kill', () => {
  it('loses nothing that was answered: orders, tokens, subscriptions', async () => {
    const [folder, remove] = await makeTempFolder()
    try {
      const dataFile = join(folder, 'shopify.jsonl')
      const before = await startShopifyDouble({ dataFile })
      const { accessToken } = await tell<{ accessToken: string }>(before, 'POST /tokens')
      await tell(before, 'POST /orders')
      await before.stop()
      const after = await startShopifyDouble({ dataFile })
      const { body } = await askAdmin(
        after,
        { shop: SHOP, token: accessToken },
        '{ orders(first: 2) { nodes { name } } }',
      )
      expect(body.data.orders.nodes).toEqual([{ name: '#1001' }])
      expect(await tell(after, 'POST /orders')).toMatchObject({ name: '#1002' })
      await after.stop()
    } finally {
      await remove()
    }
  })
})

describe('faults', () => {
  it('hit the requests they are meant for, as often as they were told', async () => {
    await tell(shopify, 'POST /faults', { kind: 'error', status: 502, times: 2, contains: 'shop {' })
    await tell(shopify, 'POST /faults', { kind: 'not_json', contains: 'currentAppInstallation' })
    expect((await ask('{ orders(first: 1) { nodes { id } } }')).status).toBe(200)
    expect((await ask('{ shop { id } }')).status).toBe(502)
    expect((await ask('{ shop { id } }')).status).toBe(502)
    expect((await ask('{ shop { id } }')).status).toBe(200)
    await expect(ask('{ currentAppInstallation { id } }')).rejects.toThrow('JSON')
  })

  it('may come after the effect', async () => {
    const create = `mutation { discountCodeBasicCreate(basicCodeDiscount: { title: "T", code: "C", startsAt: "2026-01-01T00:00:00Z",
      context: { all: ALL }, customerGets: { value: { percentage: 0.5 }, items: { all: true } } }) { userErrors { code } } }`
    await tell(shopify, 'POST /faults', { kind: 'error_after_effect', status: 500 })
    expect((await ask(create)).status).toBe(500)
    expect(
      (await ask('{ codeDiscountNodeByCode(code: "C") { id } }')).body.data.codeDiscountNodeByCode,
    ).not.toBeNull()
    await tell(shopify, 'POST /faults', { kind: 'timeout_after_effect' })
    const limit = AbortSignal.timeout(200)
    await expect(
      fetch(`${shopify.origin}/admin/oauth/authorize?shop=${SHOP}`, { signal: limit }),
    ).rejects.toThrow('timeout')
  })
})

import '@shopify/shopify-api/adapters/node'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import {
  ApiVersion,
  GraphqlQueryError,
  HttpResponseError,
  type Shopify,
  shopifyApi,
} from '@shopify/shopify-api'
import { setAbstractFetchFunc } from '@shopify/shopify-api/runtime'
import { type ShopifyDouble, startShopifyDouble } from '../../../src/doubles/shopify/index.ts'
import { tell } from '../../helpers/doubles.ts'
import { type ScriptedServer, startScriptedServer } from '../../helpers/scripted-server.ts'

const SHOP = 'demo-shop.myshopify.com'

let double: ShopifyDouble
let api: Shopify

beforeEach(async () => {
  double = await startShopifyDouble()
  const [app] = double.world().apps
  // what goes to a shop goes to the double, with the host it was meant for
  setAbstractFetchFunc((input, init) => {
    const meant = new URL(String(input))
    const headers = new Headers(init?.headers)
    headers.set('x-forwarded-host', meant.host)
    return fetch(new URL(`${meant.pathname}${meant.search}`, double.origin), { ...init, headers })
  })
  api = shopifyApi({
    apiKey: app?.id ?? '',
    apiSecretKey: app?.secrets[0] ?? '',
    apiVersion: ApiVersion.October26,
    hostName: 'streaks.example',
    isEmbeddedApp: false,
    logger: { level: 0 },
  })
})

afterEach(() => double.stop())

it('Shopify’s own library gets a token by client credentials, and asks with it', async () => {
  const { session } = await api.auth.clientCredentials({ shop: SHOP })
  expect(session.scope).toBe('read_orders,read_customers,write_discounts')
  expect(session.expires?.getTime()).toBeGreaterThan(Date.now() + 86_000_000)
  const client = new api.clients.Graphql({ session })
  const { data } = await client.request('{ shop { myshopifyDomain } }')
  expect(data).toEqual({ shop: { myshopifyDomain: SHOP } })
})

it('Shopify’s own library understands how the double says no', async () => {
  const { session } = await api.auth.clientCredentials({ shop: SHOP })
  const client = new api.clients.Graphql({ session })
  await tell(double, 'POST /shops', { id: SHOP, restoreRate: 1 })
  await tell(double, 'POST /bucket', { left: 0 })
  const throttled = await client
    .request('{ orders(first: 10) { nodes { id } } }')
    .catch((error: unknown) => error)
  expect(throttled).toBeInstanceOf(GraphqlQueryError)
  await tell(double, 'POST /tokens/expire')
  const refused = await client.request('{ shop { id } }').catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(HttpResponseError)
  expect((refused as HttpResponseError).response.code).toBe(401)
  const [app] = double.world().apps
  await tell(double, 'POST /apps', { id: app?.id, ownShops: false })
  await expect(api.auth.clientCredentials({ shop: SHOP })).rejects.toThrow()
})

it('Shopify’s own library finds the webhooks of the double right', async () => {
  const receiver: ScriptedServer = await startScriptedServer((response) => response.end())
  try {
    const { session } = await api.auth.clientCredentials({ shop: SHOP })
    const client = new api.clients.Graphql({ session })
    await client.request(`mutation { webhookSubscriptionCreate(topic: ORDERS_PAID,
      webhookSubscription: { uri: "http://127.0.0.1:${receiver.port}/hook" }) { userErrors { message } } }`)
    await tell(double, 'POST /orders')
    await tell(double, 'POST /deliveries/settled')
    const [seen] = receiver.seen
    const checked = await api.webhooks.validate({
      rawBody: seen?.body ?? '',
      rawRequest: { headers: seen?.headers ?? {}, method: 'POST', url: '/hook' },
    } as unknown as Parameters<typeof api.webhooks.validate>[0])
    expect(checked).toMatchObject({ valid: true, topic: 'ORDERS_PAID', domain: SHOP, apiVersion: '2026-10' })
  } finally {
    await receiver.stop()
  }
})

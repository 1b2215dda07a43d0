import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { shopify as shopifyConnector } from '../../../connectors/shopify/index.ts'
import { stripe as stripeConnector } from '../../../connectors/stripe/index.ts'
import type { Double } from '../../../src/doubles/parts/double.ts'
import { startShopifyDouble } from '../../../src/doubles/shopify/index.ts'
import { startStripeDouble } from '../../../src/doubles/stripe/index.ts'
import type { Connector, Translation } from '../../../src/ports/connector.ts'
import { askAdmin, tell } from '../../helpers/doubles.ts'
import { rule } from '../../helpers/rules.ts'
import { type ScriptedServer, startScriptedServer } from '../../helpers/scripted-server.ts'

/** What the doubles send is read by the program's own connectors as what happened on the platform. */

const SHOP = 'demo-shop.myshopify.com'

let receiver: ScriptedServer
let double: Double | undefined

beforeEach(async () => {
  receiver = await startScriptedServer((response) => response.end())
})

afterEach(async () => {
  await double?.stop()
  await receiver.stop()
})

const url = (): string => `http://127.0.0.1:${receiver.port}/webhooks/1`

/** Everything that arrived, verified and translated, by topic. */
async function arrived(
  connector: Connector,
  secret: string,
  settings: object,
): Promise<Map<string, Translation>> {
  await tell(double as Double, 'POST /deliveries/settled')
  const byTopic = new Map<string, Translation>()
  for (const { headers, body } of receiver.seen) {
    const rawBody = Buffer.from(body)
    const now = Date.now()
    const checked = connector.verify(
      { rawBody, headers: headers as Record<string, string>, secrets: [secret], now },
      { ...settings },
    )
    if (!checked.ok) throw new Error(checked.message)
    const rules = [rule({ value: 'order_total', currency: 'EUR' })]
    const given = {
      rawBody,
      topic: checked.topic,
      receivedAt: now,
      rules,
      purchaseSpace: 'p',
      orderIdFrom: 'payment',
      settings: { ...settings },
    }
    byTopic.set(checked.topic, connector.translate(given))
  }
  return byTopic
}

it('orders, refunds, cancellations and disputes of the double of Shopify', async () => {
  const shopify = await startShopifyDouble()
  double = shopify
  const scopes = ['read_orders', 'read_shopify_payments_disputes']
  await tell(shopify, 'POST /install', { scopes })
  const { accessToken: token } = await tell<{ accessToken: string }>(shopify, 'POST /tokens')
  for (const topic of ['ORDERS_PAID', 'REFUNDS_CREATE', 'ORDERS_CANCELLED', 'DISPUTES_CREATE']) {
    await askAdmin(
      shopify,
      { shop: SHOP, token },
      `mutation { webhookSubscriptionCreate(topic: ${topic}, webhookSubscription: { uri: "${url()}" }) { userErrors { message } } }`,
    )
  }
  const customer = { id: '820982911946154508', email: 'ada@example.com' }
  const { id } = await tell<{ id: string }>(shopify, 'POST /orders', {
    customer,
    lines: [{ price: '12.50', quantity: 2 }],
    presentmentCurrency: 'USD',
    rate: 1.1,
  })
  await tell(shopify, `POST /orders/${id}/refund`, { lines: [{ line: 0, quantity: 1 }] })
  await tell(shopify, 'POST /disputes', { orderId: id, amount: '12.50', status: 'lost' })
  await tell(shopify, `POST /orders/${id}/cancel`)
  const secret = shopify.world().apps[0]?.secrets[0] ?? ''
  const seen = await arrived(shopifyConnector, secret, { shopDomain: SHOP })
  expect(seen.get('orders/paid')).toMatchObject({
    kind: 'translated',
    orderId: id,
    outcomes: [{ kind: 'log', activity: { externalId: 'shopify:820982911946154508' } }],
  })
  for (const topic of ['refunds/create', 'orders/cancelled', 'disputes/create']) {
    expect([topic, seen.get(topic)]).toMatchObject([topic, { kind: 'reported', orderId: id }])
  }
})

it('charges, refunds and disputes of the double of Stripe', async () => {
  const stripe = await startStripeDouble()
  double = stripe
  const response = await fetch(`${stripe.origin}/v1/webhook_endpoints`, {
    method: 'POST',
    headers: { authorization: `Bearer ${stripe.keys()[0]?.id}` },
    body: new URLSearchParams({ url: url(), 'enabled_events[]': '*' }),
  })
  const { secret } = (await response.json()) as { secret: string }
  await tell(stripe, 'POST /customers', { id: 'cus_1', live: true })
  const charge = await tell<{ id: string; payment_intent: string }>(stripe, 'POST /charges', {
    customer: 'cus_1',
    amount: 2500,
    live: false,
  })
  await tell(stripe, `POST /charges/${charge.id}/refund`, { amount: 500 })
  await tell(stripe, `POST /charges/${charge.id}/dispute`)
  const seen = await arrived(stripeConnector, secret, {})
  expect(seen.get('charge.succeeded')).toMatchObject({ orderId: charge.payment_intent })
  expect(seen.get('refund.created')).toMatchObject({ kind: 'reported' })
  expect(seen.get('charge.dispute.created')).toMatchObject({ kind: 'reported' })
})

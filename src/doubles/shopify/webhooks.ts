import { createHmac, randomUUID } from 'node:crypto'
import type { MovableClock } from '../parts/clock.ts'
import { createSender, type Sender } from '../parts/sender.ts'
import type { Tables } from '../parts/tables.ts'
import { type App, grants, type Install, type Shop, type ShopifyState } from './state.ts'

const API_VERSION = '2026-10'
const TIMEOUT_MS = 5_000
/** 8 tries more over four hours, each pause twice the last: 56 s, 113 s, … 2 h. */
const PAUSES_MS = Array.from({ length: 8 }, (_, index) => Math.round((4 * 3_600_000 * 2 ** index) / 255))
/** Failures in a row that a subscription made through the API survives, the first try not counted. */
const MAX_FAILURES = 8

/** Topics of which a scope is needed, as Shopify's pages of webhooks name them: one of each list. */
const SCOPES: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^ORDERS_(CREATE|PAID)$/, ['read_orders', 'read_marketplace_orders']],
  [
    /^(ORDERS_(UPDATED|CANCELLED|EDITED)|REFUNDS_CREATE)$/,
    ['read_orders', 'read_marketplace_orders', 'read_buyer_membership_orders'],
  ],
  [/^(ORDERS_|ORDER_TRANSACTIONS_)/, ['read_orders', 'read_marketplace_orders']],
  [/^DISPUTES_/, ['read_shopify_payments_disputes']],
  [/^CUSTOMERS_MERGE$/, ['read_customer_merge']],
  [/^CUSTOMERS?_/, ['read_customers']],
  [/^DISCOUNTS_/, ['read_discounts']],
  [/^PRODUCTS_/, ['read_products']],
]

/** Topics that only an app's configuration file can subscribe to. */
export const COMPLIANCE_TOPICS = ['CUSTOMERS_DATA_REQUEST', 'CUSTOMERS_REDACT', 'SHOP_REDACT']

export function mayHear(scopes: readonly string[], topic: string): boolean {
  const needed = SCOPES.find(([pattern]) => pattern.test(topic))?.[1]
  return needed === undefined || needed.some((scope) => grants(scopes, scope))
}

/** `ORDERS_PAID` is `orders/paid`, `ORDER_TRANSACTIONS_CREATE` `order_transactions/create`. */
export function headerTopicOf(topic: string): string {
  const known: Record<string, string> = {
    ORDER_TRANSACTIONS_CREATE: 'order_transactions/create',
    CUSTOMERS_DATA_REQUEST: 'customers/data_request',
    APP_SCOPES_UPDATE: 'app/scopes_update',
  }
  return known[topic] ?? topic.toLowerCase().replace('_', '/')
}

export interface Webhooks {
  readonly sender: Sender
  emit(shop: Shop, topic: string, bodyFor: (app: App) => object, onlyFor?: Install): void
}

interface Target {
  readonly subscriptionId: string
  readonly uri: string
  readonly name: string | null
  readonly app: App
}

export function createWebhooks(state: ShopifyState, tables: Tables, clock: MovableClock): Webhooks {
  const sender = createSender({
    tables,
    clock,
    pausesMs: PAUSES_MS,
    timeoutMs: TIMEOUT_MS,
    sign: () => ({}),
    tried({ subscriptionId }, isTaken) {
      const subscription = state.subscriptions.get(subscriptionId)
      if (subscription === undefined) return
      const failures = isTaken ? 0 : subscription.failures + 1
      if (failures <= MAX_FAILURES) state.subscriptions.put({ ...subscription, failures })
      else {
        state.subscriptions.delete(subscriptionId)
        sender.forget(subscriptionId)
      }
    },
  })

  function emit(shop: Shop, topic: string, bodyFor: (app: App) => object, onlyFor?: Install): void {
    const eventId = randomUUID()
    const installs = state.installs
      .all()
      .filter(({ shop: own, id }) => own === shop.id && (onlyFor === undefined || onlyFor.id === id))
    for (const target of installs.flatMap((install) => targetsOf(state, install, topic))) {
      const body = JSON.stringify(bodyFor(target.app))
      sender.send({
        subscriptionId: target.subscriptionId,
        topic,
        url: target.uri,
        body,
        headers: headersOf(shop, topic, body, target, eventId, clock.now()),
      })
    }
  }

  return { sender, emit }
}

function targetsOf(state: ShopifyState, install: Install, topic: string): Target[] {
  const app = state.apps.get(install.clientId)
  if (app === undefined || !mayHear(install.scopes, topic)) return []
  const made = state.subscriptions
    .all()
    .filter((one) => one.installId === install.id && one.topic === topic)
    .map(({ id, uri, name }) => ({ subscriptionId: id, uri, name, app }))
  const configured = app.webhooks
    .filter(({ topics }) => topics.includes(topic))
    .map(({ uri }, index) => ({ subscriptionId: `configured ${app.id} ${index}`, uri, name: null, app }))
  return [...made, ...configured]
}

function headersOf(
  shop: Shop,
  topic: string,
  body: string,
  { app, name }: Target,
  eventId: string,
  now: number,
): Record<string, string> {
  return {
    'content-type': 'application/json',
    'user-agent': 'Shopify-Captain-Hook',
    'x-shopify-topic': headerTopicOf(topic),
    'x-shopify-hmac-sha256': createHmac('sha256', app.secrets[0] ?? '')
      .update(body)
      .digest('base64'),
    'x-shopify-shop-domain': shop.id,
    'x-shopify-api-version': API_VERSION,
    'x-shopify-webhook-id': randomUUID(),
    'x-shopify-triggered-at': new Date(now).toISOString(),
    'x-shopify-event-id': eventId,
    ...(name === null ? {} : { 'x-shopify-name': name }),
  }
}

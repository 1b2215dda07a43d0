import { activityJobOf } from '../../src/ports/queue.ts'
import { isIdentityOnly } from '../../src/ports/schema/values.ts'
import type { Row } from '../../src/ports/schema.ts'
import { createProcessItems } from '../../workers/activity/process.ts'
import type { Answer, Api, Body, Client } from './api.ts'
import { type ShopifyOrderOptions, shopifyOrder } from './payloads.ts'
import { quietLogger } from './quiet-logger.ts'
import { shopifyRequest } from './signed.ts'

const SECRET = 'webhook_secret_of_the_tests'
const SHOP_DOMAIN = 'example.myshopify.com'

/** A shop whose webhooks are stored over HTTP, and worked off when a test says so. */
export interface ReplayShop {
  readonly admin: Client
  readonly streak: Body
  readonly connector: Body
  /** Another streak of the account, of any status. */
  anotherStreak(status?: string): Promise<Body>
  patchConnector(fields: object): Promise<void>
  /** Delivers an order; answers the delivery's id. */
  deliver(order: ShopifyOrderOptions, shopDomain?: string): Promise<string>
  /** Delivers what else the platform tells. */
  deliverBody(body: string, topic: string): Promise<string>
  /** The delivery as the API shows it. */
  shown(deliveryId: string): Promise<Body>
  /** Statuses and reasons of its items, in short: `counted`, `ignored BELOW_MINIMUM`. */
  items(deliveryId: string): Promise<string[]>
  replay(deliveryId: string, body?: object): Promise<Answer>
  replayMany(body: object): Promise<Answer>
  logs(): Promise<Body[]>
  /** The account's member of this external id; undefined where there is none. */
  memberBy(externalId: string): Promise<Body>
}

export async function openReplayShop(api: Api, name: string): Promise<ReplayShop> {
  const admin = await api.account(name)
  const anotherStreak = (status = 'live') =>
    admin.create('streak', {
      name: `${name}: ${status}`,
      status,
      aggregationMethod: 'count',
      aggregationTargetValue: 1,
    })
  const streak = await anotherStreak()
  const connector = await admin.create('connector', {
    name: 'shop',
    platform: 'shopify',
    credentials: { webhookSecrets: [SECRET] },
    settings: { shopDomain: SHOP_DOMAIN },
    rules: [{ streakId: streak.id }],
  })
  const shown = async (id: string) => (await admin.get(`/schema/delivery/record/${id}`)).body.data
  const send = async (text: string, topic: string, shopDomain: string): Promise<string> => {
    const { headers, body } = shopifyRequest({ body: text, topic, secret: SECRET, shopDomain })
    const answer = await api.send(connector.webhookPath, {
      method: 'POST',
      headers,
      body: new Uint8Array(body),
    })
    if (answer.status !== 200) throw new Error(answer.text)
    return answer.body.data.deliveryId
  }
  return {
    admin,
    streak,
    connector,
    anotherStreak,
    shown,
    async patchConnector(fields) {
      const { status, text } = await admin.patch(`/schema/connector/record/${connector.id}`, fields)
      if (status !== 200) throw new Error(text)
    },
    deliver: (order, shopDomain = SHOP_DOMAIN) => send(shopifyOrder(order), 'orders/paid', shopDomain),
    deliverBody: (body, topic) => send(body, topic, SHOP_DOMAIN),
    items: async (id) =>
      (await shown(id)).items.map(({ status, reason }: Body) => [status, reason ?? ''].join(' ').trim()),
    replay: (id, body = {}) => admin.post(`/schema/delivery/record/${id}/replay`, body),
    replayMany: (body) => admin.post('/schema/delivery/replay', body),
    memberBy: async (value) => {
      const filters = { fieldSlug: 'externalId', operator: 'EQUALS', value }
      return (await admin.list('account_user', { filters })).body.data[0]
    },
    logs: async () => (await admin.list('streak_log', { limit: 1000 })).body.data,
  }
}

/** Does what workers do with the items that are due. Answers how many there were. */
export async function workOff({ store, deps }: Api, lastTry = false): Promise<number> {
  const { clock } = deps
  const recorder = { ...deps.recorder, ...deps.entries }
  const processItems = createProcessItems({ store, recorder, clock, logger: quietLogger })
  const due = await store.find('delivery_item', {
    where: { field: 'dueAt', op: 'lte', value: clock.now() },
    limit: 1000,
  })
  await Promise.all(
    due.map((item) =>
      processItems(activityJobOf(item), {
        tryNumber: 1,
        lastTry,
        jobId: `act-${item.id}`,
        signal: new AbortController().signal,
      }).catch(() => {}),
    ),
  )
  return due.length
}

export async function itemRows(api: Api, deliveryId: string): Promise<Row<'delivery_item'>[]> {
  const rows = await api.store.findByKeys('delivery_item', ['deliveryId'], [[deliveryId]])
  return rows.filter((item) => !isIdentityOnly(item)).sort((a, b) => (a.ruleIndex ?? 0) - (b.ruleIndex ?? 0))
}

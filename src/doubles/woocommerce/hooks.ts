import { createHmac, randomBytes } from 'node:crypto'
import { createSender, type Sender } from '../parts/sender.ts'
import type { Answer, Asked } from '../parts/server.ts'
import type { Tables } from '../parts/tables.ts'
import { fault, invalidParameter } from './faults.ts'
import { pageOf, siteTime } from './pages.ts'
import type { Hook, WooState } from './state.ts'

const MAX_FAILURES = 5
const TIMEOUT_MS = 60_000
const USER_AGENT = 'WooCommerce/10.3.0 Hookshot (WordPress/6.8)'
const STATUSES = ['active', 'paused', 'disabled'] as const
const RESOURCES = ['coupon', 'customer', 'order', 'product']
const EVENTS = ['created', 'updated', 'deleted', 'restored']

export interface Hooks {
  readonly sender: Sender
  /** Tells the webhooks of this topic. */
  emit(topic: string, body: object): void
  answer(asked: Asked, id: string | null): Answer
}

/** Webhooks of the shop: a failed one is not tried again, and five failures in a row disable it. */
export function createHooks(state: WooState, tables: Tables): Hooks {
  const { hooks, clock } = state
  const sender = createSender({
    tables,
    clock,
    pausesMs: [],
    timeoutMs: TIMEOUT_MS,
    sign: () => ({}),
    takes: (status) => (status >= 200 && status < 300) || status === 301 || status === 302,
    tried({ subscriptionId, topic }, isTaken) {
      const hook = hooks.get(subscriptionId)
      if (hook === undefined || topic === 'ping') return
      const failures = isTaken ? 0 : hook.failures + 1
      hooks.put({ ...hook, failures, status: failures >= MAX_FAILURES ? 'disabled' : hook.status })
    },
  })

  function emit(topic: string, given: object): void {
    const body = JSON.stringify(given)
    const [resource = '', event = ''] = topic.split('.')
    for (const hook of hooks.all().filter((one) => one.status === 'active' && one.topic === topic)) {
      sender.send({
        subscriptionId: hook.id,
        topic,
        url: hook.deliveryUrl,
        body,
        headers: {
          'content-type': 'application/json',
          'user-agent': USER_AGENT,
          'x-wc-webhook-source': `${state.site().url}/`,
          'x-wc-webhook-topic': topic,
          'x-wc-webhook-resource': resource,
          'x-wc-webhook-event': event,
          'x-wc-webhook-signature': createHmac('sha256', hook.secret).update(body).digest('base64'),
          'x-wc-webhook-id': hook.id,
          'x-wc-webhook-delivery-id': randomBytes(16).toString('hex'),
        },
      })
    }
  }

  /** What a webhook sends when it is made or switched on: its number, unsigned, as a form. */
  function ping(hook: Hook): void {
    sender.send({
      subscriptionId: hook.id,
      topic: 'ping',
      url: hook.deliveryUrl,
      body: `webhook_id=${hook.id}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'user-agent': USER_AGENT },
    })
  }

  function find(id: string): Hook {
    const hook = hooks.get(id)
    if (hook === undefined) throw fault(404, 'woocommerce_rest_shop_webhook_invalid_id', 'Invalid ID.')
    return hook
  }

  function create(given: Record<string, unknown>): Answer {
    if (given.id !== undefined)
      throw fault(400, 'woocommerce_rest_shop_webhook_exists', 'Cannot create existing shop_webhook.')
    const topic = String(given.topic ?? '').toLowerCase()
    checkTopic(topic)
    const deliveryUrl = checkUrl(given.delivery_url)
    const now = clock.now()
    const name = text(given, 'name') ?? `Webhook created on ${new Date(now).toDateString()}`
    const hook = hooks.put({
      id: String(state.newNumber()),
      name,
      status: statusIn(given) ?? 'active',
      topic,
      deliveryUrl,
      secret: text(given, 'secret') ?? randomBytes(25).toString('hex'),
      failures: 0,
      createdAt: now,
      modifiedAt: now,
    })
    if (hook.status === 'active') ping(hook)
    return {
      status: 201,
      headers: { location: `${state.site().url}/wp-json/wc/v3/webhooks/${hook.id}` },
      body: shown(hook, state),
    }
  }

  function update(hook: Hook, given: Record<string, unknown>): Answer {
    const topic = given.topic === undefined ? hook.topic : String(given.topic).toLowerCase()
    checkTopic(topic)
    const status = statusIn(given) ?? hook.status
    const isSwitchedOn = status === 'active' && hook.status !== 'active'
    const changed = hooks.put({
      ...hook,
      name: text(given, 'name') ?? hook.name,
      topic,
      status,
      deliveryUrl: given.delivery_url === undefined ? hook.deliveryUrl : checkUrl(given.delivery_url),
      secret: text(given, 'secret') ?? hook.secret,
      failures: isSwitchedOn ? 0 : hook.failures,
      modifiedAt: clock.now(),
    })
    return { status: 200, body: shown(changed, state) }
  }

  return {
    sender,
    emit,
    answer(asked, id) {
      const { method, query } = asked
      if (id === null && method === 'GET') {
        const status = query.get('status') ?? 'all'
        const rows = hooks.all().filter((one) => status === 'all' || one.status === status)
        return pageOf(rows.reverse(), query, `${state.site().url}/wp-json/wc/v3/webhooks`, (one) =>
          shown(one, state),
        )
      }
      if (id === null && method === 'POST') return create(readJson(asked))
      if (id === null) throw noRoute()
      const hook = find(id)
      if (method === 'GET') return { status: 200, body: shown(hook, state) }
      if (method === 'PUT' || method === 'PATCH' || method === 'POST') return update(hook, readJson(asked))
      if (method !== 'DELETE') throw noRoute()
      if (query.get('force') !== 'true' && readJson(asked).force !== true) {
        throw fault(501, 'woocommerce_rest_trash_not_supported', 'Webhooks do not support trashing.')
      }
      hooks.delete(id)
      sender.forget(id)
      return { status: 200, body: shown(hook, state) }
    },
  }
}

export function noRoute(): ReturnType<typeof fault> {
  return fault(404, 'rest_no_route', 'No route was found matching the URL and request method.')
}

function readJson({ body, headers }: Asked): Record<string, unknown> {
  const given = body.toString('utf8')
  if (given === '') return {}
  if (String(headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded')) {
    return Object.fromEntries(new URLSearchParams(given))
  }
  try {
    return JSON.parse(given)
  } catch {
    throw fault(400, 'rest_invalid_json', 'Invalid JSON body passed.')
  }
}

function checkTopic(topic: string): void {
  const [resource = '', event = '', more] = topic.split('.')
  const isKnown = resource === 'action' || (RESOURCES.includes(resource) && EVENTS.includes(event))
  if (!isKnown || event === '' || more !== undefined) {
    throw fault(400, 'woocommerce_rest_webhook_invalid_topic', 'Webhook topic is required and must be valid.')
  }
}

function checkUrl(given: unknown): string {
  if (typeof given === 'string' && /^https?:\/\//.test(given) && URL.canParse(given)) return given
  throw fault(
    400,
    'woocommerce_rest_webhook_invalid_delivery_url',
    'Webhook delivery URL must be a valid URL starting with http:// or https://.',
  )
}

function statusIn(given: Record<string, unknown>): Hook['status'] | undefined {
  if (given.status === undefined) return undefined
  const status = STATUSES.find((one) => one === given.status)
  if (status === undefined)
    throw invalidParameter('status', 'status is not one of active, paused, and disabled.')
  return status
}

function text(given: Record<string, unknown>, name: string): string | undefined {
  const value = given[name]
  if (value === undefined || value === '') return undefined
  if (typeof value !== 'string') throw invalidParameter(name, `${name} is not of type string.`)
  return value
}

/** The secret is never shown. */
function shown(
  { id, name, status, topic, deliveryUrl, createdAt, modifiedAt }: Hook,
  state: WooState,
): object {
  const [resource, event] = topic.split('.')
  const self = `${state.site().url}/wp-json/wc/v3/webhooks/${id}`
  return {
    id: Number(id),
    name,
    status,
    topic,
    resource,
    event,
    hooks: [`woocommerce_${topic.replace('.', '_')}`],
    delivery_url: deliveryUrl,
    date_created: siteTime(createdAt),
    date_created_gmt: siteTime(createdAt),
    date_modified: siteTime(modifiedAt),
    date_modified_gmt: siteTime(modifiedAt),
    _links: { self: [{ href: self }], collection: [{ href: `${state.site().url}/wp-json/wc/v3/webhooks` }] },
  }
}

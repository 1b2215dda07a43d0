import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { v7 as newId } from 'uuid'
import { connectorFor } from '../../connectors/registry.ts'
import { commitPlanned } from '../../src/commit/planned.ts'
import { createInbox } from '../../src/inbox/accept.ts'
import { revise } from '../../src/ports/changes.ts'
import type { JobQueue } from '../../src/ports/queue.ts'
import type { Row } from '../../src/ports/schema.ts'
import { type Answer, type Api, type Body, type Client, interruptedStore, startApi } from '../helpers/api.ts'
import { shopifyOrder, stripeChargeEvent } from '../helpers/payloads.ts'
import { shopifyRequest, stripeRequest } from '../helpers/signed.ts'

const SECRET = 'webhook_secret_of_the_tests'
const NEXT = 'shpss_the_next_secret'
const SHOP = 'example.myshopify.com'

let api: Api
let admin: Client
let other: Client
let streak: Body
let orderId = 1000

beforeAll(async () => {
  api = await startApi()
  admin = await api.account('connectors')
  other = await api.account('not yours')
  streak = await admin.create('streak', {
    name: 'orders',
    status: 'live',
    aggregationMethod: 'count',
    aggregationTargetValue: 1,
  })
})
afterAll(() => api.close())

const refusal = ({ status, body }: Answer) => [status, body?.error?.code, body?.error?.details[0]?.path]
const pathOf = ({ id }: Body) => `/schema/connector/record/${id}`
const connectorOf = (fields: object = {}): Promise<Body> =>
  admin.create('connector', {
    name: 'shop',
    platform: 'shopify',
    credentials: { webhookSecrets: [SECRET] },
    settings: { shopDomain: SHOP },
    rules: [{ streakId: streak.id }],
    ...fields,
  })
const patch = (connector: Body, body: object, client = admin) => client.patch(pathOf(connector), body)
/** As the program of before would have left it. */
const rewrite = async ({ id }: Body, fields: Partial<Row<'connector'>>) => {
  const [row] = await api.store.findByKeys('connector', ['id'], [[id]])
  if (row === undefined) throw new Error('no such connector')
  await commitPlanned(api.store, async () => ({
    changes: [revise('connector', row, fields)],
    result: undefined,
  }))
}
const rewriteSecrets = (connector: Body, webhookSecrets: readonly string[]) =>
  rewrite(connector, {
    sealedCredentials: api.deps.secretBox.seal(JSON.stringify({ webhookSecrets }), {
      collection: 'connector',
      id: connector.id,
      field: 'sealedCredentials',
    }),
  })
const remove = (connector: Body, client = admin) => client.delete(pathOf(connector))
const moveTo = (connector: Body, purchaseSpace: unknown, client = admin) =>
  patch(connector, { settings: { shopDomain: SHOP, purchaseSpace } }, client)

/** A webhook of a connector, signed with this secret. */
function deliver(
  connector: Body,
  order: object = {},
  { secret = SECRET, topic = 'orders/paid', to = api } = {},
) {
  const body = shopifyOrder({ id: ++orderId, ...order })
  const { headers, body: bytes } = shopifyRequest({ body, secret, topic })
  return to.send(connector.webhookPath, { method: 'POST', headers, body: new Uint8Array(bytes) })
}
const shown = async ({ body }: Answer) =>
  (await admin.get(`/schema/delivery/record/${body.data.deliveryId}`)).body.data
const spacesOf = async ({ body }: Answer) => {
  const items = await api.store.findByKeys('delivery_item', ['deliveryId'], [[body.data.deliveryId]])
  return items.map(({ activity }) => activity?.purchaseSpace)
}

const NO_QUEUE: JobQueue = {
  enqueue: async () => {},
  add: async () => {},
  states: async (_queue, jobs) => jobs.map(() => 'absent'),
  reachable: async () => false,
  close: async () => {},
}

/** Acts through another way into the same store, in whose next write `first` happens. */
async function justAfter<T>(
  first: () => Promise<unknown>,
  act: (slow: Api, client: Client) => Promise<T>,
  storeDeadlineMs = 60_000,
) {
  const store = interruptedStore(api.store)
  const { secretBox, clock, logger } = api.deps
  const inbox = createInbox({
    ...{ store, queue: NO_QUEUE, connectorFor, secretBox, clock, logger, newId },
    storeDeadlineMs,
  })
  const slow = await startApi({ store, secretBox, inbox })
  store.beforeCommit(first)
  try {
    return await act(slow, slow.as(admin))
  } finally {
    await slow.close()
    await inbox.close()
  }
}

describe('deleting a connector', () => {
  it('is possible until its first webhook, and frees its streaks', async () => {
    const own = await admin.create('streak', { name: 'its own', aggregationTargetValue: 1 })
    const connector = await connectorOf({ rules: [{ streakId: own.id }] })
    expect((await admin.delete(`/schema/streak/record/${own.id}`)).status).toBe(409)
    expect((await remove(connector, other)).status).toBe(404)
    expect(await remove(connector)).toMatchObject({ status: 204, text: '' })
    expect((await admin.get(pathOf(connector))).status).toBe(404)
    expect((await remove(connector)).status).toBe(404)
    expect((await deliver(connector)).status).toBe(404)
    expect((await admin.delete(`/schema/streak/record/${own.id}`)).status).toBe(204)
  })

  it.each([
    ['a purchase', {}, 'orders/paid'],
    ['what it ignored', {}, 'carts/update'],
    ['an order that is not paid', { financialStatus: 'pending' }, 'orders/paid'],
  ])('is refused once it has received %s', async (_name, order, topic) => {
    const connector = await connectorOf()
    expect((await deliver(connector, order, { topic })).status).toBe(200)
    const before = (await admin.get(pathOf(connector))).body.data
    expect(refusal(await remove(connector))).toEqual([409, 'CONNECTOR_HAS_DELIVERIES', undefined])
    expect((await admin.get(pathOf(connector))).body.data).toEqual(before)
    expect((await patch(connector, { status: 'paused' })).status).toBe(200)
  })

  it('is not held up by webhooks that were refused', async () => {
    const connector = await connectorOf()
    expect((await deliver(connector, {}, { secret: 'another' })).status).toBe(401)
    expect((await remove(connector)).status).toBe(204)
  })

  it('in the instant before a webhook is stored leaves the webhook nowhere to go', async () => {
    const connector = await connectorOf()
    const answer = await justAfter(
      () => remove(connector),
      (slow) => deliver(connector, {}, { to: slow }),
    )
    expect(answer.status).toBe(404)
    const filters = { fieldSlug: 'connectorId', operator: 'EQUALS', value: connector.id }
    expect((await admin.list('delivery', { filters })).body.data).toEqual([])
  })

  it('in the instant after a webhook was stored is refused', async () => {
    const connector = await connectorOf()
    const answer = await justAfter(
      () => deliver(connector),
      (_slow, client) => remove(connector, client),
    )
    expect(refusal(answer)).toEqual([409, 'CONNECTOR_HAS_DELIVERIES', undefined])
  })

  it('and a webhook at the same time do not both succeed', async () => {
    for (let round = 0; round < 5; round += 1) {
      const connector = await connectorOf()
      const [deletion, webhook] = await Promise.all([remove(connector), deliver(connector)])
      const isGone = (await admin.get(pathOf(connector))).status === 404
      expect([deletion.status, webhook.status]).toEqual(isGone ? [204, 404] : [409, 200])
    }
  })
})

describe('where a connector reads order ids from', () => {
  const atStripe = (settings: object = {}) =>
    connectorOf({ platform: 'stripe', credentials: { webhookSecrets: ['whsec_0123456789abcdef'] }, settings })
  const charge = (connector: Body, orderId: string) => {
    const names = { chargeId: `ch_${orderId}`, paymentIntent: `pi_${orderId}`, orderId }
    const signed = { secret: 'whsec_0123456789abcdef', signedAtMs: api.clock.now() }
    const body = stripeChargeEvent({ id: `evt_${orderId}`, ...names })
    const { headers, body: bytes } = stripeRequest({ body, ...signed })
    return api.send(connector.webhookPath, { method: 'POST', headers, body: new Uint8Array(bytes) })
  }
  const from = (connector: Body, orderIdFrom: unknown) => patch(connector, { settings: { orderIdFrom } })
  const fixed = [400, 'FIELD_IS_FIXED', 'settings.orderIdFrom']

  it('is the payment unless it is told a key of the metadata, and changes until the first purchase', async () => {
    const connector = await atStripe()
    expect(connector.settings).toEqual({ orderIdFrom: 'payment', purchaseSpace: connector.id })
    expect((await from(connector, 'metadata.order_id')).body.data.settings.orderIdFrom).toBe(
      'metadata.order_id',
    )
    expect((await patch(connector, { settings: {} })).body.data.settings.orderIdFrom).toBe(
      'metadata.order_id',
    )
    expect((await shown(await charge(connector, '1001'))).orderId).toBe('1001')
    expect(refusal(await from(connector, 'payment'))).toEqual(fixed)
    expect(refusal(await from(connector, 'metadata.other'))).toEqual(fixed)
    expect((await from(connector, 'metadata.order_id')).status).toBe(200)
    const { settings } = (await patch(connector, { settings: {}, name: 'renamed' })).body.data
    expect(settings.orderIdFrom).toBe('metadata.order_id')
  })

  it('is a key of 1 to 40 characters, kept exactly, and no setting of Shopify', async () => {
    for (const orderIdFrom of ['', 'order_id', 'metadata.', 'Payment', `metadata.${'k'.repeat(41)}`, 7]) {
      const answer = await admin.post('/schema/connector/record', {
        name: 'stripe',
        platform: 'stripe',
        credentials: { webhookSecrets: ['whsec_0123456789abcdef'] },
        settings: { orderIdFrom },
      })
      expect(refusal(answer)).toEqual([400, 'INVALID_INPUT', 'settings.orderIdFrom'])
    }
    for (const key of ['k', 'K'.repeat(40), 'a.b', ' ', 'ключ']) {
      const { settings } = await atStripe({ orderIdFrom: `metadata.${key}` })
      expect(settings.orderIdFrom).toBe(`metadata.${key}`)
    }
    const connector = await connectorOf()
    expect(connector.settings).not.toHaveProperty('orderIdFrom')
    const given = { settings: { shopDomain: SHOP, orderIdFrom: 'payment' } }
    expect((await patch(connector, given)).status).toBe(400)
  })

  it('is, of a connector of before there was the choice, the order number where it had purchases', async () => {
    const old = async (hasPurchases: boolean) => {
      const connector = await atStripe()
      const { id } = connector
      const [row] = await api.store.findByKeys('connector', ['id'], [[id]])
      const set = { orderIdFrom: null, hasPurchases, hasDeliveries: hasPurchases }
      const { accountId } = row!
      await api.store.commit([{ op: 'update', collection: 'connector', id, accountId, set }])
      return connector
    }
    const settingOf = async (connector: Body) =>
      (await admin.get(pathOf(connector))).body.data.settings.orderIdFrom
    const had = await old(true)
    expect(await settingOf(had)).toBe('metadata.order_id')
    expect((await shown(await charge(had, '2001'))).orderId).toBe('2001')
    expect(refusal(await from(had, 'payment'))).toEqual(fixed)
    expect((await from(had, 'metadata.order_id')).status).toBe(200)
    const none = await old(false)
    expect(await settingOf(none)).toBe('payment')
    for (const number of ['2002', '2003']) {
      expect((await shown(await charge(none, number))).orderId).toBe(`pi_${number}`)
    }
    expect(await settingOf(none)).toBe('payment')
    expect(refusal(await from(none, 'metadata.order_id'))).toEqual(fixed)
  })
})

describe('the purchase space of a connector', () => {
  it('is its own id unless it is told another, and changes until the first purchase', async () => {
    const connector = await connectorOf()
    expect(connector.settings.purchaseSpace).toBe(connector.id)
    await deliver(connector, {}, { topic: 'carts/update' })
    await deliver(connector, { financialStatus: 'pending' })
    await deliver(connector, {}, { secret: 'another' })
    expect((await moveTo(connector, 'all shops')).body.data.settings.purchaseSpace).toBe('all shops')
    expect(await spacesOf(await deliver(connector))).toEqual(['all shops'])
    const fixed = [400, 'FIELD_IS_FIXED', 'settings.purchaseSpace']
    expect(refusal(await moveTo(connector, connector.id))).toEqual(fixed)
    expect((await moveTo(connector, 'all shops')).status).toBe(200)
    const renamed = { name: 'moved', settings: { shopDomain: 'other.myshopify.com' } }
    expect((await patch(connector, renamed)).body.data).toMatchObject({
      name: 'moved',
      settings: { shopDomain: 'other.myshopify.com', purchaseSpace: 'all shops' },
    })
  })

  it('is a text', async () => {
    const connector = await connectorOf()
    for (const purchaseSpace of ['', ' ', 7, 'x'.repeat(257)]) {
      expect(refusal(await moveTo(connector, purchaseSpace))).toEqual([
        400,
        'INVALID_INPUT',
        'settings.purchaseSpace',
      ])
    }
  })

  it('that changes in the instant before the first purchase is the one it is stored in', async () => {
    const connector = await connectorOf()
    const answer = await justAfter(
      () => moveTo(connector, 'moved in time'),
      (slow) => deliver(connector, {}, { to: slow }),
    )
    expect(answer.status).toBe(200)
    expect(await spacesOf(answer)).toEqual(['moved in time'])
    expect((await admin.get(pathOf(connector))).body.data.settings.purchaseSpace).toBe('moved in time')
  })

  it('stays when the first purchase comes in the instant before', async () => {
    const connector = await connectorOf()
    const answer = await justAfter(
      () => deliver(connector),
      (_slow, client) => moveTo(connector, 'too late', client),
    )
    expect(refusal(answer)).toEqual([400, 'FIELD_IS_FIXED', 'settings.purchaseSpace'])
  })

  it('is that of the purchase, whatever arrives at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const connector = await connectorOf()
      const webhooks = Array.from({ length: 6 }, () => deliver(connector))
      const move = await moveTo(connector, `round ${round}`)
      const answers = await Promise.all(webhooks)
      const { purchaseSpace } = (await admin.get(pathOf(connector))).body.data.settings
      expect(purchaseSpace).toBe(move.status === 200 ? `round ${round}` : connector.id)
      for (const answer of answers) {
        expect(answer.status).toBe(200)
        expect(await spacesOf(answer)).toEqual([purchaseSpace])
      }
    }
  })
})

describe('a connector', () => {
  it('answers 503 where the store takes longer than a platform may wait, and keeps the webhook all the same', async () => {
    const connector = await connectorOf()
    const { promise: asked, resolve: goOn } = Promise.withResolvers<void>()
    const answer = await justAfter(
      () => asked,
      async (slow) => {
        const late = await deliver(connector, {}, { to: slow })
        goOn()
        return late
      },
      50,
    )
    expect([answer.status, answer.body.error.code]).toEqual([503, 'STORE_UNAVAILABLE'])
    expect(answer.body.error.message).toContain('within 50 ms')
    const filters = { fieldSlug: 'connectorId', operator: 'EQUALS', value: connector.id }
    expect((await admin.list('delivery', { filters })).body.data).toHaveLength(1)
  })

  it('takes webhooks signed with any of its secrets, and with no other once they are replaced', async () => {
    const connector = await connectorOf()
    const status = async (secret: string) => (await deliver(connector, {}, { secret })).status
    expect([await status(SECRET), await status(NEXT)]).toEqual([200, 401])
    await patch(connector, { credentials: { webhookSecrets: [NEXT, SECRET] } })
    expect([await status(SECRET), await status(NEXT)]).toEqual([200, 200])
    await patch(connector, { credentials: { webhookSecrets: [NEXT] } })
    expect([await status(SECRET), await status(NEXT)]).toEqual([401, 200])
  })

  it.each([
    ['pasted with a line break', `${NEXT}\n`, 'white space'],
    ['of 15 characters', 'shpss_123456789', '16 to 256'],
    ['that is an access token', 'shpat_0123456789abcdef', 'access token'],
  ])('is not given a secret %s', async (_, secret, why) => {
    const fields = { credentials: { webhookSecrets: [SECRET, secret] } }
    const connector = await connectorOf()
    const made = await admin.post('/schema/connector/record', {
      name: 'shop',
      platform: 'shopify',
      settings: { shopDomain: SHOP },
      ...fields,
    })
    for (const answer of [made, await patch(connector, fields)]) {
      expect(refusal(answer)).toEqual([400, 'INVALID_INPUT', 'credentials.webhookSecrets.1'])
      expect(answer.body.error.message).toContain(why)
      expect(answer.text).not.toContain(secret.trim())
    }
    expect((await deliver(connector)).status).toBe(200)
  })

  it('is not changed by a patch that repeats its credentials', async () => {
    const connector = await connectorOf()
    api.clock.set(new Date(api.clock.now() + 1_000).toISOString())
    const answer = await patch(connector, { credentials: { webhookSecrets: [SECRET] } })
    expect([answer.status, answer.body.data]).toEqual([200, connector])
    const changed = await patch(connector, {
      credentials: { webhookSecrets: [SECRET], accessToken: 'shpat_1' },
    })
    expect(changed.body.data.updatedAt).not.toBe(connector.updatedAt)
  })

  it('goes on with secrets that were kept before their look was checked', async () => {
    const connector = await connectorOf()
    const kept = ['short', 'with a space inside', 'shpat_0123456789abcdef']
    await rewriteSecrets(connector, kept)
    expect((await deliver(connector, {}, { secret: 'short' })).status).toBe(200)
    const before = (await admin.get(pathOf(connector))).body.data
    api.clock.set(new Date(api.clock.now() + 1_000).toISOString())
    // not by the client of the tests: it holds bodies to the API document, which says what new secrets look like
    const patchWith = (webhookSecrets: readonly string[]) =>
      fetch(`${api.origin}${pathOf(connector)}`, {
        method: 'PATCH',
        headers: { ...admin.headers, 'content-type': 'application/json' },
        body: JSON.stringify({ credentials: { webhookSecrets } }),
      })
    const repeated = await patchWith(kept)
    expect([repeated.status, ((await repeated.json()) as Body).data]).toEqual([200, before])
    expect((await patchWith(['short', NEXT])).status).toBe(200)
    for (const secret of ['short', NEXT]) expect((await deliver(connector, {}, { secret })).status).toBe(200)
    const other = await patch(connector, { credentials: { webhookSecrets: ['short', 'other'] } })
    expect(refusal(other)).toEqual([400, 'INVALID_INPUT', 'credentials.webhookSecrets.1'])
    await patch(connector, { credentials: { webhookSecrets: [NEXT] } })
    const back = await patch(connector, { credentials: { webhookSecrets: ['short'] } })
    expect(refusal(back)).toEqual([400, 'INVALID_INPUT', 'credentials.webhookSecrets.0'])
  })

  it('takes new secrets where the stored ones can no longer be opened', async () => {
    const connector = await connectorOf()
    await rewrite(connector, { sealedCredentials: 'of another key' })
    expect((await patch(connector, { credentials: { webhookSecrets: [NEXT] } })).status).toBe(200)
    expect((await deliver(connector, {}, { secret: NEXT })).status).toBe(200)
  })

  it('is written by its first webhook and by its first purchase, and by no later one', async () => {
    const connector = await connectorOf()
    const written = async () => {
      const [row] = await api.store.findByKeys('connector', ['id'], [[connector.id]])
      return [row?.revision, row?.hasDeliveries, row?.hasPurchases]
    }
    const seen = [await written()]
    for (const topic of ['orders/create', 'orders/create', 'orders/paid', 'orders/paid', 'orders/create']) {
      expect((await deliver(connector, {}, { topic })).status).toBe(200)
      seen.push(await written())
    }
    expect(seen).toEqual([
      [1, false, false],
      [2, true, false],
      [2, true, false],
      [3, true, true],
      [3, true, true],
      [3, true, true],
    ])
  })

  it('applies rules and status as they are when a webhook arrives', async () => {
    const connector = await connectorOf({ rules: [] })
    expect(await shown(await deliver(connector))).toMatchObject({ outcome: 'ignored', reason: 'NO_RULES' })
    await patch(connector, { rules: [{ streakId: streak.id }] })
    expect(await shown(await deliver(connector))).toMatchObject({
      outcome: 'translated',
      items: [{ status: 'pending', streakId: streak.id }],
    })
    await patch(connector, { rules: null })
    expect(await shown(await deliver(connector))).toMatchObject({ reason: 'NO_RULES' })
    await patch(connector, { rules: [{ streakId: streak.id }] })
    await patch(connector, { status: 'paused' })
    expect(await shown(await deliver(connector))).toMatchObject({ reason: 'CONNECTOR_NOT_LIVE' })
    await patch(connector, { status: 'live' })
    expect(await shown(await deliver(connector))).toMatchObject({ outcome: 'translated' })
  })

  it('stores many first webhooks at once, each once', async () => {
    const connector = await connectorOf()
    const answers = await Promise.all(Array.from({ length: 40 }, () => deliver(connector)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(new Set(answers.map(({ body }) => body.data.deliveryId)).size).toBe(40)
    const filters = { fieldSlug: 'connectorId', operator: 'EQUALS', value: connector.id }
    const { paging } = (await admin.list('delivery', { filters, fetchTotalCount: 'true' })).body
    expect(paging.totalCount).toBe(40)
  })
})

describe('deliveries', () => {
  let connector: Body
  let counted: Body
  let ignored: Body
  beforeAll(async () => {
    connector = await connectorOf()
    api.clock.set('2026-11-22T13:00:00Z')
    counted = await shown(await deliver(connector, { id: 777 }))
    api.clock.set('2026-11-22T14:00:00Z')
    ignored = await shown(await deliver(connector, { id: 778, financialStatus: 'pending' }))
  })

  const leaf = (fieldSlug: string, operator: string, value?: unknown) => ({ fieldSlug, operator, value })
  const listed = async (...and: object[]) => {
    const own = leaf('connectorId', 'EQUALS', connector.id)
    return (await admin.list('delivery', { filters: { and: [own, ...and] } })).body.data
  }

  it('come newest first, with what each rule made of them', async () => {
    expect(await listed()).toEqual([ignored, counted])
    expect(counted.items).toMatchObject([{ ruleIndex: 0, streakId: streak.id, status: 'pending' }])
    expect(ignored.items).toEqual([])
  })

  it('are found by order, time, outcome, reason and the rest', async () => {
    const hits: readonly [object, Body][] = [
      [leaf('orderId', 'EQUALS', '777'), counted],
      [leaf('orderId', 'IN', ['778']), ignored],
      [leaf('receivedAt', 'LESS_THAN', '2026-11-22T14:00:00Z'), counted],
      [leaf('receivedAt', 'GREATER_THAN_OR_EQUALS', '2026-11-22T15:00:00+01:00'), ignored],
      [leaf('createdAt', 'GREATER_THAN', '2026-11-22T13:00:00.000Z'), ignored],
      [leaf('outcome', 'EQUALS', 'translated'), counted],
      [leaf('outcome', 'NOT_EQUALS', 'translated'), ignored],
      [leaf('reason', 'EQUALS', 'NOT_PAID'), ignored],
      [leaf('reason', 'IS_NULL'), counted],
      [leaf('webhookId', 'EQUALS', counted.webhookId), counted],
      [leaf('bodySha256', 'EQUALS', ignored.bodySha256), ignored],
      [leaf('id', 'EQUALS', counted.id), counted],
    ]
    for (const [filter, hit] of hits) expect([filter, await listed(filter)]).toEqual([filter, [hit]])
    expect(await listed(leaf('outcome', 'EQUALS', 'translated'), leaf('orderId', 'EQUALS', '778'))).toEqual(
      [],
    )
    const alone = await admin.list('delivery', { filters: leaf('orderId', 'EQUALS', '777') })
    expect(alone.body.data).toEqual([counted])
    const since = await admin.list('delivery', {
      filters: leaf('createdAt', 'GREATER_THAN_OR_EQUALS', '2026-11-22T13:00:00Z'),
    })
    expect(since.body.data).toEqual([ignored, counted])
  })

  it('need a filter that finds few of them', async () => {
    for (const filter of [
      leaf('outcome', 'EQUALS', 'ignored'),
      leaf('receivedAt', 'GREATER_THAN', '2026-11-22T13:00:00Z'),
      { or: [leaf('orderId', 'EQUALS', '777'), leaf('outcome', 'EQUALS', 'ignored')] },
    ]) {
      expect(refusal(await admin.list('delivery', { filters: filter }))).toEqual([
        400,
        'FILTER_NOT_SELECTIVE',
        'filters',
      ])
    }
    expect(refusal(await admin.list('delivery', { filters: leaf('items', 'EQUALS', 'x') }))).toEqual([
      400,
      'INVALID_INPUT',
      'filters.fieldSlug',
    ])
    expect(refusal(await admin.list('delivery', { filters: leaf('outcome', 'EQUALS', 'lost') }))).toEqual([
      400,
      'INVALID_INPUT',
      'filters.value',
    ])
  })

  it('belong to their account and stay as they arrived', async () => {
    const path = `/schema/delivery/record/${counted.id}`
    expect((await other.get(path)).status).toBe(404)
    expect((await admin.get(`/schema/delivery/record/${newId()}`)).status).toBe(404)
    const filters = leaf('orderId', 'EQUALS', '777')
    expect((await other.list('delivery', { filters })).body.data).toEqual([])
    for (const answer of [
      await admin.patch(path, { reason: 'x' }),
      await admin.delete(path),
      await admin.post('/schema/delivery/record', {}),
    ]) {
      expect(answer.status).toBe(405)
      expect(answer.headers.get('allow')).toBe('GET')
    }
    expect((await admin.get(path)).body.data).toEqual(counted)
  })
})

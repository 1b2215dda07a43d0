import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { createWooHands } from '../../connectors/woocommerce/hands.ts'
import { woocommerce } from '../../connectors/woocommerce/index.ts'
import { startWooDouble, type WooDouble } from '../../src/doubles/woocommerce/index.ts'
import type { Access, Hands, Mended, OrderPage, OrderQuery, Site } from '../../src/ports/hands.ts'
import { NoAnswer, type PlatformCalls, type Told } from '../../src/ports/platform-calls.ts'
import { tell } from '../helpers/doubles.ts'
import { callsTo } from '../helpers/platform-calls.ts'
import { rule } from '../helpers/rules.ts'
import { type ScriptedServer, startScriptedServer } from '../helpers/scripted-server.ts'

const WEBHOOK_PATH = '/webhooks/woocommerce/0199f0c0-0000-7000-8000-000000000000'
const TOPICS = ['order.created', 'order.updated', 'order.deleted', 'order.restored']

let double: WooDouble
let receiver: ScriptedServer
const clock = { now: () => Date.parse('2026-11-22T12:00:00Z') }
let hands: Hands
let site: Site

beforeEach(async () => {
  receiver = await startScriptedServer((response) => response.end())
  double = await startWooDouble()
  hands = createWooHands({ calls: callsTo(double).calls, clock })
  site = siteAt(`http://127.0.0.1:${receiver.port}`)
})
afterEach(async () => {
  await double.stop()
  await receiver.stop()
})

function siteAt(origin: string): Site {
  return {
    accountId: 'account',
    connectorId: 'connector',
    settings: { siteUrl: 'https://shop.example' },
    webhookUrl: `${origin}${WEBHOOK_PATH}`,
    webhookPath: WEBHOOK_PATH,
    readsProducts: false,
    keptSecrets: 0,
    former: null,
  }
}

interface Hook {
  readonly id: string
  readonly topic: string
  readonly status: string
  readonly deliveryUrl: string
  readonly secret: string
}

const hooks = async (): Promise<Hook[]> =>
  (await tell<{ webhooks: Hook[] }>(double, 'GET /webhooks')).webhooks
const requests = async (): Promise<{ method: string; path: string }[]> =>
  (await tell<{ requests: { method: string; path: string }[] }>(double, 'GET /requests')).requests
const fault = (given: object) => tell(double, 'POST /faults', given)

function wellTold<T>(told: Told<T>): T {
  if (told.outcome !== 'ok') throw new Error(JSON.stringify(told))
  return told.value
}

function keysOf(at = 0): Access {
  const key = double.keys()[at]!
  return { consumerKey: key.id, consumerSecret: key.secret }
}

async function enter(given: Access = keysOf()): Promise<Access> {
  return wellTold(await hands.enter(site, 'rest_keys', given)).access
}
const mend = async (access: Access, at = site): Promise<Mended> => wellTold(await hands.mend(at, access))
const states = ({ subscriptions }: Mended) => subscriptions.map(({ topic, state }) => `${topic} ${state}`)
const all = (state: string) => TOPICS.map((topic) => `${topic} ${state}`)

describe('keys of a shop', () => {
  it('are taken where the shop lists its webhooks, and nothing is made', async () => {
    const told = wellTold(await hands.enter(site, 'rest_keys', keysOf()))
    expect(told).toMatchObject({
      access: { ...keysOf(), route: 'pretty' },
      renewAt: null,
      externalId: 'shop.example',
      missingScopes: [],
      problems: [],
      webhookSecrets: [expect.stringMatching(/^[0-9a-f]{64}$/)],
    })
    expect(await hooks()).toEqual([])
    expect((await requests()).map(({ method }) => method)).toEqual(['GET'])
  })

  it('are refused in the shop’s own words, which name no key', async () => {
    const wrong = { ...keysOf(), consumerSecret: `cs_${'0'.repeat(40)}` }
    expect(await hands.enter(site, 'rest_keys', wrong)).toEqual({
      outcome: 'refused',
      refused: 'access',
      message: '401 woocommerce_rest_authentication_error: Consumer secret is invalid.',
    })
    await tell(double, 'POST /keys', { isManager: false })
    expect(await hands.enter(site, 'rest_keys', keysOf(1))).toMatchObject({ refused: 'permission' })
    const { consumerKey } = keysOf() as { consumerKey: string }
    await fault({
      kind: 'error',
      status: 400,
      body: JSON.stringify({ code: 'odd', message: `who is ${consumerKey}?` }),
    })
    expect(await hands.enter(site, 'rest_keys', keysOf())).toEqual({
      outcome: 'refused',
      refused: 'request',
      message: '400 odd: who is …?',
    })
  })

  it('look as WooCommerce writes them', () => {
    const { given } = hands.methods.rest_keys!
    expect(given.safeParse(keysOf()).success).toBe(true)
    for (const wrong of [
      { ...keysOf(), consumerKey: 'cs_1' },
      { ...keysOf(), consumerSecret: 'ck_1' },
      { ...keysOf(), consumerSecret: 'cs_1 2' },
      { ...keysOf(), more: 1 },
      {},
    ]) {
      expect(given.safeParse(wrong).success).toBe(false)
    }
  })

  it('are asked for by the other address where the site has plain permalinks', async () => {
    await tell(double, 'POST /site', { permalinks: 'plain' })
    const access = await enter()
    expect(access).toMatchObject({ route: 'plain' })
    expect(states(await mend(access))).toEqual(all('ok'))
    expect(await hands.leave(site, access)).toEqual({ outcome: 'ok', value: null })
    expect(await hooks()).toEqual([])
  })

  it('are refused with words about permalinks where the site answers with pages alone', async () => {
    await fault({ kind: 'not_json', times: 10, status: 200 })
    const told = await hands.enter(site, 'rest_keys', keysOf())
    expect(told).toMatchObject({ outcome: 'refused', refused: 'request', path: 'siteUrl' })
    expect(told).toMatchObject({ message: expect.stringContaining('Permalinks') })
  })
})

describe('the webhooks of a shop', () => {
  it('are made, four of them, signed with our secret, and a second look makes nothing', async () => {
    const access = await enter()
    const mended = await mend(access)
    expect(states(mended)).toEqual(all('ok'))
    expect(mended).toMatchObject({
      scopes: ['read', 'write'],
      missingScopes: [],
      problems: [],
      newWebhookSecrets: [],
    })
    const made = await hooks()
    expect(made.map(({ topic }) => topic).sort()).toEqual(TOPICS.toSorted())
    for (const hook of made) {
      expect(hook).toMatchObject({
        status: 'active',
        deliveryUrl: site.webhookUrl,
        secret: access.webhookSecret,
      })
    }
    const before = (await requests()).length
    expect(states(await mend(mended.access))).toEqual(all('ok'))
    expect((await requests()).slice(before).map(({ method }) => method)).toEqual(['GET'])
  })

  it('bring what the connector verifies', async () => {
    const access = await enter()
    await mend(access)
    await tell(double, 'POST /orders', { customerId: 7 })
    await tell(double, 'POST /deliveries/settled')
    const [order] = receiver.seen.filter(({ headers }) => headers['x-wc-webhook-topic'] === 'order.created')
    const verified = woocommerce.verify(
      {
        rawBody: Buffer.from(order!.body),
        headers: order!.headers as Record<string, string>,
        secrets: [String(access.webhookSecret)],
        now: Date.now(),
      },
      site.settings,
    )
    expect(verified).toMatchObject({ ok: true, topic: 'order.created' })
  })

  it('that are there from an install that was lost get our secret, and further ones go', async () => {
    const lost = await enter()
    await mend(lost)
    await mend(await enter(), siteAt('https://old.example'))
    const [foreign] = await makeForeign()
    const access = await enter()
    const mended = await mend(access)
    expect(states(mended)).toEqual(all('ok'))
    const own = (await hooks()).filter(({ id }) => id !== foreign)
    expect(own).toHaveLength(TOPICS.length)
    for (const hook of own) {
      expect(hook).toMatchObject({ deliveryUrl: site.webhookUrl, secret: access.webhookSecret })
    }
    expect((await hooks()).some(({ id }) => id === foreign)).toBe(true)
  })

  it('follow the address of the server, keeping what they are signed with', async () => {
    const { access } = await mend(await enter())
    const moved = siteAt('https://moved.example')
    expect(states(await mend(access, moved))).toEqual(all('ok'))
    for (const hook of await hooks()) {
      expect(hook).toMatchObject({ deliveryUrl: moved.webhookUrl, secret: access.webhookSecret })
    }
  })

  it('that were deleted or disabled are mended; one that the merchant paused stays so', async () => {
    const { access } = await mend(await enter())
    const [first, second, third] = await hooks()
    await tell(double, `DELETE /webhooks/${first!.id}`)
    await tell(double, `POST /webhooks/${second!.id}`, { status: 'disabled' })
    await tell(double, `POST /webhooks/${third!.id}`, { status: 'paused' })
    const mended = await mend(access)
    const expected = TOPICS.map((topic) => `${topic} ${topic === third!.topic ? 'failing' : 'ok'}`)
    expect(states(mended)).toEqual(expected)
    const status = new Map((await hooks()).map((hook) => [hook.topic, hook.status]))
    expect([status.get(first!.topic), status.get(second!.topic), status.get(third!.topic)]).toEqual([
      'active',
      'active',
      'paused',
    ])
  })

  it('are missing where the key may only read, and the merchant is told what to do', async () => {
    await tell(double, 'POST /keys', { permissions: 'read' })
    const mended = await mend(await enter(keysOf(1)))
    expect(states(mended)).toEqual(all('missing'))
    expect(mended).toMatchObject({ scopes: ['read'], missingScopes: ['write'] })
    expect(mended.problems).toEqual([
      { code: 'SCOPES_MISSING', message: expect.stringContaining('Read/Write') },
    ])
  })

  it('are made once where the answer to making one was lost', async () => {
    const access = await enter()
    await fault({ kind: 'reset_after_effect', method: 'POST', path: 'webhooks', times: 2 })
    expect(states(await mend(access))).toEqual(all('ok'))
    expect(await hooks()).toHaveLength(TOPICS.length)
  })

  it('go with the shop’s own others left, and keys that open nothing have left nothing', async () => {
    const { access } = await mend(await enter())
    const [foreign] = await makeForeign()
    expect(await hands.isGone(site, access)).toEqual({ outcome: 'ok', value: false })
    expect(await hands.leave(site, access)).toEqual({ outcome: 'ok', value: null })
    expect((await hooks()).map(({ id }) => id)).toEqual([foreign])
    expect(await hands.leave(site, access)).toEqual({ outcome: 'ok', value: null })
    await tell(double, `DELETE /keys/${(access as { consumerKey: string }).consumerKey}`)
    expect(await hands.leave(site, access)).toEqual({ outcome: 'ok', value: null })
    expect(await hands.isGone(site, access)).toEqual({ outcome: 'ok', value: true })
    expect(await hands.mend(site, access)).toMatchObject({ outcome: 'refused', refused: 'access' })
  })
})

describe('past orders of a shop', () => {
  const day = (number: number) => Date.parse(`2026-10-${String(number).padStart(2, '0')}T12:00:00Z`)
  const iso = (at: number) => new Date(at).toISOString()

  async function readAll(query: Pick<OrderQuery, 'by' | 'since' | 'until'>): Promise<OrderPage[]> {
    const access = await enter()
    const pages: OrderPage[] = []
    let cursor: string | null = null
    do {
      const page: OrderPage = wellTold(await hands.readOrders!(site, access, { ...query, cursor }))
      pages.push(page)
      cursor = page.next
    } while (cursor !== null)
    return pages
  }
  const idsOf = (pages: readonly OrderPage[]) =>
    pages.flatMap(({ orders }) => orders.map(({ bodies }) => readBody(bodies[0]!.rawBody).id))
  const readBody = (rawBody: Uint8Array) => JSON.parse(Buffer.from(rawBody).toString()) as { id: number }

  it('are read by when they were paid, page by page, as a webhook would bring them', async () => {
    for (let number = 1; number <= 28; number += 1) {
      const at = iso(day(number))
      for (const id of [1_000 + number, 2_000 + number, 3_000 + number]) {
        await tell(double, 'POST /orders', { id: String(id), createdAt: at, customerId: 7 })
      }
    }
    // made before, paid within
    await tell(double, 'POST /orders', { id: '5000', createdAt: iso(day(1)), paidAt: iso(day(20)) })
    const pages = await readAll({ by: 'activity', since: day(5), until: day(26) })
    expect(pages.length).toBe(2)
    const ids = idsOf(pages)
    expect(ids.length).toBe(3 * 21 + 1)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids).toEqual(expect.arrayContaining([1_005, 3_025, 5_000]))
    expect(ids).not.toEqual(expect.arrayContaining([1_026]))
    expect(pages[0]!.readUpTo).toBeGreaterThanOrEqual(day(5))
    expect(pages[0]!.readUpTo).toBeLessThan(day(26))
    expect(pages[1]!.readUpTo).toBe(day(26))
    const [{ activityAt, bodies }] = pages[0]!.orders as [OrderPage['orders'][number]]
    expect(activityAt).toBe(day(20))
    const translation = woocommerce.translate({
      rawBody: bodies[0]!.rawBody,
      topic: bodies[0]!.topic,
      receivedAt: Date.now(),
      rules: [rule()],
      purchaseSpace: 'p',
      orderIdFrom: null,
      settings: site.settings,
    })
    expect(translation).toMatchObject({ kind: 'translated', orderId: '5000' })
  })

  it('are all read where more of them are of one second than a page holds, and where some change meanwhile', async () => {
    for (let id = 1; id <= 120; id += 1) {
      await tell(double, 'POST /orders', {
        id: String(id),
        createdAt: iso(day(id <= 110 ? 5 : 6)),
        customerId: 7,
      })
    }
    const query = { by: 'activity', since: day(5), until: day(7) } as const
    expect(idsOf(await readAll(query)).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 120 }, (_, index) => index + 1),
    )
    const longAgo = Date.parse('2026-08-08T12:00:00Z')
    const window = { by: 'activity', since: longAgo, until: longAgo + 86_400_000 } as const
    for (let id = 201; id <= 260; id += 1) {
      const createdAt = iso(longAgo + id * 1_000)
      await tell(double, 'POST /orders', { id: String(id), createdAt, customerId: 7 })
    }
    const access = await enter()
    const first = wellTold(await hands.readOrders!(site, access, { ...window, cursor: null }))
    // what was read leaves the list
    await tell(double, 'POST /orders/210/trash')
    const then = { ...window, cursor: first.next }
    const ids = idsOf([first, wellTold(await hands.readOrders!(site, access, then))])
    expect(ids.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, index) => 201 + index))
  })

  it('are read by when they were changed, whenever they were made', async () => {
    const since = Date.now()
    await tell(double, 'POST /orders', { id: '1', createdAt: iso(day(1)), customerId: 7 })
    await tell(double, 'POST /clock', { advanceSeconds: 3_600 })
    await tell(double, 'POST /orders/1', { status: 'cancelled' })
    await tell(double, 'POST /orders', { id: '2', customerId: 7 })
    expect(idsOf(await readAll({ by: 'change', since: since - 1, until: since + 1_800_000 }))).toEqual([])
    const [page] = await readAll({ by: 'change', since: since + 1_800_000, until: since + 7_200_000 })
    expect(idsOf([page!]).toSorted()).toEqual([1, 2])
    expect(page).toMatchObject({ next: null, readUpTo: since + 7_200_000 })
  })
})

describe('trouble with a shop', () => {
  it('is waited out twice', async () => {
    await fault({ kind: 'error', status: 503, times: 2 })
    expect(await enter()).toMatchObject({ route: 'pretty' })
    await fault({ kind: 'reset', times: 2 })
    expect(await enter()).toMatchObject({ route: 'pretty' })
  })

  it('that lasts is unavailable, in the shop’s words, and nothing is taken for a no', async () => {
    await fault({ kind: 'error', status: 503, times: 3, body: '{"code":"down","message":"Maintenance"}' })
    expect(await hands.enter(site, 'rest_keys', keysOf())).toEqual({
      outcome: 'unavailable',
      message: '503 down: Maintenance',
      retryAfterMs: null,
    })
    const { access } = await mend(await enter())
    await fault({ kind: 'error', status: 500, times: 3 })
    expect(await hands.leave(site, access)).toMatchObject({ outcome: 'unavailable' })
    await fault({ kind: 'error', status: 429, times: 1, headers: { 'retry-after': '60' } })
    expect(await hands.isGone(site, access)).toMatchObject({ outcome: 'unavailable', retryAfterMs: 60_000 })
  })

  it('is waited out until the time that the shop names, also where that is a date', async () => {
    const headers = { 'retry-after': 'Sun, 22 Nov 2026 12:05:00 GMT' }
    await fault({ kind: 'error', status: 503, times: 1, headers })
    const told = await hands.enter(site, 'rest_keys', keysOf())
    expect(told).toMatchObject({ outcome: 'unavailable', retryAfterMs: 300_000 })
  })

  it('that helps nobody to try again is a no at once: the address leads inside, or nowhere', async () => {
    let asked = 0
    const calls = async () => {
      asked += 1
      throw new NoAnswer('shop.example has no public address', false)
    }
    const inside = createWooHands({ calls, clock })
    const no = { outcome: 'refused', refused: 'request', message: 'shop.example has no public address' }
    expect(await inside.enter(site, 'rest_keys', keysOf())).toEqual(no)
    expect(asked).toBe(1)
    const access = { ...keysOf(), webhookSecret: 'a'.repeat(64), signedHooks: [], route: 'pretty' }
    expect(await inside.mend(site, access)).toEqual(no)
    expect(await inside.isGone(site, access)).toEqual(no)
    expect(asked).toBe(3)
  })

  it('with an answer that never came has a webhook made once', async () => {
    const access = await enter()
    const { calls } = callsTo(double)
    let isLost = false
    const losing: PlatformCalls = async (platform, call) => {
      const answer = await calls(platform, call)
      if (call.method !== 'POST' || isLost) return answer
      isLost = true
      throw new NoAnswer('cut')
    }
    expect(states(wellTold(await createWooHands({ calls: losing, clock }).mend(site, access)))).toEqual(
      all('ok'),
    )
    expect((await hooks()).map(({ topic }) => topic).toSorted()).toEqual([...TOPICS].toSorted())
  })
})

/** A webhook of the merchant's own. */
async function makeForeign(): Promise<string[]> {
  const { consumerKey, consumerSecret } = keysOf() as { consumerKey: string; consumerSecret: string }
  const answer = await fetch(`${double.origin}/wp-json/wc/v3/webhooks`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${consumerKey}:${consumerSecret}`).toString('base64')}`,
      'content-type': 'application/json',
      'x-forwarded-host': 'shop.example',
    },
    body: JSON.stringify({
      topic: 'order.created',
      delivery_url: `http://127.0.0.1:${receiver.port}/else`,
      secret: 'x',
    }),
  })
  const { id } = (await answer.json()) as { id: number }
  return [String(id)]
}

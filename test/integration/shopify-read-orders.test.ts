import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { shopify } from '../../connectors/shopify/index.ts'
import type { Access, OrderPage, OrderQuery } from '../../src/ports/hands.ts'
import { tell } from '../helpers/doubles.ts'
import { callsTo } from '../helpers/platform-calls.ts'
import { rule } from '../helpers/rules.ts'
import { type PlayedShop, SHOP, siteOf, startPlayedShop, valueIn } from '../helpers/shopify-shop.ts'

const SCOPES = ['read_orders', 'read_customers', 'read_products', 'read_shopify_payments_disputes']
const DAY = 86_400_000
const SETTINGS = { shopDomain: SHOP }

let shop: PlayedShop
let access: Access

beforeEach(async () => {
  shop = await startPlayedShop()
  await tell(shop.double, 'POST /install', { scopes: SCOPES })
  access = await enter()
})

afterEach(() => shop.double.stop())

async function enter(): Promise<Access> {
  const keys = { clientId: shop.app.id, clientSecret: shop.app.secrets[0] ?? '' }
  return valueIn(await shop.hands.enter(shop.site, 'client_credentials', keys)).access
}

const order = async (given: object = {}) =>
  (await tell<{ id: string }>(shop.double, 'POST /orders', given)).id
const change = (id: string, what: string, given: object = {}) =>
  tell<{ id: string; transactionIds: string[] }>(shop.double, `POST /orders/${id}/${what}`, given)

const page = (given: Partial<OrderQuery> = {}) =>
  shop.hands.readOrders!(shop.site, access, {
    by: 'activity',
    since: Date.now() - 59 * DAY,
    until: Date.now() + DAY,
    cursor: null,
    ...given,
  })

async function readAll(given: Partial<OrderQuery> = {}): Promise<OrderPage['orders'][number][]> {
  const all: OrderPage['orders'][number][] = []
  let cursor: string | null = null
  do {
    const read: OrderPage = valueIn(await page({ ...given, cursor }))
    all.push(...read.orders)
    cursor = read.next
  } while (cursor !== null)
  return all
}

const RULES = [
  rule({ value: 'order_total' }),
  rule({ value: 'order_subtotal', giftCards: 'ignore' }),
  rule({ value: 'item_count', minimumValue: '10' }),
  rule({ identifyBy: 'email', testOrders: 'count' }),
  rule({ products: ['7'] }),
  rule({ products: ['8'] }),
  rule({ products: ['CAKE-1'] }),
]

const translated = (topic: string, rawBody: Uint8Array) =>
  shopify.translate({
    topic,
    rawBody,
    receivedAt: Date.now() + 1_000,
    rules: RULES,
    purchaseSpace: 'p',
    orderIdFrom: null,
    settings: SETTINGS,
  })

const idIn = (rawBody: Uint8Array): string =>
  /"admin_graphql_api_id":"gid:\/\/shopify\/Order\/(\d+)"/.exec(Buffer.from(rawBody).toString())?.[1] ?? ''

/** What happens in a shop: each of these leaves an order behind. */
const REPERTOIRE: Record<string, () => Promise<unknown>> = {
  'a paid order': () => order({ customer: { email: 'ada@example.com', firstName: 'Ada', lastName: 'L' } }),
  'one of a guest': () => order({ email: 'guest@example.com', phone: '+4930123456', countryCode: 'DE' }),
  'one of nobody': () => order(),
  'a pending one': () => order({ payment: 'pending' }),
  'an authorised one': () => order({ payment: 'authorized' }),
  'a test': () => order({ test: true, customer: {} }),
  'a free one': () => order({ lines: [{ price: '0' }] }),
  'one with a large id': () => order({ id: '9007199254740993', customer: { id: '9007199254740995' } }),
  'one with discounts, shipping, tax and a tip': () =>
    order({
      lines: [{ price: '19.99', quantity: 3, discount: '1.01', tax: '3.80' }],
      shipping: { price: '4.90', tax: '0.93' },
      tip: '2.00',
      taxesIncluded: false,
      discountCodes: ['WELCOME'],
    }),
  'one in another currency': () =>
    order({ presentmentCurrency: 'USD', rate: 1.1, lines: [{ price: '12.35' }] }),
  'one in yen': () => order({ currency: 'JPY', lines: [{ price: '1500' }] }),
  'one shown in yen': () => order({ presentmentCurrency: 'JPY', rate: 160, lines: [{ price: '12.35' }] }),
  'gift cards': () => order({ lines: [{ giftCard: true, price: '50.00' }] }),
  'gift cards and goods': () => order({ lines: [{ giftCard: true }, { price: '5.00', productId: '7' }] }),
  'goods with a variant and an SKU': () =>
    order({ lines: [{ productId: '7', variantId: '8', sku: 'CAKE-1' }] }),
  'one at the till': () => order({ sourceName: 'pos' }),
  'more lines than a page holds': () =>
    order({ lines: Array.from({ length: 130 }, (_, n) => ({ price: `${n + 1}.00`, quantity: 2 })) }),
  'one with a refund of a line': async () => {
    const id = await order({ lines: [{ quantity: 2, discount: '1.00', tax: '2.00' }, {}] })
    await change(id, 'refund', { lines: [{ line: 0, quantity: 1 }] })
  },
  'one with a refund beside its parts, in another currency': async () => {
    const id = await order({ presentmentCurrency: 'USD', rate: 1.1, shipping: { price: '4.90' } })
    await change(id, 'refund', { lines: [{ line: 0, quantity: 1 }], shipping: '4.90', amount: '20.00' })
  },
  'one with money back for nothing': async () => change(await order(), 'refund', { amount: '3.33' }),
  'one with several refunds': async () => {
    const id = await order({ lines: [{ quantity: 5 }] })
    for (let n = 0; n < 3; n += 1) await change(id, 'refund', { lines: [{ line: 0, quantity: 1 }] })
  },
  'one with a refund that is pending': async () =>
    change(await order(), 'refund', { amount: '5.00', state: 'pending' }),
  'one with a refund that failed': async () => {
    const id = await order()
    const { transactionIds } = await change(id, 'refund', { amount: '5.00', state: 'pending' })
    await change(id, 'settle', { transactionId: transactionIds[0], status: 'failure' })
  },
  'one with a refund of more lines than a page holds': async () => {
    const lines = Array.from({ length: 30 }, () => ({ price: '1.00' }))
    const back = lines.map((_, line) => ({ line, quantity: 1 }))
    await change(await order({ lines }), 'refund', { lines: back })
  },
  'one that came back whole': async () =>
    change(await order(), 'refund', { lines: [{ line: 0, quantity: 1 }] }),
  'a cancelled one': async () => change(await order(), 'cancel'),
  'one that was cancelled without money back': async () => change(await order(), 'cancel', { refund: false }),
  'an edited one': async () => {
    const id = await order({ lines: [{ quantity: 2 }, { price: '5.00' }] })
    await change(id, 'edit', { remove: [{ line: 0, quantity: 1 }], add: [{ price: '7.00' }] })
  },
}

describe('orders that are read', () => {
  it('are told as their webhooks tell them: the same comes of each order of the repertoire', async () => {
    for (const happen of Object.values(REPERTOIRE)) await happen()
    const read = await readAll()
    const { orders } = await tell<{ orders: { id: string }[] }>(shop.double, 'GET /orders')
    expect(read).toHaveLength(Object.keys(REPERTOIRE).length)
    expect(read.map(({ bodies }) => idIn(bodies[0]!.rawBody)).sort()).toEqual(
      orders.map(({ id }) => id).sort(),
    )
    for (const { activityAt, bodies } of read) {
      const { rawBody } = bodies[0]!
      const told = await fetch(`${shop.double.origin}/__control/orders/${idIn(rawBody)}`)
      const webhook = Buffer.from(await told.arrayBuffer())
      for (const topic of ['orders/paid', 'orders/updated', 'orders/cancelled']) {
        expect([topic, translated(topic, rawBody)]).toEqual([topic, translated(topic, webhook)])
      }
      expect(shopify.identities(rawBody, SETTINGS)).toEqual(shopify.identities(webhook, SETTINGS))
      expect(activityAt).toBe(Date.parse(JSON.parse(webhook.toString()).processed_at))
    }
  })

  it('bring the purchase first, then its cancellation and its disputes, as their webhooks tell them', async () => {
    const id = await order({ customer: {} })
    await tell(shop.double, 'POST /disputes', { orderId: id, amount: '5.00', status: 'lost' })
    await change(id, 'cancel')
    const [read] = await readAll()
    expect(read?.bodies.map(({ topic, rawBody }) => [topic, translated(topic, rawBody).kind])).toEqual([
      ['orders/paid', 'reported'],
      ['orders/cancelled', 'reported'],
      ['disputes/update', 'reported'],
    ])
    expect(translated('disputes/update', read!.bodies[2]!.rawBody)).toMatchObject({
      orderId: id,
      reports: [{ kind: 'dispute', state: 'taken', currency: 'EUR' }],
    })
  })

  it('leave disputes out where the scope is missing, which is only wanted', async () => {
    await tell(shop.double, 'POST /install', { scopes: ['read_orders', 'read_customers'] })
    access = await enter()
    const id = await order()
    await tell(shop.double, 'POST /disputes', { orderId: id, amount: '5.00' })
    expect((await readAll())[0]?.bodies).toHaveLength(1)
  })

  it('are not read without read_customers: their buyers would be taken for guests', async () => {
    await tell(shop.double, 'POST /install', { scopes: ['read_orders'] })
    access = await enter()
    await order({ customer: { email: 'ada@example.com' } })
    expect(await page()).toMatchObject({ outcome: 'refused', refused: 'permission', path: 'read_customers' })
  })

  it('hold nothing of a person where the app may not see it, as in webhooks', async () => {
    await tell(shop.double, 'POST /apps', { id: shop.app.id, customerData: false })
    // no hexadecimal digits spell the name
    await order({ customer: { email: 'zoe@example.com', firstName: 'Zoe' }, countryCode: 'DE' })
    const [read] = await readAll()
    expect(Buffer.from(read!.bodies[0]!.rawBody).toString()).not.toMatch(/zoe/i)
    expect(read?.bodies[0] && translated('orders/paid', read.bodies[0].rawBody).kind).toBe('translated')
  })

  it('TRAP: Shopify may refuse single fields of a person by an error beside the data: the rest is taken', async () => {
    await order({ customer: { firstName: 'Ada' } })
    const toDouble = callsTo(shop.double).calls
    const partly = shop.handsBy(async (platform, call) => {
      const answer = await toDouble(platform, call)
      if (!call.body?.includes('query Orders')) return answer
      const body = JSON.parse(answer.text)
      body.data.orders.nodes[0].customer.firstName = null
      const path = ['orders', 'nodes', 0, 'customer', 'firstName']
      body.errors = [{ message: 'not approved', path, extensions: { code: 'ACCESS_DENIED' } }]
      return { ...answer, text: JSON.stringify(body) }
    })
    const query = { by: 'activity', since: 0, until: Date.now() + DAY, cursor: null } as const
    const read = valueIn(await partly.readOrders!(shop.site, access, query))
    expect(read.orders).toHaveLength(1)
  })
})

describe('pages', () => {
  const past = (count: number, everySeconds: number, from = Date.now() - 10 * DAY) =>
    tell(shop.double, 'POST /orders/many', { count, everySeconds, from: new Date(from).toISOString() })

  it('lead through all orders, each once, in the order of time', async () => {
    await past(65, 60)
    const read = await readAll()
    expect(new Set(read.map(({ bodies }) => idIn(bodies[0]!.rawBody))).size).toBe(65)
    expect(read).toHaveLength(65)
    const times = read.map(({ activityAt }) => activityAt)
    expect(times).toEqual([...times].sort((a, b) => a - b))
  })

  it('also where more orders than a page holds have one time', async () => {
    await past(50, 0)
    const read = await readAll()
    expect(new Set(read.map(({ bodies }) => idIn(bodies[0]!.rawBody))).size).toBe(50)
    expect(read).toHaveLength(50)
  })

  it('pass over none while others change: a cursor that names the last order would jump with it', async () => {
    for (let n = 0; n < 45; n += 1) {
      await order()
      await shop.advance(1)
    }
    const first = valueIn(await page({ by: 'change' }))
    const read = [...first.orders]
    await change(idIn(first.orders.at(-1)!.bodies[0]!.rawBody), 'touch')
    for (let cursor = first.next; cursor !== null; ) {
      const more: OrderPage = valueIn(await page({ by: 'change', cursor }))
      read.push(...more.orders)
      cursor = more.next
    }
    expect(new Set(read.map(({ bodies }) => idIn(bodies[0]!.rawBody))).size).toBe(45)
  })

  it('say until when all has been read', async () => {
    const from = Math.floor((Date.now() - 10 * DAY) / 1_000) * 1_000
    await past(30, 60, from)
    const until = Date.now()
    const first = valueIn(await page({ until }))
    expect(first.readUpTo).toBe(from + 19 * 60_000)
    const second = valueIn(await page({ until, cursor: first.next }))
    expect([second.next, second.readUpTo, second.orders.length]).toEqual([null, until, 10])
  })

  it('hold what is in [since, until) to the instant, though Shopify compares seconds', async () => {
    const from = Math.floor((Date.now() - 10 * DAY) / 1_000) * 1_000
    await past(5, 1, from)
    const between = async (since: number, until: number) =>
      (await readAll({ since: from + since, until: from + until })).map(({ activityAt }) => activityAt - from)
    expect(await between(1_000, 3_000)).toEqual([1_000, 2_000])
    expect(await between(1_001, 3_001)).toEqual([2_000, 3_000])
  })

  it('can be read by what changed', async () => {
    await past(3, 60)
    const since = Date.now() + 5_000
    await shop.advance(10)
    const id = await order()
    const read = await readAll({ by: 'change', since, until: since + DAY })
    expect(read.map(({ bodies }) => idIn(bodies[0]!.rawBody))).toEqual([id])
  })

  it('cannot go on from what is no place', async () => {
    expect(await page({ cursor: 'x' })).toMatchObject({ outcome: 'refused', refused: 'request' })
  })

  it('say that the token is over, to be read again with a new one', async () => {
    await past(30, 60)
    const first = valueIn(await page())
    await tell(shop.double, 'POST /tokens/expire', {})
    expect(await page({ cursor: first.next })).toMatchObject({ outcome: 'refused', refused: 'access' })
    access = valueIn(await shop.hands.renew!(siteOf(), access)).access
    expect(valueIn(await page({ cursor: first.next })).orders).toHaveLength(10)
  })

  it('are never dearer than Shopify allows a query to be', async () => {
    await past(25, 60)
    const seen: number[] = []
    const toDouble = callsTo(shop.double).calls
    const counting = shop.handsBy(async (platform, call) => {
      const answer = await toDouble(platform, call)
      seen.push(JSON.parse(answer.text).extensions?.cost?.requestedQueryCost ?? 0)
      return answer
    })
    const query = { by: 'activity', since: Date.now() - 20 * DAY, until: Date.now(), cursor: null } as const
    valueIn(await counting.readOrders!(shop.site, access, query))
    expect(Math.max(...seen)).toBeLessThanOrEqual(1_000)
  })
})

describe('the past', () => {
  it('says how far back a shop shows its orders, and by which scope further', () => {
    expect(shop.hands.reach).toEqual({ days: 60, unless: 'read_all_orders' })
  })
})

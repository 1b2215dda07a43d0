import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { ShopifyAccess } from '../../connectors/shopify/hands/access.ts'
import type { Subscription } from '../../src/doubles/shopify/state.ts'
import type { Access } from '../../src/ports/hands.ts'
import { askAdmin, tell } from '../helpers/doubles.ts'
import { type PlayedShop, SHOP, siteOf, startPlayedShop, valueIn } from '../helpers/shopify-shop.ts'

const TOPICS = [
  'orders/paid',
  'orders/cancelled',
  'orders/updated',
  'refunds/create',
  'app/uninstalled',
  'app/scopes_update',
]

let shop: PlayedShop
let access: Access

beforeEach(async () => {
  shop = await startPlayedShop()
  const keys = { clientId: shop.app.id, clientSecret: shop.app.secrets[0] ?? '' }
  access = valueIn(await shop.hands.enter(shop.site, 'client_credentials', keys)).access
})

afterEach(() => shop.double.stop())

const mend = async (site = shop.site) => valueIn(await shop.hands.mend(site, access))

async function made(): Promise<readonly Subscription[]> {
  const { subscriptions } = await tell<{ subscriptions: Subscription[] }>(shop.double, 'GET /subscriptions')
  return subscriptions
}

async function subscribe(topic: string, uri: string, more = ''): Promise<void> {
  const { body } = await askAdmin(
    shop.double,
    { shop: SHOP, token: (access as ShopifyAccess).accessToken },
    `mutation { webhookSubscriptionCreate(topic: ${topic}, webhookSubscription: { uri: "${uri}" ${more} }) { userErrors { message } } }`,
  )
  expect(body.data.webhookSubscriptionCreate.userErrors).toEqual([])
}

async function operations(): Promise<string[]> {
  const { requests } = await tell<{ requests: { what?: string; operation?: string }[] }>(
    shop.double,
    'GET /requests',
  )
  return requests.map((one) => JSON.stringify(one))
}

describe('subscriptions', () => {
  it('are made for each topic, as JSON, whole, at the connector’s address', async () => {
    expect((await mend()).subscriptions).toEqual(TOPICS.map((topic) => ({ topic, state: 'ok' })))
    expect(await made()).toMatchObject(
      [
        'ORDERS_PAID',
        'ORDERS_CANCELLED',
        'ORDERS_UPDATED',
        'REFUNDS_CREATE',
        'APP_UNINSTALLED',
        'APP_SCOPES_UPDATE',
      ].map((topic) => ({
        topic,
        uri: shop.site.webhookUrl,
        format: 'JSON',
        filter: null,
        includeFields: [],
      })),
    )
  })

  it('are left alone where they are as they should be', async () => {
    await mend()
    const before = await made()
    const asked = (await operations()).length
    await mend()
    expect(await made()).toEqual(before)
    // whose it is, and the list
    expect((await operations()).length - asked).toBe(2)
  })

  it('cover merged customers and disputes where the shop granted these scopes', async () => {
    const scopes = ['read_orders', 'read_customer_merge', 'read_shopify_payments_disputes']
    await tell(shop.double, 'POST /install', { scopes })
    const { subscriptions } = await mend()
    expect(subscriptions.map(({ topic }) => topic)).toEqual([
      ...TOPICS,
      'customers/merge',
      'disputes/create',
      'disputes/update',
    ])
    expect(subscriptions.every(({ state }) => state === 'ok')).toBe(true)
  })

  it('that are lost are made again', async () => {
    await mend()
    const [lost] = await made()
    await tell(shop.double, `DELETE /subscriptions/${lost?.id}`)
    await mend()
    expect((await made()).map(({ topic }) => topic).sort()).toEqual([
      'APP_SCOPES_UPDATE',
      'APP_UNINSTALLED',
      'ORDERS_CANCELLED',
      'ORDERS_PAID',
      'ORDERS_UPDATED',
      'REFUNDS_CREATE',
    ])
  })

  it('follow the server to another origin', async () => {
    await mend()
    const ids = (await made()).map(({ id }) => id)
    const moved = siteOf({ webhookUrl: 'https://new.example/webhooks/shopify/c1' })
    await mend(moved)
    expect((await made()).map(({ id, uri }) => [id, uri])).toEqual(ids.map((id) => [id, moved.webhookUrl]))
  })

  it('of one topic there is one: further ones of ours go', async () => {
    await mend()
    await subscribe('ORDERS_PAID', 'https://old.example/webhooks/shopify/c1')
    await subscribe('ORDERS_PAID', 'https://older.example/webhooks/shopify/c1')
    await mend()
    const paid = (await made()).filter(({ topic }) => topic === 'ORDERS_PAID')
    expect(paid.map(({ uri }) => uri)).toEqual([shop.site.webhookUrl])
  })

  it('TRAP: others are never touched, whatever their topic, as the library’s own register would', async () => {
    await subscribe('ORDERS_PAID', 'https://someone.example/hooks')
    await subscribe('ORDERS_EDITED', 'https://streaks.example/webhooks/shopify/c2')
    await subscribe('ORDER_TRANSACTIONS_CREATE', shop.site.webhookUrl)
    const others = await made()
    await mend()
    await mend()
    expect(await made()).toEqual(expect.arrayContaining([...others]))
    expect(await made()).toHaveLength(others.length + TOPICS.length)
  })

  it('TRAP: a filter keeps webhooks back without a word, and fields left out hide what is read: both go', async () => {
    await subscribe(
      'ORDERS_PAID',
      shop.site.webhookUrl,
      ', filter: "total_price:>100", includeFields: ["id"]',
    )
    await mend()
    const [paid] = (await made()).filter(({ topic }) => topic === 'ORDERS_PAID')
    expect([paid?.filter || null, paid?.includeFields]).toEqual([null, []])
  })

  it('TRAP: compliance topics cannot be had by the API and are not asked for', async () => {
    await mend()
    expect((await operations()).join()).not.toMatch(/DATA_REQUEST|REDACT/)
  })

  it('are found on further pages', async () => {
    for (let n = 0; n < 110; n += 1) await subscribe('ORDERS_PAID', `https://someone.example/hooks/${n}`)
    await subscribe('ORDERS_PAID', shop.site.webhookUrl)
    await mend()
    expect((await made()).filter(({ uri }) => uri === shop.site.webhookUrl)).toHaveLength(TOPICS.length)
  })

  it('that Shopify refuses are missing, and its words are shown', async () => {
    await tell(shop.double, 'POST /install', { scopes: ['read_customers'] })
    const { subscriptions, problems } = await mend()
    expect(subscriptions.filter(({ state }) => state === 'missing').map(({ topic }) => topic)).toEqual([
      'orders/paid',
      'orders/cancelled',
      'orders/updated',
      'refunds/create',
    ])
    expect(problems.map(({ code }) => code)).toEqual(['SCOPES_MISSING', 'SUBSCRIPTION_MISSING'])
    expect(problems[1]?.message).toContain('You cannot create a webhook subscription')
  })

  it('are looked for before they are made again when an answer was lost', async () => {
    await tell(shop.double, 'POST /faults', {
      kind: 'reset_after_effect',
      contains: 'Subscribe',
      times: 2,
      after: 1,
    })
    const { subscriptions } = await mend()
    expect(subscriptions.every(({ state }) => state === 'ok')).toBe(true)
    expect(await made()).toHaveLength(TOPICS.length)
  })

  it('that could not be made in time are missing, and the rest is there', async () => {
    await tell(shop.double, 'POST /faults', { kind: 'error', contains: 'ORDERS_UPDATED', times: 100 })
    const { subscriptions, problems } = await mend()
    expect(subscriptions.find(({ state }) => state === 'missing')).toEqual({
      topic: 'orders/updated',
      state: 'missing',
    })
    expect(problems).toMatchObject([{ code: 'SUBSCRIPTION_MISSING' }])
    expect(await made()).toHaveLength(TOPICS.length - 1)
  })
})

describe('leaving', () => {
  it('removes all of ours, and nothing else', async () => {
    await mend()
    await subscribe('ORDER_TRANSACTIONS_CREATE', shop.site.webhookUrl)
    await subscribe('ORDERS_PAID', 'https://someone.example/hooks')
    valueIn(await shop.hands.leave(shop.site, access))
    expect((await made()).map(({ uri }) => uri)).toEqual(['https://someone.example/hooks'])
  })

  it('has nothing to remove where the access is refused', async () => {
    await mend()
    await tell(shop.double, 'POST /tokens/expire', {})
    expect((await shop.hands.leave(shop.site, access)).outcome).toBe('ok')
  })

  it('is not done while the platform does not answer', async () => {
    await mend()
    await tell(shop.double, 'POST /faults', { kind: 'reset', times: 99 })
    expect((await shop.hands.leave(shop.site, access)).outcome).toBe('unavailable')
  })
})

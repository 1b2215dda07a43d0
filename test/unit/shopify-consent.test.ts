import { createHmac } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { consent } from '../../connectors/shopify/hands/consent.ts'
import { signQuery } from '../../src/doubles/shopify/consent.ts'
import { siteOf } from '../helpers/shopify-shop.ts'

const SECRET = 'shpss_0123456789abcdef0123456789abcdef'
const GIVEN = { clientId: 'client-1', clientSecret: SECRET }
const NOW = 1_760_000_000_000
const SHOP = 'demo-shop.myshopify.com'

type Query = [string, string][]

const parameters = (more: Record<string, string> = {}) => ({
  code: 'c0de',
  host: 'YWRtaW4',
  shop: SHOP,
  state: 'state-1',
  timestamp: String(NOW / 1_000),
  ...more,
})

const signed = (given: Record<string, string>, secret = SECRET): Query => [
  ...Object.entries(given),
  ['hmac', signQuery(given, secret)],
]

const without = (name: string): Record<string, string> =>
  Object.fromEntries(Object.entries(parameters()).filter(([other]) => other !== name))

describe('the address of the consent', () => {
  const url = new URL(
    consent.url(siteOf(), GIVEN, 'state-1', 'https://streaks.example/connect/shopify/callback'),
  )

  it('is the shop’s own, with the scopes that are asked for and the state', () => {
    expect(`${url.origin}${url.pathname}`).toBe(`https://${SHOP}/admin/oauth/authorize`)
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: 'client-1',
      scope: 'read_orders,read_customers,write_discounts',
      redirect_uri: 'https://streaks.example/connect/shopify/callback',
      state: 'state-1',
    })
  })

  it('asks for those of the settings besides, each once', () => {
    const settings = { shopDomain: SHOP, extraScopes: ['read_all_orders', 'read_orders'] }
    const more = new URL(consent.url(siteOf({ settings }), GIVEN, 's', 'https://a.example/b'))
    expect(more.searchParams.get('scope')).toBe('read_orders,read_customers,write_discounts,read_all_orders')
  })

  it('never holds the client secret', () => {
    expect(url.href).not.toContain(SECRET)
  })
})

describe('whether Shopify made a return', () => {
  const isGenuine = (query: Query) => consent.isGenuine(GIVEN, query)

  it('says its signature over all other parameters, in any order', () => {
    expect(isGenuine(signed(parameters()))).toBe(true)
    expect(isGenuine(signed(parameters()).reverse())).toBe(true)
  })

  it('also with blanks as Shopify’s own library writes them', () => {
    const given = parameters({ error_description: 'not by me' })
    const text = new URLSearchParams(Object.entries(given).sort(([a], [b]) => (a < b ? -1 : 1))).toString()
    const hmac = createHmac('sha256', SECRET).update(text.replaceAll('+', '%20')).digest('hex')
    expect(isGenuine([...Object.entries(given), ['hmac', hmac]])).toBe(true)
    expect(isGenuine(signed(given))).toBe(true)
  })

  it.each([
    ['another secret', signed(parameters(), 'shpss_another')],
    ['no signature', Object.entries(parameters())],
    ['an empty one', [...Object.entries(parameters()), ['hmac', '']]],
    ['one that is not hex', [...Object.entries(parameters()), ['hmac', 'z'.repeat(64)]]],
    ['a parameter more', [...signed(parameters()), ['x', '1']]],
    ['a parameter twice', [...signed(parameters()), ['shop', SHOP]]],
    ['a parameter less', signed(parameters()).slice(1)],
    ['another shop', signed(parameters()).map(([name, value]) => [name, name === 'shop' ? 'x' : value])],
  ] as [string, Query][])('but not with %s', (_, query) => {
    expect(isGenuine(query)).toBe(false)
  })
})

describe('what a return says', () => {
  const judge = (given: Record<string, string>, now = NOW) =>
    consent.judge(siteOf(), Object.entries(given), now)

  it('brings a code', () => {
    expect(judge(parameters())).toEqual({ kind: 'granted', code: 'c0de' })
  })

  it('is good for 5 minutes, both ways: Shopify’s library takes only 90 s, and a merchant reads', () => {
    expect(judge(parameters(), NOW + 300_000).kind).toBe('granted')
    expect(judge(parameters(), NOW - 300_000).kind).toBe('granted')
    expect(judge(parameters(), NOW + 300_001).kind).toBe('refused')
    expect(judge(parameters(), NOW - 300_001).kind).toBe('refused')
    expect(judge(parameters({ timestamp: 'yesterday' })).kind).toBe('refused')
    expect(judge(without('timestamp')).kind).toBe('refused')
  })

  it('is of the connector’s own shop', () => {
    expect(judge(parameters({ shop: SHOP.toUpperCase() })).kind).toBe('granted')
    expect(judge(parameters({ shop: 'other.myshopify.com' })).kind).toBe('refused')
    expect(judge(without('shop')).kind).toBe('refused')
  })

  it('may be a no', () => {
    expect(judge({ ...without('code'), error: 'access_denied' }).kind).toBe('denied')
    expect(judge({ ...without('code'), error: 'invalid_scope' }).kind).toBe('refused')
    expect(judge(without('code')).kind).toBe('refused')
  })
})

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

describe('what came back', () => {
  const judge = (query: Query, now = NOW) =>
    consent.judge(new URLSearchParams(query), siteOf(), GIVEN, now).verdict

  it('brings a code, signed over all other parameters, in any order', () => {
    const query = new URLSearchParams(signed(parameters()))
    expect(consent.judge(query, siteOf(), GIVEN, NOW)).toEqual({ verdict: 'granted', code: 'c0de' })
    expect(judge(signed(parameters()).reverse())).toBe('granted')
  })

  it('is taken with blanks as forms write them, and as Shopify’s own library does', () => {
    const given = parameters({ note: 'not by me' })
    const text = new URLSearchParams(Object.entries(given).sort(([a], [b]) => (a < b ? -1 : 1))).toString()
    const hmac = createHmac('sha256', SECRET).update(text.replaceAll('+', '%20')).digest('hex')
    expect(judge([...Object.entries(given), ['hmac', hmac]])).toBe('granted')
    expect(judge(signed(given))).toBe('granted')
  })

  it.each([
    ['another secret', signed(parameters(), 'shpss_another')],
    ['no signature', Object.entries(parameters())],
    ['an empty one', [...Object.entries(parameters()), ['hmac', '']]],
    ['one that is not hex', [...Object.entries(parameters()), ['hmac', 'z'.repeat(64)]]],
    ['a parameter more', [...signed(parameters()), ['x', '1']]],
    ['a parameter twice', [...signed(parameters()), ['shop', SHOP]]],
    ['a parameter less', signed(parameters()).slice(1)],
    [
      'another shop’s name',
      signed(parameters()).map(([name, value]) => [name, name === 'shop' ? 'x' : value]),
    ],
  ] as [string, Query][])('is forged with %s', (_, query) => {
    expect(judge(query)).toBe('forged')
  })

  it('TRAP: is good for 5 minutes, both ways, where Shopify’s library takes 90 s', () => {
    expect(judge(signed(parameters()), NOW + 300_000)).toBe('granted')
    expect(judge(signed(parameters()), NOW - 300_000)).toBe('granted')
    expect(judge(signed(parameters()), NOW + 300_001)).toBe('forged')
    expect(judge(signed(parameters()), NOW - 300_001)).toBe('forged')
    expect(judge(signed(parameters({ timestamp: 'yesterday' })))).toBe('forged')
    expect(judge(signed(without('timestamp')))).toBe('forged')
  })

  it('is of the connector’s own shop', () => {
    expect(judge(signed(parameters({ shop: SHOP.toUpperCase() })))).toBe('granted')
    expect(judge(signed(parameters({ shop: 'other.myshopify.com' })))).toBe('other_shop')
    expect(judge(signed(without('shop')))).toBe('other_shop')
  })

  it('may be a no', () => {
    expect(judge(signed({ ...without('code'), error: 'access_denied' }))).toBe('denied')
    expect(judge(signed({ ...without('code'), error: 'invalid_scope' }))).toBe('forged')
    expect(judge(signed(without('code')))).toBe('forged')
  })

  it('repeats nothing of what was sent', () => {
    const query = new URLSearchParams(signed(parameters({ shop: '<script>.myshopify.com' })))
    expect(JSON.stringify(consent.judge(query, siteOf(), GIVEN, NOW))).not.toContain('script')
  })
})

import '@shopify/shopify-api/adapters/node'
import { describe, expect, it } from '@jest/globals'
import { ApiVersion, shopifyApi } from '@shopify/shopify-api'
import fc from 'fast-check'
import { readShopper } from '../../connectors/shopify/app-proxy.ts'
import { type Parameters, proxyParameters, signedQuery } from '../helpers/app-proxy.ts'

const SECRET = 'hush'
const SHOP = 'shop-name.myshopify.com'
const AT_MS = 1_317_327_555_000
const settings = { shopDomain: SHOP }

/** The one of Shopify's page, and the same without a customer. */
const KNOWN = [
  [
    'extra=1&extra=2&shop=shop-name.myshopify.com&logged_in_customer_id=1&path_prefix=%2Fapps%2Fawesome_reviews&timestamp=1317327555&signature=4c68c8624d737112c91818c11017d24d334b524cb5c2b8ba08daa056f7395ddb',
    'shopify:1',
  ],
  [
    'extra=1&extra=2&shop=shop-name.myshopify.com&path_prefix=%2Fapps%2Fawesome_reviews&timestamp=1317327555&signature=a9718877bea71c2484f91608a7eaea1532bdf71f5c56825065fa4ccabe549ef3',
    null,
  ],
] as const

const read = (search: string, now = AT_MS, secrets: readonly string[] = [SECRET]) =>
  readShopper({ search, secrets, now }, settings)
const signed = (parameters: Parameters) => signedQuery(parameters, SECRET)
const good = proxyParameters(SHOP, AT_MS, '7')
const without = (name: string) => good.filter(([it]) => it !== name)

describe('a query of an app proxy', () => {
  it.each(KNOWN)('is taken as Shopify signs it: %s', (search, externalId) => {
    expect(read(search)).toEqual({ ok: true, externalId })
  })

  it.each(KNOWN)('is refused with one letter changed anywhere: %s', (search, _whose) => {
    for (let at = 0; at < search.length; at += 1) {
      const letter = search[at] === '1' ? '2' : '1'
      expect({ at, ok: read(search.slice(0, at) + letter + search.slice(at + 1)).ok }).toEqual({
        at,
        ok: false,
      })
    }
  })

  it('is signed by any secret of the connector, and never by a blank one', () => {
    const search = signed(good)
    expect(read(search, AT_MS, ['new secret', SECRET])).toEqual({ ok: true, externalId: 'shopify:7' })
    expect(read(search, AT_MS, [SECRET, 'old secret']).ok).toBe(true)
    expect(read(search, AT_MS, []).ok).toBe(false)
    expect(read(signedQuery(good, ' '), AT_MS, [' ']).ok).toBe(false)
  })

  it('is good for five minutes before and after its timestamp', () => {
    const search = signed(good)
    for (const off of [300_000, -300_000]) {
      expect(read(search, AT_MS + off).ok).toBe(true)
      expect(read(search, AT_MS + off + Math.sign(off) * 1000)).toMatchObject({
        ok: false,
        message: expect.stringContaining('5 minutes'),
      })
    }
    for (const timestamp of ['', 'now', '1317327555.5', '-1', '1e9']) {
      expect(read(signed([...without('timestamp'), ['timestamp', timestamp]])).ok).toBe(false)
    }
    expect(read(signed(without('timestamp'))).ok).toBe(false)
  })

  it('comes from the connector’s own shop, whatever its case', () => {
    expect(read(signed([...without('shop'), ['shop', 'Shop-Name.myshopify.com']])).ok).toBe(true)
    expect(read(signed([...without('shop'), ['shop', 'other.myshopify.com']])).ok).toBe(false)
    expect(read(signed(without('shop'))).ok).toBe(false)
    expect(readShopper({ search: signed(good), secrets: [SECRET], now: AT_MS }, {}).ok).toBe(false)
  })

  it('names one customer or none', () => {
    const customer = (...values: string[]) =>
      read(
        signed([
          ...without('logged_in_customer_id'),
          ...values.map((value) => ['logged_in_customer_id', value] as const),
        ]),
      )
    expect(customer('')).toEqual({ ok: true, externalId: null })
    expect(customer()).toEqual({ ok: true, externalId: null })
    expect(customer('9007199254740993')).toEqual({ ok: true, externalId: 'shopify:9007199254740993' })
    for (const values of [['7', '8'], ['7,8'], ['007'], ['x'], ['7 '], ['']]) {
      expect([values, customer(...values).ok]).toEqual([values, values.length === 1 && values[0] === ''])
    }
  })

  it('may say a parameter of the signature only once', () => {
    for (const name of ['shop', 'timestamp']) {
      const [, value = ''] = good.find(([it]) => it === name) ?? []
      expect([name, read(signed([...good, [name, value]])).ok]).toEqual([name, false])
    }
    expect(read(`${signed(good)}&signature=${'0'.repeat(64)}`).ok).toBe(false)
    expect(read(signed(good).replace(/signature=.*/, ''))).toMatchObject({ ok: false })
  })

  it('is signed as Shopify’s own library signs it, whatever a page asks', async () => {
    const { utils } = shopifyApi({
      apiKey: 'key',
      apiSecretKey: SECRET,
      apiVersion: ApiVersion.October26,
      hostName: 'streaks.example',
      isEmbeddedApp: false,
      logger: { level: 0 },
    })
    const now = Math.floor(Date.now() / 1000) * 1000
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom('lang', 'page', 'q'), fc.string({ unit: 'grapheme' })), {
          maxLength: 6,
        }),
        fc.boolean(),
        async (own, forged) => {
          const search = signedQuery([...own, ...proxyParameters(SHOP, now, '7')], forged ? 'other' : SECRET)
          const theirs = await utils.validateHmac(new URLSearchParams(search) as never, {
            signator: 'appProxy',
          })
          expect(read(search, now).ok).toBe(theirs)
          expect(theirs).toBe(!forged)
        },
      ),
    )
  })
})

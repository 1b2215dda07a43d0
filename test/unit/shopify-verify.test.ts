import { describe, expect, it } from '@jest/globals'
import { shopify } from '../../connectors/shopify/index.ts'
import type { Verification } from '../../src/ports/connector.ts'
import { type ShopifyRequestOptions, shopifyOrder, shopifyRequest, signShopify } from '../helpers/signed.ts'

const SECRET = 'shpss_0123456789abcdef'
const SETTINGS = { shopDomain: 'example.myshopify.com' }
const body = shopifyOrder()

function verify(
  options: Partial<ShopifyRequestOptions> = {},
  settings: Record<string, unknown> = SETTINGS,
): Verification {
  const { headers, body: rawBody } = shopifyRequest({ body, secret: SECRET, ...options })
  return shopify.verify({ rawBody, headers, secrets: [SECRET], now: 0 }, settings)
}

function reasonFor(signature: string): string {
  const verification = verify({ headers: { 'x-shopify-hmac-sha256': signature } })
  return verification.ok ? 'accepted' : verification.reason
}

describe('verifying a Shopify webhook', () => {
  it('a known body, secret and signature agree', () => {
    // computed with: printf '{"id":1}' | openssl dgst -sha256 -hmac hush -binary | base64
    const signature = 'VnKUjZsLuN5iZWjn5EntcBVCF9kMN43LglzCE1/GSeY='
    const headers = { 'x-shopify-hmac-sha256': signature }
    const rawBody = Buffer.from('{"id":1}')
    expect(shopify.verify({ rawBody, headers, secrets: ['hush'], now: 0 }, SETTINGS)).toMatchObject({
      ok: true,
    })
    expect(signShopify('{"id":1}', 'hush')).toBe(signature)
  })

  it('bytes that are no text verify as they were sent', () => {
    expect(verify({ body: Uint8Array.of(0xff, 0x00, 0xfe) })).toMatchObject({ ok: true })
  })

  it('signatures of the wrong length or alphabet are malformed', () => {
    const good = signShopify(body, SECRET)
    expect(reasonFor(good)).toBe('accepted')
    expect(reasonFor(` ${good} `)).toBe('accepted')
    for (const bad of [
      good.slice(1),
      `${good}A`,
      good.slice(0, -1),
      `${good}, ${good}`,
      '*'.repeat(43),
      'AAAA',
    ]) {
      expect(reasonFor(bad)).toBe('SIGNATURE_MALFORMED')
    }
    const hex = Buffer.from(good, 'base64').toString('hex')
    expect(reasonFor(hex)).toBe('SIGNATURE_MALFORMED')
    expect(reasonFor(`${'A'.repeat(43)}=`)).toBe('SIGNATURE_MISMATCH')
  })

  it('id and topic are those of the headers, the topic in lower case', () => {
    expect(verify({ topic: ' Orders/PAID ', webhookId: 'b54557e4-bdd9' })).toMatchObject({
      topic: 'orders/paid',
      webhookId: 'b54557e4-bdd9',
    })
  })

  it('a webhook without id and topic is accepted, with neither', () => {
    const headers = { 'x-shopify-hmac-sha256': signShopify(body, SECRET) }
    const input = { rawBody: Buffer.from(body), headers, secrets: [SECRET], now: 0 }
    expect(shopify.verify(input, SETTINGS)).toEqual({ ok: true, webhookId: null, topic: '', headers: {} })
  })

  it('an id too long to keep counts as none', () => {
    expect(verify({ webhookId: 'w'.repeat(256) })).toMatchObject({ webhookId: 'w'.repeat(256) })
    expect(verify({ webhookId: 'w'.repeat(257) })).toMatchObject({ ok: true, webhookId: null })
  })

  it('the names without x- of newer deliveries are understood', () => {
    const headers = {
      'shopify-hmac-sha256': signShopify(body, SECRET),
      'shopify-topic': 'orders/paid',
      'shopify-webhook-id': 'wh-1',
      'shopify-shop-domain': 'other.myshopify.com',
    }
    const input = { rawBody: Buffer.from(body), headers, secrets: [SECRET], now: 0 }
    const expected = { ok: true, topic: 'orders/paid', webhookId: 'wh-1', mismatch: 'SHOP_MISMATCH' }
    expect(shopify.verify(input, SETTINGS)).toMatchObject(expected)
  })

  it('what helps to trace a delivery is kept of the headers', () => {
    const headers = {
      'x-shopify-triggered-at': '2026-11-20T15:00:06.123Z',
      'x-shopify-event-id': 'e-1',
      cookie: 'c',
    }
    const verification = verify({ webhookId: 'wh-1', headers })
    expect(verification.ok ? verification.headers : null).toEqual({
      'x-shopify-topic': 'orders/paid',
      'x-shopify-shop-domain': 'example.myshopify.com',
      'x-shopify-api-version': '2026-10',
      'x-shopify-webhook-id': 'wh-1',
      'x-shopify-event-id': 'e-1',
      'x-shopify-triggered-at': '2026-11-20T15:00:06.123Z',
    })
  })

  it("another shop's delivery is a mismatch, in whatever case the name is written", () => {
    expect(verify({ shopDomain: 'other.myshopify.com' })).toMatchObject({
      ok: true,
      mismatch: 'SHOP_MISMATCH',
    })
    expect(verify({ shopDomain: 'EXAMPLE.myshopify.com' })).not.toHaveProperty('mismatch')
    expect(verify({}, { shopDomain: 'Example.MyShopify.com' })).not.toHaveProperty('mismatch')
  })

  it('a delivery that names no shop is accepted', () => {
    expect(verify({ shopDomain: null })).not.toHaveProperty('mismatch')
    expect(verify({ shopDomain: '' })).not.toHaveProperty('mismatch')
  })

  it('a bad signature is refused before the shop is looked at', () => {
    expect(verify({ secret: 'other', shopDomain: 'other.myshopify.com' })).toMatchObject({
      ok: false,
      reason: 'SIGNATURE_MISMATCH',
    })
  })
})

describe('settings and credentials of a Shopify connector', () => {
  it('the shop is named by its myshopify.com domain, kept in lower case', () => {
    expect(shopify.settings.parse({ shopDomain: 'My-Shop.MyShopify.com' })).toEqual({
      shopDomain: 'my-shop.myshopify.com',
    })
    for (const shopDomain of [
      '',
      'shop.example.com',
      'https://my-shop.myshopify.com',
      'my-shop.myshopify.com/admin',
      'my-shop.myshopify.com.example.com',
      '.myshopify.com',
      'a.b.myshopify.com',
      ' my-shop.myshopify.com',
      null,
      undefined,
    ]) {
      expect(shopify.settings.safeParse({ shopDomain }).success).toBe(false)
    }
  })

  it.each(['shpat', 'shpca', 'shpua', 'shprt'])('an access token, %s_…, is no webhook secret', (prefix) => {
    const token = `${prefix}_0123456789abcdef`
    const { error } = shopify.credentials.safeParse({ webhookSecrets: [SECRET, token] })
    expect(error?.issues).toMatchObject([
      { path: ['webhookSecrets', 1], message: expect.stringContaining('signs no webhooks') },
    ])
    expect(error?.issues[0]?.message).not.toContain(token)
  })

  it.each([SECRET, '0123456789abcdef0123456789ABCDEF', 'shpat-is-no-prefix-of-a-token'])(
    '%s may be one',
    (secret) => {
      expect(shopify.credentials.safeParse({ webhookSecrets: [secret] }).success).toBe(true)
    },
  )

  it('an access token may be given', () => {
    const credentials = { webhookSecrets: [SECRET], accessToken: 'shpat_1' }
    expect(shopify.credentials.parse(credentials)).toEqual(credentials)
    expect(shopify.credentials.safeParse({ ...credentials, accessToken: ' ' }).success).toBe(false)
  })
})

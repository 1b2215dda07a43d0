import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type ShopifyDouble, startShopifyDouble } from '../../../src/doubles/shopify/index.ts'
import type { App } from '../../../src/doubles/shopify/state.ts'
import { askAdmin, tell } from '../../helpers/doubles.ts'

const SHOP = 'demo-shop.myshopify.com'
const REDIRECT = 'http://127.0.0.1:9/connect/shopify/callback'

let shopify: ShopifyDouble
let app: App

beforeEach(async () => {
  shopify = await startShopifyDouble()
  app = shopify.world().apps[0] as App
})

afterEach(() => shopify.stop())

interface TokenAnswer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: answers are read as JSON, as a client of the platform would
  readonly body: any
}

async function grant(parameters: Record<string, string>, host = SHOP): Promise<TokenAnswer> {
  const client = { client_id: app.id, client_secret: app.secrets[0] ?? '' }
  const response = await fetch(`${shopify.origin}/admin/oauth/access_token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-host': host },
    body: JSON.stringify({ ...client, ...parameters }),
  })
  return { status: response.status, body: await response.json() }
}

async function works(token: string): Promise<boolean> {
  return (await askAdmin(shopify, { shop: SHOP, token }, '{ shop { id } }')).status === 200
}

/** Presses a button of the page of consent, as a browser would. */
async function consent(decision: 'install' | 'cancel', changes: Record<string, string> = {}): Promise<URL> {
  const asked = {
    client_id: app.id,
    scope: 'read_orders,write_discounts',
    redirect_uri: REDIRECT,
    state: 's&1',
    shop: SHOP,
    ...changes,
  }
  const page = await fetch(`${shopify.origin}/admin/oauth/authorize?${new URLSearchParams(asked)}`)
  expect(await page.text()).toContain('id="install"')
  const response = await fetch(`${shopify.origin}/admin/oauth/authorize?shop=${SHOP}`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ ...asked, decision }),
  })
  expect(response.status).toBe(302)
  return new URL(response.headers.get('location') ?? '')
}

async function codeOf(location: URL): Promise<string> {
  return location.searchParams.get('code') ?? ''
}

describe('client credentials', () => {
  it('give a token for a day, with the scopes that are granted', async () => {
    const { status, body } = await grant({ grant_type: 'client_credentials' })
    expect(status).toBe(200)
    expect(body).toEqual({
      access_token: expect.stringMatching(/^shpat_[0-9a-f]{32}$/),
      scope: 'read_orders,read_customers,write_discounts',
      expires_in: 86_399,
    })
    expect(await works(body.access_token)).toBe(true)
    await tell(shopify, 'POST /clock', { advanceSeconds: 86_400 })
    expect(await works(body.access_token)).toBe(false)
  })

  it.each([
    ['a wrong secret', { client_secret: 'x' }, 'invalid_client'],
    ['an unknown app', { client_id: 'x' }, 'application_cannot_be_found'],
    ['another grant', { grant_type: 'password' }, 'unsupported_grant_type'],
  ])('are refused with %s', async (_, changes, error) => {
    const { status, body } = await grant({ grant_type: 'client_credentials', ...changes })
    expect(status).toBe(400)
    expect(body.error).toBe(error)
  })

  it('are for shops of the same organisation that have the app', async () => {
    await tell(shopify, 'POST /shops', { id: 'other.myshopify.com' })
    expect((await grant({ grant_type: 'client_credentials' }, 'other.myshopify.com')).body.error).toBe(
      'app_not_installed',
    )
    await tell(shopify, 'POST /apps', { id: app.id, ownShops: false })
    expect((await grant({ grant_type: 'client_credentials' })).body.error).toBe('shop_not_permitted')
    expect((await grant({ grant_type: 'client_credentials' }, 'unknown.myshopify.com')).status).toBe(404)
  })
})

describe('consent', () => {
  it('goes back to the app signed, with a code that is good once and for this app', async () => {
    const location = await consent('install')
    const { hmac, ...signed } = Object.fromEntries(location.searchParams)
    expect(signed).toMatchObject({ shop: SHOP, state: 's&1', timestamp: expect.stringMatching(/^\d{10}$/) })
    const query = new URLSearchParams(Object.entries(signed).sort(([a], [b]) => (a < b ? -1 : 1)))
    expect(hmac).toBe(
      createHmac('sha256', app.secrets[0] ?? '')
        .update(query.toString())
        .digest('hex'),
    )

    const code = await codeOf(location)
    const { body } = await grant({ code, expiring: '1' })
    expect(body).toEqual({
      access_token: expect.stringMatching(/^shpat_/),
      scope: 'read_orders,write_discounts',
      expires_in: 3_600,
      refresh_token: expect.stringMatching(/^shprt_/),
      refresh_token_expires_in: 7_776_000,
    })
    const again = await grant({ code, expiring: '1' })
    expect(again).toEqual({
      status: 400,
      body: {
        error: 'invalid_request',
        error_description: 'The authorization code was not found or was already used',
      },
    })
  })

  it('gives a token that stays to custom apps that do not ask otherwise, and none to public apps', async () => {
    expect((await grant({ code: await codeOf(await consent('install')) })).body).not.toHaveProperty(
      'expires_in',
    )
    await tell(shopify, 'POST /apps', { id: app.id, distribution: 'public' })
    expect((await grant({ code: await codeOf(await consent('install')) })).status).toBe(400)
  })

  it('that was denied says so', async () => {
    const { searchParams } = await consent('cancel')
    expect(searchParams.get('error')).toBe('access_denied')
    expect(searchParams.get('code')).toBeNull()
  })

  it.each([
    ['an unknown app', { client_id: 'x' }],
    ['an address that is not the app’s', { redirect_uri: 'http://127.0.0.1:9/other' }],
    ['scopes that are none', { scope: 'everything' }],
  ])('is not asked for %s', async (_, changes) => {
    await tell(shopify, 'POST /apps', { id: app.id, redirectUrls: [REDIRECT] })
    const asked = { client_id: app.id, scope: 'read_orders', redirect_uri: REDIRECT, shop: SHOP, ...changes }
    const page = await fetch(`${shopify.origin}/admin/oauth/authorize?${new URLSearchParams(asked)}`)
    expect(page.status).toBe(400)
  })
})

describe('refresh tokens', () => {
  async function newPair(): Promise<{ access_token: string; refresh_token: string }> {
    return (await grant({ code: await codeOf(await consent('install')), expiring: '1' })).body
  }
  const refresh = (refresh_token: string): Promise<TokenAnswer> =>
    grant({ grant_type: 'refresh_token', refresh_token })

  it('are exchanged for a new pair, and die with the first use of what replaced them', async () => {
    const first = await newPair()
    const second = (await refresh(first.refresh_token)).body
    expect(second.refresh_token).not.toBe(first.refresh_token)
    // the answer may have been lost: until the new pair is used the old token still works
    const third = (await refresh(first.refresh_token)).body
    expect(await works(third.access_token)).toBe(true)
    expect(await refresh(first.refresh_token)).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    })
    expect(await refresh(second.refresh_token)).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    })
    expect((await refresh(third.refresh_token)).status).toBe(200)
  })

  it('die with the first use of the refresh token that replaced them', async () => {
    const first = await newPair()
    const second = (await refresh(first.refresh_token)).body
    expect((await refresh(second.refresh_token)).status).toBe(200)
    expect((await refresh(first.refresh_token)).status).toBe(400)
  })

  it('expire after 90 days, and end with the app', async () => {
    const pair = await newPair()
    await tell(shopify, 'POST /clock', { advanceSeconds: 3_601 })
    expect(await works(pair.access_token)).toBe(false)
    const next = (await refresh(pair.refresh_token)).body
    await tell(shopify, 'POST /clock', { advanceSeconds: 90 * 86_400 })
    expect((await refresh(next.refresh_token)).status).toBe(400)
    const other = await newPair()
    await tell(shopify, 'POST /uninstall')
    expect(await works(other.access_token)).toBe(false)
    expect((await refresh(other.refresh_token)).status).toBe(400)
  })

  it('survive the loss of an answer: the exchange happened, the connection broke', async () => {
    const pair = await newPair()
    await tell(shopify, 'POST /faults', { kind: 'reset_after_effect', path: 'access_token' })
    await expect(refresh(pair.refresh_token)).rejects.toThrow()
    expect((await refresh(pair.refresh_token)).status).toBe(200)
  })
})

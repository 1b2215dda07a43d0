import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { ShopifyAccess } from '../../connectors/shopify/hands/access.ts'
import type { Access } from '../../src/ports/hands.ts'
import { askAdmin, tell } from '../helpers/doubles.ts'
import { callsTo } from '../helpers/platform-calls.ts'
import { type PlayedShop, SHOP, siteOf, startPlayedShop, valueIn } from '../helpers/shopify-shop.ts'

let shop: PlayedShop
let keys: { clientId: string; clientSecret: string }

beforeEach(async () => {
  shop = await startPlayedShop()
  keys = { clientId: shop.app.id, clientSecret: shop.app.secrets[0] ?? '' }
})

afterEach(() => shop.double.stop())

const enter = () => shop.hands.enter(shop.site, 'client_credentials', keys)
const minutes = (from: number, to: number | null) => Math.round(((to ?? 0) - from) / 60_000)

/** Consents in the browser's place, and gives what came back. */
async function consent(): Promise<[string, string][]> {
  const url = new URL(
    shop.hands.consent?.url(shop.site, keys, 'state-1', 'https://streaks.example/back') ?? '',
  )
  url.searchParams.set('shop', SHOP)
  const body = new URLSearchParams([...url.searchParams, ['decision', 'install']])
  const address = new URL(`${url.pathname}${url.search}`, shop.double.origin)
  const pressed = await fetch(address, { method: 'POST', body, redirect: 'manual' })
  return [...new URL(pressed.headers.get('location') ?? '').searchParams]
}

async function enterByConsent() {
  const code = new Map(await consent()).get('code')
  return shop.hands.enter(shop.site, 'oauth', { ...keys, code })
}

describe('entering a shop', () => {
  it('by client credentials brings a token of a day, the shop’s number and its currency', async () => {
    const before = Date.now()
    const standing = valueIn(await enter())
    const { accessToken, currency } = standing.access as ShopifyAccess
    expect(accessToken).toMatch(/^shpat_/)
    expect(currency).toBe('EUR')
    expect(standing.externalId).toBe(shop.double.world().shops[0]?.number)
    expect(standing.webhookSecrets).toEqual([keys.clientSecret])
    // a tenth of 24 hours before its end
    expect(minutes(before, standing.renewAt)).toBe(24 * 54)
  })

  it('names the scopes that were granted, as the platform does, and what is absent of those needed and wanted', async () => {
    const standing = valueIn(await enter())
    expect(standing.scopes).toEqual(['read_orders', 'read_customers', 'write_discounts'])
    expect(standing.missingScopes).toEqual([
      'read_all_orders',
      'read_shopify_payments_disputes',
      'read_customer_merge',
    ])
    expect(standing.problems).toEqual([])
  })

  it('wants products only where rules name them', async () => {
    const site = siteOf({ readsProducts: true })
    const standing = valueIn(await shop.hands.enter(site, 'client_credentials', keys))
    expect(standing.missingScopes).toContain('read_products')
  })

  it('takes a scope to write for one to read', async () => {
    await tell(shop.double, 'POST /install', { scopes: ['write_orders', 'write_customers'] })
    const standing = valueIn(await enter())
    expect(standing.missingScopes).not.toContain('read_orders')
    expect(standing.missingScopes).not.toContain('read_customers')
    expect(standing.problems).toEqual([])
  })

  it('says that nothing can be counted without read_orders', async () => {
    await tell(shop.double, 'POST /install', { scopes: ['read_customers'] })
    const standing = valueIn(await enter())
    expect(standing.missingScopes[0]).toBe('read_orders')
    expect(standing.problems).toMatchObject([{ code: 'SCOPES_MISSING' }])
  })

  it('TRAP: scopes are those that the shop granted, not those that the token names or the app asks for', async () => {
    await tell(shop.double, 'POST /apps', { id: keys.clientId, scopes: ['read_orders', 'read_products'] })
    expect(valueIn(await enter()).scopes).toEqual(['read_orders', 'read_customers', 'write_discounts'])
  })

  it('by an admin token asks for nothing but whose it is', async () => {
    const { accessToken } = await tell<{ accessToken: string }>(shop.double, 'POST /tokens')
    const given = { accessToken, clientSecret: keys.clientSecret }
    const standing = valueIn(await shop.hands.enter(shop.site, 'admin_token', given))
    expect(standing.renewAt).toBeNull()
    expect(standing.webhookSecrets).toEqual([keys.clientSecret])
    expect(standing.access).toMatchObject({ accessToken, method: 'admin_token' })
  })

  it('with a new secret of the same app goes on taking what the old one signs, as the shop does until it is revoked', async () => {
    const signers = async (former: Access | null, clientSecret: string) => {
      const given = { clientId: keys.clientId, clientSecret }
      const told = await shop.hands.enter(siteOf({ former }), 'client_credentials', given)
      const { access, webhookSecrets } = valueIn(told)
      return { access, webhookSecrets }
    }
    const old = keys.clientSecret
    const first = await signers(null, old)
    await tell(shop.double, 'POST /secrets/rotate', {})
    const fresh = shop.double.world().apps[0]?.secrets[1] ?? ''
    const second = await signers(first.access, fresh)
    expect(second.webhookSecrets).toEqual([fresh, old])
    // also where it is installed once more, and where its token was renewed meanwhile
    const renewed = valueIn(await shop.hands.renew!(shop.site, second.access)).access
    const third = await signers(renewed, fresh)
    expect(third.webhookSecrets).toEqual([fresh, old])
    // not what another app signs, and nothing that was uninstalled
    expect((await signers({ ...third.access, clientId: 'another' }, fresh)).webhookSecrets).toEqual([fresh])
    expect((await signers(null, fresh)).webhookSecrets).toEqual([fresh])
  })

  it('by an admin token takes nothing that no header can carry', () => {
    const { given } = shop.hands.methods.admin_token!
    const { clientSecret } = keys
    for (const accessToken of ['shpat_\u200b0123', 'shpat_\u202e', '\u{1d54f}', 'shpat_\u0007']) {
      expect(given.safeParse({ accessToken, clientSecret }).success).toBe(false)
    }
    expect(given.safeParse({ accessToken: 'shpat_0123', clientSecret }).success).toBe(true)
  })

  it('TRAP: asks for a token that expires when it exchanges a code', async () => {
    await tell(shop.double, 'POST /apps', { id: keys.clientId, distribution: 'public' })
    const before = Date.now()
    const standing = valueIn(await enterByConsent())
    expect((standing.access as ShopifyAccess).refreshToken).toMatch(/^shprt_/)
    expect(minutes(before, standing.renewAt)).toBe(54)
    expect(standing.problems).toEqual([])
  })

  it('names a token that came without a refresh token', async () => {
    const bare = { access_token: '' }
    bare.access_token = (await tell<{ accessToken: string }>(shop.double, 'POST /tokens')).accessToken
    await tell(shop.double, 'POST /faults', {
      kind: 'error',
      status: 200,
      path: '/admin/oauth/access_token',
      body: bare,
    })
    const standing = valueIn(await enterByConsent())
    expect(standing.problems).toMatchObject([{ code: 'TOKEN_REFUSED' }])
    expect(standing.access).toMatchObject({ accessToken: bare.access_token, refreshToken: null })
  })

  it('says that the access is another shop’s', async () => {
    await tell(shop.double, 'POST /shops', { id: 'other-shop.myshopify.com' })
    await tell(shop.double, 'POST /install', { shop: 'other-shop.myshopify.com' })
    const toDouble = callsTo(shop.double).calls
    const moved = shop.handsBy((platform, call) =>
      toDouble(platform, { ...call, url: call.url.replace(SHOP, 'other-shop.myshopify.com') }),
    )
    const told = await moved.enter(shop.site, 'client_credentials', keys)
    expect(told).toMatchObject({ outcome: 'refused', refused: 'shop', path: 'settings.shopDomain' })
    expect(JSON.stringify(told)).toContain('other-shop.myshopify.com')
    const theirs = siteOf({ settings: { shopDomain: 'other-shop.myshopify.com' } })
    const { access } = valueIn(await shop.hands.enter(theirs, 'client_credentials', keys))
    expect(valueIn(await moved.mend(shop.site, access)).problems).toMatchObject([{ code: 'SHOP_MISMATCH' }])
  })
})

describe('a shop that does not let in', () => {
  it('says so in its own words, with the field that it is about, and without the secret', async () => {
    const wrong = { ...keys, clientSecret: 'shpss_00000000000000000000000000000000' }
    const told = await shop.hands.enter(shop.site, 'client_credentials', wrong)
    expect(told).toMatchObject({ outcome: 'refused', refused: 'access', path: 'clientSecret' })
    expect(JSON.stringify(told)).toContain('invalid_client')
    expect(JSON.stringify(told)).not.toContain(wrong.clientSecret)
  })

  it('names an app that it does not know, and one that is not installed', async () => {
    const unknown = await shop.hands.enter(shop.site, 'client_credentials', { ...keys, clientId: 'nobody' })
    expect(unknown).toMatchObject({ outcome: 'refused', path: 'clientId' })
    await tell(shop.double, 'POST /uninstall', {})
    expect(await enter()).toMatchObject({ outcome: 'refused', path: 'settings.shopDomain' })
  })

  it('or that there is not', async () => {
    const site = siteOf({ settings: { shopDomain: 'no-such-shop.myshopify.com' } })
    const told = await shop.hands.enter(site, 'client_credentials', keys)
    expect(told).toMatchObject({ outcome: 'refused', path: 'settings.shopDomain' })
  })

  it('refuses an admin token that it does not know, in 401', async () => {
    const given = { accessToken: 'shpat_0123456789abcdef0123456789abcdef', clientSecret: keys.clientSecret }
    const told = await shop.hands.enter(shop.site, 'admin_token', given)
    expect(told).toMatchObject({ outcome: 'refused', refused: 'access' })
    expect(JSON.stringify(told)).toContain('401')
    expect(JSON.stringify(told)).not.toContain(given.accessToken)
  })

  it.each([['reset'], ['error'], ['not_json'], ['throttle']])(
    'may be in trouble that passes: after %s it is asked again',
    async (kind) => {
      await tell(shop.double, 'POST /faults', { kind, times: 1 })
      await tell(shop.double, 'POST /faults', { kind, times: 1, path: 'graphql.json' })
      expect((await enter()).outcome).toBe('ok')
    },
  )

  it('is asked three times and no more', async () => {
    await tell(shop.double, 'POST /faults', { kind: 'error', times: 100 })
    expect(await enter()).toMatchObject({ outcome: 'unavailable' })
    const { requests } = await tell<{ requests: object[] }>(shop.double, 'GET /requests')
    expect(requests).toHaveLength(3)
  })

  it('is not waited for longer than the caller says', async () => {
    await tell(shop.double, 'POST /faults', { kind: 'timeout', times: 100 })
    const site = siteOf({ signal: AbortSignal.timeout(1_000) })
    const told = await shop.hands.enter(site, 'client_credentials', keys)
    expect(told).toMatchObject({ outcome: 'unavailable' })
  })

  it('is not sent a code twice: it may have been used', async () => {
    const code = new Map(await consent()).get('code')
    await tell(shop.double, 'POST /faults', { kind: 'reset_after_effect', path: 'access_token' })
    const told = await shop.hands.enter(shop.site, 'oauth', { ...keys, code })
    expect(told).toMatchObject({ outcome: 'unavailable' })
  })
})

describe('renewing', () => {
  it('grants again by client credentials', async () => {
    const { access } = valueIn(await enter())
    await shop.advance(86_400)
    expect(await shop.hands.mend(shop.site, access)).toMatchObject({ outcome: 'refused', refused: 'access' })
    const renewed = valueIn(await shop.hands.renew!(shop.site, access))
    expect(renewed.access).toMatchObject({ scopes: ['read_orders', 'read_customers', 'write_discounts'] })
    expect((await shop.hands.mend(shop.site, renewed.access)).outcome).toBe('ok')
  })

  it('exchanges a refresh token, which goes on working until the new pair is used', async () => {
    const { access } = valueIn(await enterByConsent())
    valueIn(await shop.hands.renew!(shop.site, access))
    const again = valueIn(await shop.hands.renew!(shop.site, access))
    valueIn(await shop.hands.mend(shop.site, again.access))
    const late = await shop.hands.renew!(shop.site, access)
    expect(late).toMatchObject({ outcome: 'refused', refused: 'access' })
    expect(JSON.stringify(late)).not.toContain((access as ShopifyAccess).refreshToken)
  })

  it('TRAP: a refresh token dies after 90 idle days', async () => {
    const { access } = valueIn(await enterByConsent())
    await shop.advance(90 * 86_400)
    expect(await shop.hands.renew!(shop.site, access)).toMatchObject({ refused: 'access' })
  })

  it('is refused to a token that never ends', async () => {
    const { accessToken } = await tell<{ accessToken: string }>(shop.double, 'POST /tokens')
    const given = { accessToken, clientSecret: keys.clientSecret }
    const { access } = valueIn(await shop.hands.enter(shop.site, 'admin_token', given))
    expect(await shop.hands.renew!(shop.site, access)).toMatchObject({ refused: 'access' })
  })

  it('is trouble, and no refusal, where the platform cannot be reached', async () => {
    const { access } = valueIn(await enter())
    await tell(shop.double, 'POST /faults', { kind: 'reset', times: 9 })
    expect(await shop.hands.renew!(shop.site, access)).toMatchObject({ outcome: 'unavailable' })
  })
})

describe('whether an access is over', () => {
  it('it is not while it works', async () => {
    const { access } = valueIn(await enter())
    expect(valueIn(await shop.hands.isGone(shop.site, access))).toBe(false)
  })

  it('it is once it has expired, and a new one may be had: it is for the caller to try', async () => {
    const { access } = valueIn(await enter())
    await tell(shop.double, 'POST /tokens/expire', {})
    expect(valueIn(await shop.hands.isGone(shop.site, access))).toBe(true)
    const renewed = valueIn(await shop.hands.renew!(shop.site, access))
    expect(valueIn(await shop.hands.isGone(shop.site, renewed.access))).toBe(false)
  })

  it('it is after an uninstall, and no new one is to be had', async () => {
    const { access } = valueIn(await enter())
    await tell(shop.double, 'POST /uninstall', {})
    expect(valueIn(await shop.hands.isGone(shop.site, access))).toBe(true)
    expect((await shop.hands.renew!(shop.site, access)).outcome).toBe('refused')
  })

  it('nobody knows while the platform does not answer', async () => {
    const { access } = valueIn(await enter())
    await tell(shop.double, 'POST /faults', { kind: 'reset', times: 9 })
    expect(await shop.hands.isGone(shop.site, access)).toMatchObject({ outcome: 'unavailable' })
  })
})

describe('several shops in one process', () => {
  it('never meet: each request goes by the transport of whoever asked, with that shop’s token', async () => {
    const other = await startPlayedShop()
    try {
      const others = {
        clientId: other.app.id,
        clientSecret: other.app.secrets[0] ?? '',
      }
      const rounds = Array.from({ length: 10 }, async () => {
        const [mine, theirs] = await Promise.all([
          shop.hands.enter(shop.site, 'client_credentials', keys),
          other.hands.enter(other.site, 'client_credentials', others),
        ])
        return [valueIn(mine), valueIn(theirs)] as const
      })
      for (const [mine, theirs] of await Promise.all(rounds)) {
        const [a, b] = [mine.access as ShopifyAccess, theirs.access as ShopifyAccess]
        expect(
          (await askAdmin(shop.double, { shop: SHOP, token: a.accessToken }, '{ shop { id } }')).status,
        ).toBe(200)
        expect(
          (await askAdmin(shop.double, { shop: SHOP, token: b.accessToken }, '{ shop { id } }')).status,
        ).toBe(401)
        expect(
          (await askAdmin(other.double, { shop: SHOP, token: b.accessToken }, '{ shop { id } }')).status,
        ).toBe(200)
      }
    } finally {
      await other.double.stop()
    }
  })
})

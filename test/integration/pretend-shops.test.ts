import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type ShopifyDouble, startShopifyDouble } from '../../src/doubles/shopify/index.ts'
import { type StripeDouble, startStripeDouble } from '../../src/doubles/stripe/index.ts'
import { startWooDouble, type WooDouble } from '../../src/doubles/woocommerce/index.ts'
import { type Api, startApi } from '../helpers/api.ts'
import { signedIn } from '../helpers/console.ts'

const PATH = '/console/pretend-shops'

describe('pretend shops where the operator leads platforms to doubles', () => {
  let shopify: ShopifyDouble
  let stripe: StripeDouble
  let woo: WooDouble
  let api: Api
  let accountId: string

  beforeAll(async () => {
    shopify = await startShopifyDouble()
    stripe = await startStripeDouble()
    woo = await startWooDouble()
    api = await startApi(
      {},
      {
        platformOrigins: {
          shopify: shopify.origin,
          stripe: stripe.origin,
          woocommerce: woo.origin,
          voucherify: 'http://127.0.0.1:1',
        },
      },
    )
    ;({ accountId } = await api.account('shop'))
  })
  afterAll(async () => {
    await api.close()
    for (const double of [shopify, stripe, woo]) await double.stop()
  })

  it('are told to owners and staff with all that connecting asks for', async () => {
    for (const role of ['owner', 'staff'] as const) {
      const browser = await signedIn(api, accountId, `${role}@example.com`, role)
      const answer = await browser.send('GET', PATH)
      expect(answer.status).toBe(200)
      const [app] = shopify.world().apps
      const [key] = woo.keys()
      expect(answer.body).toEqual({
        data: [
          {
            platform: 'shopify',
            origin: shopify.origin,
            fields: {
              shopDomain: 'demo-shop.myshopify.com',
              clientId: app!.id,
              clientSecret: app!.secrets[0],
            },
          },
          { platform: 'stripe', origin: stripe.origin, fields: { apiKey: stripe.keys()[1]!.id } },
          {
            platform: 'woocommerce',
            origin: woo.origin,
            fields: { siteUrl: woo.site().url, consumerKey: key!.id, consumerSecret: key!.secret },
          },
        ],
      })
    }
  })

  it('are not for viewers, keys and whoever is not signed in', async () => {
    const viewer = await signedIn(api, accountId, 'viewer@example.com', 'viewer')
    expect((await viewer.send('GET', PATH)).status).toBe(403)
    expect((await api.send(PATH)).status).toBe(401)
    const client = await api.account('another shop')
    expect((await client.get(PATH)).status).toBe(401)
    const owner = await signedIn(api, accountId, 'owner-2@example.com', 'owner')
    expect((await owner.send('POST', PATH, {})).status).toBe(405)
  })

  it('that are not running are named without what they would ask for', async () => {
    const gone = await startStripeDouble()
    await gone.stop()
    const other = await startApi({}, { platformOrigins: { stripe: gone.origin } })
    const { accountId: id } = await other.account('shop')
    const owner = await signedIn(other, id, 'owner@example.com', 'owner')
    expect((await owner.send('GET', PATH)).body).toEqual({
      data: [{ platform: 'stripe', origin: gone.origin, fields: null }],
    })
    await other.close()
  })

  it('are none where requests go to the platforms themselves', async () => {
    const real = await startApi()
    const { accountId: id } = await real.account('shop')
    const owner = await signedIn(real, id, 'owner@example.com', 'owner')
    expect((await owner.send('GET', PATH)).body).toEqual({ data: [] })
    await real.close()
  })
})

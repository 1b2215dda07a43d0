import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { type Api, startApi } from '../helpers/api.ts'
import { proxyParameters, signedQuery } from '../helpers/app-proxy.ts'
import { axeFaults, openAs } from '../helpers/console-pages.ts'
import { endUserToken } from '../helpers/end-user-token.ts'
import { describeInBrowser } from '../helpers/in-browser.ts'
import { logBody, openShop, type Shop, WEBHOOK_SECRET } from '../helpers/shop.ts'
import { type ShopPage, startShopPage } from '../helpers/shop-page.ts'

const CUSTOMER = 'shopify:7001'

describeInBrowser('the console’s page about the widget', (browser) => {
  let api: Api
  let shop: Shop
  let pages: ShopPage

  beforeAll(async () => {
    api = await startApi()
    // browsers and tokens go by the real clock
    api.clock.set(new Date().toISOString())
    shop = await openShop(api, 'shop')
    const activityAt = new Date(api.clock.now()).toISOString()
    await shop.backend.create('streak_log', { ...logBody(shop.streak.id, CUSTOMER, 'order'), activityAt })
    pages = await startShopPage()
    await shop.backend.patch(`/schema/account/record/${shop.backend.accountId}`, {
      endUserOrigins: [pages.origin],
    })
  })
  afterAll(async () => {
    pages.close()
    await api.close()
  })

  it('gives the lines for a page, and they show the streak there', async () => {
    const { page, faults } = await openAs(api, browser(), shop.backend.accountId, 'staff')
    await page.goto(`${api.origin}/console/settings/widget`)
    const lines = await page.getByLabel('Lines for your page').textContent()
    const token = endUserToken(shop.key, CUSTOMER, api.clock.now())
    pages.html = `<!doctype html><html lang="en"><title>Shop</title><body>${lines?.replace('{token of the shopper}', token)}</body></html>`
    const tab = await browser().newPage()
    await tab.goto(pages.origin)
    await tab.getByText('1 day in a row').waitFor()
    expect(faults).toEqual([])
  })

  it('gives the address of the app proxy of a Shopify shop, and it answers what Shopify forwards', async () => {
    const { page, faults } = await openAs(api, browser(), shop.backend.accountId, 'staff')
    await page.setViewportSize({ width: 360, height: 800 })
    await page.goto(`${api.origin}/console/settings/widget`)
    await page.getByRole('heading', { name: 'On your Shopify storefront' }).waitFor()
    const address = await page.getByLabel('Address of the app proxy').textContent()
    const domain = shop.connector.settings.shopDomain as string
    const query = signedQuery(proxyParameters(domain, api.clock.now(), '7001'), WEBHOOK_SECRET)
    const answer = await fetch(`${address}/streaks?${query}`)
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({ data: { member: { known: true } } })
    expect(await axeFaults(page)).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
    expect(faults).toEqual([])
  })

  it('says nothing of Shopify to whoever has no shop there', async () => {
    const other = await api.account('without a shop')
    const body = { name: 'x', status: 'live', aggregationMethod: 'count', aggregationTargetValue: 1 }
    await other.create('streak', body)
    const { page } = await openAs(api, browser(), other.accountId, 'owner')
    await page.goto(`${api.origin}/console/settings/widget`)
    await page.getByLabel('Lines for your page').waitFor()
    expect(await page.getByText('Shopify').count()).toBe(0)
  })
})

import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { Page, Request } from 'playwright-core'
import { type Api, type Body, startApi } from '../helpers/api.ts'
import { openAs } from '../helpers/console-pages.ts'
import { type ConsoleShop, openConsoleShop } from '../helpers/console-shop.ts'
import { describeInBrowser } from '../helpers/in-browser.ts'

describeInBrowser('the page of a streak', (browser) => {
  let api: Api
  let shop: ConsoleShop
  let page: Page
  let faults: string[]

  beforeAll(async () => {
    api = await startApi()
    shop = await openConsoleShop(api)
    ;({ page, faults } = await openAs(api, browser(), shop.admin.accountId, 'staff'))
  })
  afterAll(async () => {
    await api.close()
  })

  const open = async (path: string, heading: string, at = page) => {
    await at.goto(`${api.origin}/console${path}`)
    await at.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor()
  }
  const rulesOf = async ({ id }: Body, streakId: string): Promise<Body[]> => {
    const { body } = await shop.admin.get(`/schema/connector/record/${id}`)
    return body.data.rules.filter((rule: Body) => rule.streakId === streakId)
  }
  const isForecast = (request: Request) => request.url().endsWith('/schema/streak/forecast')

  it('forecasts by the rules that it has, for each milestone, and again when it is asked to', async () => {
    const asking = page.waitForRequest(isForecast)
    await open(`/streaks/${shop.days.id}`, 'days')
    const { rules } = (await asking).postDataJSON() as { rules: Body[] }
    const own = [
      ...(await rulesOf(shop.shopify, shop.days.id)).map((rule) => ({
        connectorId: shop.shopify.id,
        ...rule,
      })),
      ...(await rulesOf(shop.stripe, shop.days.id)).map((rule) => ({
        connectorId: shop.stripe.id,
        ...rule,
      })),
    ]
    expect(own.length).toBeGreaterThan(0)
    expect(rules).toHaveLength(own.length)
    expect(rules).toEqual(expect.arrayContaining(own))
    await page.getByText('“A cake”').waitFor()
    await page.getByText('“Ten per cent”').waitFor()
    const again = page.waitForRequest(isForecast)
    await page.getByRole('button', { name: 'Forecast again' }).click()
    await again
    await page.getByRole('button', { name: 'Forecast again' }).waitFor()
  })

  it('lets the orders of a shop count, and no longer', async () => {
    await open(`/streaks/${shop.weeks.id}`, 'Every week')
    await page.getByText('No shop’s orders count for it yet.').waitFor()
    await page.getByText('Count the orders of another shop').click()
    await page.getByLabel('Shop', { exact: true }).selectOption(shop.shopify.id)
    await page.getByRole('button', { name: 'Count its orders' }).click()
    await page.getByText(/^Orders of .* count for it\.$/).waitFor()
    expect(await rulesOf(shop.shopify, shop.weeks.id)).toMatchObject([{ value: 'one' }])
    const others = (await rulesOf(shop.shopify, shop.days.id)).length
    await page.getByRole('button', { name: /^Stop counting orders of/ }).click()
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Stop counting/ })
      .click()
    await page.getByText('No shop’s orders count for it yet.').waitFor()
    expect(await rulesOf(shop.shopify, shop.weeks.id)).toEqual([])
    expect(await rulesOf(shop.shopify, shop.days.id)).toHaveLength(others)
  })

  it('asks what is added up, and in which currency, where amounts are', async () => {
    const sums = await shop.admin.create('streak', {
      name: 'Spend 20 a month',
      aggregationMethod: 'sum',
      aggregationPeriod: 'monthly',
      aggregationTargetValue: 20,
    })
    await open(`/streaks/${sums.id}`, 'Spend 20 a month')
    await page.getByText('Count the orders of another shop').click()
    await page.getByLabel('Shop', { exact: true }).selectOption(shop.shopify.id)
    await page.getByLabel('Currency').fill('euro')
    await page.getByRole('button', { name: 'Count its orders' }).click()
    await page
      .getByRole('form', { name: /^Count the orders/ })
      .getByRole('alert')
      .waitFor()
    await page.getByLabel('Currency').fill('eur')
    await page.getByRole('button', { name: 'Count its orders' }).click()
    await page.getByText(/^Orders of .* count for it\.$/).waitFor()
    expect(await rulesOf(shop.shopify, sums.id)).toMatchObject([{ value: 'order_total', currency: 'EUR' }])
  })

  it('and every other page offers a viewer nothing that would be refused', async () => {
    const viewer = await openAs(api, browser(), shop.admin.accountId, 'viewer')
    const draft = await shop.admin.create('streak', {
      name: 'Draft',
      aggregationTargetValue: 1,
      aggregationMethod: 'count',
    })
    const pages = [
      ['/', 'Home'],
      ['/begin', 'Your shop'],
      ['/begin/connect', 'Connect your shop'],
      ['/begin/streak', 'The streak'],
      [`/begin/live/${draft.id}`, 'Go live'],
      ['/connectors', 'Connectors'],
      ['/connectors/new', 'Connect a shop'],
      ['/streaks', 'Streaks'],
      [`/streaks/${shop.weeks.id}`, 'Every week'],
      ['/coupons/providers', 'Where coupons come from'],
      ['/settings/webhooks', 'Outgoing webhooks'],
      ['/settings/users', 'Users'],
    ]
    const offered: string[] = []
    for (const [path = '', heading = ''] of pages) {
      await open(path, heading, viewer.page)
      while ((await viewer.page.locator('.loading').count()) > 0)
        await viewer.page.locator('.loading').first().waitFor({ state: 'detached' })
      const main = viewer.page.getByRole('main')
      for (const name of await main.getByRole('button').allInnerTexts()) offered.push(`${path} ${name}`)
      const links = main.locator('a[href*="/begin"], a[href$="/new"]')
      for (const name of await links.allInnerTexts()) offered.push(`${path} ${name}`)
    }
    expect(offered).toEqual(['/ As a table', `/begin/live/${draft.id} Forecast again`])
    faults.push(...viewer.faults)
    await viewer.page.context().close()
  })

  it('is turned back to where a list was left, by the browser’s way back', async () => {
    for (let at = 0; at < 30; at += 1)
      await shop.admin.create('coupon_provider', { name: `Codes ${at}`, provider: 'pool' })
    await open('/coupons/providers', 'Where coupons come from')
    await page.getByRole('button', { name: 'Older' }).click()
    await page.getByText('26 to 32', { exact: true }).waitFor()
    const link = page.getByRole('table').getByRole('link').first()
    const name = (await link.textContent()) ?? ''
    await link.click()
    await page.getByRole('heading', { level: 1, name, exact: true }).waitFor()
    await page.goBack()
    await page.getByText('26 to 32', { exact: true }).waitFor()
    await page.goBack()
    await page.goForward()
    await page.getByText('26 to 32', { exact: true }).waitFor()
  })

  it('and no other is left empty by an address that is cut off, or an answer that cannot be shown', async () => {
    await open('/streaks', 'Streaks')
    await page.evaluate(`history.pushState(null, '', '${api.origin}/console/streaks/%E0%A4')
        dispatchEvent(new Event('popstate'))`)
    await page.getByRole('alert').waitFor()
    await page.route('**/schema/streak/record?**', (route) =>
      route.fulfill({
        json: { data: [{ id: 'x', name: 'x', status: 'unheard of' }], paging: { hasMore: false } },
      }),
    )
    await open('/streaks', 'This page cannot be shown')
    await page.getByRole('link', { name: 'Connectors' }).click()
    await page.getByRole('heading', { level: 1, name: 'Connectors' }).waitFor()
    await page.unroute('**/schema/streak/record?**')
  })

  it('reports no fault', () => {
    expect(faults).toEqual([])
  })
})

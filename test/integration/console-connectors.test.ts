import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { Page } from 'playwright-core'
import { type Api, startApi } from '../helpers/api.ts'
import { axeFaults, openAs } from '../helpers/console-pages.ts'
import { type ConsoleShop, openConsoleShop } from '../helpers/console-shop.ts'
import { describeInBrowser } from '../helpers/in-browser.ts'

describeInBrowser('the page of a connector', (browser) => {
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

  const open = async (at = page) => {
    await at.goto(`${api.origin}/console/connectors/${shop.shopify.id}`)
    await at.getByRole('heading', { level: 1, name: shop.shopify.name, exact: true }).waitFor()
    await at.getByText('Last webhook').waitFor()
  }
  const status = async () =>
    (await shop.admin.get(`/schema/connector/record/${shop.shopify.id}`)).body.data.status

  it('pauses it, having said what that means, and lets it go on', async () => {
    await open()
    await page.getByRole('button', { name: 'Pause' }).click()
    const dialog = page.getByRole('dialog', { name: 'Pause this shop' })
    await dialog.getByText('none of its orders counts').waitFor()
    expect(await axeFaults(page)).toEqual([])
    expect(await status()).toBe('live')
    await dialog.getByRole('button', { name: 'Pause' }).click()
    await page.getByText('paused', { exact: true }).waitFor()
    expect(await status()).toBe('paused')
    await page.getByRole('button', { name: 'Go on' }).click()
    await page.getByText('connected', { exact: true }).waitFor()
    expect(await status()).toBe('live')
  })

  it('offers nothing of it to viewers', async () => {
    const viewer = await openAs(api, browser(), shop.admin.accountId, 'viewer')
    await open(viewer.page)
    expect(await viewer.page.getByRole('main').getByRole('button').allTextContents()).toEqual([])
    expect(viewer.faults).toEqual([])
  })

  it('reports no fault', () => {
    expect(faults).toEqual([])
  })
})

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { type Api, startApi } from '../helpers/api.ts'
import { chromiumBinary, openChromium } from '../helpers/chromium.ts'
import { axeFaults, openAs } from '../helpers/console-pages.ts'
import { type ConsoleShop, openConsoleShop } from '../helpers/console-shop.ts'

const binary = chromiumBinary()

if (binary === null) {
  it('the page of a connector SKIPPED: no Chromium could be had', () => {
    expect(process.env.REQUIRE_CHROMIUM).not.toBe('1')
  })
} else {
  describe('the page of a connector', () => {
    let api: Api
    let shop: ConsoleShop
    let browser: Browser
    let page: Page
    let faults: string[]

    beforeAll(async () => {
      api = await startApi()
      shop = await openConsoleShop(api)
      browser = await openChromium(binary)
      ;({ page, faults } = await openAs(api, browser, shop.admin.accountId, 'staff'))
    })
    afterAll(async () => {
      await browser.close()
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
      const viewer = await openAs(api, browser, shop.admin.accountId, 'viewer')
      await open(viewer.page)
      expect(await viewer.page.getByRole('main').getByRole('button').allTextContents()).toEqual([])
      expect(viewer.faults).toEqual([])
    })

    it('reports no fault', () => {
      expect(faults).toEqual([])
    })
  })
}

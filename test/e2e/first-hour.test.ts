import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { type ShopifyDouble, startShopifyDouble } from '../../src/doubles/shopify/index.ts'
import type { Discount } from '../../src/doubles/shopify/state.ts'
import { proxyParameters, signedQuery } from '../helpers/app-proxy.ts'
import { chromiumBinary, openChromium } from '../helpers/chromium.ts'
import { PASSWORD } from '../helpers/console.ts'
import { axeFaults, tabTo, watched } from '../helpers/console-pages.ts'
import { tell } from '../helpers/doubles.ts'
import { storefront } from '../helpers/liquid.ts'
import { CLI, endPrograms, type Program, settingsIn, startProgram } from '../helpers/program.ts'
import { freePort } from '../helpers/redis-server.ts'
import { startShopPage } from '../helpers/shop-page.ts'
import { makeTempFolder } from '../helpers/temp-folder.ts'
import { until } from '../helpers/until.ts'

const binary = chromiumBinary()
const WEEK_MS = 7 * 86_400_000
const WAIT_MS = 120_000
/** Noon of the last Wednesday that is over: weeks before it are weeks in every time zone, whatever clocks did. */
const LAST_WEDNESDAY = (() => {
  const at = new Date()
  at.setUTCHours(12, 0, 0, 0)
  at.setUTCDate(at.getUTCDate() - ((at.getUTCDay() + 4) % 7 || 7))
  return at.getTime()
})()
const weeksBefore = (weeks: number) => new Date(LAST_WEDNESDAY - weeks * WEEK_MS).toISOString()

if (binary === null) {
  it('the first hour SKIPPED: no Chromium could be had', () => {
    expect(process.env.REQUIRE_CHROMIUM).not.toBe('1')
  })
} else {
  // one story: each part goes on where the one before ended
  describe('the first hour, from an empty folder to a coupon in a shop', () => {
    let double: ShopifyDouble
    let program: Program
    let browser: Browser
    let page: Page
    let faults: string[]
    let origin: string
    let removeFolder: () => Promise<void>
    /** How far back the shop lives: its past is not to look as if it had just been changed. */
    let behindMs = 2 * WEEK_MS
    jest.setTimeout(300_000)

    beforeAll(async () => {
      double = await startShopifyDouble({ now: () => Date.now() - behindMs })
      const [folder, remove] = await makeTempFolder()
      removeFolder = remove
      const port = await freePort()
      origin = `http://127.0.0.1:${port}`
      program = startProgram([process.execPath, CLI, 'start'], {
        env: {
          ...{ PATH: process.env.PATH, ...settingsIn(folder), PORT: String(port) },
          STREAKLINE_PUBLIC_URL: origin,
          STREAKLINE_PLATFORM_ORIGINS: `shopify=${double.origin}`,
        },
      })
      browser = await openChromium(binary)
      page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
      faults = watched(page, origin)
    })
    afterAll(async () => {
      await browser.close()
      program.child.kill('SIGTERM')
      await program.ended
      await endPrograms()
      await double.stop()
      await removeFolder()
    })

    const type = async (label: RegExp, text: string) => {
      await tabTo(page, label)
      await page.keyboard.press('ControlOrMeta+a')
      await page.keyboard.type(text)
    }
    const press = async (name: RegExp) => {
      await tabTo(page, name)
      await page.keyboard.press('Enter')
    }
    const heading = (name: string, level = 1) => page.getByRole('heading', { name, level }).waitFor()
    const buy = (customer: string, createdAt: string, given: object = {}) =>
      tell(double, 'POST /orders', {
        customer: { id: customer, email: `c${customer}@example.com`, firstName: 'Ada', lastName: 'L.' },
        createdAt,
        lines: [{ price: '25.00' }],
        ...given,
      })
    const books = async () => (await tell<{ discounts: Discount[] }>(double, 'GET /discounts')).discounts

    it('begins with the one link that the program prints', async () => {
      // a past that no webhook tells of: five weeks of one shopper
      for (const weeks of [6, 5, 4, 3, 2]) await buy('1', weeksBefore(weeks), { tell: false })
      behindMs = 0
      await program.printed('What is where:')
      const links = program.output().match(/^http\S+#token=\S+$/gm) ?? []
      expect(links).toHaveLength(1)
      await page.goto(links[0]!)
      await heading('Welcome to Streakline')
      await type(/e-mail/, 'owner@example.com')
      await type(/^Password/, PASSWORD)
      await page.keyboard.press('Enter')
      await heading('Home')
      await press(/^Begin/)
      await heading('Your shop')
      await type(/Name of the shop/, 'Corner Bakery')
      await tabTo(page, /Time zone/)
      await page.keyboard.type('Europe/Berlin')
      await press(/^Go on/)
    })

    it('connects to a pretend shop whose keys are filled in', async () => {
      await heading('Connect your shop')
      await page.getByRole('button', { name: 'Try it with a pretend shop' }).waitFor()
      await press(/^Try it with a pretend shop/)
      const [app] = double.world().apps
      expect(await page.getByLabel(/Domain of the shop/).inputValue()).toBe('demo-shop.myshopify.com')
      expect(await page.getByLabel(/Client ID/).inputValue()).toBe(app!.id)
      expect(await axeFaults(page)).toEqual([])
      await press(/^Connect$/)
      await page.getByText('connected', { exact: true }).waitFor()
      await press(/^Go on/)
    })

    it('says the streak in a sentence, and has its coupons made in the shop', async () => {
      await heading('The streak')
      await page.getByLabel('How often', { exact: true }).waitFor()
      const chosen = await page
        .locator('.sentence')
        .locator('select, input')
        .evaluateAll((fields) => fields.map((field) => (field as unknown as { value: string }).value))
      expect(chosen).toEqual(['weekly', '10', '%', '4', 'cycles'])
      expect(await page.getByRole('radio', { name: /^Made in Shopify demo-shop/ }).isChecked()).toBe(true)
      await press(/^Go on/)
    })

    it('sees on past orders what it would have brought', async () => {
      await heading('Go live')
      const forecast = page.getByText(/^Of 1 shopper with 5 orders/)
      await forecast.waitFor()
      expect(await forecast.textContent()).toMatch(/1 would have earned it: 1 coupon, .*2\.50 EUR/)
      expect(await axeFaults(page)).toEqual([])
      await press(/^Go live/)
      await heading('It is live', 2)
    })

    it('makes a coupon in the shop for who buys in four weeks in a row', async () => {
      for (const weeks of [3, 2, 1]) await buy('2', weeksBefore(weeks))
      expect(await books()).toEqual([])
      await buy('2', weeksBefore(0))
      await until(async () => (await books()).length > 0, WAIT_MS)
      const [discount] = await books()
      expect(discount).toMatchObject({ percentage: 0.1, usageLimit: 1, customerIds: ['2'] })
      await page.getByRole('link', { name: 'Coupons', exact: true }).click()
      await heading('Coupons')
      await until(async () => {
        await page.reload()
        await page.getByRole('table', { name: /^Coupons/ }).waitFor()
        return (await page.getByRole('cell', { name: discount!.code, exact: true }).count()) === 1
      }, WAIT_MS)
      expect(await books()).toHaveLength(1)
    })

    it('shows at home who keeps the streak, and what the coupon cost and brought', async () => {
      const [discount] = await books()
      // a dearer week than the present one, and bought with the coupon
      const lines = [{ price: '90.00' }]
      await buy('2', new Date().toISOString(), { lines, discountCodes: [discount!.code] })
      const { orders } = await tell<{ orders: { id: string }[] }>(double, 'GET /orders')
      const paid = await tell<{ total_price: string }>(double, `GET /orders/${orders.at(-1)!.id}`)
      const table = page.getByRole('table', { name: 'What used coupons cost and brought' })
      await until(async () => {
        await page.goto(`${origin}/console`)
        await page.getByRole('region', { name: 'Coupons' }).getByText('issued').waitFor()
        return (await table.count()) === 1
      }, WAIT_MS)
      const cells = await table.getByRole('cell').allTextContents()
      const cost = (Number(paid.total_price) / 9).toFixed(2)
      expect(cells).toEqual(['EUR', `about ${cost} EUR`, `${paid.total_price} EUR`])
      const shoppers = page.getByRole('region', { name: 'Shoppers now' })
      await shoppers.getByText('with a live streak').waitFor()
      expect(await shoppers.textContent()).toMatch(/\d with a live streak/)
      expect(await page.getByRole('region', { name: 'What needs you' }).textContent()).toContain('in order')
      await page.getByText(/^Orders counted: 5 in all/).waitFor()
      await page.getByRole('button', { name: 'As a table' }).click()
      expect(await page.getByRole('table', { name: 'Orders counted' }).getByRole('row').count()).toBe(15)
      expect(await axeFaults(page)).toEqual([])
    })

    it('shows the shopper the coupon on the storefront, by the app that was installed', async () => {
      const [discount] = await books()
      await page.goto(`${origin}/console/settings/widget`)
      const address = await page.getByLabel('Address of the app proxy').textContent()
      const [app] = double.world().apps
      const shopPage = await startShopPage()
      shopPage.answers.set('/apps/streakline/', async (request, response) => {
        const path = (request.url ?? '').slice('/apps/streakline'.length)
        const parameters = proxyParameters('demo-shop.myshopify.com', Date.now(), '2')
        const forwarded = await fetch(`${address}${path}?${signedQuery(parameters, app!.secrets[0]!)}`)
        response.statusCode = forwarded.status
        response.setHeader('Content-Type', 'application/json')
        response.end(await forwarded.text())
      })
      const block = await storefront().parseAndRender(`{% render 'streakline', server: '${origin}' %}`)
      shopPage.html = `<!doctype html><html><head><title>Shop</title></head><body>${block}</body></html>`
      const tab = await browser.newPage()
      try {
        await tab.goto(shopPage.origin)
        await tab.getByRole('heading', { name: 'A purchase every week' }).waitFor()
        expect(await tab.locator('streakline-streak code').textContent()).toBe(discount!.code)
      } finally {
        await tab.close()
        shopPage.close()
      }
    })

    it('mends a webhook that the shop lost, and reads past orders there and stops, on the page of the connector', async () => {
      const subscriptions = async () =>
        (await tell<{ subscriptions: { id: string; topic: string }[] }>(double, 'GET /subscriptions'))
          .subscriptions
      const lost = (await subscriptions()).find(({ topic }) => topic === 'ORDERS_PAID')!
      await tell(double, `DELETE /subscriptions/${encodeURIComponent(lost.id)}`)
      await page.goto(`${origin}/console/connectors`)
      await page.getByRole('main').getByRole('row').nth(1).getByRole('link').click()
      await page.getByRole('button', { name: 'Check and mend' }).click()
      await until(async () => (await subscriptions()).some(({ topic }) => topic === 'ORDERS_PAID'), WAIT_MS)
      const arrives = page.getByRole('table', { name: 'Webhooks' }).getByText('arrives')
      await until(async () => (await arrives.count()) === 6, WAIT_MS)
      await page.getByLabel('Only say what would become of them').check()
      await page.getByRole('button', { name: 'Read past orders' }).click()
      await page.getByRole('heading', { name: /^Read: orders of .*, only to see$/, level: 3 }).waitFor()
      // the five weeks of the first shopper and all of the second, which webhooks brought
      await page.getByText(/^10 orders found, \d+ would count, 5 known already/).waitFor()
      await tell(double, 'POST /shops', { id: 'demo-shop.myshopify.com', restoreRate: 1 })
      await tell(double, 'POST /bucket', { left: 0 })
      await page.getByRole('button', { name: 'Read past orders' }).click()
      await page.getByRole('progressbar', { name: /^Reading: orders of/ }).waitFor()
      expect(await axeFaults(page)).toEqual([])
      await page.getByRole('button', { name: 'Stop' }).click()
      await page.getByRole('heading', { name: /^Stopped: orders of/, level: 3 }).waitFor()
      await tell(double, 'POST /shops', { id: 'demo-shop.myshopify.com', restoreRate: 100 })
    })

    it('has used up the link, which stands in no line of the log', async () => {
      const [token = ''] = program.output().match(/(?<=#token=)\S+/) ?? []
      const again = await fetch(`${origin}/console/password`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ token, password: `${PASSWORD} again` }),
      })
      expect(again.status).toBe(410)
      const holding = program
        .output()
        .split('\n')
        .filter((line) => line.includes(token))
      expect(holding).toEqual([`${origin}/console/start#token=${token}`])
      expect(program.output()).not.toContain(PASSWORD)
    })

    it('reports no fault and asks nobody else', () => {
      expect(faults).toEqual([])
    })
  })
}

import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { STYLE } from '../../src/widget/style.ts'
import { WORDS } from '../../src/widget/words.ts'
import { type Api, NOW, startApi } from '../helpers/api.ts'
import { proxyParameters, signedQuery } from '../helpers/app-proxy.ts'
import { chromiumBinary, openChromium } from '../helpers/chromium.ts'
import { endUserToken } from '../helpers/end-user-token.ts'
import { type CodeBlock, codeBlocks } from '../helpers/guide.ts'
import { storefront } from '../helpers/liquid.ts'
import { ADA, logBody, openShop, type Shop, WEBHOOK_SECRET } from '../helpers/shop.ts'
import { type ShopPage, startShopPage } from '../helpers/shop-page.ts'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const PAGE = read('docs/show-the-streak.md')
/** Those inside of a list are indented. */
const BLOCKS = codeBlocks(PAGE.replace(/^ {3}/gm, ''))
const block = (language: string): string =>
  BLOCKS.find((each: CodeBlock) => each.language === language)?.text ?? `no block of ${language}`
const SERVER = 'https://streaks.example.com'
const section = (title: string) => PAGE.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? ''
const firstColumn = (text: string) => [...text.matchAll(/^\| (`[^|]+) \|/gm)].map(([, cell = '']) => cell)
const inCode = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)

describe('the page about showing the streak', () => {
  it('lists the attributes, the variables and the languages that there are', () => {
    const [, observed = ''] = /const ATTRIBUTES = \[([^\]]+)\]/.exec(read('src/widget/element.ts')) ?? []
    const attributes = firstColumn(section('Attributes')).flatMap(inCode)
    expect(attributes.sort()).toEqual([...observed.matchAll(/'(\w+)'/g)].map(([, name]) => name).sort())
    const used = [...STYLE.matchAll(/var\((--streakline-[\w-]+)/g)].map(([, name]) => name)
    const variables = firstColumn(section('Colours and type')).flatMap(inCode)
    expect(variables.sort()).toEqual([...new Set(used)].sort())
    const [row = ''] = /^\| `lang` .*$/m.exec(PAGE) ?? []
    expect(inCode(row).slice(1).sort()).toEqual(Object.keys(WORDS).sort())
  })

  it('has the lines of the app proxy that our configuration file has, to be switched on', () => {
    const template = read('connectors/shopify/shopify.app.toml').replace(/^# (?=\[app_proxy\]|\w+ = )/gm, '')
    expect(template).toContain(block('toml'))
    expect(PAGE).toContain('`write_app_proxy`')
  })
})

const binary = chromiumBinary()

if (binary === null) {
  it('following the page SKIPPED: no Chromium could be had', () => {
    expect(process.env.REQUIRE_CHROMIUM).not.toBe('1')
  })
} else {
  describe('whoever follows the page', () => {
    let api: Api
    let shop: Shop
    let pages: ShopPage
    let browser: Browser
    let tab: Page
    const faults: string[] = []

    beforeAll(async () => {
      api = await startApi()
      shop = await openShop(api, 'shop')
      await shop.backend.create('streak_log', logBody(shop.streak.id, 'shopify:7001', 'order in the shop'))
      pages = await startShopPage()
      browser = await openChromium(binary)
      const { accountId } = shop.backend
      await shop.backend.patch(`/schema/account/record/${accountId}`, { endUserOrigins: [pages.origin] })
    })
    afterAll(async () => {
      await browser.close()
      pages.close()
      await api.close()
    })
    beforeEach(async () => {
      pages.policy = ''
      pages.answers.clear()
      const context = await browser.newContext()
      tab = await context.newPage()
      faults.length = 0
      tab.on('pageerror', (error) => faults.push(error.message))
      await tab.clock.setFixedTime(NOW)
    })

    const box = () => tab.locator('streakline-streak .streak')
    const document = (inside: string) =>
      `<!doctype html><html lang="en"><head><title>Shop</title></head><body>${inside}</body></html>`
    /** The lines of the page with what a developer puts in place of its examples. */
    const lines = (token: string) =>
      block('html')
        .replaceAll(SERVER, api.origin)
        .replace('0198f0c2-0000-7000-8000-000000000000', shop.backend.accountId)
        .replace('0198f0c2-0000-7000-8000-000000000001', shop.streak.id)
        .replace(/token="[^"]*"/, token === '' ? '' : `token="${token}"`)
    const freshToken = () => endUserToken(shop.key, ADA, api.clock.now())

    it('sees the streak by the lines for any page, with the policy that the page names', async () => {
      expect(PAGE).toContain('allow your server in `script-src` and `connect-src`')
      pages.policy = `default-src 'none'; script-src ${api.origin}; connect-src ${api.origin}`
      pages.html = document(lines(freshToken()))
      await tab.goto(pages.origin)
      await box().getByText('1 day in a row').waitFor()
      expect(faults).toEqual([])
    })

    it('has the widget ask for a token, at first and when it has ended, and leave no box for guests', async () => {
      const tokens = [endUserToken(shop.key, ADA, api.clock.now() - 3_600_000), freshToken()]
      let asked = 0
      pages.answers.set('/my-backend/streak-token', (_request, response) => {
        const token = tokens[asked]
        asked += 1
        response.statusCode = token === undefined ? 401 : 200
        response.end(token ?? '<h1>Sign in</h1>\n')
      })
      pages.html = document(`${lines('')}<script>${block('js')}</script>`)
      await tab.goto(pages.origin)
      await box().getByText('1 day in a row').waitFor()
      expect(asked).toBe(2)
      await tab.reload()
      await tab.locator('streakline-streak .streak[aria-busy=false]').waitFor({ state: 'attached' })
      expect(await box().isVisible()).toBe(false)
      expect(faults).toEqual([])
    })

    it('has it in one scheme by the lines for that', async () => {
      await tab.emulateMedia({ colorScheme: 'dark' })
      pages.html = document(`<style>${block('css')}</style>${lines(freshToken())}`)
      await tab.goto(pages.origin)
      await box().getByText('1 day in a row').waitFor()
      const inBox = "document.querySelector('streakline-streak').shadowRoot.querySelector('.streak')"
      const back = await tab.evaluate(`getComputedStyle(${inBox}).backgroundColor`)
      expect(back).toBe('rgb(255, 255, 255)')
    })

    it('sees it on a storefront by the snippet and the address of the app proxy, signed in or not', async () => {
      const [, address = ''] = /^ {7}(https:\S+\{id of the connector\})$/m.exec(PAGE) ?? []
      const proxy = address
        .replace(SERVER, api.origin)
        .replace('{id of the connector}', shop.connector.id as string)
      let customer = '7001'
      pages.answers.set('/apps/streakline/', async (request, response) => {
        const path = (request.url ?? '').slice('/apps/streakline'.length)
        const domain = shop.connector.settings.shopDomain as string
        const query = signedQuery(proxyParameters(domain, api.clock.now(), customer), WEBHOOK_SECRET)
        const forwarded = await fetch(`${proxy}${path}?${query}`)
        response.statusCode = forwarded.status
        response.setHeader('Content-Type', 'application/json')
        response.end(await forwarded.text())
      })
      const call = block('liquid').replace(SERVER, api.origin)
      const html = await storefront().parseAndRender(call)
      pages.html = document(html)
      await tab.goto(pages.origin)
      // the storefront's own language
      await box().getByText('1 Tag in Folge').waitFor()
      customer = ''
      await tab.reload()
      await box().getByText('Deine Serie beginnt mit deinem nächsten Einkauf').waitFor()
      await box().getByText('Als Nächstes').waitFor()
      expect(faults).toEqual([])
    })
  })
}

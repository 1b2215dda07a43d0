import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import type { Page } from 'playwright-core'
import { type Api, NOW, startApi } from '../helpers/api.ts'
import { axeFaults } from '../helpers/console-pages.ts'
import { endUserToken } from '../helpers/end-user-token.ts'
import { describeInBrowser } from '../helpers/in-browser.ts'
import { ADA, openShop, rewardOf, type Shop } from '../helpers/shop.ts'
import { type ShopPage, startShopPage } from '../helpers/shop-page.ts'

const IN_WIDGET = "document.querySelector('streakline-streak').shadowRoot"

/** What themes do to everything on their pages. */
const HOSTILE = `* { box-sizing: content-box !important; letter-spacing: 1em; word-spacing: 2em; text-transform: uppercase;
    text-indent: 3em; white-space: nowrap; line-height: 0.5; text-align: center; color: #777; font-style: italic;
    text-shadow: 2px 2px red; cursor: none; list-style: square; word-break: break-all; text-decoration: line-through; }
  button, li, ol, h2, .streak, .mark, .periods, #name { display: none !important; background: red !important; }`
const INHERITED = [
  ...['letterSpacing', 'wordSpacing', 'textTransform', 'textIndent', 'whiteSpace', 'textAlign', 'color'],
  ...['fontStyle', 'textShadow', 'cursor', 'wordBreak', 'lineHeight', 'display', 'boxSizing'],
]

describeInBrowser('the widget in the page of a shop', (browser) => {
  let api: Api
  let shop: Shop
  let pages: ShopPage
  let tab: Page
  const faults: string[] = []

  beforeAll(async () => {
    api = await startApi()
    shop = await openShop(api, 'shop')
    pages = await startShopPage()
    const { accountId } = shop.backend
    await shop.backend.patch(`/schema/account/record/${accountId}`, { endUserOrigins: [pages.origin] })
    const { id } = rewardOf(shop.adasLog, shop.manualMilestone)
    await shop.backend.patch(`/schema/reward_log/record/${id}`, { couponCode: 'Streak7' })
  })
  afterAll(async () => {
    pages.close()
    await api.close()
  })
  beforeEach(async () => {
    pages.policy = ''
    faults.length = 0
    const context = await browser().newContext({ viewport: { width: 800, height: 900 } })
    tab = await context.newPage()
    tab.on('pageerror', (error) => faults.push(error.message))
    tab.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text())
    })
    await tab.clock.setFixedTime(NOW)
  })

  const page = (style: string, html = 'lang="en"') =>
    `<!doctype html><html ${html}><head><title>Shop</title><link rel="icon" href="data:,">
      ${style === '' ? '' : `<style>${style}</style>`}</head><body><main><h1>Shop</h1>
      <streakline-streak base="${api.origin}" account="${shop.backend.accountId}" streak="${shop.streak.id}"
        token="${endUserToken(shop.key, ADA, api.clock.now())}"></streakline-streak></main>
      <script src="${api.origin}/widget/streakline.js" defer></script></body></html>`
  async function open(html: string): Promise<void> {
    pages.html = html
    await tab.goto(pages.origin)
    await tab.locator('streakline-streak .streak[aria-busy=false]').waitFor()
  }
  const sizeOf = (selector: string) =>
    tab.evaluate<number>(`parseFloat(getComputedStyle(${IN_WIDGET}.querySelector('${selector}')).fontSize)`)
  const looks = () =>
    tab.evaluate<Record<string, string>[]>(
      `[...${IN_WIDGET}.querySelectorAll('.streak, h2, .count, li.open, code, button')].map((element) =>
          Object.fromEntries(${JSON.stringify(INHERITED)}.map((name) => [name, getComputedStyle(element)[name]])))`,
    )

  it('looks the same whatever the styles of the page say', async () => {
    await open(page(''))
    const plain = await looks()
    await open(page(HOSTILE))
    expect(await looks()).toEqual(plain)
    expect(await tab.locator('code').textContent()).toBe('Streak7')
  })

  it('is hidden where the page hides it', async () => {
    pages.html = page('streakline-streak { visibility: hidden }')
    await tab.goto(pages.origin)
    await tab.locator('streakline-streak .streak[aria-busy=false]').waitFor({ state: 'attached' })
    expect(await tab.locator('streakline-streak .streak').isVisible()).toBe(false)
  })

  it('is as large as the text around it, also in a theme whose rem is 10 pixels', async () => {
    await open(page('html { font-size: 62.5% } body { font-size: 1.6rem }'))
    expect(await sizeOf('.streak')).toBe(16)
    expect(await sizeOf('.mark')).toBeGreaterThan(15.9)
    const box = await tab.locator('streakline-streak').getByRole('button').boundingBox()
    expect(box?.height).toBeGreaterThanOrEqual(44)
  })

  it.each([
    ['en', 'ltr'],
    ['ar', 'rtl'],
  ])('can be read at 200 %% and 360 pixels on a page in %s', async (lang, dir) => {
    await tab.setViewportSize({ width: 360, height: 800 })
    await open(page('html { font-size: 200% }', `lang="${lang}" dir="${dir}"`))
    expect(await sizeOf('.streak')).toBe(32)
    expect(await tab.evaluate('document.documentElement.scrollWidth')).toBe(360)
    const cut = await tab.evaluate(`[...${IN_WIDGET}.querySelectorAll('.streak *')]
        .filter((element) => !element.closest('.unseen') && element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0)
        .map((element) => element.outerHTML)`)
    expect(cut).toEqual([])
    expect(await axeFaults(tab)).toEqual([])
  })

  it('writes its own words from left to right in a page that is written from right to left', async () => {
    await open(page('', 'lang="ar" dir="rtl"'))
    const direction = `getComputedStyle(${IN_WIDGET}.querySelector('.count')).direction`
    expect(await tab.evaluate(direction)).toBe('ltr')
    expect(await tab.locator('streakline-streak .streak').getAttribute('lang')).toBe('en')
  })

  it('moves nothing where less motion is asked for', async () => {
    const duration = `getComputedStyle(${IN_WIDGET}.querySelector('.mark')).transitionDuration`
    await tab.emulateMedia({ reducedMotion: 'no-preference' })
    await open(page(''))
    expect(await tab.evaluate(duration)).toBe('0.2s')
    await tab.emulateMedia({ reducedMotion: 'reduce' })
    expect(await tab.evaluate(duration)).toBe('0s')
  })

  it('is light or dark as the browser is, or as the page has it', async () => {
    const back = `getComputedStyle(${IN_WIDGET}.querySelector('.streak')).backgroundColor`
    await open(page(''))
    expect(await tab.evaluate(back)).toBe('rgb(255, 255, 255)')
    await tab.emulateMedia({ colorScheme: 'dark' })
    expect(await tab.evaluate(back)).toBe('rgb(23, 25, 28)')
    await open(page('streakline-streak { color-scheme: light }'))
    expect(await tab.evaluate(back)).toBe('rgb(255, 255, 255)')
    await tab.emulateMedia({ colorScheme: 'light' })
    await open(page('body { background: #111; color: #eee } streakline-streak { color-scheme: dark }'))
    expect(await tab.evaluate(back)).toBe('rgb(23, 25, 28)')
    expect(await axeFaults(tab)).toEqual([])
  })

  it('needs no leave of the page’s policy but for its own server, and asks nobody else', async () => {
    const asked: string[] = []
    tab.on('request', (request) => asked.push(new URL(request.url()).origin))
    pages.policy = [
      "default-src 'none'",
      `script-src ${api.origin}`,
      `connect-src ${api.origin}`,
      'img-src data:',
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ].join(';')
    await open(page(''))
    await tab.getByText('1 day in a row').waitFor()
    await tab.keyboard.press('Tab')
    await tab.keyboard.press('Enter')
    await tab.getByText('Copied: Streak7').waitFor({ state: 'attached' })
    expect(faults).toEqual([])
    expect([...new Set(asked)].sort()).toEqual([api.origin, pages.origin].sort())
  })

  it.each(['light', 'dark'] as const)(
    'has a page of its own that fits a phone, with text of twice the size and by the keyboard, when it is %s',
    async (colorScheme) => {
      await tab.emulateMedia({ colorScheme })
      await tab.setViewportSize({ width: 360, height: 800 })
      await tab.goto(`${api.origin}/widget/demo`)
      for (const size of ['100%', '200%']) {
        await tab.evaluate(`document.documentElement.style.fontSize = '${size}'`)
        expect([size, await tab.evaluate('document.documentElement.scrollWidth')]).toEqual([size, 360])
        expect([size, await axeFaults(tab)]).toEqual([size, []])
      }
      await tab.keyboard.press('Tab')
      await tab.keyboard.press('ArrowDown')
      await tab.getByText('7 Tage in Folge').waitFor()
      await tab.keyboard.press('Tab')
      await tab.keyboard.press('Enter')
      await tab.getByText(/^Kopiert: /).waitFor({ state: 'attached' })
      expect(faults).toEqual([])
    },
  )

  it('says so where the link to its own page is no longer good', async () => {
    const own = { account: shop.backend.accountId, streak: shop.streak.id, token: 'not.a.token' }
    await tab.goto(`${api.origin}/widget/demo#${new URLSearchParams(own)}`)
    await tab.getByRole('alert').waitFor()
  })

  it('is refused by the browser on pages of origins that the account does not list', async () => {
    const elsewhere = pages.origin.replace('localhost', '127.0.0.1')
    pages.html = page('')
    await tab.goto(elsewhere)
    await tab.getByRole('alert').waitFor()
    expect(faults.join()).toContain('blocked by CORS policy')
  })
})

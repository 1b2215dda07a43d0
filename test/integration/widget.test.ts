import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { BrowserContext, Page } from 'playwright-core'
import { type Api, NOW, startApi } from '../helpers/api.ts'
import { proxyParameters, signedQuery } from '../helpers/app-proxy.ts'
import { endUserToken } from '../helpers/end-user-token.ts'
import { describeInBrowser } from '../helpers/in-browser.ts'
import { ADA, logBody, openShop, rewardOf, type Shop } from '../helpers/shop.ts'

const MAX_GZIPPED = 15 * 1024
const SHOP = 'example.myshopify.com'
const SECRET = 'webhook_secret_of_the_tests'
const IN_WIDGET = "document.querySelector('streakline-streak').shadowRoot"

let api: Api
let shop: Shop
let pages: Server
let origin: string
/** What the shop's page holds. */
let html = ''
/** Who is signed in on the shop's page. */
let customer = ''

beforeAll(async () => {
  api = await startApi()
  shop = await openShop(api, 'shop')
  for (const day of [18, 20, 21]) {
    const log = logBody(shop.streak.id, ADA, `order of day ${day}`)
    await shop.backend.create('streak_log', { ...log, activityAt: `2026-11-${day}T10:00:00Z` })
  }
  const { id } = rewardOf(shop.adasLog, shop.manualMilestone)
  await shop.backend.patch(`/schema/reward_log/record/${id}`, { couponCode: 'STREAK7' })
  await shop.backend.create('streak_log', logBody(shop.streak.id, 'shopify:7001', 'order in the shop'))
  pages = createServer((request, response) => void answer(request.url ?? '', response)).listen(0, '127.0.0.1')
  await new Promise((resolve) => pages.once('listening', resolve))
  // the one name over plain HTTP that may be allowed
  origin = `http://localhost:${(pages.address() as AddressInfo).port}`
  await shop.backend.patch(`/schema/account/record/${shop.backend.accountId}`, { endUserOrigins: [origin] })
})
afterAll(async () => {
  pages.close()
  await api.close()
})

/** A page of the shop; below `/apps/streakline` what Shopify's app proxy would forward, signed. */
async function answer(url: string, response: import('node:http').ServerResponse): Promise<void> {
  if (!url.startsWith('/apps/streakline/')) {
    response.setHeader('Content-Type', 'text/html; charset=utf-8')
    response.end(html)
    return
  }
  const query = signedQuery(proxyParameters(SHOP, api.clock.now(), customer), SECRET)
  const path = url.slice('/apps/streakline'.length)
  const forwarded = await fetch(`${api.origin}/proxy/shopify/${shop.connector.id}${path}?${query}`)
  response.statusCode = forwarded.status
  response.setHeader('Content-Type', 'application/json')
  response.end(await forwarded.text())
}

const freshToken = (externalId = ADA) => endUserToken(shop.key, externalId, api.clock.now())
const page = (attributes: string, lang = 'en', script = '') =>
  `<!doctype html><html lang="${lang}"><head><title>Shop</title></head><body><main><h1>Shop</h1>
  <streakline-streak ${attributes}></streakline-streak></main>${script}
  <script src="${api.origin}/widget/streakline.js" async></script></body></html>`
const byToken = (token = freshToken(), streak = shop.streak.id) =>
  `base="${api.origin}" account="${shop.backend.accountId}" streak="${streak}" token="${token}"`

describe('the widget’s file', () => {
  it('is small, one script without imports, and for pages of any origin', async () => {
    const { status, headers, text } = await api.send('/widget/streakline.js', {
      headers: { origin: 'https://shop.example' },
    })
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(headers.get('access-control-allow-origin')).toBe('*')
    expect(headers.get('cross-origin-resource-policy')).toBe('cross-origin')
    expect(headers.get('cache-control')).toBe('public, max-age=300')
    expect(gzipSync(text).length).toBeLessThanOrEqual(MAX_GZIPPED)
    expect(text).not.toMatch(/\b(?:import|export)\b|innerHTML|eval\(/)
    const etag = headers.get('etag') ?? ''
    const again = await api.send('/widget/streakline.js', { headers: { 'if-none-match': etag } })
    expect([again.status, again.text]).toEqual([304, ''])
    expect(again.headers.get('access-control-allow-origin')).toBe('*')
  })
})

describeInBrowser('the widget in a browser', (browser) => {
  let context: BrowserContext
  let tab: Page
  let axe: string
  const faults: string[] = []

  beforeAll(async () => {
    axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
    context = await browser().newContext({ reducedMotion: 'reduce', viewport: { width: 800, height: 900 } })
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin })
  })
  beforeEach(async () => {
    customer = ''
    faults.length = 0
    tab = await context.newPage()
    tab.on('pageerror', (error) => faults.push(error.message))
    await tab.clock.setFixedTime(NOW)
  })

  const widget = () => tab.locator('streakline-streak').first()
  const seen = () =>
    widget()
      .locator('.streak')
      // biome-ignore lint/performance/useDomNodeTextContent: what is seen has its lines parted
      .evaluate((element) => (element as unknown as { innerText: string }).innerText.replace(/\s+/g, ' '))
  async function open(body: string): Promise<void> {
    html = body
    await tab.goto(origin)
    await widget().locator('.streak[aria-busy=false]').waitFor()
  }
  async function violations(): Promise<string[]> {
    await tab.evaluate(axe)
    return tab.evaluate<string[]>(
      'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + " " + nodes.map(({ html }) => html).join()))',
    )
  }

  it('shows on a page of another origin what is the shopper’s own, by a token', async () => {
    await open(page(byToken()))
    expect(await seen()).toMatch(/^shop: buy every day 3 days in a row Done for today/)
    expect(await seen()).toContain('Next shop: 5 in a row · 2 more days')
    expect(await seen()).toContain('Your coupons STREAK7')
    const cells = await widget().locator('.periods li .unseen').allTextContents()
    expect(cells).toEqual([
      'Monday, November 16: missed',
      'Tuesday, November 17: missed',
      'Wednesday, November 18: done',
      'Thursday, November 19: missed',
      'Friday, November 20: done',
      'Saturday, November 21: done',
      'Sunday, November 22: done',
    ])
    expect(faults).toEqual([])
  })

  it('shows no coupon that is not issued, or has expired', async () => {
    await open(page(byToken(freshToken('customer-bob'))))
    expect(await seen()).not.toContain('Your coupons')
    await tab.evaluate(`document.querySelector('streakline-streak').show({
        streak: { id: 'x', name: 'x', description: '', aggregationPeriod: 'monthly', timezone: 'UTC', weekStartsOn: 'monday' },
        memberStreak: null, progress: [], milestones: [], rewards: [
          { couponCode: 'OLD', rewardExpiryAt: '${NOW}', fulfilmentStatus: 'issued', milestone: null },
          { couponCode: 'GONE', rewardExpiryAt: null, fulfilmentStatus: 'revoked', milestone: null },
          { couponCode: 'GOOD', rewardExpiryAt: null, fulfilmentStatus: 'issued', milestone: null }] })`)
    expect(await widget().locator('code').allTextContents()).toEqual(['GOOD'])
    expect(await widget().locator('.periods li').count()).toBe(6)
  })

  it('shows eight weeks or six months, as the streak’s own zone and week have them', async () => {
    await open(page(byToken()))
    const periods = (period: string, timezone: string, weekStartsOn: string, startsAt: string) =>
      tab.evaluate(`document.querySelector('streakline-streak').show({
          streak: { id: 'x', name: 'x', description: '', aggregationPeriod: '${period}', timezone: '${timezone}', weekStartsOn: '${weekStartsOn}' },
          memberStreak: null, milestones: [], rewards: [],
          progress: [{ periodStartAt: '${startsAt}', streakProgressStatus: 'completed' }] })`)
    const cells = () => widget().locator('.periods li .unseen').allTextContents()
    // a week of New York begins at 05:00 UTC; now is Sunday there
    await periods('weekly', 'America/New_York', 'sunday', '2026-11-15T05:00:00Z')
    expect(await cells()).toHaveLength(8)
    expect((await cells()).slice(-2)).toEqual(['Sunday, November 15: done', 'Sunday, November 22: open'])
    await periods('weekly', 'America/New_York', 'monday', '2026-11-16T05:00:00Z')
    expect((await cells()).slice(-2)).toEqual(['Monday, November 9: missed', 'Monday, November 16: done'])
    // it is the 23rd already where the day begins first
    await periods('daily', 'Pacific/Kiritimati', 'monday', '2026-11-21T10:00:00Z')
    expect((await cells()).slice(-2)).toEqual(['Sunday, November 22: done', 'Monday, November 23: open'])
    await periods('monthly', 'Asia/Tokyo', 'monday', '2026-09-30T15:00:00Z')
    expect((await cells()).slice(0, 1)).toEqual(['June 2026: missed'])
    expect((await cells()).slice(-2)).toEqual(['October 2026: done', 'November 2026: open'])
  })

  it('shows it on a storefront, behind the signed request of the app proxy', async () => {
    customer = '7001'
    await open(page('proxy="/apps/streakline"'))
    expect(await seen()).toMatch(/^shop: buy every day 1 day in a row Done for today/)
    customer = ''
    await open(page('proxy="/apps/streakline"'))
    expect(await seen()).toMatch(/^shop: buy every day Your streak begins with your next purchase/)
    expect(faults).toEqual([])
  })

  it('says so where it cannot be read, and reads again on request', async () => {
    await open(page(byToken('not.a.token')))
    expect(await widget().getByRole('alert').textContent()).toBe('Your streak cannot be shown at the moment')
    await widget().evaluate((element, token) => {
      ;(element as unknown as { getToken: () => string }).getToken = () => token
    }, freshToken())
    await widget().getByText('3 days in a row').waitFor()
  })

  it('asks the page for a token, and for a new one when it has expired', async () => {
    const stale = endUserToken(shop.key, ADA, api.clock.now() - 3_600_000)
    const script = `<script>
        const tokens = ['${stale}', '${freshToken()}']
        document.querySelector('streakline-streak').getToken = async () => tokens.length > 1 ? tokens.shift() : tokens[0]
      </script>`
    const attributes = `base="${api.origin}" account="${shop.backend.accountId}" streak="${shop.streak.id}"`
    await open(page(attributes, 'en', script))
    expect(await seen()).toContain('3 days in a row')
  })

  it('leaves no box behind where there is no such streak', async () => {
    html = page(byToken(freshToken(), '00000000-0000-4000-8000-000000000000'))
    await tab.goto(origin)
    await widget().locator('.streak[hidden]').waitFor({ state: 'attached' })
    expect(await widget().locator('.streak').isVisible()).toBe(false)
  })

  it('speaks seven languages, by attribute or by the page', async () => {
    for (const [lang, text] of [
      ['en', '3 days in a row'],
      ['de', '3 Tage in Folge'],
      ['fr', '3 jours d’affilée'],
      ['es', '3 días seguidos'],
      ['pt-BR', '3 dias seguidos'],
      ['it', '3 giorni di fila'],
      ['ja', '3日連続'],
    ] as const) {
      await open(page(`${byToken()} lang="${lang}"`))
      expect([lang, await seen()]).toEqual([lang, expect.stringContaining(text)])
      await open(page(byToken(), lang))
      expect([lang, await seen()]).toEqual([lang, expect.stringContaining(text)])
    }
    await open(page(byToken(), 'sv'))
    expect(await seen()).toContain('3 days in a row')
  })

  it('is used with the keyboard alone, and tells screen readers what was copied', async () => {
    await open(page(byToken()))
    await tab.keyboard.press('Tab')
    await tab.keyboard.press('Enter')
    await widget().getByText('Copied: STREAK7').waitFor({ state: 'attached' })
    expect(await tab.evaluate('navigator.clipboard.readText()')).toBe('STREAK7')
    expect(await widget().getByRole('button').getAttribute('aria-label')).toBe('Copy: STREAK7')
  })

  it.each(['light', 'dark'] as const)(
    'has nothing that axe objects to, in a %s page and in 320 pixels',
    async (colorScheme) => {
      await tab.emulateMedia({ colorScheme })
      for (const width of [1280, 320]) {
        await tab.setViewportSize({ width, height: 700 })
        for (const lang of ['en', 'de', 'ja']) {
          await open(page(byToken(), lang))
          expect([width, lang, await violations()]).toEqual([width, lang, []])
          const wide = await tab.evaluate('document.documentElement.scrollWidth')
          expect([width, lang, Number(wide) <= width]).toEqual([width, lang, true])
        }
      }
    },
  )

  it('shows long names, and those written from right to left, as text', async () => {
    await tab.setViewportSize({ width: 320, height: 700 })
    const names = ['<img src=x onerror="throw 1">', 'شراء كل يوم لمدة سبعة أيام', 'x'.repeat(200)]
    for (const name of names) {
      await shop.backend.patch(`/schema/streak/record/${shop.streak.id}`, { name })
      await open(page(byToken()))
      expect(await widget().locator('h2').textContent()).toBe(name)
      expect(await tab.evaluate('document.documentElement.scrollWidth')).toBe(320)
    }
    await shop.backend.patch(`/schema/streak/record/${shop.streak.id}`, { name: 'شراء كل يوم' })
    await open(page(byToken()))
    expect(await tab.evaluate(`getComputedStyle(${IN_WIDGET}.querySelector('h2')).direction`)).toBe('rtl')
    await shop.backend.patch(`/schema/streak/record/${shop.streak.id}`, { name: 'shop: buy every day' })
    expect(faults).toEqual([])
  })

  it('takes its colours from the page', async () => {
    html = page(byToken()).replace(
      '<title>',
      '<style>streakline-streak{--streakline-accent:rgb(1,2,3)}</style><title>',
    )
    await open(html)
    const color = `getComputedStyle(${IN_WIDGET}.querySelector('.done .mark')).backgroundColor`
    expect(await tab.evaluate(color)).toBe('rgb(1, 2, 3)')
  })

  it('is shown by a page of this server, which may load nothing else', async () => {
    tab.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text())
    })
    const response = await tab.goto(`${api.origin}/widget/demo`)
    const policy = response?.headers()['content-security-policy'] ?? ''
    expect(policy).toContain("script-src 'self'")
    expect(policy).not.toContain('unsafe')
    await tab.getByText('7 days in a row').first().waitFor()
    expect(await tab.locator('streakline-streak').count()).toBe(2)
    expect(await violations()).toEqual([])
    await tab.getByLabel('Language').selectOption('de')
    await tab.getByText('7 Tage in Folge').waitFor()
    const own = new URLSearchParams({
      account: shop.backend.accountId,
      streak: shop.streak.id,
      token: freshToken(),
    })
    await tab.goto('about:blank')
    await tab.goto(`${api.origin}/widget/demo#${own}`)
    await tab.getByText('3 days in a row').waitFor()
    expect(faults).toEqual([])
  })
})

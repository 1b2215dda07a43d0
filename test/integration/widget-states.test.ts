import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { type Api, type Body, NOW, startApi } from '../helpers/api.ts'
import { signedIn } from '../helpers/console.ts'
import { endUserToken } from '../helpers/end-user-token.ts'
import { describeInBrowser } from '../helpers/in-browser.ts'
import { ADA, logBody, openShop, rewardOf, type Shop, streakBody } from '../helpers/shop.ts'
import { type ShopPage, startShopPage } from '../helpers/shop-page.ts'

const RISKY = 'customer-at-risk'
const BROKEN = 'customer-broken'
const NOBODY = 'customer-without-purchases'
const ELEMENT = "document.querySelector('streakline-streak')"

describeInBrowser('the widget on a page of another origin', (browser) => {
  let api: Api
  let shop: Shop
  let second: Body
  let pages: ShopPage
  let tab: Page
  const faults: string[] = []

  beforeAll(async () => {
    api = await startApi()
    shop = await openShop(api, 'shop')
    pages = await startShopPage()
    await shop.backend.patch(`/schema/account/record/${shop.backend.accountId}`, {
      endUserOrigins: [pages.origin],
    })
    api.clock.set('2026-11-22T12:00:01.000Z')
    second = await shop.backend.create('streak', streakBody('A second streak', 'live'))
    const buy = (who: string, day: number) =>
      shop.backend.create('streak_log', {
        ...logBody(shop.streak.id, who, `${who} on day ${day}`),
        activityAt: `2026-11-${day}T10:00:00Z`,
      })
    for (const day of [20, 21]) await buy(RISKY, day)
    for (const day of [17, 18]) await buy(BROKEN, day)
  })
  afterAll(async () => {
    pages.close()
    await api.close()
  })
  beforeEach(async () => {
    pages.policy = ''
    pages.answers.clear()
    pages.asked.length = 0
    await openTab()
  })

  async function openTab(options: BrowserContextOptions = {}): Promise<void> {
    const context = await browser().newContext({
      viewport: { width: 800, height: 900 },
      timezoneId: 'UTC',
      ...options,
    })
    tab = await context.newPage()
    faults.length = 0
    tab.on('pageerror', (error) => faults.push(error.message))
    await tab.clock.setFixedTime(NOW)
  }
  const token = (externalId: string, atMs = api.clock.now()) => endUserToken(shop.key, externalId, atMs)
  const attributes = (streak: string = shop.streak.id) =>
    `base="${api.origin}" account="${shop.backend.accountId}" streak="${streak}"`
  const page = (inside: string, script = '') =>
    `<!doctype html><html lang="en"><head><title>Shop</title></head><body><main><h1>Shop</h1>${inside}</main>
      <script>${script}</script><script src="${api.origin}/widget/streakline.js" async></script></body></html>`
  const widgetOf = (who: string, streak?: string) =>
    `<streakline-streak ${attributes(streak)} token="${token(who)}"></streakline-streak>`
  const box = (at = 0) => tab.locator('streakline-streak').nth(at).locator('.streak')
  const seen = async (at = 0) =>
    (
      await box(at)
        // biome-ignore lint/performance/useDomNodeTextContent: what is seen has its lines parted
        .evaluate((element) => (element as unknown as { innerText: string }).innerText)
    ).replace(/\s+/g, ' ')
  async function open(html: string): Promise<void> {
    pages.html = html
    await tab.goto(pages.origin)
    await tab.locator('streakline-streak .streak[aria-busy=false]').last().waitFor({ state: 'attached' })
  }
  const requests = () => {
    const urls: string[] = []
    tab.on('request', (request) => urls.push(request.url()))
    return urls
  }

  it('tells who has not begun, who risks it, who broke it and whose it is that no purchase counts for', async () => {
    await open(page(widgetOf(NOBODY) + widgetOf(RISKY) + widgetOf(BROKEN)))
    expect(await seen(0)).toContain('Your streak begins with your next purchase')
    expect(await seen(0)).toContain('Next shop: 1 in a row · 1 more day')
    expect(await seen(1)).toContain('2 days in a row Keep it going until Nov 22, 2026, 11:59 PM')
    expect(await seen(2)).toContain('Your streak begins with your next purchase')
    const marks = await box(2).locator('.periods li .mark').allTextContents()
    expect(marks.join('')).toBe('–✓✓–––○')
  })

  it('shows several streaks, each in a widget of its own, and the newest without saying which', async () => {
    await open(page(widgetOf(ADA) + widgetOf(ADA, second.id) + widgetOf(ADA, '')))
    expect(await seen(0)).toMatch(/^shop: buy every day/)
    expect(await seen(1)).toMatch(/^A second streak/)
    expect(await seen(2)).toMatch(/^A second streak/)
  })

  it('shows nothing of a streak that is paused, and it again when it is live again', async () => {
    const status = (value: string) =>
      shop.backend.patch(`/schema/streak/record/${second.id}`, { status: value })
    await status('paused')
    await open(page(widgetOf(ADA, second.id)))
    expect(await box().isVisible()).toBe(false)
    await status('live')
    await tab.evaluate(`${ELEMENT}.refresh()`)
    await box().getByText('A second streak').waitFor()
  })

  it('leaves no box where nobody is signed in, and asks for nothing', async () => {
    const urls = requests()
    for (const html of [
      page(`<streakline-streak ${attributes()} token=""></streakline-streak>`),
      page(`<streakline-streak ${attributes()}></streakline-streak>`),
    ]) {
      pages.html = html
      await tab.goto(pages.origin)
      await tab.waitForFunction("customElements.get('streakline-streak') !== undefined")
      await box().waitFor({ state: 'attached' })
      expect(await box().isVisible()).toBe(false)
    }
    for (const answer of ["''", 'null', 'undefined']) {
      await open(
        page(
          `<streakline-streak ${attributes()}></streakline-streak>`,
          `document.querySelector('streakline-streak').getToken = async () => ${answer}`,
        ),
      )
      expect([answer, await box().isVisible()]).toEqual([answer, false])
    }
    expect(urls.filter((url) => url.includes('/schema/'))).toEqual([])
    expect(faults).toEqual([])
  })

  it('says that it cannot be read also where a box was hidden before', async () => {
    await open(page(widgetOf(ADA, '00000000-0000-4000-8000-000000000000')))
    expect(await box().isVisible()).toBe(false)
    await tab.evaluate(`${ELEMENT}.setAttribute('token', 'not.a.token')`)
    await box().getByRole('alert').waitFor()
  })

  it('keeps what it shows when it cannot be read anew, and nothing of whoever was there before', async () => {
    await open(page(widgetOf(RISKY)))
    expect(await seen()).toContain('2 days in a row')
    await tab.context().setOffline(true)
    await tab.evaluate(`${ELEMENT}.refresh()`)
    expect(await seen()).toContain('2 days in a row')
    expect(await box().getAttribute('aria-busy')).toBe('false')
    await tab.evaluate(`${ELEMENT}.setAttribute('token', '${token(ADA)}')`)
    await box().getByRole('alert').waitFor()
    expect(await seen()).not.toContain('2 days in a row')
    await tab.context().setOffline(false)
    await box().getByRole('button', { name: 'Try again' }).click()
    await box().getByText('1 day in a row').waitFor()
  })

  it('shows nothing any more of whoever signed out', async () => {
    await open(page(widgetOf(RISKY)))
    await tab.evaluate(`${ELEMENT}.setAttribute('token', '')`)
    await box().waitFor({ state: 'hidden' })
    expect(await box().textContent()).toBe('')
  })

  it('keeps nothing that is no longer true, once the period is over', async () => {
    await open(page(widgetOf(RISKY)))
    await tab.context().setOffline(true)
    await tab.clock.setFixedTime('2026-11-23T00:00:00Z')
    await tab.evaluate(`${ELEMENT}.refresh()`)
    expect(await seen()).toBe('Your streak cannot be shown at the moment Try again')
  })

  it('leaves the focus of whoever tries again in its place', async () => {
    pages.html = page(`<streakline-streak ${attributes()} token="not.a.token"></streakline-streak>`)
    await tab.goto(pages.origin)
    const again = box().getByRole('button', { name: 'Try again' })
    await again.focus()
    const read = tab.waitForResponse(/\/schema\//)
    await tab.keyboard.press('Enter')
    await read
    await again.waitFor()
    expect(await tab.evaluate(`${ELEMENT}.shadowRoot.activeElement?.className`)).toBe('streak')
    await tab.evaluate(`${ELEMENT}.setAttribute('token', '${token(RISKY)}')`)
    await box().getByText('2 days in a row').waitFor()
    expect(await tab.evaluate(`${ELEMENT}.shadowRoot.activeElement?.className`)).toBe('streak')
  })

  it('says that it is loading for as long as that takes', async () => {
    let go = () => {}
    const held = new Promise<void>((resolve) => {
      go = resolve
    })
    await tab.route(/\/schema\//, async (route) => {
      await held
      await route.continue()
    })
    pages.html = page(widgetOf(RISKY))
    await tab.goto(pages.origin)
    await box().getByText('Loading').waitFor()
    expect(await box().getAttribute('aria-busy')).toBe('true')
    go()
    await box().getByText('2 days in a row').waitFor()
    expect(await box().getAttribute('aria-busy')).toBe('false')
  })

  it('names the zone of its times to whoever lives in another', async () => {
    await openTab({ timezoneId: 'America/New_York' })
    await open(page(widgetOf(RISKY)))
    expect(await seen()).toContain('Keep it going until Nov 22, 2026, 11:59 PM UTC')
  })

  it('offers no code again that was used', async () => {
    await open(page(widgetOf(ADA)))
    await tab.evaluate(`${ELEMENT}.show({
        streak: { id: 'x', name: 'x', description: '', aggregationPeriod: 'daily', timezone: 'UTC', weekStartsOn: 'monday' },
        memberStreak: null, progress: [], milestones: [], rewards: [
          { couponCode: 'USED', rewardExpiryAt: null, redeemedAt: '${NOW}', fulfilmentStatus: 'issued', milestone: null },
          { couponCode: 'GOOD', rewardExpiryAt: null, redeemedAt: null, fulfilmentStatus: 'issued', milestone: null }] })`)
    expect(await box().locator('code').allTextContents()).toEqual(['USED', 'GOOD'])
    expect(await box().getByRole('button').count()).toBe(1)
    expect(await box().locator('.coupons li').first().textContent()).toBe('USEDused')
  })

  it('copies a code without the clipboard, and leaves the focus where it was and the page in its place', async () => {
    const { id } = rewardOf(shop.adasLog, shop.manualMilestone)
    await shop.backend.patch(`/schema/reward_log/record/${id}`, { couponCode: 'STREAK7' })
    await tab.addInitScript("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    await open(page(`${widgetOf(ADA)}<div style="height: 4000px"></div>`))
    await tab.evaluate(
      "document.addEventListener('copy', () => { window.copied = document.activeElement.value })",
    )
    await tab.keyboard.press('Tab')
    await tab.keyboard.press('Enter')
    await tab.locator('streakline-streak').getByText('Copied: STREAK7').waitFor({ state: 'attached' })
    expect(await tab.evaluate('window.copied')).toBe('STREAK7')
    expect(await tab.evaluate(`${ELEMENT}.shadowRoot.activeElement?.getAttribute('aria-label')`)).toBe(
      'Copy: STREAK7',
    )
    expect(await tab.evaluate('scrollY')).toBe(0)
    expect(await tab.locator('textarea').count()).toBe(0)
  })

  it('reads by its token alone, also where a merchant is signed in to the console of the same server', async () => {
    const { cookie } = await signedIn(api, shop.backend.accountId, 'owner@example.com', 'owner')
    const [name = '', value = ''] = cookie.split('=')
    await tab.context().addCookies([{ name, value, url: api.origin }])
    const own = { account: shop.backend.accountId, streak: shop.streak.id, token: token(RISKY) }
    await tab.goto(`${api.origin}/widget/demo#${new URLSearchParams(own)}`)
    await box().getByText('2 days in a row').waitFor()
  })
})

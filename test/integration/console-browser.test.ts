import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { Page } from 'playwright-core'
import { addUser } from '../../src/users/users.ts'
import { type Api, type Client, startApi } from '../helpers/api.ts'
import { PASSWORD } from '../helpers/console.ts'
import { axeFaults, openAs, watched } from '../helpers/console-pages.ts'
import { describeInBrowser } from '../helpers/in-browser.ts'

/** A long name that is read from right to left, without a place to break. */
const RTL_NAME = `متجر${'الشاي'.repeat(20)}`

const PAGES = [
  '/console',
  '/console/begin',
  '/console/begin/connect',
  '/console/begin/streak',
  '/console/begin/live/:streak',
  '/console/orders',
  '/console/connectors',
  '/console/connectors/new',
  '/console/connectors/:connector',
  '/console/settings',
  '/console/settings/users',
  '/console/settings/keys',
  '/console/settings/webhooks',
  '/console/settings/webhooks/:endpoint',
  '/console/settings/privacy',
  '/console/settings/log',
  '/console/settings/widget',
  '/console/nowhere',
]

describeInBrowser('the console in a browser', (browser) => {
  let api: Api
  let client: Client
  let page: Page
  let faults: string[]
  const ids = { connector: '', endpoint: '', streak: '' }

  beforeAll(async () => {
    // the pages go by the clock of the browser
    api = await startApi()
    api.clock.set(new Date().toISOString())
    client = await api.account('My shop', 'Europe/Berlin')
    const streak = await client.create('streak', {
      name: RTL_NAME,
      status: 'live',
      aggregationMethod: 'count',
      aggregationTargetValue: 1,
    })
    const activityAt = new Date(api.clock.now()).toISOString()
    const log = { streakId: streak.id, activityId: 'made_a_purchase', activityAt, status: 'live' }
    await client.create('streak_log', { ...log, uniqueIdentifier: '1', ownedBy: { externalId: 'ada' } })
    ids.streak = streak.id
    ids.connector = (
      await client.create('connector', {
        name: RTL_NAME,
        platform: 'shopify',
        settings: { shopDomain: 'shop.myshopify.com' },
      })
    ).id
    await client.create('coupon_provider', { name: 'Codes', provider: 'pool' })
    const url = 'https://example.com/a/long/address/'.padEnd(120, 'x')
    ids.endpoint = (await client.create('webhook_endpoint', { url, events: ['reward.issued'] })).id
    ;({ page, faults } = await openAs(api, browser(), client.accountId, 'owner'))
  })
  afterAll(async () => {
    await api.close()
  })

  const addressOf = (path: string) =>
    `${api.origin}${path.replace(/:(connector|endpoint|streak)$/, (_, kind: keyof typeof ids) => ids[kind])}`

  async function open(path: string, on = page): Promise<void> {
    await on.goto(addressOf(path))
    await on.getByRole('heading', { level: 1 }).waitFor()
    while ((await on.locator('.loading').count()) > 0) {
      await on.locator('.loading').first().waitFor({ state: 'detached' })
    }
  }

  it('lets an owner begin by their link, sign out and sign in', async () => {
    const { accountId } = await api.account('Another shop', 'Europe/Berlin')
    const { token } = await addUser(api.deps, accountId, { email: 'owner@localhost', role: 'owner' })
    const fresh = await browser().newPage()
    const own = watched(fresh, api.origin)
    await fresh.goto(`${api.origin}/console/start#token=${token}`)
    await fresh.getByLabel('Your e-mail address').fill('owner@example.com')
    await fresh.getByLabel('Password').fill(PASSWORD)
    expect(await axeFaults(fresh)).toEqual([])
    await fresh.getByRole('button', { name: 'Begin' }).click()
    await fresh.getByRole('button', { name: 'Sign out' }).waitFor()
    expect(fresh.url()).not.toContain(token)
    await fresh.getByRole('button', { name: 'Sign out' }).click()
    await fresh.getByLabel('E-mail').fill('owner@example.com')
    await fresh.getByLabel('Password').fill('not the password')
    await fresh.getByRole('button', { name: 'Sign in' }).click()
    await fresh.getByRole('alert').waitFor()
    expect(await axeFaults(fresh)).toEqual([])
    await fresh.getByLabel('Password').fill(PASSWORD)
    await fresh.getByRole('button', { name: 'Sign in' }).click()
    await fresh.getByRole('button', { name: 'Sign out' }).waitFor()
    expect(own).toEqual([])
    await fresh.close()
  })

  it('says of a link that was used what to do', async () => {
    const other = await browser().newPage()
    await other.goto(`${api.origin}/console/start#token=nothing`)
    await other.getByLabel('Password').fill(PASSWORD)
    await other.getByRole('button', { name: 'Begin' }).click()
    await other.getByRole('heading', { name: 'This link is not good any more' }).waitFor()
    await other.close()
  })

  it('opens at any address again after a reload, and names the tab', async () => {
    await open('/console/settings/users')
    expect(await page.title()).toBe('Users · Streakline')
    const current = page.getByRole('navigation', { name: 'Sections' }).locator('[aria-current=page]')
    expect(await current.textContent()).toBe('Settings')
  })

  it.each(['light', 'dark'] as const)(
    'can be used by everybody, page by page, in the %s theme',
    async (theme) => {
      await page.emulateMedia({ colorScheme: theme })
      const found: string[] = []
      for (const path of PAGES) {
        for (const width of theme === 'light' ? [1280, 768, 360] : [1280]) {
          await page.setViewportSize({ width, height: 900 })
          if (width === 1280) await open(path)
          const wide = await page.evaluate<number>('document.documentElement.scrollWidth')
          if (wide > width) found.push(`${path} at ${width}: ${wide} wide`)
          found.push(...(await axeFaults(page)).map((fault) => `${path} at ${width}: ${fault}`))
        }
      }
      await page.setViewportSize({ width: 1280, height: 900 })
      expect(found).toEqual([])
    },
  )

  it('fits a telephone with letters of twice the size', async () => {
    await page.setViewportSize({ width: 360, height: 900 })
    const wide: string[] = []
    for (const path of PAGES) {
      await open(path)
      await page.evaluate("document.documentElement.style.fontSize = '200%'")
      const width = await page.evaluate<number>('document.documentElement.scrollWidth')
      if (width > 360) wide.push(`${path}: ${width}`)
    }
    await page.setViewportSize({ width: 1280, height: 900 })
    expect(wide).toEqual([])
  })

  it('shows the home page’s chart as a table too', async () => {
    await open('/console')
    await page.getByRole('button', { name: 'As a table' }).click()
    const rows = page.getByRole('table', { name: 'Orders counted' }).getByRole('row')
    expect(await rows.count()).toBe(15)
    expect(await rows.last().textContent()).toMatch(/1$/)
    expect(await page.getByRole('region', { name: 'What needs you' }).textContent()).toContain(
      'has no codes left',
    )
  })

  it('keeps what was typed when the session ends, asks for the password over it, and goes on', async () => {
    const { token, user } = await addUser(api.deps, client.accountId, {
      email: 'typist@example.com',
      role: 'owner',
    })
    const mine = await browser().newContext()
    const tab = await mine.newPage()
    await tab.goto(`${api.origin}/console/start#token=${token}`)
    await tab.getByLabel('Password').fill(PASSWORD)
    await tab.getByRole('button', { name: 'Begin' }).click()
    await tab.getByRole('link', { name: 'Settings' }).click()
    await tab.getByLabel('Name of the shop').fill('A new name')
    await mine.clearCookies()
    await tab.getByRole('button', { name: 'Save' }).click()
    const dialog = tab.getByRole('dialog', { name: 'Sign in again' })
    await dialog.waitFor()
    expect(await axeFaults(tab)).toEqual([])
    expect(await dialog.getByLabel('E-mail').inputValue()).toBe(user.email)
    await dialog.getByLabel('Password').fill(PASSWORD)
    await dialog.getByRole('button', { name: 'Sign in' }).click()
    await tab.getByText('Saved').waitFor()
    const [account] = (await client.list('account')).body.data
    expect(account.name).toBe('A new name')
    await mine.close()
  })

  it('says that it is offline, keeps what was typed, and goes on once it is not', async () => {
    await open('/console/settings/keys')
    await page.getByLabel('Name').fill('A key')
    await page.context().setOffline(true)
    await page.getByText('You are offline').waitFor()
    await page.getByRole('button', { name: 'Make' }).click()
    await page.getByText('The server cannot be reached').waitFor()
    expect(await page.getByLabel('Name').inputValue()).toBe('A key')
    await page.context().setOffline(false)
    await page.getByRole('button', { name: 'Make' }).click()
    await page.getByRole('dialog', { name: 'Keep the secret' }).waitFor()
    await page.keyboard.press('Escape')
    expect(await page.getByRole('dialog').count()).toBe(1)
    expect(await axeFaults(page)).toEqual([])
    await page.getByRole('button', { name: 'I have it' }).click()
  })

  it('shows the server’s words and the number of the request where something is wrong', async () => {
    await open(`/console/connectors/${crypto.randomUUID()}`)
    const alert = page.getByRole('alert')
    await alert.waitFor()
    expect(await alert.textContent()).toMatch(/Request [\w-]+, NOT_FOUND/)
  })

  it('shows each role what it can do, and nothing else', async () => {
    const viewer = await openAs(api, browser(), client.accountId, 'viewer')
    await open('/console/settings', viewer.page)
    const tabs = viewer.page.getByRole('navigation', { name: 'Settings' }).getByRole('link')
    expect(await tabs.allTextContents()).toEqual(['Account', 'Outgoing webhooks', 'Privacy requests'])
    await open('/console/settings/keys', viewer.page)
    expect(await viewer.page.getByRole('main').textContent()).toContain('Only owners see this')
    for (const path of PAGES) await open(path, viewer.page)
    await open('/console/connectors/:connector', viewer.page)
    expect(await viewer.page.getByRole('main').getByRole('button').count()).toBe(0)
    expect(viewer.faults).toEqual([])
    await viewer.page.context().close()
  })

  it('loads nothing from elsewhere and reports no fault', () => {
    expect(faults).toEqual([])
  })
})

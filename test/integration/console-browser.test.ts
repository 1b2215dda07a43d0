import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { addUser } from '../../src/users/users.ts'
import { type Api, startApi } from '../helpers/api.ts'
import { chromiumBinary, openChromium } from '../helpers/chromium.ts'
import { PASSWORD } from '../helpers/console.ts'

const binary = chromiumBinary()

if (binary === null) {
  it('the console in a browser SKIPPED: no Chromium could be had', () => {
    expect(process.env.REQUIRE_CHROMIUM).not.toBe('1')
  })
} else {
  describe('the console in a browser', () => {
    let api: Api
    let browser: Browser
    let page: Page
    const faults: string[] = []
    const PATIENCE_MS = 60_000
    jest.setTimeout(2 * PATIENCE_MS)

    beforeAll(async () => {
      api = await startApi()
      browser = await openChromium(binary)
      page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
      page.setDefaultTimeout(PATIENCE_MS)
      page.on('console', (message) => {
        if (/Failed to load resource/.test(message.text())) return
        if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text())
      })
      page.on('pageerror', (error) => faults.push(error.message))
      page.on('request', (request) => {
        const url = request.url()
        if (!url.startsWith(api.origin) && !url.startsWith('data:')) faults.push(`elsewhere ${url}`)
      })
    })
    afterAll(async () => {
      await browser.close()
      await api.close()
    })

    it('lets an owner begin by their link, sign out and sign in', async () => {
      const { accountId } = await api.account('My shop', 'Europe/Berlin')
      const { token } = await addUser(api.deps, accountId, { email: 'owner@localhost', role: 'owner' })
      await page.goto(`${api.origin}/console/start#token=${token}`)
      await page.getByLabel('Your e-mail address').fill('owner@example.com')
      await page.getByLabel('Password').fill(PASSWORD)
      await page.getByRole('button', { name: 'Begin' }).click()
      await page.getByRole('button', { name: 'Sign out' }).waitFor()
      expect(page.url()).not.toContain(token)
      expect(await page.getByRole('banner').textContent()).toContain('times in Europe/Berlin')
      await page.getByRole('button', { name: 'Sign out' }).click()
      await page.getByLabel('E-mail').fill('owner@example.com')
      await page.getByLabel('Password').fill('not the password')
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByRole('alert').waitFor()
      await page.getByLabel('Password').fill(PASSWORD)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByRole('button', { name: 'Sign out' }).waitFor()
    })

    it('says of a link that was used what to do', async () => {
      const other = await browser.newPage()
      await other.goto(`${api.origin}/console/start#token=nothing`)
      await other.getByLabel('Password').fill(PASSWORD)
      await other.getByRole('button', { name: 'Begin' }).click()
      await other.getByRole('heading', { name: 'This link is not good any more' }).waitFor()
      await other.close()
    })

    it('opens at any address again after a reload', async () => {
      await page.goto(`${api.origin}/console/settings`)
      await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor()
      const current = page.getByRole('navigation').getByRole('link', { name: 'Settings' })
      expect(await current.getAttribute('aria-current')).toBe('page')
    })

    it('loads nothing from elsewhere and reports no fault', () => {
      expect(faults).toEqual([])
    })
  })
}

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { type Api, type Client, startApi } from '../helpers/api.ts'
import { chromiumBinary, openChromium } from '../helpers/chromium.ts'

let api: Api
let client: Client

beforeAll(async () => {
  api = await startApi()
  client = await api.account('shop')
  for (const name of ['first', 'second']) await client.create('streak', { name, aggregationTargetValue: 1 })
})
afterAll(() => api.close())

describe('the reference at /docs', () => {
  it('is a page of our own files, which may load nothing else', async () => {
    const { status, headers, text } = await api.send('/docs')
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8')
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self';")
    expect(policy).not.toContain('unsafe')
    const files = [...text.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, target = '']) => target)
    const own = files.filter((target) => target !== 'data:,')
    expect(own.length).toBeGreaterThan(4)
    for (const target of own) {
      expect(target).toMatch(/^[a-z]/)
      const file = await api.send(new URL(target, 'http://x/docs').pathname)
      expect({ target, status: file.status }).toEqual({ target, status: 200 })
    }
  })

  it('is also found with a slash at its end', async () => {
    const answer = await api.send('/docs/', { redirect: 'manual' })
    expect([answer.status, answer.headers.get('location')]).toEqual([308, '../docs'])
  })

  it('is sent compressed to those who take that, and as it is to others', async () => {
    for (const [encoding, sent] of [
      ['gzip', 'gzip'],
      ['br, gzip;q=0.5', 'gzip'],
      ['identity', null],
      ['gzip;q=0', null],
    ] as const) {
      const answer = await api.send('/docs/page.css', { headers: { 'accept-encoding': encoding } })
      expect([encoding, answer.headers.get('content-encoding')]).toEqual([encoding, sent])
      expect(answer.text).toContain('.swagger-ui')
    }
  })
})

const binary = chromiumBinary()

if (binary === null) {
  it('the page in a browser SKIPPED: no Chromium could be had', () => {
    expect(process.env.REQUIRE_CHROMIUM).not.toBe('1')
  })
} else {
  describe('the reference in a browser', () => {
    let browser: Browser
    let page: Page
    const faults: string[] = []

    // one page for all: it takes seconds to be drawn on a busy machine
    beforeAll(async () => {
      browser = await openChromium(binary)
      page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text())
      })
      page.on('pageerror', (error) => faults.push(error.message))
      page.on('requestfailed', (request) => faults.push(`failed ${request.url()}`))
      page.on('request', (request) => {
        const url = request.url()
        if (!url.startsWith(api.origin) && !url.startsWith('data:')) faults.push(`elsewhere ${url}`)
      })
      await page.goto(`${api.origin}/docs#/Streak/listStreak`)
      await page.waitForSelector('.opblock.is-open .responses-table')
    })
    afterAll(() => browser.close())

    it('can be used with the keyboard alone', async () => {
      await page.evaluate('scrollTo(0, 0)')
      const reached: string[] = []
      for (let presses = 0; presses < 12; presses += 1) {
        await page.keyboard.press('Tab')
        reached.push(await page.evaluate<string>('document.activeElement.textContent.trim()'))
        if (reached.at(-1)?.includes('Authorize')) break
      }
      expect(reached.at(-1)).toContain('Authorize')
      await page.keyboard.press('Enter')
      expect(await page.locator('.dialog-ux').count()).toBe(1)
      await page.locator('.dialog-ux .close-modal').press('Enter')
      expect(await page.locator('.dialog-ux').count()).toBe(0)
    })

    it('sends a call with the two headers of a key, and parameters as JSON', async () => {
      await page.getByRole('button', { name: 'Authorize' }).first().click()
      for (const name of ['x-api-key', 'x-api-secret']) {
        const scheme = page.locator('.auth-container', { hasText: `Name: ${name}` })
        await scheme.locator('input').fill(client.headers[name] ?? '')
        await scheme.getByRole('button', { name: /authorize|apply/i }).click()
      }
      await page.locator('.auth-btn-wrapper .btn-done').first().click()
      const operation = page.locator('.opblock.is-open')
      await operation.getByRole('button', { name: 'Try it out' }).click()
      const filters = '{"fieldSlug": "name", "operator": "EQUALS", "value": "second"}'
      await operation.locator('[data-param-name="filters"] textarea').fill(filters)
      const sent = page.waitForResponse((response) => response.url().includes('/schema/streak/record'))
      await operation.getByRole('button', { name: 'Execute' }).click()
      const response = await sent
      expect(response.status()).toBe(200)
      const { searchParams } = new URL(response.url())
      expect(JSON.parse(searchParams.get('filters') ?? '')).toEqual(JSON.parse(filters))
      expect((await response.json()).data.map(({ name }: { name: string }) => name)).toEqual(['second'])
    })

    it.each([1280, 390])('fits into %i pixels', async (width) => {
      await page.setViewportSize({ width, height: 900 })
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
    })

    it('loads nothing from elsewhere and reports no fault', async () => {
      expect(await page.locator('.opblock-tag').count()).toBeGreaterThan(10)
      expect(faults).toEqual([])
    })
  })
}

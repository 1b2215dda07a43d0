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
    const own = files.filter((target) => target !== 'data:,' && !target.startsWith('#/'))
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

/** Relative luminance of `rgb(…)`, from 0, black, to 1, by WCAG 2. */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = (color.match(/[\d.]+/g) ?? []).slice(0, 3).map((part) => {
    const share = Number(part) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** Evaluated in the page: visible texts whose contrast with what lies behind them is below 4.5 to 1. */
const PALE_TEXTS = `(() => {
  ${luminance.toString()}
  const seen = new Map()
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement
    if (walker.currentNode.data.trim() === '' || !element.checkVisibility({ checkOpacity: true })) continue
    if (element.closest('svg, script, style, noscript')) continue
    const { color, fontSize } = getComputedStyle(element)
    let behind = element
    const solid = (it) => !/^rgba\\(.*, 0(\\.\\d+)?\\)$/.test(getComputedStyle(it).backgroundColor)
    while (behind !== null && !solid(behind)) behind = behind.parentElement
    const background = behind === null ? 'rgb(255, 255, 255)' : getComputedStyle(behind).backgroundColor
    const [low, high] = [luminance(color), luminance(background)].sort((a, b) => a - b)
    const contrast = (high + 0.05) / (low + 0.05)
    if (contrast < 4.5) seen.set([element.className, color, background].join(' '), walker.currentNode.data.trim().slice(0, 30))
  }
  return [...seen].map((pair) => pair.join(': '))
})()`

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

    /** Both headers of a key are given in one form, with one button. */
    async function authorize(): Promise<void> {
      await page.getByRole('button', { name: 'Authorize' }).first().click()
      const form = page.locator('.dialog-ux form', { hasText: 'x-api-key' })
      expect(await form.count()).toBe(1)
      for (const name of ['x-api-key', 'x-api-secret']) {
        const field = form.locator('> div', { hasText: `Name: ${name}` }).locator('input')
        await field.fill(client.headers[name] ?? '')
      }
      await form.getByRole('button', { name: /authorize|apply/i }).click()
      await form.getByRole('button', { name: /logout|remove/i }).waitFor()
      await form.getByRole('button', { name: 'Close' }).click()
    }

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

    it('shows a first step, whose links open what they name', async () => {
      const steps = page.getByRole('region', { name: 'First step' })
      expect(await steps.getByRole('listitem').count()).toBeGreaterThan(2)
      await steps.getByRole('link', { name: 'Create a streak', exact: true }).click()
      await page.waitForSelector('#operations-Streak-createStreak.is-open')
      await page.locator('#operations-Streak-createStreak .opblock-summary-control').click()
      await page.waitForSelector('#operations-Streak-createStreak:not(.is-open)')
    })

    it('asks for the two headers of a caller in one form each', async () => {
      await page.getByRole('button', { name: 'Authorize' }).first().click()
      const forms = page.locator('.dialog-ux form')
      // the third is the cookie of the console, which browsers send by themselves
      expect(await forms.count()).toBe(3)
      for (const names of [
        ['x-api-key', 'x-api-secret'],
        ['x-enduser-access-token', 'x-account-id'],
      ]) {
        const form = forms.filter({ hasText: names[0]! })
        expect(await form.count()).toBe(1)
        for (const name of names) expect(await form.textContent()).toContain(name)
        expect(await form.locator('input').count()).toBe(2)
        expect(await form.getByRole('button', { name: /authorize|apply/i }).count()).toBe(1)
      }
      await page.locator('.dialog-ux .close-modal').click()
    })

    it('sends a call with the two headers of a key, and parameters as JSON', async () => {
      await authorize()
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

    it('sends what stands there as it stands, with only the credentials given', async () => {
      const fresh = await browser.newPage({ viewport: { width: 1280, height: 900 } })
      await fresh.goto(`${api.origin}/docs#/Withdrawal/listWithdrawal`)
      const operation = fresh.locator('#operations-Withdrawal-listWithdrawal')
      await operation.getByRole('button', { name: 'Try it out' }).click()
      const prefilled = await operation.locator('[data-param-name="filters"] textarea').inputValue()
      expect(JSON.parse(prefilled)).toMatchObject({ fieldSlug: 'createdAt' })
      const sent = fresh.waitForRequest((request) => request.url().includes('/schema/withdrawal/record'))
      await operation.getByRole('button', { name: 'Execute' }).click()
      const { pathname, search } = new URL((await sent).url())
      const answer = await client.get(`${pathname}${search}`)
      expect([answer.status, answer.body.error]).toEqual([200, undefined])
      await fresh.close()
    })

    it.each([1280, 390, 360])('fits into %i pixels', async (width) => {
      await page.setViewportSize({ width, height: 900 })
      const fits = async (what: string) =>
        expect([what, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([what, width])
      await fits('an answer')
      const closed = page.locator('.opblock-tag[data-is-open="false"]')
      while ((await closed.count()) > 0) await closed.first().click()
      await fits('all operations')
      await page.getByRole('button', { name: 'Authorize' }).first().click()
      await fits('the form')
      const form = await page.locator('.dialog-ux .modal-ux').boundingBox()
      expect((form?.x ?? -1) >= 0 && (form?.x ?? 0) + (form?.width ?? 0) <= width).toBe(true)
      await page.locator('.dialog-ux .close-modal').click()
      for (const operation of ['Connector/createConnector', 'Streak%20log/createStreakLog']) {
        await page.evaluate(`location.hash = '#/${operation}'`)
        await page.waitForSelector(
          `#operations-${operation.replace('%20', '_').replace('/', '-')}.is-open .responses-table`,
        )
        await fits(operation)
      }
    })

    it.each(['light', 'dark'] as const)(
      'can be read in the %s theme that the system asks for',
      async (theme) => {
        await page.emulateMedia({ colorScheme: theme })
        await page.evaluate(
          'Promise.allSettled(document.getAnimations().map(({ finished }) => finished)).then(() => {})',
        )
        const background = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor')
        expect(luminance(background) < 0.5).toBe(theme === 'dark')
        const pale = await page.evaluate<string[]>(PALE_TEXTS)
        expect(pale).toEqual([])
      },
    )

    it('loads nothing from elsewhere and reports no fault', async () => {
      expect(await page.locator('.opblock-tag').count()).toBeGreaterThan(10)
      expect(faults).toEqual([])
    })
  })
}

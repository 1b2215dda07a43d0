import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, Page } from 'playwright-core'
import type { ConsoleRole } from '../../src/ports/schema/console-values.ts'
import type { Api } from './api.ts'
import { signedIn } from './console.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What a page must never do: ask elsewhere, break, or be refused by its own policy. */
export function watched(page: Page, origin: string): string[] {
  const faults: string[] = []
  page.on('console', (message) => {
    // answers that are refusals are told on the page
    if (/Failed to load resource/.test(message.text())) return
    if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text())
  })
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(origin) && !url.startsWith('data:')) faults.push(`elsewhere ${url}`)
  })
  return faults
}

/** A page of somebody who is signed in with this role. */
export async function openAs(
  api: Api,
  browser: Browser,
  accountId: string,
  role: ConsoleRole,
  email = `${role}-${crypto.randomUUID()}@example.com`,
): Promise<{ readonly page: Page; readonly faults: string[] }> {
  const { cookie } = await signedIn(api, accountId, email, role)
  const [name = '', value = ''] = cookie.split('=')
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  await context.addCookies([{ name, value, url: api.origin }])
  const page = await context.newPage()
  return { page, faults: watched(page, api.origin) }
}

/** What axe finds wrong, a line each. */
export async function axeFaults(page: Page): Promise<string[]> {
  // by the debugger's door: the page's own policy lets no script in
  await page.evaluate(AXE)
  return page.evaluate<string[]>(`axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 160)).join(' | ')))`)
}

/** Presses Tab until what has focus is called so. @throws Error after too many */
export async function tabTo(page: Page, name: RegExp): Promise<void> {
  const seen: string[] = []
  for (let presses = 0; presses < 80; presses += 1) {
    const focused = await page.evaluate<string>(`(() => {
      const element = document.activeElement
      if (!element.matches('a, button, input, select, textarea, summary')) return ''
      const labels = [...(element.labels ?? [])].map((label) => label.textContent.trim())
      return (element.getAttribute('aria-label') ?? (labels.join(' ') || element.textContent)).trim()
    })()`)
    if (name.test(focused)) return
    seen.push(focused.slice(0, 40))
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab never reached ${name}: ${seen.join(' → ')}`)
}

import '../helpers/zone-data.ts'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { NOW, startApi } from '../helpers/api.ts'
import { chromiumBinary, openChromium } from '../helpers/chromium.ts'
import { openAs, watched } from '../helpers/console-pages.ts'
import {
  CONSOLE_PLACES,
  PICTURE_THEMES,
  PICTURE_WIDTHS,
  PICTURES,
  pictureOf,
} from '../helpers/console-places.ts'
import { openConsoleShop } from '../helpers/console-shop.ts'

/**
 * `npm run screenshots`: takes the pictures of docs/console.md anew, every page in both widths and both themes, on the
 * data of a small shop and at a time that stands still. Needs a Chromium, and listens on this machine alone.
 */
const HEIGHT = 800
const QUALITY = 40

/** As WebP, which Chromium writes itself. */
async function take(page: Page, file: string): Promise<number> {
  const debuggers = await page.context().newCDPSession(page)
  const { data } = await debuggers.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY })
  await debuggers.detach()
  const picture = Buffer.from(data, 'base64')
  await writeFile(file, picture)
  return picture.length
}

async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor()
  while ((await page.locator('.loading').count()) > 0) {
    await page.locator('.loading').first().waitFor({ state: 'detached' })
  }
}

const binary = chromiumBinary()
if (binary === null) process.exit(1)
const api = await startApi()
const shop = await openConsoleShop(api)
const url = 'https://shop.example.com/streaks'
const { id: endpoint } = await shop.admin.create('webhook_endpoint', { url, events: ['reward.issued'] })
const browser = await openChromium(binary)
const { page, faults } = await openAs(api, browser, shop.admin.accountId, 'owner', 'owner@example.com')
const stranger = await (await browser.newContext()).newPage()
faults.push(...watched(stranger, api.origin))
await rm(PICTURES, { recursive: true, force: true })
await mkdir(PICTURES, { recursive: true })
let bytes = 0
for (const each of [page, stranger]) await each.clock.setFixedTime(NOW)
for (const { name, pattern, path } of CONSOLE_PLACES) {
  const on = pattern === null ? stranger : page
  for (const width of PICTURE_WIDTHS) {
    await on.setViewportSize({ width, height: HEIGHT })
    await on.goto(`${api.origin}/console${path(shop, { endpoint })}`)
    await settled(on)
    for (const colorScheme of PICTURE_THEMES) {
      await on.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      bytes += await take(on, join(PICTURES, pictureOf(name, width, colorScheme)))
    }
  }
  process.stdout.write(`${name}\n`)
}
await browser.close()
await api.close()
for (const fault of faults) process.stderr.write(`${fault}\n`)
process.stdout.write(`${Math.round(bytes / 1000)} kB in ${PICTURES}\n`)
process.exitCode = faults.length > 0 ? 1 : 0

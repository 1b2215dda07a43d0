import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome']

/** The Chromium that CHROMIUM_BIN names, or one on PATH; null, said loudly, where there is none. */
export function chromiumBinary(): string | null {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const candidates = [
    process.env.CHROMIUM_BIN ?? '',
    ...folders.flatMap((folder) => NAMES.map((name) => join(folder, name))),
  ]
  const found = candidates.find((path) => path !== '' && existsSync(path)) ?? null
  if (found === null) process.stderr.write('\nPages SKIPPED: no Chromium on PATH, none in CHROMIUM_BIN\n\n')
  return found
}

/** How long a page is waited for, on a machine that has much else to do. */
const PATIENCE_MS = 120_000

/** A browser that asks nobody for anything but what its pages ask for; they are waited for patiently. */
export async function openChromium(executablePath: string): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
  })
  const open = browser.newContext.bind(browser)
  browser.newContext = async (options) => {
    const context = await open(options)
    context.setDefaultTimeout(PATIENCE_MS)
    return context
  }
  browser.newPage = async (options) => (await browser.newContext(options)).newPage()
  return browser
}

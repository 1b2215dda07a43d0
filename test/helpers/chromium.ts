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

/** A browser that asks nobody for anything but what its pages ask for. */
export function openChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
  })
}

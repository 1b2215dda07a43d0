import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Browser } from 'playwright-core'
import { chromiumBinary, openChromium } from './chromium.ts'

/**
 * A suite that is played in a real browser, which is open before its first hook and closed before its last ones. Where
 * no Chromium can be had it is skipped, unless one is required.
 */
export function describeInBrowser(name: string, play: (browser: () => Browser) => void): void {
  const binary = chromiumBinary()
  if (binary === null) {
    it(`${name} SKIPPED: no Chromium could be had`, () => {
      expect(process.env.REQUIRE_CHROMIUM).not.toBe('1')
    })
    return
  }
  describe(name, () => {
    let browser: Browser
    beforeAll(async () => {
      browser = await openChromium(binary)
    })
    afterAll(() => browser.close())
    play(() => browser)
  })
}

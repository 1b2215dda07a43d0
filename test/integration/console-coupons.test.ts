import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { type Api, type Body, startApi } from '../helpers/api.ts'
import { chromiumBinary, openChromium } from '../helpers/chromium.ts'
import { openAs } from '../helpers/console-pages.ts'
import { type ConsoleShop, openConsoleShop } from '../helpers/console-shop.ts'

const binary = chromiumBinary()

if (binary === null) {
  it('the pages of coupons SKIPPED: no Chromium could be had', () => {
    expect(process.env.REQUIRE_CHROMIUM).not.toBe('1')
  })
} else {
  describe('the pages of coupons', () => {
    let api: Api
    let shop: ConsoleShop
    let browser: Browser
    let page: Page
    let faults: string[]
    jest.setTimeout(180_000)

    beforeAll(async () => {
      api = await startApi()
      shop = await openConsoleShop(api)
      browser = await openChromium(binary)
      ;({ page, faults } = await openAs(api, browser, shop.admin.accountId, 'staff'))
    })
    afterAll(async () => {
      await browser.close()
      await api.close()
    })

    const upload = async (bytes: Buffer, name = 'codes.csv') => {
      const address = `${api.origin}/console/coupons/providers/${shop.pool.id}`
      if (page.url() !== address) await page.goto(address)
      await page.getByLabel(/CSV/).setInputFiles({ name, mimeType: 'text/csv', buffer: bytes })
      await page.getByRole('button', { name: 'Upload' }).click()
    }
    const leftOut = () =>
      page.getByRole('table', { name: 'Codes that were left out' }).locator('tbody tr').allInnerTexts()

    it('say by line what is wrong with a file as spreadsheet programs write it', async () => {
      await shop.admin.create('coupon_code', { providerId: shop.pool.id, codes: ['OLD-1'] })
      const lines = [
        '"Name";"Discount code"',
        'x;A-1',
        '',
        'x;"A-2"',
        'x;a-1',
        ';',
        'x;',
        'x;"A-3',
        'x;old-1',
      ]
      const long = `x;${'L'.repeat(129)}`
      await upload(Buffer.from(`\uFEFF${[...lines, long, 'x;A-4'].join('\r\n')}\r\n`))
      await page.getByText('5 of 5 codes sent, 3 stored, 5 left out.').waitFor()
      await page.getByText('Taken from the column “Discount code”.').waitFor()
      expect((await leftOut()).map((row) => row.replaceAll('\t', ' | '))).toEqual([
        '5 | a-1 | The same code stands on line 2.',
        '7 |  | There is nothing in the column of the codes.',
        '8 | A-3 | A quote begins here that is not closed.',
        '9 | old-1 | This code is already in the account.',
        `10 | ${'L'.repeat(129)} | This has 129 characters, at most 128 are allowed.`,
      ])
      await page.getByText('4 codes left.').waitFor()
    })

    it('find the same code also far apart, and show all that was left out', async () => {
      const codes = Array.from({ length: 1_500 }, (_, at) => `FAR-${at}`)
      await upload(Buffer.from([...codes, ...codes.slice(0, 150)].join('\n')))
      await page.getByText('1,500 of 1,500 codes sent, 1,500 stored, 150 left out.').waitFor()
      expect(await leftOut()).toHaveLength(100)
      await page.getByRole('button', { name: 'Show more' }).click()
      const rows = await leftOut()
      expect([rows.length, rows.at(-1)?.startsWith('1650')]).toEqual([150, true])
      expect(rows.at(-1)).toContain('The same code stands on line 150.')
    })

    it('read the other encoding of spreadsheet programs, and say what is no text at all', async () => {
      await upload(Buffer.from('\uFEFFWIDE-1\r\nWIDE-2\r\n', 'utf16le'))
      await page.getByText('2 of 2 codes sent, 2 stored, 0 left out.').waitFor()
      await upload(Buffer.from('PK\u0003\u0004 a workbook', 'latin1'), 'codes.xlsx')
      await page.getByText('This is a workbook, no CSV.').waitFor()
      await upload(Buffer.from('\r\n\r\n'))
      await page.getByText('There is no code in this file.').waitFor()
      const { body } = await shop.admin.list('coupon_code', {
        filters: { fieldSlug: 'code', operator: 'STARTS_WITH', value: 'WIDE' },
      })
      expect(body.data.map(({ code }: Body) => code).sort()).toEqual(['WIDE-1', 'WIDE-2'])
    })

    it('report no fault', () => {
      expect(faults).toEqual([])
    })
  })
}

import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { Page } from 'playwright-core'
import { type Api, type Body, startApi } from '../helpers/api.ts'
import { axeFaults, openAs } from '../helpers/console-pages.ts'
import { type ConsoleShop, openConsoleShop, SHOPPER } from '../helpers/console-shop.ts'
import { describeInBrowser } from '../helpers/in-browser.ts'
import { shopifyOrder } from '../helpers/payloads.ts'

describeInBrowser('the pages of orders, shoppers, streaks and coupons', (browser) => {
  let api: Api
  let shop: ConsoleShop
  let page: Page
  let faults: string[]

  beforeAll(async () => {
    api = await startApi()
    shop = await openConsoleShop(api)
    const opened = await openAs(api, browser(), shop.admin.accountId, 'staff')
    page = opened.page
    faults = opened.faults
  })
  afterAll(async () => {
    await api.close()
  })

  const pages = () => [
    ['/orders', 'Orders'],
    ['/orders?q=1001', 'Orders'],
    ['/orders/order?orderId=5001', 'Order #1001'],
    ['/orders/order?orderName=nothing', 'Order nothing'],
    ['/shoppers', 'Shoppers'],
    [`/shoppers/${shop.member.id}`, 'שרה Levi'],
    ['/streaks', 'Streaks'],
    ['/streaks/new', 'New streak'],
    [`/streaks/${shop.days.id}`, 'days'],
    ['/coupons', 'Coupons'],
    ['/coupons?state=held', 'Coupons'],
    [`/coupons/coupon/${shop.byHand.id}`, 'Coupon'],
    ['/coupons/providers', 'Where coupons come from'],
    ['/coupons/providers/new', 'New provider'],
    [`/coupons/providers/${shop.pool.id}`, 'Printed codes'],
    [`/coupons/providers/${shop.service.id}`, 'Our service'],
  ]
  const open = async (at: Page, path: string, heading: string) => {
    await at.goto(`${api.origin}/console${path}`)
    await at.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor()
    await at.locator('.loading').first().waitFor({ state: 'detached' })
  }
  const main = () => page.getByRole('main')

  it('can be used by everybody, wide and narrow, light and dark', async () => {
    const found: string[] = []
    for (const [path = '', heading = ''] of pages()) {
      await open(page, path, heading)
      for (const width of [1280, 768, 360]) {
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.setViewportSize({ width, height: 900 })
          await page.emulateMedia({ colorScheme })
          for (const fault of await axeFaults(page)) found.push(`${path} ${width} ${colorScheme} ${fault}`)
        }
        const wide = await page.evaluate<number>('document.documentElement.scrollWidth')
        if (wide > width) found.push(`${path} is ${wide} wide on ${width}`)
      }
    }
    await page.setViewportSize({ width: 1280, height: 900 })
    expect(found).toEqual([])
  })

  it('fit a telephone with letters of twice the size', async () => {
    await page.setViewportSize({ width: 360, height: 900 })
    const wide: string[] = []
    for (const [path = '', heading = ''] of pages()) {
      await open(page, path, heading)
      await page.evaluate("document.documentElement.style.fontSize = '200%'")
      const width = await page.evaluate<number>('document.documentElement.scrollWidth')
      if (width > 360) wide.push(`${path}: ${width}`)
    }
    await page.setViewportSize({ width: 1280, height: 900 })
    expect(wide).toEqual([])
  })

  it('say that a slow server is still waited for, and show what it answers in the end', async () => {
    const held: (() => void)[] = []
    await page.route('**/schema/streak/record?**', async (route) => {
      await new Promise<void>((resolve) => held.push(resolve))
      await route.continue()
    })
    await page.goto(`${api.origin}/console/streaks`)
    await page.getByText('this takes longer than usual, still waiting').waitFor()
    expect(await axeFaults(page)).toEqual([])
    for (const letGo of held) letGo()
    await page.getByRole('link', { name: 'days', exact: true }).waitFor()
    expect(await page.getByText('longer than usual').count()).toBe(0)
    await page.unroute('**/schema/streak/record?**')
  })

  it('offer a viewer nothing that would be refused', async () => {
    const viewer = await openAs(api, browser(), shop.admin.accountId, 'viewer')
    const buttons: string[] = []
    for (const [path = '', heading = ''] of pages()) {
      await open(viewer.page, path, heading)
      for (const name of await viewer.page.getByRole('main').getByRole('button').allTextContents())
        buttons.push(name)
    }
    expect([...new Set(buttons)]).toEqual(['Find', 'Forecast again'])
    expect(await viewer.page.getByRole('main').locator('input[type=file]').count()).toBe(0)
    expect(viewer.faults).toEqual([])
    await viewer.page.context().close()
  })

  it('find an order by its name and tell its journey, with the checks in small print', async () => {
    await open(page, '/orders', 'Orders')
    await page.getByLabel('Number of the order').fill('1001')
    await page.getByRole('button', { name: 'Find' }).click()
    await page.getByRole('link', { name: '#1001' }).first().click()
    await page.getByRole('heading', { level: 1, name: 'Order #1001' }).waitFor()
    await page.getByText('The order counted').first().waitFor()
    const text = await main().textContent()
    expect(text).toContain('60.00 EUR')
    expect(text).toContain('placed 20 Nov 2026, 16:00 (Europe/Berlin)')
    expect(text).toContain('The order was placed at 20 Nov 2026, 07:00 in America/Los_Angeles;')
    expect(text).not.toContain('placed at 2026-11-20')
    const days = page.locator('section', { has: page.getByRole('heading', { name: 'days' }) })
    await days.getByText('What was checked').click()
    const row = days
      .getByRole('table', { name: 'Checks of rule 1' })
      .getByRole('row', { name: /CURRENCY_MISMATCH/ })
    expect(await row.getByRole('cell').allTextContents()).toEqual([
      'Currency CURRENCY_MISMATCH',
      'EUR',
      'any',
      'yes',
    ])
  })

  it('judge what a shop told anew', async () => {
    await open(page, '/orders/order?orderId=5001', 'Order #1001')
    await page.getByRole('button', { name: 'Judge it anew' }).click()
    const replayed = page.waitForResponse(/\/schema\/delivery\/record\/[\w-]+\/replay$/)
    await page.getByRole('dialog').getByRole('button', { name: 'Judge it anew' }).click()
    await page.getByText('It was judged anew.').waitFor()
    expect(((await (await replayed).json()) as Body).data).toMatchObject({
      dryRun: false,
      outcome: 'unchanged',
    })
  })

  it('take an order back and count it again, with the reason', async () => {
    await open(page, '/orders/order?orderId=5001', 'Order #1001')
    await page.getByRole('button', { name: 'Take it back' }).first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Why?').fill('Returned at the counter')
    await dialog.getByRole('button', { name: 'Take it back' }).click()
    await page.getByText('The order counted and was taken back').first().waitFor()
    await page.getByText('Returned at the counter', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Count it again' }).click()
    await dialog.getByLabel('Why?').fill('A mistake')
    await dialog.getByRole('button', { name: 'Count it again' }).click()
    await page.getByText('A mistake', { exact: true }).waitFor()
    const { body } = await shop.admin.list('withdrawal', { sortBy: [{ fieldSlug: 'createdAt' }] })
    expect(body.data.map(({ kind, reason }: { kind: string; reason: string }) => [kind, reason])).toEqual([
      ['withdrawal', 'Returned at the counter'],
      ['reinstatement', 'A mistake'],
    ])
  })

  it('show what arrives while somebody looks, by itself', async () => {
    await open(page, '/orders', 'Orders')
    const order = { name: '#2002' }
    await shop.told('orders/paid', shopifyOrder({ id: '5002', currency: 'EUR', order, ...SHOPPER }))
    await page.getByRole('link', { name: '#2002' }).waitFor()
  })

  it('tell of an order what arrives while somebody looks, and in words why it did not count', async () => {
    const order = { name: '#2003' }
    await shop.told('orders/paid', shopifyOrder({ id: '5003', currency: 'EUR', order, ...SHOPPER }))
    await open(page, '/orders/order?orderId=5003', 'Order #2003')
    const headers = { 'x-shopify-webhook-id': crypto.randomUUID() }
    const same = shopifyOrder({ id: '5003', currency: 'EUR', order, ...SHOPPER })
    await shop.told('orders/updated', same, { headers })
    await page.getByText('It changes nothing that counts: no refund and no cancellation.').waitFor()
    const rows = page.getByRole('table', { name: 'Webhooks of this order' }).locator('tbody tr')
    expect(await rows.count()).toBe(2)
    expect(await rows.first().textContent()).toContain('An order was changeddid not count')
  })

  it('say why nobody has heard of an order', async () => {
    await open(page, '/orders?q=nothing', 'Orders')
    await page.getByRole('status').getByText('Nothing found.').waitFor()
    await page.getByRole('link', { name: 'find out why' }).click()
    await page.getByText('No shop has told of this order').waitFor()
  })

  it('find orders by whoever bought, also what did not count, with the focus where it was', async () => {
    const customer = { customerId: '70999', email: 'tried@example.com' }
    const order = { name: '#7777' }
    await shop.told('orders/paid', shopifyOrder({ id: '5077', ...customer, test: true, order }))
    await open(page, '/orders', 'Orders')
    const box = page.getByRole('search').getByRole('searchbox')
    for (const [sought, name] of [
      ['TRIED@example.com', '#7777'],
      ['70999', '#7777'],
      ['levi שרה', '#1001'],
      ['buyer@example.com', '#1001'],
    ] as const) {
      await box.fill(sought)
      await box.press('Enter')
      await page.getByRole('heading', { name: `Found for ${sought}` }).waitFor()
      await page.getByRole('status').getByText('found.').waitFor()
      const names = await page.getByRole('main').getByRole('row').getByRole('link').allTextContents()
      expect([sought, [...new Set(names)].includes(name)]).toEqual([sought, true])
      expect(await page.evaluate('document.activeElement.type')).toBe('search')
    }
    await page.goBack()
    await page.getByRole('heading', { name: 'Found for levi שרה' }).waitFor()
    expect(await box.inputValue()).toBe('levi שרה')
    await page.reload()
    await page.getByRole('heading', { name: 'Found for levi שרה' }).waitFor()
    await page.goto(`${api.origin}/console/shoppers`)
    await page.getByLabel('E-mail, name or number').fill('levi')
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'שרה Levi' }).waitFor()
  })

  it('show the weeks of a shopper by the zone and the first day of the streak', async () => {
    await open(page, '/shoppers?q=BUYER@example.com', 'Shoppers')
    await page.getByRole('link', { name: 'שרה Levi' }).click()
    const card = page.locator('section', { has: page.getByRole('heading', { name: 'Every week' }) })
    await card.locator('.periods li').first().waitFor()
    expect(await card.textContent()).toContain('Weeks begin on Sunday, by the clocks of America/Los_Angeles.')
    expect(await card.locator('.periods li').allTextContents()).toEqual([
      'Sun 25 Oct to Sat 31 Oct ✓: done, 1 of 1',
      'Sun 1 Nov to Sat 7 Nov ✕: missed',
      'Sun 8 Nov to Sat 14 Nov ✓: done, 1 of 1',
      'Sun 15 Nov to Sat 21 Nov ✕: missed',
      'Sun 22 Nov to Sat 28 Nov ○: open',
    ])
  })

  it('count a purchase that is entered by hand', async () => {
    await open(page, `/shoppers/${shop.member.id}`, 'שרה Levi')
    await page.getByText('Enter a purchase by hand').click()
    await page.getByLabel('Streak').selectOption({ label: 'days' })
    await page.getByLabel('Number of the purchase').fill('till 17')
    await page.getByLabel('Day').fill('2026-11-21')
    await page.getByRole('button', { name: 'Count it' }).click()
    await page.getByRole('link', { name: 'till 17' }).waitFor()
    const { body } = await shop.admin.list('streak_log', {
      filters: { fieldSlug: 'uniqueIdentifier', operator: 'EQUALS', value: 'till 17' },
    })
    expect(body.data[0].activityAt).toBe('2026-11-21T11:00:00.000Z')
  })

  it('say what of a streak is fixed, and why, and pause it', async () => {
    await open(page, `/streaks/${shop.weeks.id}`, 'Every week')
    await page.getByText('An order has counted on this streak.').waitFor()
    expect(await page.getByLabel('Weeks begin on').isDisabled()).toBe(true)
    await page.getByLabel('Name', { exact: true }).fill('Each week')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { level: 1, name: 'Each week' }).waitFor()
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click()
    await page.getByText('paused', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Go on' }).click()
    await page.getByText('live', { exact: true }).waitFor()
  })

  it('make a streak and a milestone, and delete both while nothing rests on them', async () => {
    await open(page, '/streaks/new', 'New streak')
    await page.getByLabel('Name', { exact: true }).fill('Every month')
    await page.getByLabel('Each', { exact: true }).selectOption('monthly')
    await page.getByRole('button', { name: 'Make it' }).click()
    await page.getByRole('heading', { level: 1, name: 'Every month' }).waitFor()
    await page.getByRole('button', { name: 'New milestone' }).click()
    const form = page.getByRole('form', { name: 'New milestone' })
    await form.getByLabel('Name', { exact: true }).fill('Half a year')
    await form.getByLabel('How many').fill('6')
    await form.getByRole('button', { name: 'Make it' }).click()
    await page.getByText('after 6 months in a row, each time').waitFor()
    expect(await page.getByRole('button', { name: 'Delete' }).count()).toBe(0)
    await page.getByRole('button', { name: 'Change' }).click()
    await page.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await page.getByText('Nothing can be earned yet').waitFor()
    await page.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('heading', { level: 1, name: 'Streaks' }).waitFor()
  })

  it('name who bought, and lead there', async () => {
    await open(page, '/orders/order?orderId=5001', 'Order #1001')
    await page.getByRole('link', { name: 'שרה Levi' }).click()
    await page.getByRole('heading', { level: 1, name: 'שרה Levi' }).waitFor()
    await page.goBack()
    await page.getByText('shopify:7001').waitFor()
  })

  it('say once what the forecast could not read', async () => {
    await open(page, `/streaks/${shop.days.id}`, 'days')
    const told = await page.getByText('Not all orders could be read.').textContent()
    expect(told?.match(/is not installed at its platform/g)).toHaveLength(1)
  })

  it('issue a coupon by hand, and give up one that waits', async () => {
    await open(page, `/coupons/coupon/${shop.byHand.id}`, 'Coupon')
    expect(await main().textContent()).toContain('earned a coupon, given by you, by “A cake” on')
    await page.getByLabel('Code', { exact: true }).fill('CAKE-1')
    await page.getByRole('button', { name: 'Issue it' }).click()
    await page.getByText('issued', { exact: true }).waitFor()
    await open(page, '/coupons?state=pending', 'Coupons')
    await page.getByRole('link', { name: 'Ten per cent' }).first().click()
    await page.getByRole('button', { name: 'Give up' }).click()
    await page.getByRole('dialog').getByLabel('Why?').fill('Not in summer')
    await page.getByRole('dialog').getByRole('button', { name: 'Give up' }).click()
    await page.getByText('could not be issued', { exact: true }).waitFor()
    await page.getByText('Not in summer').waitFor()
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByText('to be issued', { exact: true }).waitFor()
  })

  it('add a provider, change what it needs to know without seeing its secret, and delete it', async () => {
    await open(page, '/coupons/providers', 'Where coupons come from')
    await page.getByRole('link', { name: 'Add a provider' }).click()
    await page.getByLabel('Shopify', { exact: false }).first().check()
    await page
      .getByText('No shop of Shopify is connected yet.')
      .or(page.getByText('connected by hand'))
      .waitFor()
    await page.getByLabel('Your own service').check()
    await page.getByLabel('Name', { exact: true }).fill('Till service')
    await page.getByLabel('Address of the service').fill('not an address')
    await page.getByLabel('Signing secret', { exact: true }).fill(`whsec_${'dGlsbHMh'.repeat(5)}`)
    await page.evaluate("document.querySelector('main form').noValidate = true")
    await page.getByRole('button', { name: 'Make it' }).click()
    await page.locator('.fault').waitFor()
    await page.getByLabel('Address of the service').fill('https://coupons.example.com/make')
    await page.getByRole('button', { name: 'Make it' }).click()
    await page.getByRole('heading', { level: 1, name: 'Till service' }).waitFor()
    const all: Body[] = (await shop.admin.list('coupon_provider')).body.data
    const made = all.find(({ name }) => name === 'Till service')
    expect(made).toMatchObject({
      name: 'Till service',
      settings: { url: 'https://coupons.example.com/make' },
    })
    expect(await page.getByLabel('Signing secret', { exact: true }).inputValue()).toBe('')
    await page.getByLabel('Name', { exact: true }).fill('Till')
    await page.getByLabel('Address that takes coupons back').fill('https://coupons.example.com/undo')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { level: 1, name: 'Till', exact: true }).waitFor()
    const patched = (await shop.admin.get(`/schema/coupon_provider/record/${made.id}`)).body.data
    expect(patched.settings).toEqual({
      url: 'https://coupons.example.com/make',
      revokeUrl: 'https://coupons.example.com/undo',
    })
    await page.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('heading', { level: 1, name: 'Where coupons come from' }).waitFor()
    expect((await shop.admin.get(`/schema/coupon_provider/record/${made.id}`)).status).toBe(404)
  })

  it('upload the codes of a file, and say by line what is wrong with which', async () => {
    await shop.admin.create('coupon_code', { providerId: shop.pool.id, codes: ['OLD-1'] })
    await open(page, `/coupons/providers/${shop.pool.id}`, 'Printed codes')
    const lines = ['code', ...Array.from({ length: 1_200 }, (_, at) => `NEW-${at}`)]
    lines[5] = 'old-1'
    lines[1_100] = 'x'.repeat(129)
    await page.getByLabel(/CSV/).setInputFiles({
      name: 'codes.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(lines.join('\n')),
    })
    await page.getByRole('button', { name: 'Upload' }).click()
    await page.getByText('1,200 of 1,200 codes sent, 1,198 stored, 2 left out.').waitFor()
    const rows = await page
      .getByRole('table', { name: 'Codes that were left out' })
      .locator('tbody tr')
      .allTextContents()
    expect(rows.map((row) => row.slice(0, 4))).toEqual(['6old', '1101'])
    await page.getByText('1,199 codes left.').waitFor()
  })

  it('go on after a server that could not be reached, and keep what was typed', async () => {
    await open(page, '/streaks/new', 'New streak')
    await page.getByLabel('Name', { exact: true }).fill('Kept')
    await page.route('**/schema/**', (route) => route.abort())
    await page.getByRole('button', { name: 'Make it' }).click()
    await page.getByText('The server cannot be reached').waitFor()
    await page.unroute('**/schema/**')
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Kept')
  })

  it('erase a shopper only once their name is typed', async () => {
    await open(page, `/shoppers/${shop.member.id}`, 'שרה Levi')
    const exported = page.getByRole('link', { name: 'Download everything kept' })
    expect(await exported.getAttribute('href')).toBe(`/schema/account_user/record/${shop.member.id}/export`)
    await page.getByRole('button', { name: 'Erase' }).click()
    const dialog = page.getByRole('dialog')
    expect(await dialog.getByRole('button', { name: 'Erase' }).isDisabled()).toBe(true)
    await dialog.getByRole('textbox').fill('שרה Levi')
    await dialog.getByRole('button', { name: 'Erase' }).click()
    await page.getByRole('heading', { level: 1, name: 'Shoppers' }).waitFor()
    expect((await shop.admin.get(`/schema/account_user/record/${shop.member.id}`)).status).toBe(404)
  })

  it('load nothing from elsewhere and report no fault', () => {
    expect(faults).toEqual([])
  })
})

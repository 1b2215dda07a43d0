import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { Page } from 'playwright-core'
import { type Api, type Body, type Client, startApi } from '../helpers/api.ts'
import { openAs } from '../helpers/console-pages.ts'
import { describeInBrowser } from '../helpers/in-browser.ts'

describeInBrowser('the page of a shopper', (browser) => {
  let api: Api
  let client: Client
  let streak: Body
  let page: Page
  let faults: string[]

  beforeAll(async () => {
    api = await startApi()
    client = await api.account('متجر الشاي', 'Europe/Berlin')
    streak = await client.create('streak', {
      name: 'كل يوم Tea',
      status: 'live',
      aggregationMethod: 'count',
      aggregationTargetValue: 1,
    })
    ;({ page, faults } = await openAs(api, browser(), client.accountId, 'staff'))
  })
  afterAll(async () => {
    await api.close()
  })

  const buys = async (externalId: string, firstName: string, lastName: string): Promise<Body> => {
    await client.create('streak_log', {
      streakId: streak.id,
      activityId: 'made_a_purchase',
      activityAt: new Date(api.clock.now()).toISOString(),
      status: 'live',
      uniqueIdentifier: `order of ${externalId}`,
      ownedBy: { externalId, firstName, lastName },
    })
    const filters = { fieldSlug: 'externalId', operator: 'EQUALS', value: externalId }
    return (await client.list('account_user', { filters })).body.data[0]
  }
  const open = async (path: string) => {
    await page.goto(`${api.origin}/console${path}`)
    await page.getByRole('button', { name: 'Erase' }).waitFor()
  }
  const directionOf = (css: string) =>
    page.evaluate<string>(`getComputedStyle(document.querySelector(${JSON.stringify(css)})).direction`)
  const isGone = async ({ id }: Body) =>
    (await client.get(`/schema/account_user/record/${id}`)).status === 404

  it('heads itself where the page begins, with the name in its own direction', async () => {
    const shopper = await buys('rtl', 'שרה', 'Levi')
    await open(`/shoppers/${shopper.id}`)
    await page.getByRole('heading', { level: 1, name: 'שרה Levi', exact: true }).waitFor()
    expect([await directionOf('h1'), await directionOf('h1 bdi')]).toEqual(['ltr', 'rtl'])
    await page.goto(`${api.origin}/console/streaks/${streak.id}`)
    await page.getByRole('heading', { level: 1, name: 'كل يوم Tea', exact: true }).waitFor()
    expect([await directionOf('h1'), await directionOf('h1 bdi')]).toEqual(['ltr', 'rtl'])
    await page.goto(`${api.origin}/console`)
    await page.getByText('كل يوم Tea').first().waitFor()
    const withNames = `[...document.querySelectorAll('main :is(h1, h2, h3, p, li)')].filter((each) =>
        /[\\u0590-\\u06ff]/.test(each.textContent) && getComputedStyle(each).direction !== 'ltr').length`
    expect(await page.evaluate<number>(withNames)).toBe(0)
  })

  it('erases nobody by another name, and says that it is not theirs yet', async () => {
    const shopper = await buys('wrong', 'Ada', 'Lovelace')
    await open(`/shoppers/${shopper.id}`)
    await page.getByRole('button', { name: 'Erase' }).click()
    const dialog = page.getByRole('dialog')
    for (const wrong of ['Ada', 'ada lovelace', 'Ada Lovelace!', 'AdaLovelace']) {
      await dialog.getByRole('textbox').fill(wrong)
      await dialog.getByText('This is not the name yet.').waitFor()
      expect(await dialog.getByRole('button', { name: 'Erase' }).isDisabled()).toBe(true)
      await dialog.getByRole('textbox').press('Enter')
    }
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    expect(await isGone(shopper)).toBe(false)
  })

  it.each([
    ['with blanks that a page shows as one', ' Anna  Maria', 'de  la Cruz ', 'Anna Maria de la Cruz'],
    ['with marks of direction that nobody sees', '\u200Fשרה\u200F', 'Levi\u200E', 'שרה Levi'],
    ['composed another way', 'Zoe\u0308', 'Nun\u0303ez', 'Zo\u00EB Nu\u00F1ez'],
    ['of blanks alone, by what else is known', '  ', ' ', 'of blanks alone, by what else is known'],
  ])('erases by the name as it is seen: one %s', async (externalId, firstName, lastName, typed) => {
    const shopper = await buys(externalId, firstName, lastName)
    await open(`/shoppers/${shopper.id}`)
    await page.getByRole('button', { name: 'Erase' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox').fill(typed)
    await dialog.getByRole('button', { name: 'Erase' }).click()
    await page.getByRole('heading', { level: 1, name: 'Shoppers' }).waitFor()
    expect(await isGone(shopper)).toBe(true)
  })

  it('downloads what is kept, also by a session that has ended meanwhile: it is begun anew first', async () => {
    const shopper = await buys('export', 'Grace', 'Hopper')
    await open(`/shoppers/${shopper.id}`)
    const cookies = await page.context().cookies()
    await page.context().clearCookies()
    await page.getByRole('link', { name: 'Download everything kept' }).click()
    await page.getByRole('dialog', { name: 'Sign in again' }).waitFor()
    await page.context().addCookies(cookies)
    const downloading = page.waitForEvent('download')
    await page.getByRole('dialog').getByLabel('Password').fill('a long enough password')
    await page.getByRole('dialog').getByRole('button', { name: 'Sign in' }).click()
    const download = await downloading
    expect(download.suggestedFilename()).toBe(`shopper-${shopper.id}.json`)
    expect(await download.failure()).toBe(null)
  })

  it('says in words why a purchase that is entered by hand does not count, and keeps what was typed', async () => {
    const shopper = await buys('by hand', 'Lin', 'Wei')
    await open(`/shoppers/${shopper.id}`)
    await page.getByText('Enter a purchase by hand').click()
    const form = page.getByRole('form', { name: 'Enter a purchase by hand' })
    const enter = async (number: string, day: string) => {
      await form.getByLabel('Number of the purchase').fill(number)
      await form.getByLabel('Day').fill(day)
      await form.getByRole('button', { name: 'Count it' }).click()
    }
    await enter('order of by hand', '2026-11-20')
    await form.getByRole('alert').waitFor()
    expect(await form.getByLabel('Number of the purchase').inputValue()).toBe('order of by hand')
    await enter('till 18', '2099-01-01')
    await form.getByText(/future/).waitFor()
    expect(await form.getByLabel('Day').inputValue()).toBe('2099-01-01')
    await enter('till 18', '2026-11-19')
    await page.getByRole('link', { name: 'till 18' }).waitFor()
    const filters = { fieldSlug: 'ownedById', operator: 'EQUALS', value: shopper.id }
    const { body } = await client.list('streak_log', { filters })
    expect(body.data.map(({ uniqueIdentifier }: Body) => uniqueIdentifier).sort()).toEqual([
      'order of by hand',
      'till 18',
    ])
  })

  it('reports no fault', () => {
    expect(faults).toEqual([])
  })
})

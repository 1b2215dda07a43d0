import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { Page } from 'playwright-core'
import { type Api, type Body, startApi } from '../helpers/api.ts'
import { openAs } from '../helpers/console-pages.ts'
import { type ConsoleShop, openConsoleShop } from '../helpers/console-shop.ts'
import { describeInBrowser } from '../helpers/in-browser.ts'

describeInBrowser('the pages of coupons', (browser) => {
  let api: Api
  let shop: ConsoleShop
  let page: Page
  let faults: string[]

  beforeAll(async () => {
    api = await startApi()
    shop = await openConsoleShop(api)
    ;({ page, faults } = await openAs(api, browser(), shop.admin.accountId, 'staff'))
  })
  afterAll(async () => {
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
    const lines = ['"Name";"Discount code"', 'x;A-1', '', 'x;"A-2"', 'x;a-1', ';', 'x;', 'x;"A-3', 'x;old-1']
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

  const rewardOf = async (set: object, isOurs = true): Promise<Body> => {
    const rewards: Body[] = (await shop.admin.list('reward_log')).body.data
    const reward = rewards.find((each) => (each.reward !== null) === isOurs)!
    const { accountId } = shop.admin
    const changed = await api.store.commit([
      { op: 'update', collection: 'reward_log', id: reward.id, accountId, guard: {}, set },
    ])
    expect(changed).toMatchObject({ outcome: 'committed' })
    return reward
  }
  const openCoupon = async ({ id }: Body) => {
    await page.goto(`${api.origin}/console/coupons/coupon/${id}`)
    await page.getByText('Earned', { exact: true }).waitFor()
  }
  const buttons = () => page.getByRole('main').getByRole('button').allInnerTexts()
  const none = { heldReason: null, fulfilAfter: null, failureReason: null, couponCode: null, dueAt: null }
  const issued = { fulfilmentStatus: 'issued', couponCode: 'A-1', rewardIssuedAt: Date.now() }

  it.each([
    ['waits', true, { fulfilmentStatus: 'pending' }, ['Give up']],
    ['is held', true, { fulfilmentStatus: 'held', heldReason: 'cap' }, ['Give up']],
    ['is being issued', true, { fulfilmentStatus: 'issuing' }, ['Give up']],
    ['is issued', true, issued, []],
    [
      'could not be issued',
      true,
      { fulfilmentStatus: 'failed', failureReason: 'X' },
      ['Try again', 'Issue it'],
    ],
    ['is being taken back', true, { fulfilmentStatus: 'revoking', couponCode: 'A-1' }, []],
    ['is taken back', true, { fulfilmentStatus: 'revoked' }, []],
    ['waits for a code of the merchant’s', false, { fulfilmentStatus: 'pending' }, ['Issue it']],
    ['has a code of the merchant’s', false, { ...issued, couponCode: 'MINE' }, ['Change it']],
    ['of the merchant’s is taken back', false, { fulfilmentStatus: 'revoked' }, []],
  ] as const)('offer of a coupon that %s what its state allows', async (_name, isOurs, set, offered) => {
    await openCoupon(await rewardOf({ ...none, ...set }, isOurs))
    expect(await buttons()).toEqual(offered)
  })

  it('say in words what is refused because it was done meanwhile, and show how it stands now', async () => {
    const reward = await rewardOf({ ...none, fulfilmentStatus: 'failed', failureReason: 'X: said no' })
    await openCoupon(reward)
    await rewardOf({ ...none, fulfilmentStatus: 'held', heldReason: 'cap' })
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByText('REWARD_HELD').waitFor()
    await page.getByText('held until there is room below a limit').waitFor()
    // what is under way is looked after until somebody decides about it
    await page.getByRole('button', { name: 'Give up' }).click()
    await page.getByLabel('Why?').fill('No more')
    await rewardOf({ ...none, ...issued })
    await page.getByRole('dialog').getByRole('button', { name: 'Give up' }).click()
    await page.getByText('CONFLICT').waitFor()
    await page.getByText('issued', { exact: true }).waitFor()
    await rewardOf({ ...none, fulfilmentStatus: 'failed', failureReason: 'X: said no' })
    await openCoupon(reward)
    await page.getByLabel('Code', { exact: true }).fill('BY-HAND')
    await rewardOf({ ...none, fulfilmentStatus: 'issuing' })
    await page.getByRole('button', { name: 'Issue it' }).click()
    await page.getByText('REWARD_BEING_FULFILLED').waitFor()
    expect(await page.getByLabel('Code', { exact: true }).inputValue()).toBe('BY-HAND')
  })

  it('show by themselves what becomes of a coupon that is under way', async () => {
    await openCoupon(await rewardOf({ ...none, fulfilmentStatus: 'issuing' }))
    await rewardOf({ ...none, ...issued })
    await page.getByText('issued', { exact: true }).waitFor()
  })

  it('end the day on which a coupon lapses by the clocks of the account, whatever those of the browser', async () => {
    const reward = await rewardOf({ ...none, fulfilmentStatus: 'pending' }, false)
    await openCoupon(reward)
    await page.getByText('By the clocks of Europe/Berlin.').waitFor()
    await page.getByLabel('Code', { exact: true }).fill('TILL-NEW-YEAR')
    await page.getByLabel('Good until the end of').fill('2099-12-31')
    await page.getByRole('button', { name: 'Issue it' }).click()
    await page.getByText('TILL-NEW-YEAR').waitFor()
    const { body } = await shop.admin.get(`/schema/reward_log/record/${reward.id}`)
    expect(body.data.rewardExpiryAt).toBe('2099-12-31T22:59:59.999Z')
  })

  it('report no fault', () => {
    expect(faults).toEqual([])
  })
})

import { afterAll, beforeAll, expect, it, jest } from '@jest/globals'
import type { Page } from 'playwright-core'
import { v7 as newId } from 'uuid'
import { insert } from '../../src/ports/changes.ts'
import { type Api, type Body, type Client, startApi } from '../helpers/api.ts'
import { openAs } from '../helpers/console-pages.ts'
import { IS_FULL_RUN } from '../helpers/full-run.ts'
import { describeInBrowser } from '../helpers/in-browser.ts'

const SHOPPERS = IS_FULL_RUN ? 100_000 : 3_000
const BATCH = 500
/** Far above the second or two that people wait gladly: a busy machine must not fail, what reads everything must. */
const MOST_MS = 20_000

describeInBrowser(`the console with ${SHOPPERS} shoppers`, (browser) => {
  let api: Api
  let client: Client
  let streak: Body
  let page: Page
  let faults: string[]
  let last = ''
  jest.setTimeout(900_000)

  beforeAll(async () => {
    api = await startApi()
    client = await api.account('A large shop', 'Europe/Berlin')
    streak = await client.create('streak', {
      name: 'Every day',
      status: 'live',
      aggregationMethod: 'count',
      aggregationTargetValue: 1,
    })
    await client.create('streak_log', {
      streakId: streak.id,
      activityId: 'made_a_purchase',
      activityAt: new Date(api.clock.now()).toISOString(),
      status: 'live',
      uniqueIdentifier: 'the first',
      ownedBy: { externalId: 'shopper 0', email: 'shopper0@example.com' },
    })
    last = await fill()
    ;({ page, faults } = await openAs(api, browser(), client.accountId, 'owner'))
  })
  afterAll(async () => {
    await api.close()
  })

  /** Everybody has what the first shopper has. @returns the id of the last one */
  async function fill(): Promise<string> {
    const { store } = api
    const one = { limit: 1 } as const
    const [member] = await store.find('member', one)
    const [journey] = await store.find('member_streak', one)
    const [progress] = await store.find('streak_progress', one)
    const [run] = await store.find('run', one)
    if (member === undefined || journey === undefined || progress === undefined || run === undefined) {
      throw new Error('the first shopper is not there')
    }
    let id = member.id
    for (let at = 1; at < SHOPPERS; at += BATCH) {
      const changes = Array.from({ length: Math.min(BATCH, SHOPPERS - at) }, (_, index) => {
        const nth = at + index
        id = newId()
        const email = `shopper${nth}@example.com`
        const named = { id, externalId: `shopper ${nth}`, email, emailIdentity: email }
        const createdAt = member.createdAt - nth
        return [
          insert('member', { ...member, ...named, createdAt }),
          insert('member_streak', { ...journey, id: newId(), ownedById: id, createdAt }),
          insert('streak_progress', { ...progress, id: newId(), ownedById: id, createdAt }),
          insert('run', { ...run, id: newId(), ownedById: id, createdAt }),
        ]
      }).flat()
      expect(await store.commit(changes)).toMatchObject({ outcome: 'committed' })
    }
    return id
  }

  /** From the click until the page is there with its heading and what it waits for. */
  async function timed(path: string, ready: () => Promise<unknown>): Promise<number> {
    const began = performance.now()
    await page.goto(`${api.origin}/console${path}`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await ready()
    while ((await page.locator('.loading').count()) > 0) {
      await page.locator('.loading').first().waitFor({ state: 'detached' })
    }
    return performance.now() - began
  }

  it('opens each page that could have to look at all of them', async () => {
    const rows = () => page.getByRole('main').getByRole('row').nth(1).waitFor()
    const text = (words: string) => () => page.getByText(words).first().waitFor()
    const pages: readonly (readonly [path: string, ready: () => Promise<unknown>])[] = [
      ['/', text('Orders counted')],
      ['/shoppers', rows],
      ['/shoppers?q=shopper2999@example.com', text('shopper2999@example.com')],
      ['/shoppers?q=shopper%20299', text('shopper 299')],
      [`/shoppers/${last}`, text('Every day')],
      ['/streaks', text('Every day')],
      [`/streaks/${streak.id}`, text('An order has counted on this streak.')],
      ['/coupons', text('No coupon was earned yet')],
    ]
    const took: Record<string, number> = {}
    for (const [path, ready] of pages) {
      took[path.replace(last, ':id').replace(streak.id, ':id')] = Math.round(await timed(path, ready))
    }
    process.stdout.write(`ms with ${SHOPPERS} shoppers: ${JSON.stringify(took)}\n`)
    expect(Object.entries(took).filter(([, ms]) => ms > MOST_MS)).toEqual([])
  })

  it('turns the pages of its lists', async () => {
    await timed('/shoppers', () => page.getByRole('main').getByRole('row').nth(25).waitFor())
    const before = await page.getByRole('main').getByRole('row').nth(1).textContent()
    await page.getByRole('button', { name: 'Older' }).click()
    await page.getByText('26 to 50', { exact: true }).waitFor()
    expect(await page.getByRole('main').getByRole('row').nth(1).textContent()).not.toBe(before)
    // by keyboard, back to the end of the row: the focus stays where it is
    const newer = page.getByRole('button', { name: 'Newer' })
    await newer.focus()
    await page.keyboard.press('Enter')
    await page.getByText('1 to 25', { exact: true }).waitFor()
    expect(await newer.getAttribute('aria-disabled')).toBe('true')
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Newer')
    await page.keyboard.press('Enter')
    await page.getByText('1 to 25', { exact: true }).waitFor()
  })

  it('reports no fault', () => {
    expect(faults).toEqual([])
  })
})

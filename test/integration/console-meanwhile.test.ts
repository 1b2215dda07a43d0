import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { Page } from 'playwright-core'
import { type Api, type Body, type Client, startApi } from '../helpers/api.ts'
import { PASSWORD, signedIn } from '../helpers/console.ts'
import { openAs, watched } from '../helpers/console-pages.ts'
import { describeInBrowser } from '../helpers/in-browser.ts'

describeInBrowser('what somebody else does meanwhile', (browser) => {
  let api: Api
  let shop: Client
  let streak: Body
  let milestone: Body
  let page: Page
  let faults: string[]

  beforeAll(async () => {
    api = await startApi()
    api.clock.set(new Date().toISOString())
    shop = await api.account('Corner Bakery', 'Europe/Berlin')
    streak = await shop.create('streak', {
      name: 'Each week',
      status: 'live',
      aggregationMethod: 'count',
      aggregationPeriod: 'weekly',
      aggregationTargetValue: 1,
    })
    milestone = await shop.create('milestone', {
      linkedSchemaRecordId: streak.id,
      name: 'A cake',
      milestoneTargetValue: 4,
      status: 'live',
      reward: null,
    })
    ;({ page, faults } = await openAs(api, browser(), shop.accountId, 'owner'))
  })
  afterAll(async () => {
    await api.close()
  })

  const openStreak = async (at: Page) => {
    await at.goto(`${api.origin}/console/streaks/${streak.id}`)
    await at.getByRole('form', { name: 'Streak', exact: true }).waitFor()
    return at.getByRole('form', { name: 'Streak', exact: true })
  }
  const elsewhere = async (slug: string, id: string, fields: object) =>
    expect((await shop.patch(`/schema/${slug}/record/${id}`, fields)).status).toBe(200)
  const now = async (slug: string, { id }: Body) => (await shop.get(`/schema/${slug}/record/${id}`)).body.data

  it('to another field stays: only what was changed here is sent', async () => {
    const form = await openStreak(page)
    await form.getByLabel('Warn so many hours').fill('30')
    await elsewhere('streak', streak.id, { description: 'Theirs' })
    await form.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved.').waitFor()
    expect(await now('streak', streak)).toMatchObject({ description: 'Theirs', atRiskHours: 30 })
  })

  it('to the same field is said before it is written over, and what was typed stays', async () => {
    const form = await openStreak(page)
    await form.getByLabel('Name', { exact: true }).fill('Mine')
    await elsewhere('streak', streak.id, { name: 'Theirs' })
    await form.getByRole('button', { name: 'Save' }).click()
    await page.getByText('“Name”, which is “Theirs” now').waitFor()
    expect(await form.getByLabel('Name', { exact: true }).inputValue()).toBe('Mine')
    expect((await now('streak', streak)).name).toBe('Theirs')
    await form.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { level: 1, name: 'Mine' }).waitFor()
    expect((await now('streak', streak)).name).toBe('Mine')
  })

  it('is said also where it happens between looking and saving', async () => {
    const form = await openStreak(page)
    await form.getByLabel('Name', { exact: true }).fill('Mine too')
    const address = `**/schema/streak/record/${streak.id}`
    const whileItIsSaved = async (fields: object) => {
      let isFirst = true
      await page.route(address, async (route) => {
        if (route.request().method() === 'PATCH' && isFirst) {
          isFirst = false
          await elsewhere('streak', streak.id, fields)
        }
        await route.continue()
      })
      await form.getByRole('button', { name: 'Save' }).click()
    }
    await whileItIsSaved({ name: 'Quicker' })
    await page.getByText('“Name”, which is “Quicker” now').waitFor()
    expect((await now('streak', streak)).name).toBe('Quicker')
    expect(await form.getByLabel('Name', { exact: true }).inputValue()).toBe('Mine too')
    await page.unroute(address)
    // what changed beside it is no matter
    await whileItIsSaved({ description: 'Meanwhile' })
    await page.getByRole('heading', { level: 1, name: 'Mine too' }).waitFor()
    expect(await now('streak', streak)).toMatchObject({ name: 'Mine too', description: 'Meanwhile' })
    await page.unroute(address)
  })

  it('or what is done beside a form leaves what was typed in it', async () => {
    const form = await openStreak(page)
    await form.getByLabel('Description').fill('Half typed')
    api.clock.set(new Date(api.clock.now() + 1_000).toISOString())
    await page.getByRole('button', { name: 'Pause' }).first().click()
    await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click()
    await page.getByText('paused', { exact: true }).waitFor()
    expect(await form.getByLabel('Description').inputValue()).toBe('Half typed')
    await page.getByRole('button', { name: 'Go on' }).click()
    await page.getByRole('button', { name: 'Pause' }).first().waitFor()
    expect(await form.getByLabel('Description').inputValue()).toBe('Half typed')
  })

  it('to a milestone, a provider or the account is not written over either', async () => {
    await openStreak(page)
    await page.getByRole('button', { name: 'Change' }).click()
    const form = page.getByRole('form', { name: 'Milestone A cake' })
    await form.getByLabel('What shoppers are told').fill('Come again')
    await elsewhere('milestone', milestone.id, { name: 'Two cakes', milestoneTargetValue: 5 })
    await form.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { level: 3, name: 'Two cakes' }).waitFor()
    expect(await now('milestone', milestone)).toMatchObject({
      name: 'Two cakes',
      milestoneTargetValue: 5,
      eudMilestoneRewardInstructionMessage: 'Come again',
    })
    const pool = await shop.create('coupon_provider', { name: 'Codes', provider: 'pool' })
    await page.goto(`${api.origin}/console/coupons/providers/${pool.id}`)
    await page.getByLabel('Name', { exact: true }).fill('My codes')
    await elsewhere('coupon_provider', pool.id, { name: 'Their codes' })
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('“Name”, which is “Their codes” now').waitFor()
    await page.goto(`${api.origin}/console/settings`)
    await page.getByLabel('Name of the shop').fill('Bakery')
    await elsewhere('account', shop.accountId, { timezone: 'Europe/Paris' })
    await page.getByRole('form', { name: 'Account' }).getByRole('button', { name: 'Save' }).click()
    await page.getByText('times in Europe/Paris').waitFor()
    expect((await shop.list('account')).body.data[0]).toMatchObject({
      name: 'Bakery',
      timezone: 'Europe/Paris',
    })
  })

  it('in another tab: signing out is noticed at once, and nothing typed is lost', async () => {
    const context = await browser().newContext()
    const email = `${crypto.randomUUID()}@example.com`
    await signedIn(api, shop.accountId, email, 'staff')
    const [one, other] = [await context.newPage(), await context.newPage()]
    for (const tab of [one, other]) faults.push(...watched(tab, api.origin))
    const signIn = async (tab: Page, name: string) => {
      await tab.getByLabel('E-mail').fill(name)
      await tab.getByLabel('Password').fill(PASSWORD)
      await tab.getByRole('button', { name: 'Sign in' }).click()
    }
    await one.goto(`${api.origin}/console`)
    await signIn(one, email)
    await one.getByRole('heading', { level: 1, name: 'Home' }).waitFor()
    const form = await openStreak(other)
    await form.getByLabel('Description').fill('Half typed')
    await one.getByRole('button', { name: 'Sign out' }).click()
    const dialog = other.getByRole('dialog', { name: 'Sign in again' })
    await dialog.waitFor()
    await dialog.getByLabel('Password').fill(PASSWORD)
    await dialog.getByRole('button', { name: 'Sign in' }).click()
    await dialog.waitFor({ state: 'detached' })
    expect(await form.getByLabel('Description').inputValue()).toBe('Half typed')
    // somebody of another shop signs in beside it: no page may act for two people
    const others = await api.account('Another shop')
    const theirs = `${crypto.randomUUID()}@example.com`
    await signedIn(api, others.accountId, theirs, 'owner')
    await one.reload()
    await one.getByRole('button', { name: 'Sign out' }).click()
    await signIn(one, theirs)
    await other.getByText(theirs).waitFor()
    await other.getByText('Another shop').first().waitFor()
    await context.close()
  })

  it('to the role of somebody who is signed in: the page offers what they may do now', async () => {
    const email = `${crypto.randomUUID()}@example.com`
    const mine = await openAs(api, browser(), shop.accountId, 'staff', email)
    const form = await openStreak(mine.page)
    await form.getByLabel('Description').fill('Half typed')
    const owner = await signedIn(api, shop.accountId, `${crypto.randomUUID()}@example.com`, 'owner')
    const users: Body[] = (await owner.send('GET', '/schema/console_user/record?limit=50')).body.data
    const { id } = users.find((each) => each.email === email)!
    const path = `/schema/console_user/record/${id}`
    expect((await owner.send('PATCH', path, { role: 'viewer' })).status).toBe(200)
    await form.getByRole('button', { name: 'Save' }).click()
    const dialog = mine.page.getByRole('dialog', { name: 'Sign in again' })
    await dialog.getByLabel('Password').fill(PASSWORD)
    await dialog.getByRole('button', { name: 'Sign in' }).click()
    await dialog.waitFor({ state: 'detached' })
    await form.waitFor({ state: 'detached' })
    expect(await mine.page.getByRole('button', { name: 'Pause' }).count()).toBe(0)
    await mine.page.context().close()
  })

  it('reports no fault', () => {
    expect(faults).toEqual([])
  })
})

import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { Page } from 'playwright-core'
import { addUser } from '../../src/users/users.ts'
import { type Api, type Client, startApi } from '../helpers/api.ts'
import { PASSWORD } from '../helpers/console.ts'
import { axeFaults, tabTo, watched } from '../helpers/console-pages.ts'
import { describeInBrowser } from '../helpers/in-browser.ts'

describeInBrowser('the first hour, by the keyboard alone', (browser) => {
  let api: Api
  let client: Client
  let page: Page
  let faults: string[]

  beforeAll(async () => {
    api = await startApi()
    client = await api.account('My shop')
    page = await browser().newPage({ viewport: { width: 1280, height: 900 } })
    faults = watched(page, api.origin)
  })
  afterAll(async () => {
    await api.close()
  })

  const type = async (label: RegExp, text: string) => {
    await tabTo(page, label)
    await page.keyboard.press('ControlOrMeta+a')
    await page.keyboard.type(text)
  }
  const press = async (button: RegExp, key = 'Enter') => {
    await tabTo(page, button)
    await page.keyboard.press(key)
  }
  const heading = (name: string) => page.getByRole('heading', { name, level: 1 }).waitFor()

  it('begins with a password', async () => {
    const { token } = await addUser(api.deps, client.accountId, { email: 'owner@localhost', role: 'owner' })
    await page.goto(`${api.origin}/console/start#token=${token}`)
    await heading('Welcome to Streakline')
    await type(/e-mail/, 'owner@example.com')
    await type(/^Password/, PASSWORD)
    await page.keyboard.press('Enter')
    await heading('Home')
    await press(/^Begin/)
    await heading('Your shop')
  })

  it('asks for the name and the time zone', async () => {
    await type(/Name of the shop/, 'Café Süd')
    await tabTo(page, /Time zone/)
    await page.keyboard.type('Europe/Berlin')
    expect(await axeFaults(page)).toEqual([])
    await press(/^Go on/)
    await heading('Connect your shop')
    const [account] = (await client.list('account')).body.data
    expect(account).toMatchObject({ name: 'Café Süd', timezone: 'Europe/Berlin' })
    expect(await page.getByRole('banner').textContent()).toContain('times in Europe/Berlin')
  })

  it('connects a shop, and says beside the field what the server objects to', async () => {
    await page.getByRole('radio', { name: 'Shopify', exact: true }).waitFor()
    await tabTo(page, /^An app of your own/)
    // the arrow leads around, from the first way to the last
    await page.keyboard.press('ArrowUp')
    expect(await page.getByRole('radio', { name: /^By hand/ }).isChecked()).toBe(true)
    await type(/Domain of the shop/, 'cafe-sued.myshopify.com')
    await type(/Signing secret/, 'short')
    await press(/^Connect$/)
    const field = page.getByLabel(/Signing secret/)
    await page.getByRole('alert').first().waitFor()
    expect(await field.getAttribute('aria-invalid')).toBe('true')
    expect(await field.inputValue()).toBe('short')
    expect(await axeFaults(page)).toEqual([])
    await type(/Signing secret/, '0123456789abcdef0123456789abcdef')
    await press(/^Connect$/)
    await page.getByText('The platform must send its webhooks to').waitFor()
    await press(/^Go on/)
    await heading('The streak')
  })

  it('builds a sentence and makes of it what it says', async () => {
    await page.getByLabel('How often', { exact: true }).waitFor()
    await type(/How many in a row/, '5')
    await type(/Your codes/, 'ONE-1\nTWO-2')
    expect(await axeFaults(page)).toEqual([])
    await press(/^Go on/)
    await heading('Go live')
    const [streak] = (await client.list('streak')).body.data
    expect(streak).toMatchObject({
      name: 'A purchase every week',
      status: 'draft',
      aggregationMethod: 'count',
      aggregationPeriod: 'weekly',
      aggregationTargetValue: 1,
      completionTargetValue: 5,
      timezone: 'Europe/Berlin',
    })
    const [milestone] = (await client.list('milestone')).body.data
    expect(milestone).toMatchObject({
      linkedSchemaRecordId: streak.id,
      milestoneTargetValue: 5,
      milestoneRepeat: 'every_streak',
      status: 'draft',
      reward: { discount: { percentage: 10 }, expiresInDays: 30 },
    })
  })

  it('goes live', async () => {
    await page.getByRole('button', { name: 'Go live' }).waitFor()
    expect(await axeFaults(page)).toEqual([])
    await press(/^Go live/)
    await page.getByRole('heading', { name: 'It is live' }).waitFor()
    const [streak] = (await client.list('streak')).body.data
    const [milestone] = (await client.list('milestone')).body.data
    const [connector] = (await client.list('connector')).body.data
    expect([streak.status, milestone.status, connector.status]).toEqual(['live', 'live', 'live'])
    expect(connector.rules).toMatchObject([{ streakId: streak.id, value: 'one' }])
    await press(/To the home page/)
    await heading('Home')
  })

  it('reports no fault and asks nobody else', () => {
    expect(faults).toEqual([])
  })
})

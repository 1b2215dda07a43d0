import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { Page } from 'playwright-core'
import { insert } from '../../src/ports/changes.ts'
import { type Api, type Body, type Client, startApi } from '../helpers/api.ts'
import { signedIn } from '../helpers/console.ts'
import { axeFaults, openAs } from '../helpers/console-pages.ts'
import { describeInBrowser } from '../helpers/in-browser.ts'

describeInBrowser('the pages of the settings', (browser) => {
  let api: Api
  let shop: Client
  let endpoint: Body
  let page: Page
  let faults: string[]

  beforeAll(async () => {
    api = await startApi()
    shop = await api.account('Corner Bakery', 'Europe/Berlin')
    endpoint = await shop.create('webhook_endpoint', {
      url: 'https://example.com/told',
      events: ['reward.issued'],
    })
    ;({ page, faults } = await openAs(api, browser(), shop.accountId, 'owner'))
  })
  afterAll(async () => {
    await api.close()
  })

  const open = async (path: string, heading: string) => {
    await page.goto(`${api.origin}/console/settings${path}`)
    await page.getByRole('heading', { level: 1, name: heading }).waitFor()
  }
  const rows = async (name: string) => {
    const table = page.getByRole('table', { name, exact: true })
    await table.waitFor()
    return (await table.locator('tbody tr').allTextContents()).join('\n')
  }

  it('tell of messages in a merchant’s words, with the code in small print', async () => {
    const at = api.clock.now()
    for (const status of ['delivered', 'failed'] as const) {
      const message = insert('webhook_message', {
        id: crypto.randomUUID(),
        accountId: shop.accountId,
        createdAt: at,
        updatedAt: at,
        endpointId: endpoint.id,
        type: 'reward.issued',
        cause: status,
        memberId: null,
        status,
        body: null,
        attempts: [],
        revision: 0,
        failures: 0,
        dueAt: null,
        attempt: 0,
      })
      expect(await api.store.commit([message])).toMatchObject({ outcome: 'committed' })
    }
    await open(`/webhooks/${endpoint.id}`, 'Outgoing webhook')
    const told = await rows('Messages')
    expect(told).toContain('a coupon is there reward.issued')
    expect(told).toMatch(/arrived[\s\S]*did not arrive|did not arrive[\s\S]*arrived/)
    expect(told).not.toMatch(/delivered|failed/)
  })

  it('ask before a secret is exchanged or something is removed, and show the secret once', async () => {
    await open(`/webhooks/${endpoint.id}`, 'Outgoing webhook')
    const dialog = page.getByRole('dialog')
    await page.getByRole('button', { name: 'New secret' }).click()
    await dialog.getByText('For 24 hours').waitFor()
    await dialog.getByRole('button', { name: 'New secret' }).click()
    await dialog.getByText(/^whsec_/).waitFor()
    expect(await axeFaults(page)).toEqual([])
    await dialog.getByRole('button', { name: 'I have it' }).click()
    await page.getByRole('button', { name: 'Remove' }).click()
    await dialog.getByRole('button', { name: 'Leave it' }).click()
    const path = `/schema/webhook_endpoint/record/${endpoint.id}`
    expect((await shop.get(path)).status).toBe(200)
    await page.getByRole('button', { name: 'Remove' }).click()
    await dialog.getByRole('button', { name: 'Remove' }).click()
    await page.getByRole('heading', { level: 1, name: 'Outgoing webhooks' }).waitFor()
    expect((await shop.get(path)).status).toBe(404)
  })

  it('ask before a user is removed, and say in words why the last owner stays', async () => {
    const email = `${crypto.randomUUID()}@example.com`
    await signedIn(api, shop.accountId, email, 'viewer')
    await open('/users', 'Users')
    await page.getByRole('button', { name: `Change ${email}` }).click()
    const change = page.getByRole('dialog', { name: email })
    await change.getByRole('button', { name: 'Remove' }).click()
    const asking = page.getByRole('dialog', { name: 'Remove this user' })
    await asking.getByRole('button', { name: 'Leave it' }).click()
    await change.getByRole('button', { name: 'Remove' }).click()
    await asking.getByRole('button', { name: 'Remove' }).click()
    await change.waitFor({ state: 'detached' })
    await page.getByText(email).first().waitFor({ state: 'detached' })
    await page
      .getByRole('row', { name: /\(you\)/ })
      .getByRole('button')
      .click()
    await page
      .getByRole('dialog')
      .getByRole('radio', { name: /Viewer/ })
      .check()
    await page.getByRole('dialog').getByRole('button', { name: 'Save the role' }).click()
    await page.getByText('LAST_OWNER').waitFor()
  })

  it('say who changed what in a merchant’s words', async () => {
    await open('/log', 'Who changed what')
    const log = await rows('Changes')
    expect(log).toContain('made: an outgoing webhook webhook_endpoint create')
    expect(log).toContain('removed: an outgoing webhook webhook_endpoint delete')
    expect(log).toContain('made a new secret: an outgoing webhook webhook_endpoint rotate')
    expect(log).toContain('removed: a user console_user delete')
  })

  it('report no fault', () => {
    expect(faults).toEqual([])
  })
})

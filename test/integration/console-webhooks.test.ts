import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import type { Page } from 'playwright-core'
import type { Body } from '../helpers/api.ts'
import { axeFaults, openAs } from '../helpers/console-pages.ts'
import { describeInBrowser } from '../helpers/in-browser.ts'
import { openTempStore } from '../helpers/sqlite-store.ts'
import { openWebhookRig, verify, type WebhookRig } from '../helpers/webhook-rig.ts'

describeInBrowser('the page of an outgoing webhook', (browser) => {
  let temp: Awaited<ReturnType<typeof openTempStore>>
  let rig: WebhookRig
  let streak: Body
  let endpoint: Body
  let page: Page
  let faults: string[]
  let serial = 0

  beforeAll(async () => {
    temp = await openTempStore()
    rig = await openWebhookRig(temp.store, 'Europe/Berlin')
    streak = await rig.admin.create('streak', {
      name: 'a purchase a day',
      status: 'live',
      aggregationMethod: 'count',
      aggregationTargetValue: 1,
    })
    await rig.admin.create('milestone', {
      linkedSchemaRecordId: streak.id,
      name: 'the first',
      milestoneTargetValue: 1,
      status: 'live',
    })
    ;({ page, faults } = await openAs(rig.api, browser(), rig.admin.accountId, 'staff'))
  })
  afterAll(async () => {
    await rig.close()
    await temp.close()
  })
  beforeEach(async () => {
    answer(200, 'thank you')
    if (endpoint !== undefined) await rig.admin.delete(`/schema/webhook_endpoint/record/${endpoint.id}`)
    endpoint = await rig.endpoint(['milestone.achieved'])
    rig.received()
    await page.goto(`${rig.api.origin}/console/settings/webhooks/${endpoint.id}`)
    await page.getByText('Nothing was sent yet').waitFor()
  })

  const answer = (status: number, body: string) => Object.assign(rig.answering, { status, body })
  const button = (name: string) => page.getByRole('button', { name, exact: true })
  const said = (words: string) => page.getByRole('status').getByText(words).waitFor()
  const rows = () => page.getByRole('table', { name: 'Messages' }).locator('tbody tr')
  const happen = () =>
    rig.admin.create('streak_log', {
      streakId: streak.id,
      ownedBy: { externalId: `member ${++serial}` },
      activityId: 'made_a_purchase',
      uniqueIdentifier: `order ${serial}`,
      activityAt: new Date(rig.now()).toISOString(),
    })
  const shown = async () => (await rig.admin.get(`/schema/webhook_endpoint/record/${endpoint.id}`)).body.data

  it('sends a test, says that it is under way, and tells what came of it', async () => {
    let letGo = () => {}
    const held = new Promise<void>((resolve) => {
      letGo = resolve
    })
    await page.route('**/webhook_endpoint/record/*/test', async (route) => {
      await held
      await route.continue()
    })
    await button('Send a test').focus()
    await page.keyboard.press('Enter')
    await button('One moment …').waitFor()
    letGo()
    await said('The test arrived')
    await page.unroute('**/webhook_endpoint/record/*/test')
    const [test] = rig.received()
    expect(test?.payload).toMatchObject({ type: 'webhook.test', data: {} })
    verify(endpoint.secret, test!.request)
    await rows().first().waitFor()
    expect(await rows().first().textContent()).toMatch(/a test webhook\.test.*arrived/)
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Send a test')
    answer(503, 'we are closed')
    await button('Send a test').click()
    await said('The test did not arrive: the endpoint answered 503')
    await page
      .getByRole('row', { name: /did not arrive/ })
      .locator('summary')
      .click()
    await page.getByText('we are closed', { exact: true }).waitFor()
    expect(await page.getByRole('main').textContent()).not.toContain('REFUSED')
    expect(await axeFaults(page)).toEqual([])
  })

  it('sends a message again, and shows by itself that it has arrived', async () => {
    answer(500, 'broken')
    await happen()
    await rig.sendDue()
    await page.reload()
    await rows().getByText('being tried').waitFor()
    answer(200, 'thank you')
    rig.received()
    await page.getByRole('button', { name: /^Send again/ }).click()
    await said('It is sent again')
    await rig.sendDue()
    await rows().getByText('arrived', { exact: true }).waitFor()
    const [again] = rig.received()
    expect(again?.payload.type).toBe('milestone.achieved')
    verify(endpoint.secret, again!.request)
  })

  it('exchanges the secret: both sign for a day', async () => {
    await button('New secret').click()
    await page.getByRole('dialog').getByRole('button', { name: 'New secret' }).click()
    const secret =
      (await page
        .getByRole('dialog')
        .getByText(/^whsec_/)
        .textContent()) ?? ''
    await button('I have it').click()
    await button('Send a test').click()
    await said('The test arrived')
    const [test] = rig.received()
    for (const each of [endpoint.secret, secret]) verify(each, test!.request)
    expect(secret).not.toBe(endpoint.secret)
    expect(() => verify(`whsec_${Buffer.alloc(32).toString('base64')}`, test!.request)).toThrow()
  })

  it('is paused, offers nothing then that would be refused, and goes on with what waited', async () => {
    await happen()
    await button('Pause').click()
    await said('Paused: nothing is sent until it goes on')
    await page.getByText('is not told: paused').waitFor()
    await rows().getByText('Once it goes on').waitFor()
    expect(await page.getByRole('button', { name: /^Send again/ }).count()).toBe(0)
    expect((await shown()).status).toBe('paused')
    await rig.sendDue()
    expect(rig.received()).toEqual([])
    await button('Go on').click()
    await said('It is told again')
    await page.getByText('is told', { exact: true }).waitFor()
    await rig.sendDue()
    await rows().getByText('arrived', { exact: true }).waitFor()
    expect(rig.received()).toHaveLength(1)
  })

  it('says why the platform paused it, and goes on once that is mended', async () => {
    answer(410, 'gone')
    await happen()
    await rig.sendDue()
    await page.reload()
    await page.getByText('ENDPOINT_GONE').waitFor()
    await page.getByText('is not told: paused').waitFor()
    answer(200, 'here again')
    await button('Go on').click()
    await page.getByText('ENDPOINT_GONE').waitFor({ state: 'detached' })
    expect(await shown()).toMatchObject({ status: 'live', problem: null })
  })

  it('reports no fault', () => {
    expect(faults).toEqual([])
  })
})

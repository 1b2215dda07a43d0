import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { Page } from 'playwright-core'
import { insert } from '../../src/ports/changes.ts'
import { type Api, type Body, type Client, startApi } from '../helpers/api.ts'
import { openAs } from '../helpers/console-pages.ts'
import { describeInBrowser } from '../helpers/in-browser.ts'
import { connectorBody, logBody, streakBody } from '../helpers/shop.ts'
import { shopifyOrder, shopifyRequest } from '../helpers/signed.ts'

const SECRET = 'webhook_secret_of_the_tests'

describeInBrowser('the home page', (browser) => {
  let api: Api
  let shop: Client
  let connector: Body
  let page: Page
  let faults: string[]
  let made = 0

  beforeAll(async () => {
    api = await startApi()
    // the pages go by the clock of the browser
    api.clock.set(new Date().toISOString())
    shop = await api.account('Corner Bakery')
    const streak = await shop.create('streak', streakBody('orders', 'live'))
    connector = await shop.create('connector', { ...connectorBody(streak.id), rules: [] })
    const providerId = (await shop.create('coupon_provider', { name: 'pool', provider: 'pool' })).id
    await shop.create('milestone', {
      linkedSchemaRecordId: streak.id,
      milestoneTargetValue: 1,
      name: 'one',
      status: 'live',
      reward: { providerId, discount: { amount: 5, currency: 'EUR' } },
    })
    const activityAt = new Date(api.clock.now()).toISOString()
    await shop.create('streak_log', { ...logBody(streak.id, 'ada', 'first'), activityAt })
    ;({ page, faults } = await openAs(api, browser(), shop.accountId, 'viewer'))
  })
  afterAll(async () => {
    await api.close()
  })

  /** So many coupons of 5 EUR that were used, older than those before, with these orders. */
  async function used(count: number, orders: readonly string[] = []): Promise<void> {
    const [row] = await api.store.find('reward_log', { limit: 1 })
    const rows = Array.from({ length: count }, (_, at) => {
      made += 1
      return insert('reward_log', {
        ...row!,
        id: crypto.randomUUID(),
        ownedById: crypto.randomUUID(),
        createdAt: row!.createdAt - made,
        fulfilmentStatus: 'issued',
        dueAt: null,
        couponCode: `USED-${made}`,
        couponUsed: 'yes',
        redeemedOrderId: orders[at] ?? null,
      })
    })
    expect(await api.store.commit(rows)).toMatchObject({ outcome: 'committed' })
  }

  async function ordered(id: string, total: string): Promise<string> {
    const order = {
      ...JSON.parse(String(shopifyOrder({ id: Number(id) }))),
      total_price: total,
      currency: 'EUR',
    }
    const { headers, body } = shopifyRequest({ body: JSON.stringify(order), secret: SECRET })
    const sent = await api.send(connector.webhookPath, {
      method: 'POST',
      headers,
      body: new Uint8Array(body),
    })
    expect(sent.status).toBe(200)
    return id
  }

  const worth = async () => {
    await page.goto(`${api.origin}/console`)
    const table = page.getByRole('table', { name: 'What used coupons cost and brought' })
    await table.waitFor()
    return (await table.locator('tbody tr').allInnerTexts()).map((row) => row.replaceAll('\t', ' | '))
  }

  it('adds up what all used coupons cost and brought, however many they are', async () => {
    await used(120)
    await used(2, [await ordered('5001', '60.00'), await ordered('5002', '40.00')])
    expect(await worth()).toEqual(['EUR | 610.00 EUR | 100.00 EUR'])
    await page.getByText('Of 120 used coupons the order is not known here.').waitFor()
    expect(await page.getByText('at least').count()).toBe(0)
  })

  it('says “at least” where there are more than it looks up', async () => {
    await used(400)
    expect(await worth()).toEqual(['EUR | at least 2,500.00 EUR | at least 100.00 EUR'])
    await page.getByText('The newest 500 of them were looked up, so it is at least so much.').waitFor()
  })

  it('waits where the server asks for a moment, instead of failing', async () => {
    let refused = 0
    await page.route('**/schema/reward_log/record**', async (route) => {
      refused += 1
      if (refused > 3) return route.continue()
      const error = { code: 'TOO_MANY_REQUESTS', message: 'too many requests' }
      return route.fulfill({ status: 429, headers: { 'retry-after': '0' }, json: { error } })
    })
    expect(await worth()).toHaveLength(1)
    expect([refused > 3, await page.getByText('too many requests').count()]).toEqual([true, 0])
    await page.unroute('**/schema/reward_log/record**')
  })

  it('reports no fault', () => {
    expect(faults).toEqual([])
  })
})

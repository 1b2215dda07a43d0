import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { AppError } from '../../src/errors.ts'
import { createQueueBoard } from '../../src/ops/bull-board.ts'
import { type Api, startApi } from '../helpers/api.ts'
import { chromiumBinary, openChromium } from '../helpers/chromium.ts'
import { openQueueRig, type QueueRig } from '../helpers/queue-rig.ts'
import { redisForTests, type TestRedis } from '../helpers/redis-server.ts'
import { until } from '../helpers/until.ts'

const OPERATOR = { user: 'operator', password: 'a password for operators' }
const REASON = 'PROVIDER_REFUSED: the coupon service answered 403'

let redis: TestRedis
let rig: QueueRig
let api: Api

beforeAll(async () => {
  redis = await redisForTests()
  rig = openQueueRig(redis)
  await rig.connected()
  const opsRouter = createQueueBoard({
    operator: OPERATOR,
    queues: [rig.bull, rig.bullRewards],
    redisReachable: () => rig.queue.reachable(),
  })
  api = await startApi({ opsRouter })
  rig.work({ reward: () => Promise.reject(new AppError('FAILED_FOR_GOOD', REASON)) })
  await rig.queue.add('reward', [{ accountId: 'a', rewardLogId: 'r', attempt: 0 }])
  await until(async () => (await rig.bullRewards.getFailedCount()) === 1, 10_000)
})
afterAll(async () => {
  await api.close()
  await rig.close()
  await redis.stop()
})

const authorization = `Basic ${Buffer.from(`${OPERATOR.user}:${OPERATOR.password}`).toString('base64')}`

describe('the queue pages', () => {
  it('name nothing from elsewhere, and run no script that stands in the page', async () => {
    const { status, headers, text } = await api.send('/ops/queues/', { headers: { authorization } })
    expect(status).toBe(200)
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'self'")
    expect(policy).toContain("script-src 'self';")
    expect(policy).not.toContain('unsafe-inline')
    expect(policy).not.toContain('http')
    expect(text).not.toMatch(/(?:src|href)="https?:/)
    // the only script without a file is data
    expect([...text.matchAll(/<script(?![^>]* src=)([^>]*)>/g)].map(([, given]) => given)).toEqual([
      ' id="__UI_CONFIG__" type="application/json"',
    ])
  })

  it('say of each queue what one of its jobs is', async () => {
    const { text } = await api.send('/ops/queues/api/queues', { headers: { authorization } })
    const queues = (JSON.parse(text) as { queues: { name: string; description: string }[] }).queues
    expect(Object.fromEntries(queues.map(({ name, description }) => [name, description]))).toEqual({
      activity:
        'One job is what one rule sees of a purchase or a report, or up to 16 of them that arrived together.',
      reward: 'One job is one reward: its coupon is made, or taken back.',
    })
  })
})

const binary = chromiumBinary()

if (binary === null) {
  it('the queue pages in a browser SKIPPED: no Chromium could be had', () => {
    expect(process.env.REQUIRE_CHROMIUM).not.toBe('1')
  })
} else {
  describe('the queue pages in a browser', () => {
    let browser: Browser
    let page: Page
    const faults: string[] = []

    beforeAll(async () => {
      browser = await openChromium(binary)
      const context = await browser.newContext({
        httpCredentials: { username: OPERATOR.user, password: OPERATOR.password },
      })
      page = await context.newPage()
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text())
      })
      page.on('pageerror', (error) => faults.push(error.message))
      page.on('request', (request) => {
        const url = request.url()
        if (!url.startsWith(api.origin) && !url.startsWith('data:')) faults.push(`elsewhere ${url}`)
      })
      await page.goto(`${api.origin}/ops/queues/queue/reward?status=failed`)
      await page.getByText(REASON).first().waitFor()
    })
    afterAll(() => browser.close())

    it('show a reward that failed for good with the reason in its row', async () => {
      expect(await page.getByText(REASON).count()).toBeGreaterThan(0)
    })

    it('ask nobody else for anything and break none of their own rules, also in detail', async () => {
      await page.locator('a[href*="/queue/reward/"]').first().click()
      await page.waitForURL(/queue\/reward\/[^?]+/)
      await page.getByText(REASON).first().waitFor()
      expect(faults).toEqual([])
    })
  })
}

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { AppError } from '../../src/errors.ts'
import { createQueueVisits } from '../../src/http/console/queue-visits.ts'
import { createQueueBoard } from '../../src/ops/bull-board.ts'
import { type Api, type Body, startApi } from '../helpers/api.ts'
import { chromiumBinary, openChromium } from '../helpers/chromium.ts'
import { browserOf, PASSWORD, type Browser as SignedIn, sameOrigin, signedIn } from '../helpers/console.ts'
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
    visit: (request) => createQueueVisits(api.deps)(request),
  })
  api = await startApi({ opsRouter })
  rig.work({ reward: () => Promise.reject(new AppError('FAILED_FOR_GOOD', REASON)) })
  await rig.queue.add('reward', [{ accountId: 'a', rewardLogId: 'r', attempt: 0 }])
  await until(async () => (await rig.bullRewards.getFailedCount()) === 1)
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
      reward:
        'One job is one reward: its coupon is made, or taken back. Or up to 16 of them; one in trouble has a job of its own.',
    })
  })
})

const NAVIGATION = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' }
const byAction = (one: Body, other: Body) => one.action.localeCompare(other.action)
const PAUSE = '/ops/queues/api/queues/activity/pause'
const RESUME = '/ops/queues/api/queues/activity/resume'

describe('the queue pages for who is signed in to the console', () => {
  let owner: SignedIn
  let accountId: string

  beforeAll(async () => {
    ;({ accountId } = await api.account('The only shop'))
    owner = await signedIn(api, accountId, 'owner@example.com', 'owner')
  })

  it('open for an owner, without other credentials, under the same policy', async () => {
    const page = await owner.send('GET', '/ops/queues/')
    expect([page.status, page.text.includes('Streakline queues')]).toEqual([200, true])
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self';")
    expect((await owner.send('GET', '/ops/queues/api/queues')).status).toBe(200)
  })

  it.each(['staff', 'viewer'] as const)('say in words to somebody with the role %s why not', async (role) => {
    const somebody = await signedIn(api, accountId, `${role}@example.com`, role)
    for (const path of ['/ops/queues', '/ops/queues/api/queues', '/ops/queues/static/x.js']) {
      const { status, text, headers } = await somebody.send('GET', path)
      expect([path, status]).toEqual([path, 403])
      expect(text).toContain('Only owners see the queues.')
      expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'")
    }
    expect((await somebody.send('PUT', PAUSE)).status).toBe(403)
    expect(await rig.bull.isPaused()).toBe(false)
  })

  it('let the operator in beside a session that may not, by credentials or by asking for them', async () => {
    const staff = await signedIn(api, accountId, 'operator-too@example.com', 'staff')
    expect((await staff.send('GET', '/ops/queues', undefined, { authorization })).status).toBe(200)
    const asked = await staff.send('GET', '/ops/queues?operator')
    expect([asked.status, asked.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringContaining('Basic'),
    ])
    expect((await staff.send('GET', '/ops/queues')).text).toContain('href="/ops/queues?operator"')
  })

  it('ask for credentials by whatever address they are opened', async () => {
    for (const path of ['//', '//[', '/%', '/?operator=%']) {
      expect((await api.send(`/ops/queues${path}`)).status).toBeLessThan(500)
    }
  })

  it('judge credentials that are sent by themselves, whoever is signed in', async () => {
    const wrong = { authorization: `Basic ${Buffer.from('operator:wrong').toString('base64')}` }
    expect((await owner.send('GET', '/ops/queues', undefined, wrong)).status).toBe(401)
  })

  it('are pressed from pages of this server alone, and what was done is in the audit log', async () => {
    const headersOff = [{}, { 'sec-fetch-site': 'cross-site' }, { origin: 'https://elsewhere.example' }]
    for (const headers of headersOff) {
      expect((await owner.send('PUT', PAUSE, undefined, headers)).status).toBe(403)
    }
    expect(await rig.bull.isPaused()).toBe(false)
    const ownOrigin = { origin: api.origin }
    expect((await owner.send('PUT', PAUSE, undefined, ownOrigin)).status).toBe(200)
    expect(await rig.bull.isPaused()).toBe(true)
    expect((await owner.send('PUT', RESUME, undefined, sameOrigin)).status).toBe(200)
    const entries = async () => {
      const { body } = await owner.send('GET', '/schema/audit_log/record?limit=100')
      return body.data.filter(({ slug }: { slug: string }) => slug === 'queue')
    }
    await until(async () => (await entries()).length === 2)
    expect(
      (await entries())
        .toSorted(byAction)
        .map(({ action, actorName, after, before }: Body) => [action, actorName, before, after]),
    ).toEqual([
      ['pause', 'owner@example.com', null, { queue: 'activity' }],
      ['resume', 'owner@example.com', null, { queue: 'activity' }],
    ])
  })

  it('ask for the operator once the session is over', async () => {
    const gone = await signedIn(api, accountId, 'gone@example.com', 'owner')
    await gone.send('DELETE', '/console/session')
    expect((await gone.send('GET', '/ops/queues')).status).toBe(401)
    expect((await browserOf(api, 'streakline_session=guess').send('GET', '/ops/queues')).status).toBe(401)
  })

  it('lead a browser whose session is over to the sign-in, and programs to Basic', async () => {
    const gone = await signedIn(api, accountId, 'gone-too@example.com', 'owner')
    await gone.send('DELETE', '/console/session')
    const open = (path: string, headers: Readonly<Record<string, string>>) =>
      fetch(`${api.origin}${path}`, { headers: { cookie: gone.cookie, ...headers }, redirect: 'manual' })
    for (const [path, up] of [
      ['/ops/queues', '../'],
      ['/ops/queues/queue/reward?status=failed', '../../../'],
    ] as const) {
      const led = await open(path, NAVIGATION)
      expect([led.status, led.headers.get('location')]).toEqual([
        302,
        `${up}console?next=${encodeURIComponent(path)}&operator=`,
      ])
      expect(led.headers.get('cache-control')).toBe('no-store')
    }
    const others: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
      ['/ops/queues', { accept: '*/*' }],
      ['/ops/queues', { accept: 'application/json' }],
      ['/ops/queues?operator', NAVIGATION],
      ['/ops/queues', { ...NAVIGATION, authorization: 'Basic d3Jvbmc6d3Jvbmc=' }],
    ]
    for (const [path, headers] of others) {
      const asked = await open(path, headers)
      expect([asked.status, asked.headers.get('www-authenticate')]).toEqual([
        401,
        expect.stringContaining('Basic'),
      ])
    }
    const pressed = { method: 'PUT', headers: NAVIGATION, redirect: 'manual' } as const
    expect((await fetch(`${api.origin}${PAUSE}`, pressed)).status).toBe(401)
  })

  it('stay closed to owners while there are several shops: jobs are of all of them', async () => {
    await api.account('A second shop')
    for (const path of ['/ops/queues', '/ops/queues/api/queues']) {
      const { status, text } = await owner.send('GET', path)
      expect([path, status]).toEqual([path, 403])
      expect(text).toContain('the work of all shops on this server')
    }
    expect((await owner.send('PUT', PAUSE)).status).toBe(403)
    expect(await rig.bull.isPaused()).toBe(false)
    expect((await api.send('/ops/queues', { headers: { authorization } })).status).toBe(200)
  })
})

describe('the queue pages without an operator', () => {
  it('are for owners alone, and send everybody else to the console', async () => {
    const opsRouter = createQueueBoard({
      operator: null,
      queues: [rig.bull],
      redisReachable: () => rig.queue.reachable(),
      visit: (request) => createQueueVisits(own.deps)(request),
    })
    const own = await startApi({ opsRouter })
    const { accountId } = await own.account('The only shop')
    const owner = await signedIn(own, accountId, 'owner@example.com', 'owner')
    expect((await owner.send('GET', '/ops/queues')).status).toBe(200)
    for (const headers of [{}, { authorization }]) {
      const { status, text, headers: given } = await own.send('/ops/queues', { headers })
      expect([status, given.get('www-authenticate')]).toEqual([401, null])
      expect(text).toContain('href="/console"')
    }
    await own.close()
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
      await page.goto(`${api.origin}/ops/queues/queue/reward?status=failed&operator`)
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

    it('ask an owner whose session is over to sign in, and are there then', async () => {
      const own: Api = await startApi({
        opsRouter: createQueueBoard({
          operator: OPERATOR,
          queues: [rig.bullRewards],
          redisReachable: () => rig.queue.reachable(),
          visit: (request) => createQueueVisits(own.deps)(request),
        }),
      })
      const { accountId } = await own.account('The only shop')
      await signedIn(own, accountId, 'owner@example.com', 'owner')
      const context = await browser.newContext()
      const theirs = await context.newPage()
      await theirs.goto(`${own.origin}/ops/queues/queue/reward?status=failed`)
      await theirs.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor()
      const asOperator = theirs.getByRole('link', { name: 'by the operator’s credentials' })
      expect(await asOperator.getAttribute('href')).toBe('/ops/queues?operator')
      await theirs.getByLabel('E-mail').fill('owner@example.com')
      await theirs.getByLabel('Password').fill(PASSWORD)
      await theirs.getByRole('button', { name: 'Sign in' }).click()
      await theirs.getByText(REASON).first().waitFor()
      expect(new URL(theirs.url()).pathname).toBe('/ops/queues/queue/reward')
      await theirs.goto(`${own.origin}/console?next=//elsewhere.example/ops/queues`)
      await theirs.getByRole('heading', { level: 1, name: 'Home' }).waitFor()
      await context.close()
      await own.close()
    })
  })
}

import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { parse } from 'yaml'
import { createPrometheusMetrics } from '../../src/ops/metrics.ts'
import { type AbsentRedis, absentRedis } from '../helpers/redis-server.ts'
import { METRICS_TOKEN, type RunningApp, runApp } from '../helpers/running-app.ts'
import { shopifyOrder, shopifyRequest } from '../helpers/signed.ts'
import { until } from '../helpers/until.ts'

const SECRET = 'shpss_0123456789abcdef'
const ORDER = { id: '820982911946', customerId: '115310627314' }

interface Named {
  readonly id: string
  readonly webhookPath: string
}

let redis: AbsentRedis
let app: RunningApp
let connector: Named

beforeAll(async () => {
  redis = await absentRedis()
  await redis.start()
  app = await runApp({ redisUrl: redis.url })
  const make = (slug: string, body: object) => app.call<Named>('POST', `/schema/${slug}/record`, body)
  const streak = await make('streak', { name: 'daily', status: 'live', aggregationTargetValue: 1 })
  const pool = await make('coupon_provider', { name: 'codes', provider: 'pool' })
  await make('coupon_code', { providerId: pool.id, codes: ['CODE-1'] })
  await make('milestone', {
    linkedSchemaSlug: 'streak',
    linkedSchemaRecordId: streak.id,
    name: 'first',
    description: 'one day',
    milestoneTargetValue: 1,
    status: 'live',
    reward: { providerId: pool.id, discount: { percentage: 10 } },
  })
  connector = await make('connector', {
    name: 'shop',
    platform: 'shopify',
    credentials: { webhookSecrets: [SECRET] },
    settings: { shopDomain: 'example.myshopify.com' },
    rules: [{ streakId: streak.id }],
  })
})
afterAll(async () => {
  await app.stop()
  await redis.stop()
})

const get = (authorization?: string) =>
  fetch(`${app.baseUrl}/metrics`, authorization === undefined ? {} : { headers: { authorization } })
const text = async () => (await get(`Bearer ${METRICS_TOKEN}`)).text()
const seriesOf = (metrics: string, series: string) =>
  Number(
    metrics
      .split('\n')
      .find((line) => line.startsWith(`${series} `))
      ?.split(' ')[1],
  )

describe('metrics', () => {
  it('are for the operator and for the token, and for nobody else', async () => {
    const basic = Buffer.from('operator:a password for operators').toString('base64')
    expect((await get()).status).toBe(401)
    expect((await get(`Bearer ${METRICS_TOKEN}x`)).status).toBe(401)
    expect((await get(`Basic ${Buffer.from('operator:no').toString('base64')}`)).status).toBe(401)
    expect((await get(`Basic ${basic}`)).status).toBe(200)
    const answer = await get(`Bearer ${METRICS_TOKEN}`)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
    ])
    const queues = await fetch(`${app.baseUrl}/ops/queues/`, {
      headers: { authorization: `Bearer ${METRICS_TOKEN}` },
    })
    expect(queues.status).toBe(401)
  })

  it('tell of a purchase on its whole way', async () => {
    const path = connector.webhookPath
    const request = shopifyRequest({ body: shopifyOrder(ORDER), secret: SECRET })
    expect(await app.deliver(path, request)).toBe(200)
    expect(await app.deliver(path, request)).toBe(200)
    expect(await app.deliver(path, shopifyRequest({ body: shopifyOrder(ORDER), secret: 'forged' }))).toBe(401)
    expect(await app.deliver(path.replace('shopify', 'who-knows'), request)).toBe(404)
    await until(async () => seriesOf(await text(), 'streakline_issued_delay_seconds_count') === 1)
    const told = await text()
    const webhooks = (platform: string, outcome: string) =>
      seriesOf(told, `streakline_webhooks_total{platform="${platform}",outcome="${outcome}"}`)
    expect([
      webhooks('shopify', 'stored'),
      webhooks('shopify', 'already_stored'),
      webhooks('shopify', 'refused'),
      webhooks('unknown', 'unknown_connector'),
    ]).toEqual([1, 1, 1, 1])
    expect(seriesOf(told, 'streakline_counted_delay_seconds_count')).toBe(1)
    expect(seriesOf(told, 'streakline_store_commits_total{outcome="committed"}')).toBeGreaterThan(5)
    const calls = 'streakline_provider_call_seconds_count{kind="pool",call="issue",outcome="issued"}'
    expect(seriesOf(told, calls)).toBe(1)
    for (const stage of ['activity', 'reward']) {
      expect(seriesOf(told, `streakline_due{stage="${stage}"}`)).toBeGreaterThanOrEqual(0)
      expect(seriesOf(told, `streakline_oldest_due_seconds{stage="${stage}"}`)).toBeGreaterThanOrEqual(0)
    }
    expect(seriesOf(told, 'streakline_providers{state="paused"}')).toBe(0)
    expect(seriesOf(told, 'process_resident_memory_bytes')).toBeGreaterThan(0)
    expect(told).toContain('nodejs_eventloop_lag_p99_seconds')
    for (const id of [connector.id, ORDER.customerId, ORDER.id]) expect(told).not.toContain(id)
  })
})

describe('metrics of rewards', () => {
  it('tell how many wait, and for what', async () => {
    const make = (slug: string, body: object) => app.call<Named>('POST', `/schema/${slug}/record`, body)
    const rule = { status: 'live', aggregationMethod: 'count', aggregationTargetValue: 1 }
    const streak = await make('streak', { name: 'waiting', ...rule })
    const empty = await make('coupon_provider', { name: 'empty', provider: 'pool' })
    const reward = { providerId: empty.id, discount: { percentage: 10 } }
    const give = (name: string, given: object) =>
      make('milestone', {
        ...{ linkedSchemaRecordId: streak.id, name, milestoneTargetValue: 1, status: 'live', reward },
        ...given,
      })
    await give('held', { reward: { ...reward, holdDays: 3 } })
    await give('capped', { caps: { rewardsTotal: 0 } })
    await give('without codes', {})
    await make('streak_log', {
      ...{ streakId: streak.id, ownedBy: { externalId: 'somebody' }, activityId: 'a' },
      ...{ activityAt: new Date().toISOString(), uniqueIdentifier: 'one' },
    })
    const waiting = ['hold_period', 'cap', 'provider_paused', 'provider']
    // what was read from the store is kept for a while
    await until(async () => {
      const told = await text()
      const counts = waiting.map((what) => seriesOf(told, `streakline_rewards_waiting{for="${what}"}`))
      return JSON.stringify(counts) === '[1,1,0,1]'
    })
  })
})

describe('a worker without web', () => {
  it('serves its metrics on a port of their own, and nothing else', async () => {
    const { mkdtemp, rm } = await import('node:fs/promises')
    const { tmpdir } = await import('node:os')
    const { join } = await import('node:path')
    const { startApp } = await import('../../src/compose.ts')
    const { quietLogger } = await import('../helpers/quiet-logger.ts')
    const { configFor } = await import('../helpers/running-app.ts')
    const folder = await mkdtemp(join(tmpdir(), 'streakline-metrics-'))
    const config = configFor(folder, { redisUrl: redis.url, roles: ['worker'] })
    const worker = await startApp(config, ['worker'], quietLogger)
    try {
      const from = (path: string) =>
        fetch(`http://127.0.0.1:${worker.metricsPort}${path}`, {
          headers: { authorization: `Bearer ${METRICS_TOKEN}` },
        })
      expect([
        worker.http,
        (await from('/metrics')).status,
        (await from('/schema/streak/record')).status,
      ]).toEqual([null, 200, 404])
    } finally {
      await worker.close()
      await rm(folder, { recursive: true, force: true })
    }
  })
})

describe('the board and the alerts', () => {
  const there = new Set(
    createPrometheusMetrics(() => Promise.reject(new Error('nothing to read')))
      .names()
      .flatMap((name) => [name, `${name}_bucket`, `${name}_count`, `${name}_sum`]),
  )
  const named = (expressions: readonly string[]) =>
    expressions.flatMap((expr) => expr.match(/\b(?:streakline|nodejs|process)_[a-z0-9_]+/g) ?? [])

  it('ask for metrics that there are', async () => {
    const grafana = JSON.parse(await readFile('docs/monitoring/grafana.json', 'utf8')) as {
      panels: { targets: { expr: string }[] }[]
    }
    const alerts = parse(await readFile('docs/monitoring/alerts.yaml', 'utf8')) as {
      groups: { rules: { expr: string }[] }[]
    }
    const board = named(grafana.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)))
    const rules = named(alerts.groups.flatMap(({ rules }) => rules.map(({ expr }) => expr)))
    expect(board.length).toBeGreaterThan(10)
    expect(rules.length).toBeGreaterThan(7)
    expect([...board, ...rules].filter((name) => !there.has(name))).toEqual([])
    const own = [...there].filter((name) => /^streakline_.*(?<!_bucket|_count|_sum)$/.test(name))
    const page = await readFile('docs/operations.md', 'utf8')
    expect(own.filter((name) => !page.includes(`\`${name}\``))).toEqual([])
    expect(own.filter((name) => !board.some((used) => used.startsWith(name)))).toEqual([])
  })
})

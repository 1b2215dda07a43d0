import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { startVoucherifyDouble, type VoucherifyDouble } from '../../src/doubles/voucherify/index.ts'
import type { Body } from '../helpers/api.ts'
import { tell } from '../helpers/doubles.ts'
import { redisForTests, type TestRedis } from '../helpers/redis-server.ts'
import { type RunningApp, runApp } from '../helpers/running-app.ts'
import { logBody } from '../helpers/shop.ts'
import { until } from '../helpers/until.ts'

const A_MINUTE = 4
/** Long enough for a merchant to look, short enough to wait for. */
const MINUTE_SECONDS = 2
const WITHIN_MS = 120_000
const BEGINS_AT = Date.now()

let redis: TestRedis
let voucherify: VoucherifyDouble
let app: RunningApp
let providerId: string
let streak: Body

/** By its clock, which stands still, no minute is over before a test says so; and it asks for two seconds of patience. */
beforeAll(async () => {
  redis = await redisForTests()
  voucherify = await startVoucherifyDouble({ now: () => BEGINS_AT })
  await tell(voucherify, 'POST /campaigns', { name: 'Streaks', codes: 100 })
  await tell(voucherify, 'POST /project', { requestsPerMinute: A_MINUTE, minuteSeconds: MINUTE_SECONDS })
  app = await runApp({ redisUrl: redis.url, platformOrigins: { voucherify: voucherify.origin } })
  const { appId, appToken } = voucherify.project()
  const given = {
    ...{ name: 'project', provider: 'voucherify', credentials: { appId, appToken } },
    settings: { apiUrl: 'https://api.voucherify.io', campaign: 'Streaks' },
  }
  providerId = (await app.call<Body>('POST', '/schema/coupon_provider/record', given)).id
  streak = await app.call<Body>('POST', '/schema/streak/record', {
    ...{ name: 'orders', status: 'live', aggregationMethod: 'count', aggregationTargetValue: 1 },
  })
  await app.call('POST', '/schema/milestone/record', {
    ...{ linkedSchemaRecordId: streak.id, name: 'first', milestoneTargetValue: 1, status: 'live' },
    reward: { providerId, discount: { percentage: 10 } },
  })
}, WITHIN_MS)

afterAll(async () => {
  await app.stop()
  await voucherify.stop()
  await redis.stop()
})

const rewards = () => app.call<Body[]>('GET', '/schema/reward_log/record?limit=1000')
const health = async () =>
  (await app.call<Body>('GET', `/schema/coupon_provider/record/${providerId}`)).health
const issued = async () =>
  (await rewards()).filter(({ fulfilmentStatus: status }) => status === 'issued').length
const published = async () =>
  (await tell<{ publications: Body[] }>(voucherify, 'GET /publications')).publications
const answers = async (status: number) =>
  (await tell<{ requests: Body[] }>(voucherify, 'GET /requests')).requests.filter(
    (asked) => asked.status === status,
  ).length
const nextMinute = () => tell(voucherify, 'POST /clock', { advanceSeconds: MINUTE_SECONDS })
const earn = (members: readonly string[]) =>
  Promise.all(
    members.map((member) =>
      app.call('POST', '/schema/streak_log/record', logBody(streak.id, member, member)),
    ),
  )

describe('the limit of requests that a plan of Voucherify has a minute', () => {
  it('has the rewards beyond it wait, say so, and be issued as minutes pass, each once', async () => {
    const members = Array.from({ length: 3 * A_MINUTE }, (_, at) => `member-${at}`)
    await earn(members)
    // as often as it likes: what the plan allows is made, and no more
    await until(async () => (await issued()) === A_MINUTE && (await answers(429)) >= 3, WITHIN_MS)
    const waiting = (await rewards()).filter(({ fulfilmentStatus: status }) => status !== 'issued')
    expect(waiting).toHaveLength(2 * A_MINUTE)
    for (const reward of waiting) {
      expect(['pending', 'issuing']).toContain(reward.fulfilmentStatus)
      expect(reward).toMatchObject({ failureReason: null, heldReason: null })
    }
    expect(await health()).toMatchObject({ state: 'ok', lastError: null, waiting: 2 * A_MINUTE })
    // between two requests there is a moment in which nobody is waited for
    await until(
      async () =>
        (await rewards()).some(
          ({ waitsFor }) => waitsFor?.code === 'PROVIDER_THROTTLED' && waitsFor.until !== null,
        ),
      WITHIN_MS,
    )
    for (let minutes = 2; minutes <= 3; minutes += 1) {
      await nextMinute()
      await until(async () => (await issued()) === minutes * A_MINUTE, WITHIN_MS)
    }
    const all = await rewards()
    expect(await published()).toHaveLength(members.length)
    expect(new Set(all.map(({ couponCode }) => couponCode)).size).toBe(members.length)
    expect(await health()).toMatchObject({ state: 'ok', lastError: null, waiting: 0 })
  }, 400_000)

  it('is told apart from a plan that ended, which is paused at once and says so', async () => {
    const before = await issued()
    await tell(voucherify, 'POST /project', { plan: 'ended_429' })
    await earn(['after the end'])
    await until(async () => (await health()).state === 'paused', WITHIN_MS)
    await earn(['later'])
    const parked = async () => (await rewards()).filter(({ heldReason }) => heldReason === 'provider_paused')
    await until(async () => (await parked()).length === 2, WITHIN_MS)
    expect(await health()).toMatchObject({ waiting: 2, lastError: { code: 'PLAN_ENDED' } })
    const found = await parked()
    // of the one that was asked for there may be a coupon
    expect(found.map(({ fulfilmentStatus }) => fulfilmentStatus).toSorted()).toEqual(['held', 'issuing'])
    for (const reward of found) {
      const wait = { code: 'PROVIDER_PAUSED', message: expect.stringContaining('PLAN_ENDED') }
      expect(reward).toMatchObject({ failureReason: null, waitsFor: wait })
    }
    // the merchant pays, and says so
    await tell(voucherify, 'POST /project', { plan: 'active', requestsPerMinute: 1_000 })
    await app.call('POST', `/schema/coupon_provider/record/${providerId}/resume`, {})
    await until(async () => (await issued()) === before + 2, WITHIN_MS)
    expect(await published()).toHaveLength(before + 2)
  }, 400_000)
})

import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type StripeDouble, startStripeDouble } from '../../src/doubles/stripe/index.ts'
import { startVoucherifyDouble, type VoucherifyDouble } from '../../src/doubles/voucherify/index.ts'
import type { Body } from '../helpers/api.ts'
import { tell } from '../helpers/doubles.ts'
import { freePort, redisForTests, type TestRedis } from '../helpers/redis-server.ts'
import { type RunningApp, runApp } from '../helpers/running-app.ts'
import { logBody } from '../helpers/shop.ts'
import { until } from '../helpers/until.ts'

const pageOf = (name: string) => readFileSync(new URL(`../../docs/${name}.md`, import.meta.url), 'utf8')

/** A body that a page shows, with what only the reader knows filled in. */
function bodyOn(page: string, name: string, filledIn: Readonly<Record<string, string>>): Body {
  const [, json = ''] =
    new RegExp(`<!-- ${name} -->\\s*\`\`\`json\\n([\\s\\S]*?)\`\`\``).exec(pageOf(page)) ?? []
  return JSON.parse(
    Object.entries(filledIn).reduce((text, [blank, value]) => text.replace(blank, value), json),
  )
}

let redis: TestRedis
let stripe: StripeDouble
let voucherify: VoucherifyDouble
let app: RunningApp
let connector: Body

beforeAll(async () => {
  redis = await redisForTests()
  stripe = await startStripeDouble()
  voucherify = await startVoucherifyDouble()
  const port = await freePort()
  app = await runApp({
    redisUrl: redis.url,
    port,
    publicUrl: `http://127.0.0.1:${port}`,
    platformOrigins: { stripe: stripe.origin, voucherify: voucherify.origin },
  })
  const streak = await newStreak()
  connector = await app.call(
    'POST',
    '/schema/connector/record',
    bodyOn('connect-stripe', 'create', { '<streak>': streak.id }),
  )
})
afterAll(async () => {
  await app.stop()
  await Promise.all([stripe.stop(), voucherify.stop()])
  await redis.stop()
})

let streaks = 0
function newStreak(): Promise<Body> {
  streaks += 1
  return app.call('POST', '/schema/streak/record', {
    name: `streak ${streaks}`,
    status: 'live',
    aggregationMethod: 'count',
    aggregationTargetValue: 1,
  })
}

const milestoneOf = (streak: Body, reward: Body, onWithdrawal = 'revoke') => ({
  linkedSchemaRecordId: streak.id,
  name: 'first',
  milestoneTargetValue: 1,
  status: 'live',
  onWithdrawal,
  reward,
})
const makeMilestone = (body: Body) => app.call<Body>('POST', '/schema/milestone/record', body)
const rewardsOf = async (id: string) =>
  (await app.call<Body[]>('GET', '/schema/reward_log/record?limit=1000')).filter(
    ({ reward }) => reward?.providerId === id,
  )
const earn = (streak: Body, externalId: string) =>
  app.call<Body>('POST', '/schema/streak_log/record', logBody(streak.id, externalId, externalId))
/** Its only reward, once it is so far. */
async function rewardThat(providerId: string, status: string): Promise<Body> {
  let found: Body | undefined
  await until(async () => {
    ;[found] = await rewardsOf(providerId)
    return found?.fulfilmentStatus === status
  })
  return found!
}

describe('coupons at Stripe', () => {
  it('need an installed connector with their permissions', async () => {
    const body = bodyOn('connect-stripe', 'provider', { '<connector>': connector.id })
    await expect(app.call('POST', '/schema/coupon_provider/record', body)).rejects.toThrow('SCOPE_MISSING')
    const { id: apiKey } = await tell<{ id: string }>(stripe, 'POST /keys', {
      permissions: ['rak_charge_read', 'rak_event_read', 'rak_webhook_read', 'rak_webhook_write'],
    })
    const act = (name: string, given: object = {}) =>
      app.call<Body>('POST', `/schema/connector/record/${connector.id}/${name}`, given)
    await act('install', { method: 'restricted_key', apiKey })
    await expect(app.call('POST', '/schema/coupon_provider/record', body)).rejects.toThrow(
      'rak_promotion_code_write',
    )
    const all = (await tell<{ id: string }>(stripe, 'POST /keys', {})).id
    await act('install', { method: 'restricted_key', apiKey: all })
  })

  it('are made for the milestones that name them, and say at once what cannot be', async () => {
    const body = bodyOn('connect-stripe', 'provider', { '<connector>': connector.id })
    const { id: providerId } = await app.call<Body>('POST', '/schema/coupon_provider/record', body)
    const streak = await newStreak()
    const milestone = (reward: object) => makeMilestone(milestoneOf(streak, { providerId, ...reward }))
    const discount = { percentage: 10 }
    await expect(milestone({ discount, minimumSubtotal: 5 })).rejects.toThrow('reward.minimumSubtotal')
    await expect(milestone({ discount: { amount: 1.5, currency: 'JPY' } })).rejects.toThrow(
      'reward.discount.amount',
    )
    await app.call('PATCH', `/schema/coupon_provider/record/${providerId}`, {
      settings: { couponId: 'mine' },
    })
    await expect(milestone({ discount })).rejects.toThrow('reward.discount')
    await app.call('PATCH', `/schema/coupon_provider/record/${providerId}`, { settings: {} })
    await milestone({ discount, expiresInDays: 3650 })
    await earn(streak, 'customer-1')
    const reward = await rewardThat(providerId, 'issued')
    const { promotionCodes } = await tell<{ promotionCodes: Body[] }>(stripe, 'GET /promotion-codes')
    expect(promotionCodes).toMatchObject([
      {
        code: reward.couponCode,
        metadata: { streakline_reward_log: reward.id },
        expires_at: Math.ceil(Date.parse(reward.rewardExpiryAt) / 1000),
      },
    ])
  })
})

describe('coupons at Voucherify', () => {
  it('are published from the campaign that decides what they are', async () => {
    const { appId, appToken } = voucherify.project()
    const body = bodyOn('connect-voucherify', 'provider', {
      '<application id>': appId,
      '<secret key>': appToken,
    })
    const { id: providerId } = await app.call<Body>('POST', '/schema/coupon_provider/record', body)
    const streak = await newStreak()
    const reward = bodyOn('connect-voucherify', 'reward', { '<provider>': providerId })
    for (const [field, value] of Object.entries({ prefix: 'A', minimumSubtotal: 5, expiresInDays: 3 })) {
      const refused = makeMilestone(milestoneOf(streak, { ...reward, [field]: value }))
      await expect(refused).rejects.toThrow(`reward.${field}`)
    }
    await makeMilestone(milestoneOf(streak, reward))
    await earn(streak, 'customer-2')
    const issued = await rewardThat(providerId, 'issued')
    expect(issued.rewardExpiryAt).toBeNull()
    const { publications } = await tell<{ publications: Body[] }>(voucherify, 'GET /publications')
    expect(publications).toMatchObject([
      { source_id: issued.id, voucher: { code: issued.couponCode }, customer: { source_id: 'customer-2' } },
    ])
  })
})

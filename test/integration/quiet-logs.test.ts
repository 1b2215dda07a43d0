import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type Api, type Body, type Client, startApi } from '../helpers/api.ts'
import { shopifyOrder } from '../helpers/payloads.ts'
import { workOff } from '../helpers/replay-shop.ts'
import { shopifyRequest } from '../helpers/signed.ts'

const SECRET = 'webhook_secret_of_the_tests'
const SHOP = 'example.myshopify.com'

let api: Api
let admin: Client
let streak: Body
let serial = 0

beforeAll(async () => {
  api = await startApi()
  admin = await api.account('quiet')
  streak = await admin.create('streak', {
    name: 'a visit a day',
    status: 'live',
    aggregationMethod: 'count',
    aggregationTargetValue: 1,
  })
  await admin.create('milestone', {
    linkedSchemaRecordId: streak.id,
    name: 'three in a row',
    status: 'live',
    milestoneTargetValue: 3,
  })
})
afterAll(() => api.close())

async function visit(externalId: string, day: number, quiet?: boolean): Promise<Body> {
  serial += 1
  const body = {
    streakId: streak.id,
    ownedBy: { externalId },
    activityAt: `2026-11-0${day}T10:00:00Z`,
    activityId: 'visited',
    uniqueIdentifier: `visit ${serial}`,
    ...(quiet === undefined ? {} : { quiet }),
  }
  return admin.create('streak_log', body)
}

/** Counts and rewards of a log as its create answered them. */
const seen = ({ streakProgress, achievedMilestones, quiet }: Body) => [
  streakProgress.consecutiveCount,
  achievedMilestones.length,
  quiet,
]
const filters = (fieldSlug: string, operator: string, value: unknown) => ({ fieldSlug, operator, value })

describe('a quiet log', () => {
  it('counts like any other, is granted nothing, and what it reached is granted to nobody later', async () => {
    expect(seen(await visit('ann', 1))).toEqual([1, 0, false])
    expect(seen(await visit('ann', 2, false))).toEqual([2, 0, false])
    expect(seen(await visit('ann', 3, true))).toEqual([3, 0, true])
    expect(seen(await visit('ann', 4))).toEqual([4, 0, false])
  })

  it('leaves to a log that is not quiet what that one reaches itself', async () => {
    await visit('ben', 1, true)
    await visit('ben', 2, true)
    expect(seen(await visit('ben', 3))).toEqual([3, 1, false])
  })

  it('takes rewards back, brings them back, and is granted nothing by its reinstatement', async () => {
    await visit('cem', 1)
    const quiet = await visit('cem', 2, true)
    const third = await visit('cem', 3)
    expect(seen(third)).toEqual([3, 1, false])
    const path = `/schema/streak_log/record/${quiet.id}`
    const reward = async () => {
      const found = await admin.list('reward_log', {
        filters: filters('ownedById', 'EQUALS', quiet.ownedById),
      })
      return found.body.data.map(({ fulfilmentStatus, streakLogId }: Body) => [fulfilmentStatus, streakLogId])
    }
    const withdrawal = await admin.post(`${path}/withdrawal`, { uniqueIdentifier: 'a', reason: 'returned' })
    expect(await reward()).toEqual([['revoked', third.id]])
    await admin.post(`${path}/reinstatement`, { withdrawalId: withdrawal.body.data.id, reason: 'a mistake' })
    expect(await reward()).toEqual([['pending', quiet.id]])
    expect((await admin.get(path)).body.data.achievedMilestones).toHaveLength(1)
    const reached = await visit('dan', 1)
    expect(reached.quiet).toBe(false)
    await visit('dan', 2)
    const last = await visit('dan', 3, true)
    const its = `/schema/streak_log/record/${last.id}`
    const taken = await admin.post(`${its}/withdrawal`, { uniqueIdentifier: 'a', reason: 'returned' })
    await admin.post(`${its}/reinstatement`, { withdrawalId: taken.body.data.id, reason: 'a mistake' })
    expect((await admin.get(its)).body.data).toMatchObject({ achievedMilestones: [], quiet: true })
  })

  it('is filtered and sorted by', async () => {
    const own = filters('streakId', 'EQUALS', streak.id)
    const quiet = await admin.list('streak_log', {
      filters: { and: [own, filters('quiet', 'EQUALS', true)] },
    })
    expect(new Set(quiet.body.data.map((log: Body) => log.quiet))).toEqual(new Set([true]))
    const all = await admin.list('streak_log', {
      filters: own,
      sortBy: [{ fieldSlug: 'quiet', order: 'DESC' }],
    })
    const shown: boolean[] = all.body.data.map((log: Body) => log.quiet)
    expect(shown).toEqual(shown.toSorted((a, b) => Number(b) - Number(a)))
    expect(shown).toContain(false)
    for (const value of ['true', 1, null]) {
      const { status } = await admin.post('/schema/streak_log/record', {
        streakId: streak.id,
        ownedBy: { externalId: 'eva' },
        activityAt: '2026-11-01T10:00:00Z',
        activityId: 'visited',
        uniqueIdentifier: `odd ${value}`,
        quiet: value,
      })
      expect([value, status]).toEqual([value, value === null ? 201 : 400])
    }
  })
})

describe('a purchase that lies far back when it is received', () => {
  const shopOf = (rule: object): Promise<Body> =>
    admin.create('connector', {
      name: 'shop',
      platform: 'shopify',
      credentials: { webhookSecrets: [SECRET] },
      settings: { shopDomain: SHOP },
      rules: [{ streakId: streak.id, ...rule }],
    })
  async function bought(connector: Body, processedAt: string): Promise<Body> {
    serial += 1
    const request = shopifyRequest({ body: shopifyOrder({ id: serial, processedAt }), secret: SECRET })
    const init = { method: 'POST', headers: request.headers, body: new Uint8Array(request.body) }
    const answer = await api.send(connector.webhookPath, init)
    const path = `/schema/delivery/record/${answer.body.data.deliveryId}`
    expect((await admin.get(path)).body.data.items).toMatchObject([{ status: 'pending', quiet: null }])
    await workOff(api)
    return (await admin.get(path)).body.data.items[0]
  }
  const daysBack = (days: number, ms = 0) => new Date(api.clock.now() - days * 86_400_000 - ms).toISOString()

  it('makes a quiet log, from one millisecond after the days of its rule on', async () => {
    const usual = await shopOf({})
    expect(usual.rules).toMatchObject([{ rewardWithinDays: 60, giftCards: 'ignore' }])
    expect(await bought(usual, daysBack(60))).toMatchObject({ status: 'counted', quiet: false })
    const late = await bought(usual, daysBack(60, 1))
    expect(late).toMatchObject({ status: 'counted', quiet: true })
    expect((await admin.get(`/schema/streak_log/record/${late.streakLogId}`)).body.data.quiet).toBe(true)
    const day = await shopOf({ rewardWithinDays: 1 })
    expect(await bought(day, daysBack(1))).toMatchObject({ quiet: false })
    expect(await bought(day, daysBack(1, 1))).toMatchObject({ quiet: true })
    const never = await shopOf({ rewardWithinDays: null })
    expect(never.rules).toMatchObject([{ rewardWithinDays: null }])
    expect(await bought(never, '2001-01-01T00:00:00Z')).toMatchObject({ status: 'counted', quiet: false })
  })

  it('is bounded by whole days, 1 to 3,650', async () => {
    for (const rewardWithinDays of [0, -1, 1.5, 3_651, '60', true]) {
      const answer = await admin.post('/schema/connector/record', {
        name: 'shop',
        platform: 'shopify',
        credentials: { webhookSecrets: [SECRET] },
        settings: { shopDomain: SHOP },
        rules: [{ streakId: streak.id, rewardWithinDays }],
      })
      expect([rewardWithinDays, answer.status]).toEqual([rewardWithinDays, 400])
    }
  })

  it('counts loud by a rule of before there was the limit, which counts gift cards too', async () => {
    const connector = await shopOf({})
    const [row] = await api.store.findByKeys('connector', ['id'], [[connector.id]])
    const rules = row!.rules.map(({ giftCards: _, rewardWithinDays: __, ...rule }) => rule)
    const { id, accountId, revision } = row!
    await api.store.commit([
      { op: 'update', collection: 'connector', id, accountId, set: { rules, revision } },
    ])
    const shown = (await admin.get(`/schema/connector/record/${id}`)).body.data
    expect(shown.rules).toMatchObject([{ giftCards: 'count', rewardWithinDays: null }])
    expect(await bought(connector, '2020-01-01T00:00:00Z')).toMatchObject({ status: 'counted', quiet: false })
  })
})

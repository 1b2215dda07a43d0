import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type Api, type Body, type Client, startApi } from '../helpers/api.ts'
import { endUserToken } from '../helpers/end-user-token.ts'

let api: Api
let admin: Client
let other: Client

beforeAll(async () => {
  api = await startApi()
  admin = await api.account('streak logs')
  other = await api.account('somebody else')
})
afterAll(() => api.close())

const LOGS = '/schema/streak_log/record'
const NOWHERE = '01890000-0000-7000-8000-000000000000'

let serial = 0
function log(streak: Body, fields: object = {}): Record<string, unknown> {
  serial += 1
  return {
    streakId: streak.id,
    ownedBy: { externalId: `customer ${serial}` },
    activityAt: '2026-11-22T10:00:00Z',
    activityId: 'made_a_purchase',
    uniqueIdentifier: `order ${serial}`,
    ...fields,
  }
}

const countStreak = (fields: object = {}) =>
  admin.create('streak', {
    name: 'daily purchase',
    status: 'live',
    aggregationMethod: 'count',
    aggregationTargetValue: 1,
    ...fields,
  })
const sumStreak = (fields: object = {}) =>
  admin.create('streak', { name: 'spend', status: 'live', aggregationTargetValue: 100, ...fields })
const milestone = (streak: Body, fields: object = {}) =>
  admin.create('milestone', {
    linkedSchemaSlug: 'streak',
    linkedSchemaRecordId: streak.id,
    name: 'first',
    milestoneTargetValue: 1,
    status: 'live',
    ...fields,
  })

describe('creating a streak log', () => {
  it('answers with the log and all that it changed', async () => {
    const streak = await countStreak()
    const next = await milestone(streak, { name: 'second', milestoneTargetValue: 2 })
    const answer = await admin.post(LOGS, log(streak, { uniqueIdentifier: 'first' }))
    expect(answer.status).toBe(201)
    const { data } = answer.body
    expect(data).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      streakId: streak.id,
      ownedById: expect.stringMatching(/^[0-9a-f-]{36}$/),
      activityAt: '2026-11-22T10:00:00.000Z',
      activityId: 'made_a_purchase',
      uniqueIdentifier: 'first',
      activityValue: null,
      status: 'live',
      quiet: false,
      createdAt: '2026-11-22T12:00:00.000Z',
      updatedAt: '2026-11-22T12:00:00.000Z',
      streak,
      streakProgress: {
        id: expect.any(String),
        streakId: streak.id,
        ownedById: data.ownedById,
        periodKey: '2026-11-22',
        periodStartAt: '2026-11-22T00:00:00.000Z',
        periodEndAt: '2026-11-23T00:00:00.000Z',
        currentProgressValue: 1,
        aggregationTargetValue: 1,
        streakProgressStatus: 'completed',
        consecutiveCount: 1,
        longestConsecutiveCount: 1,
        streakStartedAt: '2026-11-22T10:00:00.000Z',
        streakBrokenAt: null,
        streakCompletedAt: null,
        createdAt: '2026-11-22T12:00:00.000Z',
        updatedAt: '2026-11-22T12:00:00.000Z',
      },
      achievedMilestone: null,
      nextMilestone: next,
      achievedMilestoneRewardLog: null,
      achievedMilestones: [],
      achievedMilestoneRewardLogs: [],
    })
  })

  it('hands over the milestone that was reached, and its reward log for the backend to fulfil', async () => {
    const streak = await countStreak()
    const first = await milestone(streak)
    const data = await admin.create('streak_log', log(streak))
    expect(data.achievedMilestone).toEqual(first)
    expect(data.achievedMilestones).toEqual([first])
    expect(data.nextMilestone).toBeNull()
    expect(data.achievedMilestoneRewardLogs).toEqual([data.achievedMilestoneRewardLog])
    expect(data.achievedMilestoneRewardLog).toEqual({
      id: expect.any(String),
      linkedSchemaSlug: 'streak',
      linkedSchemaRecordId: streak.id,
      milestoneId: first.id,
      milestone: first,
      ownedById: data.ownedById,
      streakLogId: data.id,
      periodKey: '2026-11-22',
      couponCode: null,
      rewardIssuedAt: null,
      rewardExpiryAt: null,
      fulfilmentStatus: 'pending',
      heldReason: null,
      fulfilAfter: null,
      waitsFor: null,
      failureReason: null,
      couponUsed: null,
      redeemedAt: null,
      redeemedOrderId: null,
      reward: null,
      onWithdrawal: 'keep',
      createdAt: '2026-11-22T12:00:00.000Z',
      updatedAt: '2026-11-22T12:00:00.000Z',
    })
  })

  it('lists every milestone that one log reaches; the singular fields hold the last', async () => {
    const streak = await countStreak()
    const long = await milestone(streak, { name: 'long' })
    const value = await milestone(streak, { name: 'value', milestoneMetric: 'current_progress_value' })
    const data = await admin.create('streak_log', log(streak))
    expect(data.achievedMilestones).toEqual([value, long])
    expect(data.achievedMilestone).toEqual(long)
    expect(data.achievedMilestoneRewardLogs.map((reward: Body) => reward.milestoneId)).toEqual([
      value.id,
      long.id,
    ])
    expect(data.achievedMilestoneRewardLog).toEqual(data.achievedMilestoneRewardLogs[1])
  })

  it('never shows a code that was drawn but not issued', async () => {
    const streak = await countStreak()
    const pool = await admin.create('coupon_provider', { name: 'drawn', provider: 'pool' })
    await milestone(streak, { reward: { providerId: pool.id, discount: { percentage: 12.5 } } })
    const data = await admin.create('streak_log', log(streak))
    const [row] = await api.store.findByKeys('reward_log', ['id'], [[data.achievedMilestoneRewardLog.id]])
    expect(row?.drawnCode).toEqual(expect.any(String))
    expect(data.achievedMilestoneRewardLog).toMatchObject({
      couponCode: null,
      reward: { discount: { percentage: 12.5 } },
    })
    const listed = await admin.list('reward_log')
    const code = await admin.list('coupon_code')
    expect(JSON.stringify([data, listed.body, code.body])).not.toContain(row?.drawnCode)
  })

  it('gives the same again on GET, by its id', async () => {
    const streak = await countStreak()
    await milestone(streak)
    const data = await admin.create('streak_log', log(streak))
    expect((await admin.get(`${LOGS}/${data.id}`)).body).toEqual({ data })
  })

  it('shows on GET what it achieved, and progress and next milestone as they now are', async () => {
    const streak = await countStreak({ aggregationTargetValue: 2 })
    const value = { milestoneMetric: 'current_progress_value' }
    const [one, two, three] = [
      await milestone(streak, { ...value, name: 'one' }),
      await milestone(streak, { ...value, name: 'two', milestoneTargetValue: 2 }),
      await milestone(streak, { ...value, name: 'three', milestoneTargetValue: 3 }),
    ]
    const owner = { ownedBy: { externalId: 'looks back' } }
    const first = await admin.create('streak_log', log(streak, owner))
    expect(first).toMatchObject({ achievedMilestone: one, nextMilestone: two })
    const second = await admin.create('streak_log', log(streak, owner))
    expect(second).toMatchObject({ achievedMilestone: two, nextMilestone: three })
    const paused = await admin.create('streak_log', log(streak, { ...owner, status: 'paused' }))
    expect(paused).toMatchObject({ achievedMilestone: null, nextMilestone: three })
    expect(paused.streakProgress).toEqual(second.streakProgress)
    const { streakProgress, nextMilestone } = second
    expect(streakProgress).toMatchObject({ currentProgressValue: 2, streakProgressStatus: 'completed' })
    const seen = async ({ id }: Body) => (await admin.get(`${LOGS}/${id}`)).body.data
    expect(await seen(first)).toEqual({ ...first, streakProgress, nextMilestone })
    expect(await seen(second)).toEqual(second)
    expect(await seen(paused)).toEqual(paused)
    const coupon = { couponCode: 'STREAK1' }
    await admin.patch(`/schema/reward_log/record/${first.achievedMilestoneRewardLog.id}`, coupon)
    await admin.patch(`/schema/streak/record/${streak.id}`, { name: 'renamed', status: 'paused' })
    expect(await seen(first)).toMatchObject({
      streak: { name: 'renamed', status: 'paused' },
      achievedMilestoneRewardLog: { couponCode: 'STREAK1', fulfilmentStatus: 'issued' },
    })
  })

  it('adds exactly, and answers with all digits', async () => {
    const streak = await sumStreak({ aggregationTargetValue: 1000 })
    const member = await admin.create('account_user', { externalId: 'exact' })
    const add = (digits: string) => {
      const { ownedBy, ...fields } = log(streak, { ownedById: member.id })
      return admin.post(LOGS, `${JSON.stringify(fields).slice(0, -1)},"activityValue":${digits}}`)
    }
    const texts = []
    for (const digits of ['0.1', '0.20', '999.000001', '1e-6', '123456789.123456'])
      texts.push((await add(digits)).text)
    expect(texts[1]).toContain('"activityValue":0.2,')
    expect(texts[1]).toContain('"currentProgressValue":0.3,')
    expect(texts[2]).toContain('"currentProgressValue":999.300001,')
    expect(texts[3]).toContain('"currentProgressValue":999.300002,')
    expect(texts[4]).toContain('"activityValue":123456789.123456,')
    expect(texts[4]).toContain('"currentProgressValue":123457788.423458,')
  })

  it('refuses the same identifier for the same member and streak for ever, and changes nothing', async () => {
    const streak = await countStreak()
    const owner = { externalId: 'twice', firstName: 'Ada' }
    const sent = log(streak, { ownedBy: owner })
    const first = await admin.create('streak_log', sent)
    const answer = await admin.post(LOGS, {
      ...sent,
      ownedBy: { ...owner, firstName: 'Eve' },
      activityId: 'other',
    })
    expect(answer).toMatchObject({
      status: 409,
      body: {
        error: {
          code: 'DUPLICATE_STREAK_LOG',
          details: [{ path: 'uniqueIdentifier', message: expect.any(String), existingId: first.id }],
        },
      },
    })
    const member = await admin.get(`/schema/account_user/record/${first.ownedById}`)
    expect(member.body.data.firstName).toBe('Ada')
  })

  it('keeps profile fields that were not supplied', async () => {
    const streak = await countStreak()
    const owner = { externalId: 'profile', firstName: 'Ada', email: 'ada@example.com' }
    const first = await admin.create('streak_log', log(streak, { ownedBy: owner }))
    const second = { externalId: 'profile', firstName: 'Augusta', email: null, phoneNumber: '+14155552671' }
    await admin.create('streak_log', log(streak, { ownedBy: second }))
    expect((await admin.get(`/schema/account_user/record/${first.ownedById}`)).body.data).toMatchObject({
      externalId: 'profile',
      firstName: 'Augusta',
      lastName: null,
      email: 'ada@example.com',
      phoneNumber: '+14155552671',
      status: 'live',
    })
  })

  it('stores a log that is not live without counting it', async () => {
    const streak = await countStreak()
    const data = await admin.create('streak_log', log(streak, { status: 'draft' }))
    expect(data).toMatchObject({ status: 'draft', streakProgress: null, achievedMilestones: [] })
  })

  it('cuts off what is finer than a millisecond', async () => {
    const streak = await countStreak()
    const data = await admin.create(
      'streak_log',
      log(streak, { activityAt: '2026-11-22T11:00:00.9999+02:00' }),
    )
    expect(data.activityAt).toBe('2026-11-22T09:00:00.999Z')
  })
})

describe('a streak log is refused', () => {
  const refusals: readonly [string, object, string, string][] = [
    ['without a streak', { streakId: undefined }, 'INVALID_INPUT', 'streakId'],
    ['with a streak that is no id', { streakId: 'abc' }, 'INVALID_INPUT', 'streakId'],
    ['with a streak that does not exist', { streakId: NOWHERE }, 'REFERENCE_NOT_FOUND', 'streakId'],
    ['without a member', { ownedBy: undefined }, 'INVALID_INPUT', 'ownedById'],
    ['with null for its member', { ownedBy: null }, 'INVALID_INPUT', 'ownedById'],
    ['with its member named twice', { ownedById: NOWHERE }, 'INVALID_INPUT', 'ownedBy'],
    [
      'with a member that does not exist',
      { ownedBy: null, ownedById: NOWHERE },
      'REFERENCE_NOT_FOUND',
      'ownedById',
    ],
    ['without an externalId', { ownedBy: {} }, 'INVALID_INPUT', 'ownedBy.externalId'],
    ['with a blank externalId', { ownedBy: { externalId: ' ' } }, 'INVALID_INPUT', 'ownedBy.externalId'],
    [
      'with a long externalId',
      { ownedBy: { externalId: 'x'.repeat(257) } },
      'INVALID_INPUT',
      'ownedBy.externalId',
    ],
    [
      'with an erased externalId',
      { ownedBy: { externalId: 'erased:1' } },
      'INVALID_INPUT',
      'ownedBy.externalId',
    ],
    ['with a bad address', { ownedBy: { externalId: 'x', email: 'x' } }, 'INVALID_INPUT', 'ownedBy.email'],
    [
      'with a bad number',
      { ownedBy: { externalId: 'x', phoneNumber: '0415' } },
      'INVALID_INPUT',
      'ownedBy.phoneNumber',
    ],
    [
      'with an unknown profile field',
      { ownedBy: { externalId: 'x', age: 3 } },
      'UNKNOWN_FIELD',
      'ownedBy.age',
    ],
    ['with an unknown field', { value: 3 }, 'UNKNOWN_FIELD', 'value'],
    ['with an unknown field that is null', { value: null }, 'UNKNOWN_FIELD', 'value'],
    ['without a time', { activityAt: undefined }, 'INVALID_INPUT', 'activityAt'],
    ['with a naive time', { activityAt: '2026-11-22T10:00:00' }, 'INVALID_INPUT', 'activityAt'],
    ['with a time as a number', { activityAt: 1763805600 }, 'INVALID_INPUT', 'activityAt'],
    ['with a time before 1970', { activityAt: '1969-12-31T00:00:00Z' }, 'INVALID_INPUT', 'activityAt'],
    ['with a time in the future', { activityAt: '2026-11-22T12:05:00.001Z' }, 'IN_FUTURE', 'activityAt'],
    ['without an activity', { activityId: null }, 'INVALID_INPUT', 'activityId'],
    ['with a blank identifier', { uniqueIdentifier: '' }, 'INVALID_INPUT', 'uniqueIdentifier'],
    ['with a long identifier', { uniqueIdentifier: 'x'.repeat(257) }, 'INVALID_INPUT', 'uniqueIdentifier'],
    ['with a value as text', { activityValue: '5' }, 'INVALID_INPUT', 'activityValue'],
    ['with a negative value', { activityValue: -1 }, 'INVALID_INPUT', 'activityValue'],
    ['with a value too large', { activityValue: 1_000_000_001 }, 'INVALID_INPUT', 'activityValue'],
    ['with too many decimals', { activityValue: 0.1234567 }, 'INVALID_INPUT', 'activityValue'],
    ['with an unknown status', { status: 'live ' }, 'INVALID_INPUT', 'status'],
  ]

  it.each(refusals)('%s', async (_name, fields, code, path) => {
    const streak = await countStreak()
    const answer = await admin.post(LOGS, log(streak, fields))
    expect(answer).toMatchObject({ status: 400, body: { error: { code, details: [{ path }] } } })
    expect(answer.body.error.details[0].message).not.toBe('')
  })

  it('without a value on a sum streak', async () => {
    const answer = await admin.post(LOGS, log(await sumStreak()))
    expect(answer).toMatchObject({ status: 400, body: { error: { details: [{ path: 'activityValue' }] } } })
  })

  it('on a streak or for a member that is not live', async () => {
    const draft = await countStreak({ status: undefined })
    const answer = await admin.post(LOGS, log(draft))
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'STREAK_NOT_LIVE' } } })
    expect(answer.body.error.message).toContain('draft')
    const paused = await admin.create('account_user', { externalId: 'paused', status: 'paused' })
    const refused = await admin.post(
      LOGS,
      log(await countStreak(), { ownedBy: undefined, ownedById: paused.id }),
    )
    expect(refused).toMatchObject({ status: 400, body: { error: { code: 'MEMBER_NOT_LIVE' } } })
  })

  it('and makes no member', async () => {
    const draft = await countStreak({ status: 'draft' })
    await admin.post(LOGS, log(draft, { ownedBy: { externalId: 'never made' } }))
    const filters = { fieldSlug: 'externalId', operator: 'EQUALS', value: 'never made' }
    expect((await admin.list('account_user', { filters })).body.data).toEqual([])
  })

  it('as a duplicate before its streak’s status is looked at, and for its time last', async () => {
    const streak = await countStreak()
    const sent = log(streak)
    await admin.create('streak_log', sent)
    expect((await admin.post(LOGS, { ...sent, activityAt: '2099-01-01T00:00:00Z' })).status).toBe(409)
    const draft = await countStreak({ status: 'draft' })
    const answer = await admin.post(LOGS, log(draft, { activityAt: '2099-01-01T00:00:00Z' }))
    expect(answer.body.error.code).toBe('STREAK_NOT_LIVE')
  })

  it('when its streak or member is somebody else’s', async () => {
    const streak = await countStreak()
    const foreign = await other.post(LOGS, log(streak))
    expect(foreign).toMatchObject({ status: 400, body: { error: { code: 'REFERENCE_NOT_FOUND' } } })
    const member = await other.create('account_user', { externalId: 'theirs' })
    const answer = await admin.post(LOGS, log(streak, { ownedBy: undefined, ownedById: member.id }))
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'REFERENCE_NOT_FOUND' } } })
  })
})

describe('many creates at once', () => {
  it('give one member the progress 1 to 200, each once', async () => {
    const streak = await countStreak()
    const owner = { externalId: 'at once' }
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => admin.post(LOGS, log(streak, { ownedBy: owner }))),
    )
    const values = answers.map(({ body }) => body.data.streakProgress.currentProgressValue)
    expect(values.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, at) => at + 1))
  })
})

describe('a streak log that was accepted', () => {
  it('can be neither changed nor deleted, and says why', async () => {
    const data = await admin.create('streak_log', log(await countStreak()))
    for (const answer of [
      await admin.patch(`${LOGS}/${data.id}`, { status: 'paused' }),
      await admin.patch(`${LOGS}/${data.id}`, {}),
      await admin.delete(`${LOGS}/${data.id}`),
    ]) {
      expect(answer).toMatchObject({ status: 405, body: { error: { code: 'METHOD_NOT_ALLOWED' } } })
      expect(answer.body.error.message).toContain('permanent')
      expect(answer.headers.get('allow')).toBe('GET')
    }
    expect((await admin.get(`${LOGS}/${data.id}`)).body.data).toEqual(data)
  })

  it('can be withdrawn and reinstated by the backend alone', async () => {
    const data = await admin.create('streak_log', log(await countStreak()))
    const token = endUserToken(keyOf(admin), 'whoever', api.clock.now())
    const endUser = { 'x-enduser-access-token': token, 'x-account-id': admin.accountId }
    const path = `${LOGS}/${data.id}/withdrawal`
    const body = { reason: 'returned', uniqueIdentifier: 'refund 1' }
    expect((await api.send(path, { method: 'POST' })).status).toBe(401)
    expect((await api.send(path, { method: 'POST', headers: endUser })).status).toBe(403)
    const entry = await admin.post(path, body)
    expect(entry).toMatchObject({ status: 201, body: { data: { kind: 'withdrawal', value: null, ...body } } })
    expect((await admin.get(`${LOGS}/${data.id}`)).body.data.streakProgress.currentProgressValue).toBe(0)
    const { id } = entry.body.data
    const again = await admin.post(path, body)
    expect(again).toMatchObject({ status: 409, body: { error: { code: 'DUPLICATE_WITHDRAWAL' } } })
    expect(again.body.error.details[0]).toMatchObject({ path: 'uniqueIdentifier', existingId: id })
    expect((await admin.get(`/schema/withdrawal/record/${id}`)).body.data).toEqual(entry.body.data)
    const undo = { reason: 'a mistake', withdrawalId: id }
    const undone = await admin.post(`${LOGS}/${data.id}/reinstatement`, undo)
    expect(undone).toMatchObject({ status: 201, body: { data: { kind: 'reinstatement', ...undo } } })
    const twice = await admin.post(`${LOGS}/${data.id}/reinstatement`, undo)
    expect(twice).toMatchObject({ status: 409, body: { error: { code: 'DUPLICATE_REINSTATEMENT' } } })
    const { streakProgress, ...left } = (await admin.get(`${LOGS}/${data.id}`)).body.data
    expect([streakProgress.currentProgressValue, left.activityAt]).toEqual([1, data.activityAt])
  })

  it.each([
    [{ uniqueIdentifier: 'r' }, 'INVALID_INPUT', 'reason'],
    [{ reason: 'r' }, 'INVALID_INPUT', 'uniqueIdentifier'],
    [{ reason: 'r', uniqueIdentifier: 'r', value: 0 }, 'INVALID_INPUT', 'value'],
    [{ reason: 'r', uniqueIdentifier: 'r', value: 1 }, 'INVALID_INPUT', 'value'],
    [{ reason: 'r', uniqueIdentifier: 'r', amount: 1 }, 'UNKNOWN_FIELD', 'amount'],
  ])('refuses the withdrawal %j', async (body, code, path) => {
    const data = await admin.create('streak_log', log(await countStreak()))
    const answer = await admin.post(`${LOGS}/${data.id}/withdrawal`, body)
    expect(answer).toMatchObject({ status: 400, body: { error: { code, details: [{ path }] } } })
    expect((await admin.get(`${LOGS}/${data.id}`)).body.data.streakProgress.currentProgressValue).toBe(1)
  })
})

/** A client's key, as a backend uses it to sign the tokens of its end users. */
function keyOf({ accountId, headers }: Client) {
  return { accountId, apiKey: headers['x-api-key'] ?? '', apiSecret: headers['x-api-secret'] ?? '' }
}

describe('what logs lead to', () => {
  it('is read as progress, member streak and reward log', async () => {
    const streak = await countStreak()
    const first = await milestone(streak)
    const owner = { externalId: 'reader' }
    const yesterday = await admin.create(
      'streak_log',
      log(streak, { ownedBy: owner, activityAt: '2026-11-21T10:00:00Z' }),
    )
    const today = await admin.create('streak_log', log(streak, { ownedBy: owner }))
    const filters = { fieldSlug: 'ownedById', operator: 'EQUALS', value: today.ownedById }
    const progress = await admin.list('streak_progress', {
      filters,
      sortBy: [{ fieldSlug: 'periodStartAt' }],
    })
    expect(progress.body.data.map((record: Body) => [record.periodKey, record.consecutiveCount])).toEqual([
      ['2026-11-21', 1],
      ['2026-11-22', 2],
    ])
    expect(progress.body.data[1]).toEqual(today.streakProgress)
    const one = await admin.get(`/schema/streak_progress/record/${today.streakProgress.id}`)
    expect(one.body.data).toEqual(today.streakProgress)

    const streaks = await admin.list('member_streak', { filters })
    expect(streaks.body.data).toEqual([
      {
        id: expect.any(String),
        streakId: streak.id,
        ownedById: today.ownedById,
        currentConsecutiveCount: 2,
        longestConsecutiveCount: 2,
        completedCycles: 0,
        currentPeriodKey: '2026-11-22',
        currentProgressValue: 1,
        currentPeriodEndAt: '2026-11-23T00:00:00.000Z',
        streakStatus: 'active',
        lastBrokenAt: null,
        lastActivityAt: '2026-11-22T10:00:00.000Z',
        nextMilestone: null,
        createdAt: expect.any(String),
        updatedAt: expect.any(String),
      },
    ])
    const own = await admin.get(`/schema/member_streak/record/${streaks.body.data[0].id}`)
    expect(own.body.data).toEqual(streaks.body.data[0])

    const rewards = await admin.list('reward_log', { filters })
    expect(rewards.body.data).toEqual(yesterday.achievedMilestoneRewardLogs)
    expect(rewards.body.data[0].milestone).toEqual(first)
  })

  it('belongs to its account alone', async () => {
    const streak = await countStreak()
    await milestone(streak)
    const data = await admin.create('streak_log', log(streak))
    const ids = {
      streak: streak.id,
      milestone: data.achievedMilestone.id,
      streak_log: data.id,
      streak_progress: data.streakProgress.id,
      reward_log: data.achievedMilestoneRewardLog.id,
      account_user: data.ownedById,
    }
    for (const [slug, id] of Object.entries(ids)) {
      expect((await other.get(`/schema/${slug}/record/${id}`)).status).toBe(404)
      expect((await admin.get(`/schema/${slug}/record/${id}`)).status).toBe(200)
      const listed = await other.list(slug, { limit: 1000 })
      expect(listed.body.data.map((record: Body) => record.id)).not.toContain(id)
    }
    const patch = await other.patch(`/schema/reward_log/record/${ids.reward_log}`, { couponCode: 'THEIRS' })
    expect(patch.status).toBe(404)
  })
})

describe('patching a reward log', () => {
  async function manualReward(): Promise<Body> {
    const streak = await countStreak()
    await milestone(streak)
    return (await admin.create('streak_log', log(streak))).achievedMilestoneRewardLog
  }

  it('issues a manual reward as in the fulfilment workflow', async () => {
    const reward = await manualReward()
    const answer = await admin.patch(`/schema/reward_log/record/${reward.id}`, {
      couponCode: 'STREAK7',
      rewardExpiryAt: '2026-12-31T23:59:59+01:00',
    })
    expect(answer.status).toBe(200)
    expect(answer.body.data).toEqual({
      ...reward,
      couponCode: 'STREAK7',
      fulfilmentStatus: 'issued',
      rewardIssuedAt: '2026-11-22T12:00:00.000Z',
      rewardExpiryAt: '2026-12-31T22:59:59.000Z',
      updatedAt: expect.any(String),
    })
    expect((await admin.get(`/schema/reward_log/record/${reward.id}`)).body).toEqual(answer.body)
  })

  it.each([
    [{ couponCode: '' }, 'INVALID_INPUT', 'couponCode'],
    [{ couponCode: 'x'.repeat(129) }, 'INVALID_INPUT', 'couponCode'],
    [{ couponCode: 7 }, 'INVALID_INPUT', 'couponCode'],
    [{ rewardIssuedAt: 'today' }, 'INVALID_INPUT', 'rewardIssuedAt'],
    [{ fulfilmentStatus: 'issued' }, 'UNKNOWN_FIELD', 'fulfilmentStatus'],
    [{ milestoneId: NOWHERE }, 'UNKNOWN_FIELD', 'milestoneId'],
    [
      { couponCode: 'X', rewardIssuedAt: '2026-11-22T00:00:00Z', rewardExpiryAt: '2026-11-21T00:00:00Z' },
      'INVALID_INPUT',
      'rewardExpiryAt',
    ],
  ])('refuses %j', async (patch, code, path) => {
    const reward = await manualReward()
    const answer = await admin.patch(`/schema/reward_log/record/${reward.id}`, patch)
    expect(answer).toMatchObject({ status: 400, body: { error: { code, details: [{ path }] } } })
    expect((await admin.get(`/schema/reward_log/record/${reward.id}`)).body.data).toEqual(reward)
  })

  it('takes null for a field that may be empty', async () => {
    const reward = await manualReward()
    const path = `/schema/reward_log/record/${reward.id}`
    await admin.patch(path, { couponCode: 'A', rewardExpiryAt: '2027-01-01T00:00:00Z' })
    expect((await admin.patch(path, { rewardExpiryAt: null })).body.data.rewardExpiryAt).toBeNull()
    expect(await admin.patch(path, { couponCode: null })).toMatchObject({
      status: 400,
      body: { error: { code: 'FIELD_IS_FIXED' } },
    })
  })

  it('is refused while the platform makes the coupon', async () => {
    const streak = await countStreak()
    const pool = await admin.create('coupon_provider', { name: 'makes it', provider: 'pool' })
    await milestone(streak, { reward: { providerId: pool.id, discount: { percentage: 10 } } })
    const { achievedMilestoneRewardLog } = await admin.create('streak_log', log(streak))
    const answer = await admin.patch(`/schema/reward_log/record/${achievedMilestoneRewardLog.id}`, {
      couponCode: 'X',
    })
    expect(answer).toMatchObject({ status: 409, body: { error: { code: 'REWARD_BEING_FULFILLED' } } })
  })
})

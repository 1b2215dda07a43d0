import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type Answer, type Api, type Body, type Client, interruptedStore, startApi } from '../helpers/api.ts'
import { credentialsOf } from '../helpers/secret-places.ts'

let api: Api
let admin: Client
let other: Client

beforeAll(async () => {
  api = await startApi()
  admin = await api.account('changes')
  other = await api.account('not yours')
})
afterAll(() => api.close())

const NOWHERE = '01890000-0000-7000-8000-000000000000'
const path = (slug: string, record: Body) => `/schema/${slug}/record/${record.id}`

const streakOf = (fields: object = {}) =>
  admin.create('streak', {
    name: 's',
    status: 'live',
    aggregationMethod: 'count',
    aggregationTargetValue: 1,
    ...fields,
  })
const milestoneOf = (streak: Body, fields: object = {}) =>
  admin.create('milestone', {
    linkedSchemaRecordId: streak.id,
    name: 'm',
    milestoneTargetValue: 1,
    status: 'live',
    ...fields,
  })
const logBody = (streak: Body, uniqueIdentifier = 'first') => ({
  streakId: streak.id,
  ownedBy: { externalId: `member of ${streak.id}` },
  activityAt: '2026-11-22T10:00:00Z',
  activityId: 'visit',
  uniqueIdentifier,
})
const logOn = (streak: Body) => admin.create('streak_log', logBody(streak))

/** Patches, and expects a refusal that leaves the record as it is. */
async function refused(
  slug: string,
  record: Body,
  patch: unknown,
  status: number,
  code: string,
  at?: string,
) {
  const before = await admin.get(path(slug, record))
  const answer = await admin.patch(path(slug, record), patch)
  expect(answer).toMatchObject({ status, body: { error: { code } } })
  if (at !== undefined) expect(answer.body.error.details[0].path).toBe(at)
  expect((await admin.get(path(slug, record))).body).toEqual(before.body)
  return answer.body.error
}

async function patched(slug: string, record: Body, patch: object): Promise<Body> {
  const answer = await admin.patch(path(slug, record), patch)
  expect(answer.status).toBe(200)
  expect((await admin.get(path(slug, record))).body).toEqual(answer.body)
  return answer.body.data
}

describe('patching', () => {
  it('changes what is given, and when it was changed', async () => {
    const streak = await streakOf({ description: 'old' })
    api.clock.set('2026-11-22T12:30:00Z')
    const changed = await patched('streak', streak, { status: 'paused', name: 'new' })
    expect(changed).toEqual({
      ...streak,
      status: 'paused',
      name: 'new',
      updatedAt: '2026-11-22T12:30:00.000Z',
    })
  })

  it('of what is already so, or of nothing, writes nothing', async () => {
    const streak = await streakOf()
    api.clock.set('2026-11-22T12:31:00Z')
    expect(await patched('streak', streak, {})).toEqual(streak)
    const same = { name: 's', aggregationTargetValue: 1, completionTargetValue: null, timezone: 'UTC' }
    expect(await patched('streak', streak, same)).toEqual(streak)
  })

  it('clears optional fields with null, and no others', async () => {
    const streak = await streakOf({ description: 'd', completionTargetValue: 5 })
    const cleared = await patched('streak', streak, { description: null, completionTargetValue: null })
    expect(cleared).toMatchObject({ description: '', completionTargetValue: null })
    for (const field of ['name', 'status', 'aggregationTargetValue', 'timezone', 'weekStartsOn']) {
      await refused('streak', streak, { [field]: null }, 400, 'INVALID_INPUT', field)
    }
  })

  it('reaches nothing that is not there or not yours', async () => {
    const streak = await streakOf()
    const milestone = await milestoneOf(streak)
    for (const [slug, record] of Object.entries({ streak, milestone })) {
      expect((await other.patch(path(slug, record), { name: 'theirs' })).status).toBe(404)
      expect((await other.delete(path(slug, record))).status).toBe(404)
      expect((await admin.patch(path(slug, { id: NOWHERE }), { name: 'x' })).status).toBe(404)
      expect((await admin.get(path(slug, record))).body.data).toEqual(record)
    }
  })

  it('of one record at the same time loses no change', async () => {
    const streak = await streakOf()
    const patches = [{ name: 'n' }, { description: 'd' }, { status: 'paused' }, { weekStartsOn: 'sunday' }]
    await Promise.all(patches.map((patch) => admin.patch(path('streak', streak), patch)))
    expect((await admin.get(path('streak', streak))).body.data).toMatchObject(Object.assign({}, ...patches))
  })
})

describe('a streak', () => {
  it('has its rules fixed by the first log, of any status', async () => {
    const streak = await streakOf({ completionTargetValue: 7 })
    await admin.create('streak_log', { ...logBody(streak), status: 'draft' })
    const rules = {
      aggregationMethod: 'sum',
      aggregationPeriod: 'weekly',
      aggregationTargetValue: 2,
      timezone: 'Europe/Berlin',
      weekStartsOn: 'sunday',
      completionTargetValue: 8,
    }
    for (const [field, value] of Object.entries(rules)) {
      await refused('streak', streak, { name: 'kept out', [field]: value }, 400, 'FIELD_IS_FIXED', field)
    }
    const { name, ...same } = streak
    const { aggregationMethod, aggregationTargetValue, completionTargetValue, timezone } = same
    const repeated = { aggregationMethod, aggregationTargetValue, completionTargetValue, timezone }
    expect(await patched('streak', streak, { ...repeated, name: 'renamed' })).toMatchObject({
      name: 'renamed',
    })
  })

  it('that is endless or not stays so from its first log on', async () => {
    const [endless, cycled] = [await streakOf(), await streakOf({ completionTargetValue: 5 })]
    await logOn(endless)
    await logOn(cycled)
    const path = 'completionTargetValue'
    await refused('streak', endless, { [path]: 5 }, 400, 'FIELD_IS_FIXED', path)
    await refused('streak', cycled, { [path]: null }, 400, 'FIELD_IS_FIXED', path)
    expect(await patched('streak', endless, { [path]: null })).toEqual(endless)
    expect(await patched('streak', cycled, { [path]: 5.0 })).toEqual(cycled)
  })

  it('keeps room for milestones of any status that count periods, not for those on a value', async () => {
    for (const status of ['draft', 'live', 'paused']) {
      const streak = await streakOf({ aggregationMethod: 'sum' })
      await milestoneOf(streak, { milestoneMetric: 'current_progress_value', milestoneTargetValue: 100 })
      await patched('streak', streak, { completionTargetValue: 6 })
      const sixth = await milestoneOf(streak, { status, milestoneTargetValue: 6 })
      const error = await refused(
        'streak',
        streak,
        { name: 'kept out', completionTargetValue: 5 },
        400,
        'INVALID_INPUT',
        'completionTargetValue',
      )
      expect(error.message).toContain(sixth.id)
      await patched('streak', streak, { completionTargetValue: null })
    }
  })

  it('keeps room for its milestones', async () => {
    const streak = await streakOf({ aggregationMethod: 'sum' })
    const seventh = await milestoneOf(streak, { name: 'the seventh', milestoneTargetValue: 7 })
    const error = await refused(
      'streak',
      streak,
      { completionTargetValue: 6 },
      400,
      'INVALID_INPUT',
      'completionTargetValue',
    )
    expect(error.message).toContain(seventh.id)
    await patched('streak', streak, { completionTargetValue: 7 })
    await milestoneOf(streak, { milestoneMetric: 'current_progress_value', milestoneTargetValue: 0.5 })
    await refused('streak', streak, { aggregationMethod: 'count' }, 400, 'INVALID_INPUT', 'aggregationMethod')
  })

  it('holds its rules against a log that arrives at the same instant', async () => {
    for (let round = 0; round < 5; round += 1) {
      const streak = await streakOf()
      const [log, patch] = await Promise.all([
        admin.post('/schema/streak_log/record', logBody(streak)),
        admin.patch(path('streak', streak), { aggregationTargetValue: 2 }),
      ])
      expect(log.status).toBe(201)
      const target = (await admin.get(path('streak', streak))).body.data.aggregationTargetValue
      const progress = (await admin.get(path('streak_log', log.body.data))).body.data.streakProgress
      expect(target).toBe(patch.status === 200 ? 2 : 1)
      expect(progress.aggregationTargetValue).toBe(target)
      expect(progress.streakProgressStatus).toBe(target === 1 ? 'completed' : 'in_progress')
    }
  })

  it('is deleted only while nothing depends on it', async () => {
    const logged = await streakOf()
    await logOn(logged)
    expect(await admin.delete(path('streak', logged))).toMatchObject({
      status: 409,
      body: { error: { code: 'STREAK_HAS_LOGS' } },
    })
    const streak = await streakOf()
    const milestone = await milestoneOf(streak)
    const connector = await admin.create('connector', {
      name: 'feeds it',
      platform: 'stripe',
      credentials: { webhookSecrets: ['whsec_0123456789abcdef'] },
      rules: [{ streakId: streak.id }],
    })
    const inUse = await admin.delete(path('streak', streak))
    expect(inUse).toMatchObject({ status: 409, body: { error: { code: 'STREAK_IN_USE' } } })
    expect(inUse.body.error.message).toContain(milestone.id)
    expect((await admin.delete(path('milestone', milestone))).status).toBe(204)
    expect((await admin.delete(path('streak', streak))).body.error.message).toContain(connector.id)
    await patched('connector', connector, { rules: [] })
    expect(await admin.delete(path('streak', streak))).toMatchObject({ status: 204, text: '' })
    expect((await admin.get(path('streak', streak))).status).toBe(404)
    expect((await admin.delete(path('streak', streak))).status).toBe(404)
  })

  it('never loses its log or milestone to a deletion at the same instant', async () => {
    for (let round = 0; round < 5; round += 1) {
      const streak = await streakOf()
      const [log, milestone, deletion] = await Promise.all([
        admin.post('/schema/streak_log/record', logBody(streak)),
        admin.post('/schema/milestone/record', {
          linkedSchemaRecordId: streak.id,
          name: 'm',
          milestoneTargetValue: 1,
        }),
        admin.delete(path('streak', streak)),
      ])
      const isGone = (await admin.get(path('streak', streak))).status === 404
      expect(deletion.status).toBe(isGone ? 204 : 409)
      expect(log.status).toBe(isGone ? 400 : 201)
      expect(milestone.status).toBe(isGone ? 400 : 201)
    }
  })
})

describe('a milestone', () => {
  it('has its terms fixed by its first reward', async () => {
    const streak = await streakOf()
    const another = await streakOf()
    const milestone = await milestoneOf(streak)
    await patched('milestone', milestone, { milestoneTargetValue: 2, linkedSchemaRecordId: another.id })
    await patched('milestone', milestone, { milestoneTargetValue: 1, linkedSchemaRecordId: streak.id })
    await logOn(streak)
    const terms = {
      milestoneTargetValue: 2,
      milestoneMetric: 'current_progress_value',
      milestoneRepeat: 'once',
      linkedSchemaRecordId: another.id,
    }
    for (const [field, value] of Object.entries(terms)) {
      await refused(
        'milestone',
        milestone,
        { name: 'kept out', [field]: value },
        400,
        'FIELD_IS_FIXED',
        field,
      )
    }
    const { milestoneMetric, milestoneRepeat, linkedSchemaRecordId, linkedSchemaSlug } = milestone
    const same = { milestoneMetric, milestoneRepeat, linkedSchemaRecordId, linkedSchemaSlug }
    expect(await patched('milestone', milestone, same)).toEqual(milestone)
    await patched('milestone', milestone, { milestoneTargetValue: 1, status: 'paused', name: 'over' })
    expect(await admin.delete(path('milestone', milestone))).toMatchObject({
      status: 409,
      body: { error: { code: 'MILESTONE_HAS_REWARD_LOGS' } },
    })
  })

  it('stays one that its streak can reach', async () => {
    const milestone = await milestoneOf(await streakOf({ completionTargetValue: 3 }))
    const at = (patch: object, code: string, where: string) =>
      refused('milestone', milestone, patch, 400, code, where)
    await at({ milestoneTargetValue: 4 }, 'INVALID_INPUT', 'milestoneTargetValue')
    await at({ milestoneMetric: 'current_progress_value' }, 'INVALID_INPUT', 'milestoneRepeat')
    await at({ linkedSchemaRecordId: NOWHERE }, 'REFERENCE_NOT_FOUND', 'linkedSchemaRecordId')
    await at({ caps: { amountTotal: 1, currency: 'EUR' } }, 'INVALID_INPUT', 'caps')
    await at(
      { reward: { providerId: NOWHERE, discount: { percentage: 5 } } },
      'REFERENCE_NOT_FOUND',
      'reward.providerId',
    )
    await at({ reward: {} }, 'INVALID_INPUT', 'reward.providerId')
  })

  it('takes another reward, or none', async () => {
    const milestone = await milestoneOf(await streakOf())
    const pool = await admin.create('coupon_provider', { name: 'for patches', provider: 'pool' })
    const reward = { providerId: pool.id, discount: { percentage: 5 }, prefix: null }
    expect((await patched('milestone', milestone, { reward })).reward).toEqual({
      providerId: pool.id,
      discount: { percentage: 5 },
    })
    expect((await patched('milestone', milestone, { reward: null, description: null })).reward).toBeNull()
  })
})

describe('when somebody else is faster by an instant', () => {
  /** A second way into the same store, in which the next write waits until `meanwhile` is done. */
  async function interrupted(meanwhile: () => Promise<unknown>, act: (slow: Client) => Promise<Answer>) {
    const store = interruptedStore(api.store)
    const slow = await startApi({ store, secretBox: api.deps.secretBox })
    store.beforeCommit(meanwhile)
    const answer = await act(slow.as(admin))
    await slow.close()
    return answer
  }

  it('a streak that gets its first log keeps its rules', async () => {
    const streak = await streakOf()
    const answer = await interrupted(
      () => logOn(streak),
      (slow) => slow.patch(path('streak', streak), { aggregationTargetValue: 2 }),
    )
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'FIELD_IS_FIXED' } } })
  })

  it('a streak that gets a milestone keeps its room for it, and is not deleted', async () => {
    const streak = await streakOf()
    const shortened = await interrupted(
      () => milestoneOf(streak, { milestoneTargetValue: 7 }),
      (slow) => slow.patch(path('streak', streak), { completionTargetValue: 6 }),
    )
    expect(shortened).toMatchObject({
      status: 400,
      body: { error: { details: [{ path: 'completionTargetValue' }] } },
    })
    const another = await streakOf()
    const deleted = await interrupted(
      () => milestoneOf(another),
      (slow) => slow.delete(path('streak', another)),
    )
    expect(deleted).toMatchObject({ status: 409, body: { error: { code: 'STREAK_IN_USE' } } })
  })

  it('a milestone is not attached to a streak that was deleted or shortened', async () => {
    const body = (streak: Body) => ({ linkedSchemaRecordId: streak.id, name: 'm', milestoneTargetValue: 7 })
    const [gone, short] = [await streakOf(), await streakOf()]
    const orphan = await interrupted(
      () => admin.delete(path('streak', gone)),
      (slow) => slow.post('/schema/milestone/record', body(gone)),
    )
    expect(orphan).toMatchObject({ status: 400, body: { error: { code: 'REFERENCE_NOT_FOUND' } } })
    const beyond = await interrupted(
      () => patched('streak', short, { completionTargetValue: 6 }),
      (slow) => slow.post('/schema/milestone/record', body(short)),
    )
    expect(beyond).toMatchObject({
      status: 400,
      body: { error: { details: [{ path: 'milestoneTargetValue' }] } },
    })
  })

  it('a streak or milestone that gets its first log or reward is not deleted', async () => {
    const streak = await streakOf()
    const milestone = await milestoneOf(streak)
    const kept = await interrupted(
      () => logOn(streak),
      (slow) => slow.delete(path('milestone', milestone)),
    )
    expect(kept).toMatchObject({ status: 409, body: { error: { code: 'MILESTONE_HAS_REWARD_LOGS' } } })
    const another = await streakOf()
    const stays = await interrupted(
      () => admin.create('streak_log', { ...logBody(another), status: 'draft' }),
      (slow) => slow.delete(path('streak', another)),
    )
    expect(stays).toMatchObject({ status: 409, body: { error: { code: 'STREAK_HAS_LOGS' } } })
  })

  it('a first log goes by the rules of the streak as they then are', async () => {
    const log = (streak: Body) => (slow: Client) => slow.post('/schema/streak_log/record', logBody(streak))
    const [gone, raised, paused] = [await streakOf(), await streakOf(), await streakOf()]
    const orphan = await interrupted(() => admin.delete(path('streak', gone)), log(gone))
    expect(orphan).toMatchObject({ status: 400, body: { error: { code: 'REFERENCE_NOT_FOUND' } } })
    const higher = await interrupted(
      () => patched('streak', raised, { aggregationTargetValue: 2 }),
      log(raised),
    )
    expect(higher).toMatchObject({
      status: 201,
      body: { data: { streakProgress: { aggregationTargetValue: 2, streakProgressStatus: 'in_progress' } } },
    })
    const late = await interrupted(() => patched('streak', paused, { status: 'paused' }), log(paused))
    expect(late).toMatchObject({ status: 400, body: { error: { code: 'STREAK_NOT_LIVE' } } })
  })

  it('a first reward goes by the terms of the milestone as they then are', async () => {
    const log = (streak: Body) => (slow: Client) => slow.post('/schema/streak_log/record', logBody(streak))
    const streaks = [await streakOf(), await streakOf(), await streakOf()]
    const [gone, raised, paused] = await Promise.all(streaks.map((streak) => milestoneOf(streak)))
    const acts = [
      () => admin.delete(path('milestone', gone)),
      () => patched('milestone', raised, { milestoneTargetValue: 2 }),
      () => patched('milestone', paused, { status: 'paused' }),
    ]
    for (const [index, act] of acts.entries()) {
      const answer = await interrupted(act, log(streaks[index]))
      expect(answer).toMatchObject({ status: 201, body: { data: { achievedMilestones: [] } } })
    }
  })

  it('a milestone that grants its first reward keeps its terms', async () => {
    const streak = await streakOf()
    const milestone = await milestoneOf(streak)
    const answer = await interrupted(
      () => logOn(streak),
      (slow) => slow.patch(path('milestone', milestone), { milestoneRepeat: 'once' }),
    )
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'FIELD_IS_FIXED' } } })
  })

  it('a connector’s rule never feeds a streak that was deleted', async () => {
    const streak = await streakOf()
    const body = {
      name: 'late',
      platform: 'stripe',
      credentials: { webhookSecrets: ['whsec_0123456789abcdef'] },
      rules: [{ streakId: streak.id }],
    }
    const answer = await interrupted(
      () => admin.delete(path('streak', streak)),
      (slow) => slow.post('/schema/connector/record', body),
    )
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'REFERENCE_NOT_FOUND' } } })
  })

  it('a code that is given out is not deleted', async () => {
    const pool = await admin.create('coupon_provider', { name: 'raced', provider: 'pool' })
    const [code] = await admin.create('coupon_code', { providerId: pool.id, codes: ['RACED'] })
    const streak = await streakOf()
    await milestoneOf(streak)
    const { achievedMilestoneRewardLog } = await logOn(streak)
    const answer = await interrupted(
      () => patched('reward_log', achievedMilestoneRewardLog, { couponCode: 'RACED' }),
      (slow) => slow.delete(path('coupon_code', code)),
    )
    expect(answer).toMatchObject({ status: 409, body: { error: { code: 'CODE_IN_USE' } } })
  })
})

describe('a member', () => {
  it('is changed field by field', async () => {
    const member = await admin.create('account_user', {
      externalId: 'changing',
      firstName: 'Ada',
      lastName: 'King',
    })
    expect(
      await patched('account_user', member, { firstName: null, email: 'ada@example.com' }),
    ).toMatchObject({
      firstName: null,
      lastName: 'King',
      email: 'ada@example.com',
    })
    api.clock.set('2026-11-22T13:00:00Z')
    const { updatedAt } = (await admin.get(path('account_user', member))).body.data
    expect((await patched('account_user', member, { lastName: 'King' })).updatedAt).toBe(updatedAt)
    await refused('account_user', member, { email: 'x' }, 400, 'INVALID_INPUT', 'email')
    await refused('account_user', member, { externalId: null }, 400, 'INVALID_INPUT', 'externalId')
  })

  it('keeps its externalId unique', async () => {
    const [first, second] = [
      await admin.create('account_user', { externalId: 'one' }),
      await admin.create('account_user', { externalId: 'two' }),
    ]
    const error = await refused(
      'account_user',
      second,
      { externalId: 'one' },
      409,
      'DUPLICATE_VALUE',
      'externalId',
    )
    expect(error.details[0].existingId).toBe(first.id)
  })

  it('that is paused earns nothing, and everything again once it is live', async () => {
    const streak = await streakOf()
    const log = await logOn(streak)
    await patched('account_user', { id: log.ownedById }, { status: 'paused' })
    const again = () => admin.post('/schema/streak_log/record', logBody(streak, 'second'))
    expect((await again()).body.error.code).toBe('MEMBER_NOT_LIVE')
    await patched('account_user', { id: log.ownedById }, { status: 'live' })
    expect((await again()).status).toBe(201)
  })
})

describe('a connector', () => {
  const [OLD, NEW] = ['shpss_the_old_secret', 'shpss_the_new_secret']
  const connectorOf = (fields: object = {}) =>
    admin.create('connector', {
      name: 'shop',
      platform: 'shopify',
      credentials: { webhookSecrets: [OLD] },
      settings: { shopDomain: 'example.myshopify.com' },
      ...fields,
    })
  const secretsOf = async (connector: Body) => {
    const [row] = await api.store.findByKeys('connector', ['id'], [[connector.id]])
    const place = credentialsOf('connector', row?.id)
    return JSON.parse(api.deps.secretBox.open(row?.sealedCredentials ?? '', place)).webhookSecrets
  }

  it('takes new secrets, settings and rules, each replaced whole', async () => {
    const streak = await streakOf()
    const connector = await connectorOf({ rules: [{ streakId: streak.id, guests: 'ignore' }] })
    const changed = await patched('connector', connector, {
      credentials: { webhookSecrets: [NEW, OLD] },
      settings: { shopDomain: 'other.myshopify.com', purchaseSpace: connector.id },
      rules: [{ streakId: streak.id, activityId: null }],
      platform: 'shopify',
    })
    expect(changed.settings).toEqual({ shopDomain: 'other.myshopify.com', purchaseSpace: connector.id })
    expect(changed.rules).toEqual([
      expect.objectContaining({ activityId: 'made_a_purchase', guests: 'by_email' }),
    ])
    expect(await secretsOf(connector)).toEqual([NEW, OLD])
  })

  it('is refused what would make it another one', async () => {
    const connector = await connectorOf()
    const at = (patch: object, code: string, where: string) =>
      refused('connector', connector, patch, 400, code, where)
    await at({ platform: 'stripe' }, 'FIELD_IS_FIXED', 'platform')
    await at({ settings: {} }, 'INVALID_INPUT', 'settings.shopDomain')
    await at({ credentials: { webhookSecrets: [] } }, 'INVALID_INPUT', 'credentials.webhookSecrets')
    await at({ rules: [{ streakId: NOWHERE }] }, 'REFERENCE_NOT_FOUND', 'rules.0.streakId')
    expect(await secretsOf(connector)).toEqual([OLD])
  })
})

describe('a coupon provider', () => {
  it('is renamed and given new credentials, but stays of its kind', async () => {
    const key = (byte: number) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`
    const provider = await admin.create('coupon_provider', {
      name: 'service',
      provider: 'http',
      credentials: { signingSecret: key(1) },
      settings: { url: 'https://coupons.example.com/a' },
    })
    await patched('coupon_provider', provider, {
      name: 'renamed',
      credentials: { signingSecret: key(2) },
      settings: { url: 'https://coupons.example.com/b' },
    })
    const [row] = await api.store.findByKeys('coupon_provider', ['id'], [[provider.id]])
    const place = credentialsOf('coupon_provider', row?.id)
    expect(JSON.parse(api.deps.secretBox.open(row?.sealedCredentials ?? '', place))).toEqual({
      signingSecret: key(2),
    })
    await admin.create('coupon_provider', { name: 'taken', provider: 'pool' })
    await refused('coupon_provider', provider, { name: 'taken' }, 409, 'DUPLICATE_VALUE', 'name')
    await refused('coupon_provider', provider, { provider: 'pool' }, 400, 'FIELD_IS_FIXED', 'provider')
    await refused(
      'coupon_provider',
      provider,
      { settings: { url: 'x' } },
      400,
      'INVALID_INPUT',
      'settings.url',
    )
  })
})

describe('a coupon code', () => {
  it('is deleted while it is unused', async () => {
    const pool = await admin.create('coupon_provider', { name: 'codes', provider: 'pool' })
    const [free, used] = await admin.create('coupon_code', { providerId: pool.id, codes: ['FREE', 'USED'] })
    const streak = await streakOf()
    await milestoneOf(streak)
    const { achievedMilestoneRewardLog } = await logOn(streak)
    await patched('reward_log', achievedMilestoneRewardLog, { couponCode: 'USED' })
    expect((await other.delete(path('coupon_code', free))).status).toBe(404)
    expect((await admin.delete(path('coupon_code', free))).status).toBe(204)
    expect(await admin.delete(path('coupon_code', used))).toMatchObject({
      status: 409,
      body: { error: { code: 'CODE_IN_USE' } },
    })
    const filters = { fieldSlug: 'providerId', operator: 'EQUALS', value: pool.id }
    expect((await admin.list('coupon_code', { filters })).body.data).toMatchObject([
      { code: 'USED', rewardLogId: achievedMilestoneRewardLog.id },
    ])
  })
})

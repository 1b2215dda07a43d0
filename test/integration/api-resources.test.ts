import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type Api, type Body, type Client, startApi } from '../helpers/api.ts'
import { credentialsOf } from '../helpers/secret-places.ts'
import { withoutIds } from '../helpers/without-ids.ts'

let api: Api
let admin: Client
let other: Client

beforeAll(async () => {
  api = await startApi()
  admin = await api.account('resources', 'Europe/Berlin')
  other = await api.account('others')
})
afterAll(() => api.close())

const NOWHERE = '01890000-0000-7000-8000-000000000000'

/** Sends a create that must be refused, and that nothing comes of it. */
async function refused(slug: string, body: unknown, code: string, path: string, status = 400): Promise<Body> {
  const before = await admin.list(slug, { fetchTotalCount: 'true' })
  const answer = await admin.post(`/schema/${slug}/record`, body)
  expect(answer).toMatchObject({ status, body: { error: { code, details: [{ path }] } } })
  const after = await admin.list(slug, { fetchTotalCount: 'true' })
  expect(after.body.paging.totalCount).toBe(before.body.paging.totalCount)
  return answer.body.error
}

async function readsBack(slug: string, record: Body): Promise<void> {
  expect((await admin.get(`/schema/${slug}/record/${record.id}`)).body).toEqual({ data: record })
  const listed = await admin.list(slug, { limit: 1000 })
  expect(listed.body.data).toContainEqual(record)
}

describe('a streak', () => {
  it('has the defaults of the contract, and the zone of its account', async () => {
    const streak = await admin.create('streak', { name: 'plain', aggregationTargetValue: 50.5 })
    expect(streak).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: 'plain',
      description: '',
      status: 'draft',
      aggregationMethod: 'sum',
      aggregationPeriod: 'daily',
      aggregationTargetValue: 50.5,
      completionTargetValue: null,
      timezone: 'Europe/Berlin',
      weekStartsOn: 'monday',
      atRiskHours: null,
      createdAt: '2026-11-22T12:00:00.000Z',
      updatedAt: '2026-11-22T12:00:00.000Z',
    })
    await readsBack('streak', streak)
  })

  it('keeps what it is given, and takes null as absent', async () => {
    const given = {
      name: ' Ünï ',
      description: 'd'.repeat(1024),
      status: 'live',
      aggregationMethod: 'count',
      aggregationPeriod: 'weekly',
      aggregationTargetValue: 3,
      completionTargetValue: 52,
      timezone: 'US/Eastern',
      weekStartsOn: 'sunday',
    }
    expect(await admin.create('streak', given)).toMatchObject(given)
    const nulls = {
      description: null,
      status: null,
      completionTargetValue: null,
      timezone: null,
      weekStartsOn: null,
    }
    expect(await admin.create('streak', { ...given, ...nulls })).toMatchObject({
      description: '',
      status: 'draft',
      completionTargetValue: null,
      timezone: 'Europe/Berlin',
      weekStartsOn: 'monday',
    })
  })

  it('keeps every digit of its target', async () => {
    const answer = await admin.post(
      '/schema/streak/record',
      '{"name":"digits","aggregationTargetValue":999999999.999999}',
    )
    expect(answer.text).toContain('"aggregationTargetValue":999999999.999999,')
  })

  it.each([
    [{ name: undefined }, 'INVALID_INPUT', 'name'],
    [{ name: null }, 'INVALID_INPUT', 'name'],
    [{ name: '' }, 'INVALID_INPUT', 'name'],
    [{ name: 'x'.repeat(257) }, 'INVALID_INPUT', 'name'],
    [{ description: 'x'.repeat(1025) }, 'INVALID_INPUT', 'description'],
    [{ status: 'archived' }, 'INVALID_INPUT', 'status'],
    [{ aggregationMethod: 'max' }, 'INVALID_INPUT', 'aggregationMethod'],
    [{ aggregationPeriod: 'hourly' }, 'INVALID_INPUT', 'aggregationPeriod'],
    [{ aggregationTargetValue: undefined }, 'INVALID_INPUT', 'aggregationTargetValue'],
    [{ aggregationTargetValue: 0 }, 'INVALID_INPUT', 'aggregationTargetValue'],
    [{ aggregationTargetValue: '5' }, 'INVALID_INPUT', 'aggregationTargetValue'],
    [{ aggregationTargetValue: 1_000_000_001 }, 'INVALID_INPUT', 'aggregationTargetValue'],
    [{ aggregationMethod: 'count', aggregationTargetValue: 1.5 }, 'INVALID_INPUT', 'aggregationTargetValue'],
    [{ completionTargetValue: 0 }, 'INVALID_INPUT', 'completionTargetValue'],
    [{ completionTargetValue: 2.5 }, 'INVALID_INPUT', 'completionTargetValue'],
    [{ timezone: '+02:00' }, 'INVALID_INPUT', 'timezone'],
    [{ timezone: 'europe/berlin' }, 'INVALID_INPUT', 'timezone'],
    [{ timezone: 'Mars/Olympus' }, 'INVALID_INPUT', 'timezone'],
    [{ weekStartsOn: 'saturday' }, 'INVALID_INPUT', 'weekStartsOn'],
    [{ hasLogs: true }, 'UNKNOWN_FIELD', 'hasLogs'],
  ])('is refused with %j', async (fields, code, path) => {
    await refused('streak', { name: 'x', aggregationTargetValue: 1, ...fields }, code, path)
  })

  it('names all faults at once', async () => {
    const answer = await admin.post('/schema/streak/record', {
      name: '',
      status: 'x',
      aggregationTargetValue: -1,
    })
    expect(answer.body.error.details.map((detail: Body) => detail.path)).toEqual([
      'name',
      'status',
      'aggregationTargetValue',
    ])
    expect(answer.body.error.message).toContain('2 more')
  })
})

describe('a milestone', () => {
  let sum: Body
  let count: Body
  let provider: Body
  beforeAll(async () => {
    sum = await admin.create('streak', { name: 'sum', aggregationTargetValue: 10, completionTargetValue: 7 })
    count = await admin.create('streak', {
      name: 'count',
      aggregationMethod: 'count',
      aggregationTargetValue: 2,
    })
    provider = await admin.create('coupon_provider', { name: 'pool of milestones', provider: 'pool' })
  })
  const body = (fields: object = {}) => ({
    linkedSchemaSlug: 'streak',
    linkedSchemaRecordId: sum.id,
    name: 'm',
    milestoneTargetValue: 7,
    ...fields,
  })

  it('has the defaults of the contract', async () => {
    const milestone = await admin.create('milestone', body())
    expect(milestone).toEqual({
      id: expect.any(String),
      linkedSchemaSlug: 'streak',
      linkedSchemaRecordId: sum.id,
      name: 'm',
      description: '',
      milestoneTargetValue: 7,
      status: 'draft',
      eudMilestoneRewardInstructionMessage: null,
      milestoneMetric: 'consecutive_count',
      milestoneRepeat: 'every_streak',
      reward: null,
      onWithdrawal: 'keep',
      caps: null,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    })
    await readsBack('milestone', milestone)
    const value = await admin.create(
      'milestone',
      body({ milestoneMetric: 'current_progress_value', milestoneTargetValue: 0.5 }),
    )
    expect(value.milestoneRepeat).toBe('every_period')
  })

  it('keeps its reward with exact numbers', async () => {
    const reward = {
      providerId: provider.id.toUpperCase(),
      discount: { amount: 5.25, currency: 'eur' },
      expiresInDays: 30,
      holdDays: 0,
      minimumSubtotal: 19.99,
      prefix: 'STREAK-',
    }
    const milestone = await admin.create(
      'milestone',
      body({ reward, onWithdrawal: 'revoke', milestoneRepeat: 'once' }),
    )
    expect(milestone.reward).toEqual({
      providerId: provider.id,
      discount: { amount: 5.25, currency: 'EUR' },
      expiresInDays: 30,
      minimumSubtotal: 19.99,
      prefix: 'STREAK-',
    })
    await readsBack('milestone', milestone)
  })

  it('keeps its hold and its caps with exact numbers', async () => {
    const reward = { providerId: provider.id, discount: { amount: 5, currency: 'EUR' }, holdDays: 90 }
    const caps = {
      rewardsPerDay: 0,
      rewardsTotal: 7,
      amountPerMonth: 10.5,
      currency: 'eur',
      rewardsPerMonth: null,
    }
    const milestone = await admin.create('milestone', body({ reward, caps }))
    expect(milestone.reward).toEqual(reward)
    const shown = { rewardsPerDay: 0, rewardsTotal: 7, amountPerMonth: 10.5, currency: 'EUR' }
    expect(milestone.caps).toEqual(shown)
    await readsBack('milestone', milestone)
    const path = `/schema/milestone/record/${milestone.id}`
    expect((await admin.patch(path, { caps: null })).body.data.caps).toBe(null)
  })

  const withReward = (reward: object) => () => ({
    reward: { providerId: provider.id, discount: { percentage: 10 }, ...reward },
  })
  const cases: readonly [string, () => object, string, string][] = [
    ['no streak', () => ({ linkedSchemaRecordId: undefined }), 'INVALID_INPUT', 'linkedSchemaRecordId'],
    [
      'an unknown streak',
      () => ({ linkedSchemaRecordId: NOWHERE }),
      'REFERENCE_NOT_FOUND',
      'linkedSchemaRecordId',
    ],
    ['a challenge', () => ({ linkedSchemaSlug: 'challenge' }), 'INVALID_INPUT', 'linkedSchemaSlug'],
    ['a target of 0', () => ({ milestoneTargetValue: 0 }), 'INVALID_INPUT', 'milestoneTargetValue'],
    [
      'a target between counts',
      () => ({ milestoneTargetValue: 1.5 }),
      'INVALID_INPUT',
      'milestoneTargetValue',
    ],
    [
      'a target beyond the cycle',
      () => ({ milestoneTargetValue: 8 }),
      'INVALID_INPUT',
      'milestoneTargetValue',
    ],
    [
      'half a log',
      () => ({
        linkedSchemaRecordId: count.id,
        milestoneMetric: 'current_progress_value',
        milestoneTargetValue: 1.5,
      }),
      'INVALID_INPUT',
      'milestoneTargetValue',
    ],
    [
      'every_period for counts',
      () => ({ milestoneRepeat: 'every_period' }),
      'INVALID_INPUT',
      'milestoneRepeat',
    ],
    [
      'every_streak for values',
      () => ({ milestoneMetric: 'current_progress_value', milestoneRepeat: 'every_streak' }),
      'INVALID_INPUT',
      'milestoneRepeat',
    ],
    ['caps below 0', () => ({ caps: { rewardsPerDay: -1 } }), 'INVALID_INPUT', 'caps.rewardsPerDay'],
    ['half a reward a day', () => ({ caps: { rewardsPerDay: 0.5 } }), 'INVALID_INPUT', 'caps.rewardsPerDay'],
    ['unheard-of caps', () => ({ caps: { rewardsPerYear: 1 } }), 'UNKNOWN_FIELD', 'caps.rewardsPerYear'],
    ['money of no currency', () => ({ caps: { amountTotal: 5 } }), 'INVALID_INPUT', 'caps.currency'],
    [
      'money caps without a reward',
      () => ({ caps: { amountTotal: 5, currency: 'EUR' } }),
      'INVALID_INPUT',
      'caps',
    ],
    [
      'money caps on a percentage',
      () => ({ ...withReward({})(), caps: { amountTotal: 5, currency: 'EUR' } }),
      'INVALID_INPUT',
      'caps',
    ],
    [
      'money caps in another currency',
      () => ({
        ...withReward({ discount: { amount: 5, currency: 'USD' } })(),
        caps: { amountPerMonth: 5, currency: 'EUR' },
      }),
      'INVALID_INPUT',
      'caps',
    ],
    ['a hold below 0', withReward({ holdDays: -1 }), 'INVALID_INPUT', 'reward.holdDays'],
    ['half a day of hold', withReward({ holdDays: 0.5 }), 'INVALID_INPUT', 'reward.holdDays'],
    ['a hold too long', withReward({ holdDays: 91 }), 'INVALID_INPUT', 'reward.holdDays'],
    ['an unknown provider', withReward({ providerId: NOWHERE }), 'REFERENCE_NOT_FOUND', 'reward.providerId'],
    ['no discount', withReward({ discount: undefined }), 'INVALID_INPUT', 'reward.discount'],
    ['an empty discount', withReward({ discount: {} }), 'INVALID_INPUT', 'reward.discount'],
    [
      'two discounts',
      withReward({ discount: { percentage: 5, amount: 5 } }),
      'INVALID_INPUT',
      'reward.discount',
    ],
    [
      'more than all',
      withReward({ discount: { percentage: 100.01 } }),
      'INVALID_INPUT',
      'reward.discount.percentage',
    ],
    [
      'nothing off',
      withReward({ discount: { percentage: 0 } }),
      'INVALID_INPUT',
      'reward.discount.percentage',
    ],
    ['no currency', withReward({ discount: { amount: 5 } }), 'INVALID_INPUT', 'reward.discount.currency'],
    [
      'a made-up currency',
      withReward({ discount: { amount: 5, currency: 'XYZ' } }),
      'INVALID_INPUT',
      'reward.discount.currency',
    ],
    ['an expiry of 0 days', withReward({ expiresInDays: 0 }), 'INVALID_INPUT', 'reward.expiresInDays'],
    ['a strange prefix', withReward({ prefix: 'a b' }), 'INVALID_INPUT', 'reward.prefix'],
    ['an unknown reward field', withReward({ colour: 'red' }), 'UNKNOWN_FIELD', 'reward.colour'],
  ]
  it.each(cases)('is refused with %s', async (_name, fields, code, path) => {
    await refused('milestone', body(fields()), code, path)
  })

  it('cannot hang on another account’s streak or provider', async () => {
    const foreign = await other.create('streak', { name: 'foreign', aggregationTargetValue: 1 })
    const pool = await other.create('coupon_provider', { name: 'foreign', provider: 'pool' })
    await refused(
      'milestone',
      body({ linkedSchemaRecordId: foreign.id }),
      'REFERENCE_NOT_FOUND',
      'linkedSchemaRecordId',
    )
    const reward = { providerId: pool.id, discount: { percentage: 10 } }
    await refused('milestone', body({ reward }), 'REFERENCE_NOT_FOUND', 'reward.providerId')
  })

  it('is made however many are made at once', async () => {
    const made = await Promise.all(Array.from({ length: 8 }, () => admin.create('milestone', body())))
    expect(new Set(made.map(({ id }) => id)).size).toBe(8)
  })
})

describe('a member', () => {
  it('is created once for an externalId', async () => {
    const given = {
      externalId: 'customer:1',
      firstName: 'Ada',
      lastName: 'Shopper',
      email: 'ada@example.com',
      phoneNumber: '+14155552671',
    }
    const member = await admin.create('account_user', given)
    expect(member).toEqual({
      ...given,
      id: expect.any(String),
      status: 'live',
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    })
    await readsBack('account_user', member)
    const error = await refused('account_user', given, 'DUPLICATE_VALUE', 'externalId', 409)
    expect(error.details[0].existingId).toBe(member.id)
    expect((await other.create('account_user', given)).id).not.toBe(member.id)
  })

  it.each([
    [{ externalId: undefined }, 'externalId'],
    [{ externalId: 'erased:x' }, 'externalId'],
    [{ email: 'ada@' }, 'email'],
    [{ email: `${'x'.repeat(310)}@example.com` }, 'email'],
    [{ phoneNumber: '+04155552671' }, 'phoneNumber'],
    [{ firstName: 'x'.repeat(257) }, 'firstName'],
    [{ status: 'gone' }, 'status'],
  ])('is refused with %j, which is not repeated', async (fields, path) => {
    const error = await refused('account_user', { externalId: 'refused', ...fields }, 'INVALID_INPUT', path)
    expect(withoutIds(JSON.stringify(error))).not.toMatch(/ada@|xxx|0415/)
  })
})

describe('a coupon provider', () => {
  const http = {
    name: 'our service',
    provider: 'http',
    credentials: { signingSecret: `whsec_${Buffer.alloc(32, 7).toString('base64')}` },
    settings: { url: 'https://coupons.example.com/issue' },
  }
  const voucherify = {
    provider: 'voucherify',
    credentials: { appId: 'a', appToken: 'b' },
    settings: { apiUrl: 'https://api.voucherify.io', campaign: 'c' },
  }

  it('never shows its credentials, and keeps them unreadable', async () => {
    const answer = await admin.post('/schema/coupon_provider/record', http)
    expect(answer.status).toBe(201)
    expect(answer.body.data).toEqual({
      id: expect.any(String),
      name: 'our service',
      connectorId: null,
      provider: 'http',
      settings: { url: 'https://coupons.example.com/issue' },
      health: {
        state: 'ok',
        since: answer.body.data.createdAt,
        lastError: null,
        waiting: 0,
        oldestWaitingAt: null,
      },
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    })
    await readsBack('coupon_provider', answer.body.data)
    const [row] = await api.store.findByKeys('coupon_provider', ['id'], [[answer.body.data.id]])
    expect(row?.sealedCredentials).not.toContain('whsec_')
    const place = credentialsOf('coupon_provider', row?.id)
    expect(JSON.parse(api.deps.secretBox.open(row?.sealedCredentials ?? '', place))).toEqual(http.credentials)
    const error = await refused('coupon_provider', http, 'DUPLICATE_VALUE', 'name', 409)
    expect(error.details[0].existingId).toBe(answer.body.data.id)
  })

  it.each([
    [{ provider: undefined }, 'INVALID_INPUT', 'provider'],
    [{ provider: 'ftp' }, 'INVALID_INPUT', 'provider'],
    [{ provider: 'shopify' }, 'INVALID_INPUT', 'credentials'],
    [{ provider: 'shopify', settings: undefined, credentials: undefined }, 'INVALID_INPUT', 'connectorId'],
    [{ provider: 'stripe', credentials: undefined, settings: {} }, 'INVALID_INPUT', 'connectorId'],
    [{ provider: 'stripe', settings: {} }, 'INVALID_INPUT', 'credentials'],
    [{ ...voucherify, settings: { apiUrl: 'nonsense', campaign: 'c' } }, 'INVALID_INPUT', 'settings.apiUrl'],
    [{ ...voucherify, credentials: { appId: 'a' } }, 'INVALID_INPUT', 'credentials.appToken'],
    [{ name: '' }, 'INVALID_INPUT', 'name'],
    [{ settings: undefined }, 'INVALID_INPUT', 'settings.url'],
    [{ settings: { url: 'nonsense' } }, 'INVALID_INPUT', 'settings.url'],
    [{ settings: { ...http.settings, retries: 3 } }, 'UNKNOWN_FIELD', 'settings.retries'],
    [{ credentials: { signingSecret: 'short' } }, 'INVALID_INPUT', 'credentials.signingSecret'],
    [{ provider: 'pool', settings: undefined }, 'INVALID_INPUT', 'credentials'],
    [{ connectorId: NOWHERE }, 'INVALID_INPUT', 'connectorId'],
  ])('is refused with %j', async (fields, code, path) => {
    const error = await refused('coupon_provider', { ...http, name: 'refused', ...fields }, code, path)
    expect(JSON.stringify(error)).not.toContain('short')
  })
})

describe('codes of a pool', () => {
  let pool: Body
  beforeAll(async () => {
    pool = await admin.create('coupon_provider', { name: 'codes', provider: 'pool' })
  })

  it('are stored all at once and listed', async () => {
    const codes = await admin.create('coupon_code', { providerId: pool.id, codes: ['ONE', 'two'] })
    expect(codes).toEqual([
      {
        id: expect.any(String),
        providerId: pool.id,
        code: 'ONE',
        rewardLogId: null,
        createdAt: expect.any(String),
        updatedAt: expect.any(String),
      },
      expect.objectContaining({ code: 'two' }),
    ])
    const filters = { fieldSlug: 'providerId', operator: 'EQUALS', value: pool.id }
    const listed = await admin.list('coupon_code', { filters, sortBy: [{ fieldSlug: 'code' }] })
    expect(listed.body.data).toEqual(codes)
  })

  it('may be a thousand', async () => {
    const codes = Array.from({ length: 1000 }, (_, index) => `BULK-${index}`)
    expect(await admin.create('coupon_code', { providerId: pool.id, codes })).toHaveLength(1000)
    await refused('coupon_code', { providerId: pool.id, codes: [...codes, 'X'] }, 'INVALID_INPUT', 'codes')
  })

  it('are unique in the account whatever their case', async () => {
    const [first] = await admin.create('coupon_code', { providerId: pool.id, codes: ['Unique'] })
    const body = { providerId: pool.id, codes: ['NEW', 'uNIQUE'] }
    const error = await refused('coupon_code', body, 'DUPLICATE_VALUE', 'codes.1', 409)
    expect(error.details[0].existingId).toBe(first.id)
    await refused(
      'coupon_code',
      { providerId: pool.id, codes: ['A', 'a'] },
      'DUPLICATE_VALUE',
      'codes.1',
      409,
    )
  })

  it.each([
    [{ codes: [] }, 'INVALID_INPUT', 'codes'],
    [{ codes: 'A' }, 'INVALID_INPUT', 'codes'],
    [{ codes: ['A', ''] }, 'INVALID_INPUT', 'codes.1'],
    [{ codes: ['A', null] }, 'INVALID_INPUT', 'codes.1'],
    [{ codes: ['x'.repeat(129)] }, 'INVALID_INPUT', 'codes.0'],
    [{ codes: ['a\nb'] }, 'INVALID_INPUT', 'codes.0'],
    [{ providerId: NOWHERE }, 'REFERENCE_NOT_FOUND', 'providerId'],
  ])('are refused with %j', async (fields, code, path) => {
    await refused('coupon_code', { providerId: pool.id, codes: ['REFUSED'], ...fields }, code, path)
  })
})

describe('a connector', () => {
  let streak: Body
  beforeAll(async () => {
    streak = await admin.create('streak', { name: 'purchases', aggregationTargetValue: 1 })
  })
  const body = (fields: object = {}) => ({
    name: 'shop',
    platform: 'shopify',
    credentials: { webhookSecrets: ['hush_hush_0123456789'] },
    settings: { shopDomain: 'example.myshopify.com' },
    rules: [{ streakId: streak.id }],
    ...fields,
  })

  it('never shows its credentials, and says where its webhooks go', async () => {
    const answer = await admin.post('/schema/connector/record', body())
    expect(answer.status).toBe(201)
    const { data } = answer.body
    expect(data).toEqual({
      id: expect.any(String),
      name: 'shop',
      platform: 'shopify',
      status: 'live',
      settings: { shopDomain: 'example.myshopify.com', purchaseSpace: data.id },
      rules: [
        {
          streakId: streak.id,
          activityId: 'made_a_purchase',
          value: 'one',
          currency: null,
          minimumValue: null,
          identifyBy: 'customer_id',
          guests: 'by_email',
          testOrders: 'ignore',
          giftCards: 'ignore',
          rewardWithinDays: 60,
          tags: null,
          products: null,
          channels: null,
        },
      ],
      webhookPath: `/webhooks/shopify/${data.id}`,
      webhookUrl: null,
      installation: {
        method: 'manual',
        state: 'installed',
        scopes: [],
        missingScopes: [],
        subscriptions: [],
        checkedAt: null,
        firstWebhookAt: null,
        lastWebhookAt: null,
        pingedAt: null,
        reconciledAt: null,
        missed: 0,
        problem: null,
      },
      refusedCount: 0,
      recentRefusals: [],
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    })
    await readsBack('connector', data)
    const [row] = await api.store.findByKeys('connector', ['id'], [[data.id]])
    const place = credentialsOf('connector', row?.id)
    expect(JSON.parse(api.deps.secretBox.open(row?.sealedCredentials ?? '', place))).toEqual({
      webhookSecrets: ['hush_hush_0123456789'],
    })
    expect(JSON.stringify(row)).not.toContain('hush')
  })

  it('keeps its rules and its purchase space', async () => {
    const rule = {
      streakId: streak.id,
      value: 'order_total',
      currency: 'usd',
      minimumValue: 19.9,
      guests: 'ignore',
    }
    const settings = { shopDomain: 'example.myshopify.com', purchaseSpace: 'all shops' }
    const connector = await admin.create('connector', body({ rules: [rule], settings, status: 'paused' }))
    expect(connector).toMatchObject({
      status: 'paused',
      settings,
      rules: [{ ...rule, currency: 'USD', activityId: 'made_a_purchase' }],
    })
  })

  it('keeps by what its rules choose purchases, as it was given', async () => {
    const choices = {
      tags: [' VIP', ...numbered(49)],
      products: ['632910392', 'A,1'],
      channels: ['x'.repeat(255)],
    }
    const connector = await admin.create('connector', body({ rules: [{ streakId: streak.id, ...choices }] }))
    expect(connector.rules).toMatchObject([choices])
    const path = `/schema/connector/record/${connector.id}`
    const repeated = await admin.patch(path, { rules: connector.rules })
    expect(repeated.body.data).toEqual(connector)
    const all = await admin.patch(path, { rules: [{ streakId: streak.id, tags: null }] })
    expect(all.body.data.rules).toMatchObject([{ tags: null, products: null, channels: null }])
  })

  it.each(['tags', 'products', 'channels'])('of Stripe chooses nothing by %s', async (choice) => {
    const stripe = {
      name: 'payments',
      platform: 'stripe',
      credentials: { webhookSecrets: ['whsec_0123456789abcdef'] },
      rules: [{ streakId: streak.id, [choice]: ['vip'] }],
    }
    const error = await refused('connector', stripe, 'INVALID_INPUT', `rules.0.${choice}`)
    expect(error.details[0].message).toBe('is nothing that stripe tells of a purchase')
  })

  const rule = (fields: object) => () => ({ rules: [{ streakId: streak.id, ...fields }] })
  const numbered = (many: number) => Array.from({ length: many }, (_, index) => `${index}`)
  const cases: readonly [string, () => object, string, string][] = [
    ['an unknown platform', () => ({ platform: 'paddle' }), 'INVALID_INPUT', 'platform'],
    [
      'no credentials where it is to be live',
      () => ({ credentials: undefined, status: 'live' }),
      'CREDENTIALS_MISSING',
      'status',
    ],
    [
      'no secret',
      () => ({ credentials: { webhookSecrets: [] } }),
      'INVALID_INPUT',
      'credentials.webhookSecrets',
    ],
    [
      'a blank secret',
      () => ({ credentials: { webhookSecrets: [' '] } }),
      'INVALID_INPUT',
      'credentials.webhookSecrets.0',
    ],
    [
      'an unknown credential',
      () => ({ credentials: { webhookSecrets: ['topsecret_0123456789'], password: 'topsecret' } }),
      'UNKNOWN_FIELD',
      'credentials.password',
    ],
    ['no shop', () => ({ settings: {} }), 'INVALID_INPUT', 'settings.shopDomain'],
    [
      'a blank space',
      () => ({ settings: { shopDomain: 'example.myshopify.com', purchaseSpace: '' } }),
      'INVALID_INPUT',
      'settings.purchaseSpace',
    ],
    ['too many rules', () => ({ rules: Array(51).fill({ streakId: streak.id }) }), 'INVALID_INPUT', 'rules'],
    ['a rule without a streak', () => ({ rules: [{}] }), 'INVALID_INPUT', 'rules.0.streakId'],
    ['a rule for no streak', rule({ streakId: NOWHERE }), 'REFERENCE_NOT_FOUND', 'rules.0.streakId'],
    ['a total without a currency', rule({ value: 'order_total' }), 'INVALID_INPUT', 'rules.0.currency'],
    ['a minimum without a currency', rule({ minimumValue: 5 }), 'INVALID_INPUT', 'rules.0.currency'],
    [
      'a made-up currency',
      rule({ value: 'order_total', currency: 'XYZ' }),
      'INVALID_INPUT',
      'rules.0.currency',
    ],
    ['an unknown value', rule({ value: 'profit' }), 'INVALID_INPUT', 'rules.0.value'],
    ['a choice of nothing', rule({ products: [] }), 'INVALID_INPUT', 'rules.0.products'],
    ['51 tags', rule({ tags: numbered(51) }), 'INVALID_INPUT', 'rules.0.tags'],
    ['a tag that is no list', rule({ tags: 'vip' }), 'INVALID_INPUT', 'rules.0.tags'],
    ['a blank tag', rule({ tags: ['vip', ' '] }), 'INVALID_INPUT', 'rules.0.tags.1'],
    ['a tag of 256 characters', rule({ tags: ['x'.repeat(256)] }), 'INVALID_INPUT', 'rules.0.tags.0'],
    ['a tag twice', rule({ tags: ['vip', 'new', ' VIP '] }), 'INVALID_INPUT', 'rules.0.tags.2'],
    ['two tags in one', rule({ tags: ['vip, new'] }), 'INVALID_INPUT', 'rules.0.tags.0'],
    ['a product as a number', rule({ products: [632910392] }), 'INVALID_INPUT', 'rules.0.products.0'],
    ['a channel twice', rule({ channels: ['web', 'WEB'] }), 'INVALID_INPUT', 'rules.0.channels.1'],
    ['an unknown rule field', rule({ colour: 'red' }), 'UNKNOWN_FIELD', 'rules.0.colour'],
    [
      'what Stripe cannot measure',
      () => ({
        platform: 'stripe',
        credentials: { webhookSecrets: ['whsec_0123456789abcdef'] },
        settings: {},
        rules: [{ streakId: streak.id, value: 'item_count' }],
      }),
      'INVALID_INPUT',
      'rules.0.value',
    ],
  ]
  it.each(cases)('is refused with %s', async (_name, fields, code, path) => {
    const error = await refused('connector', body(fields()), code, path)
    expect(JSON.stringify(error)).not.toContain('topsecret')
  })

  it('cannot feed another account’s streak', async () => {
    const foreign = await other.create('streak', { name: 'foreign streak', aggregationTargetValue: 1 })
    await refused(
      'connector',
      body({ rules: [{ streakId: foreign.id }] }),
      'REFERENCE_NOT_FOUND',
      'rules.0.streakId',
    )
  })
})

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type Answer, type Api, startApi } from '../helpers/api.ts'
import { endUserToken } from '../helpers/end-user-token.ts'
import { ADA, BOB, logBody, openShop, rewardOf, type Shop } from '../helpers/shop.ts'
import { until } from '../helpers/until.ts'

let api: Api
let shop: Shop
let other: Shop

beforeAll(async () => {
  api = await startApi()
  shop = await openShop(api, 'shop')
  other = await openShop(api, 'other shop')
})
afterAll(() => api.close())

type Parameters = Readonly<Record<string, unknown>>

function list(slug: string, parameters: Parameters = {}, customer = ADA, at = shop): Promise<Answer> {
  const { accountId } = at.backend
  return api.as({ ...at.backend, accountId, headers: at.customer(customer) }).list(slug, parameters)
}

function get(slug: string, id: string, customer = ADA, at = shop): Promise<Answer> {
  return api.send(`/schema/${slug}/record/${id}`, { headers: at.customer(customer) })
}

const idsOf = ({ body }: Answer): string[] => body.data.map(({ id }: { id: string }) => id)
const equals = (fieldSlug: string, value: unknown) => ({ fieldSlug, operator: 'EQUALS', value })
const OPEN = ['streak', 'milestone', 'streak_progress', 'member_streak', 'reward_log']
const OWN = ['streak_progress', 'member_streak', 'reward_log']

describe('an end user', () => {
  it('sees the live streaks and milestones of the shop, and no others', async () => {
    expect(idsOf(await list('streak'))).toEqual([shop.streak.id])
    const milestones = [shop.milestone, shop.manualMilestone, shop.nextMilestone].map(({ id }) => id)
    expect(idsOf(await list('milestone')).sort()).toEqual(milestones.sort())
    expect((await get('streak', shop.draftStreak.id)).status).toBe(404)
    expect((await get('milestone', shop.draftMilestone.id)).status).toBe(404)
    expect(idsOf(await list('streak', { filters: equals('status', 'draft') }))).toEqual([])
  })

  it('sees what is their own, whichever filter they send', async () => {
    const bob = shop.bobsLog.ownedById
    const ada = shop.adasLog.ownedById
    const never = { and: [equals('ownedById', ada), equals('ownedById', bob)] }
    for (const slug of OWN) {
      const own = idsOf(await list(slug))
      expect(own).toHaveLength(slug === 'reward_log' ? 2 : 1)
      expect(idsOf(await list(slug, { filters: equals('ownedById', ada) }))).toEqual(own)
      expect(idsOf(await list(slug, { filters: equals('ownedById', bob) }))).toEqual([])
      expect(idsOf(await list(slug, { filters: never }))).toEqual([])
      const either = { or: [equals('ownedById', ada), equals('ownedById', bob)] }
      expect(idsOf(await list(slug, { filters: either }))).toEqual(own)
      const notAda = { fieldSlug: 'ownedById', operator: 'NOT_EQUALS', value: ada }
      expect(idsOf(await list(slug, { filters: notAda }))).toEqual([])
      const notNull = { fieldSlug: 'ownedById', operator: 'IS_NOT_NULL' }
      expect(idsOf(await list(slug, { filters: notNull }))).toEqual(own)
    }
  })

  it('counts, skips and sorts among their own', async () => {
    const counted = await list('reward_log', { fetchTotalCount: 'true', limit: 1 })
    expect(counted.body.paging).toEqual({ offset: 0, limit: 1, hasMore: true, totalCount: 2 })
    const last = await list('reward_log', {
      offset: 1,
      sortBy: [{ fieldSlug: 'milestoneId', order: 'DESC' }],
    })
    const smaller = [shop.milestone.id, shop.manualMilestone.id].sort()[0]
    expect(last.body.data).toMatchObject([{ milestoneId: smaller, ownedById: shop.adasLog.ownedById }])
  })

  it('may filter by whatever they see, though it is not selective', async () => {
    const status = { fieldSlug: 'streakProgressStatus', operator: 'IN', value: ['completed'] }
    expect(idsOf(await list('streak_progress', { filters: status }))).toHaveLength(1)
    expect(idsOf(await list('reward_log', { filters: equals('fulfilmentStatus', 'pending') }))).toHaveLength(
      2,
    )
  })

  it('does not see those of another member, nor of their namesake in another shop', async () => {
    expect(shop.adasLog.ownedById).not.toBe(shop.bobsLog.ownedById)
    for (const slug of OWN) {
      const everybody: { id: string; ownedById: string }[] = (await shop.backend.list(slug)).body.data
      for (const { id, ownedById } of everybody) {
        const expected = (mine: boolean) => (mine ? 200 : 404)
        expect((await get(slug, id, ADA)).status).toBe(expected(ownedById === shop.adasLog.ownedById))
        expect((await get(slug, id, BOB)).status).toBe(expected(ownedById === shop.bobsLog.ownedById))
        expect((await get(slug, id, ADA, other)).status).toBe(404)
      }
      expect(idsOf(await list(slug, {}, ADA, other))).not.toEqual(idsOf(await list(slug)))
    }
  })

  it('who never bought sees what is live and nothing of their own', async () => {
    for (const slug of OWN) {
      const answer = await list(slug, { fetchTotalCount: 'true' }, 'customer-unknown')
      expect(answer).toMatchObject({ status: 200, body: { data: [], paging: { totalCount: 0 } } })
      const [someone] = idsOf(await list(slug))
      expect((await get(slug, someone ?? '', 'customer-unknown')).status).toBe(404)
    }
    expect(idsOf(await list('streak', {}, 'customer-unknown'))).toEqual([shop.streak.id])
  })

  it('is known by exactly these bytes', async () => {
    const composed = 'Zo\u00eb \u{1f525}'
    const decomposed = composed.normalize('NFD')
    await shop.backend.create('streak_log', logBody(shop.streak.id, composed, 'first order'))
    expect(idsOf(await list('streak_progress', {}, composed))).toHaveLength(1)
    expect(idsOf(await list('streak_progress', {}, decomposed))).toEqual([])
    expect(idsOf(await list('streak_progress', {}, ADA.toUpperCase()))).toEqual([])
  })

  it('may still read while they are paused', async () => {
    const eve = 'customer-paused'
    const log = await shop.backend.create('streak_log', logBody(shop.streak.id, eve, 'first order'))
    await shop.backend.patch(`/schema/account_user/record/${log.ownedById}`, { status: 'paused' })
    expect(idsOf(await list('streak_progress', {}, eve))).toEqual([log.streakProgress.id])
  })

  it('is unknown once erased, also under the name that erasure leaves', async () => {
    const eve = 'customer-erased'
    const log = await shop.backend.create('streak_log', logBody(shop.streak.id, eve, 'first order'))
    expect((await shop.backend.delete(`/schema/account_user/record/${log.ownedById}`)).status).toBe(204)
    expect(idsOf(await list('streak_progress', {}, eve))).toEqual([])
    expect((await get('streak_progress', log.streakProgress.id, eve)).status).toBe(404)
    const forged = await list('streak_progress', {}, `erased:${log.ownedById}`)
    expect(forged).toMatchObject({ status: 401, body: { error: { code: 'UNAUTHENTICATED' } } })
  })

  it('sees progress also of streaks that are no longer live', async () => {
    const streak = await shop.backend.create('streak', {
      name: 'over',
      status: 'live',
      aggregationTargetValue: 1,
    })
    const log = await shop.backend.create('streak_log', {
      ...logBody(streak.id, 'customer-late', 'first order'),
      activityValue: 1,
    })
    await shop.backend.patch(`/schema/streak/record/${streak.id}`, { status: 'paused' })
    expect((await get('streak', streak.id, 'customer-late')).status).toBe(404)
    expect(idsOf(await list('streak_progress', {}, 'customer-late'))).toEqual([log.streakProgress.id])
    expect(idsOf(await list('member_streak', {}, 'customer-late'))).toHaveLength(1)
  })

  it('sees a coupon code once it is issued', async () => {
    const { id } = rewardOf(shop.adasLog, shop.manualMilestone)
    expect((await get('reward_log', id)).body.data).toMatchObject({ couponCode: null })
    await shop.backend.patch(`/schema/reward_log/record/${id}`, { couponCode: 'STREAK7' })
    expect((await get('reward_log', id)).body.data).toMatchObject({
      couponCode: 'STREAK7',
      fulfilmentStatus: 'issued',
      milestone: { id: shop.manualMilestone.id, name: shop.manualMilestone.name },
    })
    expect(idsOf(await list('reward_log', { filters: equals('couponCode', 'STREAK7') }))).toEqual([id])
    expect(idsOf(await list('reward_log', { filters: equals('couponCode', 'STREAK7') }, BOB))).toEqual([])
  })

  it('leaves their ids, and nothing else of theirs, in the log of requests', async () => {
    api.lines.length = 0
    await list('streak_progress')
    await until(() => api.lines.some(({ message }) => message === 'request'))
    const line = api.lines.find(({ message }) => message === 'request')
    expect(line?.fields).toMatchObject({
      accountId: shop.backend.accountId,
      memberId: shop.adasLog.ownedById,
      route: '/schema/streak_progress/record',
    })
    const written = JSON.stringify(api.lines)
    const token = shop.customer(ADA)['x-enduser-access-token'] ?? ''
    for (const secret of [ADA, token, token.split('.')[1] ?? '', shop.key.apiSecret]) {
      expect(written).not.toContain(secret)
    }
  })
})

describe('fields that are hidden from end users', () => {
  const HIDDEN: readonly (readonly [slug: string, field: string, value: unknown])[] = [
    ['milestone', 'reward', {}],
    ['milestone', 'onWithdrawal', 'revoke'],
    ['milestone', 'caps', {}],
    ['reward_log', 'reward', {}],
    ['reward_log', 'onWithdrawal', 'revoke'],
    ['reward_log', 'streakLogId', '01890000-0000-7000-8000-000000000000'],
    ['reward_log', 'failureReason', 'x'],
    ['reward_log', 'heldReason', 'cap'],
    ['reward_log', 'fulfilAfter', '2026-11-22T00:00:00Z'],
    ['reward_log', 'couponUsed', 'no'],
    ['reward_log', 'redeemedOrderId', '1001'],
    ['reward_log', 'drawnCode', 'x'],
    ['reward_log', 'accountId', '01890000-0000-7000-8000-000000000000'],
    ['reward_log', 'attempt', 1],
    ['streak', 'hasLogs', true],
    ['streak_progress', 'periodNumber', 1],
    ['member_streak', 'version', 1],
  ]

  /** The refusal without the name that was asked for: a hidden field and one that never was must look alike. */
  async function refusal(slug: string, name: string, parameters: (field: string) => Parameters) {
    const { status, body } = await list(slug, parameters(name))
    const { code, message, details } = body.error
    return JSON.stringify({ status, code, message, details }).replaceAll(`"${name}\\"`, '"NAME\\"')
  }

  it.each(HIDDEN)(
    'of a %s, %s, can be neither shown nor filtered nor sorted by',
    async (slug, field, value) => {
      const ways = [
        (name: string) => ({ fields: ['id', name] }),
        (name: string) => ({ filters: equals(name, value) }),
        (name: string) => ({ filters: { or: [equals('id', shop.streak.id), equals(name, value)] } }),
        (name: string) => ({ filters: { fieldSlug: name, operator: 'IS_NOT_NULL' } }),
        (name: string) => ({ sortBy: [{ fieldSlug: name, order: 'ASC' }] }),
      ]
      for (const way of ways) {
        const hidden = await refusal(slug, field, way)
        expect(hidden).toContain('"status":400')
        expect(hidden).toBe(await refusal(slug, 'nonsense', way))
      }
    },
  )

  it('are not named as what could be asked for', async () => {
    for (const slug of OPEN) {
      for (const parameters of [
        { fields: ['nonsense'] },
        { filters: equals('nonsense', 1) },
        { sortBy: [{ fieldSlug: 'nonsense' }] },
      ]) {
        const { text } = await list(slug, parameters)
        for (const [of, field] of HIDDEN)
          if (of === slug) expect(text).not.toMatch(new RegExp(`\\b${field}\\b`))
      }
    }
  })

  it('stay visible to the backend', async () => {
    const { data } = (await shop.backend.get(`/schema/milestone/record/${shop.milestone.id}`)).body
    expect(data.reward).toMatchObject({ providerId: shop.provider.id })
  })

  it('do not come with any answer, by name or by value', async () => {
    const secrets = [
      shop.provider.id,
      shop.connector.id,
      shop.adasLog.id,
      shop.deliveryId,
      shop.couponCode.code,
      'TEN-',
      'providerId',
      'streakLogId',
      'failureReason',
      'discount',
    ]
    const texts: string[] = []
    for (const slug of OPEN) {
      const listed = await list(slug)
      texts.push(listed.text)
      for (const id of idsOf(listed)) texts.push((await get(slug, id)).text)
    }
    const [memberStreak] = (await list('member_streak')).body.data
    expect(memberStreak.nextMilestone).toMatchObject({ id: shop.nextMilestone.id })
    expect(texts.length).toBeGreaterThan(10)
    for (const secret of secrets) expect(texts.join()).not.toContain(secret)
  })
})

describe('what end users have no access to', () => {
  it('is refused before its parameters, its id and its body are looked at', async () => {
    const headers = shop.customer(ADA)
    const refused = { status: 403, body: { error: { code: 'FORBIDDEN', details: [] } } }
    expect(await list('streak_log', { nonsense: 1 })).toMatchObject(refused)
    expect(await get('streak_log', 'no id')).toMatchObject(refused)
    const post = { method: 'POST', headers: { ...headers, 'content-type': 'text/plain' }, body: '{' }
    expect(await api.send('/schema/streak_log/record', post)).toMatchObject(refused)
    expect(await api.send('/schema/reward_log/record', post)).toMatchObject(refused)
    const path = `/schema/reward_log/record/${rewardOf(shop.adasLog, shop.milestone).id}`
    expect(await api.send(path, { ...post, method: 'PATCH' })).toMatchObject(refused)
  })

  it('says what it is', async () => {
    const closed = (await get('streak_log', shop.adasLog.id)).body.error.message
    expect(closed).toBe('End users have no access to this: a streak log is for your backend alone')
    const headers = shop.customer(ADA)
    const write = await api.send(`/schema/streak/record/${shop.streak.id}`, { method: 'DELETE', headers })
    expect(write.body.error.message).toBe(
      'End users can only read: changing a streak is for your backend alone',
    )
  })
})

describe('a token', () => {
  it('ends with its key', async () => {
    const { id, apiKey, apiSecret } = await shop.backend.create('api_key', { name: 'for the storefront' })
    const token = endUserToken({ accountId: shop.backend.accountId, apiKey, apiSecret }, ADA, api.clock.now())
    const read = () => api.send('/schema/streak/record', { headers: shop.withToken(token) })
    const patch = (status: string) => shop.backend.patch(`/schema/api_key/record/${id}`, { status })
    expect((await read()).status).toBe(200)
    await patch('paused')
    expect((await read()).status).toBe(401)
    await patch('live')
    expect((await read()).status).toBe(200)
    await shop.backend.delete(`/schema/api_key/record/${id}`)
    expect((await read()).status).toBe(401)
  })

  it('is refused in words that tell what to send', async () => {
    const token = shop.customer(ADA)['x-enduser-access-token'] ?? ''
    const messageFor = async (headers: Record<string, string>) =>
      (await api.send('/schema/streak/record', { headers })).body.error.message
    expect(await messageFor({})).toBe(
      'Send both x-api-key and x-api-secret, or both x-enduser-access-token and x-account-id',
    )
    for (const account of [undefined, '', 'shop', `${shop.backend.accountId}, x`]) {
      const headers = account === undefined ? {} : { 'x-account-id': account }
      expect(await messageFor({ 'x-enduser-access-token': token, ...headers })).toBe(
        'Send x-account-id, the id of the account, with the token',
      )
    }
    expect(await messageFor({ ...shop.backend.headers, ...shop.customer(ADA) })).toBe(
      'Send x-api-key and x-api-secret or x-enduser-access-token, not both: a request has one caller',
    )
  })

  it('does not get in the way of a backend that names its account', async () => {
    const headers = { ...shop.backend.headers, 'x-account-id': other.backend.accountId }
    expect(idsOf(await api.send('/schema/milestone/record', { headers }))).toContain(shop.draftMilestone.id)
  })
})

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type Api, type Body, type Client, startApi } from '../helpers/api.ts'

let api: Api
let admin: Client
let streak: Body
let logs: Body[]

const at = (minute: number) => `2026-11-22T10:${String(minute).padStart(2, '0')}:00.000Z`

/** Five members: two with a name, one paused; and nine logs of one of them, two of them with a value. */
beforeAll(async () => {
  api = await startApi()
  admin = await api.account('lists')
  const names = ['Ada', 'ada', null, 'Zoë', 'Ångström']
  for (const [index, firstName] of names.entries()) {
    api.clock.set(at(index))
    const status = index === 3 ? 'paused' : 'live'
    await admin.create('account_user', { externalId: `member ${index}`, firstName, status })
  }
  streak = await admin.create('streak', {
    name: '100%_real',
    status: 'live',
    aggregationMethod: 'count',
    aggregationTargetValue: 2,
  })
  logs = []
  for (let index = 0; index < 9; index += 1) {
    api.clock.set(at(20 + Math.floor(index / 3)))
    logs.push(
      await admin.create('streak_log', {
        streakId: streak.id,
        ownedBy: { externalId: 'member 0' },
        activityAt: `2026-11-${String(10 + index).padStart(2, '0')}T10:00:00Z`,
        activityId: index % 2 === 0 ? 'visit' : 'purchase',
        uniqueIdentifier: `log ${index}`,
        activityValue: index === 4 ? 2.5 : index === 5 ? 10 : null,
      }),
    )
  }
})
afterAll(() => api.close())

const names = async (slug: string, field: string, parameters: Record<string, unknown>) => {
  const answer = await admin.list(slug, { limit: 100, ...parameters })
  if (answer.status !== 200) throw new Error(answer.text)
  return answer.body.data.map((record: Body) => record[field])
}
const members = (filters: object) =>
  names('account_user', 'externalId', { filters, sortBy: [{ fieldSlug: 'externalId' }] })
const leaf = (fieldSlug: string, operator: string, value?: unknown) => ({ fieldSlug, operator, value })
const refusal = async (slug: string, parameters: Record<string, unknown>) => {
  const { status, body } = await admin.list(slug, parameters)
  return {
    status,
    code: body.error?.code,
    path: body.error?.details?.[0]?.path,
    message: body.error?.message,
  }
}

describe('paging', () => {
  it('begins with the newest twenty; ties go by id, ascending', async () => {
    const answer = await admin.list('streak_log')
    const byTime = [...logs].sort(
      (a, b) => b.createdAt.localeCompare(a.createdAt) || a.id.localeCompare(b.id),
    )
    expect(answer.body.data.map((record: Body) => record.id)).toEqual(byTime.map(({ id }) => id))
    expect(answer.body.paging).toEqual({ offset: 0, limit: 20, hasMore: false })
  })

  it('walks through everything once', async () => {
    const seen: string[] = []
    for (let offset = 0; ; offset += 3) {
      const { body } = await admin.list('streak_log', { offset, limit: 3 })
      seen.push(...body.data.map((record: Body) => record.id))
      expect(body.paging).toEqual({ offset, limit: 3, hasMore: offset < 6 })
      if (!body.paging.hasMore) break
    }
    expect(new Set(seen)).toEqual(new Set(logs.map(({ id }) => id)))
    expect(seen).toHaveLength(9)
  })

  it('counts when it is asked to', async () => {
    const filters = leaf('uniqueIdentifier', 'EQUALS', 'log 3')
    expect((await admin.list('streak_log', { fetchTotalCount: 'true', limit: 2 })).body.paging).toEqual({
      offset: 0,
      limit: 2,
      hasMore: true,
      totalCount: 9,
    })
    expect(
      (await admin.list('streak_log', { fetchTotalCount: 'true', filters })).body.paging.totalCount,
    ).toBe(1)
  })

  it('stops counting at 100,000 and says so', async () => {
    const store = { ...api.store, count: async (_collection: unknown, _where: unknown, max: number) => max }
    for (const method of ['find', 'findByKeys', 'migrate', 'close', 'ping', 'commit'] as const) {
      Object.assign(store, {
        [method]: (...input: never[]) => Reflect.apply(api.store[method], api.store, input),
      })
    }
    const capped = await startApi({ store: store as unknown as Api['store'], secretBox: api.deps.secretBox })
    const answer = await capped.send('/schema/streak/record?fetchTotalCount=true', { headers: admin.headers })
    expect(answer.body.paging).toMatchObject({ totalCount: 100_000, totalCountCapped: true })
    await capped.close()
  })

  it.each([
    ['limit', '0'],
    ['limit', '1001'],
    ['limit', '-1'],
    ['limit', '5.0'],
    ['limit', ''],
    ['limit', ' 5'],
    ['offset', '100001'],
    ['offset', '-1'],
    ['offset', 'x'],
    ['fetchTotalCount', 'yes'],
    ['fetchTotalCount', ''],
    ['page', '1'],
    ['languageCode', 'de'],
  ])('refuses %s=%j', async (name, value) => {
    expect(await refusal('streak', { [name]: value })).toMatchObject({
      status: 400,
      code: 'INVALID_INPUT',
      path: name,
    })
  })

  it('refuses parameters that are repeated or not decodable', async () => {
    for (const search of ['limit=1&limit=1', 'limit=%zz', 'limit=%ff']) {
      expect((await admin.get(`/schema/streak/record?${search}`)).status).toBe(400)
    }
  })
})

describe('fields', () => {
  it('are exactly those that were asked for', async () => {
    const { body } = await admin.list('streak', { fields: ['timezone', 'id'] })
    expect(body.data).toEqual([{ id: streak.id, timezone: 'UTC' }])
  })

  it('bring joined fields of logs only when asked', async () => {
    const plain = (await admin.list('streak_log', { limit: 1 })).body.data[0]
    expect(plain).not.toHaveProperty('streak')
    expect(plain).toHaveProperty('activityId')
    const filters = leaf('uniqueIdentifier', 'EQUALS', 'log 8')
    const fields = ['id', 'streak', 'streakProgress', 'nextMilestone', 'achievedMilestones']
    const { body } = await admin.list('streak_log', { fields, filters })
    expect(body.data).toEqual([
      {
        id: logs[8].id,
        streak,
        streakProgress: expect.objectContaining({ periodKey: '2026-11-18' }),
        nextMilestone: null,
        achievedMilestones: [],
      },
    ])
  })

  it.each([
    ['[]', 'fields'],
    ['{}', 'fields'],
    ['["id","id"]', 'fields.1'],
    ['["accountId"]', 'fields.0'],
    ['["revision"]', 'fields.0'],
    ['["__proto__"]', 'fields.0'],
    ['[1]', 'fields.0'],
    ['["id"', 'fields'],
    ['', 'fields'],
  ])('refuse %s', async (fields, path) => {
    expect(await refusal('streak', { fields })).toMatchObject({ status: 400, code: 'INVALID_INPUT', path })
  })
})

describe('sorting', () => {
  it('compares texts by their bytes, nulls first', async () => {
    const sorted = (order: string) =>
      names('account_user', 'firstName', { sortBy: [{ fieldSlug: 'firstName', order }] })
    expect(await sorted('ASC')).toEqual([null, 'Ada', 'Zoë', 'ada', 'Ångström'])
    expect(await sorted('DESC')).toEqual(['Ångström', 'ada', 'Zoë', 'Ada', null])
  })

  it('compares quantities as numbers', async () => {
    const sortBy = [{ fieldSlug: 'activityValue', order: 'DESC' }, { fieldSlug: 'activityAt' }]
    expect((await names('streak_log', 'activityValue', { sortBy })).slice(0, 3)).toEqual([10, 2.5, null])
    expect(await names('streak_log', 'uniqueIdentifier', { sortBy })).toEqual([
      'log 5',
      'log 4',
      'log 0',
      'log 1',
      'log 2',
      'log 3',
      'log 6',
      'log 7',
      'log 8',
    ])
  })

  it('breaks ties by id, ascending', async () => {
    const sortBy = [{ fieldSlug: 'activityId', order: 'DESC' }]
    const ids = logs.filter(({ activityId }) => activityId === 'visit').map(({ id }) => id)
    expect((await names('streak_log', 'id', { sortBy })).slice(0, 5)).toEqual(ids.sort())
  })

  it.each([
    [{}, 'sortBy'],
    [[1], 'sortBy.0'],
    [[{}], 'sortBy.0.fieldSlug'],
    [[{ fieldSlug: 'consecutiveCount' }], 'sortBy.0.fieldSlug'],
    [[{ fieldSlug: 'accountId' }], 'sortBy.0.fieldSlug'],
    [[{ fieldSlug: 'createdAt', order: 'desc' }], 'sortBy.0.order'],
    [[{ fieldSlug: 'createdAt', direction: 'ASC' }], 'sortBy.0'],
    [[{ fieldSlug: 'createdAt' }, { fieldSlug: 'createdAt' }], 'sortBy'],
  ])('refuses %j', async (sortBy, path) => {
    expect(await refusal('streak_progress', { sortBy })).toMatchObject({
      status: 400,
      code: 'INVALID_INPUT',
      path,
    })
  })
})

describe('filters', () => {
  it.each([
    [leaf('firstName', 'EQUALS', 'Ada'), ['member 0']],
    [leaf('firstName', 'NOT_EQUALS', 'Ada'), ['member 1', 'member 2', 'member 3', 'member 4']],
    [leaf('firstName', 'IN', ['Ada', 'ada']), ['member 0', 'member 1']],
    [leaf('firstName', 'NOT_IN', ['Ada', 'ada']), ['member 2', 'member 3', 'member 4']],
    [leaf('firstName', 'GREATER_THAN', 'Zoë'), ['member 1', 'member 4']],
    [leaf('firstName', 'GREATER_THAN_OR_EQUALS', 'Zoë'), ['member 1', 'member 3', 'member 4']],
    [leaf('firstName', 'LESS_THAN', 'ada'), ['member 0', 'member 3']],
    [leaf('firstName', 'LESS_THAN_OR_EQUALS', 'ada'), ['member 0', 'member 1', 'member 3']],
    [leaf('firstName', 'CONTAINS', 'da'), ['member 0', 'member 1']],
    [leaf('firstName', 'CONTAINS', 'A'), ['member 0']],
    [leaf('firstName', 'STARTS_WITH', 'Å'), ['member 4']],
    [leaf('firstName', 'STARTS_WITH', ''), ['member 0', 'member 1', 'member 3', 'member 4']],
    [leaf('firstName', 'IS_NULL'), ['member 2']],
    [leaf('firstName', 'IS_NOT_NULL'), ['member 0', 'member 1', 'member 3', 'member 4']],
    [leaf('status', 'EQUALS', 'paused'), ['member 3']],
    [leaf('createdAt', 'LESS_THAN', '2026-11-22T12:02:00+02:00'), ['member 0', 'member 1']],
    [
      { and: [leaf('status', 'EQUALS', 'live'), leaf('firstName', 'IS_NOT_NULL')] },
      ['member 0', 'member 1', 'member 4'],
    ],
    [
      { or: [leaf('firstName', 'IS_NULL'), { and: [leaf('status', 'EQUALS', 'paused')] }] },
      ['member 2', 'member 3'],
    ],
  ])('%j', async (filters, expected) => {
    expect(await members(filters)).toEqual(expected)
  })

  it('take % and _ as they are', async () => {
    const found = (operator: string, value: string) =>
      names('streak', 'name', { filters: leaf('name', operator, value) })
    expect(await found('CONTAINS', '%_r')).toEqual(['100%_real'])
    expect(await found('CONTAINS', '0_')).toEqual([])
    expect(await found('STARTS_WITH', '100%')).toEqual(['100%_real'])
    expect(await found('STARTS_WITH', '1_0')).toEqual([])
  })

  it('compare quantities exactly and ids in any case', async () => {
    const of = (filter: object) =>
      names('streak_log', 'uniqueIdentifier', {
        filters: { and: [leaf('streakId', 'EQUALS', streak.id.toUpperCase()), filter] },
        sortBy: [{ fieldSlug: 'uniqueIdentifier' }],
      })
    expect(await of(leaf('activityValue', 'EQUALS', 2.5))).toEqual(['log 4'])
    expect(await of(leaf('activityValue', 'GREATER_THAN', 2.5))).toEqual(['log 5'])
    expect(await of(leaf('activityValue', 'LESS_THAN_OR_EQUALS', 10))).toEqual(['log 4', 'log 5'])
    expect(await of(leaf('activityValue', 'NOT_IN', [2.5, 10]))).toHaveLength(7)
  })

  it('ask for the status of progress as of now', async () => {
    const statuses = async (operator: string, value: unknown) => {
      const status = leaf('streakProgressStatus', operator, value)
      const filters = { and: [leaf('streakId', 'EQUALS', streak.id), status] }
      return (await admin.list('streak_progress', { filters, limit: 100 })).body.data.map(
        (record: Body) => record.streakProgressStatus,
      )
    }
    const last = { ownedBy: { externalId: 'member 0' }, streakId: streak.id, activityId: 'visit' }
    api.clock.set('2026-11-22T11:00:00Z')
    for (const index of [1, 2]) {
      const activityAt = '2026-11-20T10:00:00Z'
      await admin.create('streak_log', { ...last, activityAt, uniqueIdentifier: `done ${index}` })
    }
    await admin.create('streak_log', {
      ...last,
      activityAt: '2026-11-22T10:59:00Z',
      uniqueIdentifier: 'today',
    })
    expect(await statuses('EQUALS', 'completed')).toEqual(['completed'])
    expect(await statuses('EQUALS', 'in_progress')).toEqual(['in_progress'])
    expect(await statuses('IN', ['broken'])).toEqual(Array(9).fill('broken'))
    expect(new Set(await statuses('NOT_EQUALS', 'broken'))).toEqual(new Set(['completed', 'in_progress']))
    expect(await statuses('NOT_IN', ['broken', 'completed', 'in_progress'])).toEqual([])
    expect(await statuses('IS_NULL', undefined)).toEqual([])
    expect(await statuses('IS_NOT_NULL', undefined)).toHaveLength(11)
    api.clock.set('2026-11-23T00:00:00Z')
    expect(await statuses('EQUALS', 'in_progress')).toEqual([])
    expect(await statuses('EQUALS', 'broken')).toHaveLength(10)
  })

  const deep = (levels: number): object =>
    levels === 0 ? leaf('name', 'EQUALS', 'x') : { and: [deep(levels - 1)] }
  const wide = (leaves: number) => ({ or: Array(leaves).fill(leaf('name', 'EQUALS', 'x')) })

  it('may be 5 levels deep, have 50 conditions, and lists of 100 values', async () => {
    const list = (count: number) => leaf('name', 'IN', Array(count).fill('x'))
    for (const filters of [deep(5), wide(50), list(100)]) {
      expect((await admin.list('streak', { filters })).status).toBe(200)
    }
    for (const filters of [deep(6), wide(51), list(101), list(0)]) {
      expect((await admin.list('streak', { filters })).status).toBe(400)
    }
  })

  it.each([
    [7, 'filters'],
    [[], 'filters'],
    [null, 'filters'],
    [{}, 'filters.fieldSlug'],
    [{ and: [] }, 'filters.and'],
    [{ and: {} }, 'filters.and'],
    [{ and: [leaf('name', 'IS_NULL')], or: [] }, 'filters'],
    [{ and: [leaf('name', 'IS_NULL')], fieldSlug: 'name' }, 'filters'],
    [{ ...leaf('name', 'EQUALS', 'x'), not: true }, 'filters'],
    [leaf('nothing', 'EQUALS', 'x'), 'filters.fieldSlug'],
    [leaf('__proto__', 'EQUALS', 'x'), 'filters.fieldSlug'],
    [leaf('accountId', 'EQUALS', 'x'), 'filters.fieldSlug'],
    [leaf('hasLogs', 'EQUALS', true), 'filters.fieldSlug'],
    [leaf('name', 'equals', 'x'), 'filters.operator'],
    [leaf('name', 'LIKE', 'x'), 'filters.operator'],
    [leaf('description', 'CONTAINS', 'x'), 'filters.operator'],
    [leaf('createdAt', 'STARTS_WITH', '2026'), 'filters.operator'],
    [leaf('name', 'EQUALS'), 'filters.value'],
    [leaf('name', 'EQUALS', null), 'filters.value'],
    [leaf('name', 'EQUALS', 5), 'filters.value'],
    [leaf('name', 'EQUALS', ['x']), 'filters.value'],
    [leaf('name', 'IN', 'x'), 'filters.value'],
    [leaf('name', 'IN', ['x', null]), 'filters.value'],
    [leaf('name', 'IS_NULL', true), 'filters.value'],
    [leaf('id', 'EQUALS', 'abc'), 'filters.value'],
    [leaf('status', 'EQUALS', 'alive'), 'filters.value'],
    [leaf('createdAt', 'EQUALS', '2026-11-22'), 'filters.value'],
    [leaf('aggregationTargetValue', 'EQUALS', '1'), 'filters.value'],
    [leaf('aggregationTargetValue', 'EQUALS', 0.0000001), 'filters.value'],
    [leaf('completionTargetValue', 'EQUALS', 1.5), 'filters.value'],
    [{ or: [leaf('name', 'IS_NULL'), leaf('name', 'NO')] }, 'filters.or.1.operator'],
  ])('refuse %j', async (filters, path) => {
    expect(await refusal('streak', { filters })).toMatchObject({ status: 400, code: 'INVALID_INPUT', path })
  })

  it('refuse text that no record may hold', async () => {
    const filters = '{"fieldSlug":"name","operator":"EQUALS","value":"\\u0000"}'
    expect(await refusal('streak', { filters })).toMatchObject({ status: 400, path: 'filters.value' })
  })
})

describe('filters of the ledger', () => {
  it('compare sums that are above what one value may be', async () => {
    const streak = await admin.create('streak', {
      name: 'sums',
      status: 'live',
      aggregationMethod: 'sum',
      aggregationTargetValue: 1,
    })
    for (const uniqueIdentifier of ['one', 'two']) {
      await admin.create('streak_log', {
        streakId: streak.id,
        ownedBy: { externalId: 'rich' },
        activityAt: at(0),
        activityId: 'a',
        uniqueIdentifier,
        activityValue: 1_000_000_000,
      })
    }
    const found = async (operator: string, value: number) => {
      const filters = {
        and: [leaf('streakId', 'EQUALS', streak.id), leaf('currentProgressValue', operator, value)],
      }
      return (await admin.list('streak_progress', { filters })).body.data.length
    }
    expect(await found('EQUALS', 2_000_000_000)).toBe(1)
    expect(await found('GREATER_THAN', 1_999_999_999)).toBe(1)
    expect(await found('LESS_THAN', 2_000_000_000)).toBe(0)
  })

  const ledgers = ['streak_log', 'streak_progress', 'member_streak', 'reward_log', 'delivery']

  it.each(ledgers)('of %s need something selective at the top', async (slug) => {
    const broad = leaf('updatedAt', 'GREATER_THAN', at(0))
    const since = leaf('createdAt', 'GREATER_THAN', at(0))
    expect((await admin.list(slug)).status).toBe(200)
    for (const filters of [
      broad,
      { or: [since, since] },
      { and: [broad, { and: [since] }] },
      leaf('createdAt', 'IS_NOT_NULL'),
    ]) {
      const refused = await refusal(slug, { filters })
      expect(refused).toMatchObject({ status: 400, code: 'FILTER_NOT_SELECTIVE', path: 'filters' })
      expect(refused.message).toContain('createdAt')
    }
    for (const filters of [since, { and: [broad, since] }, leaf('createdAt', 'LESS_THAN_OR_EQUALS', at(0))]) {
      expect((await admin.list(slug, { filters })).status).toBe(200)
    }
  })

  it('name only fields that the resource has', async () => {
    const filters = leaf('updatedAt', 'GREATER_THAN', at(0))
    expect((await refusal('delivery', { filters })).message).toContain('connectorId, orderId, createdAt')
    expect((await refusal('member_streak', { filters })).message).not.toContain('orderId')
  })
})

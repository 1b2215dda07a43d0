import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { clientTypes } from '../../src/cli/openapi/client-types.ts'
import { formatted } from '../../src/cli/openapi/generated-file.ts'
import {
  createStreaklineClient,
  InexactNumberError,
  parseExact,
  type StreakCreate,
  type StreaklineClient,
  StreaklineError,
} from '../../src/client/index.ts'
import { RESOURCES } from '../../src/client/schema.ts'
import { type Api, type Body, type Client, startApi } from '../helpers/api.ts'
import { type ScriptedServer, startScriptedServer } from '../helpers/scripted-server.ts'
import { until } from '../helpers/until.ts'

let api: Api
let admin: Client
let client: StreaklineClient

function clientOf({ headers }: Client, options: { parse?: (text: string) => unknown } = {}) {
  const { 'x-api-key': apiKey = '', 'x-api-secret': apiSecret = '' } = headers
  return createStreaklineClient({ baseUrl: `${api.origin}/`, apiKey, apiSecret, ...options })
}

const perDay: StreakCreate = {
  name: 'A purchase a day',
  status: 'live',
  aggregationMethod: 'count',
  aggregationTargetValue: 1,
}

beforeAll(async () => {
  api = await startApi()
  admin = await api.account('shop')
  client = clientOf(admin)
})
afterAll(() => api.close())

async function failureOf(call: Promise<unknown>): Promise<StreaklineError> {
  const error = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof StreaklineError)) throw new Error(`no StreaklineError: ${error}`)
  return error
}

describe('the types of the client', () => {
  it('are those of docs/openapi.json, as npm run openapi writes them', () => {
    const document = JSON.parse(readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8'))
    const file = new URL('../../src/client/schema.ts', import.meta.url)
    expect(readFileSync(file, 'utf8')).toBe(formatted(file, clientTypes(document)))
  })

  it('know what the API does not take', () => {
    const calls = [
      // @ts-expect-error there is no such field
      () => client.streak.create({ ...perDay, colour: 'red' }),
      // @ts-expect-error a name is required
      () => client.streak.create({ aggregationTargetValue: 1 }),
      // @ts-expect-error it is not among its values
      () => client.streak.list({ filters: { fieldSlug: 'colour', operator: 'EQUALS', value: 'red' } }),
      // @ts-expect-error logs are permanent
      () => client.streakLog.delete('x'),
      // @ts-expect-error lists leave joined records out
      async () => (await client.streakLog.list()).data[0]?.streak.name,
      // @ts-expect-error it was not asked for
      async () => (await client.streak.list({ fields: ['id'] })).data[0]?.name,
    ]
    expect(calls).toHaveLength(6)
  })
})

describe('a record', () => {
  it('is created, read, changed and deleted', async () => {
    const streak = await client.streak.create(perDay)
    expect(streak).toMatchObject({ ...perDay, timezone: 'UTC' })
    expect(await client.streak.get(streak.id)).toEqual(streak)
    const paused = await client.streak.patch(streak.id, { status: 'paused' })
    expect(paused.status).toBe('paused')
    expect(await client.streak.delete(streak.id)).toBeUndefined()
    expect(await failureOf(client.streak.get(streak.id))).toMatchObject({ status: 404, code: 'NOT_FOUND' })
  })

  it('is refused with everything that the API says', async () => {
    const streak = await client.streak.create(perDay)
    const log = {
      streakId: streak.id,
      ownedBy: { externalId: 'customer-1' },
      activityAt: '2026-11-22T09:00:00Z',
      activityId: 'made_a_purchase',
      uniqueIdentifier: 'order-1',
    }
    const recorded = await client.streakLog.create(log)
    expect(recorded.streakProgress?.streakProgressStatus).toBe('completed')
    const again = await failureOf(client.streakLog.create(log, { requestId: 'mine-1' }))
    expect(again).toMatchObject({
      status: 409,
      code: 'DUPLICATE_STREAK_LOG',
      details: [{ path: 'uniqueIdentifier', existingId: recorded.id }],
      requestId: 'mine-1',
      retryAfterMs: null,
    })
    expect(again.message).toContain('uniqueIdentifier')
  })

  it('answers what is asked of many', async () => {
    const explained = await client.delivery.explain({ orderName: '#1004' })
    expect(explained.order).toBeNull()
    expect(explained.message).toMatch(/Nothing has arrived of an order “#1004”/)
    const failure = await failureOf(client.delivery.explain({}))
    expect([failure.status, failure.code]).toEqual([400, 'INVALID_INPUT'])
  })

  it('is read with everything that belongs to it', async () => {
    const { id } = await client.member.create({ externalId: 'exported' })
    const all = await client.member.export(id)
    expect(all).toMatchObject({ member: { externalId: 'exported' }, streakLogs: [], deliveries: [] })
    const failure = await failureOf(client.privacyRequest.export(id))
    expect([failure.status, failure.code]).toEqual([404, 'NOT_FOUND'])
  })

  it('answers what stands beside a record too', async () => {
    const server = await startScriptedServer((response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end('{"data": {"id": "1"}, "authorizeUrl": "https://shop.example/authorize"}')
    })
    try {
      const baseUrl = `http://127.0.0.1:${server.port}`
      const scripted = createStreaklineClient({ baseUrl, apiKey: 'a', apiSecret: 'b' })
      const given = { method: 'oauth', clientId: 'c', clientSecret: 'd' } as const
      const { id, authorizeUrl } = await scripted.connector.install('1', given)
      expect([id, authorizeUrl]).toEqual(['1', 'https://shop.example/authorize'])
    } finally {
      await server.stop()
    }
  })

  it('has a method for every route that a key may ask', () => {
    const document = JSON.parse(readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8'))
    const clients = new Map(
      Object.entries(RESOURCES).map(([key, { slug }]) => [slug as string, (client as never)[key] as object]),
    )
    const missing: string[] = []
    let routes = 0
    for (const [path, operations] of Object.entries<Record<string, Body>>(document.paths)) {
      const parts = /^\/schema\/(\w+)\/(?:record(?:\/(\{id\})(?:\/(\w+))?)?|(\w+))$/.exec(path)
      for (const [method, { security = [] }] of Object.entries(operations)) {
        if (!security.some((scheme: object) => 'apiKey' in scheme)) continue
        routes += 1
        const [, slug = '', id, act, many] = parts ?? []
        const plain = { get: id === undefined ? 'list' : 'get', post: 'create' }[method] ?? method
        const name = act ?? (many === undefined ? plain : method === 'post' ? `${many}Many` : many)
        if (!(name in (clients.get(slug) ?? {}))) missing.push(`${method} ${path}`)
      }
    }
    expect(missing).toEqual([])
    expect(routes).toBeGreaterThan(70)
  })

  it('keeps ids inside the path', async () => {
    expect(await failureOf(client.streak.get('../../streak/record'))).toMatchObject({ code: 'NOT_FOUND' })
  })
})

describe('lists', () => {
  it('take fields, filters, order and paging', async () => {
    const own = clientOf(await api.account('lists'))
    for (const name of ['c', 'a', 'b']) await own.streak.create({ ...perDay, name })
    const page = await own.streak.list({
      fields: ['name'],
      filters: {
        or: [
          { fieldSlug: 'name', operator: 'IN', value: ['a', 'c'] },
          { fieldSlug: 'name', operator: 'EQUALS', value: 'b' },
        ],
      },
      sortBy: [{ fieldSlug: 'name', order: 'DESC' }],
      offset: 1,
      limit: 1,
      fetchTotalCount: true,
    })
    expect(page).toEqual({
      data: [{ name: 'b' }],
      paging: { offset: 1, limit: 1, hasMore: true, totalCount: 3 },
    })
    expect((await own.streak.list()).data).toHaveLength(3)
  })

  it('give everything once, in pages behind the scenes, also of one instant and while more is made', async () => {
    const own = clientOf(await api.account('everything'))
    const made = new Set<string>()
    const make = async () => made.add((await own.member.create({ externalId: `m${made.size}` })).id)
    for (let index = 0; index < 7; index += 1) await make()
    const seen: string[] = []
    for await (const { id } of own.member.all({ fields: ['id', 'createdAt'] }, { pageSize: 3 })) {
      if (seen.length === 2) await make()
      seen.push(id)
    }
    expect(seen.sort()).toEqual([...made].sort())
  })

  it('give everything that a filter leaves, of the ledger too', async () => {
    const own = clientOf(await api.account('ledger'))
    const { id: streakId } = await own.streak.create(perDay)
    const activities = ['a', 'b', 'a', 'b', 'a', 'a']
    for (const [index, activityId] of activities.entries()) {
      await own.streakLog.create({
        streakId,
        ownedBy: { externalId: 'one' },
        activityAt: '2026-11-22T09:00:00Z',
        activityId,
        uniqueIdentifier: `order-${index}`,
      })
    }
    const found: string[] = []
    const filters = {
      and: [
        { fieldSlug: 'streakId', operator: 'EQUALS', value: streakId },
        { fieldSlug: 'activityId', operator: 'EQUALS', value: 'a' },
      ],
    } as const
    for await (const log of own.streakLog.all({ filters: { and: [...filters.and] } }, { pageSize: 2 })) {
      found.push(log.uniqueIdentifier)
    }
    expect(found.sort()).toEqual(['order-0', 'order-2', 'order-4', 'order-5'])
  })

  it('say which fields they need to give everything', async () => {
    const all = client.streak.all({ fields: ['name'] })
    await expect(all.next()).rejects.toThrow('fields must hold id and createdAt')
  })
})

describe('numbers', () => {
  it('are never rounded in silence', async () => {
    const account = await api.account('sums')
    const own = clientOf(account)
    const { id: streakId } = await own.streak.create({
      name: 'spend',
      status: 'live',
      aggregationTargetValue: 1,
    })
    const record = (index: number) =>
      own.streakLog.create({
        streakId,
        ownedBy: { externalId: 'rich' },
        activityAt: '2026-11-22T09:00:00Z',
        activityId: 'made_a_purchase',
        uniqueIdentifier: `order-${index}`,
        activityValue: 999_999_999.999999,
      })
    for (let index = 0; index < 8; index += 1) {
      expect((await record(index)).activityValue).toBe(999_999_999.999999)
    }
    await expect(record(8)).rejects.toThrow(InexactNumberError)
    await expect(own.streakProgress.list()).rejects.toMatchObject({
      field: 'currentProgressValue',
      digits: '8999999999.999991',
    })
    const rounding = clientOf(account, { parse: JSON.parse })
    expect((await rounding.streakProgress.list()).data[0]?.currentProgressValue).toBe(8999999999.99999)
  })

  it.each(['0', '1', '0.000001', '1000000000', '999999999.999999', '9007199254740991'])(
    'takes %s',
    (digits) => {
      expect(parseExact(`{"n":${digits}}`)).toEqual({ n: Number(digits) })
    },
  )

  it.each(['9007199254740993', '12345678901.234567'])('refuses %s', (digits) => {
    expect(() => parseExact(`{"n":${digits}}`)).toThrow(`n is ${digits}`)
  })
})

describe('trouble', () => {
  const streak = { data: { id: 's' } }
  const busy = { error: { code: 'STORE_BUSY', message: 'busy', details: [], requestId: 'r' } }

  async function against<T>(
    answers: readonly (readonly [status: number, body: unknown, headers?: Record<string, string>])[],
    retry: { attempts: number; maxWaitMs?: number } | undefined,
    act: (own: StreaklineClient, server: ScriptedServer) => Promise<T>,
  ) {
    let next = 0
    const server = await startScriptedServer((response) => {
      const [status, body, headers = {}] = answers[Math.min(next, answers.length - 1)]!
      next += 1
      response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body))
    })
    const own = createStreaklineClient({
      baseUrl: `http://${server.host}`,
      apiKey: 'k',
      apiSecret: 's',
      ...(retry === undefined ? {} : { retry }),
    })
    try {
      const outcome = await act(own, server).then(
        (value) => ({ value }),
        (error: StreaklineError) => ({ error }),
      )
      return { ...outcome, calls: server.seen.length }
    } finally {
      await server.stop()
    }
  }
  const get = (own: StreaklineClient) => own.streak.get('s')

  it('is not tried again unless that was asked for', async () => {
    const outcome = await against([[503, busy, { 'retry-after': '0' }]], undefined, get)
    expect(outcome).toMatchObject({ calls: 1, error: { status: 503, code: 'STORE_BUSY', retryAfterMs: 0 } })
  })

  it.each([429, 503])('of %s is tried again, after the time that the answer names', async (status) => {
    const answers = [
      [status, busy, { 'retry-after': '0' }],
      [status, busy, { 'retry-after': '0' }],
      [200, streak],
    ] as const
    expect(await against(answers, { attempts: 3 }, get)).toEqual({ value: { id: 's' }, calls: 3 })
    expect(await against(answers, { attempts: 2 }, get)).toMatchObject({ calls: 2, error: { status } })
  })

  it.each([400, 401, 404, 409, 500])('of %s is not tried again', async (status) => {
    const outcome = await against([[status, busy, { 'retry-after': '0' }]], { attempts: 3 }, get)
    expect(outcome).toMatchObject({ calls: 1, error: { status } })
  })

  it('is not waited for longer than asked', async () => {
    const answers = [[503, busy, { 'retry-after': '3600' }]] as const
    const outcome = await against(answers, { attempts: 3, maxWaitMs: 1000 }, get)
    expect(outcome).toMatchObject({ calls: 1, error: { retryAfterMs: 3_600_000 } })
  })

  it('of a proxy keeps its status', async () => {
    const outcome = await against([[502, '<html>', { 'x-request-id': 'p' }]], undefined, get)
    expect(outcome).toMatchObject({ error: { status: 502, code: 'UNKNOWN', details: [], requestId: 'p' } })
  })

  it('ends with the signal it was given', async () => {
    const stop = new AbortController()
    const waiting = against(
      [[503, busy, { 'retry-after': '60' }]],
      { attempts: 2, maxWaitMs: 100_000 },
      (own, server) => {
        void until(() => server.seen.length === 1).then(() => stop.abort())
        return own.streak.get('s', { signal: stop.signal })
      },
    )
    expect(await waiting).toMatchObject({ calls: 1, error: { name: 'AbortError' } })
  })

  it('ends with the signal that the client was given, calls and waits alike', async () => {
    const stop = new AbortController()
    const server = await startScriptedServer((response) =>
      response.writeHead(503, { 'retry-after': '60' }).end(JSON.stringify(busy)),
    )
    const own = createStreaklineClient({
      baseUrl: `http://${server.host}`,
      apiKey: 'k',
      apiSecret: 's',
      retry: { attempts: 2, maxWaitMs: 100_000 },
      signal: stop.signal,
    })
    try {
      void until(() => server.seen.length === 1).then(() => stop.abort())
      await expect(get(own)).rejects.toMatchObject({ name: 'AbortError' })
      await expect(get(own)).rejects.toMatchObject({ name: 'AbortError' })
      expect(server.seen).toHaveLength(1)
    } finally {
      await server.stop()
    }
  })

  it('does not carry credentials to another address', async () => {
    const outcome = await against([[302, '', { location: 'http://127.0.0.1:9/' }]], undefined, get)
    expect(outcome).toMatchObject({ calls: 1, error: { name: 'TypeError' } })
  })
})

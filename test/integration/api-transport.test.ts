import { randomBytes } from 'node:crypto'
import { request } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { agreeOnKey } from '../../src/crypto/key-check.ts'
import { createSecretBox } from '../../src/crypto/secret-box.ts'
import { AppError } from '../../src/errors.ts'
import { zoneData } from '../../src/streaks/zone-data.ts'
import { type Api, type Client, startApi } from '../helpers/api.ts'
import { sendRaw } from '../helpers/raw-http.ts'
import { until } from '../helpers/until.ts'

let api: Api
let admin: Client

beforeAll(async () => {
  api = await startApi()
  admin = await api.account('transport')
})
afterAll(() => api.close())

const STREAKS = '/schema/streak/record'
const NOWHERE = '01890000-0000-7000-8000-000000000000'
const json = (): Record<string, string> => ({ ...admin.headers, 'content-type': 'application/json' })

describe('credentials', () => {
  it('are needed for everything under /schema', async () => {
    const logs = '/api/v1.0/schema/streak_log/record'
    for (const path of [STREAKS, `${STREAKS}/${NOWHERE}`, logs, `${logs}/${NOWHERE}/withdrawal`]) {
      expect(await api.send(path)).toMatchObject({
        status: 401,
        body: { error: { code: 'UNAUTHENTICATED', details: [] } },
      })
    }
  })

  it('are checked before verb, body and parameters', async () => {
    const broken = { method: 'POST', body: '{', headers: { 'content-type': 'text/plain' } }
    expect((await api.send(STREAKS, broken)).status).toBe(401)
    expect((await api.send(`${STREAKS}?limit=nonsense`)).status).toBe(401)
    expect((await api.send('/schema/streak_log/record', { method: 'DELETE' })).status).toBe(401)
  })

  it('must be right, both of them', async () => {
    const { 'x-api-key': key = '', 'x-api-secret': secret = '' } = admin.headers
    const wrong = [
      { 'x-api-key': key },
      { 'x-api-secret': secret },
      { 'x-api-key': key, 'x-api-secret': '' },
      { 'x-api-key': key, 'x-api-secret': `${secret}x` },
      { 'x-api-key': key, 'x-api-secret': secret.slice(0, -1) },
      { 'x-api-key': `${key}x`, 'x-api-secret': secret },
      { 'x-api-key': key.toUpperCase(), 'x-api-secret': secret },
    ]
    for (const headers of wrong) expect((await api.send(STREAKS, { headers })).status).toBe(401)
    expect((await api.send(STREAKS, { headers: admin.headers })).status).toBe(200)
  })

  it('fail as soon as the key is paused, and work again once it is live', async () => {
    const paused = await api.account('paused key')
    const [key] = await api.store.findByKeys('api_key', ['apiKey'], [[paused.headers['x-api-key'] ?? '']])
    const set = async (status: 'paused' | 'live') =>
      api.store.commit([
        { op: 'update', collection: 'api_key', id: key!.id, accountId: paused.accountId, set: { status } },
      ])
    expect((await paused.get(STREAKS)).status).toBe(200)
    await set('paused')
    expect((await paused.get(STREAKS)).status).toBe(401)
    await set('live')
    expect((await paused.get(STREAKS)).status).toBe(200)
  })

  it('of an end user are refused with a sentence that says why', async () => {
    const headers = { 'x-enduser-access-token': 'token', 'x-account-id': admin.accountId }
    const answer = await api.send(STREAKS, { headers })
    expect(answer.status).toBe(401)
    expect(answer.body.error.message).toContain('x-enduser-access-token is refused: it is not a JWT')
  })
})

describe('addresses', () => {
  it.each([
    '/nothing',
    '/schema',
    '/schema/streak',
    '/schema/unknown/record',
    '/schema/Streak/record',
    '/schema/__proto__/record',
    '/api/v2/schema/streak/record',
    '/schema/%zz/record',
    '/schema/streak/record/%c3%28',
    '/schema/streak/record/x/y',
    `/schema/streak/record/${NOWHERE}/withdrawal`,
    `/schema/streak_log/record/${NOWHERE}/undo`,
    `/schema/streak_log/record/${NOWHERE}/withdrawal/x`,
  ])('answers 404 in the one shape at %s', async (path) => {
    const answer = await admin.get(path)
    expect(answer.status).toBe(404)
    expect(answer.body).toEqual({
      error: {
        code: 'NOT_FOUND',
        message: expect.any(String),
        details: [],
        requestId: answer.headers.get('x-request-id'),
      },
    })
  })

  it('answers 404 for ids that do not exist or are none', async () => {
    for (const id of [NOWHERE, 'abc', '1', '%00', `${NOWHERE}0`]) {
      expect(await admin.get(`${STREAKS}/${id}`)).toMatchObject({
        status: 404,
        body: { error: { code: 'NOT_FOUND' } },
      })
    }
  })

  it('serves the same under /api/v1.0, and ids in any case', async () => {
    const streak = await admin.create('streak', { name: 'same', aggregationTargetValue: 1 })
    const first = await admin.get(`/api/v1.0/schema/streak/record/${streak.id.toUpperCase()}`)
    const second = await admin.get(`${STREAKS}/${streak.id}`)
    expect(first.status).toBe(200)
    expect(first.body).toEqual(second.body)
    expect(first.body.data).toEqual(streak)
  })
})

describe('verbs', () => {
  it.each([
    ['DELETE', `/schema/streak_log/record/${NOWHERE}`, 'GET', 'permanent'],
    ['PATCH', `/schema/streak_log/record/${NOWHERE}`, 'GET', 'permanent'],
    ['PUT', `/schema/streak_log/record/${NOWHERE}`, 'GET', 'PUT'],
    ['POST', '/schema/streak_progress/record', 'GET', 'kept by the platform'],
    ['POST', '/schema/member_streak/record', 'GET', 'kept by the platform'],
    ['POST', '/schema/reward_log/record', 'GET', 'created by the platform'],
    ['DELETE', `/schema/reward_log/record/${NOWHERE}`, 'GET, PATCH', 'permanent'],
    ['POST', '/schema/delivery/record', 'GET', '/webhooks/'],
    ['DELETE', '/schema/streak/record', 'GET, POST', 'DELETE'],
    ['GET', `/schema/coupon_code/record/${NOWHERE}`, 'DELETE', 'listed'],
    ['POST', '/schema/account/record', 'GET', 'command line'],
    ['GET', `/schema/streak_log/record/${NOWHERE}/withdrawal`, 'POST', 'GET'],
    ['POST', '/schema/withdrawal/record', 'GET', '/withdrawal'],
    ['DELETE', `/schema/withdrawal/record/${NOWHERE}`, 'GET', 'permanent'],
    ['POST', '/schema/webhook_message/record', 'GET', 'made by the platform'],
  ])('%s %s is refused with the verbs that are allowed (%s)', async (method, path, allow, reason) => {
    const headers = json()
    const answer = await api.send(path, { method, headers, ...(method === 'GET' ? {} : { body: '{}' }) })
    expect(answer.status).toBe(405)
    expect(answer.headers.get('allow')).toBe(allow)
    expect(answer.body.error).toMatchObject({
      code: 'METHOD_NOT_ALLOWED',
      message: expect.stringContaining(reason),
    })
  })

  it('answers HEAD like GET, without a body', async () => {
    const answer = await api.send(STREAKS, { method: 'HEAD', headers: admin.headers })
    expect(answer).toMatchObject({ status: 200, text: '' })
  })
})

describe('bodies', () => {
  const post = (body: string | Buffer, headers: Record<string, string> = json()) =>
    api.send(STREAKS, {
      method: 'POST',
      headers,
      body: typeof body === 'string' ? body : new Uint8Array(body),
    })

  it.each([
    ['text/plain', 415],
    ['application/x-www-form-urlencoded', 415],
    ['application/json; charset=utf-16', 415],
    ['application/json; foo=bar; charset=latin1', 415],
    ['application/jsonp', 415],
    ['application/json', 400],
    ['Application/JSON; charset=UTF-8', 400],
    ['application/json;charset="utf-8"', 400],
    ['application/json; foo=bar', 400],
    ['application/json; charset=us-ascii', 400],
  ])('sent as %s get %i', async (type, status) => {
    expect((await post('{}', { ...admin.headers, 'content-type': type })).status).toBe(status)
  })

  it('without a content type or compressed are 415', async () => {
    const untyped = await post(Buffer.from('{}'), admin.headers)
    expect(untyped).toMatchObject({ status: 415, body: { error: { code: 'NOT_JSON' } } })
    expect((await post('{}', { ...json(), 'content-encoding': 'gzip' })).status).toBe(415)
  })

  it.each([
    ['', 'INVALID_JSON', 'empty'],
    ['{"name":', 'INVALID_JSON', 'not valid JSON'],
    ['{"name":"a",}', 'INVALID_JSON', 'not valid JSON'],
    ['{"name":NaN}', 'INVALID_JSON', 'not valid JSON'],
    ['[]', 'INVALID_INPUT', 'object'],
    ['"text"', 'INVALID_INPUT', 'object'],
    ['7', 'INVALID_INPUT', 'object'],
    ['null', 'INVALID_INPUT', 'object'],
  ])('%j is a 400 %s', async (body, code, why) => {
    const answer = await post(body)
    expect(answer).toMatchObject({
      status: 400,
      body: { error: { code, message: expect.stringContaining(why) } },
    })
  })

  it('that nest too deeply are a 400, however deep', async () => {
    for (const depth of [33, 200_000]) {
      const answer = await post(`{"name":${'['.repeat(depth)}${']'.repeat(depth)}}`)
      expect(answer).toMatchObject({ status: 400, body: { error: { code: 'INVALID_JSON' } } })
    }
  })

  it('that are not UTF-8 are a 400', async () => {
    const answer = await post(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'INVALID_JSON' } } })
  })

  it('with a NUL or a lone surrogate are a 400 that names the place', async () => {
    for (const text of ['\\u0000', '\\ud800', '\\udc00x']) {
      const answer = await post(`{"name":"a","description":"${text}","aggregationTargetValue":1}`)
      expect(answer).toMatchObject({
        status: 400,
        body: { error: { code: 'INVALID_INPUT', details: [{ path: 'description' }] } },
      })
    }
  })

  it('name each unknown field, also those that every object seems to have', async () => {
    const answer = await post(
      '{"name":"a","aggregationTargetValue":1,"__proto__":{},"constructor":1,"toString":null,"id":"x"}',
    )
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'UNKNOWN_FIELD' } } })
    expect(answer.body.error.details.map((detail: { path: string }) => detail.path).sort()).toEqual([
      '__proto__',
      'constructor',
      'id',
      'toString',
    ])
  })

  it('with very many faults get an answer that names 50 of them', async () => {
    const fields = Array.from({ length: 5000 }, (_, at) => `"unknown ${at}":1`)
    const answer = await post(`{${fields.join()}}`)
    expect(answer.body.error.details).toHaveLength(50)
    expect(answer.body.error.message).toContain('more, the first 50 are in details')
  })

  it('of 1 MiB are read, larger ones are 413', async () => {
    const sized = (bytes: number) => `{"name":"${'x'.repeat(bytes - 11)}"}`
    expect((await post(sized(1024 * 1024))).status).toBe(400)
    expect(await post(sized(1024 * 1024 + 1))).toMatchObject({
      status: 413,
      body: { error: { code: 'BODY_TOO_LARGE', message: expect.stringContaining('1048576') } },
    })
  })

  it('that never say how long they are get 413 too', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const outgoing = request(`${api.origin}${STREAKS}`, { method: 'POST', headers: json() }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
      outgoing.on('error', reject)
      for (let chunk = 0; chunk < 17; chunk += 1) outgoing.write(Buffer.alloc(64 * 1024, 0x20))
      outgoing.end()
    })
    expect(status).toBe(413)
  })
})

describe('answers', () => {
  it('carry a request id, the caller’s own where it is safe', async () => {
    const ids = async (offered: string) => {
      const answer = await api.send('/nowhere', { headers: { 'x-request-id': offered } })
      expect(answer.body.error.requestId).toBe(answer.headers.get('x-request-id'))
      return answer.body.error.requestId
    }
    expect(await ids('req-1:a.b_C')).toBe('req-1:a.b_C')
    expect(await ids('x'.repeat(65))).toMatch(/^[0-9a-f-]{36}$/)
    expect(await ids('a b')).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('carry the headers that keep browsers from using them for anything else', async () => {
    const { headers } = await admin.get(STREAKS)
    expect(headers.get('x-powered-by')).toBeNull()
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8')
  })

  it('leave one log line each, with ids and without anything that was sent', async () => {
    const marker = 'very-private'
    api.lines.length = 0
    const streak = await admin.create('streak', { name: marker, aggregationTargetValue: 1 })
    await admin.get(`${STREAKS}/${streak.id}?${marker}=1`)
    await until(() => api.lines.length === 2)
    expect(api.lines.map(({ fields }) => fields)).toEqual([
      expect.objectContaining({ method: 'POST', route: STREAKS, status: 201, streakId: streak.id }),
      expect.objectContaining({
        method: 'GET',
        route: '/schema/streak/record/{id}',
        status: 400,
        code: 'INVALID_INPUT',
      }),
    ])
    for (const { fields } of api.lines) {
      expect(fields).toMatchObject({ requestId: expect.any(String), durationMs: expect.any(Number) })
    }
    expect(JSON.stringify(api.lines)).not.toContain(marker)
  })

  it('come in the one shape for requests that are no HTTP', async () => {
    const text = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(new URL(api.origin).port), '127.0.0.1')
      let received = ''
      socket.on('data', (chunk) => {
        received += chunk
      })
      socket.on('close', () => resolve(received))
      socket.on('error', reject)
      socket.write('NONSENSE\r\n\r\n')
    })
    expect(text).toMatch(/^HTTP\/1\.1 400 /)
    expect(JSON.parse(text.slice(text.indexOf('{'))).error.code).toBe('INVALID_INPUT')
  })
})

describe('failures', () => {
  it('of the store are 503 with Retry-After', async () => {
    const views = { progress: fail, memberStreaks: fail, logContexts: fail }
    function fail(): never {
      throw new AppError('STORE_UNAVAILABLE', 'the store is away', { retryAfterMs: 2500 })
    }
    const down = await startApi({ recorder: { record: fail }, views })
    const client = await down.account('down')
    const answer = await client.post('/schema/streak_log/record', {
      streakId: NOWHERE,
      ownedById: NOWHERE,
      activityAt: '2026-11-22T10:00:00Z',
      activityId: 'a',
      uniqueIdentifier: 'u',
    })
    expect(answer).toMatchObject({ status: 503, body: { error: { code: 'STORE_UNAVAILABLE' } } })
    expect(answer.headers.get('retry-after')).toBe('3')
    await down.close()
  })

  it('that nobody expected are 500 without details, and logged in full', async () => {
    const secret = 'do not show this'
    const record = (): never => {
      throw new Error(secret)
    }
    const broken = await startApi({ recorder: { record } })
    const client = await broken.account('broken')
    const answer = await client.post('/schema/streak_log/record', {
      streakId: NOWHERE,
      ownedById: NOWHERE,
      activityAt: '2026-11-22T10:00:00Z',
      activityId: 'a',
      uniqueIdentifier: 'u',
    })
    expect(answer).toMatchObject({ status: 500, body: { error: { code: 'INTERNAL', details: [] } } })
    expect(answer.text).not.toContain(secret)
    const logged = broken.lines.find(({ fields }) => (fields as { err?: unknown }).err instanceof Error)
    expect(logged).toMatchObject({ level: 'error', fields: { requestId: answer.body.error.requestId } })
    await broken.close()
  })
})

describe('health', () => {
  it.each([
    '/healthz',
    '/readyz',
    '/openapi.json',
    '/api/v1.0/openapi.json',
    '/docs',
    '/docs/setup.js',
    '/widget/streakline.js',
    '/widget/demo',
    '/widget/demo.css',
    '/widget/demo.js',
  ])('%s is only read', async (path) => {
    const traced = await sendRaw(api.origin, `TRACE ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
    expect([traced.status, traced.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const { status, headers, body } = await api.send(path, { method })
      expect([status, headers.get('allow'), body.error.code]).toEqual([
        405,
        'GET, HEAD',
        'METHOD_NOT_ALLOWED',
      ])
    }
    expect((await api.send(path, { method: 'HEAD' })).status).toBeLessThan(400)
  })

  it('says that the process runs', async () => {
    expect(await api.send('/healthz')).toMatchObject({ status: 200, body: { data: { status: 'ok' } } })
  })

  it('is ready while the store answers, whatever Redis does', async () => {
    const answer = await api.send('/readyz')
    expect(answer).toMatchObject({ status: 200, body: { data: { store: 'up', redis: 'down' } } })
    expect(answer.body.data.zoneData).toBe(zoneData().version)
  })

  it('is not ready without its store', async () => {
    const gone = await startApi({ redisReachable: async () => true })
    await gone.store.close()
    const answer = await gone.send('/readyz')
    expect(answer).toMatchObject({
      status: 503,
      body: { data: { store: 'down', redis: 'up' }, error: { code: 'STORE_UNAVAILABLE' } },
    })
    expect((await gone.send('/healthz')).status).toBe(200)
    await gone.close()
  })

  it('is not ready with encryption keys that do not fit the store, and says so', async () => {
    const other = await startApi()
    await agreeOnKey(other.store, createSecretBox([randomBytes(32).toString('base64')]))
    expect(await other.send('/readyz')).toMatchObject({
      status: 503,
      body: {
        data: { store: 'up', redis: 'down' },
        error: {
          code: 'SECRET_UNREADABLE',
          message: expect.stringMatching(/^STREAKLINE_ENCRYPTION_KEY does not fit/),
        },
      },
    })
    await other.close()
  })

  it('says of a store that is not whole what is wrong with it', async () => {
    const why = 'The SQLite store failed: its disk is full.'
    const full = await startApi()
    full.deps.store.ping = () => Promise.reject(new AppError('STORE_UNAVAILABLE', why))
    expect(await full.send('/readyz')).toMatchObject({
      status: 503,
      body: { data: { store: 'down' }, error: { code: 'STORE_UNAVAILABLE', message: why } },
    })
    await full.close()
  })
})

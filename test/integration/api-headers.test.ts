import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Router } from 'express'
import { limitsOf } from '../../src/http/limits/limits.ts'
import { operatorGuard } from '../../src/ops/operator-guard.ts'
import { type Answer, type Api, type Client, startApi } from '../helpers/api.ts'
import { sendRaw } from '../helpers/raw-http.ts'

const STREAKS = '/schema/streak/record'
const NOWHERE = '01890000-0000-7000-8000-000000000000'

let api: Api
let admin: Client
let limited: Api

beforeAll(async () => {
  const opsRouter = Router()
  const operator = { user: 'operator', password: 'a password for operators' }
  opsRouter.use('/ops/queues', operatorGuard(operator))
  const fail = () => {
    throw new Error('a secret of the inside')
  }
  api = await startApi({ opsRouter, recorder: { record: fail } })
  admin = await api.account('headers')
  limited = await startApi({ limits: limitsOf(1, 1) })
  await limited.send(STREAKS)
})
afterAll(async () => {
  await api.close()
  await limited.close()
})

const log = () => ({
  streakId: NOWHERE,
  ownedById: NOWHERE,
  activityAt: '2026-11-22T10:00:00Z',
  activityId: 'a',
  uniqueIdentifier: 'u',
})
const ANSWERS: readonly (readonly [what: string, status: number, send: () => Promise<Answer>])[] = [
  ['a list', 200, () => admin.get(STREAKS)],
  ['a list under the prefix', 200, () => admin.get(`/api/v1.0${STREAKS}`)],
  ['a record that is made', 201, () => admin.post(STREAKS, { name: 'a', aggregationTargetValue: 1 })],
  ['a body that is refused', 400, () => admin.post(STREAKS, '{')],
  ['a parameter that is refused', 400, () => admin.get(`${STREAKS}?limit=0`)],
  ['missing credentials', 401, () => api.send(STREAKS)],
  ['a record that does not exist', 404, () => admin.get(`${STREAKS}/${NOWHERE}`)],
  ['an address where nothing is', 404, () => api.send('/nowhere')],
  ['an address that cannot be read', 404, () => api.send('/schema/%zz/record')],
  ['a verb that is not allowed', 405, () => admin.delete(`/schema/streak_log/record/${NOWHERE}`)],
  ['a body that is too large', 413, () => admin.post(STREAKS, 'x'.repeat(1024 * 1024 + 1))],
  [
    'a body that is no JSON',
    415,
    () => api.send(STREAKS, { method: 'POST', headers: admin.headers, body: 'x' }),
  ],
  ['too many requests', 429, () => limited.send(STREAKS)],
  ['a failure of ours', 500, () => admin.post('/schema/streak_log/record', log())],
  ['health', 200, () => api.send('/healthz')],
  ['readiness', 200, () => api.send('/readyz')],
  [
    'a webhook for nobody',
    404,
    () => api.send(`/webhooks/shopify/${NOWHERE}`, { method: 'POST', body: '{}' }),
  ],
  ['a webhook by another verb', 405, () => api.send(`/webhooks/shopify/${NOWHERE}`)],
  ['the API document', 200, () => api.send('/openapi.json')],
  ['the reference page', 200, () => api.send('/docs')],
  ['the pages for operators', 401, () => api.send('/ops/queues')],
]

describe('every answer', () => {
  it.each(ANSWERS)(
    '(%s: %i) carries security headers, a request id and no banner',
    async (_what, status, send) => {
      const answer = await send()
      const header = (name: string) => answer.headers.get(name)
      expect(answer.status).toBe(status)
      expect(header('x-content-type-options')).toBe('nosniff')
      expect(header('content-security-policy')).toMatch(/default-src '(none|self)'/)
      expect(header('content-security-policy')).toMatch(/frame-ancestors '(none|self)'/)
      expect(header('referrer-policy')).toBe('no-referrer')
      expect(header('cache-control')).toMatch(/^no-(store|cache)$/)
      expect(header('x-request-id')).toMatch(/^[A-Za-z0-9._:-]{1,64}$/)
      expect(header('server')).toBeNull()
      expect(header('x-powered-by')).toBeNull()
      expect(header('access-control-allow-origin')).toBeNull()
    },
  )

  it.each(ANSWERS)('(%s: %i) shows nothing of the inside', async (_what, status, send) => {
    const { text, body, headers } = await send()
    const shown = `${text.slice(0, 100_000)} ${JSON.stringify([...headers])}`
    expect(shown).not.toMatch(/a secret of the inside|node_modules|\bat .+\.[jt]s:\d+|Express|node:internal/)
    if (status >= 400 && body !== null) {
      expect(body).toEqual({
        error: {
          code: expect.stringMatching(/^[A-Z_]+$/),
          message: expect.stringMatching(/\S/),
          details: expect.any(Array),
          requestId: headers.get('x-request-id'),
        },
      })
    }
  })

  it('of the API keeps browsers from doing anything with it', async () => {
    const { headers } = await admin.get(STREAKS)
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
    expect(headers.get('strict-transport-security')).toContain('max-age=')
  })
})

describe('requests that are no HTTP', () => {
  const host = () => new URL(api.origin).host
  const requests: readonly (readonly [what: string, text: () => string, message: string])[] = [
    ['nonsense', () => 'NONSENSE\r\n\r\n', 'not valid HTTP'],
    [
      'a header without a colon',
      () => `GET / HTTP/1.1\r\nHost: ${host()}\r\nbroken\r\n\r\n`,
      'not valid HTTP',
    ],
    [
      'a control character in a header',
      () => `GET / HTTP/1.1\r\nHost: x\r\nx-a: \x01\r\n\r\n`,
      'not valid HTTP',
    ],
    [
      'headers without end',
      () => `GET / HTTP/1.1\r\nHost: x\r\nx-a: ${'a'.repeat(70_000)}\r\n\r\n`,
      '65536 bytes',
    ],
    [
      'two lengths',
      () => `POST ${STREAKS} HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}`,
      'not valid HTTP',
    ],
    [
      'a length and chunks',
      () =>
        `POST ${STREAKS} HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      'not valid HTTP',
    ],
    ['no host', () => 'GET /healthz HTTP/1.1\r\n\r\n', 'no Host header'],
    ['no address', () => `GET http:// HTTP/1.1\r\nHost: x\r\n\r\n`, 'no address'],
    ['another scheme', () => `GET ftp://x/y HTTP/1.1\r\nHost: x\r\n\r\n`, 'no address'],
    ['a tunnel', () => 'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n', 'no proxy'],
  ]

  it.each(requests)('(%s) get the one shape of errors, with the same care', async (_what, text, message) => {
    const { status, headers, body } = await sendRaw(api.origin, text())
    expect(status).toBe(400)
    expect(JSON.parse(body)).toEqual({
      error: {
        code: 'INVALID_INPUT',
        message: expect.stringContaining(message),
        details: [],
        requestId: headers.get('x-request-id'),
      },
    })
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('server')).toBeUndefined()
  })

  it('are served all the same where they only expect or offer more than we know', async () => {
    for (const extra of ['Expect: magic', 'Connection: Upgrade\r\nUpgrade: h2c', 'TE: trailers']) {
      const { status } = await sendRaw(api.origin, `GET /healthz HTTP/1.1\r\nHost: x\r\n${extra}\r\n\r\n`)
      expect({ extra, status }).toEqual({ extra, status: 200 })
    }
  })
})

describe('a request id', () => {
  const idOf = async (lines: string) => {
    const { headers } = await sendRaw(api.origin, `GET /nowhere HTTP/1.1\r\nHost: x\r\n${lines}\r\n\r\n`)
    return headers.get('x-request-id')
  }

  it('is the caller’s own where it is safe to repeat', async () => {
    expect(await idOf('X-Request-Id: order-17:a.b_C')).toBe('order-17:a.b_C')
    expect(await idOf(`x-request-id: ${'a'.repeat(64)}`)).toBe('a'.repeat(64))
  })

  it.each([
    ['too long', `x-request-id: ${'a'.repeat(65)}`],
    ['empty', 'x-request-id: '],
    ['with a space', 'x-request-id: a b'],
    ['with a quote', 'x-request-id: a"b'],
    ['beyond ASCII', 'x-request-id: é'],
    ['with markup', 'x-request-id: <script>'],
    ['given twice', 'x-request-id: a\r\nx-request-id: b'],
  ])('is a new one where the offered one is %s', async (_what, lines) => {
    expect(await idOf(lines)).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/)
  })
})

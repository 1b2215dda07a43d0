import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { Router } from 'express'
import type { HttpDeps } from '../../src/http/deps.ts'
import { addressOf } from '../../src/http/limits/address.ts'
import { limitsOf } from '../../src/http/limits/limits.ts'
import { operatorGuard } from '../../src/ops/operator-guard.ts'
import { type Answer, type Api, type Client, NOW, startApi } from '../helpers/api.ts'
import { openApiStore } from '../helpers/api-store.ts'
import { endUserToken } from '../helpers/end-user-token.ts'
import { type LogLine, recordingLogger } from '../helpers/recording-logger.ts'

const STREAKS = '/schema/streak/record'
const OWN_STREAKS = '/schema/member_streak/record'
const NOWHERE = '01890000-0000-7000-8000-000000000000'
const later = (ms: number) => new Date(Date.parse(NOW) + ms).toISOString()

let api: Api
let admin: Client

async function start(overrides: Partial<HttpDeps> = {}): Promise<void> {
  api = await startApi({ limits: limitsOf(100, 20), ...overrides })
  admin = await api.account('limits')
}
afterEach(() => api.close())

/** The statuses of so many requests, one after the other. */
async function statuses(count: number, send: () => Promise<Answer>): Promise<Record<number, number>> {
  const counts: Record<number, number> = {}
  for (let at = 0; at < count; at += 1) {
    const { status } = await send()
    counts[status] = (counts[status] ?? 0) + 1
  }
  return counts
}
const wrong = (headers: Record<string, string> = {}) =>
  api.send(STREAKS, { headers: { 'x-api-key': 'sk_unknown', 'x-api-secret': 'wrong', ...headers } })

describe('an API key', () => {
  beforeEach(() => start())

  it('may send 200 requests at once and then 100 a second', async () => {
    const first = await admin.get(STREAKS)
    expect(first.headers.get('ratelimit-policy')).toBe('"api-key";q=200;w=2')
    expect(first.headers.get('ratelimit')).toBe('"api-key";r=199;t=1')
    expect(await statuses(199, () => admin.get(STREAKS))).toEqual({ 200: 199 })
    const refused = await admin.get(STREAKS)
    expect(refused.status).toBe(429)
    expect(refused.headers.get('retry-after')).toBe('1')
    expect(refused.headers.get('ratelimit')).toBe('"api-key";r=0;t=1')
    expect(refused.body.error).toEqual({
      code: 'TOO_MANY_REQUESTS',
      message: 'Too many requests with this API key: 100 a second are allowed, 200 at once',
      details: [],
      requestId: refused.headers.get('x-request-id'),
    })
    api.clock.set(later(10))
    expect(await statuses(2, () => admin.get(STREAKS))).toEqual({ 200: 1, 429: 1 })
    api.clock.set(later(1010))
    expect(await statuses(101, () => admin.get(STREAKS))).toEqual({ 200: 100, 429: 1 })
  })

  it('counts whatever it asks for, and writes nothing once it is refused', async () => {
    await statuses(100, () => admin.get('/api/v1.0/schema/streak_log/record'))
    await statuses(99, () => admin.get(`${STREAKS}/${NOWHERE}`))
    const body = { name: 'one too many', aggregationTargetValue: 1 }
    expect((await admin.post(STREAKS, body)).status).toBe(201)
    expect((await admin.post(STREAKS, body)).status).toBe(429)
    const where = { field: 'accountId', op: 'eq', value: admin.accountId } as const
    expect(await api.store.count('streak', where, 10)).toBe(1)
  })

  it('has its own limit', async () => {
    const other = await api.account('somebody else')
    await statuses(200, () => admin.get(STREAKS))
    expect((await admin.get(STREAKS)).status).toBe(429)
    expect((await other.get(STREAKS)).status).toBe(200)
  })
})

describe('an address', () => {
  beforeEach(() => start())

  it('may fail to say who it is 20 times a second', async () => {
    const first = await wrong()
    expect(first.headers.get('ratelimit-policy')).toBe('"address";q=20;w=1')
    expect(first.headers.get('ratelimit')).toBe('"address";r=19;t=1')
    expect(await statuses(19, wrong)).toEqual({ 401: 19 })
    const refused = await wrong()
    expect(refused).toMatchObject({ status: 429, body: { error: { code: 'TOO_MANY_REQUESTS' } } })
    expect(refused.headers.get('retry-after')).toBe('1')
    expect((await api.send(STREAKS)).status).toBe(429)
    api.clock.set(later(1000))
    expect(await statuses(21, wrong)).toEqual({ 401: 20, 429: 1 })
  })

  it('counts requests that need no credentials: addresses where nothing is, the reference, preflights', async () => {
    expect(await statuses(5, () => api.send('/nowhere'))).toEqual({ 404: 5 })
    expect(await statuses(5, () => api.send('/schema/unknown/record'))).toEqual({ 401: 5 })
    expect(await statuses(5, () => api.send('/openapi.json'))).toEqual({ 200: 5 })
    const preflight = () =>
      api.send(STREAKS, {
        method: 'OPTIONS',
        headers: { origin: 'https://shop.example', 'access-control-request-method': 'GET' },
      })
    expect(await statuses(5, preflight)).toEqual({ 403: 5 })
    for (const send of [() => api.send('/nowhere'), () => api.send('/openapi.json'), preflight]) {
      expect((await send()).status).toBe(429)
    }
  })

  it('that is refused still serves whoever has credentials', async () => {
    await statuses(25, wrong)
    expect((await admin.get(STREAKS)).status).toBe(200)
  })

  it('may ask for health and deliver webhooks without end', async () => {
    await statuses(25, wrong)
    expect(await statuses(30, () => api.send('/healthz'))).toEqual({ 200: 30 })
    expect(await statuses(5, () => api.send('/readyz'))).toEqual({ 200: 5 })
    const deliver = () => api.send(`/webhooks/shopify/${NOWHERE}`, { method: 'POST', body: '{}' })
    expect(await statuses(300, deliver)).toEqual({ 404: 300 })
    expect((await deliver()).headers.get('ratelimit')).toBeNull()
  })

  it('is who connects: nobody escapes by what they write into x-forwarded-for', async () => {
    let at = 0
    const forged = () => {
      at += 1
      return wrong({ 'x-forwarded-for': `192.0.2.${at}` })
    }
    expect(await statuses(25, forged)).toEqual({ 401: 20, 429: 5 })
  })
})

describe('an end user', () => {
  beforeEach(() => start())
  const tokenOf = (externalId: string) => {
    const [apiKey = '', apiSecret = ''] = [admin.headers['x-api-key'], admin.headers['x-api-secret']]
    const key = { accountId: admin.accountId, apiKey, apiSecret }
    return {
      'x-enduser-access-token': endUserToken(key, externalId, api.clock.now()),
      'x-account-id': admin.accountId,
    }
  }
  const ask = (externalId: string) => api.send(OWN_STREAKS, { headers: tokenOf(externalId) })

  it('may send 20 requests at once and then 10 a second, and keeps no other out', async () => {
    expect(await statuses(20, () => ask('in a loop'))).toEqual({ 200: 20 })
    const refused = await ask('in a loop')
    expect(refused.headers.get('retry-after')).toBe('1')
    expect(refused.headers.get('ratelimit-policy')).toBe('"end-user";q=20;w=2')
    expect(refused.headers.get('ratelimit')).toBe('"end-user";r=0;t=1')
    expect(refused.body.error).toMatchObject({
      code: 'TOO_MANY_REQUESTS',
      message: 'Too many requests of this end user: 10 a second are allowed, 20 at once',
    })
    expect(await statuses(300, () => ask('in a loop'))).toEqual({ 429: 300 })
    // nothing of what was refused counts for the key
    const other = await ask('somebody else')
    expect(other.status).toBe(200)
    expect(other.headers.get('ratelimit')).toBe('"end-users";r=179;t=1')
    api.clock.set(later(100))
    expect(await statuses(2, () => ask('in a loop'))).toEqual({ 200: 1, 429: 1 })
  })

  it('shares what the key allows with all others', async () => {
    for (let at = 0; at < 10; at += 1) await statuses(20, () => ask(`customer ${at}`))
    const refused = await ask('customer 10')
    expect(refused.status).toBe(429)
    expect(refused.headers.get('ratelimit-policy')).toBe('"end-users";q=200;w=2')
    // and loses nothing of its own to the refusal
    api.clock.set(later(1000))
    expect(await statuses(20, () => ask('customer 10'))).toEqual({ 200: 20 })
  })
})

describe('guesses', () => {
  let judged = 0
  /** Counts how often a key is looked up to judge what came with it. */
  async function startCounting(): Promise<void> {
    const temp = await openApiStore()
    const findByKeys: typeof temp.store.findByKeys = (collection, ...rest) => {
      if (collection === 'api_key') judged += 1
      return temp.store.findByKeys(collection, ...rest)
    }
    const store = new Proxy(temp.store, {
      get: (target, name) => {
        const member = Reflect.get(target, name)
        if (name === 'findByKeys') return findByKeys
        return typeof member === 'function' ? member.bind(target) : member
      },
    })
    await start({ store })
    closeStore = temp.close
    judged = 0
  }
  let closeStore: () => Promise<void>
  beforeEach(() => startCounting())
  afterEach(() => closeStore())

  /** The statuses of so many requests at once. */
  async function atOnce(count: number, send: () => Promise<Answer>): Promise<Record<number, number>> {
    const answers = await Promise.all(Array.from({ length: count }, send))
    const byStatus = Object.groupBy(answers, ({ status }) => status)
    return Object.fromEntries(Object.entries(byStatus).map(([status, list]) => [status, list!.length]))
  }

  it('at a secret are judged no more often than an address may fail, however many come at once', async () => {
    const guess = () => wrong({ 'x-api-key': admin.headers['x-api-key']! })
    expect(await atOnce(200, guess)).toEqual({ 401: 20, 429: 180 })
    expect(judged).toBe(20)
  })

  it('at a token are judged no more often, either', async () => {
    const headers = { 'x-enduser-access-token': 'no.real.token', 'x-account-id': admin.accountId }
    expect(await atOnce(100, () => api.send(STREAKS, { headers }))).toEqual({ 401: 20, 429: 80 })
  })

  it('that are right count for nothing, however many come at once', async () => {
    expect(await atOnce(150, () => admin.get(STREAKS))).toEqual({ 200: 150 })
    expect(judged).toBe(150)
  })

  it('at one key keep out neither other keys nor who has used this one before', async () => {
    const other = await api.account('another')
    expect((await admin.get(STREAKS)).status).toBe(200)
    await atOnce(50, () => wrong({ 'x-api-key': admin.headers['x-api-key']! }))
    expect((await admin.get(STREAKS)).status).toBe(200)
    expect((await other.get(STREAKS)).status).toBe(200)
  })

  it('that were right once are guesses again when they no longer are', async () => {
    expect((await admin.get(STREAKS)).status).toBe(200)
    const [key] = await api.store.findByKeys('api_key', ['apiKey'], [[admin.headers['x-api-key']!]])
    const { id, accountId } = key!
    await api.store.commit([
      { op: 'update', collection: 'api_key', id, accountId, set: { status: 'paused' } },
    ])
    expect((await admin.get(STREAKS)).status).toBe(401)
    judged = 0
    expect(await atOnce(100, () => admin.get(STREAKS))).toEqual({ 401: 19, 429: 81 })
    expect(judged).toBe(20)
  })
})

describe('behind a proxy', () => {
  const from = (forwarded: string) => () => wrong({ 'x-forwarded-for': forwarded })
  beforeEach(() => start({ trustProxyHops: 1 }))

  it('an address is what the proxy saw, not what the caller wrote before it', async () => {
    expect(await statuses(21, from('192.0.2.1'))).toEqual({ 401: 20, 429: 1 })
    expect((await from('10.9.9.9, 192.0.2.1')()).status).toBe(429)
    expect((await from('192.0.2.1, 192.0.2.2')()).status).toBe(401)
  })

  it('an IPv6 network has one limit, and an IPv4 address in IPv6 form is the same address', async () => {
    expect(await statuses(20, from('2001:db8:0:1::1'))).toEqual({ 401: 20 })
    expect((await from('2001:db8:0:1:ffff:ffff:ffff:ffff')()).status).toBe(429)
    expect((await from('2001:db8:0:2::1')()).status).toBe(401)
    expect(await statuses(20, from('192.0.2.7'))).toEqual({ 401: 20 })
    expect((await from('::ffff:192.0.2.7')()).status).toBe(429)
  })

  it('what is no address counts for the proxy itself', async () => {
    expect(await statuses(20, from('unknown'))).toEqual({ 401: 20 })
    expect((await from('_hidden')()).status).toBe(429)
  })
})

describe('the pages for operators', () => {
  const operator = { user: 'operator', password: 'a password for operators' }
  const basic = (password: string) => ({
    authorization: `Basic ${Buffer.from(`operator:${password}`).toString('base64')}`,
  })

  it('cannot be guessed at more often than an address may fail, nor are they limited otherwise', async () => {
    const opsRouter = Router()
    opsRouter.use('/ops/queues', operatorGuard(operator), (_request, response) => response.send('queues'))
    await start({ opsRouter })
    const open = (password: string) => api.send('/ops/queues', { headers: basic(password) })
    expect(await statuses(50, () => open(operator.password))).toEqual({ 200: 50 })
    expect(await statuses(21, () => open('a wrong password'))).toEqual({ 401: 20, 429: 1 })
    expect((await open(operator.password)).status).toBe(429)
    api.clock.set(later(50))
    expect((await open(operator.password)).status).toBe(200)
  })

  it('have ten wrong passwords from an address within 15 minutes, and then none, not even the right one', async () => {
    const opsRouter = Router()
    const lines: LogLine[] = []
    const clock = { now: () => api.clock.now() }
    const guard = operatorGuard(operator, { clock, logger: recordingLogger(lines), addressOf })
    opsRouter.use('/ops/queues', guard, (_request, response) => response.send('queues'))
    await start({ opsRouter, trustProxyHops: 1 })
    const from = (address: string) => ({ 'x-forwarded-for': address })
    const open = (password: string, address = '192.0.2.1') =>
      api.send('/ops/queues', { headers: { ...basic(password), ...from(address) } })
    // a browser asks without any first
    const ask = () => api.send('/ops/queues', { headers: from('192.0.2.1') })
    expect(await statuses(12, ask)).toEqual({ 401: 12 })
    api.clock.set(later(1000))
    expect(await statuses(9, () => open('a wrong password'))).toEqual({ 401: 9 })
    expect((await open(operator.password)).status).toBe(200)
    expect(await statuses(3, () => open('a wrong password'))).toEqual({ 401: 1, 429: 2 })
    const refused = await open(operator.password)
    expect(refused.status).toBe(429)
    expect(refused.headers.get('retry-after')).toBe('900')
    expect((await open(operator.password, '192.0.2.2')).status).toBe(200)
    expect(lines).toMatchObject([{ level: 'warn', fields: { address: '192.0.2.1' } }])
    api.clock.set(later(1000 + 15 * 60_000))
    expect((await open(operator.password)).status).toBe(200)
  })
})

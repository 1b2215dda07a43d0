import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createResources } from '../../src/http/resources.ts'
import { type Answer, type Api, startApi } from '../helpers/api.ts'
import { ADA, openShop, type Shop } from '../helpers/shop.ts'

const STORE = 'https://shop.example'
const STAGING = 'http://localhost:3000'
const OTHER_STORE = 'https://other.example'
const LATE = 'https://late.example'
const TOKEN_HEADERS = 'x-enduser-access-token, x-account-id'
const LIST = '/schema/streak/record'
const OPEN = ['streak', 'milestone', 'streak_progress', 'member_streak', 'reward_log']

let api: Api
let shop: Shop
let other: Shop

beforeAll(async () => {
  api = await startApi()
  shop = await openShop(api, 'shop')
  other = await openShop(api, 'other shop')
  await setOrigins(shop, [STORE, STAGING])
  await setOrigins(other, [OTHER_STORE])
})
afterAll(() => api.close())

async function setOrigins({ backend }: Shop, endUserOrigins: string[]): Promise<void> {
  const { status } = await backend.patch(`/schema/account/record/${backend.accountId}`, { endUserOrigins })
  expect(status).toBe(200)
}

function preflight(path: string, origin: string, method = 'GET'): Promise<Answer> {
  return api.send(path, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': method,
      'access-control-request-headers': 'x-account-id,x-enduser-access-token',
    },
  })
}

/** What a page of this origin sends once a preflight was granted. */
function read(path: string, origin: string, headers: Record<string, string>, init: RequestInit = {}) {
  return api.send(path, { ...init, headers: { ...headers, origin } })
}

const granted = ({ headers }: Answer) => headers.get('access-control-allow-origin')
const corsHeaders = ({ headers }: Answer) =>
  [...headers.keys()].filter((name) => name.startsWith('access-control-'))

describe('a preflight', () => {
  it.each([STORE, STAGING, OTHER_STORE])('of %s, which an account lists, is granted', async (origin) => {
    for (const slug of OPEN) {
      for (const path of [
        `/schema/${slug}/record`,
        `/schema/${slug}/record/x`,
        `/api/v1.0/schema/${slug}/record`,
      ]) {
        const answer = await preflight(path, origin)
        expect(answer).toMatchObject({ status: 204, text: '' })
        const { headers } = answer
        expect(granted(answer)).toBe(origin)
        expect(headers.get('access-control-allow-methods')).toBe('GET, HEAD')
        expect(headers.get('access-control-allow-headers')).toBe(TOKEN_HEADERS)
        expect(headers.get('access-control-max-age')).toBe('600')
        expect(headers.get('access-control-allow-credentials')).toBeNull()
        expect(headers.get('vary')).toBe('Origin')
      }
    }
  })

  it.each([
    'https://evil.example',
    'http://shop.example',
    'https://shop.example:8443',
    'https://shop.example.evil.example',
    'https://www.shop.example',
    'https://shop.example/',
    'https://SHOP.example',
    'null',
    '*',
    '',
    `${STORE}, ${STAGING}`,
  ])('of %p, which none lists, is refused', async (origin) => {
    const answer = await preflight(LIST, origin)
    expect(answer).toMatchObject({ status: 403, body: { error: { code: 'FORBIDDEN' } } })
    expect(corsHeaders(answer)).toEqual([])
    expect(answer.headers.get('vary')).toBe('Origin')
  })

  it.each(['POST', 'PATCH', 'DELETE', 'PUT', 'get'])('for %s is refused', async (method) => {
    const answer = await preflight(LIST, STORE, method)
    expect(answer.status).toBe(403)
    expect(corsHeaders(answer)).toEqual([])
  })

  it('is granted nowhere but where end users can read', async () => {
    const closed = createResources(api.deps).filter(({ slug }) => !OPEN.includes(slug))
    expect(closed.length).toBeGreaterThan(5)
    const paths = ['/schema/unknown/record', '/healthz', '/', shop.connector.webhookPath]
    for (const path of [...closed.map(({ slug }) => `/schema/${slug}/record`), ...paths]) {
      const answer = await preflight(path, STORE)
      expect([path, answer.status >= 400 || path === '/healthz']).toEqual([path, true])
      expect(corsHeaders(answer)).toEqual([])
    }
  })

  it('without its header is a request like any other', async () => {
    expect((await api.send(LIST, { method: 'OPTIONS', headers: { origin: STORE } })).status).toBe(401)
  })
})

describe('an answer', () => {
  it('can be read by pages of the origins that the account lists', async () => {
    for (const origin of [STORE, STAGING]) {
      const answer = await read(LIST, origin, shop.customer(ADA))
      expect(answer.status).toBe(200)
      expect(granted(answer)).toBe(origin)
      expect(answer.headers.get('access-control-expose-headers')).toBe(
        'X-Request-Id, Retry-After, RateLimit, RateLimit-Policy',
      )
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull()
      expect(answer.headers.get('vary')).toBe('Origin')
    }
  })

  it('cannot be read by pages of others, though another account lists them', async () => {
    for (const origin of [OTHER_STORE, 'https://evil.example', 'null']) {
      const answer = await read(LIST, origin, shop.customer(ADA))
      expect(answer.status).toBe(200)
      expect(corsHeaders(answer)).toEqual([])
      expect(answer.headers.get('vary')).toBe('Origin')
    }
    const forged = { ...other.customer(ADA), 'x-account-id': shop.backend.accountId }
    const answer = await read(LIST, STORE, forged)
    expect([answer.status, granted(answer)]).toEqual([401, STORE])
  })

  it('varies by origin also where none was sent, so that no cache mixes them up', async () => {
    const answer = await api.send(LIST, { headers: shop.customer(ADA) })
    expect(answer.headers.get('vary')).toBe('Origin')
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(corsHeaders(answer)).toEqual([])
  })

  it('that refuses can be read too, so that the page learns why', async () => {
    const { streak, draftStreak } = shop
    const own = shop.customer(ADA)
    const bad = { ...own, 'x-enduser-access-token': 'stale' }
    for (const [path, headers, status] of [
      [LIST, bad, 401],
      [`${LIST}?nonsense=1`, own, 400],
      [`${LIST}/${draftStreak.id}`, own, 404],
      [`${LIST}/${streak.id}`, own, 200],
    ] as const) {
      const answer = await read(path, STORE, headers)
      expect([path, answer.status, granted(answer)]).toEqual([path, status, STORE])
      expect(granted(await read(path, OTHER_STORE, headers))).toBeNull()
    }
  })

  it('to a backend, to a guest, or of what is closed to end users is for no page', async () => {
    const { accountId, headers } = shop.backend
    for (const [path, given] of [
      [LIST, headers],
      [LIST, { ...headers, 'x-account-id': accountId }],
      [LIST, {}],
      [LIST, { 'x-account-id': accountId }],
      ['/schema/streak_log/record', shop.customer(ADA)],
      ['/schema/account_user/record', shop.customer(ADA)],
      ['/schema/unknown/record', shop.customer(ADA)],
      ['/healthz', shop.customer(ADA)],
    ] as const) {
      expect(corsHeaders(await read(path, STORE, given))).toEqual([])
    }
  })
})

describe('a change of the origins', () => {
  const later = (ms: number) => api.clock.set(new Date(api.clock.now() + ms).toISOString())

  it('is seen within 10 seconds', async () => {
    expect((await preflight(LIST, LATE)).status).toBe(403)
    await setOrigins(shop, [STORE, LATE])
    later(9_999)
    expect((await preflight(LIST, LATE)).status).toBe(403)
    expect(granted(await read(LIST, STAGING, shop.customer(ADA)))).toBe(STAGING)
    later(1)
    expect((await preflight(LIST, LATE)).status).toBe(204)
    expect(granted(await read(LIST, LATE, shop.customer(ADA)))).toBe(LATE)
    expect(granted(await read(LIST, STAGING, shop.customer(ADA)))).toBeNull()
    expect((await preflight(LIST, STAGING)).status).toBe(403)
  })

  it('is not missed when the clock is set back', async () => {
    await setOrigins(shop, [STORE])
    later(-3_600_000)
    expect((await preflight(LIST, LATE)).status).toBe(403)
  })

  it('never opens it to pages that have no origin of their own', async () => {
    const { accountId } = shop.backend
    const set = { endUserOrigins: ['null'] }
    await api.store.commit([{ op: 'update', collection: 'account', id: accountId, accountId, set }])
    later(10_000)
    expect((await preflight(LIST, 'null')).status).toBe(403)
    expect(granted(await read(LIST, 'null', shop.customer(ADA)))).toBeNull()
  })

  it('closes the browser to an account that lists none', async () => {
    await setOrigins(shop, [])
    later(10_000)
    expect((await preflight(LIST, STORE)).status).toBe(403)
    const answer = await read(LIST, STORE, shop.customer(ADA))
    expect([answer.status, granted(answer)]).toEqual([200, null])
  })
})

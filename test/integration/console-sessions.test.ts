import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { addUser, resetUser } from '../../src/users/users.ts'
import { createPrune } from '../../workers/upkeep/prune.ts'
import { type Api, type Client, startApi } from '../helpers/api.ts'
import { browserOf, cookieOf, PASSWORD, post, sameOrigin, signedIn } from '../helpers/console.ts'

let api: Api
let backend: Client
let accountId: string
let made = 0
const someone = () => `someone-${made++}@example.com`
const HOUR = 3_600_000
const later = (ms: number) => api.clock.set(new Date(api.clock.now() + ms).toISOString())

beforeAll(async () => {
  api = await startApi()
  backend = await api.account('shop')
  accountId = backend.accountId
})
afterAll(() => api.close())

const signIn = (email: string, password: string, headers = {}) =>
  post(api, '/console/session', { email, password }, headers)

describe('a link to set a password', () => {
  it('is good once, signs in, and the password opens sessions from then on', async () => {
    const email = someone()
    const { token } = await addUser(api.deps, accountId, { email, role: 'owner' })
    const set = await post(api, '/console/password', { token, password: PASSWORD })
    expect(set.status).toBe(204)
    expect(set.headers.get('set-cookie')).toMatch(/^streakline_session=[\w-]{43}; .*HttpOnly; SameSite=Lax$/)
    const again = await post(api, '/console/password', { token, password: PASSWORD })
    expect([again.status, again.body.error.code]).toEqual([410, 'LINK_NOT_GOOD'])
    const answer = await signIn(email.toUpperCase(), PASSWORD)
    expect([answer.status, answer.text]).toEqual([204, ''])
    const who = await browserOf(api, cookieOf(answer)).send('GET', '/console/session')
    expect(who.body.data).toMatchObject({ user: { email, role: 'owner', accountId } })
    expect(Date.parse(who.body.data.expiresAt) - api.clock.now()).toBe(12 * HOUR)
  })

  it('is over after an hour, and when a newer one is made; a wrong password leaves it good', async () => {
    const { user, token } = await addUser(api.deps, accountId, { email: someone(), role: 'staff' })
    const short = await post(api, '/console/password', { token, password: 'too short' })
    expect(short.body.error).toMatchObject({ code: 'INVALID_INPUT', details: [{ path: 'password' }] })
    const newer = await resetUser(api.deps, accountId, user.id)
    expect((await post(api, '/console/password', { token, password: PASSWORD })).status).toBe(410)
    later(HOUR)
    expect((await post(api, '/console/password', { token: newer.token, password: PASSWORD })).status).toBe(
      410,
    )
  })
})

describe('signing in', () => {
  it('answers alike for a wrong e-mail and a wrong password', async () => {
    const email = someone()
    await signedIn(api, accountId, email, 'staff')
    const wrong = await signIn(email, 'not the password')
    const unknown = await signIn(someone(), 'not the password')
    expect([wrong.status, wrong.body.error.code]).toEqual([401, 'UNAUTHENTICATED'])
    expect(unknown.body.error.message).toBe(wrong.body.error.message)
  })

  it('waits after five wrong tries, whatever the password, until 15 minutes are over', async () => {
    const email = someone()
    await signedIn(api, accountId, email, 'staff')
    const tries = await Promise.all(Array.from({ length: 8 }, () => signIn(email, 'not the password')))
    expect(tries.map(({ status }) => status).sort()).toEqual([401, 401, 401, 401, 401, 429, 429, 429])
    const right = await signIn(email, PASSWORD)
    expect(right.status).toBe(429)
    expect(Number(right.headers.get('retry-after'))).toBe(15 * 60)
    expect((await signIn(someone(), 'another one waits not')).status).toBe(401)
    later(15 * 60_000)
    expect((await signIn(email, PASSWORD)).status).toBe(204)
  })

  it('forgets wrong tries with a right one', async () => {
    const email = someone()
    await signedIn(api, accountId, email, 'staff')
    for (const password of ['a', 'b', 'c', 'd', PASSWORD, 'a', 'b', 'c', 'd', PASSWORD]) {
      expect((await signIn(email, password)).status).toBe(password === PASSWORD ? 204 : 401)
    }
  })

  it('is refused to pages of others', async () => {
    const email = someone()
    await signedIn(api, accountId, email, 'staff')
    expect((await signIn(email, PASSWORD, { origin: 'https://evil.example' })).status).toBe(403)
    expect((await signIn(email, PASSWORD, { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await signIn(email, PASSWORD, { origin: api.origin })).status).toBe(204)
  })
})

describe('a session', () => {
  it('ends 12 hours after the last request, and after 7 days whatever is asked', async () => {
    const browser = await signedIn(api, accountId, someone(), 'owner')
    const status = async () => (await browser.send('GET', '/schema/streak/record')).status
    const days = 7 * 24
    for (let hours = 0; hours + 11 < days; hours += 11) {
      later(11 * HOUR)
      expect(await status()).toBe(200)
    }
    const { expiresAt } = (await browser.send('GET', '/console/session')).body.data
    later(Date.parse(expiresAt) - api.clock.now())
    expect(await status()).toBe(401)
    const idle = await signedIn(api, accountId, someone(), 'owner')
    later(12 * HOUR)
    expect((await idle.send('GET', '/console/session')).status).toBe(401)
  })

  it('is removed from the store once it is over', async () => {
    const prune = createPrune({ ...api.deps, deliveryRetentionDays: 30 })
    await signedIn(api, accountId, someone(), 'owner')
    await prune()
    const kept = async () => (await api.store.find('console_session', { limit: 1000 })).length
    expect(await kept()).toBeGreaterThan(0)
    later(12 * HOUR + 1)
    await prune()
    expect(await kept()).toBe(0)
  })

  it('ends by signing out', async () => {
    const browser = await signedIn(api, accountId, someone(), 'owner')
    expect((await browser.send('DELETE', '/console/session', undefined, {})).status).toBe(403)
    const out = await browser.send('DELETE', '/console/session')
    expect(out.status).toBe(204)
    expect(out.headers.get('set-cookie')).toMatch(/^streakline_session=;/)
    expect((await browser.send('GET', '/console/session')).status).toBe(401)
  })

  it('and all others end with a new password, but for the one that set it', async () => {
    const email = someone()
    const first = await signedIn(api, accountId, email, 'owner')
    const second = browserOf(api, cookieOf(await signIn(email, PASSWORD)))
    const wrong = await second.send('POST', '/console/password', {
      oldPassword: 'not it',
      password: `${PASSWORD} 2`,
    })
    expect(wrong.status).toBe(401)
    const set = await second.send('POST', '/console/password', {
      oldPassword: PASSWORD,
      password: `${PASSWORD} 2`,
    })
    expect(set.status).toBe(204)
    expect((await first.send('GET', '/console/session')).status).toBe(401)
    expect((await browserOf(api, cookieOf(set)).send('GET', '/console/session')).status).toBe(200)
    expect((await signIn(email, PASSWORD)).status).toBe(401)
    expect((await signIn(email, `${PASSWORD} 2`)).status).toBe(204)
  })

  it('has one caller: a cookie beside a key is refused', async () => {
    const { cookie } = await signedIn(api, accountId, someone(), 'owner')
    const both = await api.send('/schema/streak/record', { headers: { cookie, ...backend.headers } })
    expect(both.status).toBe(401)
    const other = await api.send('/schema/streak/record', {
      headers: { cookie: 'theme=dark', ...backend.headers },
    })
    expect(other.status).toBe(200)
  })

  it('changes things from pages of this server alone', async () => {
    const browser = await signedIn(api, accountId, someone(), 'owner')
    const create = (headers: Record<string, string>) =>
      browser.send('POST', '/schema/account_user/record', { externalId: `customer ${made++}` }, headers)
    expect((await create({})).status).toBe(403)
    expect((await create({ origin: 'https://evil.example' })).status).toBe(403)
    expect((await create({ origin: api.origin, 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await create({ origin: api.origin })).status).toBe(201)
    expect((await create(sameOrigin)).status).toBe(201)
  })
})

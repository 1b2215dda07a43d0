import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type Api, type Body, type Client, startApi } from '../helpers/api.ts'
import { post, signedIn } from '../helpers/console.ts'
import { logBody, streakBody } from '../helpers/shop.ts'

let api: Api
let backend: Client
let accountId: string

beforeAll(async () => {
  api = await startApi()
  backend = await api.account('shop')
  accountId = backend.accountId
})
afterAll(() => api.close())

const entries = async (filters?: object): Promise<Body[]> =>
  (await backend.list('audit_log', { limit: 1000, ...(filters === undefined ? {} : { filters }) })).body.data
/** Of one moment, as the clock stands still: in the order in which they came. */
const of = (recordId: string) => entries({ fieldSlug: 'recordId', operator: 'EQUALS', value: recordId })

describe('the log of changes', () => {
  it('has an entry for each change that took effect, with what differs', async () => {
    const streak = await backend.create('streak', streakBody('weekly', 'draft'))
    const path = `/schema/streak/record/${streak.id}`
    await backend.patch(path, { name: 'every week' })
    await backend.patch(path, { name: 'every week' })
    await backend.patch(path, { name: '' })
    await backend.delete(path)
    const told = await of(streak.id)
    expect(told.map(({ action }) => action)).toEqual(['create', 'patch', 'delete'])
    expect(told[0]).toMatchObject({
      slug: 'streak',
      before: null,
      after: { name: 'weekly', status: 'draft' },
    })
    expect(told[1]).toMatchObject({ before: { name: 'weekly' }, after: { name: 'every week' } })
    expect(told[2]).toMatchObject({ before: { name: 'every week' }, after: null })
    expect(told[1].actor).toMatchObject({ kind: 'key', name: 'first key' })
    expect(told[1].address).toBe('127.0.0.1')
  })

  it('shows no secret, and of members only the names of fields', async () => {
    const member = await backend.create('account_user', {
      externalId: 'customer-1',
      email: 'ada@example.com',
    })
    await backend.patch(`/schema/account_user/record/${member.id}`, { firstName: 'Ada' })
    const key = await backend.create('api_key', { name: 'of the shop' })
    const connector = await backend.create('connector', {
      name: 'shop',
      platform: 'shopify',
      credentials: { webhookSecrets: ['a secret of the shop'.replaceAll(' ', '-')] },
      settings: { shopDomain: 'my-shop.myshopify.com' },
    })
    const text = JSON.stringify(await entries())
    for (const secret of ['Ada', 'ada@example.com', 'customer-1', key.apiSecret, 'a-secret-of-the-shop']) {
      expect(text).not.toContain(secret)
    }
    expect((await of(member.id)).at(-1)).toMatchObject({
      action: 'patch',
      before: { firstName: '…' },
      after: { firstName: '…' },
    })
    expect((await of(connector.id))[0].after.credentials).toBe('…')
  })

  it('says nothing of streak logs, which are a ledger themselves', async () => {
    const streak = await backend.create('streak', streakBody('daily', 'live'))
    const before = (await entries()).length
    await backend.create('streak_log', logBody(streak.id, 'customer-9', 'order 1'))
    expect((await entries()).length).toBe(before)
  })

  it('tells of sign-ins, failed ones and sign-outs, and of who was signed in', async () => {
    const browser = await signedIn(api, accountId, 'owner@example.com', 'owner')
    await post(api, '/console/session', { email: 'owner@example.com', password: 'not the password' })
    const streak = await browser.send('POST', '/schema/streak/record', streakBody('by hand', 'draft'))
    await browser.send('DELETE', '/console/session')
    const [made] = await of(streak.body.data.id)
    expect(made.actor).toMatchObject({ kind: 'user', name: 'owner@example.com' })
    const acts = (await entries({ fieldSlug: 'actorId', operator: 'EQUALS', value: made.actorId })).map(
      ({ action }) => action,
    )
    expect(acts).toEqual(expect.arrayContaining(['set_password', 'sign_in_failed', 'create', 'sign_out']))
  })

  it('tells of exports that were read, and of none that had nobody to tell of', async () => {
    const member = await backend.create('account_user', { externalId: 'customer-export' })
    expect((await backend.get(`/schema/account_user/record/${member.id}/export`)).status).toBe(200)
    expect((await of(member.id)).map(({ action }) => action)).toEqual(['create', 'export'])
    const nobody = crypto.randomUUID()
    expect((await backend.get(`/schema/account_user/record/${nobody}/export`)).status).toBe(404)
    expect(await of(nobody)).toEqual([])
  })

  it('is neither written nor changed by anybody', async () => {
    const [{ id }] = await entries()
    expect((await backend.patch(`/schema/audit_log/record/${id}`, { action: 'x' })).status).toBe(405)
    expect((await backend.delete(`/schema/audit_log/record/${id}`)).status).toBe(405)
  })
})

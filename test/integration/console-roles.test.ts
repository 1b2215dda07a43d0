import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createResources } from '../../src/http/resources.ts'
import { CONSOLE_ROLES, type ConsoleRole } from '../../src/ports/schema/console-values.ts'
import { ACTION_BODY, CREATE_BODY, PATCH_BODY, RECORD_OF } from '../helpers/access-matrix.ts'
import { type Api, type Client, startApi } from '../helpers/api.ts'
import { type Browser, signedIn } from '../helpers/console.ts'
import { openShop, type Shop } from '../helpers/shop.ts'

let api: Api
let shop: Shop
let other: Client
let users: Readonly<Record<ConsoleRole, Browser>>

beforeAll(async () => {
  api = await startApi()
  shop = await openShop(api, 'shop')
  other = await api.account('another shop')
  const { accountId } = shop.backend
  users = {
    owner: await signedIn(api, accountId, 'owner@example.com', 'owner'),
    staff: await signedIn(api, accountId, 'staff@example.com', 'staff'),
    viewer: await signedIn(api, accountId, 'viewer@example.com', 'viewer'),
  }
})
afterAll(() => api.close())

/** What each role has no part in, written by hand. */
const CLOSED: Readonly<Record<ConsoleRole, (slug: string, isRead: boolean) => boolean>> = {
  owner: () => false,
  staff: (slug, isRead) =>
    slug === 'api_key' || slug === 'console_user' || slug === 'audit_log' || (slug === 'account' && !isRead),
  viewer: (slug, isRead) => !isRead || slug === 'api_key' || slug === 'console_user' || slug === 'audit_log',
}

describe.each(CONSOLE_ROLES)('the role %s', (role) => {
  it('reaches as far as the table says, for every resource and verb', async () => {
    const off: string[] = []
    for (const { slug, allows, actions = {} } of createResources(api.deps)) {
      const id = (await RECORD_OF[slug]?.(shop, api)) ?? crypto.randomUUID()
      const record = `/schema/${slug}/record/${id}`
      const asks: readonly (readonly [
        verb: string,
        method: string,
        path: string,
        body?: object | undefined,
      ])[] = [
        ['list', 'GET', `/schema/${slug}/record`],
        ['get', 'GET', record],
        ['create', 'POST', `/schema/${slug}/record`, CREATE_BODY[slug]?.(shop) ?? {}],
        ['patch', 'PATCH', record, PATCH_BODY[slug] ?? {}],
        ...Object.keys(actions).map(
          (name) => [name, 'POST', `${record}/${name}`, ACTION_BODY[`${slug}/${name}`]?.()] as const,
        ),
      ]
      for (const [verb, method, path, body] of asks) {
        if (['list', 'get', 'create', 'patch'].includes(verb) && !allows.includes(verb as 'list')) continue
        const { status } = await users[role].send(method, path, body)
        const isClosed = CLOSED[role](slug, method === 'GET')
        if ((status === 403) !== isClosed || status === 401 || status >= 500)
          off.push(`${verb} ${slug}: ${status}`)
      }
    }
    expect(off).toEqual([])
  })

  it('sees nothing of another account', async () => {
    const theirs = await other.create('account_user', { externalId: `customer of ${role}` })
    expect((await users[role].send('GET', `/schema/account_user/record/${theirs.id}`)).status).toBe(404)
  })
})

describe('users of the console', () => {
  it('are made, given roles and removed by owners; the last owner stays', async () => {
    const { owner } = users
    const made = await owner.send('POST', '/schema/console_user/record', {
      email: 'New@example.com',
      role: 'staff',
    })
    expect(made.status).toBe(201)
    expect(made.body.data.startPath).toMatch(/^\/console\/start#token=[\w-]{43}$/)
    const { id } = made.body.data
    const twice = await owner.send('POST', '/schema/console_user/record', {
      email: 'new@EXAMPLE.com',
      role: 'staff',
    })
    expect(twice.body.error.code).toBe('DUPLICATE_VALUE')
    const raised = await owner.send('PATCH', `/schema/console_user/record/${id}`, { role: 'owner' })
    expect(raised.body.data).toMatchObject({ role: 'owner', hasPassword: false })
    const list = (await owner.send('GET', '/schema/console_user/record')).body.data
    const self = list.find(({ email }: { email: string }) => email === 'owner@example.com').id
    expect((await owner.send('DELETE', `/schema/console_user/record/${id}`)).status).toBe(204)
    const last = await owner.send('PATCH', `/schema/console_user/record/${self}`, { role: 'viewer' })
    expect(last.body.error.code).toBe('LAST_OWNER')
    expect((await owner.send('DELETE', `/schema/console_user/record/${self}`)).body.error.code).toBe(
      'LAST_OWNER',
    )
  })

  it('lose their sessions with a role', async () => {
    const browser = await signedIn(api, shop.backend.accountId, 'moved@example.com', 'viewer')
    const list = (await users.owner.send('GET', '/schema/console_user/record?limit=100')).body.data
    const { id } = list.find(({ email }: { email: string }) => email === 'moved@example.com')
    await users.owner.send('PATCH', `/schema/console_user/record/${id}`, { role: 'staff' })
    expect((await browser.send('GET', '/console/session')).status).toBe(401)
  })
})

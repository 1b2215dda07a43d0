import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { v7 as uuid } from 'uuid'
import { createHttpApp } from '../../src/http/app.ts'
import type { Verb } from '../../src/http/resource.ts'
import { createResources } from '../../src/http/resources.ts'
import { createQueueBoard } from '../../src/ops/bull-board.ts'
import {
  ACCESS,
  ACTION_BODY,
  ACTIONS,
  BULK_ACTIONS,
  BULK_BODY,
  CALLERS,
  type CallerName,
  CREATE_BODY,
  OTHER_ROUTES,
  type Outcome,
  outcomeOf,
  PATCH_BODY,
  QUESTIONS,
  READINGS,
  RECORD_OF,
  SEES,
} from '../helpers/access-matrix.ts'
import { type Answer, type Api, startApi } from '../helpers/api.ts'
import { proxyParameters, signedQuery } from '../helpers/app-proxy.ts'
import { badCredentials, pausedKey } from '../helpers/bad-credentials.ts'
import { routesOf } from '../helpers/express-routes.ts'
import { ADA, BOB, openShop, type Shop } from '../helpers/shop.ts'
import { JOINED_SHOWN_TO_END_USERS, SHOWN_TO_END_USERS } from '../helpers/shown-to-end-users.ts'
import { shopifyOrder, shopifyRequest } from '../helpers/signed.ts'

type Headers = Readonly<Record<string, string>>

const SCHEMA_ROUTES = [
  '/schema/:slug/record',
  '/schema/:slug/record/:id',
  '/schema/:slug/record/:id/:action',
  '/schema/:slug/:action',
]
const PREFIXES = ['', '/api/v1.0']
const METHOD_OF: Readonly<Record<Verb, string>> = {
  list: 'GET',
  create: 'POST',
  get: 'GET',
  patch: 'PATCH',
  delete: 'DELETE',
}
const OPERATOR = { user: 'operator', password: 'a password for operators' }
const basic = (secret: string) => ({ authorization: `Basic ${Buffer.from(secret).toString('base64')}` })
const operator = basic(`${OPERATOR.user}:${OPERATOR.password}`)

let api: Api
let shop: Shop
let other: Shop
let good: Readonly<Record<CallerName, Headers>>
let bad: Readonly<Record<string, Headers>>

beforeAll(async () => {
  api = await startApi({ opsRouter: operatorPages() })
  shop = await openShop(api, 'shop')
  other = await openShop(api, 'other shop')
  good = {
    backend: shop.backend.headers,
    'other backend': other.backend.headers,
    Ada: shop.customer(ADA),
    Bob: shop.customer(BOB),
    'nobody yet': shop.customer('customer-unknown'),
    'other Ada': other.customer(ADA),
  }
  bad = {
    ...badCredentials(shop, other, await pausedKey(api, shop), api.clock.now()),
    'an operator': operator,
  }
})
afterAll(() => api.close())

function ask(verb: Verb, slug: string, id: string, headers: Headers, prefix = ''): Promise<Answer> {
  const list = `${prefix}/schema/${slug}/record`
  const path = verb === 'list' ? `${list}?limit=1000` : verb === 'create' ? list : `${list}/${id}`
  const body = verb === 'create' ? CREATE_BODY[slug]?.(shop) : verb === 'patch' ? PATCH_BODY[slug] : undefined
  const isWrite = verb === 'create' || verb === 'patch'
  return api.send(path, {
    method: METHOD_OF[verb],
    headers: isWrite ? { ...headers, 'content-type': 'application/json' } : headers,
    ...(isWrite ? { body: JSON.stringify(body ?? {}) } : {}),
  })
}

/** The record that is asked for; one of its own for each delete. */
async function recordFor(slug: string, verb: Verb): Promise<string> {
  const bodyOf = CREATE_BODY[slug]
  if (verb === 'delete' && bodyOf !== undefined) {
    const made = await shop.backend.create(slug, bodyOf(shop))
    return (Array.isArray(made) ? made[0] : made).id
  }
  return (await RECORD_OF[slug]?.(shop, api)) ?? uuid()
}

const VERBS = Object.keys(METHOD_OF) as Verb[]
const CELLS = Object.keys(ACCESS).flatMap((slug) => VERBS.map((verb) => [slug, verb] as const))

describe('the access matrix', () => {
  it('has a row for every resource that is served, and for no other', () => {
    const served = createResources(api.deps)
    expect(Object.keys(ACCESS).sort()).toEqual(served.map(({ slug }) => slug).sort())
    expect(Object.keys(RECORD_OF).sort()).toEqual(Object.keys(ACCESS).sort())
  })

  it('says 405 of exactly the verbs that a resource does not have', () => {
    const table = Object.entries(ACCESS).map(([slug, row]) => [
      slug,
      VERBS.filter((verb) => row[verb][0] !== 405),
    ])
    const served = createResources(api.deps).map(({ slug, allows }) => [
      slug,
      VERBS.filter((verb) => allows.includes(verb)),
    ])
    expect(Object.fromEntries(table)).toEqual(Object.fromEntries(served))
  })

  it('knows every other route of the application', () => {
    const expected = PREFIXES.flatMap((prefix) => SCHEMA_ROUTES.map((path) => `ALL ${prefix}${path}`))
    const routes = routesOf(createHttpApp({ ...api.deps, opsRouter: operatorPages() }))
    expect(routes).toEqual(expect.arrayContaining(expected))
    const known = Object.keys(OTHER_ROUTES)
    const entryOf = (route: string) => known.find((entry) => isOf(route, entry))
    const others = routes.filter((route) => !expected.includes(route))
    expect(others.filter((route) => entryOf(route) === undefined)).toEqual([])
    expect([...new Set(others.map(entryOf))].sort()).toEqual(known.sort())
  })

  it.each(CELLS)('holds for %s, %s', async (slug, verb) => {
    const record = await recordFor(slug, verb)
    const isWrite = verb !== 'list' && verb !== 'get'
    const actual: Record<string, Outcome[]> = {}
    // the one who may comes last, so that its success proves that the others changed nothing
    for (const caller of CALLERS.toReversed()) {
      const prefixes = isWrite && caller.endsWith('backend') ? [''] : PREFIXES
      const outcomes = prefixes.map(async (prefix) =>
        outcomeOf(verb, await ask(verb, slug, record, good[caller], prefix), record),
      )
      actual[caller] = [...new Set(await Promise.all(outcomes))]
    }
    const expected = CALLERS.map((caller, index) => [caller, [ACCESS[slug]?.[verb][index]]])
    expect(actual).toEqual(Object.fromEntries(expected))
  })

  it.each(CELLS)('keeps out everybody without good credentials from %s, %s', async (slug, verb) => {
    const record = (await RECORD_OF[slug]?.(shop, api)) ?? uuid()
    for (const [name, headers] of Object.entries(bad)) {
      for (const prefix of PREFIXES) {
        const { status, body } = await ask(verb, slug, record, headers, prefix)
        expect({ name, status, code: body.error.code, data: body.data }).toEqual({
          name,
          status: 401,
          code: 'UNAUTHENTICATED',
        })
      }
    }
  })

  it('tells nobody without good credentials what there is not', async () => {
    for (const prefix of PREFIXES) {
      for (const path of [
        '',
        '/nothing',
        '/nothing/record',
        `/nothing/record/${uuid()}`,
        '/streak/record/x/y',
      ]) {
        const statusFor = async (headers: Headers) =>
          (await api.send(`${prefix}/schema${path}`, { headers })).status
        for (const headers of [{}, ...Object.values(bad)])
          expect([path, await statusFor(headers)]).toEqual([path, 401])
        expect([path, await statusFor(good.backend)]).toEqual([path, 404])
        expect([path, await statusFor(good.Ada)]).toEqual([path, 404])
      }
    }
  })

  it.each(Object.keys(ACCESS))('holds for verbs that no %s has', async (slug) => {
    const record = await recordFor(slug, 'get')
    for (const path of [`/schema/${slug}/record`, `/schema/${slug}/record/${record}`]) {
      for (const method of ['PUT', 'OPTIONS']) {
        const statusFor = async (headers: Headers) => (await api.send(path, { method, headers })).status
        expect(await statusFor({})).toBe(401)
        // where a key may do nothing it is not told what others may
        expect(await statusFor(good.backend)).toBe(ACCESS[slug]?.list[0] === 403 ? 403 : 405)
        expect(await statusFor(good.Ada)).toBe(403)
      }
    }
  })

  it.each(Object.entries(ACTIONS))('holds for the action %s', async (name, row) => {
    const [slug = '', action = ''] = name.split('/')
    const path = `/schema/${slug}/record/${await recordFor(slug, 'get')}/${action}`
    const statusFor = async (headers: Headers, prefix = '') => {
      const given = { ...headers, 'content-type': 'application/json' }
      return (
        await api.send(`${prefix}${path}`, {
          method: 'POST',
          headers: given,
          body: JSON.stringify(ACTION_BODY[name]!()),
        })
      ).status
    }
    for (const prefix of PREFIXES) {
      for (const [index, caller] of CALLERS.entries()) {
        expect([caller, await statusFor(good[caller], prefix)]).toEqual([caller, row[index]])
      }
      for (const [caller, headers] of Object.entries(bad)) {
        expect([caller, await statusFor(headers, prefix)]).toEqual([caller, 401])
      }
    }
  })

  it.each(Object.keys(ACCESS))('knows all actions on a %s that there are', async (slug) => {
    const named = Object.keys(ACTIONS).flatMap((name) => name.split('/')[1] ?? [])
    const unknown = named.filter((action) => ACTIONS[`${slug}/${action}`] === undefined)
    for (const action of [...unknown, 'explain', 'revoke', 'record']) {
      const path = `/schema/${slug}/record/${await recordFor(slug, 'get')}/${action}`
      const { status } = await api.send(path, { method: 'POST', headers: good.backend })
      expect([action, status]).toEqual([action, 404])
    }
  })

  it.each(Object.entries(BULK_ACTIONS))('holds for the action %s on many', async (name, row) => {
    const [slug = '', action = ''] = name.split('/')
    const body = JSON.stringify(BULK_BODY[name]?.(shop))
    for (const prefix of PREFIXES) {
      const statusFor = async (headers: Headers, method = 'POST') =>
        (
          await api.send(`${prefix}/schema/${slug}/${action}`, {
            method,
            headers: { ...headers, 'content-type': 'application/json' },
            ...(method === 'POST' ? { body } : {}),
          })
        ).status
      for (const [index, caller] of CALLERS.entries()) {
        expect([caller, await statusFor(good[caller])]).toEqual([caller, row[index]])
      }
      for (const [caller, headers] of Object.entries(bad)) {
        expect([caller, await statusFor(headers)]).toEqual([caller, 401])
      }
      expect(await statusFor(good.backend, 'GET')).toBe(405)
    }
  })

  it.each(Object.entries(READINGS))('holds for the reading %s', async (name, row) => {
    const [slug = '', reading = ''] = name.split('/')
    const record = await recordFor(slug, 'get')
    for (const prefix of PREFIXES) {
      const statusFor = async (headers: Headers, method = 'GET') =>
        (await api.send(`${prefix}/schema/${slug}/record/${record}/${reading}`, { method, headers })).status
      for (const [index, caller] of CALLERS.entries()) {
        expect([caller, await statusFor(good[caller])]).toEqual([caller, row[index]])
      }
      for (const [caller, headers] of Object.entries(bad)) {
        expect([caller, await statusFor(headers)]).toEqual([caller, 401])
      }
      expect(await statusFor(good.backend, 'POST')).toBe(405)
      expect(await statusFor(good.backend, 'HEAD')).toBe(200)
    }
  })

  it.each(Object.entries(QUESTIONS))('holds for the question %s', async (name, { row, search }) => {
    for (const prefix of PREFIXES) {
      const statusFor = async (headers: Headers, method = 'GET') =>
        (await api.send(`${prefix}/schema/${name}?${search(shop)}`, { method, headers })).status
      for (const [index, caller] of CALLERS.entries()) {
        expect([caller, await statusFor(good[caller])]).toEqual([caller, row[index]])
      }
      for (const [caller, headers] of Object.entries(bad)) {
        expect([caller, await statusFor(headers)]).toEqual([caller, 401])
      }
      expect(await statusFor(good.backend, 'POST')).toBe(405)
      expect(await statusFor(good.backend, 'HEAD')).toBe(200)
    }
  })

  it.each(Object.keys(ACCESS))('knows all actions on many %s records that there are', async (slug) => {
    for (const action of ['replay', 'abandon', 'withdrawal', 'explain']) {
      const name = `${slug}/${action}`
      if (BULK_ACTIONS[name] !== undefined || QUESTIONS[name] !== undefined) continue
      const { status } = await api.send(`/schema/${slug}/${action}`, {
        method: 'POST',
        headers: good.backend,
      })
      expect([action, status]).toEqual([action, 404])
    }
  })

  it.each(Object.keys(ACCESS))('answers HEAD of %s as it answers GET', async (slug) => {
    const record = await recordFor(slug, 'get')
    for (const path of [`/schema/${slug}/record`, `/schema/${slug}/record/${record}`]) {
      for (const headers of [...Object.values(good), {}]) {
        const get = await api.send(path, { headers })
        const head = await api.send(path, { method: 'HEAD', headers })
        expect([head.status, head.text]).toEqual([get.status, ''])
      }
    }
  })
})

describe('what end users see', () => {
  it('is said of every resource that is open to them', () => {
    const open = createResources(api.deps).filter(({ endUser }) => endUser !== undefined)
    expect(open.map(({ slug }) => slug).sort()).toEqual(Object.keys(SHOWN_TO_END_USERS).sort())
    const inTable = Object.entries(ACCESS).filter(([, row]) => row.list[2] === SEES)
    expect(inTable.map(([slug]) => slug).sort()).toEqual(Object.keys(SHOWN_TO_END_USERS).sort())
  })

  it.each(Object.entries(SHOWN_TO_END_USERS))('of a %s is exactly this', async (slug, fields) => {
    const record = await recordFor(slug, 'get')
    const got = (await ask('get', slug, record, good.Ada)).body.data
    const listed = (await ask('list', slug, record, good.Ada)).body.data
    for (const shown of [got, ...listed]) {
      expect(Object.keys(shown).sort()).toEqual([...fields].sort())
      for (const [field, inside] of Object.entries(JOINED_SHOWN_TO_END_USERS[slug] ?? {})) {
        expect(Object.keys(shown[field]).sort()).toEqual([...inside].sort())
      }
    }
    const full = (await ask('get', slug, record, good.backend)).body.data
    for (const field of fields) {
      if (JOINED_SHOWN_TO_END_USERS[slug]?.[field] === undefined) expect(got[field]).toEqual(full[field])
      else expect(full[field]).toMatchObject(got[field])
    }
  })
})

describe('what is no resource', () => {
  const everybody = () => [...Object.values(good), ...Object.values(bad)]

  it('is for anybody where the table says so', async () => {
    const routes = routesOf(createHttpApp(api.deps))
    const open = Object.entries(OTHER_ROUTES).filter(([, who]) => who === 'anybody')
    const paths = open.flatMap(([entry]) => routes.filter((route) => isOf(route, entry)).map(pathOf))
    expect(paths).toContain('/healthz')
    for (const path of paths) {
      for (const headers of everybody()) {
        expect([path, (await api.send(path, { headers })).status]).toEqual([path, 200])
      }
    }
  })

  it('a webhook is for the platform that signed it, whoever else calls', async () => {
    const post = (headers: Headers, body: string) =>
      api.send(shop.connector.webhookPath, { method: 'POST', headers, body })
    const body = shopifyOrder({ id: 2 })
    for (const headers of everybody()) {
      expect((await post({ ...headers, 'content-type': 'application/json' }, body)).status).toBe(401)
      expect((await api.send(shop.connector.webhookPath, { headers })).status).toBe(405)
    }
    const signed = shopifyRequest({ body, secret: 'webhook_secret_of_the_tests' })
    expect((await post(signed.headers, body)).status).toBe(200)
  })

  it('the app proxy is for the platform that signed the query, whoever else calls', async () => {
    const path = `/proxy/shopify/${shop.connector.id}/streaks`
    const signed = signedQuery(
      proxyParameters('example.myshopify.com', api.clock.now()),
      'webhook_secret_of_the_tests',
    )
    for (const headers of everybody()) {
      expect((await api.send(path, { headers })).status).toBe(401)
      expect((await api.send(`${path}?${signed}`, { headers })).status).toBe(200)
      expect((await api.send(`${path}?${signed}`, { method: 'POST', headers })).status).toBe(405)
    }
  })

  it('pages for operators are for operators', async () => {
    const outsiders = everybody().filter(({ authorization }) => !authorization?.startsWith('Basic'))
    for (const path of ['/ops/queues', '/ops/queues/', '/ops/queues/api/queues', '/ops/queues/static/x.js']) {
      for (const headers of [...outsiders, basic('operator:wrong')]) {
        expect([path, (await api.send(path, { headers })).status]).toEqual([path, 401])
      }
    }
    const page = await api.send('/ops/queues', { headers: operator })
    expect(page.status).toBe(200)
  })
})

function operatorPages() {
  return createQueueBoard({ operator: OPERATOR, queues: [], redisReachable: async () => true })
}

/** Whether a route is that of an entry: the very route, or one below the entry's address. */
function isOf(route: string, entry: string): boolean {
  return route === entry || (entry.startsWith('/') && `${pathOf(route)}/`.startsWith(`${entry}/`))
}

/** `GET /healthz` without its verb. */
function pathOf(route: string): string {
  return route.slice(route.indexOf(' ') + 1)
}

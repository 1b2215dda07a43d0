import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { limitsOf } from '../../src/http/limits/limits.ts'
import { change } from '../../src/ports/changes.ts'
import type { Store } from '../../src/ports/store.ts'
import { type Answer, type Api, type Body, startApi } from '../helpers/api.ts'
import { proxyParameters, signedQuery } from '../helpers/app-proxy.ts'
import { logBody, openShop, type Shop } from '../helpers/shop.ts'
import { JOINED_SHOWN_TO_END_USERS, SHOWN_TO_END_USERS } from '../helpers/shown-to-end-users.ts'
import { withoutIds } from '../helpers/without-ids.ts'

const SHOP = 'example.myshopify.com'
const SECRET = 'webhook_secret_of_the_tests'
const CUSTOMER = '7001'

/** What pages of a Shopify shop read through the app proxy, on one kind of store. */
export function describeAppProxy(
  kind: string,
  open: () => Promise<{ store: Store; close(): Promise<unknown> }>,
): void {
  let opened: Awaited<ReturnType<typeof open>>
  let api: Api
  let shop: Shop
  let other: Shop

  beforeAll(async () => {
    opened = await open()
    api = await startApi({ store: opened.store })
    shop = await openShop(api, 'shop')
    other = await openShop(api, 'other shop')
    for (const at of [shop, other]) {
      await at.backend.create(
        'streak_log',
        logBody(at.streak.id, `shopify:${CUSTOMER}`, `order at ${at.streak.id}`),
      )
    }
  })
  afterAll(async () => {
    await api.close()
    await opened.close()
  })

  interface Asked {
    readonly customer?: string
    readonly connectorId?: string
    readonly secret?: string
    readonly from?: string
    readonly atMs?: number
  }
  function ask({ customer, connectorId, secret = SECRET, from = SHOP, atMs }: Asked = {}): Promise<Answer> {
    const id = connectorId ?? shop.connector.id
    const query = signedQuery(proxyParameters(from, atMs ?? api.clock.now(), customer), secret)
    return api.send(`/proxy/shopify/${id}/streaks?${query}`)
  }
  const keys = (record: Body) => Object.keys(record).sort()

  describe(`the app proxy (${kind})`, () => {
    it('shows a shopper what an end user sees, and exactly that', async () => {
      const { status, headers, body } = await ask({ customer: CUSTOMER })
      expect(status).toBe(200)
      expect(headers.get('cache-control')).toBe('private, no-store')
      expect(keys(body)).toEqual(['data'])
      expect(keys(body.data)).toEqual(['member', 'streaks'])
      expect(body.data.member).toEqual({ known: true })
      const [only, ...more] = body.data.streaks
      expect(more).toEqual([])
      expect(keys(only)).toEqual(['memberStreak', 'milestones', 'progress', 'rewards', 'streak'])
      const customer = api.as({ ...shop.backend, headers: shop.customer(`shopify:${CUSTOMER}`) })
      const asEndUser = async (slug: string) => (await customer.list(slug)).body.data
      expect(only.streak).toEqual((await asEndUser('streak'))[0])
      expect(only.memberStreak).toEqual((await asEndUser('member_streak'))[0])
      expect(only.progress).toEqual(await asEndUser('streak_progress'))
      const byId = (records: Body[]) => records.toSorted((a, b) => (a.id < b.id ? -1 : 1))
      expect(byId(only.milestones)).toEqual(byId(await asEndUser('milestone')))
      expect(byId(only.rewards)).toEqual(byId(await asEndUser('reward_log')))
      expect(only.rewards).toHaveLength(2)
      const parts = {
        streak: [only.streak],
        member_streak: [only.memberStreak],
        streak_progress: only.progress,
        milestone: only.milestones,
        reward_log: only.rewards,
      }
      for (const [slug, records] of Object.entries(parts)) {
        for (const record of records as Body[]) {
          expect(keys(record)).toEqual([...(SHOWN_TO_END_USERS[slug] ?? [])].sort())
          for (const [field, shown] of Object.entries(JOINED_SHOWN_TO_END_USERS[slug] ?? {})) {
            expect(keys(record[field])).toEqual([...shown].sort())
          }
        }
      }
    })

    it.each([undefined, '', '99999'])(
      'shows what is live without a customer it knows (%s)',
      async (customer) => {
        const { status, body } = await ask(customer === undefined ? {} : { customer })
        expect(status).toBe(200)
        expect(body.data.member).toEqual({ known: false })
        expect(body.data.streaks).toMatchObject([
          { streak: { id: shop.streak.id }, memberStreak: null, progress: [], rewards: [] },
        ])
        const live = [shop.milestone, shop.manualMilestone, shop.nextMilestone].map(({ id }) => id)
        expect(body.data.streaks[0].milestones.map(({ id }: Body) => id).sort()).toEqual(live.sort())
      },
    )

    it('never shows what is of another account', async () => {
      const text = (await ask({ customer: CUSTOMER })).text
      const theirs = (await ask({ customer: CUSTOMER, connectorId: other.connector.id })).body.data.streaks[0]
      expect(theirs.streak.id).toBe(other.streak.id)
      expect(text).not.toContain(other.streak.id)
      expect(text).not.toContain(theirs.memberStreak.ownedById)
      expect(withoutIds(text)).not.toContain(`${CUSTOMER}`)
    })

    it('refuses what the shop’s proxy did not sign just now', async () => {
      for (const wrong of [
        { secret: 'another_secret_of_the_tests' },
        { from: 'other.myshopify.com' },
        { atMs: api.clock.now() - 301_000 },
        { atMs: api.clock.now() + 301_000 },
        { connectorId: randomUUID() },
        { connectorId: 'nonsense' },
      ]) {
        const answer = await ask({ customer: CUSTOMER, ...wrong })
        expect([wrong, answer.status]).toEqual([wrong, 401])
        expect(answer.body.error.code).toBe('UNAUTHENTICATED')
        expect(answer.headers.get('cache-control')).toBe('private, no-store')
      }
      expect((await api.send(`/proxy/shopify/${shop.connector.id}/streaks`)).status).toBe(401)
    })

    it('takes whatever a page adds to the query, as often as it does and in any letters', async () => {
      const path = `/proxy/shopify/${shop.connector.id}/streaks`
      const own = ['extra=1', 'extra=2', 'ids[]=1', 'ids[]=2', 'a=', 'q=a b+c&d/ü日本%25', 'zz=1,2'].map(
        (pair) => pair.split('=') as [string, string],
      )
      const query = signedQuery([...own, ...proxyParameters(SHOP, api.clock.now(), CUSTOMER)], SECRET)
      // some write a blank as a plus, others by its number
      const [signature = '', ...others] = query.split('&').toReversed()
      const signatureFirst = [signature, ...others.toReversed()].join('&')
      for (const written of [query, query.replaceAll('+', '%20'), signatureFirst]) {
        const answer = await api.send(`${path}?${written}`)
        expect([written, answer.status]).toEqual([written, 200])
        expect(answer.body.data.member).toEqual({ known: true })
      }
      for (const changed of [
        query.replace('extra=1', 'extra=3'),
        query.replace('extra=1&', ''),
        `${query}&extra=3`,
        query.replace('ids%5B%5D=1', 'ids=1'),
      ]) {
        expect([changed, (await api.send(`${path}?${changed}`)).status]).toEqual([changed, 401])
      }
    })

    it('lets no page of another origin read it, and nobody keep it', async () => {
      const query = signedQuery(proxyParameters(SHOP, api.clock.now(), CUSTOMER), SECRET)
      const path = `/proxy/shopify/${shop.connector.id}/streaks?${query}`
      const headers = { origin: 'https://example.myshopify.com', cookie: 'streakline_session=x; cart=1' }
      const got = await api.send(path, { headers })
      const headed = await api.send(path, { method: 'HEAD', headers })
      expect([got.status, headed.status, headed.text]).toEqual([200, 200, ''])
      for (const answer of [got, headed]) {
        expect(answer.headers.get('access-control-allow-origin')).toBeNull()
        expect(answer.headers.get('cache-control')).toBe('private, no-store')
        expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
        expect(answer.headers.get('etag')).toBeNull()
        expect(answer.headers.get('set-cookie')).toBeNull()
      }
      expect(headed.headers.get('content-length')).toBe(got.headers.get('content-length'))
    })

    it('knows a shopper no more who was erased', async () => {
      await shop.backend.create(
        'streak_log',
        logBody(shop.streak.id, 'shopify:7002', 'order of one to erase'),
      )
      const known = async () => (await ask({ customer: '7002' })).body.data
      expect((await known()).member).toEqual({ known: true })
      const [{ id }] = (
        await shop.backend.list('account_user', {
          filters: { fieldSlug: 'externalId', operator: 'EQUALS', value: 'shopify:7002' },
        })
      ).body.data
      expect((await shop.backend.delete(`/schema/account_user/record/${id}`)).status).toBeLessThan(300)
      expect((await known()).member).toEqual({ known: false })
      expect((await known()).streaks[0]).toMatchObject({ memberStreak: null, progress: [], rewards: [] })
    })

    it('refuses a connector of another platform, whatever signed it', async () => {
      const stripe = await shop.backend.create('connector', {
        name: 'stripe',
        platform: 'stripe',
        credentials: { webhookSecrets: ['whsec_of_the_tests_of_the_proxy'] },
        rules: [],
      })
      expect((await ask({ connectorId: stripe.id, secret: 'whsec_of_the_tests_of_the_proxy' })).status).toBe(
        401,
      )
    })

    it('takes no other verb than GET', async () => {
      const path = `/proxy/shopify/${shop.connector.id}/streaks`
      for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
        const answer = await api.send(path, { method })
        expect([method, answer.status, answer.headers.get('allow')]).toEqual([method, 405, 'GET'])
      }
      const query = signedQuery(proxyParameters(SHOP, api.clock.now()), SECRET)
      expect((await api.send(`${path}?${query}`, { method: 'HEAD' })).status).toBe(200)
    })

    it('answers 404 while the connector is paused, a draft or not installed', async () => {
      const made = await shop.backend.create('connector', {
        name: 'second',
        platform: 'shopify',
        credentials: { webhookSecrets: [SECRET] },
        settings: { shopDomain: SHOP },
        rules: [],
      })
      expect((await ask({ connectorId: made.id })).status).toBe(200)
      for (const status of ['paused', 'draft', 'live']) {
        await shop.backend.patch(`/schema/connector/record/${made.id}`, { status })
        const expected = status === 'live' ? 200 : 404
        expect([status, (await ask({ connectorId: made.id })).status]).toEqual([status, expected])
        expect((await ask({ connectorId: made.id, secret: 'another_secret_of_the_tests' })).status).toBe(401)
      }
    })

    it('answers 404 once the connector was uninstalled', async () => {
      const made = await shop.backend.create('connector', {
        name: 'third',
        platform: 'shopify',
        credentials: { webhookSecrets: [SECRET] },
        settings: { shopDomain: SHOP },
        rules: [],
      })
      await shop.backend.post(`/schema/connector/record/${made.id}/uninstall`, {})
      expect((await ask({ connectorId: made.id })).status).toBe(404)
      const [row] = await opened.store.findByKeys('connector', ['id'], [[made.id]])
      await opened.store.commit([change('connector', row!, {}, { status: 'live' })])
      expect((await ask({ connectorId: made.id })).status).toBe(404)
    })

    it('never says in a log line who asked, nor how it was signed', async () => {
      await ask({ customer: CUSTOMER })
      const fields = api.lines.map((line) => line.fields as Body)
      const lines = fields.filter(({ route }) => String(route).startsWith('/proxy/'))
      expect(lines.length).toBeGreaterThan(0)
      for (const line of lines) {
        expect(line.route).toBe('/proxy/shopify/{connectorId}/streaks')
        expect(withoutIds(JSON.stringify(line))).not.toMatch(/signature|7001/)
      }
    })

    it('lets nobody guess secrets faster than the limit, nor one shopper ask too much', async () => {
      const slow = await startApi({
        store: opened.store,
        limits: limitsOf(20, 5),
        secretBox: api.deps.secretBox,
      })
      const askSlow = (secret: string, customer: string) => {
        const query = signedQuery(proxyParameters(SHOP, slow.clock.now(), customer), secret)
        return slow.send(`/proxy/shopify/${shop.connector.id}/streaks?${query}`)
      }
      const statuses = async (times: number, secret: string, customer: string) => {
        const seen: number[] = []
        for (let at = 0; at < times; at += 1) seen.push((await askSlow(secret, customer)).status)
        return seen
      }
      expect(await statuses(5, SECRET, CUSTOMER)).toEqual([200, 200, 200, 200, 429])
      expect(await statuses(7, 'another_secret_of_the_tests', CUSTOMER)).toEqual([
        401, 401, 401, 401, 401, 429, 429,
      ])
      await slow.close()
    })

    it('is bounded, however much there is', async () => {
      const many = await openShop(api, 'many')
      for (let at = 0; at < 55; at += 1) {
        await many.backend.create('streak', {
          name: `streak ${at}`,
          status: 'live',
          aggregationMethod: 'count',
          aggregationTargetValue: 1,
        })
      }
      const { body } = await ask({ connectorId: many.connector.id })
      expect(body.data.streaks).toHaveLength(50)
      expect(body.data.streaks[0].streak.name).toBe('streak 54')
    })
  })
}

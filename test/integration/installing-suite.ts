import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { CONNECTORS } from '../../connectors/registry.ts'
import type { Store } from '../../src/ports/store.ts'
import { type Answer, type Api, type Body, type Client, NOW, startApi } from '../helpers/api.ts'
import { shopifyOrder, shopifyRequest } from '../helpers/signed.ts'
import {
  startToyPlatform,
  TOY,
  TOY_KEYS,
  TOY_TOPICS,
  type ToyPlatform,
  toy as toyConnector,
} from '../helpers/toy-platform.ts'
import { until } from '../helpers/until.ts'

const PUBLIC_URL = 'https://streaks.example.com/in'
const SECRET = 'a-secret-of-the-merchant'
const HOUR_MS = 3_600_000
const KEYS = { method: 'client_credentials', ...TOY_KEYS }
const BLANK = {
  method: null,
  state: 'none',
  scopes: [],
  missingScopes: [],
  subscriptions: [],
  checkedAt: null,
  firstWebhookAt: null,
  lastWebhookAt: null,
  pingedAt: null,
  reconciledAt: null,
  missed: 0,
  problem: null,
}

/** What is the same for all platforms that a connector is installed at, on any store, over HTTP. */
export function describeInstalling(
  name: string,
  open: () => Promise<{ store: Store; close(): Promise<void> }>,
) {
  describe(`installing on ${name}`, () => {
    let api: Api
    let platform: ToyPlatform
    let admin: Client
    let closeStore: () => Promise<void>
    const connectors = new Map([...CONNECTORS, [TOY, toyConnector]])

    beforeAll(async () => {
      const { store, close } = await open()
      closeStore = close
      platform = await startToyPlatform()
      const platformOrigins = { [TOY]: platform.origin }
      api = await startApi({ store, connectors }, { publicUrl: PUBLIC_URL, platformOrigins })
      admin = await api.account('merchant')
    })
    beforeEach(() => {
      platform.fault = null
      platform.before = null
      platform.shop = 'toy.myshopify.com'
      platform.scopes = ['read_orders', 'read_customers']
      platform.livesMs = HOUR_MS
      api.clock.set(NOW)
    })
    afterAll(async () => {
      await api.close()
      await platform.stop()
      await closeStore()
    })

    const create = (fields: object = {}) =>
      admin.create('connector', {
        name: 'toy',
        platform: TOY,
        settings: { shopDomain: 'toy.myshopify.com' },
        ...fields,
      })
    const pathOf = ({ id }: Body) => `/schema/connector/record/${id}`
    const get = async (connector: Body) => (await admin.get(pathOf(connector))).body.data
    const patch = (connector: Body, fields: object) => admin.patch(pathOf(connector), fields)
    const install = (connector: Body, body: object = KEYS) => admin.post(`${pathOf(connector)}/install`, body)
    const act = (connector: Body, name: 'check' | 'uninstall') =>
      admin.post(`${pathOf(connector)}/${name}`, {})
    const installed = async (fields: object = {}) => {
      const connector = await create(fields)
      const answer = await install(connector)
      if (answer.status !== 200) throw new Error(answer.text)
      return answer.body.data
    }
    const deliver = (
      { webhookPath }: Body,
      {
        secret = TOY_KEYS.clientSecret,
        topic = 'orders/paid',
        shop = 'toy.myshopify.com',
        path = webhookPath,
        id = Date.now() % 1e9,
      } = {},
    ) => {
      const { headers, body } = shopifyRequest({
        body: shopifyOrder({ id }),
        secret,
        topic,
      })
      const sent = { ...headers, 'x-shopify-shop-domain': shop }
      return api.send(path, { method: 'POST', headers: sent, body: new Uint8Array(body) })
    }
    const refusal = ({ status, body }: Answer) => [status, body.error?.code]
    const rowOf = async ({ id }: Body) => (await api.store.findByKeys('installation', ['id'], [[id]]))[0]!
    const later = (ms: number) => api.clock.set(new Date(Date.parse(NOW) + ms).toISOString())

    describe('a connector without credentials', () => {
      it('is a draft with its address, and is shown to stand with no platform', async () => {
        const connector = await create()
        expect(connector).toMatchObject({
          status: 'draft',
          webhookPath: `/webhooks/toy/${connector.id}`,
          webhookUrl: `${PUBLIC_URL}/webhooks/toy/${connector.id}`,
          installation: BLANK,
        })
        expect(await get(connector)).toEqual(connector)
        const [listed] = (await admin.list('connector', { limit: 1 })).body.data
        expect(listed).toEqual(connector)
      })

      it('cannot be live, neither made so nor patched', async () => {
        const body = { name: 'x', platform: TOY, settings: { shopDomain: 'a.myshopify.com' }, status: 'live' }
        expect(refusal(await admin.post('/schema/connector/record', body))).toEqual([
          400,
          'CREDENTIALS_MISSING',
        ])
        const connector = await create()
        expect(refusal(await patch(connector, { status: 'live' }))).toEqual([400, 'CREDENTIALS_MISSING'])
        expect(await get(connector)).toEqual(connector)
        // with secrets it can, in the same patch too
        const both = { status: 'live', credentials: { webhookSecrets: [SECRET] } }
        expect((await patch(connector, both)).body.data).toMatchObject({
          status: 'live',
          installation: { ...BLANK, method: 'manual', state: 'installed' },
        })
      })

      it('leaves its status alone when it is given credentials', async () => {
        const connector = await create()
        const { body } = await patch(connector, { credentials: { webhookSecrets: [SECRET] } })
        expect(body.data).toMatchObject({
          status: 'draft',
          installation: { method: 'manual', state: 'installed' },
        })
        expect((await patch(connector, { status: 'live' })).status).toBe(200)
      })

      it('refuses webhooks, and says that it has no secret', async () => {
        const connector = await create()
        const answer = await deliver(connector, { secret: SECRET })
        expect(answer).toMatchObject({
          status: 401,
          body: { error: { code: 'SIGNATURE_INVALID', details: [{ path: '', message: 'SECRET_MISSING' }] } },
        })
      })

      it('is live once it is installed by hand', async () => {
        const connector = await create()
        const { status, body } = await install(connector, { method: 'manual', webhookSecrets: [SECRET] })
        expect([status, body.data.status, body.data.installation.state]).toEqual([200, 'live', 'installed'])
        expect(Object.keys(body)).toEqual(['data'])
        expect((await deliver(connector, { secret: SECRET })).status).toBe(200)
      })
    })

    describe('a connector whose secrets were given', () => {
      it('is installed by hand, also where it is of before there were installations', async () => {
        const connector = await create({ credentials: { webhookSecrets: [SECRET] } })
        const byHand = { ...BLANK, method: 'manual', state: 'installed' }
        expect(connector).toMatchObject({ status: 'live', installation: byHand })
        await api.store.commit([
          { op: 'delete', collection: 'installation', id: connector.id, accountId: admin.accountId },
        ])
        expect((await get(connector)).installation).toEqual(byHand)
        expect((await act(connector, 'check')).body.data.installation).toEqual({
          ...byHand,
          checkedAt: NOW,
        })
      })

      it('is asked of nobody when it is checked, and ends when it is uninstalled', async () => {
        const connector = await create({ credentials: { webhookSecrets: [SECRET] } })
        const before = platform.seen.length
        expect((await act(connector, 'check')).status).toBe(200)
        const { body } = await act(connector, 'uninstall')
        expect(body.data).toMatchObject({
          status: 'paused',
          installation: { method: 'manual', state: 'uninstalled', problem: null },
        })
        expect(platform.seen.length).toBe(before)
        expect(refusal(await act(connector, 'check'))).toEqual([409, 'NOT_INSTALLED'])
        expect(refusal(await patch(connector, { status: 'live' }))).toEqual([400, 'CREDENTIALS_MISSING'])
        // late webhooks are still verified, and ignored
        expect((await deliver(connector, { secret: SECRET })).status).toBe(200)
      })
    })

    describe('install', () => {
      it('presents the keys, sets up what is wanted, makes the draft live, and shows no secret', async () => {
        const connector = await create()
        const { status, body, text } = await install(connector)
        expect(status).toBe(200)
        expect(body).toEqual({
          data: {
            ...connector,
            status: 'live',
            updatedAt: NOW,
            installation: {
              ...BLANK,
              method: 'client_credentials',
              state: 'installed',
              scopes: ['read_orders', 'read_customers'],
              subscriptions: TOY_TOPICS.map((topic) => ({ topic, state: 'ok' })),
              checkedAt: NOW,
              reconciledAt: NOW,
            },
          },
        })
        expect(platform.subscriptions.get('orders/paid')).toBe(connector.webhookUrl)
        expect((await deliver(connector)).status).toBe(200)
        const row = await rowOf(connector)
        expect(row).toMatchObject({ firstInstalledAt: Date.parse(NOW) })
        const [kept] = await api.store.findByKeys('connector', ['id'], [[connector.id]])
        const places = [text, JSON.stringify(row), JSON.stringify(kept), JSON.stringify(api.lines)]
        for (const place of places) {
          expect(place).not.toContain(TOY_KEYS.clientSecret)
          expect(place).not.toMatch(/toy-token|toy-refresh/)
        }
      })

      it('sends requests where the operator said, with the host they were meant for', async () => {
        await installed()
        const request = platform.asked('/me').at(-1)!
        expect(request.headers).toMatchObject({
          'x-forwarded-host': 'toy.example',
          host: platform.origin.slice('http://'.length),
        })
      })

      it.each([
        [
          'another method',
          { method: 'restricted_key', apiKey: 'rk_test_0123456789abcdef' },
          'INVALID_INPUT',
          'method',
        ],
        ['no method', { ...TOY_KEYS }, 'INVALID_INPUT', 'method'],
        ['a field of another method', { ...KEYS, accessToken: 'x' }, 'UNKNOWN_FIELD', 'accessToken'],
        [
          'less than is needed',
          { method: 'client_credentials', clientId: 'x' },
          'INVALID_INPUT',
          'clientSecret',
        ],
        [
          'secrets of the wrong look',
          { method: 'manual', webhookSecrets: ['short'] },
          'INVALID_INPUT',
          'webhookSecrets.0',
        ],
        [
          'access tokens for secrets',
          { method: 'manual', webhookSecrets: ['shpat_0123456789abcdef'] },
          'INVALID_INPUT',
          'webhookSecrets.0',
        ],
      ])('is refused with %s', async (_name, body, code, path) => {
        const connector = await create()
        const answer = await install(connector, body)
        expect(refusal(answer)).toEqual([400, code])
        expect(answer.body.error.details.map((detail: Body) => detail.path)).toContain(path)
        expect((await get(connector)).installation).toEqual(BLANK)
      })

      it('is refused without an address of the world, and by hand is not', async () => {
        const bare = await startApi({ store: api.store, secretBox: api.deps.secretBox, connectors })
        try {
          const client = bare.as(admin)
          const connector = await create()
          const { webhookUrl } = (await client.get(pathOf(connector))).body.data
          expect(webhookUrl).toBeNull()
          const path = `${pathOf(connector)}/install`
          expect(refusal(await client.post(path, KEYS))).toEqual([409, 'PUBLIC_URL_MISSING'])
          expect((await client.post(path, { method: 'manual', webhookSecrets: [SECRET] })).status).toBe(200)
        } finally {
          await bare.close()
        }
      })

      it('is refused in the platform’s own words, and leaves everything as it was', async () => {
        const connector = await create()
        const answer = await install(connector, { ...KEYS, clientSecret: 'wrong-secret-of-the-app' })
        expect(answer).toMatchObject({
          status: 502,
          body: {
            error: {
              code: 'PLATFORM_REFUSED',
              details: [{ path: '', message: '401: {"error":"invalid_client"}' }],
            },
          },
        })
        expect(answer.text).not.toContain('wrong-secret-of-the-app')
        expect(await get(connector)).toEqual(connector)
      })

      it('cuts the platform’s words at 500 characters', async () => {
        platform.fault = () => ({ status: 400, body: 'no '.repeat(1000) })
        const { message } = (await install(await create())).body.error.details[0]
        expect([message.length, message.slice(0, 8)]).toEqual([500, '400: no '])
      })

      it('of another shop’s keys is a SHOP_MISMATCH, and nothing is stored', async () => {
        platform.shop = 'another.myshopify.com'
        const connector = await create()
        expect(refusal(await install(connector))).toEqual([400, 'SHOP_MISMATCH'])
        expect(await get(connector)).toEqual(connector)
      })

      it('answers 503 and when to come back after three tries of a platform that cannot be reached', async () => {
        const connector = await create()
        platform.fault = () => 'cut'
        const before = platform.seen.length
        const answer = await install(connector)
        expect(refusal(answer)).toEqual([503, 'PLATFORM_UNAVAILABLE'])
        expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
        expect(platform.seen.length - before).toBe(3)
        expect(await get(connector)).toEqual(connector)
      })

      it('passes on the time that the platform asks for', async () => {
        platform.fault = () => ({ status: 429, headers: { 'retry-after': '77' } })
        const answer = await install(await create())
        expect([...refusal(answer), answer.headers.get('retry-after')]).toEqual([
          503,
          'PLATFORM_UNAVAILABLE',
          '77',
        ])
      })

      it('keeps what worked of one that half worked, and check goes on from there', async () => {
        platform.fault = ({ method, path }) =>
          method === 'POST' && path === '/subscriptions' ? { status: 422, body: 'not now' } : null
        const connector = await create()
        platform.subscriptions.clear()
        const { status, body } = await install(connector)
        expect(status).toBe(200)
        expect(body.data).toMatchObject({
          status: 'live',
          installation: {
            method: 'client_credentials',
            state: 'needs_attention',
            subscriptions: TOY_TOPICS.map((topic) => ({ topic, state: 'missing' })),
            problem: {
              code: 'SUBSCRIPTION_MISSING',
              message: expect.stringContaining('orders/paid'),
              since: NOW,
            },
          },
        })
        platform.fault = null
        expect((await act(connector, 'check')).body.data.installation).toMatchObject({
          state: 'installed',
          problem: null,
          subscriptions: TOY_TOPICS.map((topic) => ({ topic, state: 'ok' })),
        })
      })

      it('keeps the credentials where the platform cannot be reached after it took them', async () => {
        platform.fault = ({ path }) => (path === '/subscriptions' ? 'cut' : null)
        const { status, body } = await install(await create())
        expect([status, body.data.status, body.data.installation.state]).toEqual([
          200,
          'live',
          'needs_attention',
        ])
        expect(body.data.installation.problem.code).toBe('SUBSCRIPTION_MISSING')
      })

      it('names the most important of several problems', async () => {
        platform.scopes = []
        platform.fault = ({ method }) => (method === 'POST' ? null : null)
        const { body } = await install(await create())
        expect(body.data.installation).toMatchObject({
          state: 'needs_attention',
          missingScopes: ['read_orders', 'read_customers'],
          problem: { code: 'SCOPES_MISSING' },
        })
      })

      it('again replaces the credentials once the new ones were taken, and not before', async () => {
        const connector = await installed()
        expect(refusal(await install(connector, { ...KEYS, clientSecret: 'a-wrong-client-secret' }))).toEqual(
          [502, 'PLATFORM_REFUSED'],
        )
        expect((await get(connector)).installation).toEqual(connector.installation)
        expect((await deliver(connector)).status).toBe(200)
        later(HOUR_MS)
        const manual = await install(connector, { method: 'manual', webhookSecrets: [SECRET] })
        // what came since the first time may have been brought by webhooks
        const firstTime = { firstInstalledAt: Date.parse(NOW), installedAt: Date.parse(NOW) }
        expect(await rowOf(connector)).toMatchObject(firstTime)
        expect(manual.body.data).toMatchObject({
          status: 'live',
          installation: { method: 'manual', state: 'installed', scopes: [], subscriptions: [] },
        })
        expect((await deliver(connector)).status).toBe(401)
        expect((await deliver(connector, { secret: SECRET })).status).toBe(200)
      })

      it('leaves one paused that was paused by hand, and a draft that had secrets a draft', async () => {
        const paused = await create({ status: 'paused' })
        expect((await install(paused)).body.data.status).toBe('paused')
        const draft = await create({ status: 'draft', credentials: { webhookSecrets: [SECRET] } })
        expect((await install(draft)).body.data.status).toBe('draft')
      })

      it('by two at once leaves one installation whose keys are good', async () => {
        const connector = await create()
        const answers = await Promise.all([install(connector), install(connector)])
        expect(answers.map(({ status }) => status)).toEqual([200, 200])
        expect((await get(connector)).installation.state).toBe('installed')
        expect((await act(connector, 'check')).status).toBe(200)
      })

      it('is finished by upkeep where it was killed in the middle', async () => {
        const connector = await installed()
        // what a kill right after the platform took the keys leaves behind
        await api.store.commit([
          {
            op: 'update',
            collection: 'installation',
            id: connector.id,
            accountId: admin.accountId,
            set: {
              subscriptions: [],
              state: 'needs_attention',
              dueAt: Date.parse(NOW),
              leaseId: 'dead',
              leaseUntil: Date.parse(NOW) + 15_000,
            },
          },
        ])
        later(20_000)
        await api.installations.tend()
        expect((await get(connector)).installation).toMatchObject({
          state: 'installed',
          subscriptions: TOY_TOPICS.map((topic) => ({ topic, state: 'ok' })),
        })
      })
    })

    it('waits for no act of a process that was killed while its clock was ahead', async () => {
      const connector = await installed()
      const dead = { leaseId: 'dead', leaseUntil: Date.parse(NOW) + 24 * HOUR_MS }
      const { id } = connector
      const { accountId } = admin
      await api.store.commit([{ op: 'update', collection: 'installation', id, accountId, set: dead }])
      expect((await act(connector, 'check')).status).toBe(200)
    })

    describe('what an installation has set', () => {
      it('is not changed by a patch while it stands', async () => {
        const connector = await installed()
        const credentials = { webhookSecrets: [SECRET] }
        expect(refusal(await patch(connector, { credentials }))).toEqual([409, 'CONNECTOR_INSTALLED'])
        const settings = { shopDomain: 'other.myshopify.com', purchaseSpace: connector.id }
        expect(refusal(await patch(connector, { settings }))).toEqual([409, 'CONNECTOR_INSTALLED'])
        // what repeats it, and all else, is taken
        expect(
          (await patch(connector, { settings: { shopDomain: 'toy.myshopify.com' }, name: 'x' })).status,
        ).toBe(200)
        expect(refusal(await admin.delete(pathOf(connector)))).toEqual([409, 'CONNECTOR_INSTALLED'])
        await act(connector, 'uninstall')
        expect(refusal(await patch(connector, { credentials }))).toEqual([409, 'CONNECTOR_INSTALLED'])
        expect((await patch(connector, { settings })).status).toBe(200)
        expect((await admin.delete(pathOf(connector))).status).toBe(204)
        expect(await api.store.findByKeys('installation', ['id'], [[connector.id]])).toEqual([])
      })
    })

    describe('check', () => {
      it('is for what is installed', async () => {
        const connector = await create()
        expect(refusal(await act(connector, 'check'))).toEqual([409, 'NOT_INSTALLED'])
        expect(
          (await api.send(`${pathOf(await installed())}/check`, { method: 'POST', headers: admin.headers }))
            .status,
        ).toBe(200)
      })

      it('mends what was lost', async () => {
        const connector = await installed()
        platform.subscriptions.delete('refunds/create')
        later(HOUR_MS / 2)
        const { installation } = (await act(connector, 'check')).body.data
        expect(installation).toMatchObject({ state: 'installed', checkedAt: '2026-11-22T12:30:00.000Z' })
        expect(platform.subscriptions.get('refunds/create')).toBe(connector.webhookUrl)
      })

      it('that finds the keys refused says so for good, and nothing more is asked until it is checked again', async () => {
        const connector = await installed()
        platform.tokens.clear()
        platform.fault = ({ path }) => (path === '/token' ? { status: 400, body: 'invalid_grant' } : null)
        const answer = await act(connector, 'check')
        expect(refusal(answer)).toEqual([502, 'PLATFORM_REFUSED'])
        const shown = (await get(connector)).installation
        expect(shown).toMatchObject({
          state: 'needs_attention',
          problem: { code: 'TOKEN_REFUSED', since: NOW },
        })
        expect((await get(connector)).status).toBe('live')
        const row = await rowOf(connector)
        later(2 * HOUR_MS)
        await api.installations.tend()
        expect(await rowOf(connector)).toMatchObject({ checkedAt: row.checkedAt, problem: row.problem })
        const before = platform.seen.length
        const door = () =>
          api.installations.door.use(admin.accountId, connector.id, (hands, site, access) =>
            hands.isGone(site, access),
          )
        expect(await door()).toEqual({ outcome: 'closed', code: 'TOKEN_REFUSED' })
        expect(platform.seen.length).toBe(before)
        expect(refusal(await act(connector, 'check'))).toEqual([502, 'PLATFORM_REFUSED'])
        expect(platform.seen.length).toBeGreaterThan(before)
        // the moment stays as long as the problem does
        expect((await get(connector)).installation.problem.since).toBe(NOW)
        platform.fault = null
        const again = await install(connector)
        expect(again.body.data.installation).toMatchObject({ state: 'installed', problem: null })
        expect(await door()).toEqual({ outcome: 'ok', value: false })
      })

      it('finds out that webhooks of a topic are refused and none of it is accepted', async () => {
        const connector = await installed()
        const forged = { secret: 'somebody-elses-secret' }
        await deliver(connector, forged)
        await deliver(connector, { ...forged, topic: 'refunds/create' })
        await deliver(connector, { topic: 'refunds/create' })
        await until(async () => (await get(connector)).refusedCount === 2)
        const { installation, recentRefusals } = (await act(connector, 'check')).body.data
        expect(recentRefusals).toEqual(Array(2).fill({ at: NOW, reason: 'SIGNATURE_MISMATCH' }))
        expect(installation).toMatchObject({
          state: 'needs_attention',
          subscriptions: [
            { topic: 'orders/paid', state: 'failing' },
            { topic: 'refunds/create', state: 'ok' },
          ],
          problem: { code: 'SUBSCRIPTION_FAILING', message: expect.stringContaining('orders/paid') },
        })
        later(25 * HOUR_MS)
        expect((await act(connector, 'check')).body.data.installation).toMatchObject({
          state: 'installed',
          problem: null,
        })
      })

      it('says that webhooks have stopped for a time that is unusual for this shop', async () => {
        const connector = await installed()
        const at = (minutes: number) => later(minutes * 60_000)
        for (let each = 0; each < 20; each += 1) {
          at(each * 60)
          await deliver(connector, { id: 500_000 + each })
        }
        await api.close()
        const platformOrigins = { [TOY]: platform.origin }
        api = await startApi(
          { store: api.store, secretBox: api.deps.secretBox, connectors },
          { publicUrl: PUBLIC_URL, platformOrigins },
        )
        admin = api.as(admin)
        at(19 * 60 + 6 * 60)
        expect((await act(connector, 'check')).body.data.installation.problem).toBeNull()
        at(19 * 60 + 6 * 60 + 1)
        expect((await act(connector, 'check')).body.data.installation).toMatchObject({
          state: 'needs_attention',
          problem: { code: 'WEBHOOKS_SILENT', message: expect.stringContaining('2026-11-23T07:00') },
        })
        await deliver(connector, { id: 600_000 })
        await until(async () =>
          (await get(connector)).installation.lastWebhookAt.startsWith('2026-11-23T13:01'),
        )
        expect((await act(connector, 'check')).body.data.installation.problem).toBeNull()
      })

      it('of a platform that cannot be reached changes nothing', async () => {
        const connector = await installed()
        platform.fault = () => ({ status: 502, body: 'bad gateway' })
        later(HOUR_MS / 4)
        expect(refusal(await act(connector, 'check'))).toEqual([503, 'PLATFORM_UNAVAILABLE'])
        expect(await get(connector)).toEqual(connector)
      })
    })

    describe('uninstall', () => {
      it('removes what was made, then the keys, and a new install takes up where it stopped', async () => {
        const connector = await installed()
        platform.subscriptions.set('orders/edited', 'https://elsewhere.example.com/hook')
        const { status, body } = await act(connector, 'uninstall')
        expect(status).toBe(200)
        expect(body.data).toEqual({
          ...connector,
          status: 'paused',
          installation: { ...connector.installation, state: 'uninstalled', scopes: [], subscriptions: [] },
        })
        expect([...platform.subscriptions.keys()]).toEqual(['orders/edited'])
        expect(await rowOf(connector)).toMatchObject({ sealedAccess: null, renewAt: null })
        const before = platform.seen.length
        expect((await act(connector, 'uninstall')).body.data).toEqual(body.data)
        expect(platform.seen.length).toBe(before)
        later(HOUR_MS)
        expect((await install(connector)).body.data).toMatchObject({
          status: 'live',
          installation: { state: 'installed', reconciledAt: NOW },
        })
      })

      it('of what was never installed changes nothing', async () => {
        const connector = await create()
        expect(await act(connector, 'uninstall')).toMatchObject({ status: 200, body: { data: connector } })
      })

      it('with keys that are refused has nothing to remove', async () => {
        const connector = await installed()
        platform.tokens.clear()
        expect(await act(connector, 'uninstall')).toMatchObject({
          status: 200,
          body: { data: { installation: { state: 'uninstalled' } } },
        })
      })

      it('of a platform that cannot be reached removes nothing of ours', async () => {
        const connector = await installed()
        platform.fault = () => 'cut'
        expect(refusal(await act(connector, 'uninstall'))).toEqual([503, 'PLATFORM_UNAVAILABLE'])
        expect(await get(connector)).toEqual(connector)
        platform.fault = null
        expect((await act(connector, 'uninstall')).status).toBe(200)
      })

      it('is over with the next install: what was ignored before that nobody had paused', async () => {
        const connector = await installed()
        await act(connector, 'uninstall')
        later(HOUR_MS)
        await install(connector)
        const times = { firstInstalledAt: Date.parse(NOW), installedAt: Date.parse(NOW) + HOUR_MS }
        expect(await rowOf(connector)).toMatchObject(times)
      })

      it('leaves paused what was paused by hand, when it is installed again', async () => {
        const connector = await installed()
        await patch(connector, { status: 'paused' })
        await act(connector, 'uninstall')
        expect((await install(connector)).body.data.status).toBe('paused')
      })

      it('during a check waits for it, and is what stands in the end', async () => {
        const connector = await installed()
        const entered = Promise.withResolvers<void>()
        const goes = Promise.withResolvers<void>()
        platform.before = ({ path }) => {
          if (path !== '/me') return undefined
          entered.resolve()
          return goes.promise
        }
        const checked = act(connector, 'check')
        await entered.promise
        const gone = act(connector, 'uninstall')
        goes.resolve()
        expect([(await checked).status, (await gone).status]).toEqual([200, 200])
        expect((await get(connector)).installation).toMatchObject({ state: 'uninstalled', subscriptions: [] })
      })

      it('keeps the signing secrets for 90 days', async () => {
        const connector = await installed()
        await act(connector, 'uninstall')
        const days = (count: number) => later(count * 24 * HOUR_MS)
        days(89)
        await api.installations.tend()
        expect((await deliver(connector)).status).toBe(200)
        days(91)
        await api.installations.tend()
        expect((await deliver(connector)).body.error.details[0].message).toBe('SECRET_MISSING')
      })

      it('at the platform is believed when the platform refuses every key', async () => {
        const connector = await installed()
        const told = () => api.installations.installing.uninstalledByPlatform(admin.accountId, connector.id)
        expect(await told()).toBe('still_installed')
        // a token that merely ended is renewed
        platform.tokens.clear()
        expect(await told()).toBe('still_installed')
        platform.tokens.clear()
        platform.fault = ({ path }) => (path === '/token' ? { status: 401, body: 'gone' } : null)
        expect(await told()).toBe('gone')
        expect(await get(connector)).toMatchObject({
          status: 'paused',
          installation: { state: 'uninstalled', problem: { code: 'UNINSTALLED' } },
        })
        expect(await told()).toBe('gone')
      })
    })

    describe('the door', () => {
      const use = (connector: Body) =>
        api.installations.door.use(admin.accountId, connector.id, (hands, site, access) =>
          hands.mend(site, access),
        )

      it('is closed where nothing is installed', async () => {
        const closed = { outcome: 'closed', code: 'NOT_INSTALLED' }
        expect(await use(await create())).toEqual(closed)
        expect(await use(await create({ credentials: { webhookSecrets: [SECRET] } }))).toEqual(closed)
      })

      it('renews what is due, once for all who come at the same time, in every process', async () => {
        const connector = await installed()
        const other = await startApi(
          { store: api.store, secretBox: api.deps.secretBox, connectors },
          { publicUrl: PUBLIC_URL, platformOrigins: { [TOY]: platform.origin } },
        )
        try {
          later(HOUR_MS)
          other.clock.set(new Date(Date.parse(NOW) + HOUR_MS).toISOString())
          const before = platform.asked('/token').length
          const doors = [api, other, api, other].map(({ installations }) =>
            installations.door.use(admin.accountId, connector.id, (hands, site, access) =>
              hands.isGone(site, access),
            ),
          )
          expect(await Promise.all(doors)).toEqual(Array(4).fill({ outcome: 'ok', value: false }))
          expect(platform.asked('/token').length - before).toBe(1)
        } finally {
          await other.close()
        }
      })

      it('renews once what is refused before its time, and goes on with what it got', async () => {
        const connector = await installed()
        platform.tokens.clear()
        expect(await use(connector)).toMatchObject({ outcome: 'ok' })
        const before = platform.asked('/token').length
        expect(await use(connector)).toMatchObject({ outcome: 'ok' })
        expect(platform.asked('/token').length).toBe(before)
      })

      it('takes a platform that cannot renew at the moment for no refusal', async () => {
        const connector = await installed()
        later(HOUR_MS)
        platform.fault = ({ path }) => (path === '/token' ? 'cut' : null)
        expect(await use(connector)).toMatchObject({ outcome: 'ok' })
        platform.tokens.clear()
        expect(await use(connector)).toMatchObject({ outcome: 'unavailable' })
        expect((await get(connector)).installation.problem).toBeNull()
        platform.fault = null
        expect(await use(connector)).toMatchObject({ outcome: 'ok' })
      })
    })

    describe('upkeep', () => {
      it('looks hourly, and mends a webhook that was lost', async () => {
        const connector = await installed()
        platform.subscriptions.delete('orders/paid')
        later(HOUR_MS / 2)
        await api.installations.tend()
        expect(platform.subscriptions.has('orders/paid')).toBe(false)
        later(HOUR_MS + 1)
        await Promise.all([api.installations.tend(), api.installations.tend()])
        expect(platform.subscriptions.get('orders/paid')).toBe(connector.webhookUrl)
        expect((await get(connector)).installation.checkedAt).toBe('2026-11-22T13:00:00.001Z')
      })

      it('tells the merchant after an hour that the platform cannot be reached, and takes it back', async () => {
        const connector = await installed()
        platform.fault = () => 'cut'
        later(HOUR_MS + 1)
        await api.installations.tend()
        expect(await get(connector)).toEqual(connector)
        later(2.5 * HOUR_MS)
        await api.installations.tend()
        expect((await get(connector)).installation).toMatchObject({
          state: 'needs_attention',
          problem: { code: 'PLATFORM_UNAVAILABLE', message: expect.stringContaining('2026-11-22T13:00') },
        })
        platform.fault = null
        later(4 * HOUR_MS)
        await api.installations.tend()
        expect((await get(connector)).installation).toMatchObject({ state: 'installed', problem: null })
      })
    })

    describe('the times of webhooks', () => {
      const timesOf = async (connector: Body) => {
        const { firstWebhookAt, lastWebhookAt, pingedAt } = (await get(connector)).installation
        return [firstWebhookAt, lastWebhookAt, pingedAt]
      }

      it('are those of every one whose signature is right, whatever becomes of it, and stay over an uninstall', async () => {
        const connector = await installed()
        await deliver(connector, { secret: 'somebody-elses-secret' })
        expect(await timesOf(connector)).toEqual([null, null, null])
        await deliver(connector, { topic: 'carts/update' })
        expect(await timesOf(connector)).toEqual([NOW, NOW, null])
        await act(connector, 'uninstall')
        await install(connector)
        expect(await timesOf(connector)).toEqual([NOW, NOW, null])
      })

      it('are kept of a connector of before there were installations too', async () => {
        const connector = await create({ credentials: { webhookSecrets: [SECRET] } })
        await api.store.commit([
          { op: 'delete', collection: 'installation', id: connector.id, accountId: admin.accountId },
        ])
        await deliver(connector, { secret: SECRET })
        expect(await timesOf(connector)).toEqual([NOW, NOW, null])
        expect((await get(connector)).installation).toMatchObject({ method: 'manual', state: 'installed' })
      })

      it('tell a ping apart from webhooks', async () => {
        const connector = await create()
        const ping = (body: string) =>
          api.send(connector.webhookPath, {
            method: 'POST',
            headers: { 'content-type': 'application/x-www-form-urlencoded' },
            body,
          })
        expect((await ping('webhook_id=7')).status).toBe(200)
        expect(await timesOf(connector)).toEqual([null, null, NOW])
        expect((await ping('webhook_id=7&more=1')).status).toBe(401)
        expect(
          (
            await admin.list('delivery', {
              filters: [{ fieldSlug: 'connectorId', operator: 'EQUALS', value: connector.id }],
            })
          ).body.data ?? [],
        ).toEqual([])
      })
    })

    describe('an app with one address for all shops', () => {
      const SHARED = '/webhooks/toy'
      it('has each connector of the shop that it signed for get the webhook, of any account', async () => {
        const shop = `shop-${admin.accountId.slice(-6)}.myshopify.com`
        const other = await api.account('another merchant')
        const made = { name: 'toy', platform: TOY, settings: { shopDomain: shop } }
        const [first, second, third] = [
          await admin.create('connector', { ...made, credentials: { webhookSecrets: [SECRET] } }),
          await other.create('connector', { ...made, credentials: { webhookSecrets: [SECRET] } }),
          await other.create('connector', { ...made, credentials: { webhookSecrets: [`${SECRET}-2`] } }),
        ]
        const sent = (options: object) =>
          deliver(first, { path: SHARED, secret: SECRET, shop: shop.toUpperCase(), ...options })
        const answer = await sent({})
        expect(answer.status).toBe(200)
        const [delivery] = await api.store.findByKeys('delivery', ['id'], [[answer.body.data.deliveryId]])
        expect(delivery!.connectorId).toBe(first.id)
        const deliveries = await Promise.all(
          [first, second, third].map(({ id }) =>
            api.store.find('delivery', { where: { field: 'connectorId', op: 'eq', value: id }, limit: 9 }),
          ),
        )
        expect(deliveries.map(({ length }) => length)).toEqual([1, 1, 0])
        const refused = [
          await sent({ secret: 'nobody-has-this-secret' }),
          await sent({ shop: 'unknown.myshopify.com' }),
          await api.send(SHARED, { method: 'POST', body: '{}' }),
        ]
        const seen = refused.map(({ status, body: { error } }) => [status, { ...error, requestId: '' }])
        expect(seen[0]).toEqual([401, expect.objectContaining({ code: 'SIGNATURE_INVALID' })])
        expect(seen[1]).toEqual(seen[0])
        expect(seen[2]).toEqual(seen[0])
      })

      it('is nothing for platforms that name no shop', async () => {
        expect((await api.send('/webhooks/stripe', { method: 'POST', body: '{}' })).status).toBe(404)
        expect((await api.send('/webhooks/nothing', { method: 'POST', body: '{}' })).status).toBe(404)
      })
    })

    describe('a consent', () => {
      const begin = async (connector: Body) => {
        const { status, body } = await install(connector, { ...KEYS, method: 'oauth' })
        expect(status).toBe(200)
        const url = new URL(body.authorizeUrl)
        return { body, url, state: url.searchParams.get('state')! }
      }
      const comeBack = (state: string, given: object = {}, method = 'GET') => {
        const query = new URLSearchParams({
          state,
          code: 'good-code',
          hmac: TOY_KEYS.clientSecret,
          shop: 'toy.myshopify.com',
          timestamp: String(Math.floor(api.clock.now() / 1000)),
          ...given,
        })
        return api.send(`/connect/toy/callback?${query}`, { method, redirect: 'manual' })
      }

      it('is asked for at the platform, then installs and goes on to the console', async () => {
        const connector = await create()
        const before = platform.seen.length
        const { body, url, state } = await begin(connector)
        expect(platform.seen.length).toBe(before)
        expect(url.origin).toBe(platform.origin)
        expect(url.searchParams.get('shop')).toBe('toy.myshopify.com')
        expect(url.searchParams.get('redirect_uri')).toBe(`${PUBLIC_URL}/connect/toy/callback`)
        expect(body.data.installation).toEqual({ ...BLANK, method: 'oauth', state: 'pending' })
        expect((await get(connector)).authorizeUrl).toBeUndefined()
        expect(refusal(await act(connector, 'check'))).toEqual([409, 'NOT_INSTALLED'])
        const answer = await comeBack(state)
        expect([answer.status, answer.headers.get('location')]).toEqual([
          302,
          `${PUBLIC_URL}/console/connectors/${connector.id}`,
        ])
        expect(await get(connector)).toMatchObject({
          status: 'live',
          installation: { method: 'oauth', state: 'installed' },
        })
        const asked = platform.seen.length
        expect((await comeBack(state)).status).toBe(410)
        expect(platform.seen.length).toBe(asked)
      })

      it.each([
        ['a forged signature', { hmac: 'x' }, 400],
        ['an old time', { timestamp: String(Date.parse(NOW) / 1000 - 301) }, 400],
        ['another shop', { shop: 'other.myshopify.com' }, 400],
        ['a state that nobody gave out', { state: 'nothing' }, 400],
      ])('with %s is a page in words, and changes nothing', async (_name, given, status) => {
        const connector = await create()
        const { state } = await begin(connector)
        const [before, asked] = [await get(connector), platform.seen.length]
        const answer = await comeBack(state, given)
        expect([answer.status, answer.headers.get('content-type')]).toEqual([
          status,
          'text/html; charset=utf-8',
        ])
        expect(answer.text).not.toContain('<b>')
        expect(await get(connector)).toEqual(before)
        expect(platform.seen.length).toBe(asked)
        // and the right answer is still good
        expect((await comeBack(state)).status).toBe(302)
      })

      it('is not spent by whoever only looks at its address, as previews of links do', async () => {
        const connector = await create()
        const { state } = await begin(connector)
        const [before, asked] = [await get(connector), platform.seen.length]
        for (const method of ['HEAD', 'POST']) {
          const answer = await comeBack(state, {}, method)
          expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET'])
        }
        expect(await get(connector)).toEqual(before)
        expect(platform.seen.length).toBe(asked)
        expect((await comeBack(state)).status).toBe(302)
      })

      it('is good for 15 minutes, and only the last one is', async () => {
        const connector = await create()
        const first = await begin(connector)
        const second = await begin(connector)
        expect((await comeBack(first.state)).status).toBe(410)
        later(15 * 60_000)
        expect((await comeBack(second.state)).status).toBe(410)
        expect((await get(connector)).installation.state).toBe('pending')
      })

      it('that the merchant denies is a problem, and can be given later', async () => {
        const connector = await create()
        const { state } = await begin(connector)
        expect((await comeBack(state, { error: 'access_denied' })).status).toBe(400)
        expect((await get(connector)).installation).toMatchObject({
          state: 'pending',
          problem: { code: 'CONSENT_DENIED' },
        })
        expect((await comeBack(state)).status).toBe(302)
        expect((await get(connector)).installation).toMatchObject({ state: 'installed', problem: null })
      })

      it('leaves an installed connector as it is until it is given', async () => {
        const connector = await installed()
        const { body } = await begin(connector)
        expect(body.data).toEqual(connector)
      })

      it('by two at once asks the platform for one token', async () => {
        const connector = await create()
        const { state } = await begin(connector)
        const before = platform.asked('/token').length
        const answers = await Promise.all([comeBack(state), comeBack(state)])
        expect(answers.map(({ status }) => status).sort()).toEqual([302, 410])
        expect(platform.asked('/token').length - before).toBe(1)
      })

      it('with a code that the platform does not take says so in its words', async () => {
        const connector = await create()
        const { state } = await begin(connector)
        const answer = await comeBack(state, { code: 'bad-code' })
        expect([answer.status, answer.headers.get('content-type')]).toEqual([502, 'text/html; charset=utf-8'])
        expect(answer.text).toContain('bad code')
        expect((await get(connector)).installation.state).toBe('pending')
      })
    })
  })
}

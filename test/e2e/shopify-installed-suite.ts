import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type ShopifyDouble, startShopifyDouble } from '../../src/doubles/shopify/index.ts'
import type { Body } from '../helpers/api.ts'
import { type AppAtDouble, runAtDouble } from '../helpers/app-at-double.ts'
import { tell } from '../helpers/doubles.ts'
import type { RunningApp } from '../helpers/running-app.ts'
import { shopifyRequest } from '../helpers/signed.ts'
import { until } from '../helpers/until.ts'

const SHOP = 'demo-shop.myshopify.com'
const TOPICS = [
  'orders/paid',
  'orders/cancelled',
  'orders/updated',
  'refunds/create',
  'app/uninstalled',
  'app/scopes_update',
]
const WAIT_MS = 120_000

/** Of the whole program on a store; without an address on SQLite. */
export function describeShopifyInstalled(name: string, mongoUri: () => string | undefined): void {
  describe(name, () => {
    let place: AppAtDouble<ShopifyDouble>
    let double: ShopifyDouble
    let app: RunningApp
    let streak: Body

    beforeAll(async () => {
      place = await runAtDouble('shopify', startShopifyDouble, mongoUri())
      ;({ app, double, streak } = place)
    })
    afterAll(() => place.stop())

    const record = (id: string) => app.call<Body>('GET', `/schema/connector/record/${id}`)
    const act = (id: string, name: string, body: object = {}) =>
      app.call<Body>('POST', `/schema/connector/record/${id}/${name}`, body)
    const logs = () => app.call<Body[]>('GET', '/schema/streak_log/record?limit=1000')
    const logOf = async (order: Body) => (await logs()).find((log) => log.uniqueIdentifier === order.id)
    const buy = (customer: string, given: object = {}) =>
      tell<{ id: string; lines: string[] }>(double, 'POST /orders', {
        customer: { id: customer, email: `c${customer}@example.com` },
        ...given,
      })
    const deliveriesOf = (orderId: string) => {
      const filters = encodeURIComponent(
        JSON.stringify({ fieldSlug: 'orderId', operator: 'EQUALS', value: orderId }),
      )
      return app.call<Body[]>('GET', `/schema/delivery/record?filters=${filters}`)
    }
    async function backfilled(id: string, body: object): Promise<Body> {
      const begun = await act(id, 'backfill', body)
      const read = () => app.call<Body>('GET', `/schema/backfill/record/${begun.id}`)
      await until(async () => (await read()).state !== 'running', WAIT_MS)
      return read()
    }
    const keys = () => {
      const [first] = double.world().apps
      return { clientId: first!.id, clientSecret: first!.secrets[0]! }
    }
    const draft = (name: string) =>
      app.call<Body>('POST', '/schema/connector/record', {
        name,
        platform: 'shopify',
        settings: { shopDomain: SHOP },
        rules: [{ streakId: streak.id }],
      })

    // one story: each part goes on where the one before ended
    describe('a connector installed at Shopify by client credentials', () => {
      let connector: Body
      const reload = () => record(connector.id)

      it('is a draft until the shop took the keys, and then live with all its subscriptions', async () => {
        connector = await draft('by client credentials')
        expect(connector).toMatchObject({ status: 'draft', installation: { state: 'none', method: null } })
        const installed = await act(connector.id, 'install', { method: 'client_credentials', ...keys() })
        expect(installed).toMatchObject({
          status: 'live',
          installation: {
            method: 'client_credentials',
            state: 'installed',
            problem: null,
            firstWebhookAt: null,
          },
        })
        const { subscriptions } = installed.installation
        expect(subscriptions.map(({ topic }: Body) => topic).sort()).toEqual([...TOPICS].sort())
        expect(subscriptions.every(({ state }: Body) => state === 'ok')).toBe(true)
        expect(JSON.stringify(installed)).not.toContain(keys().clientSecret)
      })

      it('counts what the shop tells, and takes it back when the money goes back', async () => {
        const order = await buy('1')
        await until(async () => (await logOf(order)) !== undefined, WAIT_MS)
        expect((await reload()).installation.firstWebhookAt).not.toBeNull()
        await tell(double, `POST /orders/${order.id}/refund`, { lines: [{ line: 0, quantity: 1 }] })
        await until(
          async () => (await logOf(order))!.withdrawnQuantity === (await logOf(order))!.quantity,
          WAIT_MS,
        )
      })

      it('mends a subscription that was lost', async () => {
        const { subscriptions } = await tell<{ subscriptions: Body[] }>(double, 'GET /subscriptions')
        const lost = subscriptions.find(({ topic }) => topic === 'ORDERS_PAID')!
        await tell(double, `DELETE /subscriptions/${encodeURIComponent(lost.id)}`)
        const checked = await act(connector.id, 'check')
        expect(checked.installation).toMatchObject({ state: 'installed', problem: null })
        const after = await tell<{ subscriptions: Body[] }>(double, 'GET /subscriptions')
        expect(after.subscriptions.map(({ topic }) => topic)).toContain('ORDERS_PAID')
        const order = await buy('2')
        await until(async () => (await logOf(order)) !== undefined, WAIT_MS)
      })

      it('changes nothing by reading back what webhooks brought', async () => {
        const before = await logs()
        const read = await backfilled(connector.id, {
          since: new Date(Date.now() - 86_400_000).toISOString(),
        })
        expect(read).toMatchObject({
          state: 'done',
          found: 2,
          counted: 0,
          duplicates: 2,
          failed: 0,
          problem: null,
        })
        expect(await logs()).toEqual(before)
      })

      it('goes on reading when its token ends in the middle', async () => {
        const from = new Date(Date.now() - 20 * 86_400_000).toISOString()
        await tell(double, 'POST /orders/many', {
          count: 120,
          from,
          everySeconds: 60,
          order: { customer: { id: '77', email: 'many@example.com' } },
        })
        // the first page of them is read, then the platform is busy until the token has ended
        const busy = { kind: 'error', status: 503, headers: { 'retry-after': '1' } }
        await tell(double, 'POST /faults', { ...busy, after: 1, times: 10_000, contains: 'orders(' })
        const begun = await act(connector.id, 'backfill', {
          since: new Date(Date.parse(from) - 3_600_000).toISOString(),
        })
        const asked = async () => (await tell<{ requests: Body[] }>(double, 'GET /requests')).requests
        await until(async () => (await asked()).some(({ fault }) => fault === 'error'), WAIT_MS)
        const before = (await asked()).length
        await tell(double, 'POST /tokens/expire', {})
        await tell(double, 'DELETE /faults')
        const read = () => app.call<Body>('GET', `/schema/backfill/record/${begun.id}`)
        await until(async () => (await read()).state !== 'running')
        const after = (await asked()).slice(before).filter(({ host }) => host === SHOP)
        expect(after.map(({ status }) => status)).toContain(401)
        expect(after.filter(({ path }) => path.endsWith('/oauth/access_token'))).toHaveLength(1)
        expect(await read()).toMatchObject({ state: 'done', found: 122, counted: 120, duplicates: 2 })
        expect((await logs()).length).toBe(122)
        expect((await reload()).installation).toMatchObject({ state: 'installed', problem: null })
      })

      it('ignores what went back before anybody told of it, and says why', async () => {
        await tell(double, 'POST /deliveries/mode', { mode: 'drop' })
        const refunded = await buy('8')
        await tell(double, `POST /orders/${refunded.id}/refund`, { lines: [{ line: 0, quantity: 1 }] })
        const cancelled = await buy('9')
        await tell(double, `POST /orders/${cancelled.id}/cancel`, {})
        await tell(double, 'POST /deliveries/mode', { mode: 'send' })
        const since = new Date(Date.now() - 3_600_000).toISOString()
        const verdict = { state: 'done', found: 4, counted: 0, duplicates: 2, ignored: 2 }
        expect(await backfilled(connector.id, { since })).toMatchObject(verdict)
        const outcome = { topic: 'backfill', outcome: 'ignored' }
        expect(await deliveriesOf(refunded.id)).toMatchObject([{ ...outcome, reason: 'NOT_PAID' }])
        expect(await deliveriesOf(cancelled.id)).toMatchObject([{ ...outcome, reason: 'CANCELLED' }])
        // what is known is not told again
        expect(await backfilled(connector.id, { since })).toMatchObject(verdict)
        expect(await deliveriesOf(refunded.id)).toHaveLength(1)
      })

      it('says by itself that scopes were revoked', async () => {
        await tell(double, 'POST /scopes', { scopes: ['read_customers'] })
        const checked = await act(connector.id, 'check')
        expect(checked.installation).toMatchObject({
          state: 'needs_attention',
          problem: { code: 'SCOPES_MISSING' },
        })
        expect(checked.installation.missingScopes).toContain('read_orders')
        expect(checked.status).toBe('live')
        await tell(double, 'POST /scopes', { scopes: ['read_orders', 'read_customers', 'write_discounts'] })
        await until(async () => (await reload()).installation.state === 'installed', WAIT_MS)
      })

      it('is found by the shop that a webhook names, where one address serves all shops', async () => {
        const { id, secrets } = double.world().apps[0]!
        const order = await buy('3', { tell: false })
        const body = await tell<object>(double, `GET /orders/${order.id}`)
        const request = shopifyRequest({
          body: JSON.stringify(body),
          secret: secrets[0]!,
          headers: { 'x-shopify-shop-domain': SHOP.toUpperCase() },
        })
        expect(await app.deliver('/webhooks/shopify', request)).toBe(200)
        await until(async () => (await logOf(order)) !== undefined, WAIT_MS)
        const forged = shopifyRequest({ body: JSON.stringify(body), secret: `${id}-not-the-secret` })
        expect(await app.deliver('/webhooks/shopify', forged)).toBe(401)
      })

      it('refuses the order of another shop that shares the secret', async () => {
        const order = await buy('4', { tell: false })
        const body = await tell<Body>(double, `GET /orders/${order.id}`)
        const number = double.world().shops[0]!.number
        expect(body.order_status_url).toContain(`/${number}/orders/`)
        const other = { ...body, order_status_url: String(body.order_status_url).replace(number, '999') }
        const request = shopifyRequest({
          body: JSON.stringify(other),
          secret: keys().clientSecret,
          headers: { 'x-shopify-shop-domain': SHOP },
        })
        expect(await app.deliver('/webhooks/shopify', request)).toBe(200)
        await until(async () => (await deliveriesOf(order.id)).length > 0, WAIT_MS)
        expect((await deliveriesOf(order.id))[0]).toMatchObject({
          outcome: 'ignored',
          reason: 'SHOP_MISMATCH',
        })
      })

      it('answers a request for data with everything that is kept', async () => {
        await tell(double, 'POST /apps', {
          id: keys().clientId,
          webhooks: [
            {
              topics: ['CUSTOMERS_DATA_REQUEST', 'CUSTOMERS_REDACT', 'SHOP_REDACT'],
              uri: `${app.baseUrl}/webhooks/shopify`,
            },
          ],
        })
        await tell(double, 'POST /compliance', {
          topic: 'CUSTOMERS_DATA_REQUEST',
          id: '2',
          email: 'c2@example.com',
        })
        const requests = () => app.call<Body[]>('GET', '/schema/privacy_request/record')
        await until(async () => (await requests()).length === 1, WAIT_MS)
        const [request] = await requests()
        expect(request).toMatchObject({ kind: 'data_request', connectorId: connector.id, state: 'open' })
        const exported = await app.call<Body>('GET', `/schema/privacy_request/record/${request!.id}/export`)
        expect(exported.members).toHaveLength(1)
        expect(exported.members[0].streakLogs).toHaveLength(1)
        expect((await requests())[0]!.state).toBe('done')
        await tell(double, 'POST /compliance', {
          topic: 'CUSTOMERS_REDACT',
          id: '2',
          email: 'c2@example.com',
        })
        await until(
          async () =>
            (await requests()).some(({ kind, state }) => kind === 'customer_redact' && state === 'done'),
          WAIT_MS,
        )
        await tell(double, 'POST /compliance', { topic: 'SHOP_REDACT' })
        await until(
          async () =>
            (await requests()).some(({ kind, state }) => kind === 'shop_redact' && state === 'not_ours'),
          WAIT_MS,
        )
      })

      it('keeps the connector, paused, when it is uninstalled here, and takes up where it stopped', async () => {
        const gone = await act(connector.id, 'uninstall')
        expect(gone).toMatchObject({
          status: 'paused',
          installation: { state: 'uninstalled', method: 'client_credentials', subscriptions: [], scopes: [] },
        })
        expect((await tell<{ subscriptions: Body[] }>(double, 'GET /subscriptions')).subscriptions).toEqual(
          [],
        )
        const meanwhile = await buy('5')
        const again = await act(connector.id, 'install', { method: 'client_credentials', ...keys() })
        expect(again).toMatchObject({
          id: connector.id,
          status: 'live',
          installation: { state: 'installed' },
        })
        await until(async () => (await logOf(meanwhile)) !== undefined, WAIT_MS)
        await until(async () => (await reload()).installation.missed >= 1, WAIT_MS)
      })

      it('learns that the shop threw the app out, and does not believe it once it is back', async () => {
        await tell(double, 'POST /uninstall', {})
        await until(async () => (await reload()).installation.state === 'uninstalled', WAIT_MS)
        expect(await reload()).toMatchObject({
          status: 'paused',
          installation: { problem: { code: 'UNINSTALLED' } },
        })
        const meanwhile = await buy('6')
        await tell(double, 'POST /install', {})
        const again = await act(connector.id, 'install', { method: 'client_credentials', ...keys() })
        expect(again).toMatchObject({ status: 'live', installation: { state: 'installed', problem: null } })
        await until(async () => (await logOf(meanwhile)) !== undefined, WAIT_MS)

        const shop = double.world().shops[0]!
        const late = shopifyRequest({
          body: JSON.stringify({
            ...{ id: Number(shop.number), name: shop.name, domain: SHOP },
            ...{ myshopify_domain: null, plan_name: 'basic' },
          }),
          secret: keys().clientSecret,
          headers: { 'x-shopify-topic': 'app/uninstalled', 'x-shopify-shop-domain': SHOP },
        })
        expect(await app.deliver(connector.webhookPath, late)).toBe(200)
        const told = async () =>
          (await app.call<Body[]>('GET', '/schema/delivery/record?limit=100')).filter(
            ({ topic }) => topic === 'app/uninstalled',
          )
        await until(async () => (await told()).some(({ reason }) => reason === 'STILL_INSTALLED'), WAIT_MS)
        expect(await reload()).toMatchObject({ status: 'live', installation: { state: 'installed' } })
      })
    })
  })
}

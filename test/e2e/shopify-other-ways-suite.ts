import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type ShopifyDouble, startShopifyDouble } from '../../src/doubles/shopify/index.ts'
import type { Body } from '../helpers/api.ts'
import { type AppAtDouble, runAtDouble } from '../helpers/app-at-double.ts'
import { tell } from '../helpers/doubles.ts'
import type { RunningApp } from '../helpers/running-app.ts'
import { until } from '../helpers/until.ts'

const SHOP = 'demo-shop.myshopify.com'
const WAIT_MS = 120_000

/** Of the whole program on a store; without an address on SQLite. */
export function describeShopifyOtherWays(name: string, mongoUri: () => string | undefined): void {
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
    async function counts(customer: string): Promise<void> {
      const before = (await logs()).length
      await tell(double, 'POST /orders', { customer: { id: customer, email: `c${customer}@example.com` } })
      await until(async () => (await logs()).length === before + 1, WAIT_MS)
    }

    /** Presses a button on Shopify's page; gives where the browser is sent to then. */
    async function answered(authorizeUrl: string, decision: 'install' | 'cancel'): Promise<string> {
      const url = new URL(authorizeUrl)
      expect(url.origin).toBe(double.origin)
      expect((await fetch(url)).status).toBe(200)
      const body = new URLSearchParams([...url.searchParams, ['decision', decision]])
      const pressed = await fetch(url, { method: 'POST', body, redirect: 'manual' })
      return pressed.headers.get('location') ?? ''
    }

    /** The browser follows the platform back to us. */
    async function comesBack(location: string) {
      const response = await fetch(location, { redirect: 'manual' })
      return { status: response.status, to: response.headers.get('location'), text: await response.text() }
    }

    async function begin(id: string): Promise<string> {
      const response = await fetch(`${app.baseUrl}/schema/connector/record/${id}/install`, {
        method: 'POST',
        headers: { ...app.headers, 'content-type': 'application/json' },
        body: JSON.stringify({ method: 'oauth', ...keys() }),
      })
      expect(response.status).toBe(200)
      return ((await response.json()) as Body).authorizeUrl
    }

    // one story: each part goes on where the one before ended
    describe('a connector installed at Shopify by consent', () => {
      let connector: Body
      let used: string

      it('waits for the merchant, and says so when they did not agree', async () => {
        connector = await draft('by consent')
        const authorizeUrl = await begin(connector.id)
        expect(await record(connector.id)).toMatchObject({
          status: 'draft',
          installation: { state: 'pending', method: 'oauth' },
        })
        const refused = await comesBack(await answered(authorizeUrl, 'cancel'))
        expect(refused.status).toBe(400)
        expect((await record(connector.id)).installation.problem).toMatchObject({ code: 'CONSENT_DENIED' })
      })

      it('is installed once the merchant agreed, with a token that is renewed', async () => {
        used = await answered(await begin(connector.id), 'install')
        expect(await comesBack(used)).toMatchObject({
          status: 302,
          to: expect.stringContaining(`/console`),
        })
        expect(await record(connector.id)).toMatchObject({
          status: 'live',
          installation: { state: 'installed', method: 'oauth', problem: null },
        })
        await counts('11')
        await tell(double, 'POST /tokens/expire', {})
        expect((await act(connector.id, 'check')).installation).toMatchObject({
          state: 'installed',
          problem: null,
        })
      })

      it('exchanges nothing for an address that comes a second time, or was tampered with', async () => {
        const asked = async () =>
          (await tell<{ requests: Body[] }>(double, 'GET /requests')).requests.filter(({ path }) =>
            String(path).endsWith('/access_token'),
          ).length
        const before = await asked()
        expect((await comesBack(used)).status).toBe(410)
        expect((await comesBack(used.replace('timestamp=', 'timestamp=1'))).status).toBe(400)
        expect(await asked()).toBe(before)
        expect((await record(connector.id)).installation.state).toBe('installed')
      })

      it('says that the merchant has to agree again when the refresh token ended, and takes up where it stopped', async () => {
        await tell(double, 'POST /tokens/expire', { refresh: true })
        await expect(act(connector.id, 'check')).rejects.toThrow(/502 .*PLATFORM_REFUSED/)
        expect((await record(connector.id)).installation.problem).toMatchObject({ code: 'TOKEN_REFUSED' })
        expect((await comesBack(await answered(await begin(connector.id), 'install'))).status).toBe(302)
        expect(await record(connector.id)).toMatchObject({
          status: 'live',
          installation: { state: 'installed', problem: null },
        })
        await act(connector.id, 'uninstall')
      })

      it('goes on with a token that works, where Shopify gave none to renew it with', async () => {
        const location = await answered(await begin(connector.id), 'install')
        const { accessToken } = await tell<{ accessToken: string }>(double, 'POST /tokens', {})
        await tell(double, 'POST /faults', {
          kind: 'error',
          status: 200,
          path: '/admin/oauth/access_token',
          body: { access_token: accessToken },
        })
        expect((await comesBack(location)).status).toBe(302)
        const { installation } = await record(connector.id)
        expect(installation).toMatchObject({ state: 'needs_attention', problem: { code: 'TOKEN_REFUSED' } })
        const begun = await act(connector.id, 'backfill', {
          since: new Date(Date.now() - 3_600_000).toISOString(),
        })
        const read = () => app.call<Body>('GET', `/schema/backfill/record/${begun.id}`)
        await until(async () => (await read()).state !== 'running', WAIT_MS)
        expect(await read()).toMatchObject({ state: 'done', found: 1, duplicates: 1, problem: null })
        await act(connector.id, 'uninstall')
        expect((await tell<{ subscriptions: Body[] }>(double, 'GET /subscriptions')).subscriptions).toEqual(
          [],
        )
      })
    })

    describe('a connector installed at Shopify by an admin token', () => {
      it('counts, is thrown out, and is installed again', async () => {
        const connector = await draft('by admin token')
        const { accessToken } = await tell<{ accessToken: string }>(double, 'POST /tokens', {})
        const given = { method: 'admin_token', accessToken, clientSecret: keys().clientSecret }
        const installed = await act(connector.id, 'install', given)
        expect(installed).toMatchObject({
          status: 'live',
          installation: { state: 'installed', method: 'admin_token' },
        })
        expect(JSON.stringify(installed)).not.toContain(accessToken)
        await counts('21')
        await tell(double, 'POST /uninstall', {})
        await until(async () => (await record(connector.id)).installation.state === 'uninstalled', WAIT_MS)
        await tell(double, 'POST /install', {})
        await expect(act(connector.id, 'install', given)).rejects.toThrow(/502 .*PLATFORM_REFUSED/)
        expect((await record(connector.id)).installation.state).toBe('uninstalled')
        const { accessToken: anew } = await tell<{ accessToken: string }>(double, 'POST /tokens', {})
        expect(await act(connector.id, 'install', { ...given, accessToken: anew })).toMatchObject({
          status: 'live',
          installation: { state: 'installed', problem: null },
        })
        await counts('22')
      })
    })

    describe('a connector that Shopify does not tell of everything', () => {
      it('is what an order that nobody has heard of is explained by', async () => {
        const connector = await draft('half subscribed')
        const fault = { kind: 'error', status: 200, times: 1_000, contains: 'webhookSubscriptionCreate' }
        const errors = [{ message: 'Internal error', extensions: { code: 'INTERNAL_SERVER_ERROR' } }]
        await tell(double, 'POST /faults', { ...fault, body: { errors } })
        const installed = await act(connector.id, 'install', { method: 'client_credentials', ...keys() })
        await tell(double, 'DELETE /faults')
        const missing = installed.installation.subscriptions.filter(({ state }: Body) => state === 'missing')
        expect(missing).not.toEqual([])
        const said = async () =>
          (await app.call<Body>('GET', `/schema/delivery/explain?orderId=404&connectorId=${connector.id}`))
            .message
        expect(await said()).toContain(
          `The platform has no subscription of “half subscribed” to ${missing[0].topic}`,
        )
        await act(connector.id, 'check')
        expect(await said()).not.toContain('no subscription')
        await act(connector.id, 'uninstall')
      })
    })

    describe('a connector whose secret was rotated', () => {
      it('says that the secret is no longer taken, and goes on with the new one', async () => {
        const connector = await draft('rotated')
        await act(connector.id, 'install', { method: 'client_credentials', ...keys() })
        await tell(double, 'POST /secrets/rotate', {})
        await tell(double, 'POST /secrets/revoke', {})
        await tell(double, 'POST /tokens/expire', {})
        await expect(act(connector.id, 'check')).rejects.toThrow(/502 .*PLATFORM_REFUSED/)
        expect((await record(connector.id)).installation).toMatchObject({
          state: 'needs_attention',
          problem: { code: 'TOKEN_REFUSED' },
        })
        const again = await act(connector.id, 'install', { method: 'client_credentials', ...keys() })
        expect(again.installation).toMatchObject({ state: 'installed', problem: null })
        await act(connector.id, 'uninstall')
      })
    })
  })
}

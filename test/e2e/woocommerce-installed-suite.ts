import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { startWooDouble, type WooDouble } from '../../src/doubles/woocommerce/index.ts'
import type { Body } from '../helpers/api.ts'
import { type AppAtDouble, runAtDouble } from '../helpers/app-at-double.ts'
import { bodiesOnPage } from '../helpers/body-on-page.ts'
import { tell } from '../helpers/doubles.ts'
import type { RunningApp } from '../helpers/running-app.ts'
import { until } from '../helpers/until.ts'

/** docs/connect-woocommerce.md, followed step by step. */
const PAGE = readFileSync(new URL('../../docs/connect-woocommerce.md', import.meta.url), 'utf8')
const bodyOnPage = bodiesOnPage(PAGE)

const TOPICS = ['order.created', 'order.deleted', 'order.restored', 'order.updated']
const WAIT_MS = 120_000

/** Of the whole program on a store; without an address on SQLite. */
export function describeWooInstalled(name: string, mongoUri: () => string | undefined): void {
  describe(name, () => {
    let place: AppAtDouble<WooDouble>
    let double: WooDouble
    let app: RunningApp
    let connector: Body

    beforeAll(async () => {
      place = await runAtDouble('woocommerce', startWooDouble, mongoUri())
      ;({ app, double } = place)
      const filledIn = { '<streak>': place.streak.id, 'https://shop.example': double.site().url }
      connector = await app.call('POST', '/schema/connector/record', bodyOnPage('create', filledIn))
    })
    afterAll(() => place.stop())

    const reload = () => app.call<Body>('GET', `/schema/connector/record/${connector.id}`)
    const act = (name: string, body: object = {}) =>
      app.call<Body>('POST', `/schema/connector/record/${connector.id}/${name}`, body)
    const logs = () => app.call<Body[]>('GET', '/schema/streak_log/record?limit=1000')
    const logOf = async (id: number) =>
      (await logs()).find(({ uniqueIdentifier }) => uniqueIdentifier === String(id))
    const buy = (customerId: number, given: object = {}) =>
      tell<{ id: number }>(double, 'POST /orders', { customerId, ...given })
    const webhooks = async () => (await tell<{ webhooks: Body[] }>(double, 'GET /webhooks')).webhooks
    const keysOf = () => {
      const [key] = double.keys()
      const body = bodyOnPage('install', { 'ck_…': key!.id, 'cs_…': key!.secret })
      return { ...body, consumerSecret: key!.secret }
    }

    // one story: each part goes on where the one before ended
    describe('a connector installed at WooCommerce', () => {
      it('is a draft until the shop took the keys, and then live with all its webhooks', async () => {
        expect(connector).toMatchObject({ status: 'draft', installation: { state: 'none', pingedAt: null } })
        const installed = await act('install', keysOf())
        expect(installed).toMatchObject({
          status: 'live',
          installation: { method: 'rest_keys', state: 'installed', problem: null },
        })
        const { subscriptions } = installed.installation
        expect(subscriptions.map(({ topic }: Body) => topic).sort()).toEqual(TOPICS)
        expect(subscriptions.every(({ state }: Body) => state === 'ok')).toBe(true)
        expect(JSON.stringify(installed)).not.toContain(keysOf().consumerSecret)
        expect((await webhooks()).every(({ deliveryUrl }) => deliveryUrl === installed.webhookUrl)).toBe(true)
        await until(async () => (await reload()).installation.pingedAt !== null, WAIT_MS)
      })

      it('counts what the shop tells, and takes it back when the money goes back', async () => {
        const { id } = await buy(7)
        await until(async () => (await logOf(id)) !== undefined, WAIT_MS)
        expect((await reload()).installation.firstWebhookAt).not.toBeNull()
        await tell(double, `POST /orders/${id}/refund`, { amount: '20.00' })
        await until(async () => (await logOf(id))!.withdrawnQuantity === (await logOf(id))!.quantity, WAIT_MS)
      })

      it('mends a webhook that was deleted, and one that was switched off', async () => {
        const before = await webhooks()
        const [lost, off] = before
        await tell(double, `DELETE /webhooks/${lost!.id}`)
        await tell(double, `POST /webhooks/${off!.id}`, { status: 'disabled' })
        expect((await act('check')).installation).toMatchObject({ state: 'installed', problem: null })
        const after = await webhooks()
        expect(after.map(({ topic }) => topic).sort()).toEqual(TOPICS)
        expect(after.every(({ status }) => status === 'active')).toBe(true)
        const { id } = await buy(8)
        await until(async () => (await logOf(id)) !== undefined, WAIT_MS)
      })

      it('changes nothing by reading back what webhooks brought, and counts what they did not', async () => {
        const before = await logs()
        const since = new Date(Date.now() - 86_400_000).toISOString()
        const read = async () => {
          const { id } = await act('backfill', { since })
          const now = () => app.call<Body>('GET', `/schema/backfill/record/${id}`)
          await until(async () => (await now()).state !== 'running', WAIT_MS)
          return now()
        }
        expect(await read()).toMatchObject({ state: 'done', found: 2, counted: 0, duplicates: 2, failed: 0 })
        expect(await logs()).toEqual(before)
        await tell(double, 'POST /deliveries/mode', { mode: 'drop' })
        await buy(9)
        await tell(double, 'POST /deliveries/mode', { mode: 'send' })
        expect(await read()).toMatchObject({ state: 'done', found: 3, counted: 1, duplicates: 2 })
      })

      it('deletes its webhooks when it is uninstalled, and takes up where it stopped', async () => {
        expect(await act('uninstall')).toMatchObject({
          status: 'paused',
          installation: { state: 'uninstalled', subscriptions: [] },
        })
        expect(await webhooks()).toEqual([])
        const { id } = await buy(10)
        expect(await act('install', keysOf())).toMatchObject({
          status: 'live',
          installation: { state: 'installed', problem: null },
        })
        await until(async () => (await logOf(id)) !== undefined, WAIT_MS)
      })

      it('says that the keys are refused, and goes on with new ones', async () => {
        await tell(double, `DELETE /keys/${double.keys()[0]!.id}`)
        await expect(act('check')).rejects.toThrow(/502 .*PLATFORM_REFUSED/)
        expect((await reload()).installation).toMatchObject({
          state: 'needs_attention',
          problem: { code: 'TOKEN_REFUSED' },
        })
        await tell(double, 'POST /keys', {})
        expect((await act('install', keysOf())).installation).toMatchObject({
          state: 'installed',
          problem: null,
        })
      })

      it('needs a key that reads and writes, as docs/connect-woocommerce.md says', async () => {
        expect(
          [...new Set([...PAGE.matchAll(/`(order\.[a-z]+)`/g)].map(([, topic]) => topic))].sort(),
        ).toEqual(TOPICS)
        expect(PAGE).toContain('**Permissions**: **Read/Write**')
        const { id, secret } = await tell<{ id: string; secret: string }>(double, 'POST /keys', {
          permissions: 'read',
        })
        const given = { method: 'rest_keys', consumerKey: id, consumerSecret: secret }
        const { code } = (await act('install', given)).installation.problem
        expect(code).toBe('SCOPES_MISSING')
        expect(PAGE).toContain(`| \`${code}\` |`)
      })
    })
  })
}

import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type StripeDouble, startStripeDouble } from '../../src/doubles/stripe/index.ts'
import { PERMISSIONS } from '../../src/doubles/stripe/state.ts'
import type { Body } from '../helpers/api.ts'
import { type AppAtDouble, runAtDouble } from '../helpers/app-at-double.ts'
import { bodiesOnPage } from '../helpers/body-on-page.ts'
import { tell } from '../helpers/doubles.ts'
import { CLI } from '../helpers/program.ts'
import { type Ended, runProgram } from '../helpers/run-program.ts'
import type { RunningApp } from '../helpers/running-app.ts'
import { stripeRequest } from '../helpers/signed.ts'
import { until } from '../helpers/until.ts'

const PAGE = readFileSync(new URL('../../docs/connect-stripe.md', import.meta.url), 'utf8')
const bodyOnPage = bodiesOnPage(PAGE)

/** Of the whole program on a store; without an address on SQLite. */
export function describeStripeInstalled(name: string, mongoUri: () => string | undefined): void {
  describe(name, () => {
    let place: AppAtDouble<StripeDouble>
    let double: StripeDouble
    let app: RunningApp
    let connector: Body
    let streak: Body

    const recordOf = () => app.call<Body>('GET', `/schema/connector/record/${connector.id}`)
    const act = (name: string, body: object = {}) =>
      app.call<Body>('POST', `/schema/connector/record/${connector.id}/${name}`, body)
    const logs = () => app.call<Body[]>('GET', '/schema/streak_log/record?limit=1000')
    const pay = (given: object = {}) =>
      tell<{ id: string; payment_intent: string }>(double, 'POST /charges', {
        email: 'ada@example.com',
        amount: 2_500,
        ...given,
      })
    const restrictedKey = () => double.keys()[1]!.id

    beforeAll(async () => {
      place = await runAtDouble('stripe', startStripeDouble, mongoUri())
      ;({ app, double, streak } = place)
    })
    afterAll(() => place.stop())

    /** The command line beside the running program. */
    function streakline(...parameters: string[]): Promise<Ended> {
      const { config } = app
      return runProgram(process.execPath, [CLI, ...parameters], {
        env: {
          PATH: process.env.PATH,
          STREAKLINE_DATA_DIR: config.dataDir,
          STREAKLINE_ENCRYPTION_KEY: config.encryptionKeys[0],
          STREAKLINE_PUBLIC_URL: config.publicUrl ?? '',
          ...(config.store.kind === 'mongodb' ? { MONGODB_URI: config.store.uri } : {}),
          STREAKLINE_PLATFORM_ORIGINS: `stripe=${double.origin}`,
        },
      })
    }

    // one story: each part goes on where the one before ended
    describe('a connector installed at Stripe', () => {
      it('needs the permissions that docs/connect-stripe.md lists, and no others', () => {
        const listed = PAGE.match(/`rak_[a-z_]+`/g)?.map((name) => name.slice(1, -1)) ?? []
        expect([...new Set(listed)].sort()).toEqual([...PERMISSIONS].sort())
      })

      it('begins as a draft without secrets, and is live once the key was taken', async () => {
        const draft = bodyOnPage('create', { '<streak>': streak.id })
        connector = await app.call('POST', '/schema/connector/record', draft)
        expect(connector).toMatchObject({ status: 'draft', installation: { state: 'none', method: null } })
        const installed = await act('install', bodyOnPage('install', { 'rk_test_…': restrictedKey() }))
        expect(installed).toMatchObject({
          status: 'live',
          installation: { method: 'restricted_key', state: 'installed', missingScopes: [], problem: null },
        })
        expect(installed.installation.subscriptions).toHaveLength(12)
        expect(JSON.stringify(installed)).not.toContain(restrictedKey())
        const { endpoints } = await tell<{ endpoints: Body[] }>(double, 'GET /endpoints')
        expect(endpoints).toMatchObject([{ url: installed.webhookUrl, api_version: '2026-10-28.endive' }])
      })

      it('counts what webhooks tell', async () => {
        await pay()
        await until(async () => (await logs()).length === 1)
        expect((await recordOf()).installation.firstWebhookAt).not.toBeNull()
      })

      it('ignores what is told of connected accounts', async () => {
        const { endpoints } = await tell<{ endpoints: Body[] }>(double, 'GET /endpoints')
        const event = {
          ...{
            id: 'evt_other',
            object: 'event',
            type: 'charge.succeeded',
            livemode: false,
            account: 'acct_other',
          },
          data: { object: { object: 'charge', id: 'ch_other', payment_intent: 'pi_other' } },
        }
        const request = stripeRequest({ body: JSON.stringify(event), secret: endpoints[0].secrets[0] })
        expect(await app.deliver(connector.webhookPath, request)).toBe(200)
        const filters = encodeURIComponent(
          JSON.stringify({ fieldSlug: 'orderId', operator: 'EQUALS', value: 'pi_other' }),
        )
        const deliveries = await app.call<Body[]>('GET', `/schema/delivery/record?filters=${filters}`)
        expect(deliveries).toMatchObject([{ outcome: 'ignored', reason: 'ACCOUNT_MISMATCH' }])
      })

      it('reads past orders back, over the API and from the command line', async () => {
        for (const day of [10, 11, 12]) {
          await pay({ created: `2026-10-${day}T12:00:00Z`, tell: false, email: `b${day}@example.com` })
        }
        const since = '2026-10-01T00:00:00Z'
        const { id } = await act('backfill', { since, until: '2026-10-11T00:00:00Z' })
        const read = () => app.call<Body>('GET', `/schema/backfill/record/${id}`)
        await until(async () => (await read()).state === 'done')
        expect(await read()).toMatchObject({ found: 1, counted: 1 })
        expect(await act('backfill', bodyOnPage('backfill'))).toMatchObject({
          dryRun: true,
          since: '2026-10-01T00:00:00.000Z',
        })
        await until(async () => {
          const records = await app.call<Body[]>('GET', '/schema/backfill/record')
          return records.every(({ state }) => state === 'done')
        })
        const dry = await streakline('backfill', connector.id, '--since', since, '--dry-run')
        expect(dry.stderr).toBe('')
        expect(dry.stdout).toContain(
          '4 orders: 2 would be counted, 2 had counted before, 0 ignored, 0 failed.',
        )
        const done = await streakline('backfill', connector.id, '--since', since)
        expect([done.status, done.stdout]).toEqual([
          0,
          '4 orders: 2 counted, 2 had counted before, 0 ignored, 0 failed.\n',
        ])
        expect(await logs()).toHaveLength(4)
        const records = await app.call<Body[]>('GET', '/schema/backfill/record')
        expect(records).toHaveLength(4)
        const wrong = await streakline('backfill', connector.id, '--since', '2099-01-01T00:00:00Z')
        expect([wrong.status, wrong.stderr]).toEqual([1, expect.stringContaining('ince lies in the future')])
      })

      it('mends what webhooks never delivered, when told to and by itself after a check', async () => {
        await tell(double, 'POST /deliveries/mode', { mode: 'drop' })
        await pay({ email: 'lost@example.com' })
        const { status, stdout } = await streakline('reconcile', connector.id)
        expect(stdout).toMatch(/1 counted/)
        expect(status).toBe(0)
        expect(await recordOf()).toMatchObject({ installation: { missed: 1 } })
        await pay({ email: 'lost-too@example.com' })
        await act('check')
        await until(async () => (await recordOf()).installation.missed === 2)
        await tell(double, 'POST /deliveries/mode', { mode: 'send' })
        expect(await logs()).toHaveLength(6)
      })

      it('says what the key lacks, and that it is refused', async () => {
        await tell(double, 'POST /keys/change', { key: restrictedKey(), permissions: ['rak_charge_read'] })
        const checked = await act('check')
        expect(checked.installation).toMatchObject({
          state: 'needs_attention',
          problem: { code: 'SCOPES_MISSING' },
        })
        expect(checked.installation.missingScopes).toContain('rak_webhook_write')
        const { permissions } = double.keys()[0]!
        expect(permissions).toBeNull()
      })

      it('ends what is being read when it is uninstalled, deletes its endpoint and takes up where it stopped', async () => {
        const apiKey = (await tell<{ id: string }>(double, 'POST /keys', {})).id
        expect((await act('install', { method: 'restricted_key', apiKey })).installation.state).toBe(
          'installed',
        )
        await tell(double, 'POST /faults', { kind: 'throttle', path: '/v1/charges', times: 1_000 })
        const { id } = await act('backfill', { since: '2026-10-01T00:00:00Z' })
        const gone = await act('uninstall')
        await tell(double, 'DELETE /faults', {})
        expect(gone).toMatchObject({
          status: 'paused',
          installation: { state: 'uninstalled', subscriptions: [] },
        })
        expect((await app.call<Body>('GET', `/schema/backfill/record/${id}`)).state).toBe('cancelled')
        expect((await tell<{ endpoints: Body[] }>(double, 'GET /endpoints')).endpoints).toEqual([])
        await pay({ email: 'meanwhile@example.com' })
        const again = await act('install', { method: 'restricted_key', apiKey })
        expect(again).toMatchObject({ status: 'live', installation: { state: 'installed' } })
        await until(async () => (await logs()).length === 7)
      })
    })
  })
}

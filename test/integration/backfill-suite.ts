import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { v7 as newId } from 'uuid'
import { beginBackfill } from '../../src/backfill/begin.ts'
import { storeWith } from '../../src/commit/store-with.ts'
import { AppError } from '../../src/errors.ts'
import { change } from '../../src/ports/changes.ts'
import { equal } from '../../src/ports/conditions.ts'
import type { OrderPage } from '../../src/ports/hands.ts'
import type { PlatformDoor } from '../../src/ports/platform-door.ts'
import type { Store } from '../../src/ports/store.ts'
import { type Api, type Body, startApi } from '../helpers/api.ts'
import { type BackfillRig, openBackfillRig } from '../helpers/backfill-rig.ts'
import { tell } from '../helpers/doubles.ts'
import { workOff } from '../helpers/replay-shop.ts'

const NUMBERS = ['found', 'counted', 'duplicates', 'ignored', 'failed'] as const
const HOUR_MS = 3_600_000

const numbersOf = (backfill: Body): Body => Object.fromEntries(NUMBERS.map((name) => [name, backfill[name]]))

/** What a backfill and a reconcile do, on any store, over HTTP and against a double of Stripe. */
export function describeBackfill(
  name: string,
  open: () => Promise<{ store: Store; close(): Promise<void> }>,
) {
  describe(`past orders on ${name}`, () => {
    let api: Api
    let rig: BackfillRig & { close(): Promise<void> }
    let closeStore: () => Promise<void>

    beforeAll(async () => {
      const { store, close } = await open()
      closeStore = close
      api = await startApi({ store })
    })
    afterAll(async () => {
      await api.close()
      await closeStore()
    })
    beforeEach(async () => {
      rig = await openBackfillRig(api)
    })
    afterEach(() => rig.close())

    const silently = (given: object = {}) => rig.pay({ tell: false, ...given })
    /** A mixture: counted, below the minimum, failed, refunded in part and whole. */
    async function pastOrders(pay: typeof silently): Promise<void> {
      await pay()
      await pay({ email: 'bob@example.com', amount: 1_000 })
      await pay({ amount: 100 })
      await pay({ status: 'failed' })
      const part = await pay({ email: 'cy@example.com', amount: 4_000 })
      await tell(rig.double, `POST /charges/${part.id}/refund`, { amount: 1_500 })
      const whole = await pay({ email: 'di@example.com' })
      await tell(rig.double, `POST /charges/${whole.id}/refund`)
    }

    it('are counted by the rules, quietly, and each leaves a delivery that says it was read', async () => {
      await tell(rig.double, 'POST /deliveries/mode', { mode: 'drop' })
      await pastOrders(silently)
      const done = await rig.backfill()
      expect(done).toMatchObject({
        connectorId: rig.connector.id,
        state: 'done',
        dryRun: false,
        rewards: false,
        problem: null,
        ...{ found: 6, counted: 3, duplicates: 0, ignored: 3, failed: 0 },
      })
      expect(done.readUpTo).toBe(done.until)
      expect(done.endedAt).not.toBeNull()
      const { streak_log: logs, withdrawal } = await rig.ledger()
      expect(logs.map((log: Body) => log.activityValue).sort()).toEqual([10, 25, 40])
      expect(logs.map((log: Body) => log.quiet)).toEqual([true, true, true])
      // one refunded in part counts, and loses that part
      expect(withdrawal).toMatchObject([{ value: 15 }])
      const deliveries = await rig.deliveries()
      expect(deliveries.map(({ topic, webhookId }) => [topic, webhookId])).toEqual(
        Array(6).fill(['backfill', null]),
      )
      expect(
        deliveries
          .map(({ reason }) => reason)
          .filter((reason) => reason !== null)
          .sort(),
      ).toEqual(['NOT_PAID', 'NOT_PAID'])
    })

    it('that were read before change nothing, and leave no delivery', async () => {
      await tell(rig.double, 'POST /deliveries/mode', { mode: 'drop' })
      await pastOrders(silently)
      await rig.backfill()
      const [ledger, deliveries] = [await rig.ledger(), await rig.deliveries()]
      const again = await rig.backfill()
      expect(numbersOf(again)).toEqual({ found: 6, counted: 0, duplicates: 3, ignored: 3, failed: 0 })
      expect(await rig.ledger()).toEqual(ledger)
      expect(await rig.deliveries()).toEqual(deliveries)
    })

    it('that webhooks brought change nothing, and leave no delivery', async () => {
      await pastOrders(rig.pay)
      const disputed = await rig.pay({ email: 'ed@example.com' })
      const dispute = await tell<{ id: string }>(rig.double, `POST /charges/${disputed.id}/dispute`)
      await tell(rig.double, `POST /disputes/${dispute.id}`, { status: 'lost' })
      await rig.settled()
      while ((await workOff(api)) > 0);
      const [ledger, deliveries] = [await rig.ledger(), await rig.deliveries()]
      // the failed one is told by an event that is not asked for
      const done = await rig.backfill()
      expect(numbersOf(done)).toEqual({ found: 7, counted: 0, duplicates: 5, ignored: 2, failed: 0 })
      expect(await rig.ledger()).toEqual(ledger)
      const fresh = (await rig.deliveries()).filter(({ topic }) => topic === 'backfill')
      expect(fresh.map(({ reason }) => reason)).toEqual(['NOT_PAID'])
      expect((await rig.deliveries()).length).toBe(deliveries.length + 1)
    })

    it('count once, whether webhooks come before, while or after they are read', async () => {
      await tell(rig.double, 'POST /deliveries/mode', { mode: 'hold' })
      await pastOrders(rig.pay)
      const { body } = await rig.begin()
      // the page is in the hands of the worker when the webhooks arrive and are worked off
      const door: PlatformDoor = {
        async use(accountId, connectorId, ask) {
          const told = await rig.door.use(accountId, connectorId, ask)
          await tell(rig.double, 'POST /deliveries/release', { times: 2 })
          while ((await workOff(api)) > 0);
          return told
        },
      }
      await rig.work({ door })
      const done = await rig.shown(body.data.id)
      expect(done).toMatchObject({ state: 'done', found: 6 })
      expect(done.found).toBe(done.counted + done.duplicates + done.ignored + done.failed)
      await tell(rig.double, 'POST /deliveries/release', {})
      while ((await workOff(api)) > 0);
      const { streak_log: logs, streak_progress: progress } = await rig.ledger()
      const counted = logs.map((log: Body) => log.uniqueIdentifier)
      expect(new Set(counted).size).toBe(counted.length)
      // Ada's 25, Bob's 10, Cy's 40 less 15; of Di's 25 nothing is left
      const sum = progress.reduce((total: number, row: Body) => total + row.currentProgressValue, 0)
      expect(sum).toBe(25 + 10 + 25)
    })

    it('that counted before lose what was refunded since, and are duplicates', async () => {
      const charge = await rig.pay()
      await rig.settled()
      while ((await workOff(api)) > 0);
      await tell(rig.double, 'POST /deliveries/mode', { mode: 'drop' })
      await tell(rig.double, `POST /charges/${charge.id}/refund`)
      const done = await rig.backfill()
      expect(numbersOf(done)).toEqual({ found: 1, counted: 0, duplicates: 1, ignored: 0, failed: 0 })
      expect((await rig.ledger()).withdrawal).toHaveLength(1)
      const again = await rig.backfill()
      expect(numbersOf(again)).toEqual(numbersOf(done))
      expect((await rig.deliveries()).filter(({ topic }) => topic === 'backfill')).toHaveLength(1)
    })

    it('are only looked at in a dry run, which gives the same numbers', async () => {
      await tell(rig.double, 'POST /deliveries/mode', { mode: 'drop' })
      await pastOrders(silently)
      const dry = await rig.backfill({ dryRun: true })
      expect(dry).toMatchObject({ state: 'done', dryRun: true })
      expect(await rig.deliveries()).toEqual([])
      const { streak_log: logs, account_user: members } = await rig.ledger()
      expect([...logs, ...members]).toEqual([])
      expect(numbersOf(await rig.backfill())).toEqual(numbersOf(dry))
      expect(numbersOf(await rig.backfill({ dryRun: true }))).toEqual(numbersOf(await rig.backfill()))
    })

    it('are granted rewards where they are asked for', async () => {
      await rig.admin.create('milestone', {
        linkedSchemaRecordId: rig.streak.id,
        milestoneTargetValue: 1,
        name: 'first',
        status: 'live',
      })
      await silently()
      await rig.backfill()
      expect((await rig.ledger()).reward_log).toEqual([])
      await silently({ email: 'bob@example.com' })
      await rig.backfill({ rewards: true })
      const { reward_log: rewards, streak_log: logs } = await rig.ledger()
      expect(rewards).toHaveLength(1)
      expect(logs.filter((log: Body) => !log.quiet)).toHaveLength(1)
    })

    it('made before since, or at until and later, are not read', async () => {
      const at = (text: string) => silently({ created: text })
      await at('2026-10-01T11:59:59Z')
      await at('2026-10-01T12:00:00Z')
      await at('2026-10-01T13:00:00Z')
      const done = await rig.backfill({ since: '2026-10-01T12:00:00Z', until: '2026-10-01T13:00:00Z' })
      expect(done).toMatchObject({ found: 1, counted: 1 })
    })

    it('that a platform shows beside those that were asked for are left out', async () => {
      const since = Date.now() - HOUR_MS
      await silently()
      const door: PlatformDoor = {
        async use(accountId, connectorId, ask) {
          const told = await rig.door.use(accountId, connectorId, ask)
          if (told.outcome !== 'ok') return told
          const page = told.value as OrderPage
          const others = page.orders.flatMap((order) =>
            [since - 1, since + HOUR_MS].map((activityAt) => ({ ...order, activityAt })),
          )
          return { ...told, value: { ...page, orders: [...page.orders, ...others] } as never }
        },
      }
      const { body } = await rig.begin({
        since: new Date(since).toISOString(),
        until: new Date(since + HOUR_MS).toISOString(),
      })
      await rig.work({ door })
      expect(await rig.shown(body.data.id)).toMatchObject({ state: 'done', found: 1 })
    })

    it.each([
      ['since in the future', { since: '2099-01-01T00:00:00Z', until: '2099-02-01T00:00:00Z' }],
      ['since that is until', { since: '2026-10-01T00:00:00Z', until: '2026-10-01T00:00:00Z' }],
    ])('are not asked for with %s', async (_, body) => {
      const { status, body: answer } = await rig.begin(body)
      expect([status, answer.error.code, answer.error.details[0].path]).toEqual([
        400,
        'INVALID_INPUT',
        'since',
      ])
    })

    it('further back than the platform shows without a scope are refused before anything is read', async () => {
      const hands = new Map([
        ['stripe', { ...api.deps.hands.get('stripe')!, reach: { days: 60, unless: 'read_all_orders' } }],
      ])
      const deps = { store: api.store, clock: api.clock, newId, hands }
      const daysAgo = (days: number) => ({
        since: api.clock.now() - days * 24 * HOUR_MS,
        dryRun: false,
        rewards: false,
      })
      const begin = (days: number) =>
        beginBackfill(deps, rig.admin.accountId, rig.connector.id, daysAgo(days))
      const refusal = await begin(61).catch((error: AppError) => error)
      expect(refusal).toMatchObject({ code: 'SCOPE_MISSING', details: [{ path: 'since' }] })
      const earliest = new Date(api.clock.now() - 60 * 24 * HOUR_MS).toISOString()
      expect((refusal as AppError).message).toMatch(/read_all_orders/)
      expect((refusal as AppError).message).toContain(earliest)
      const { id } = await begin(60)
      await rig.admin.post(`/schema/backfill/record/${id}/cancel`, {})
      await rig.setInstallation({ scopes: ['read_orders', 'read_all_orders'] })
      expect(await begin(61)).toMatchObject({ state: 'running' })
    })

    it('of a connector are read by one backfill at a time', async () => {
      const first = await rig.begin()
      const second = await rig.begin()
      expect([first.status, second.status]).toEqual([201, 409])
      expect(second.body.error).toMatchObject({
        code: 'BACKFILL_RUNNING',
        details: [{ existingId: first.body.data.id }],
      })
      await rig.work()
      expect((await rig.begin()).status).toBe(201)
    })

    it('need a connector that is installed, and live unless it is a dry run', async () => {
      await rig.admin.patch(`/schema/connector/record/${rig.connector.id}`, { status: 'paused' })
      expect((await rig.begin()).body.error.code).toBe('CONNECTOR_NOT_LIVE')
      expect((await rig.begin({ dryRun: true })).status).toBe(201)
      await rig.setInstallation({ state: 'uninstalled', sealedAccess: null })
      expect((await rig.begin()).body.error.code).toBe('NOT_INSTALLED')
    })

    it('wait while the connector is paused, and end with its installation', async () => {
      await silently()
      const { body } = await rig.begin()
      await rig.admin.patch(`/schema/connector/record/${rig.connector.id}`, { status: 'paused' })
      await rig.work()
      expect(await rig.shown(body.data.id)).toMatchObject({ state: 'running', found: 0 })
      await rig.admin.patch(`/schema/connector/record/${rig.connector.id}`, { status: 'live' })
      await rig.later(10_000)
      await rig.work()
      expect(await rig.shown(body.data.id)).toMatchObject({ state: 'done', counted: 1 })
      const next = await rig.begin()
      await rig.setInstallation({ state: 'uninstalled', sealedAccess: null })
      await rig.work()
      expect(await rig.shown(next.body.data.id)).toMatchObject({ state: 'cancelled' })
    })

    it('are no longer read once the backfill is cancelled; what counted stays', async () => {
      await silently()
      const { body } = await rig.begin()
      const path = `/schema/backfill/record/${body.data.id}/cancel`
      const cancelled = await rig.admin.post(path, {})
      expect([cancelled.status, cancelled.body.data.state]).toEqual([200, 'cancelled'])
      await rig.work()
      expect(await rig.shown(body.data.id)).toMatchObject({ state: 'cancelled', found: 0 })
      const done = await rig.backfill()
      const left = await rig.admin.post(`/schema/backfill/record/${done.id}/cancel`, {})
      expect([left.status, left.body.data]).toEqual([200, done])
      expect((await rig.ledger()).streak_log).toHaveLength(1)
    })

    it('wait for a platform that cannot be reached, and go on', async () => {
      await silently()
      await tell(rig.double, 'POST /faults', { kind: 'error', status: 503, path: '/v1/charges', times: 3 })
      const { body } = await rig.begin()
      await rig.work()
      expect(await rig.shown(body.data.id)).toMatchObject({ state: 'running', problem: null })
      await rig.later(10_000)
      await rig.work()
      expect(await rig.shown(body.data.id)).toMatchObject({ state: 'done', counted: 1 })
    })

    it('are given up where nobody knows what is wrong, so that another backfill can begin', async () => {
      const { body } = await rig.begin()
      let asked = 0
      const door: PlatformDoor = {
        async use() {
          asked += 1
          throw new TypeError('a fault of ours')
        },
      }
      for (let tries = 0; tries < 20; tries += 1) {
        await rig.work({ door })
        await rig.later(301_000)
      }
      expect(await rig.shown(body.data.id)).toMatchObject({ state: 'failed', problem: { code: 'INTERNAL' } })
      expect(asked).toBe(13)
      expect((await rig.begin()).status).toBe(201)
    })

    it('are lost to a refused key only until there is a new one: from readUpTo on nothing is lost or doubled', async () => {
      const start = Date.now() - 3 * HOUR_MS
      for (let nth = 0; nth < 120; nth += 1) {
        await silently({
          created: new Date(start + nth * 60_000).toISOString(),
          email: `b${nth}@example.com`,
        })
      }
      const { body } = await rig.begin()
      let pages = 0
      const door: PlatformDoor = {
        async use(accountId, connectorId, ask) {
          const told = await rig.door.use(accountId, connectorId, ask)
          const isTaken = told.outcome === 'ok' && (told.value as { orders: unknown[] }).orders.length > 0
          if (isTaken) pages += 1
          return pages > 1 ? { outcome: 'closed', code: 'TOKEN_REFUSED' } : told
        },
      }
      await rig.work({ door })
      const failed = await rig.shown(body.data.id)
      expect(failed).toMatchObject({ state: 'failed', problem: { code: 'TOKEN_REFUSED' } })
      expect(failed.counted).toBeGreaterThan(0)
      expect(failed.counted).toBeLessThan(120)
      const rest = await rig.backfill({ since: failed.readUpTo })
      expect(rest).toMatchObject({ state: 'done', duplicates: 0 })
      expect(failed.counted + rest.counted).toBe(120)
    })

    // each run ends at another write, as a kill would end it; the next one waits for the lease
    it('are neither left out nor doubled, wherever the worker is killed', async () => {
      await tell(rig.double, 'POST /deliveries/mode', { mode: 'drop' })
      await pastOrders(silently)
      const { body } = await rig.begin()
      for (let kill = 0; kill < 40; kill += 1) {
        if ((await rig.shown(body.data.id)).state !== 'running') break
        let left = kill % 7
        // before or after the write
        const isAfter = kill % 2 === 1
        const dying = storeWith(api.store, {
          async commit(changes) {
            if (left < 0) throw new AppError('INTERNAL', 'killed')
            left -= 1
            if (left < 0 && !isAfter) throw new AppError('INTERNAL', 'killed')
            const result = await api.store.commit(changes)
            if (left < 0) throw new AppError('INTERNAL', 'killed')
            return result
          },
        })
        await rig.work({ store: dying }).catch(() => {})
        await rig.later(61_000)
      }
      await rig.work()
      while ((await workOff(api)) > 0);
      const done = await rig.shown(body.data.id)
      expect(done).toMatchObject({ state: 'done', found: 6 })
      expect(numbersOf(done)).toEqual({ found: 6, counted: 3, duplicates: 0, ignored: 3, failed: 0 })
      const { streak_log: logs, withdrawal } = await rig.ledger()
      expect(logs).toHaveLength(3)
      expect(withdrawal).toHaveLength(1)
      expect(await rig.deliveries()).toHaveLength(6)
    })

    it('that no webhook told of are mended by a reconcile, not quietly, and are said to have been missed', async () => {
      await tell(rig.double, 'POST /deliveries/mode', { mode: 'drop' })
      await rig.pay()
      await rig.pay({ amount: 100 })
      await tell(rig.double, 'POST /deliveries/mode', { mode: 'send' })
      await rig.pay({ email: 'bob@example.com' })
      await rig.settled()
      while ((await workOff(api)) > 0);
      const before = await rig.installation()
      await rig.later(2_000)
      expect(await rig.reconcile()).not.toBeNull()
      expect(await rig.reconcile()).toBeNull()
      await rig.work()
      const { streak_log: logs } = await rig.ledger()
      expect(logs.map((log: Body) => log.quiet)).toEqual([false, false])
      const after = await rig.installation()
      expect(after.reconciledAt).toBeGreaterThan(before.reconciledAt!)
      expect(Object.values(after.missedByDay)).toEqual([1])
      const read = (await rig.deliveries()).filter(({ topic }) => topic === 'reconcile')
      expect(read).toHaveLength(2)
      // it is no backfill that anybody asked for
      expect((await rig.admin.list('backfill')).body.data).toEqual([])
      await rig.later(2_000)
      await rig.reconcile()
      await rig.work()
      expect(Object.values((await rig.installation()).missedByDay)).toEqual([1])
      expect((await rig.deliveries()).filter(({ topic }) => topic === 'reconcile')).toHaveLength(2)
    })

    it('are said to have been missed once, and each report once, however often and with what else they are read', async () => {
      const [ada, bob] = [await rig.pay(), await rig.pay({ email: 'bob@example.com' })]
      await tell(rig.double, `POST /charges/${bob.id}/refund`, { amount: 1_000 })
      await rig.settled()
      while ((await workOff(api)) > 0);
      await tell(rig.double, 'POST /deliveries/mode', { mode: 'drop' })
      const missed = async () => {
        await rig.later(2_000)
        await rig.reconcile()
        await rig.work()
        return Object.values((await rig.installation()).missedByDay)
      }
      await rig.pay({ email: 'cy@example.com' })
      expect(await missed()).toEqual([1])
      await tell(rig.double, `POST /charges/${ada.id}/refund`, { amount: 1_000 })
      expect(await missed()).toEqual([2])
      // what else became of the charge is read beside it again: one refund that was missed, one that was not
      const disputes = await Promise.all(
        [ada, bob].map(({ id }) =>
          tell<{ id: string }>(rig.double, `POST /charges/${id}/dispute`, { amount: 500 }),
        ),
      )
      expect(await missed()).toEqual([4])
      for (const { id } of disputes) {
        await tell(rig.double, `POST /disputes/${id}`, { status: 'lost' })
      }
      expect(await missed()).toEqual([4])
    })

    it('that stand on two pages are taken in by both, with what became of them in between', async () => {
      await tell(rig.double, 'POST /deliveries/mode', { mode: 'drop' })
      // a refund of after the range of this reconcile is for the next one
      rig.platformStandsStill()
      const charge = await rig.pay()
      await rig.later(2_000)
      await rig.reconcile()
      let pages = 0
      const door: PlatformDoor = {
        use: (accountId, connectorId, ask) =>
          rig.door.use(accountId, connectorId, async (hands, site, access) => {
            const isFirst = pages === 0
            pages += 1
            const readOrders: typeof hands.readOrders = async (at, by, query) => {
              const told = await hands.readOrders!(at, by, { ...query, cursor: null })
              if (told.outcome !== 'ok' || !isFirst) return told
              return { ...told, value: { ...told.value, next: 'the same again' } }
            }
            if (!isFirst) await tell(rig.double, `POST /charges/${charge.id}/refund`)
            return ask({ ...hands, readOrders }, site, access)
          }),
      }
      await rig.work({ door })
      expect(pages).toBe(2)
      const { streak_log: logs, withdrawal } = await rig.ledger()
      expect(logs).toHaveLength(1)
      // of the whole order
      expect(withdrawal).toMatchObject([{ value: null }])
    })

    it('of before the first install are never read by a reconcile, which later begins a little before the last one', async () => {
      await tell(rig.double, 'POST /deliveries/mode', { mode: 'drop' })
      await rig.pay()
      await rig.later(2_000)
      const installedAt = api.clock.now()
      await rig.setInstallation({ firstInstalledAt: installedAt, reconciledAt: installedAt })
      const placed = await rig.pay({ email: 'bob@example.com' })
      await rig.later(2_000)
      for (let time = 0; time < 2; time += 1) {
        // platforms keep seconds: what came in the second of the install is read
        expect((await rig.reconcile())?.since).toBe(Math.floor(installedAt / 1_000) * 1_000)
        await rig.work()
        await rig.later(60_000)
      }
      const { streak_log: logs } = await rig.ledger()
      expect(logs.map((log: Body) => log.uniqueIdentifier)).toEqual([placed.payment_intent])
      await rig.later(HOUR_MS)
      await rig.reconcile()
      await rig.work()
      await rig.later(60_000)
      const { reconciledAt } = await rig.installation()
      expect((await rig.reconcile())?.since).toBe(reconciledAt! - 15 * 60_000)
    })

    it('that a webhook brought are left by a reconcile as the rules took them then', async () => {
      const rules = (await rig.admin.get(`/schema/connector/record/${rig.connector.id}`)).body.data.rules
      const setMinimum = (minimumValue: number) =>
        rig.admin.patch(`/schema/connector/record/${rig.connector.id}`, {
          rules: [{ ...rules[0], minimumValue }],
        })
      await setMinimum(100)
      const below = await rig.pay()
      await rig.settled()
      while ((await workOff(api)) > 0);
      await setMinimum(5)
      await tell(rig.double, 'POST /deliveries/mode', { mode: 'drop' })
      const missed = await rig.pay({ email: 'bob@example.com' })
      await rig.later(2_000)
      await rig.reconcile()
      await rig.work()
      const counted = async () =>
        (await rig.ledger()).streak_log.map((log: Body) => log.uniqueIdentifier).sort()
      expect(await counted()).toEqual([missed.payment_intent])
      expect(Object.values((await rig.installation()).missedByDay)).toEqual([1])
      // who wants them asks for them
      await rig.backfill()
      expect(await counted()).toEqual([below.payment_intent, missed.payment_intent].sort())
    })

    it('that came while the connector was paused are left by a reconcile, those that came while it was uninstalled are not', async () => {
      const setStatus = (status: string) =>
        rig.admin.patch(`/schema/connector/record/${rig.connector.id}`, { status })
      await setStatus('paused')
      const ignored = await rig.pay()
      await rig.settled()
      await setStatus('live')
      const reconciled = async () => {
        await rig.later(2_000)
        await rig.reconcile()
        await rig.work()
        return (await rig.ledger()).streak_log.map((log: Body) => log.uniqueIdentifier)
      }
      expect(await reconciled()).toEqual([])
      expect((await rig.deliveries()).map(({ reason }) => reason)).toEqual(['CONNECTOR_NOT_LIVE'])
      await rig.setInstallation({ installedAt: api.clock.now() })
      expect(await reconciled()).toEqual([ignored.payment_intent])
    })

    it('that were made before the first install are no purchases to a reconcile, whatever becomes of them', async () => {
      await tell(rig.double, 'POST /deliveries/mode', { mode: 'drop' })
      const known = await rig.pay({ email: 'bob@example.com' })
      await rig.later(2_000)
      await rig.backfill()
      const unknown = await rig.pay()
      await rig.later(2_000)
      const installedAt = api.clock.now()
      await rig.setInstallation({ firstInstalledAt: installedAt, reconciledAt: installedAt })
      for (const { id } of [known, unknown]) {
        await tell(rig.double, `POST /charges/${id}/refund`, { amount: 1_000 })
      }
      await rig.later(2_000)
      await rig.reconcile()
      await rig.work()
      const { streak_log: logs, withdrawal } = await rig.ledger()
      expect(logs.map((log: Body) => log.uniqueIdentifier)).toEqual([known.payment_intent])
      expect(withdrawal).toMatchObject([{ value: 10 }])
      expect(Object.values((await rig.installation()).missedByDay)).toEqual([1])
    })

    it('leave no rows of reconciles behind but those of a week', async () => {
      const rows = () =>
        api.store.find('backfill', { where: equal({ connectorId: rig.connector.id }), limit: 10 })
      await rig.reconcile()
      await rig.work()
      await rig.later(6 * 24 * HOUR_MS)
      await rig.reconcile()
      await rig.work()
      expect(await rows()).toHaveLength(2)
      await rig.later(2 * 24 * HOUR_MS)
      await rig.reconcile()
      await rig.work()
      expect(await rows()).toHaveLength(2)
    })

    it('can be judged anew from what was read, and stay quiet', async () => {
      await rig.admin.patch(`/schema/streak/record/${rig.streak.id}`, { status: 'paused' })
      await silently()
      expect(await rig.backfill()).toMatchObject({ ignored: 1 })
      // a streak that takes nothing is nothing new
      expect(await rig.backfill()).toMatchObject({ ignored: 1 })
      const [delivery, ...more] = await rig.deliveries()
      expect(more).toEqual([])
      await rig.admin.patch(`/schema/streak/record/${rig.streak.id}`, { status: 'live' })
      const { status } = await rig.admin.post(`/schema/delivery/record/${delivery!.id}/replay`, {})
      expect(status).toBe(200)
      while ((await workOff(api)) > 0);
      expect((await rig.ledger()).streak_log).toMatchObject([{ quiet: true }])
    })

    it('stay quiet in a replay without a body, too', async () => {
      await rig.admin.patch(`/schema/streak/record/${rig.streak.id}`, { status: 'paused' })
      await silently()
      await rig.backfill()
      await rig.admin.patch(`/schema/streak/record/${rig.streak.id}`, { status: 'live' })
      const [{ id } = { id: '' }] = await rig.deliveries()
      const row = { id, accountId: rig.admin.accountId }
      await api.store.commit([change('delivery', row, {}, { body: null, bodyKeptSince: null })])
      const { body } = await rig.admin.post(`/schema/delivery/record/${id}/replay`, {})
      expect(body.data).toMatchObject({ reason: 'BODY_GONE', items: [{ effect: 'queued' }] })
      while ((await workOff(api)) > 0);
      expect((await rig.ledger()).streak_log).toMatchObject([{ quiet: true }])
    })
  })
}

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { v7 as newId } from 'uuid'
import { connectorFor } from '../../connectors/registry.ts'
import { createDeliveries } from '../../src/inbox/replay/deliveries.ts'
import type { JobOf } from '../../src/ports/queue.ts'
import type { Row } from '../../src/ports/schema.ts'
import type { Store } from '../../src/ports/store.ts'
import { createPrune } from '../../workers/upkeep/prune.ts'
import { type Api, type Body, interruptedStore, NOW, startApi } from '../helpers/api.ts'
import { quietLogger } from '../helpers/quiet-logger.ts'
import { itemRows, openReplayShop, type ReplayShop, workOff } from '../helpers/replay-shop.ts'
import { shopifyCancelledOrder } from '../helpers/report-payloads.ts'

/** What a replay does to what was delivered, on any store, over HTTP. */
export function describeReplay(name: string, open: () => Promise<{ store: Store; close(): Promise<void> }>) {
  describe(`replaying deliveries on ${name}`, () => {
    let api: Api
    let shop: ReplayShop
    let closeStore: () => Promise<void>
    let orderId = 5000

    beforeAll(async () => {
      const { store, close } = await open()
      closeStore = close
      api = await startApi({ store })
    })
    afterAll(async () => {
      await api.close()
      await closeStore()
    })

    const opened = async () => {
      shop = await openReplayShop(api, `shop ${newId()}`)
      return shop
    }
    const order = (given: object = {}) => shop.deliver({ id: ++orderId, ...given })
    const data = async (answer: Promise<{ status: number; body: Body; text: string }>) => {
      const { status, body, text } = await answer
      if (status !== 200) throw new Error(`${status} ${text}`)
      return body.data
    }

    it('counts what a rule took no notice of, once the rule has changed', async () => {
      await opened()
      await shop.patchConnector({
        rules: [{ streakId: shop.streak.id, currency: 'USD', minimumValue: 100 }],
      })
      const deliveryId = await order()
      expect(await shop.items(deliveryId)).toEqual(['ignored BELOW_MINIMUM'])
      expect(await data(shop.replay(deliveryId))).toMatchObject({ outcome: 'unchanged', reason: null })
      await shop.patchConnector({ rules: [{ streakId: shop.streak.id }] })
      const replayed = await data(shop.replay(deliveryId))
      expect(replayed).toMatchObject({
        deliveryId,
        outcome: 'replayed',
        items: [{ status: 'pending', reason: null, effect: 'queued' }],
      })
      expect(await shop.items(deliveryId)).toEqual(['pending'])
      await workOff(api)
      expect(await shop.items(deliveryId)).toEqual(['counted'])
      const [log] = await shop.logs()
      expect(log).toMatchObject({ uniqueIdentifier: String(orderId) })
    })

    it('leaves what counted as it is, and counts nothing twice however often it runs', async () => {
      await opened()
      const deliveryId = await order()
      await workOff(api)
      const before = await shop.shown(deliveryId)
      for (const _ of [1, 2, 3]) {
        expect(await data(shop.replay(deliveryId))).toMatchObject({
          outcome: 'unchanged',
          items: [{ status: 'counted', effect: 'unchanged' }],
        })
      }
      expect(await shop.shown(deliveryId)).toEqual(before)
      expect(await workOff(api)).toBe(0)
      expect(await shop.logs()).toHaveLength(1)
    })

    it('gives rules that are new an item of their own, and keeps those of rules that are gone', async () => {
      await opened()
      const second = await shop.anotherStreak()
      const deliveryId = await order()
      await workOff(api)
      await shop.patchConnector({ rules: [{ streakId: second.id }, { streakId: shop.streak.id }] })
      const { items } = await data(shop.replay(deliveryId))
      expect(items.map(({ streakId, effect }: Body) => [streakId, effect])).toEqual([
        [second.id, 'queued'],
        [shop.streak.id, 'unchanged'],
      ])
      await shop.patchConnector({ rules: [{ streakId: second.id }] })
      await workOff(api)
      expect(await data(shop.replay(deliveryId))).toMatchObject({ outcome: 'unchanged' })
      expect(await shop.items(deliveryId)).toEqual(['counted', 'counted'])
      const streaks = (await shop.logs()).map(({ streakId }: Body) => streakId)
      expect(streaks.sort()).toEqual([second.id, shop.streak.id].sort())
    })

    it('is a duplicate where an earlier rule now takes what a later one counted', async () => {
      await opened()
      const dear = { streakId: shop.streak.id, currency: 'USD', minimumValue: 100 }
      await shop.patchConnector({ rules: [dear, { streakId: shop.streak.id }] })
      const deliveryId = await order()
      await workOff(api)
      expect(await shop.items(deliveryId)).toEqual(['ignored BELOW_MINIMUM', 'counted'])
      await shop.patchConnector({ rules: [{ ...dear, minimumValue: 1 }, { streakId: shop.streak.id }] })
      await shop.replay(deliveryId)
      await workOff(api)
      expect(await shop.items(deliveryId)).toEqual(['duplicate DUPLICATE', 'counted'])
      expect(await shop.logs()).toHaveLength(1)
    })

    it('counts what came while the connector was paused, once it is live again', async () => {
      await opened()
      await shop.patchConnector({ status: 'paused' })
      const deliveryId = await order()
      expect(await shop.shown(deliveryId)).toMatchObject({ reason: 'CONNECTOR_NOT_LIVE', items: [] })
      expect(await data(shop.replay(deliveryId))).toMatchObject({
        outcome: 'unchanged',
        reason: 'CONNECTOR_NOT_LIVE',
      })
      await shop.patchConnector({ status: 'live' })
      await shop.replay(deliveryId)
      expect(await shop.shown(deliveryId)).toMatchObject({ outcome: 'translated', reason: null })
      await workOff(api)
      expect(await shop.items(deliveryId)).toEqual(['counted'])
    })

    it('compares the shop again, by the headers that were kept: another one stays another one', async () => {
      await opened()
      await shop.patchConnector({ status: 'paused' })
      const deliveryId = await shop.deliver({ id: ++orderId }, 'other.myshopify.com')
      await shop.patchConnector({ status: 'live' })
      expect(await data(shop.replay(deliveryId))).toMatchObject({
        outcome: 'unchanged',
        reason: 'SHOP_MISMATCH',
      })
      expect(await workOff(api)).toBe(0)
    })

    it('goes by its own time: what was dated ahead counts once its time has come', async () => {
      await opened()
      const deliveryId = await order({ processedAt: '2026-11-22T12:06:00Z' })
      expect(await shop.items(deliveryId)).toEqual(['failed IN_FUTURE'])
      expect(await data(shop.replay(deliveryId))).toMatchObject({ outcome: 'unchanged' })
      api.clock.set('2026-12-01T00:00:00Z')
      const { receivedAt } = await shop.shown(deliveryId)
      expect(await data(shop.replay(deliveryId))).toMatchObject({ outcome: 'replayed' })
      await workOff(api)
      expect(await shop.items(deliveryId)).toEqual(['counted'])
      expect((await shop.shown(deliveryId)).receivedAt).toBe(receivedAt)
      api.clock.set(NOW)
    })

    it('compares the shop again: a domain that was put right lets the order count', async () => {
      await opened()
      await shop.patchConnector({ settings: { shopDomain: 'typing-error.myshopify.com' } })
      const deliveryId = await order()
      expect(await shop.shown(deliveryId)).toMatchObject({ reason: 'SHOP_MISMATCH', orderName: '#1001' })
      expect(await data(shop.replay(deliveryId))).toMatchObject({ outcome: 'unchanged' })
      await shop.patchConnector({ settings: { shopDomain: 'example.myshopify.com' } })
      expect(await data(shop.replay(deliveryId))).toMatchObject({ outcome: 'replayed' })
      await workOff(api)
      expect(await shop.items(deliveryId)).toEqual(['counted'])
    })

    it('looks back from its own time: what was not long ago then may make a quiet log now', async () => {
      await opened()
      await shop.patchConnector({ status: 'paused' })
      const deliveryId = await order({ processedAt: '2026-11-20T12:00:00Z' })
      await shop.patchConnector({ status: 'live' })
      api.clock.set('2027-01-19T12:00:00.001Z')
      await shop.replay(deliveryId)
      await workOff(api)
      expect((await shop.shown(deliveryId)).items).toMatchObject([{ status: 'counted', quiet: true }])
      api.clock.set(NOW)
    })

    it('only fills blanks of a profile', async () => {
      await opened()
      const rules = [{ streakId: shop.streak.id }]
      await shop.patchConnector({ status: 'paused' })
      const deliveryId = await order({
        firstName: 'Told',
        lastName: 'Later',
        updatedAt: '2026-11-22T11:59:00Z',
      })
      await shop.patchConnector({ status: 'live', rules })
      await order({ firstName: 'Known', lastName: null, updatedAt: '2026-11-20T00:00:00Z' })
      await workOff(api)
      await shop.replay(deliveryId)
      await workOff(api)
      expect(await shop.memberBy('shopify:7001')).toMatchObject({ firstName: 'Known', lastName: 'Later' })
    })

    it('queues what waits for its next try, and says so once', async () => {
      await opened()
      const deliveryId = await order()
      const [item] = await itemRows(api, deliveryId)
      const set = { attempt: 4, dueAt: api.clock.now() + 600_000 }
      await api.store.commit([
        { op: 'update', collection: 'delivery_item', id: item!.id, accountId: item!.accountId, set },
      ])
      expect((await data(shop.replay(deliveryId))).items).toMatchObject([{ effect: 'queued' }])
      expect(await itemRows(api, deliveryId)).toMatchObject([{ attempt: 5, dueAt: api.clock.now() }])
      expect((await data(shop.replay(deliveryId))).items).toMatchObject([{ effect: 'unchanged' }])
    })

    describe('whose body is gone', () => {
      const prune = (days: number) =>
        createPrune({
          store: api.store,
          clock: { now: () => api.clock.now() + (days + 1) * 86_400_000 },
          logger: quietLogger,
          deliveryRetentionDays: days,
        })()

      it('queues what did not count as it had been translated, and says so', async () => {
        await opened()
        const draft = await shop.anotherStreak('draft')
        await shop.patchConnector({ rules: [{ streakId: draft.id }, { streakId: shop.streak.id }] })
        const deliveryId = await order()
        await workOff(api)
        expect(await shop.items(deliveryId)).toEqual(['ignored STREAK_NOT_LIVE', 'counted'])
        await prune(30)
        await shop.admin.patch(`/schema/streak/record/${draft.id}`, { status: 'live' })
        await shop.patchConnector({ rules: [] })
        expect(await data(shop.replay(deliveryId))).toMatchObject({
          outcome: 'replayed',
          reason: 'BODY_GONE',
          items: [{ effect: 'queued' }, { effect: 'unchanged' }],
        })
        await workOff(api)
        expect(await shop.items(deliveryId)).toEqual(['counted', 'counted'])
      })

      it('leaves what was never translated', async () => {
        await opened()
        await shop.patchConnector({ status: 'paused' })
        const deliveryId = await order()
        await shop.patchConnector({ status: 'live' })
        await prune(30)
        expect(await data(shop.replay(deliveryId))).toMatchObject({
          outcome: 'unchanged',
          reason: 'BODY_GONE',
          items: [],
        })
      })
    })

    describe('of somebody who was erased', () => {
      const erase = async (externalId: string) =>
        (await shop.admin.delete(`/schema/account_user/record/${(await shop.memberBy(externalId)).id}`))
          .status

      it('brings nobody back', async () => {
        await opened()
        const draft = await shop.anotherStreak('draft')
        await shop.patchConnector({ rules: [{ streakId: draft.id }, { streakId: shop.streak.id }] })
        const deliveryId = await order()
        await workOff(api)
        expect(await erase('shopify:7001')).toBe(204)
        await shop.admin.patch(`/schema/streak/record/${draft.id}`, { status: 'live' })
        expect(await data(shop.replay(deliveryId))).toMatchObject({
          outcome: 'unchanged',
          reason: 'BODY_GONE',
        })
        expect(await workOff(api)).toBe(0)
        expect(await shop.memberBy('shopify:7001')).toBeUndefined()
      })

      it.each([
        ['the connector was paused', { status: 'paused' }, { status: 'live' }],
        ['no rule was there', { rules: [] }, null],
        ['the order was too small', 'dear', null],
        ['only the address names him', 'dear by email', 'by email'],
      ])('brings nobody back of whom nothing had counted, since %s', async (_why, before, after) => {
        await opened()
        const { id: streakId } = shop.streak
        const dear = { streakId, currency: 'USD', minimumValue: 100 }
        const by = (given: unknown) => (String(given).endsWith('by email') ? { identifyBy: 'email' } : {})
        const name = after === 'by email' ? 'email:buyer@example.com' : 'shopify:7001'
        const fields = typeof before === 'string' ? { rules: [{ ...dear, ...by(before) }] } : before
        await shop.patchConnector(fields)
        const deliveryId = await order()
        await shop.admin.create('account_user', { externalId: name })
        expect(await erase(name)).toBe(204)
        await shop.patchConnector({ status: 'live', rules: [{ streakId, ...by(after) }] })
        expect(await data(shop.replay(deliveryId))).toMatchObject({
          outcome: 'unchanged',
          reason: 'BODY_GONE',
        })
        expect(await workOff(api)).toBe(0)
        expect(await shop.memberBy(name)).toBeUndefined()
      })

      it('brings nobody back who is erased in the instant before it is written', async () => {
        await opened()
        const draft = await shop.anotherStreak('draft')
        await shop.patchConnector({ rules: [{ streakId: draft.id }, { streakId: shop.streak.id }] })
        const deliveryId = await order()
        await workOff(api)
        await shop.admin.patch(`/schema/streak/record/${draft.id}`, { status: 'live' })
        const { store, deliveries } = interrupted()
        let erased = 0
        store.beforeCommit(async () => {
          erased = await erase('shopify:7001')
        })
        const options = { dryRun: false, includeAbandoned: true }
        expect(await deliveries.replay(shop.admin.accountId, deliveryId, options)).toMatchObject({
          outcome: 'unchanged',
          reason: 'BODY_GONE',
        })
        expect(erased).toBe(204)
        expect(await workOff(api)).toBe(0)
        expect(await shop.memberBy('shopify:7001')).toBeUndefined()
      })
    })

    it('while an erasure of the buyer is under way changes nothing', async () => {
      await opened()
      const deliveryId = await order()
      await workOff(api)
      const second = await shop.anotherStreak()
      await shop.patchConnector({ rules: [{ streakId: second.id }] })
      const { id } = await shop.memberBy('shopify:7001')
      const { store, deliveries } = interrupted()
      const { accountId } = shop.admin
      // as far as an erasure that was cut off after its first commit
      store.beforeCommit(async () => {
        const now = api.clock.now()
        const [row] = await api.store.findByKeys('member', ['id'], [[id]])
        const set = { externalId: `erased:${id}`, revision: row!.revision + 1 }
        const names = { externalId: 'shopify:7001', emailIdentity: null }
        const erasure = { id, accountId, createdAt: now, updatedAt: now, ...names }
        await api.store.commit([
          { op: 'update', collection: 'member', id, accountId, set },
          { op: 'insert', collection: 'erasure', row: erasure },
        ])
      })
      const options = { dryRun: false, includeAbandoned: true }
      expect(await deliveries.replay(accountId, deliveryId, options)).toMatchObject({
        outcome: 'unchanged',
        reason: 'MEMBER_ERASED',
        items: [{ effect: 'unchanged' }],
      })
      expect(await workOff(api)).toBe(0)
    })

    it('in the instant after another replay gives a new rule one item', async () => {
      await opened()
      const deliveryId = await order()
      await workOff(api)
      const second = await shop.anotherStreak()
      await shop.patchConnector({ rules: [{ streakId: shop.streak.id }, { streakId: second.id }] })
      const { store, deliveries } = interrupted()
      store.beforeCommit(async () => {
        await shop.replay(deliveryId)
        await workOff(api)
      })
      await deliveries.replay(shop.admin.accountId, deliveryId, { dryRun: false, includeAbandoned: true })
      expect(await shop.items(deliveryId)).toEqual(['counted', 'counted'])
    })

    /** The same store, with something of a test's choosing before the next commit. */
    function interrupted() {
      const store = interruptedStore(api.store)
      const jobs: JobOf<'activity'>[] = []
      const enqueue = async (_queue: string, added: readonly object[]) =>
        void jobs.push(...(added as JobOf<'activity'>[]))
      const { clock } = api.deps
      const queue = { enqueue }
      return {
        store,
        jobs,
        deliveries: createDeliveries({ store, queue, connectorFor, clock, logger: quietLogger, newId }),
      }
    }

    it('queues one job for each item it queues, for the attempt that the row has', async () => {
      await opened()
      await shop.patchConnector({ status: 'paused' })
      const deliveryId = await order()
      await shop.patchConnector({ status: 'live' })
      const { jobs, deliveries } = interrupted()
      await deliveries.replay(shop.admin.accountId, deliveryId, { dryRun: false, includeAbandoned: true })
      const [item] = await itemRows(api, deliveryId)
      const items = [{ accountId: shop.admin.accountId, deliveryId, itemId: item!.id }]
      expect(jobs).toEqual([{ batchId: null, attempt: item!.attempt, items }])
    })

    it('at the same time as another replay and a worker makes one item and one log', async () => {
      await opened()
      const second = await shop.anotherStreak()
      const deliveryId = await order()
      await shop.patchConnector({ rules: [{ streakId: shop.streak.id }, { streakId: second.id }] })
      const replays = Array.from({ length: 6 }, () => shop.replay(deliveryId))
      const [answers] = await Promise.all([Promise.all(replays), workOff(api)])
      expect(answers.map(({ status }) => status)).toEqual(replays.map(() => 200))
      await workOff(api)
      expect(await shop.items(deliveryId)).toEqual(['counted', 'counted'])
      expect(await shop.logs()).toHaveLength(2)
    })

    it('sees what a worker settled in the instant before it is written', async () => {
      await opened()
      const deliveryId = await order()
      const fail = (row: Row<'delivery_item'>, status: 'failed' | 'pending') =>
        api.store.commit([
          {
            op: 'update',
            collection: 'delivery_item',
            id: row.id,
            accountId: row.accountId,
            set: { status, dueAt: status === 'pending' ? api.clock.now() : null },
          },
        ])
      const [item] = await itemRows(api, deliveryId)
      await fail(item!, 'failed')
      const { store, deliveries } = interrupted()
      store.beforeCommit(async () => {
        await fail(item!, 'pending')
        await workOff(api)
      })
      const options = { dryRun: false, includeAbandoned: true }
      expect(await deliveries.replay(shop.admin.accountId, deliveryId, options)).toMatchObject({
        outcome: 'unchanged',
        items: [{ item: { status: 'counted' } }],
      })
      expect(await shop.logs()).toHaveLength(1)
    })

    describe('many of them', () => {
      it('counts those that others change all the time as busy, and replays the rest', async () => {
        await opened()
        await shop.patchConnector({ rules: [{ streakId: shop.streak.id, currency: 'EUR' }] })
        const ids = [await order(), await order()]
        await shop.patchConnector({ rules: [{ streakId: shop.streak.id }] })
        const { store, deliveries } = interrupted()
        // the first purchase of a connector holds it still
        const disturb = async () => {
          store.beforeCommit(disturb)
          await shop.patchConnector({ name: newId() })
        }
        store.beforeCommit(disturb)
        const page = { mode: 'replay', cursor: null, limit: 10 } as const
        const filter = { connectorId: shop.connector.id, reason: 'CURRENCY_MISMATCH' }
        const replays = () => deliveries.replayPage(shop.admin.accountId, filter, page)
        expect(await replays()).toMatchObject({ matched: 2, replayed: 0, busy: 2 })
        for (const id of ids) expect(await shop.items(id)).toEqual(['ignored CURRENCY_MISMATCH'])
        store.beforeCommit(async () => {})
        expect(await replays()).toMatchObject({ matched: 2, replayed: 2, busy: 0 })
      })

      it('counts with dryRun, then goes page by page until all are done', async () => {
        await opened()
        await shop.patchConnector({ status: 'paused' })
        const ids: string[] = []
        for (let index = 0; index < 7; index += 1) ids.push(await order({ customerId: 8000 + index }))
        await shop.patchConnector({ status: 'live' })
        await order()
        await workOff(api)
        const filter = { connectorId: shop.connector.id, reason: 'CONNECTOR_NOT_LIVE' }
        expect(await data(shop.replayMany({ ...filter, dryRun: true }))).toEqual({
          dryRun: true,
          looked: 8,
          matched: 7,
          replayed: 7,
          unchanged: 0,
          busy: 0,
          bodyGone: 0,
          itemsQueued: 7,
          next: null,
        })
        expect(await shop.items(ids[0]!)).toEqual([])
        let cursor: string | null = null
        const replayed: number[] = []
        do {
          const given: object = cursor === null ? {} : { cursor }
          const page = await data(shop.replayMany({ ...filter, limit: 3, ...given }))
          replayed.push(page.replayed)
          cursor = page.next
        } while (cursor !== null)
        expect(replayed).toEqual([3, 3, 1])
        await workOff(api)
        for (const id of ids) expect(await shop.items(id)).toEqual(['counted'])
        expect(await data(shop.replayMany(filter))).toMatchObject({ matched: 0, replayed: 0, next: null })
      })

      it('are those that fit all that is given', async () => {
        await opened()
        await order({ financialStatus: 'pending' })
        api.clock.set('2026-11-22T13:00:00Z')
        const late = await order()
        api.clock.set(NOW)
        const matched = async (filter: object) =>
          (await data(shop.replayMany({ dryRun: true, ...filter }))).matched
        expect(await matched({ connectorId: shop.connector.id })).toBe(2)
        expect(await matched({ connectorId: newId() })).toBe(0)
        expect(await matched({ receivedFrom: '2026-11-22T13:00:00Z' })).toBe(1)
        expect(await matched({ receivedTo: '2026-11-22T13:00:00Z' })).toBe(1)
        expect(await matched({ itemStatus: 'pending' })).toBe(1)
        expect(await matched({ itemStatus: 'ignored' })).toBe(1)
        expect(await matched({ itemStatus: 'ignored', reason: 'NOT_PAID' })).toBe(1)
        expect(await matched({ itemStatus: 'pending', reason: 'NOT_PAID' })).toBe(0)
        expect(await matched({ orderId: String(orderId) })).toBe(1)
        expect((await shop.shown(late)).orderId).toBe(String(orderId))
      })

      it('are named: an empty body, a cursor of nobody’s and odd values are refused', async () => {
        await opened()
        const refused = async (body: object) => {
          const answer = await shop.replayMany(body)
          return [answer.status, answer.body.error.code, answer.body.error.details[0].path]
        }
        expect(await refused({})).toEqual([400, 'INVALID_INPUT', ''])
        expect(await refused({ dryRun: true })).toEqual([400, 'INVALID_INPUT', ''])
        expect(await refused({ itemStatus: 'lost' })).toEqual([400, 'INVALID_INPUT', 'itemStatus'])
        expect(await refused({ reason: 'X', limit: 501 })).toEqual([400, 'INVALID_INPUT', 'limit'])
        expect(await refused({ reason: 'X', cursor: 'x' })).toEqual([400, 'INVALID_INPUT', 'cursor'])
        expect(await refused({ reason: 'X', all: true })).toEqual([400, 'UNKNOWN_FIELD', 'all'])
      })
    })

    describe('that were abandoned', () => {
      const abandon = (id: string) =>
        shop.admin.post(`/schema/delivery/record/${id}/abandon`, { reason: 'a test of the shop' })

      it('are left by workers and by replays of many, and taken up by their own', async () => {
        await opened()
        const deliveryId = await order()
        expect((await data(abandon(deliveryId))).items).toMatchObject([
          { status: 'abandoned', reason: 'ABANDONED', message: 'a test of the shop' },
        ])
        expect(await data(abandon(deliveryId))).toMatchObject({ id: deliveryId })
        expect(await workOff(api)).toBe(0)
        await shop.replayMany({ connectorId: shop.connector.id })
        expect(await shop.items(deliveryId)).toEqual(['abandoned ABANDONED'])
        await shop.replay(deliveryId)
        await workOff(api)
        expect(await shop.items(deliveryId)).toEqual(['counted'])
      })

      it('are taken up by a replay of many that asks for them', async () => {
        await opened()
        const deliveryId = await order()
        await abandon(deliveryId)
        const filter = { connectorId: shop.connector.id, itemStatus: 'abandoned' }
        expect(await data(shop.replayMany(filter))).toMatchObject({ itemsQueued: 1 })
        await workOff(api)
        expect(await shop.items(deliveryId)).toEqual(['counted'])
      })

      it('stay counted where a worker was faster', async () => {
        await opened()
        const deliveryId = await order()
        const { store, deliveries } = interrupted()
        store.beforeCommit(() => workOff(api))
        await deliveries.abandon(shop.admin.accountId, deliveryId, 'too late')
        expect(await shop.items(deliveryId)).toEqual(['counted'])
      })
    })

    describe('that report a cancellation', () => {
      const cancelled = (id: number) => shop.deliverBody(shopifyCancelledOrder({ id }), 'orders/cancelled')
      const withdrawals = async () => (await shop.admin.list('withdrawal')).body.data.length

      it('take the order back once the connector is live again, and only once', async () => {
        await opened()
        await order()
        await workOff(api)
        await shop.patchConnector({ status: 'paused' })
        const deliveryId = await cancelled(orderId)
        await shop.patchConnector({ status: 'live' })
        expect((await data(shop.replay(deliveryId))).items).toMatchObject([
          { effect: 'queued', ruleIndex: null },
        ])
        await workOff(api)
        expect(await shop.items(deliveryId)).toEqual(['applied'])
        const before = await shop.shown(deliveryId)
        expect(await data(shop.replay(deliveryId))).toMatchObject({ outcome: 'unchanged' })
        expect(await shop.shown(deliveryId)).toEqual(before)
        expect(await withdrawals()).toBe(1)
      })

      it('and came before a purchase that is replayed take that back', async () => {
        await opened()
        await shop.patchConnector({ status: 'paused' })
        const purchase = await order()
        await shop.patchConnector({ status: 'live' })
        const report = await cancelled(orderId)
        await workOff(api)
        expect(await shop.items(report)).toEqual(['waiting'])
        expect((await data(shop.replay(report))).items).toMatchObject([
          { effect: 'queued', status: 'waiting' },
        ])
        await shop.replay(purchase)
        await workOff(api)
        await workOff(api)
        expect([await shop.items(purchase), await shop.items(report)]).toEqual([['counted'], ['applied']])
        expect(await withdrawals()).toBe(1)
      })

      it('and were abandoned take nothing back, until they are replayed', async () => {
        await opened()
        const report = await cancelled(orderId + 1)
        await workOff(api)
        await shop.admin.post(`/schema/delivery/record/${report}/abandon`, { reason: 'sent by mistake' })
        await order()
        await workOff(api)
        expect([await shop.items(report), await withdrawals()]).toEqual([['abandoned ABANDONED'], 0])
        await shop.replay(report)
        await workOff(api)
        expect([await shop.items(report), await withdrawals()]).toEqual([['applied'], 1])
      })
    })

    it('of another account is not there', async () => {
      await opened()
      const deliveryId = await order()
      const other = await api.account(`other ${newId()}`)
      for (const action of ['replay', 'abandon']) {
        const body = action === 'replay' ? {} : { reason: 'x' }
        const answer = await other.post(`/schema/delivery/record/${deliveryId}/${action}`, body)
        expect([action, answer.status]).toEqual([action, 404])
      }
      const many = await other.post('/schema/delivery/replay', { connectorId: shop.connector.id })
      expect(many.body.data).toMatchObject({ looked: 0, matched: 0 })
    })
  })
}

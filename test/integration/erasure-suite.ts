import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { v7 as newId } from 'uuid'
import { type CollectionName, type Row, SCHEMA } from '../../src/ports/schema.ts'
import type { Store } from '../../src/ports/store.ts'
import { createPrune } from '../../workers/upkeep/prune.ts'
import { type Api, interruptedStore, NOW, startApi } from '../helpers/api.ts'
import { failingStore } from '../helpers/failing-store.ts'
import type { ShopifyOrderOptions } from '../helpers/payloads.ts'
import { quietLogger } from '../helpers/quiet-logger.ts'
import { openReplayShop, type ReplayShop, workOff } from '../helpers/replay-shop.ts'

const DAY_MS = 86_400_000

/** What an erasure finds by an address, and what it leaves to others, on any store, over HTTP. */
export function describeErasure(name: string, open: () => Promise<{ store: Store; close(): Promise<void> }>) {
  describe(`erasing on ${name}`, () => {
    let api: Api
    let shop: ReplayShop
    let closeStore: () => Promise<void>
    let serial = 0

    beforeAll(async () => {
      const { store, close } = await open()
      closeStore = close
      api = await startApi({ store })
    })
    afterAll(async () => {
      await api.close()
      await closeStore()
    })

    const opened = async (rule: object = {}) => {
      shop = await openReplayShop(api, `shop ${newId()}`)
      await shop.patchConnector({ rules: [{ streakId: shop.streak.id, ...rule }] })
    }
    const address = () => `someone${++serial}@example.com`
    const customer = () => String(987_650_000_000 + ++serial)
    const order = (options: ShopifyOrderOptions) => shop.deliver({ id: String(++serial), ...options })
    const unpaid = (options: ShopifyOrderOptions) => order({ financialStatus: 'pending', ...options })
    const guest = { customerId: null, firstName: null, lastName: null } as never as ShopifyOrderOptions
    const memberOf = (fields: object) => shop.admin.create('account_user', fields)
    const remove = (id: string) => shop.admin.delete(`/schema/account_user/record/${id}`)
    const erase = (body: object) => shop.admin.post('/schema/account_user/erase', body)
    const erased = async (body: object) => {
      const { status, text, body: answer } = await erase(body)
      if (status !== 200) throw new Error(`${status} ${text}`)
      return answer.data
    }
    const hasBody = async (deliveryId: string) => {
      const [row] = await api.store.findByKeys('delivery', ['id'], [[deliveryId]])
      return row!.body !== null
    }
    const bodies = (...ids: string[]) => Promise.all(ids.map(hasBody))
    const itemsOf = (deliveryId: string) =>
      api.store.findByKeys('delivery_item', ['deliveryId'], [[deliveryId]])
    const rowsOf = async <C extends CollectionName>(collection: C): Promise<Row<C>[]> => {
      const where = { field: 'accountId', op: 'eq', value: shop.admin.accountId } as never
      return api.store.find(collection, { where, limit: 100_000 })
    }
    /** Every place in the account in which one of these texts stands, in whatever case. */
    const placesOf = async (...texts: string[]): Promise<string[]> => {
      const found = new Set<string>()
      for (const collection of Object.keys(SCHEMA) as CollectionName[]) {
        for (const stored of await rowsOf(collection)) {
          for (const [field, value] of Object.entries<unknown>(stored)) {
            const text = value instanceof Uint8Array ? Buffer.from(value).toString() : jsonOf(value)
            if (texts.some((each) => text.toLowerCase().includes(each.toLowerCase())))
              found.add(`${collection}.${field}`)
          }
        }
      }
      return [...found].sort()
    }
    const withStore = async <T>(store: Store, act: (slow: Api) => Promise<T>): Promise<T> => {
      const slow = await startApi({ store, secretBox: api.deps.secretBox })
      try {
        return await act(slow)
      } finally {
        await slow.close()
      }
    }
    const prune = (store = api.store, days = 30) =>
      createPrune({
        store,
        clock: { now: () => api.clock.now() + (days + 1) * DAY_MS },
        logger: quietLogger,
        deliveryRetentionDays: days,
      })()

    describe('a member who is known by a customer id', () => {
      it.each([
        ['whom the API told of', (email: string) => email],
        ['whose address is written otherwise', (email: string) => email.toUpperCase()],
      ])('takes what names only its address along, of one %s', async (_what, written) => {
        await opened({ guests: 'ignore' })
        const email = address()
        const { id } = await memberOf({ externalId: `shopify:${customer()}`, email: written(email) })
        const ignored = await order({ ...guest, email })
        const other = await order({ ...guest, email: address() })
        expect(await itemsOf(ignored)).toEqual(
          expect.arrayContaining([
            expect.objectContaining({ externalId: `email:${email}`, ruleIndex: null }),
          ]),
        )
        expect((await remove(id)).status).toBe(204)
        expect(await bodies(ignored, other)).toEqual([false, true])
        expect(await placesOf(email)).toEqual([])
      })

      it('takes what waits to be counted under its address along', async () => {
        await opened()
        const email = address()
        const { id } = await memberOf({ externalId: `shopify:${customer()}`, email })
        const waiting = await order({ ...guest, email })
        expect((await remove(id)).status).toBe(204)
        expect(await itemsOf(waiting)).toMatchObject([{ status: 'ignored', reason: 'MEMBER_ERASED' }])
        await workOff(api)
        expect(await shop.memberBy(`email:${email}`)).toBeUndefined()
        expect(await placesOf(email)).toEqual([])
      })

      it('leaves what comes for its address afterwards', async () => {
        await opened({ guests: 'ignore' })
        const email = address()
        const { id } = await memberOf({ externalId: `shopify:${customer()}`, email })
        await remove(id)
        api.clock.set('2026-11-22T12:00:01Z')
        const later = await order({ ...guest, email })
        const { id: again } = await memberOf({ externalId: `shopify:${customer()}` })
        await remove(again)
        api.clock.set(NOW)
        expect(await hasBody(later)).toBe(true)
      })

      it('takes what names the addresses along that its orders named before', async () => {
        await opened({ guests: 'ignore' })
        const [first, second, customerId] = [address(), address(), customer()]
        const early = await order({ ...guest, email: first })
        await order({ customerId, email: first, updatedAt: '2026-11-20T10:00:00Z' })
        await workOff(api)
        await order({ customerId, email: second, updatedAt: '2026-11-21T10:00:00Z' })
        await workOff(api)
        const member = await shop.memberBy(`shopify:${customerId}`)
        expect(member).toMatchObject({ email: second })
        expect((await remove(member.id)).status).toBe(204)
        expect(await hasBody(early)).toBe(false)
        expect(await placesOf(first, second, customerId)).toEqual([])
      })

      it('takes an address along that only an order named that did not count', async () => {
        await opened({ guests: 'ignore' })
        const [email, customerId] = [address(), customer()]
        const { id } = await memberOf({ externalId: `shopify:${customerId}` })
        await unpaid({ customerId, email })
        const alone = await order({ ...guest, email })
        await remove(id)
        expect(await hasBody(alone)).toBe(false)
        expect(await placesOf(email, customerId)).toEqual([])
      })
    })

    describe('two members with one address', () => {
      it('each take their own along, and the last one what names the address alone', async () => {
        await opened({ guests: 'ignore' })
        const [email, one, other] = [address(), customer(), customer()]
        const [first, second] = [
          await memberOf({ externalId: `shopify:${one}`, email }),
          await memberOf({ externalId: `shopify:${other}`, email: email.toUpperCase() }),
        ]
        const ids = [await unpaid({ customerId: one, email }), await unpaid({ customerId: other, email })]
        const alone = await order({ ...guest, email })
        await remove(first.id)
        expect(await bodies(...ids, alone)).toEqual([false, true, true])
        expect((await shop.admin.get(`/schema/account_user/record/${second.id}`)).body.data).toMatchObject({
          email: email.toUpperCase(),
        })
        await remove(second.id)
        expect(await bodies(...ids, alone)).toEqual([false, false, false])
        expect(await placesOf(email)).toEqual([])
      })

      it('keep what counted for the one whose name the address is', async () => {
        await opened()
        const [email, customerId] = [address(), customer()]
        const counted = await order({ ...guest, email })
        await workOff(api)
        const waiting = await order({ ...guest, email })
        const { id } = await memberOf({ externalId: `shopify:${customerId}`, email })
        await remove(id)
        expect(await bodies(counted, waiting)).toEqual([true, true])
        await workOff(api)
        expect(await itemsOf(waiting)).toMatchObject([{ status: 'counted' }])
        expect(await shop.memberBy(`email:${email}`)).toMatchObject({ email })
      })

      it('keep what names a member who is no longer known to have it', async () => {
        await opened({ guests: 'ignore' })
        const [email, one, other] = [address(), customer(), customer()]
        const { id } = await memberOf({ externalId: `shopify:${one}`, email })
        await memberOf({ externalId: `shopify:${other}` })
        const [foreign, nobodys] = [
          await unpaid({ customerId: other, email }),
          await unpaid({ customerId: customer(), email }),
        ]
        await remove(id)
        expect(await bodies(foreign, nobodys)).toEqual([true, false])
      })

      it('keep what tells of an order in which the other is named', async () => {
        await opened({ guests: 'ignore' })
        const [email, customerId, id] = [address(), customer(), String(++serial)]
        await memberOf({ externalId: `shopify:${customerId}` })
        const member = await memberOf({ externalId: `shopify:${customer()}`, email })
        const other = { id, customerId, email: address() }
        const told = [await order({ ...guest, id, email }), await unpaid(other)]
        await remove(member.id)
        expect(await bodies(...told)).toEqual([true, true])
      })

      it('keep what counted for a member who has another name now', async () => {
        await opened()
        const email = address()
        const counted = await order({ ...guest, email })
        await workOff(api)
        const { id: counting } = await shop.memberBy(`email:${email}`)
        await shop.admin.patch(`/schema/account_user/record/${counting}`, {
          externalId: `renamed ${++serial}`,
          email: null,
        })
        const { id } = await memberOf({ externalId: `shopify:${customer()}`, email })
        await remove(id)
        expect(await hasBody(counted)).toBe(true)
      })

      it('keep the body in which the other is named beside the address that is a member’s name', async () => {
        await opened({ guests: 'ignore' })
        const [email, customerId] = [address(), customer()]
        const { id } = await memberOf({ externalId: `email:${email}` })
        const other = await memberOf({ externalId: `shopify:${customerId}` })
        const [foreign, alone] = [await unpaid({ customerId, email }), await order({ ...guest, email })]
        await remove(id)
        expect(await bodies(foreign, alone)).toEqual([true, false])
        await remove(other.id)
        expect(await hasBody(foreign)).toBe(false)
      })
    })

    it('finds the address also where it was interrupted, wherever that was', async () => {
      await opened()
      let broke = true
      for (let allowed = 0; broke; allowed += 1) {
        const [email, former, customerId] = [address(), address(), customer()]
        const { id } = await memberOf({ externalId: `shopify:${customerId}`, email: former })
        await order({ customerId, email: former, updatedAt: '2026-11-20T10:00:00Z' })
        await workOff(api)
        await order({ customerId, email })
        await workOff(api)
        const guests = [await order({ ...guest, email }), await order({ ...guest, email: former })]
        const { status } = await withStore(failingStore(api.store, allowed), (slow) =>
          slow.as(shop.admin).delete(`/schema/account_user/record/${id}`),
        )
        broke = status === 503
        if (broke) expect((await remove(id)).status).toBe(204)
        for (const deliveryId of guests) expect(await hasBody(deliveryId)).toBe(false)
        expect(await placesOf(email, former, customerId)).toEqual([])
        expect(await rowsOf('erasure')).toEqual([])
        if (!broke) expect(allowed).toBeGreaterThan(5)
      }
    })

    describe('names that are kept for erasures alone', () => {
      const names = async (deliveryId: string) =>
        (await itemsOf(deliveryId)).filter(({ ruleIndex, report }) => ruleIndex === null && report === null)

      it('end with the bodies when their time is over', async () => {
        await opened({ currency: 'USD', minimumValue: 100 })
        const [email, customerId] = [address(), customer()]
        const ignored = await order({ customerId, email })
        expect(await names(ignored)).toHaveLength(2)
        await createPrune({
          store: api.store,
          clock: api.clock,
          logger: quietLogger,
          deliveryRetentionDays: 1,
        })()
        expect(await names(ignored)).toHaveLength(2)
        await prune()
        expect(await hasBody(ignored)).toBe(false)
        expect(await names(ignored)).toEqual([])
        expect(await placesOf(email, customerId)).toEqual([])
        expect(await shop.items(ignored)).toEqual(['ignored BELOW_MINIMUM'])
      })

      it('end however many they are, and wherever the last removal of them broke off', async () => {
        await opened({ guests: 'ignore' })
        const email = address()
        const [first] = await Promise.all(Array.from({ length: 450 }, () => order({ ...guest, email })))
        let commits = 0
        const isDone = () =>
          prune(failingStore(api.store, 1)).then(
            () => true,
            () => false,
          )
        while (!(await isDone())) commits += 1
        expect(commits).toBeGreaterThanOrEqual(5)
        expect(await placesOf(email)).toEqual([])
        expect(await names(first!)).toEqual([])
      })

      it('never end before the bodies do', async () => {
        await opened({ guests: 'ignore' })
        const email = address()
        const ids = await Promise.all(Array.from({ length: 450 }, () => order({ ...guest, email })))
        await expect(prune(failingStore(api.store, 2))).rejects.toThrow('the store is away')
        for (const id of ids) if (await hasBody(id)) expect(await names(id)).toHaveLength(1)
        await prune()
      })

      it('stay where another worker prunes the bodies at the same moment', async () => {
        await opened({ guests: 'ignore' })
        const ignored = await order({ ...guest, email: address() })
        const beaten = new Proxy(api.store, {
          get(target, key) {
            const member = Reflect.get(target, key)
            if (typeof member !== 'function') return member
            return async (...input: unknown[]) => {
              const [changes] = input as [{ collection: string }[]]
              const isOfBodies = key === 'commit' && changes[0]?.collection === 'delivery'
              return isOfBodies ? { outcome: 'conflict' } : Reflect.apply(member, target, input)
            }
          },
        })
        await prune(beaten)
        expect(await hasBody(ignored)).toBe(true)
        expect(await names(ignored)).toHaveLength(1)
      })

      it('end with the bodies that an erasure removes', async () => {
        await opened({ currency: 'USD', minimumValue: 100 })
        const [email, customerId] = [address(), customer()]
        const { id } = await memberOf({ externalId: `shopify:${customerId}` })
        const ignored = await order({ customerId, email })
        await remove(id)
        expect(await names(ignored)).toEqual([])
        expect(await shop.items(ignored)).toEqual(['ignored BELOW_MINIMUM'])
      })
    })

    describe('somebody who never became a member', () => {
      it('is erased by address, once and again', async () => {
        await opened({ guests: 'ignore' })
        const email = address()
        const ignored = [await order({ ...guest, email }), await unpaid({ customerId: customer(), email })]
        const other = await order({ ...guest, email: address() })
        expect(await erased({ email: email.toUpperCase() })).toEqual({
          dryRun: false,
          members: 0,
          deliveries: 2,
          otherMembers: [],
        })
        for (const deliveryId of ignored) expect(await hasBody(deliveryId)).toBe(false)
        expect(await bodies(other)).toEqual([true])
        expect(await placesOf(email)).toEqual([])
        expect(await rowsOf('erasure')).toEqual([])
        expect(await rowsOf('member')).toEqual([])
        expect(await erased({ email })).toMatchObject({ members: 0, deliveries: 0 })
      })

      it('is only counted when asked to', async () => {
        await opened({ guests: 'ignore' })
        const email = address()
        const { id } = await memberOf({ externalId: `email:${email}` })
        const ignored = await order({ ...guest, email })
        const before = await placesOf(email)
        expect(await erased({ email, dryRun: true })).toEqual({
          dryRun: true,
          members: 1,
          deliveries: 1,
          otherMembers: [],
        })
        expect(await hasBody(ignored)).toBe(true)
        expect(await placesOf(email)).toEqual(before)
        expect((await shop.admin.get(`/schema/account_user/record/${id}`)).status).toBe(200)
      })

      it('is not brought back by what was received before and is worked off after', async () => {
        await opened()
        const email = address()
        const waiting = await order({ ...guest, email })
        expect(await erased({ email })).toMatchObject({ members: 0, deliveries: 1 })
        expect(await itemsOf(waiting)).toMatchObject([{ status: 'ignored', reason: 'MEMBER_ERASED' }])
        await workOff(api)
        await shop.replay(waiting)
        await workOff(api)
        expect(await shop.memberBy(`email:${email}`)).toBeUndefined()
        expect(await placesOf(email)).toEqual([])
      })

      it('is not brought back by a replay in the instant before it is written', async () => {
        await opened({ guests: 'ignore' })
        const email = address()
        const ignored = await order({ ...guest, email })
        await shop.patchConnector({ rules: [{ streakId: shop.streak.id }] })
        const store = interruptedStore(api.store)
        store.beforeCommit(() => erased({ email }))
        const answer = await withStore(store, (slow) =>
          slow.as(shop.admin).post(`/schema/delivery/record/${ignored}/replay`, {}),
        )
        expect(answer.body.data).toMatchObject({ outcome: 'unchanged', reason: 'BODY_GONE' })
        await workOff(api)
        expect(await placesOf(email)).toEqual([])
      })

      it('is not brought back by a replay that is counted while the erasure is under way', async () => {
        await opened({ guests: 'ignore' })
        const email = address()
        const ignored = await order({ ...guest, email })
        const untouched = await order({ ...guest, email })
        await shop.patchConnector({ rules: [{ streakId: shop.streak.id }] })
        const before = interruptedStore(api.store)
        const replaying = await startApi({ store: before, secretBox: api.deps.secretBox })
        const store = interruptedStore(api.store)
        const during = await startApi({ store, secretBox: api.deps.secretBox })
        let resume = (): void => {}
        const read = new Promise<void>((resolve) => {
          before.beforeCommit(async () => {
            // it has read that nobody is being erased, and writes once the erasure has begun
            await new Promise<void>((go) => {
              resume = go
              resolve()
            })
          })
        })
        const replay = replaying.as(shop.admin).post(`/schema/delivery/record/${ignored}/replay`, {})
        await read
        store.beforeCommit(async () => {
          store.beforeCommit(async () => {
            resume()
            await replay
            await workOff(api)
            expect(await shop.memberBy(`email:${email}`)).toMatchObject({ email })
          })
        })
        const { status } = await during.as(shop.admin).post('/schema/account_user/erase', { email })
        await replaying.close()
        await during.close()
        expect(status).toBe(200)
        expect(await hasBody(untouched)).toBe(false)
        expect(await shop.memberBy(`email:${email}`)).toBeUndefined()
        expect(await placesOf(email)).toEqual([])
      })

      it('by a replay is left alone while an erasure of it is under way', async () => {
        await opened({ guests: 'ignore' })
        const [email, customerId] = [address(), customer()]
        const ignored = await order({ ...guest, email })
        const member = await memberOf({ externalId: `shopify:${customerId}`, email })
        await shop.patchConnector({ rules: [{ streakId: shop.streak.id }] })
        // each as far as its first commit
        await withStore(failingStore(api.store, 1), (slow) =>
          slow.as(shop.admin).delete(`/schema/account_user/record/${member.id}`),
        )
        expect((await shop.replay(ignored)).body.data).toMatchObject({ reason: 'MEMBER_ERASED' })
        await remove(member.id)
        const another = address()
        const second = await order({ ...guest, email: another })
        await shop.patchConnector({ rules: [] })
        const third = await order({ ...guest, email: another })
        await shop.patchConnector({ rules: [{ streakId: shop.streak.id }] })
        await withStore(failingStore(api.store, 1), (slow) =>
          slow.as(shop.admin).post('/schema/account_user/erase', { email: another }),
        )
        expect((await shop.replay(third)).body.data).toMatchObject({ reason: 'MEMBER_ERASED' })
        expect(await erased({ email: another })).toMatchObject({ members: 0 })
        expect(await bodies(second, third)).toEqual([false, false])
      })

      it('is erased with the member whose name the address is, and all that is its own', async () => {
        await opened()
        const email = address()
        const counted = await order({ ...guest, email })
        await workOff(api)
        const { id } = await shop.memberBy(`email:${email}`)
        expect(await erased({ email })).toMatchObject({ members: 1, deliveries: 1, otherMembers: [] })
        expect((await shop.admin.get(`/schema/account_user/record/${id}`)).status).toBe(404)
        expect(await hasBody(counted)).toBe(false)
        expect(await placesOf(email)).toEqual([])
      })

      it('leaves members alone that are known by another name, with what is theirs, and names them', async () => {
        await opened({ guests: 'ignore' })
        const [email, customerId] = [address(), customer()]
        const { id } = await memberOf({ externalId: `shopify:${customerId}`, email: email.toUpperCase() })
        const [theirs, alone] = [await unpaid({ customerId, email }), await order({ ...guest, email })]
        expect(await erased({ email })).toEqual({
          dryRun: false,
          members: 0,
          deliveries: 1,
          otherMembers: [id],
        })
        expect(await bodies(theirs, alone)).toEqual([true, false])
        expect((await shop.admin.get(`/schema/account_user/record/${id}`)).status).toBe(200)
        await remove(id)
        expect(await placesOf(email)).toEqual([])
      })

      it('of another account is another one', async () => {
        await opened({ guests: 'ignore' })
        const email = address()
        const here = await order({ ...guest, email })
        const mine = shop
        await opened({ guests: 'ignore' })
        expect(await erased({ email })).toMatchObject({ members: 0, deliveries: 0 })
        shop = mine
        expect(await hasBody(here)).toBe(true)
      })

      it('is found again where the erasure was interrupted, wherever that was', async () => {
        await opened()
        let broke = true
        for (let allowed = 0; broke; allowed += 1) {
          const email = address()
          await order({ ...guest, email })
          await workOff(api)
          await order({ ...guest, email })
          const { status } = await withStore(failingStore(api.store, allowed), (slow) =>
            slow.as(shop.admin).post('/schema/account_user/erase', { email }),
          )
          broke = status === 503
          if (broke) await erased({ email })
          expect(await placesOf(email)).toEqual([])
          expect(await rowsOf('erasure')).toEqual([])
          if (!broke) expect(allowed).toBeGreaterThan(5)
        }
      })

      it.each([
        ['no address', {}, 'email', 'INVALID_INPUT'],
        ['none that could be one', { email: 'nobody' }, 'email', 'INVALID_INPUT'],
        ['null', { email: null }, 'email', 'INVALID_INPUT'],
        ['what there is not', { email: 'a@example.com', externalId: 'x' }, 'externalId', 'UNKNOWN_FIELD'],
      ])('is not erased by %s', async (_what, body, path, code) => {
        await opened()
        const answer = await erase(body)
        expect([answer.status, answer.body.error.code, answer.body.error.details[0].path]).toEqual([
          400,
          code,
          path,
        ])
        expect(answer.text).not.toContain('nobody')
      })

      it('is in no log line', async () => {
        await opened({ guests: 'ignore' })
        const email = address()
        await order({ ...guest, email })
        await erased({ email })
        expect(JSON.stringify(api.lines)).not.toContain(email)
      })
    })
  })
}

function jsonOf(value: unknown): string {
  return JSON.stringify(value, (_key, item) => (typeof item === 'bigint' ? String(item) : item)) ?? ''
}

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { v7 as newId } from 'uuid'
import { insert } from '../../src/ports/changes.ts'
import type { Store } from '../../src/ports/store.ts'
import { createPrune } from '../../workers/upkeep/prune.ts'
import { type Api, type Body, startApi } from '../helpers/api.ts'
import { type ExplainShop, openExplainShop } from '../helpers/explain-shop.ts'
import { type ShopifyOrderOptions, shopifyOrder } from '../helpers/payloads.ts'
import { quietLogger } from '../helpers/quiet-logger.ts'
import { shopifyRefund } from '../helpers/report-payloads.ts'

const DAY_MS = 86_400_000
const GUEST = { customerId: null } as unknown as ShopifyOrderOptions

/** Finding orders by whatever is known of them or of who bought, on any store, over HTTP. */
export function describeOrderSearch(
  kind: string,
  open: () => Promise<{ store: Store; close(): Promise<unknown> }>,
): void {
  describe(`searching orders on ${kind}`, () => {
    let opened: Awaited<ReturnType<typeof open>>
    let api: Api
    let shop: ExplainShop
    let serial = 0

    beforeAll(async () => {
      opened = await open()
      api = await startApi({ store: opened.store })
    })
    afterAll(async () => {
      await api.close()
      await opened.close()
    })
    beforeEach(async () => {
      shop = await openExplainShop(api, `shop ${newId()}`)
    })

    const ask = (parameters: Readonly<Record<string, string>>) =>
      shop.admin.get(`/schema/delivery/search?${new URLSearchParams(parameters)}`)
    const search = async (q: string, limit?: number): Promise<Body> => {
      const { status, text, body } = await ask({ q, ...(limit === undefined ? {} : { limit: `${limit}` }) })
      if (status !== 200) throw new Error(text)
      return body.data
    }
    /** Ids of the orders that are found, in their order. */
    const found = async (q: string) => (await search(q)).deliveries.map(({ orderId }: Body) => orderId)
    const order = async (options: ShopifyOrderOptions = {}, more: object = {}) => {
      const id = String(8_000_000 + ++serial)
      await shop.told('orders/paid', shopifyOrder({ id, ...options, order: { name: `#T${serial}` } }), more)
      return id
    }

    it('finds an order by its name, its beginning, with or without the #, and by its number', async () => {
      const ids = [await order(), await order(), await order()]
      const [first = '', second = '', third = ''] = ids
      const { deliveries } = await search(first)
      expect(deliveries).toHaveLength(1)
      const { id } = deliveries[0]
      expect(deliveries[0]).toEqual((await shop.admin.get(`/schema/delivery/record/${id}`)).body.data)
      for (const name of [`#T${serial}`, `T${serial}`, ` T${serial} `])
        expect(await found(name)).toEqual([third])
      expect((await found('#T')).sort()).toEqual([first, second, third].sort())
      expect(await found('no such order')).toEqual([])
      await shop.told('refunds/create', shopifyRefund({ orderId: first }))
      expect(await found(first)).toEqual([first, first])
    })

    it('finds what counted by address, customer number, in any form, and by name', async () => {
      const email = 'Sara.Levi@Example.com'
      const id = await order({ email, customerId: '70123', firstName: 'Sára', lastName: 'Levi  Cohen' })
      for (const q of [
        'sara.levi@example.com',
        'SARA.LEVI@example.com',
        '70123',
        'shopify:70123',
        'Sára Levi Cohen',
        'sára',
        'levi cohen',
        'LEVI COHEN sára',
        'levi c',
      ]) {
        expect([q, await found(q)]).toEqual([q, [id]])
      }
      for (const q of ['sara', 'cohen', 'levi@example.com', '7012', 'stripe:70123']) {
        expect([q, await found(q)]).toEqual([q, []])
      }
    })

    it('finds what did not count, whatever became of it, by address and customer number', async () => {
      const person = { email: 'nobody@example.com', customerId: '70456' }
      const test = await order({ ...person, test: true })
      const unpaid = await order({ ...person, financialStatus: 'pending' })
      await shop.patch(shop.shopify, { status: 'paused' })
      const ignored = await order(person)
      await shop.patch(shop.shopify, {
        status: 'live',
        rules: [{ streakId: shop.days.id, guests: 'ignore' }],
      })
      const guest = await order({ ...GUEST, email: 'nobody@example.com' })
      const foreign = await order(person, { shopDomain: 'another.myshopify.com' })
      expect(await found('nobody@example.com')).toEqual([foreign, guest, ignored, unpaid, test])
      expect(await found('70456')).toEqual([foreign, ignored, unpaid, test])
    })

    it('finds what waits to be counted, and what was not counted when its turn came', async () => {
      const person = { email: 'Later@example.com', customerId: '70654', firstName: 'Late', lastName: 'Comer' }
      const waiting = await order(person, { leavesWork: true })
      for (const q of ['later@example.com', '70654', 'comer la'])
        expect([q, await found(q)]).toEqual([q, [waiting]])
      for (const { id } of [shop.days, shop.money]) {
        await shop.admin.patch(`/schema/streak/record/${id}`, { status: 'paused' })
      }
      const ignored = await order(person)
      for (const q of ['later@example.com', '70654']) {
        expect([q, await found(q)]).toEqual([q, [ignored, waiting]])
      }
      const abandoned = await order(person, { leavesWork: true })
      const [{ id }] = (await search(abandoned)).deliveries
      await shop.admin.post(`/schema/delivery/record/${id}/abandon`, { reason: 'a test' })
      expect(await found('later@example.com')).toEqual([abandoned, ignored, waiting])
      // whom an address names is erased by it, and not found any more
      const erased = await shop.admin.post('/schema/account_user/erase', { email: 'later@example.com' })
      expect(erased.body.data).toMatchObject({ members: 0, deliveries: 3 })
      for (const q of ['later@example.com', '70654']) expect([q, await found(q)]).toEqual([q, []])
    })

    it('finds members by number, its beginning, address and name, and says whether there are more', async () => {
      for (const [externalId, firstName, lastName] of [
        ['shopify:61', 'Ida', 'Öst'],
        ['mine 61', 'Ida', 'West'],
        ['mine 62', null, null],
      ]) {
        await shop.admin.create('account_user', { externalId, firstName, lastName, email: 'Ida@Example.com' })
      }
      const members = async (search: string) =>
        (await shop.admin.get(`/schema/account_user/search?${search}`)).body.data
      const called = async (q: string) =>
        (await members(`q=${encodeURIComponent(q)}`)).members.map(({ externalId }: Body) => externalId).sort()
      for (const [q, names] of [
        ['61', ['shopify:61']],
        ['mine', ['mine 61', 'mine 62']],
        ['ida', ['mine 61', 'shopify:61']],
        ['ÖST i', ['shopify:61']],
        ['ida@example.com', ['mine 61', 'mine 62', 'shopify:61']],
        ['ida@example', []],
      ] as const) {
        expect([q, await called(q)]).toEqual([q, names])
      }
      const { members: shown, hasMore } = await members('q=ida&limit=1')
      expect([shown.length, hasMore]).toEqual([1, true])
      expect(shown[0]).toEqual((await shop.admin.get(`/schema/account_user/record/${shown[0].id}`)).body.data)
    })

    it('finds what a member bought as somebody else before, and as a guest', async () => {
      const counted = await order({
        email: 'zoe@example.com',
        customerId: '70789',
        firstName: 'Zoë',
        lastName: null,
      })
      const guest = await order({ ...GUEST, email: 'zoe@example.com', test: true })
      const filters = { fieldSlug: 'externalId', operator: 'EQUALS', value: 'shopify:70789' }
      const [member] = (await shop.admin.list('account_user', { filters })).body.data
      await shop.admin.patch(`/schema/account_user/record/${member.id}`, { externalId: 'mine 1' })
      for (const q of ['mine 1', 'zoë', 'zoe@example.com']) {
        expect([q, await found(q)]).toEqual([q, [guest, counted]])
      }
    })

    it('follows a name that changes, and one that is told later', async () => {
      const person = { email: 'ann@example.com', customerId: '70901' }
      const first = await order({ ...person, firstName: null, lastName: null } as never)
      expect(await found('ann')).toEqual([])
      const second = await order({ ...person, firstName: 'Ann', lastName: null } as never)
      expect(await found('ann')).toEqual([second, first])
      const [member] = (await shop.admin.list('account_user')).body.data
      await shop.admin.patch(`/schema/account_user/record/${member.id}`, {
        firstName: 'Bea',
        lastName: 'Nguyễn',
      })
      expect(await found('ann')).toEqual([])
      expect(await found('nguyễn bea')).toEqual([second, first])
      await shop.admin.patch(`/schema/account_user/record/${member.id}`, { firstName: null, lastName: null })
      expect(await found('bea')).toEqual([])
    })

    it('finds nobody who was erased, and what did not count only as long as its body is kept', async () => {
      const person = { email: 'gone@example.com', customerId: '70222', firstName: 'Gone', lastName: 'Person' }
      const counted = await order(person)
      const test = await order({ ...person, test: true })
      expect(await found('gone person')).toEqual([test, counted])
      const [member] = (await shop.admin.list('account_user')).body.data
      expect((await shop.admin.delete(`/schema/account_user/record/${member.id}`)).status).toBe(204)
      for (const q of [
        'gone@example.com',
        '70222',
        'gone',
        'person gone',
        `erased:${member.id}`,
        'erased:',
      ]) {
        expect([q, await found(q)]).toEqual([q, []])
      }
      const [row] = await api.store.findByKeys(
        'member',
        ['accountId', 'id'],
        [[shop.admin.accountId, member.id]],
      )
      expect(row).toMatchObject({ nameKey: null, turnedNameKey: null })
      expect(await found(counted)).toEqual([counted])
      const other = await order({ email: 'other@example.com', customerId: '70333', test: true })
      expect(await found('70333')).toEqual([other])
      const clock = { now: () => api.clock.now() + 31 * DAY_MS }
      await createPrune({ store: api.store, clock, logger: quietLogger, deliveryRetentionDays: 30 })()
      expect(await found('70333')).toEqual([])
      expect(await found(other)).toEqual([other])
    })

    it('finds nobody whose erasure is under way', async () => {
      await order({ email: 'leaving@example.com', customerId: '70444', test: true })
      expect(await found('70444')).toHaveLength(1)
      const times = { createdAt: api.clock.now(), updatedAt: api.clock.now() }
      const names = { externalId: 'shopify:70444', emailIdentity: 'email:leaving@example.com' }
      const row = { id: newId(), accountId: shop.admin.accountId, ...times, ...names }
      await api.store.commit([insert('erasure', row)])
      expect(await found('70444')).toEqual([])
      expect(await found('leaving@example.com')).toEqual([])
    })

    it('shows the newest, as many as are asked for, and says whether there are more', async () => {
      const ids = []
      for (let at = 0; at < 3; at += 1) ids.unshift(await order({ customerId: '70555' }))
      const orders = ({ deliveries, hasMore }: Body) => [
        deliveries.map(({ orderId }: Body) => orderId),
        hasMore,
      ]
      expect(orders(await search('70555', 2))).toEqual([ids.slice(0, 2), true])
      expect(orders(await search('70555', 3))).toEqual([ids, false])
    })

    it('shows nothing of another account', async () => {
      const id = await order({ email: 'mine@example.com', firstName: 'Mine' })
      const other = await api.account('another shop')
      for (const q of [id, 'mine@example.com', 'mine']) {
        const { data } = (await other.get(`/schema/delivery/search?q=${encodeURIComponent(q)}`)).body
        expect(data).toEqual({ deliveries: [], hasMore: false })
      }
    })

    it('says what is wrong with a question', async () => {
      for (const [parameters, path] of [
        [{}, 'q'],
        [{ q: '  ' }, 'q'],
        [{ q: 'x'.repeat(257) }, 'q'],
        [{ q: 'a\0b' }, 'q'],
        [{ q: 'a', limit: '0' }, 'limit'],
        [{ q: 'a', limit: '101' }, 'limit'],
        [{ q: 'a', limit: 'few' }, 'limit'],
      ] as const) {
        const { status, body } = await ask(parameters as Record<string, string>)
        expect([parameters, status, body.error.details[0].path]).toEqual([parameters, 400, path])
      }
    })
  })
}

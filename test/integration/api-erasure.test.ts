import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { v7 as newId } from 'uuid'
import { activityJobOf } from '../../src/ports/queue.ts'
import { type CollectionName, type Row, SCHEMA } from '../../src/ports/schema.ts'
import type { Change, Store } from '../../src/ports/store.ts'
import { rebuild } from '../../src/rebuild/rebuild.ts'
import { createProcessItems } from '../../workers/activity/process.ts'
import { row } from '../contract/store/rows.ts'
import {
  type Answer,
  type Api,
  type Body,
  type Client,
  interruptedStore,
  NOW,
  startApi,
} from '../helpers/api.ts'
import { failingStore } from '../helpers/failing-store.ts'
import { type ShopifyOrderOptions, shopifyOrder } from '../helpers/payloads.ts'
import { quietLogger } from '../helpers/quiet-logger.ts'
import { shopifyRequest } from '../helpers/signed.ts'

const SECRET = 'webhook_secret_of_the_tests'

let api: Api
let admin: Client
let serial = 0

beforeAll(async () => {
  api = await startApi()
  admin = await api.account('erasure')
})
afterAll(() => api.close())

const refusal = ({ status, body }: Answer) => [status, body?.error?.code, body?.error?.details[0]?.path]
const memberPath = (id: string) => `/schema/account_user/record/${id}`
const erase = (id: string, client = admin) => client.delete(memberPath(id))
const owned = (id: string) => ({ filters: { fieldSlug: 'ownedById', operator: 'EQUALS', value: id } })

const streakOf = (fields: object = {}) =>
  admin.create('streak', {
    name: 's',
    status: 'live',
    aggregationMethod: 'count',
    aggregationTargetValue: 1,
    ...fields,
  })
const milestoneOf = (streak: Body, fields: object = {}) =>
  admin.create('milestone', {
    linkedSchemaRecordId: streak.id,
    name: 'm',
    milestoneTargetValue: 1,
    status: 'live',
    ...fields,
  })
const logBody = (streak: Body, owner: object, fields: object = {}) => ({
  streakId: streak.id,
  ...owner,
  activityAt: '2026-11-22T10:00:00Z',
  activityId: 'visit',
  uniqueIdentifier: `event ${++serial}`,
  ...fields,
})
const logFor = (streak: Body, owner: object, fields: object = {}) =>
  admin.create('streak_log', logBody(streak, owner, fields))

/** A person whom nothing else in the store resembles. */
function person() {
  serial += 1
  const name = `person${serial}x`
  return {
    customerId: String(987_650_000_000 + serial),
    externalId: `shopify:${987_650_000_000 + serial}`,
    name,
    profile: { firstName: `first ${name}`, lastName: `last ${name}`, email: `${name}@example.com` },
  }
}
type Person = ReturnType<typeof person>

async function shopFor(streaks: readonly Body[], fields: object = {}): Promise<Body> {
  return admin.create('connector', {
    name: 'shop',
    platform: 'shopify',
    credentials: { webhookSecrets: [SECRET] },
    settings: { shopDomain: 'example.myshopify.com' },
    rules: streaks.map(({ id }) => ({ streakId: id })),
    ...fields,
  })
}

/** An order of theirs arrives, a paid one unless told otherwise; answers its delivery's id. */
async function orders(
  connector: Body,
  who: Person,
  options: ShopifyOrderOptions = {},
  topic = 'orders/paid',
): Promise<string> {
  const { firstName, lastName, email } = who.profile
  const body = shopifyOrder({
    id: ++serial,
    customerId: who.customerId,
    ...{ firstName, lastName, email },
    processedAt: '2026-11-22T09:00:00Z',
    ...options,
  })
  const { headers, body: bytes } = shopifyRequest({ body, secret: SECRET, topic })
  const init = { method: 'POST', headers, body: new Uint8Array(bytes) }
  return (await api.send(connector.webhookPath, init)).body.data.deliveryId
}

async function itemsOf(deliveryId: string): Promise<Row<'delivery_item'>[]> {
  return api.store.findByKeys('delivery_item', ['deliveryId'], [[deliveryId]])
}

/** What a worker does with the items of a delivery. */
async function workOff(deliveryId: string, { store, recorder, entries } = api.deps): Promise<void> {
  const engine = { ...entries, record: recorder.record }
  const process = createProcessItems({ store, recorder: engine, clock: api.clock, logger: quietLogger })
  const context = { tryNumber: 1, lastTry: false, jobId: 'job', signal: new AbortController().signal }
  for (const item of await itemsOf(deliveryId)) await process(activityJobOf(item), context)
}

async function rowsOf<C extends CollectionName>(collection: C): Promise<Row<C>[]> {
  const where = { field: 'accountId', op: 'eq', value: admin.accountId } as never
  return api.store.find(collection, { where, limit: 100_000 })
}

/** Every place in the store of the account in which one of these texts stands. */
async function placesOf(...texts: readonly string[]): Promise<string[]> {
  const found: string[] = []
  for (const collection of Object.keys(SCHEMA) as CollectionName[]) {
    for (const stored of await rowsOf(collection)) {
      for (const [field, value] of Object.entries<unknown>(stored)) {
        const text = value instanceof Uint8Array ? Buffer.from(value).toString() : jsonOf(value)
        if (texts.some((each) => text.includes(each))) found.push(`${collection}.${field}`)
      }
    }
  }
  return [...new Set(found)]
}

function jsonOf(value: unknown): string {
  return JSON.stringify(value, (_key, item) => (typeof item === 'bigint' ? String(item) : item)) ?? ''
}

const traces = ({ name, customerId }: Person) => placesOf(name, customerId)

describe('erasing a member', () => {
  it('removes who it was and keeps what was done', async () => {
    const who = person()
    const streak = await streakOf()
    const connector = await shopFor([streak])
    const deliveryId = await orders(connector, who)
    await workOff(deliveryId)
    const [counted] = await itemsOf(deliveryId)
    const log = (await admin.get(`/schema/streak_log/record/${counted?.streakLogId}`)).body.data
    expect(await traces(who)).toEqual(
      expect.arrayContaining([
        'member.externalId',
        'member.email',
        'delivery.body',
        'delivery_item.activity',
        'delivery_item.externalId',
      ]),
    )

    const answer = await erase(log.ownedById)
    expect(answer).toMatchObject({ status: 204, text: '' })
    expect(await traces(who)).toEqual([])
    const [tombstone] = await api.store.findByKeys('member', ['id'], [[log.ownedById]])
    expect(tombstone).toMatchObject({ externalId: `erased:${log.ownedById}`, profileTimes: {} })
    expect(await rowsOf('erasure')).toEqual([])

    expect((await admin.get(`/schema/streak_log/record/${log.id}`)).body.data).toEqual(log)
    for (const slug of ['streak_log', 'streak_progress', 'member_streak']) {
      expect((await admin.list(slug, owned(log.ownedById))).body.data).toHaveLength(1)
    }
    const delivery = (await admin.get(`/schema/delivery/record/${deliveryId}`)).body.data
    expect(delivery).toMatchObject({ headers: {}, orderId: log.uniqueIdentifier, outcome: 'translated' })
    expect(delivery.items).toMatchObject([{ status: 'counted', streakLogId: log.id }])
    const [item] = await itemsOf(deliveryId)
    expect(item?.activity).toEqual({
      ...counted?.activity,
      externalId: `erased:${log.ownedById}`,
      profile: {},
    })
    const [raw] = await api.store.findByKeys('delivery', ['id'], [[deliveryId]])
    expect(raw).toMatchObject({ body: null, bodyKeptSince: null })
  })

  it('leaves nobody to be found, changed or erased again', async () => {
    const { id } = await admin.create('account_user', { externalId: `gone ${++serial}` })
    expect((await erase(id)).status).toBe(204)
    expect((await admin.get(memberPath(id))).status).toBe(404)
    expect((await erase(id)).status).toBe(404)
    for (const patch of [{}, { firstName: null }, { firstName: 'Ada' }, { status: 'paused' }]) {
      expect((await admin.patch(memberPath(id), patch)).status).toBe(404)
    }
    const filters = [
      { fieldSlug: 'id', operator: 'EQUALS', value: id },
      { fieldSlug: 'externalId', operator: 'EQUALS', value: `erased:${id}` },
      { fieldSlug: 'externalId', operator: 'STARTS_WITH', value: 'erased:' },
      { fieldSlug: 'email', operator: 'IS_NULL' },
    ]
    for (const filter of filters) {
      const { data, paging } = (
        await admin.list('account_user', { filters: filter, limit: 1000, fetchTotalCount: 'true' })
      ).body
      expect(data.map((member: Body) => member.id)).not.toContain(id)
      expect(paging.totalCount).toBe(data.length)
    }
    expect((await admin.list('account_user', { limit: 1000 })).text).not.toContain('erased:')
  })

  it('is for members of the own account that are there', async () => {
    const stranger = await api.account(`stranger ${++serial}`)
    const { id } = await admin.create('account_user', { externalId: `mine ${serial}` })
    expect((await erase(id, stranger)).status).toBe(404)
    expect((await erase(newId())).status).toBe(404)
    expect((await admin.get(memberPath(id))).status).toBe(200)
  })

  it('frees the externalId for somebody new, whose logs nothing guards but purchases', async () => {
    const who = person()
    const streak = await streakOf()
    const connector = await shopFor([streak])
    const id = ++serial
    await workOff(await orders(connector, who, { id }))
    const owner = { ownedBy: { externalId: who.externalId } }
    const first = await logFor(streak, owner, { uniqueIdentifier: 'kept' })
    await erase(first.ownedById)
    const again = await logFor(streak, owner, { uniqueIdentifier: 'kept' })
    expect(again.ownedById).not.toBe(first.ownedById)
    expect(again.streakProgress.currentProgressValue).toBe(1)
    const repeated = await orders(connector, who, { id, updatedAt: '2026-11-22T11:00:00Z' })
    await workOff(repeated)
    expect(await itemsOf(repeated)).toMatchObject([{ status: 'duplicate' }])
  })

  it('lets no name be written that looks like an erased one', async () => {
    const streak = await streakOf()
    const { id, externalId } = await admin.create('account_user', { externalId: `looks ${++serial}` })
    await erase(id)
    const taken = `erased:${id}`
    expect(refusal(await admin.post('/schema/account_user/record', { externalId: taken }))).toEqual([
      400,
      'INVALID_INPUT',
      'externalId',
    ])
    const living = await admin.create('account_user', { externalId })
    expect(refusal(await admin.patch(memberPath(living.id), { externalId: taken }))).toEqual([
      400,
      'INVALID_INPUT',
      'externalId',
    ])
    const post = (owner: object) => admin.post('/schema/streak_log/record', logBody(streak, owner))
    expect(refusal(await post({ ownedBy: { externalId: taken } }))).toEqual([
      400,
      'INVALID_INPUT',
      'ownedBy.externalId',
    ])
    expect(refusal(await post({ ownedById: id }))).toEqual([400, 'REFERENCE_NOT_FOUND', 'ownedById'])
    // also where it comes from the store
    const recorded = await api.deps.recorder.record({
      accountId: admin.accountId,
      streakId: streak.id,
      member: { externalId: taken, profile: {}, profileAt: null },
      activityId: 'replayed',
      uniqueIdentifier: 'replayed',
      activityAt: api.clock.now(),
      activityValue: null,
      status: 'live',
      enrich: false,
    })
    expect(recorded).toMatchObject({ outcome: 'rejected', code: 'REFERENCE_NOT_FOUND', path: 'ownedBy' })
  })

  it('says no such member before it says duplicate', async () => {
    const streak = await streakOf()
    const log = await logFor(streak, { ownedBy: { externalId: `twice ${++serial}` } })
    await erase(log.ownedById)
    const { uniqueIdentifier } = log
    const body = logBody(streak, { ownedById: log.ownedById }, { uniqueIdentifier })
    expect(refusal(await admin.post('/schema/streak_log/record', body))).toEqual([
      400,
      'REFERENCE_NOT_FOUND',
      'ownedById',
    ])
  })
})

describe('rewards of an erased member', () => {
  const rewardRow = async (id: string) => (await api.store.findByKeys('reward_log', ['id'], [[id]]))[0]!

  it('are revoked while nobody was asked for a coupon, and kept otherwise', async () => {
    const streak = await streakOf()
    const pool = await admin.create('coupon_provider', { name: `pool ${++serial}`, provider: 'pool' })
    const reward = { providerId: pool.id, discount: { percentage: 10 } }
    const value = { milestoneMetric: 'current_progress_value' }
    await milestoneOf(streak, { name: 'manual' })
    await milestoneOf(streak, { name: 'manual once', milestoneRepeat: 'once' })
    await milestoneOf(streak, { name: 'automatic', reward, ...value })
    const issued = await milestoneOf(streak, { name: 'issued', ...value })
    const issuing = await milestoneOf(streak, { name: 'issuing', reward, ...value })
    const failed = await milestoneOf(streak, { name: 'failed', reward, ...value })
    const log = await logFor(streak, { ownedBy: { externalId: `rewarded ${serial}` } })
    const of = ({ id }: Body) => log.achievedMilestoneRewardLogs.find((each: Body) => each.milestoneId === id)
    const patch = (id: string) => admin.patch(`/schema/reward_log/record/${id}`, { couponCode: 'THANKS' })
    expect((await patch(of(issued).id)).status).toBe(200)
    for (const [milestone, fulfilmentStatus] of [
      [issuing, 'issuing'],
      [failed, 'failed'],
    ] as const) {
      await api.store.commit([updateOf(await rewardRow(of(milestone).id), { fulfilmentStatus })])
    }
    const run = async () => (await rowsOf('run')).find((each) => each.ownedById === log.ownedById)
    expect(Object.values((await run())?.standing ?? {})).toEqual([1])

    await erase(log.ownedById)

    const after = (await admin.list('reward_log', owned(log.ownedById))).body.data
    const statuses = Object.fromEntries(
      after.map((each: Body) => [each.milestone.name, each.fulfilmentStatus]),
    )
    expect(statuses).toEqual({
      manual: 'revoked',
      'manual once': 'revoked',
      automatic: 'revoked',
      failed: 'revoked',
      issued: 'issued',
      issuing: 'issuing',
    })
    for (const { id, fulfilmentStatus } of after) {
      const isRevoked = fulfilmentStatus === 'revoked'
      const stored = await rewardRow(id)
      expect(stored.standing).toBe(!isRevoked)
      if (isRevoked) expect(stored.dueAt).toBeNull()
      expect(refusal(await patch(id))[0]).toBe(fulfilmentStatus === 'issued' ? 200 : 409)
    }
    expect((await run())?.standing).toEqual({})
  })

  it('neither come back nor are granted when its logs are reinstated', async () => {
    const streak = await streakOf()
    const value = { milestoneMetric: 'current_progress_value' }
    const milestones = [
      await milestoneOf(streak, { name: 'value', ...value }),
      await milestoneOf(streak, { name: 'count' }),
      await milestoneOf(streak, { name: 'once', milestoneRepeat: 'once' }),
    ]
    const owner = { ownedBy: { externalId: `returns ${++serial}` } }
    const first = await logFor(streak, owner)
    const second = await logFor(streak, owner, { activityAt: '2026-11-10T10:00:00Z' })
    const act = async (log: Body, action: string, body: object) => {
      const answer = await admin.post(`/schema/streak_log/record/${log.id}/${action}`, {
        reason: 'r',
        ...body,
      })
      expect(answer.status).toBe(201)
      return answer.body.data
    }
    const withdraw = (log: Body, uniqueIdentifier: string) => act(log, 'withdrawal', { uniqueIdentifier })
    const earlier = await withdraw(first, 'before')
    await erase(first.ownedById)
    const later = await withdraw(second, 'after')
    for (const [log, { id }] of [
      [first, earlier],
      [second, later],
    ]) {
      await act(log, 'reinstatement', { withdrawalId: id })
    }
    const rewards = (await admin.list('reward_log', owned(first.ownedById))).body.data
    expect(rewards).toHaveLength(milestones.length + 2)
    expect(new Set(rewards.map((reward: Body) => reward.fulfilmentStatus))).toEqual(new Set(['revoked']))
    const progress = (await admin.list('streak_progress', owned(first.ownedById))).body.data
    expect(progress.map((record: Body) => record.currentProgressValue)).toEqual([1, 1])
  })

  it('are revoked however many they are, on however many streaks', async () => {
    const externalId = `many ${++serial}`
    const streaks = [await streakOf(), await streakOf({ completionTargetValue: 3 })]
    for (const streak of streaks) await milestoneOf(streak, { milestoneMetric: 'current_progress_value' })
    await milestoneOf(streaks[1], { milestoneTargetValue: 2 })
    const days = Array.from({ length: 110 }, (_, day) =>
      new Date(Date.UTC(2026, 6, 1 + day, 12)).toISOString(),
    )
    const owner = { ownedBy: { externalId } }
    const [first] = await Promise.all(
      streaks.flatMap((streak) => days.map((activityAt) => logFor(streak, owner, { activityAt }))),
    )
    const mine = <R extends { ownedById: string }>(rows: R[]) =>
      rows.filter(({ ownedById }) => ownedById === first.ownedById)
    const standing = async () => mine(await rowsOf('reward_log')).filter((each) => each.standing).length
    expect(await standing()).toBe(110 + 110 + 37)
    await erase(first.ownedById)
    expect(await standing()).toBe(0)
    expect(mine(await rowsOf('run')).map((run) => run.standing)).toEqual([{}, {}])
  })
})

function updateOf(reward: Row<'reward_log'>, set: Partial<Row<'reward_log'>>): Change {
  const { id, accountId, revision } = reward
  return { op: 'update', collection: 'reward_log', id, accountId, set: { ...set, revision: revision + 1 } }
}

describe('deliveries of an erased member', () => {
  it('that wait are not counted any more', async () => {
    const who = person()
    const streak = await streakOf()
    const connector = await shopFor([streak])
    const log = await logFor(streak, { ownedBy: { externalId: who.externalId, ...who.profile } })
    const deliveryId = await orders(connector, who)
    expect((await erase(log.ownedById)).status).toBe(204)
    const settled = {
      status: 'ignored',
      reason: 'MEMBER_ERASED',
      dueAt: null,
      externalId: null,
      streakLogId: null,
    }
    expect(await itemsOf(deliveryId)).toMatchObject([settled])
    await workOff(deliveryId)
    expect(await itemsOf(deliveryId)).toMatchObject([settled])
    expect(await traces(who)).toEqual([])
    const { items } = (await admin.get(`/schema/delivery/record/${deliveryId}`)).body.data
    expect(items).toMatchObject([{ status: 'ignored', reason: 'MEMBER_ERASED' }])
  })

  it('that were duplicates are scrubbed as well', async () => {
    const who = person()
    const streak = await streakOf()
    const purchaseSpace = `space ${++serial}`
    const settings = { shopDomain: 'example.myshopify.com', purchaseSpace }
    const connectors = [await shopFor([streak], { settings }), await shopFor([streak], { settings })]
    const id = ++serial
    const [first, second] = [
      await orders(connectors[0], who, { id }),
      await orders(connectors[1], who, { id }),
    ]
    await workOff(first)
    await workOff(second)
    expect(await itemsOf(second)).toMatchObject([{ status: 'duplicate' }])
    const [member] = await api.store.findByKeys('member', ['externalId'], [[who.externalId]])
    await erase(member!.id)
    expect(await traces(who)).toEqual([])
    expect(await itemsOf(second)).toMatchObject([{ status: 'duplicate' }])
  })

  it('are found though the member had another name when they came', async () => {
    const who = person()
    const connector = await shopFor([await streakOf(), await streakOf()])
    const deliveryId = await orders(connector, who)
    await workOff(deliveryId)
    const [member] = await api.store.findByKeys('member', ['externalId'], [[who.externalId]])
    const renamed = await admin.patch(memberPath(member!.id), { externalId: `renamed ${++serial}` })
    expect(renamed.status).toBe(200)
    await erase(member!.id)
    expect(await traces(who)).toEqual([])
  })

  it.each<[string, ShopifyOrderOptions, string]>([
    ['was not paid', { financialStatus: 'pending' }, 'orders/paid'],
    ['was cancelled', { cancelledAt: '2026-11-22T09:30:00Z' }, 'orders/paid'],
    ['lies ahead', { processedAt: '2026-11-24T09:00:00Z' }, 'orders/paid'],
    ['says no time', { processedAt: 'yesterday' }, 'orders/paid'],
    ['is too small for any rule', { totalPrice: '1.00' }, 'orders/paid'],
    ['is only a test', { test: true }, 'orders/paid'],
    ['is reported as cancelled', { cancelledAt: '2026-11-22T09:30:00Z' }, 'orders/cancelled'],
    ['is reported as cancelled and was not', {}, 'orders/cancelled'],
    ['comes under a topic that nobody wants', {}, 'orders/updated'],
  ])('are scrubbed where the order %s, by either identity', async (_what, options, topic) => {
    const streak = await streakOf()
    const rules = [{ streakId: streak.id, currency: 'USD', minimumValue: 10 }]
    const connector = await shopFor([], { rules })
    for (const identify of [
      ({ externalId }: Person) => externalId,
      ({ profile }: Person) => `email:${profile.email}`,
    ]) {
      const who = person()
      const { id } = await admin.create('account_user', { externalId: identify(who) })
      const deliveryId = await orders(connector, who, options, topic)
      expect(await traces(who)).toEqual(expect.arrayContaining(['delivery.body']))
      expect((await erase(id)).status).toBe(204)
      expect(await traces(who)).toEqual([])
      const shown = (await admin.get(`/schema/delivery/record/${deliveryId}`)).body.data
      expect(shown.items.every((item: Body) => item.status !== 'counted')).toBe(true)
    }
  })

  it('are scrubbed where they repeat its order under another identity, or refund it', async () => {
    const who = person()
    const streak = await streakOf()
    const settings = { shopDomain: 'example.myshopify.com', purchaseSpace: `space ${++serial}` }
    const byEmail = { streakId: streak.id, identifyBy: 'email' }
    const [first, second] = [
      await shopFor([], { settings, rules: [byEmail] }),
      await shopFor([streak], { settings }),
    ]
    const id = ++serial
    await workOff(await orders(first, who, { id }))
    const repeated = await orders(second, who, { id })
    await workOff(repeated)
    expect(await itemsOf(repeated)).toMatchObject([{ status: 'duplicate', externalId: who.externalId }])
    const other = person()
    const elsewhere = await orders(await shopFor([streak]), other, { id })
    const [member] = await api.store.findByKeys('member', ['externalId'], [[`email:${who.profile.email}`]])
    expect((await erase(member!.id)).status).toBe(204)
    expect(await traces(who)).toEqual([])
    const [kept] = await api.store.findByKeys('delivery', ['id'], [[elsewhere]])
    expect(kept!.body).not.toBeNull()
  })

  it('are scrubbed under every name that the member had, unless it is another one’s now', async () => {
    for (const isTaken of [false, true]) {
      const who = person()
      const connector = await shopFor([await streakOf()])
      await workOff(await orders(connector, who))
      const ignored = await orders(connector, who, { financialStatus: 'pending' })
      const [member] = await api.store.findByKeys('member', ['externalId'], [[who.externalId]])
      await admin.patch(memberPath(member!.id), { externalId: `renamed ${++serial}` })
      if (isTaken) await admin.create('account_user', { externalId: who.externalId })
      expect((await erase(member!.id)).status).toBe(204)
      const [row] = await api.store.findByKeys('delivery', ['id'], [[ignored]])
      expect(row!.body === null).toBe(!isTaken)
    }
  })

  it('keep what they hold of somebody else', async () => {
    const who = person()
    const [byCustomer, byEmail] = [await streakOf(), await streakOf()]
    const rules = [{ streakId: byCustomer.id }, { streakId: byEmail.id, identifyBy: 'email' }]
    const connector = await shopFor([], { rules })
    const log = await logFor(byCustomer, { ownedBy: { externalId: who.externalId } })
    const deliveryId = await orders(connector, who)
    await erase(log.ownedById)
    const other = (await itemsOf(deliveryId)).find((item) => item.streakId === byEmail.id)
    expect(other).toMatchObject({ status: 'pending', activity: { profile: { email: who.profile.email } } })
    await workOff(deliveryId)
    const filters = { fieldSlug: 'externalId', operator: 'EQUALS', value: `email:${who.profile.email}` }
    const { data } = (await admin.list('account_user', { filters })).body
    expect(data).toMatchObject([{ email: who.profile.email }])
    await erase(data[0].id)
    expect(await traces(who)).toEqual([])
  })

  it('are scrubbed however many they are', async () => {
    const { id, externalId } = await admin.create('account_user', { externalId: `busy ${++serial}` })
    const { accountId } = admin
    const received = { receivedAt: api.clock.now() }
    const deliveries = Array.from({ length: 450 }, () =>
      row('delivery', { accountId, headers: { 'x-shopify-topic': externalId }, ...received }),
    )
    const items = deliveries.map((delivery, index) =>
      row('delivery_item', {
        accountId,
        deliveryId: delivery.id,
        externalId,
        activity: { externalId, profile: { firstName: externalId } } as never,
        status: index % 2 === 0 ? 'pending' : 'counted',
        dueAt: index % 2 === 0 ? 1 : null,
        ...received,
      }),
    )
    await insertAll('delivery', deliveries)
    await insertAll('delivery_item', items)
    expect((await erase(id)).status).toBe(204)
    expect(await placesOf(externalId)).toEqual([])
    const left = await api.store.findByKeys(
      'delivery_item',
      ['id'],
      items.map((item) => [item.id]),
    )
    expect(Object.groupBy(left, ({ status }) => status)).toMatchObject({
      ignored: { length: 225 },
      counted: { length: 225 },
    })
  })
})

async function insertAll<C extends 'delivery' | 'delivery_item'>(
  collection: C,
  rows: readonly Row<C>[],
): Promise<void> {
  await api.store.commit(rows.map((each) => ({ op: 'insert', collection, row: each }) as Change))
}

describe('an erasure that is interrupted', () => {
  async function withStore<T>(store: Store, act: (slow: Client) => Promise<T>): Promise<T> {
    const slow = await startApi({ store, secretBox: api.deps.secretBox })
    try {
      return await act(slow.as(admin))
    } finally {
      await slow.close()
    }
  }

  it('wherever it breaks off, is finished by calling again', async () => {
    const streaks = [await streakOf(), await streakOf()]
    for (const streak of streaks) await milestoneOf(streak)
    const connector = await shopFor(streaks)
    let broke = true
    for (let allowed = 0; broke; allowed += 1) {
      const who = person()
      const counted = await orders(connector, who)
      await workOff(counted)
      const waiting = await orders(connector, who)
      const [{ ownedById }] = (await api.store.findByKeys(
        'streak_log',
        ['id'],
        [[(await itemsOf(counted))[0]?.streakLogId ?? '']],
      )) as [Row<'streak_log'>]

      const first = await withStore(failingStore(api.store, allowed), (slow) => erase(ownedById, slow))
      broke = first.status === 503
      expect([204, 503]).toContain(first.status)
      const isGone = allowed > 0
      expect((await admin.get(memberPath(ownedById))).status).toBe(isGone ? 404 : 200)
      if (broke && isGone) {
        // what waited is lost to it at once; somebody new comes under the same name before it is finished
        await workOff(waiting)
        api.clock.set('2026-11-22T12:00:01Z')
        const anew = await orders(connector, who)
        await workOff(anew)
        expect((await erase(ownedById)).status).toBe(204)
        expect(await itemsOf(anew)).toMatchObject([
          { status: 'counted', externalId: who.externalId },
          { status: 'counted', externalId: who.externalId },
        ])
        const [newcomer] = await api.store.findByKeys('member', ['externalId'], [[who.externalId]])
        expect(newcomer).toMatchObject(who.profile)
        await erase(newcomer!.id)
        api.clock.set(NOW)
      } else if (broke) expect((await erase(ownedById)).status).toBe(204)
      expect((await erase(ownedById)).status).toBe(404)
      expect(await traces(who)).toEqual([])
      expect(await itemsOf(waiting)).toMatchObject([{ status: 'ignored' }, { status: 'ignored' }])
      const rewards = (await admin.list('reward_log', owned(ownedById))).body.data
      expect(rewards.map((reward: Body) => reward.fulfilmentStatus)).toEqual(['revoked', 'revoked'])
      expect(await rowsOf('erasure')).toEqual([])
      if (!broke) expect(allowed).toBeGreaterThan(3)
    }
  })

  it('by another one of the same member, is done all the same', async () => {
    const who = person()
    const connector = await shopFor([await streakOf()])
    await workOff(await orders(connector, who))
    const [member] = await api.store.findByKeys('member', ['externalId'], [[who.externalId]])
    const answers = await Promise.all([erase(member!.id), erase(member!.id), erase(member!.id)])
    for (const { status } of answers) expect([204, 404]).toContain(status)
    expect(answers.map(({ status }) => status)).toContain(204)
    expect(await traces(who)).toEqual([])
    expect(await rowsOf('erasure')).toEqual([])
  })
})

describe('when a member is erased at the same instant', () => {
  /** Acts through another way into the same store, in whose next write the member is erased first. */
  async function meanwhile<T>(memberId: string, act: (slow: Api, client: Client) => Promise<T>): Promise<T> {
    const store = interruptedStore(api.store)
    const slow = await startApi({ store, secretBox: api.deps.secretBox })
    store.beforeCommit(async () => {
      expect((await erase(memberId)).status).toBe(204)
    })
    try {
      return await act(slow, slow.as(admin))
    } finally {
      await slow.close()
    }
  }
  const logsOf = async (id: string) => (await rowsOf('streak_log')).filter((log) => log.ownedById === id)

  const cases: readonly [string, object, boolean][] = [
    ['on a streak that it has', {}, true],
    ['on a streak that is new to it', {}, false],
    ['that is a draft', { status: 'draft' }, true],
    ['that is a draft on a new streak', { status: 'draft' }, false],
  ]
  it.each(cases)('a log %s comes too late', async (_name, fields, hasStreak) => {
    const streak = await streakOf()
    await milestoneOf(streak, { milestoneMetric: 'current_progress_value' })
    const { id } = await admin.create('account_user', { externalId: `raced ${++serial}` })
    if (hasStreak) await logFor(streak, { ownedById: id }, { activityAt: '2026-11-20T10:00:00Z' })
    const before = await logsOf(id)
    const answer = await meanwhile(id, (_slow, client) =>
      client.post('/schema/streak_log/record', logBody(streak, { ownedById: id }, fields)),
    )
    expect(refusal(answer)).toEqual([400, 'REFERENCE_NOT_FOUND', 'ownedById'])
    expect(await logsOf(id)).toEqual(before)
    const rewards = (await rowsOf('reward_log')).filter((reward) => reward.ownedById === id)
    expect(rewards.filter((reward) => reward.standing)).toEqual([])
  })

  it('a log is refused also where the member was read before and all else after', async () => {
    const streak = await streakOf()
    await milestoneOf(streak, { milestoneMetric: 'current_progress_value' })
    const externalId = `torn ${++serial}`
    const { id } = await admin.create('account_user', { externalId })
    await logFor(streak, { ownedById: id }, { activityAt: '2026-11-20T10:00:00Z' })
    const before = await logsOf(id)
    let isErased = false
    const store = new Proxy(api.store, {
      get(target, name) {
        const member = Reflect.get(target, name)
        if (typeof member !== 'function') return member
        return async (...input: unknown[]) => {
          const isJourney = name === 'findByKeys' && input[0] === 'member_streak'
          if (isJourney && !isErased) isErased = (await erase(id)).status === 204
          return Reflect.apply(member, target, input)
        }
      },
    })
    const slow = await startApi({ store, secretBox: api.deps.secretBox })
    const post = (owner: object) => slow.as(admin).post('/schema/streak_log/record', logBody(streak, owner))
    const answer = await post({ ownedById: id })
    await slow.close()
    expect(isErased).toBe(true)
    expect(refusal(answer)).toEqual([400, 'REFERENCE_NOT_FOUND', 'ownedById'])
    expect(await logsOf(id)).toEqual(before)
  })

  it('a log that names it by its externalId makes a new member', async () => {
    const streak = await streakOf()
    const externalId = `renewed ${++serial}`
    const { id } = await admin.create('account_user', { externalId })
    const answer = await meanwhile(id, (_slow, client) =>
      client.post('/schema/streak_log/record', logBody(streak, { ownedBy: { externalId } })),
    )
    expect(answer.status).toBe(201)
    expect(answer.body.data.ownedById).not.toBe(id)
    expect(await logsOf(id)).toEqual([])
  })

  it('a purchase that is being counted is not', async () => {
    const who = person()
    const connector = await shopFor([await streakOf()])
    const { id } = await admin.create('account_user', { externalId: who.externalId })
    const deliveryId = await orders(connector, who)
    await meanwhile(id, (slow) => workOff(deliveryId, slow.deps))
    expect(await itemsOf(deliveryId)).toMatchObject([{ status: 'ignored', reason: 'MEMBER_ERASED' }])
    expect(await traces(who)).toEqual([])
  })

  it('a patch finds nobody', async () => {
    const { id } = await admin.create('account_user', { externalId: `patched ${++serial}` })
    const answer = await meanwhile(id, (_slow, client) => client.patch(memberPath(id), { firstName: 'Ada' }))
    expect(answer.status).toBe(404)
    expect((await api.store.findByKeys('member', ['id'], [[id]]))[0]).toMatchObject({ firstName: null })
  })

  it('a reward that is fulfilled in the instant before stays', async () => {
    const streak = await streakOf()
    await milestoneOf(streak)
    const log = await logFor(streak, { ownedBy: { externalId: `just in time ${++serial}` } })
    const path = `/schema/reward_log/record/${log.achievedMilestoneRewardLog.id}`
    const store = interruptedStore(api.store)
    const slow = await startApi({ store, secretBox: api.deps.secretBox })
    store.beforeCommit(async () => {
      store.beforeCommit(() => admin.patch(path, { couponCode: 'THANKS' }))
    })
    const answer = await erase(log.ownedById, slow.as(admin))
    await slow.close()
    expect(answer.status).toBe(204)
    expect((await admin.get(path)).body.data.fulfilmentStatus).toBe('issued')
  })
})

describe('after all these erasures', () => {
  it('everything is as the ledger says', async () => {
    const report = await rebuild({ store: api.store, clock: api.clock, newId }, { repair: false })
    expect(report).toMatchObject({ differing: 0, differences: [], busy: 0 })
    expect(report.journeys).toBeGreaterThan(20)
  })
})

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { v7 as newId } from 'uuid'
import { connectorFor } from '../../connectors/registry.ts'
import type { EntryRecorder, Recorder, RecordRequest } from '../../src/engine/types.ts'
import { AppError } from '../../src/errors.ts'
import { type ReadBody, readHere } from '../../src/inbox/reading.ts'
import type { ArrivedWebhook } from '../../src/inbox/rows.ts'
import { storeBatch } from '../../src/inbox/store-batch.ts'
import type { ActivityJob, JobQueue } from '../../src/ports/queue.ts'
import type { Row } from '../../src/ports/schema.ts'
import { createProcessItems } from '../../workers/activity/process.ts'
import { createSweep } from '../../workers/upkeep/sweep.ts'
import { row } from '../contract/store/rows.ts'
import { openQueueRig, type QueueRig } from '../helpers/queue-rig.ts'
import { quietLogger } from '../helpers/quiet-logger.ts'
import { redisForTests } from '../helpers/redis-server.ts'
import { rule } from '../helpers/rules.ts'
import { openTempStore } from '../helpers/sqlite-store.ts'
import { until } from '../helpers/until.ts'

const START = 1_700_000_000_000

let temp: Awaited<ReturnType<typeof openTempStore>>
let connector: Row<'connector'>

beforeEach(async () => {
  temp = await openTempStore()
  connector = row('connector', { platform: 'shopify', rules: [rule({ streakId: newId() })] })
  await temp.store.commit([{ op: 'insert', collection: 'connector', row: connector }])
})
afterEach(() => temp.close())

function arrived(orderId: string): ArrivedWebhook {
  const activity = {
    externalId: `shopify:${orderId}`,
    profile: {},
    profileAt: START,
    activityAt: START,
    activityId: 'made_a_purchase',
    activityValue: null,
    orderId,
    orderReference: null,
    orderTotal: null,
    currency: null,
    isAmount: false,
    purchaseSpace: connector.purchaseSpace,
    droppedFields: [],
  }
  return {
    connector,
    rawBody: new TextEncoder().encode(orderId),
    receivedAt: START,
    reading: {
      verified: { ok: true, webhookId: orderId, topic: 'orders/paid', headers: {} },
      translation: {
        kind: 'translated',
        orderId,
        orderReference: null,
        outcomes: [{ kind: 'log', activity }],
      },
      identities: [],
      bodySha256: 'a'.repeat(64),
    },
  }
}

const read: ReadBody = (unread) => readHere({ connectorFor }, unread)

/** Stores so many webhooks in one commit. Answers the jobs that were added for them. */
async function arriveTogether(webhooks: number): Promise<ActivityJob[]> {
  const jobs: ActivityJob[] = []
  const queue: JobQueue = {
    enqueue: async (_queue, added) => void jobs.push(...(added as readonly unknown[] as ActivityJob[])),
    add: async () => {},
    states: async (_queue, asked) => asked.map(() => 'absent'),
    reachable: async () => true,
    close: async () => {},
  }
  const orders = Array.from({ length: webhooks }, (_, at) => arrived(String(1000 + at)))
  await storeBatch({ store: temp.store, queue, read, newId, connectorFor }, orders)
  return jobs
}

const itemRows = () => temp.store.find('delivery_item', { limit: 1000 })

describe('webhooks that arrive together', () => {
  it('share jobs of sixteen items, each of which knows its batch', async () => {
    const jobs = await arriveTogether(40)
    expect(jobs.map(({ items }) => items.length)).toEqual([16, 16, 8])
    const stored = new Map((await itemRows()).map((item) => [item.id, item]))
    expect(stored.size).toBe(40)
    for (const { batchId, items } of jobs) {
      expect(batchId).not.toBeNull()
      for (const { itemId, deliveryId, accountId } of items) {
        expect(stored.get(itemId)).toMatchObject({ batchId, deliveryId, accountId })
        stored.delete(itemId)
      }
    }
    expect(stored.size).toBe(0)
  })

  it('have a job of their own when they come alone', async () => {
    const [job, ...others] = await arriveTogether(1)
    const [item] = await itemRows()
    expect(others).toEqual([])
    expect(job).toMatchObject({ batchId: null, items: [{ itemId: item!.id }] })
    expect(item!.batchId).toBeNull()
  })
})

describe('a job of many items', () => {
  const context = { tryNumber: 1, lastTry: false, jobId: 'act-1', signal: new AbortController().signal }

  /** Works off a job with an engine that counts all orders but these. */
  async function workOff(job: ActivityJob, troubles: Record<string, unknown>): Promise<unknown> {
    const unused = () => Promise.reject(new Error('not asked for here'))
    const recorder: Recorder & EntryRecorder = {
      record: async ({ uniqueIdentifier, purchase, accountId }: RecordRequest) => {
        const trouble = troubles[uniqueIdentifier]
        if (trouble !== undefined) throw trouble
        const set = { status: 'counted', dueAt: null } as const
        await temp.store.commit([
          { op: 'update', collection: 'delivery_item', id: purchase!.itemId, accountId, set },
        ])
        return { outcome: 'settled' }
      },
      enter: unused,
      applyReports: unused,
    }
    const clock = { now: () => START }
    const processItems = createProcessItems({ store: temp.store, recorder, clock, logger: quietLogger })
    return processItems(job, context).then(
      () => null,
      (error: unknown) => error,
    )
  }

  const statuses = async () =>
    Object.fromEntries((await itemRows()).map((item) => [item.activity!.orderId, item.status]))

  it('counts every item that can be counted, and is tried again for the others', async () => {
    const [job] = await arriveTogether(4)
    const down = new AppError('STORE_UNAVAILABLE', 'the store is down', { retryAfterMs: 700 })
    const broken = new AppError('INVALID_INPUT', 'the value is not a number')
    const failure = await workOff(job!, { 1001: down, 1002: broken })
    const waiting = (await itemRows()).find(({ activity }) => activity!.orderId === '1001')
    expect(failure).toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: `2 of 4 items failed, among them ${waiting!.id}: the store is down`,
      retryAfterMs: 700,
    })
    expect(await statuses()).toEqual({ 1000: 'counted', 1001: 'pending', 1002: 'failed', 1003: 'counted' })

    // nobody records again what was counted or failed; the job is listed as failed for the one that did
    const failed = (await itemRows()).find(({ activity }) => activity!.orderId === '1002')
    expect(await workOff(job!, { 1000: broken, 1002: down, 1003: broken })).toMatchObject({
      code: 'FAILED_FOR_GOOD',
      message: `1 of 4 items failed, among them ${failed!.id}: INVALID_INPUT: the value is not a number`,
    })
    expect(await statuses()).toEqual({ 1000: 'counted', 1001: 'counted', 1002: 'failed', 1003: 'counted' })
  })

  it('fails at once when trying again would help none of them', async () => {
    const [job] = await arriveTogether(3)
    const broken = new AppError('INVALID_INPUT', 'the value is not a number')
    expect(await workOff(job!, { 1001: broken })).toMatchObject({ code: 'INVALID_INPUT' })
    expect(await statuses()).toEqual({ 1000: 'counted', 1001: 'failed', 1002: 'counted' })
  })

  it('is tried again when one of them met what nobody knows', async () => {
    const [job] = await arriveTogether(3)
    const broken = new AppError('INVALID_INPUT', 'the value is not a number')
    const unknown = new TypeError('secret')
    expect(await workOff(job!, { 1000: broken, 1001: unknown })).toBe(unknown)
    expect(await statuses()).toEqual({ 1000: 'failed', 1001: 'pending', 1002: 'counted' })
  })
})

describe('items whose shared job is gone', () => {
  let redis: Awaited<ReturnType<typeof redisForTests>>
  let rig: QueueRig
  const sweep = (now: number) =>
    createSweep({ store: temp.store, queue: rig.queue, clock: { now: () => now }, logger: rig.logger })()

  beforeEach(async () => {
    redis = await redisForTests()
    rig = openQueueRig(redis)
    await rig.connected()
  })
  afterEach(async () => {
    await rig.close()
    await redis.flush()
    await redis.stop()
  })

  it('share one again when Redis lost it, without those that are settled', async () => {
    const [job] = await arriveTogether(5)
    const [settled, ...due] = await itemRows()
    const { id, accountId } = settled!
    const set = { status: 'counted', dueAt: null } as const
    await temp.store.commit([{ op: 'update', collection: 'delivery_item', id, accountId, set }])
    await sweep(START + 6_000)
    expect(await rig.bull.getWaitingCount()).toBe(1)
    const again = await rig.bull.getJob(`act-${job!.batchId}-0`)
    const ids = (again!.data as ActivityJob).items.map(({ itemId }) => itemId)
    expect(ids.toSorted()).toEqual(due.map((item) => item.id).toSorted())
    await sweep(START + 12_000)
    expect(await rig.bull.getWaitingCount()).toBe(1)
  })

  it('get jobs of their own when it ended without them', async () => {
    const jobs = await arriveTogether(3)
    await rig.queue.add('activity', jobs)
    const pool = rig.work({})
    await until(async () => (await rig.queue.states('activity', jobs))[0] === 'ended')
    await pool.close(5_000)
    await sweep(START + 6_000)
    const items = await itemRows()
    expect(items.map(({ attempt }) => attempt)).toEqual([1, 1, 1])
    const waiting = (await rig.bull.getWaiting()).map(({ id }) => id)
    expect(waiting.toSorted()).toEqual(items.map(({ id }) => `act-${id}-1`).toSorted())
  })
})

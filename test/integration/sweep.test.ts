import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { v7 as newId } from 'uuid'
import { AppError } from '../../src/errors.ts'
import { abandonDelivery } from '../../src/inbox/replay/abandon.ts'
import { activityJobOf } from '../../src/ports/queue.ts'
import type { CollectionName, Row } from '../../src/ports/schema.ts'
import type { Change, Store } from '../../src/ports/store.ts'
import { abandonReward } from '../../src/rewards/replay.ts'
import { createSweep, type SweepDeps } from '../../workers/upkeep/sweep.ts'
import { row } from '../contract/store/rows.ts'
import { itemIdOf, openQueueRig, type QueueRig } from '../helpers/queue-rig.ts'
import { absentRedis, redisForTests, type TestRedis } from '../helpers/redis-server.ts'
import { openTempStore, type TempStore } from '../helpers/sqlite-store.ts'
import { until } from '../helpers/until.ts'

const ACCOUNT = newId()
const START = Date.parse('2026-11-24T12:00:00Z')

let redis: TestRedis
let rig: QueueRig
let temp: TempStore
let store: Store
let now: number

beforeAll(async () => {
  redis = await redisForTests()
})
afterAll(() => redis.stop())
beforeEach(async () => {
  now = START
  temp = await openTempStore()
  store = temp.store
  rig = openQueueRig(redis)
  await rig.connected()
})
afterEach(async () => {
  await rig.close()
  await temp.close()
  await redis.flush()
})

const sweepWith = (deps: Partial<SweepDeps> = {}) =>
  createSweep({ store, queue: rig.queue, clock: { now: () => now }, logger: rig.logger, ...deps })

function itemRow(set: Partial<Row<'delivery_item'>> = {}): Row<'delivery_item'> {
  return {
    id: newId(),
    accountId: ACCOUNT,
    createdAt: START,
    updatedAt: START,
    deliveryId: newId(),
    connectorId: newId(),
    ruleIndex: 0,
    report: null,
    orderKey: null,
    streakId: newId(),
    activity: null,
    externalId: null,
    addressIdentity: null,
    nameKeptSince: null,
    status: 'pending',
    reason: null,
    message: null,
    streakLogId: null,
    quiet: null,
    duplicateOfId: null,
    receivedAt: START,
    dueAt: START - 5_000,
    batchId: null,
    attempt: 0,
    ...set,
  }
}

function rewardRow(set: Partial<Row<'reward_log'>> = {}): Row<'reward_log'> {
  return {
    id: newId(),
    accountId: ACCOUNT,
    createdAt: START,
    updatedAt: START,
    batchId: null,
    revision: 3,
    ownedById: newId(),
    linkedSchemaSlug: 'streak',
    linkedSchemaRecordId: newId(),
    milestoneId: newId(),
    streakLogId: newId(),
    periodKey: '2026-11-24',
    periodNumber: 1,
    once: false,
    standing: true,
    reward: null,
    onWithdrawal: 'keep',
    fulfilmentStatus: 'pending',
    heldReason: null,
    fulfilAfter: null,
    failureReason: null,
    couponUsed: null,
    redeemedAt: null,
    redeemedOrderId: null,
    useCheckAt: null,
    askedAt: null,
    placeAt: null,
    waitsForRoomSince: null,
    chosenFoldedCode: null,
    drawnCode: 'STREAK-7KQ2',
    couponCode: null,
    rewardIssuedAt: null,
    rewardExpiryAt: null,
    dueAt: START - 5_000,
    attempt: 0,
    waitingForProviderId: null,
    ...set,
  }
}

async function insert<C extends 'delivery_item' | 'reward_log' | 'delivery'>(
  collection: C,
  rows: readonly Row<C>[],
): Promise<void> {
  const changes = rows.map((row) => ({ op: 'insert', collection, row }) as Change)
  expect(await store.commit(changes)).toEqual({ outcome: 'committed' })
}

async function read<C extends CollectionName>(collection: C, id: string): Promise<Row<C>> {
  const [row] = await store.findByKeys(collection, ['id'], [[id]])
  return row!
}

const jobOf = (row: Row<'delivery_item'>, attempt = row.attempt) => activityJobOf({ ...row, attempt })
const rewardJobOf = (row: Row<'reward_log'>, attempt = row.attempt) => ({
  accountId: row.accountId,
  rewardLogId: row.id,
  attempt,
})
const itemStates = (rows: readonly Row<'delivery_item'>[], attempt?: number) =>
  rig.queue.states(
    'activity',
    rows.map((row) => jobOf(row, attempt)),
  )

/** Makes these jobs fail for good, as a handler does that cannot tell the row. */
async function failJobs(rows: readonly Row<'delivery_item'>[], attempt: number): Promise<void> {
  const pool = rig.work({
    activity: async () => {
      throw new AppError('NOT_FOUND', 'nothing there')
    },
  })
  await rig.queue.add(
    'activity',
    rows.map((row) => jobOf(row, attempt)),
  )
  await until(async () => (await itemStates(rows, attempt)).every((state) => state === 'ended'))
  await pool.close(5_000)
}

describe('rows whose job is not there', () => {
  it('are queued once they have been due for five seconds, items and rewards', async () => {
    const items = [-60_000, -5_000, -4_999, 0, 60_000].map((ms) => itemRow({ dueAt: START + ms }))
    const rewards = [-5_000, 3_600_000].map((ms) => rewardRow({ dueAt: START + ms }))
    const settled = itemRow({ dueAt: null, status: 'counted' })
    await insert('delivery_item', [...items, settled])
    await insert('reward_log', rewards)
    await sweepWith()()
    expect(await itemStates([...items, settled])).toEqual([
      'live',
      'live',
      'absent',
      'absent',
      'absent',
      'absent',
    ])
    expect(
      await rig.queue.states(
        'reward',
        rewards.map((row) => rewardJobOf(row)),
      ),
    ).toEqual(['live', 'absent'])
    now = START + 2
    await sweepWith()()
    expect(await itemStates(items)).toEqual(['live', 'live', 'live', 'absent', 'absent'])
  })

  it('keep their attempt, and the job carries the ids of the row', async () => {
    const item = itemRow({ attempt: 4 })
    await insert('delivery_item', [item])
    await sweepWith()()
    const job = await rig.bull.getJob(`act-${item.id}-4`)
    expect(job?.data).toEqual(jobOf(item))
    expect(await read('delivery_item', item.id)).toEqual(item)
  })

  it('are all found, over many pages and with the same due time', async () => {
    const items = Array.from({ length: 45 }, () => itemRow())
    await insert('delivery_item', items)
    await sweepWith({ pageRows: 10 })()
    expect(await itemStates(items)).toEqual(items.map(() => 'live'))
  })

  it('are queued again after Redis was wiped', async () => {
    const items = Array.from({ length: 5 }, () => itemRow())
    await insert('delivery_item', items)
    await rig.queue.add(
      'activity',
      items.map((row) => jobOf(row)),
    )
    await redis.flush()
    await sweepWith()()
    expect(await itemStates(items)).toEqual(items.map(() => 'live'))
  })

  it('come back after their job was removed by hand, unless they were abandoned', async () => {
    const items = [itemRow(), itemRow()]
    const rewards = [
      rewardRow({ reward: { providerId: newId(), discount: { percentage: '10' } } }),
      rewardRow(),
    ]
    await insert('delivery_item', items)
    await insert('reward_log', rewards)
    await sweepWith()()
    const remove = (queue: 'activity' | 'reward', jobId: string) =>
      queue === 'activity' ? rig.bull.remove(jobId) : rig.bullRewards.remove(jobId)
    for (const { id } of items) expect(await remove('activity', `act-${id}-0`)).toBe(1)
    for (const { id } of rewards) expect(await remove('reward', `rew-${id}-0`)).toBe(1)
    const deps = { store, clock: { now: () => now } }
    const [left] = items
    await insert('delivery', [row('delivery', { id: left!.deliveryId, accountId: ACCOUNT })])
    await abandonDelivery(deps, ACCOUNT, left!.deliveryId, 'a mistake of the shop')
    await abandonReward(deps, ACCOUNT, rewards[0]!.id, 'a mistake of the shop')
    await sweepWith()()
    expect(await itemStates(items)).toEqual(['absent', 'live'])
    const rewardJobs = rewards.map((reward) => rewardJobOf(reward))
    expect(await rig.queue.states('reward', rewardJobs)).toEqual(['absent', 'live'])
    expect(await read('delivery_item', left!.id)).toMatchObject({ status: 'abandoned', dueAt: null })
  })

  it('that are too many for one sweep are gone on with in the next, which then begins anew', async () => {
    const items = Array.from({ length: 45 }, (_, index) =>
      itemRow({ dueAt: START - 10_000 + Math.floor(index / 7) }),
    )
    await insert('delivery_item', items)
    const sweep = sweepWith({ pageRows: 10, maxRows: 20 })
    const live = async () => (await itemStates(items)).filter((state) => state === 'live').length
    await sweep()
    expect(await live()).toBe(20)
    await sweep()
    expect(await live()).toBe(40)
    await sweep()
    expect(await live()).toBe(45)
    await redis.flush()
    await sweep()
    expect(await itemStates(items)).toEqual(items.map((_, index) => (index < 20 ? 'live' : 'absent')))
  })
})

describe('rows of several accounts', () => {
  it('take turns: one whose backlog is older and larger does not keep the others waiting', async () => {
    const backlog = Array.from({ length: 100 }, () => itemRow({ dueAt: START - 60_000 }))
    const others = Array.from({ length: 5 }, () => itemRow({ accountId: newId() }))
    await insert('delivery_item', [...backlog, ...others])
    await sweepWith({ pageRows: 10, maxRows: 60 })()
    expect(await itemStates(others)).toEqual(others.map(() => 'live'))
    const live = (await itemStates(backlog)).filter((state) => state === 'live').length
    expect(live).toBeGreaterThanOrEqual(10)
    expect(live).toBeLessThan(100)
  })

  it('are all seen to in the end, however many accounts there are', async () => {
    const items = Array.from({ length: 620 }, () => itemRow({ accountId: newId() }))
    await insert('delivery_item', items)
    const sweep = sweepWith()
    await sweep()
    await sweep()
    expect(new Set(await itemStates(items))).toEqual(new Set(['live']))
    await redis.flush()
    await sweep()
    expect((await itemStates(items)).filter((state) => state === 'live')).toHaveLength(500)
  })
})

describe('rows whose job is alive', () => {
  it('are left alone, whether it waits, is delayed or runs', async () => {
    const items = [itemRow(), itemRow(), itemRow()]
    await insert('delivery_item', items)
    const held = Promise.withResolvers<void>()
    let running = 0
    const pool = rig.work({
      activity: async () => {
        running += 1
        await held.promise
      },
    })
    await rig.queue.add('activity', [jobOf(items[0]!)])
    await until(() => running === 1)
    await rig.bull.pause()
    await rig.queue.add('activity', [jobOf(items[1]!)])
    await rig.bull.add('activity', jobOf(items[2]!), { jobId: `act-${items[2]!.id}-0`, delay: 60_000 })
    const before = await rig.bull.getJobCounts('wait', 'active', 'delayed')
    await sweepWith()()
    expect(await rig.bull.getJobCounts('wait', 'active', 'delayed')).toEqual(before)
    for (const item of items) expect(await read('delivery_item', item.id)).toEqual(item)
    held.resolve()
    await pool.close(5_000)
  })
})

describe('rows in a backlog', () => {
  it('are read a page at a time while none is lost, and those behind it are found by the sweeps that follow', async () => {
    const waiting = Array.from({ length: 20 }, () => itemRow({ dueAt: START - 20_000 }))
    const lost = Array.from({ length: 25 }, () => itemRow({ dueAt: START - 10_000 }))
    await insert('delivery_item', [...waiting, ...lost])
    await rig.queue.add(
      'activity',
      waiting.map((row) => jobOf(row)),
    )
    const sweep = sweepWith({ pageRows: 10 })
    const found = async () => (await itemStates(lost)).filter((state) => state === 'live').length
    await sweep()
    expect(await found()).toBe(0)
    await sweep()
    expect(await found()).toBe(0)
    await sweep()
    expect(await found()).toBe(25)
  })
})

describe('rows whose job has ended without telling them', () => {
  it('get the next attempt and a job for it at once', async () => {
    const item = itemRow()
    await insert('delivery_item', [item])
    await failJobs([item], 0)
    await sweepWith()()
    expect(await read('delivery_item', item.id)).toEqual({ ...item, attempt: 1, updatedAt: START })
    expect(await itemStates([item], 1)).toEqual(['live'])
  })

  it('wait longer and longer after the first time', async () => {
    const item = itemRow({ attempt: 1 })
    await insert('delivery_item', [item])
    const pauses: number[] = []
    for (const attempt of [1, 2, 3]) {
      await failJobs([item], attempt)
      await sweepWith()()
      const { dueAt, attempt: raised } = await read('delivery_item', item.id)
      expect(raised).toBe(attempt + 1)
      expect(await itemStates([item], attempt + 1)).toEqual(['absent'])
      pauses.push(dueAt! - now)
      now = dueAt! + 5_000
    }
    expect(pauses).toEqual([10_000, 20_000, 40_000])
    await sweepWith()()
    expect(await itemStates([item], 4)).toEqual(['live'])
  })

  it('wait a quarter of an hour at most', async () => {
    const item = itemRow({ attempt: 60 })
    await insert('delivery_item', [item])
    await failJobs([item], 60)
    await sweepWith()()
    expect((await read('delivery_item', item.id)).dueAt).toBe(START + 15 * 60_000)
  })

  it('have their revision raised where they have one', async () => {
    const reward = rewardRow()
    await insert('reward_log', [reward])
    const pool = rig.work({
      reward: async () => {
        throw new AppError('NOT_FOUND', 'nothing there')
      },
    })
    await rig.queue.add('reward', [rewardJobOf(reward)])
    await until(async () => (await rig.queue.states('reward', [rewardJobOf(reward)]))[0] === 'ended')
    await pool.close(5_000)
    await sweepWith()()
    expect(await read('reward_log', reward.id)).toEqual({
      ...reward,
      attempt: 1,
      revision: 4,
      updatedAt: START,
    })
    expect(await rig.queue.states('reward', [rewardJobOf(reward, 1)])).toEqual(['live'])
  })

  it('are raised once by sweeps at the same time', async () => {
    const items = Array.from({ length: 30 }, () => itemRow())
    await insert('delivery_item', items)
    await failJobs(items, 0)
    await Promise.all([sweepWith()(), sweepWith()(), sweepWith()()])
    for (const item of items) expect((await read('delivery_item', item.id)).attempt).toBe(1)
    expect(await itemStates(items, 1)).toEqual(items.map(() => 'live'))
    expect(await itemStates(items, 2)).toEqual(items.map(() => 'absent'))
  })

  it('are not touched when somebody settled them meanwhile, and hold up no others', async () => {
    const items = Array.from({ length: 4 }, () => itemRow())
    const [settled, ...others] = items
    await insert('delivery_item', items)
    await failJobs(items, 0)
    let interfered = false
    const commit: Store['commit'] = async (changes) => {
      if (!interfered) {
        interfered = true
        const set = { status: 'counted', dueAt: null } as const
        await store.commit([
          { op: 'update', collection: 'delivery_item', id: settled!.id, accountId: ACCOUNT, set },
        ])
      }
      return store.commit(changes)
    }
    const racing = Object.assign(Object.create(store), { commit, find: store.find.bind(store) }) as Store
    await sweepWith({ store: racing })()
    expect(interfered).toBe(true)
    expect(await read('delivery_item', settled!.id)).toMatchObject({
      attempt: 0,
      status: 'counted',
      dueAt: null,
    })
    expect(await itemStates(items, 1)).toEqual(['absent', ...others.map(() => 'live')])
  })
})

describe('what is away', () => {
  it('Redis: nothing happens, quietly', async () => {
    const item = itemRow()
    await insert('delivery_item', [item])
    const absent = await absentRedis()
    const offline = openQueueRig(absent)
    await sweepWith({ queue: offline.queue })()
    expect(await read('delivery_item', item.id)).toEqual(item)
    expect(rig.logger.lines).toEqual([])
    await offline.close()
    await absent.stop()
  })

  it('the store: the sweep says so', async () => {
    const { store: closed, close } = await openTempStore()
    await close()
    await expect(sweepWith({ store: closed })()).rejects.toThrow()
  })
})

describe('sweeping in a worker pool', () => {
  it('processes what a wiped Redis forgot under idle workers', async () => {
    const items = Array.from({ length: 20 }, () => itemRow({ dueAt: Date.now() - 1_000 }))
    const done = new Set<string>()
    rig.work({
      activity: async (job) => void done.add(itemIdOf(job)),
      sweep: sweepWith({ clock: { now: () => Date.now() } }),
    })
    await insert('delivery_item', items)
    await until(() => done.size === 20)
    expect([...done].sort()).toEqual(items.map(({ id }) => id).sort())
  })
})

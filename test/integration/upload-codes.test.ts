import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { createCouponProviders } from '../../src/coupons/registry.ts'
import type { RewardJob } from '../../src/ports/queue.ts'
import type { Store } from '../../src/ports/store.ts'
import { foldCode } from '../../src/rewards/code.ts'
import { uploadPoolCodes } from '../../src/rewards/upload-codes.ts'
import { createFulfil } from '../../workers/reward/fulfil.ts'
import { rewardsOf } from '../helpers/reward-jobs.ts'
import {
  clock,
  collectingLogger,
  insert,
  jobContext,
  jobOf,
  makeRewardWorld,
  NOW,
  type RewardWorld,
  read,
  secretBox,
} from '../helpers/reward-world.ts'
import { openTempStore, type TempStore } from '../helpers/sqlite-store.ts'

let temp: TempStore
let store: Store
let pool: RewardWorld
let queued: RewardJob[]

beforeEach(async () => {
  temp = await openTempStore()
  store = temp.store
  pool = await makeRewardWorld(store, { provider: 'pool', settings: {} })
  queued = []
})
afterEach(() => temp.close())

/** Takes the place of Redis: remembers what it was given. */
const queue = {
  enqueue: async (_: string, jobs: readonly object[]) => void queued.push(...rewardsOf(jobs)),
}

function upload(codes: readonly string[], into: Pick<RewardWorld, 'accountId' | 'providerId'> = pool) {
  return uploadPoolCodes({ store, clock, newId: randomUUID, queue }, into.accountId, into.providerId, codes)
}

const stored = () => store.find('coupon_code', { limit: 5_000 })

describe('uploading codes to a pool', () => {
  it('stores all of them, unused, in the order given', async () => {
    const rows = await upload(['Summer-1', 'SUMMER-2'])
    expect(rows).toMatchObject([
      { code: 'Summer-1', foldedCode: 'summer-1', source: 'pool', rewardLogId: null, createdAt: NOW },
      { code: 'SUMMER-2', foldedCode: 'summer-2', providerId: pool.providerId, accountId: pool.accountId },
    ])
    expect(new Set((await stored()).map(({ id }) => id))).toEqual(new Set(rows.map(({ id }) => id)))
  })

  it('trims codes, and takes those that a checkout cannot tell apart for one', async () => {
    expect(await upload([' SAVE 10 '])).toMatchObject([{ code: 'SAVE 10', foldedCode: 'save 10' }])
    for (const code of ['save 10', 'SAVE\u00a0\u00a010', 'ＳＡＶＥ 10', 'SAVE 10\n']) {
      await expect(upload([code])).rejects.toMatchObject({ code: 'DUPLICATE_VALUE' })
    }
    await expect(upload(['A', 'SAVE\u200b20'])).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: [{ path: 'codes.1', message: expect.stringContaining('character 5 is U+200B') }],
    })
    expect(await stored()).toHaveLength(1)
  })

  it('knows a code of before under the form that it had then', async () => {
    const [row] = await upload(['to be older'])
    const { id, accountId } = row!
    const set = { code: 'Ｆive', foldedCode: 'ｆive' }
    await store.commit([{ op: 'update', collection: 'coupon_code', id, accountId, set }])
    await expect(upload(['Ｆive'])).rejects.toMatchObject({
      code: 'DUPLICATE_VALUE',
      details: [{ path: 'codes.0', existingId: id }],
    })
  })

  it('takes 1,000 at once and no more, and not none', async () => {
    const codes = Array.from({ length: 1_001 }, (_, index) => `CODE-${index}`)
    await expect(upload(codes)).rejects.toMatchObject({ code: 'INVALID_INPUT', details: [{ path: 'codes' }] })
    await expect(upload([])).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    expect(await upload(codes.slice(1))).toHaveLength(1_000)
    expect(await stored()).toHaveLength(1_000)
  })

  it('names every malformed code and stores none', async () => {
    await expect(upload(['OK', '', 'A\0'])).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: [{ path: 'codes.1' }, { path: 'codes.2' }],
    })
    expect(await stored()).toEqual([])
  })

  it('names every duplicate, in the request or in the account, and stores none', async () => {
    const [known] = await upload(['KNOWN'])
    const { accountId } = pool
    const drawn = await insert(store, 'coupon_code', {
      accountId,
      code: 'DRAWN',
      foldedCode: foldCode('DRAWN'),
      source: 'drawn',
    })
    await expect(upload(['A', 'known', 'B', 'a', 'drawn'])).rejects.toMatchObject({
      code: 'DUPLICATE_VALUE',
      details: [
        { path: 'codes.1', existingId: known?.id },
        { path: 'codes.3', message: expect.stringContaining('codes.0') },
        { path: 'codes.4', existingId: drawn.id },
      ],
    })
    expect(await stored()).toHaveLength(2)
  })

  it('lets one of two uploads win that bring the same code at once', async () => {
    const results = await Promise.allSettled([upload(['A', 'X']), upload(['x', 'B'])])
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const [lost] = results.filter((result) => result.status === 'rejected')
    expect(lost?.reason).toMatchObject({ code: 'DUPLICATE_VALUE' })
    expect(await stored()).toHaveLength(2)
  })

  it('does not mind the same code in another account', async () => {
    const other = await makeRewardWorld(store, { provider: 'pool', settings: {} })
    await upload(['A'])
    expect(await upload(['A'], other)).toHaveLength(1)
  })

  it('needs a provider of this account that is a pool', async () => {
    const http = await makeRewardWorld(store, { provider: 'http', settings: {} })
    const { accountId } = pool
    for (const providerId of [randomUUID(), http.providerId]) {
      await expect(upload(['A'], { accountId, providerId })).rejects.toMatchObject({
        code: 'REFERENCE_NOT_FOUND',
        details: [{ path: 'providerId' }],
      })
    }
    await expect(upload(['A'], http)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: [{ path: 'providerId' }],
    })
    expect(await stored()).toEqual([])
  })

  it('is a conflict for whoever deletes the provider at the same time', async () => {
    const before = await read(store, 'coupon_provider', pool.providerId)
    await upload(['A'])
    const { id, accountId, revision } = before
    const result = await store.commit([
      { op: 'delete', collection: 'coupon_provider', id, accountId, guard: { revision } },
    ])
    expect(result).toMatchObject({ outcome: 'conflict', reason: 'changed' })
  })
})

describe('rewards that wait for codes', () => {
  const waiting = { fulfilmentStatus: 'pending', attempt: 3 } as const

  it('are queued anew, the longest waiting first, as many as there are codes', async () => {
    const second = await pool.addReward({ ...waiting, createdAt: NOW - 1 })
    const first = await pool.addReward({ ...waiting, createdAt: NOW - 2 })
    const third = await pool.addReward({ ...waiting, dueAt: NOW })
    await upload(['A', 'B'])
    expect(queued).toEqual([
      { accountId: pool.accountId, rewardLogId: first.id, attempt: 4 },
      { accountId: pool.accountId, rewardLogId: second.id, attempt: 4 },
    ])
    expect(await read(store, 'reward_log', first.id)).toEqual({
      ...first,
      attempt: 4,
      // they share a job
      batchId: expect.any(String),
      revision: 2,
      updatedAt: NOW,
    })
    expect(await read(store, 'reward_log', third.id)).toEqual(third)
  })

  it('of other pools or accounts, and those that do not wait, stay as they are', async () => {
    const other = await makeRewardWorld(store, { provider: 'pool', settings: {} })
    await other.addReward(waiting)
    await pool.addReward(waiting, { providerId: other.providerId })
    await pool.addReward({ fulfilmentStatus: 'failed', dueAt: null })
    await pool.addReward({ fulfilmentStatus: 'issued', dueAt: null })
    await upload(['A', 'B', 'C', 'D'])
    expect(queued).toEqual([])
  })

  it('get their code from the new job, and the old one ends without doing anything', async () => {
    const { logger } = collectingLogger()
    const fulfil = createFulfil({
      store,
      providers: createCouponProviders({ store, clock }),
      secretBox,
      clock,
      logger,
    })
    const reward = await pool.addReward()
    const oldJob = jobOf(reward)
    await expect(fulfil(oldJob, jobContext())).rejects.toMatchObject({
      message: expect.stringMatching(/^POOL_EMPTY/),
    })
    await upload(['A', 'B'])
    const [newJob] = queued
    if (newJob === undefined) throw new Error('nothing was queued')
    await fulfil(oldJob, jobContext({ lastTry: true }))
    expect(await read(store, 'reward_log', reward.id)).toMatchObject({
      fulfilmentStatus: 'pending',
      attempt: 1,
    })
    await fulfil(newJob, jobContext())
    expect(await read(store, 'reward_log', reward.id)).toMatchObject({ fulfilmentStatus: 'issued' })
  })
})

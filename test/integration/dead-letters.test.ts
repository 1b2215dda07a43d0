import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { Recorder } from '../../src/engine/types.ts'
import { AppError } from '../../src/errors.ts'
import type { CouponProvider } from '../../src/ports/coupon-provider.ts'
import { activityJobOf, rewardJobOf, type WorkerPool } from '../../src/ports/queue.ts'
import { createProcessItems } from '../../workers/activity/process.ts'
import { createFulfil } from '../../workers/reward/fulfil.ts'
import { createSweep } from '../../workers/upkeep/sweep.ts'
import { type Api, startApi } from '../helpers/api.ts'
import { openQueueRig, type QueueRig } from '../helpers/queue-rig.ts'
import { redisForTests, type TestRedis } from '../helpers/redis-server.ts'
import { itemRows, openReplayShop, type ReplayShop } from '../helpers/replay-shop.ts'
import { makeRewardWorld, secretBox } from '../helpers/reward-world.ts'
import { until } from '../helpers/until.ts'

let redis: TestRedis
let rig: QueueRig
let api: Api
let shop: ReplayShop
let deliveryId: string

beforeAll(async () => {
  redis = await redisForTests()
})
afterAll(() => redis.stop())
beforeEach(async () => {
  rig = openQueueRig(redis)
  await rig.connected()
  api = await startApi()
  shop = await openReplayShop(api, 'shop')
  deliveryId = await shop.deliver({ id: 1 })
})
afterEach(async () => {
  await rig.close()
  await api.close()
  await redis.flush()
})

/** Workers whose every purchase meets this error. */
function workersThatMeet(error: Error): WorkerPool {
  const { store, deps } = api
  const recorder = { ...deps.recorder, ...deps.entries, record: () => Promise.reject(error) }
  return rig.work({
    activity: createProcessItems({ store, recorder, clock: deps.clock, logger: rig.logger }),
  })
}

/** One job for the delivery's item, of which the first try is the last. Answers what the board shows of it. */
async function exhaust(error: Error) {
  const pool = workersThatMeet(error)
  const [item] = await itemRows(api, deliveryId)
  await rig.bull.add('activity', activityJobOf(item!), { jobId: `act-${item!.id}-0`, attempts: 1 })
  await until(async () => (await rig.bull.getFailedCount()) === 1)
  await pool.close(5_000)
  const [failed] = await rig.bull.getFailed()
  return failed
}

describe('a job that has used up its tries', () => {
  it('is listed as failed with its reason, and so is its row where nobody knows why', async () => {
    const failed = await exhaust(new TypeError('somebody@example.com'))
    expect(failed).toMatchObject({ failedReason: 'TypeError', data: { items: [{ deliveryId }] } })
    expect(await shop.items(deliveryId)).toEqual(['failed INTERNAL'])
  })

  it('whose cause may pass is listed too; its row says why and goes on with another job', async () => {
    const failed = await exhaust(new AppError('STORE_BUSY', 'other writers were faster'))
    expect(failed).toMatchObject({ failedReason: 'STORE_BUSY: other writers were faster' })
    expect((await shop.shown(deliveryId)).items).toMatchObject([
      {
        status: 'pending',
        reason: 'STORE_BUSY',
        message: '1 tries were in vain and more will follow: other writers were faster',
      },
    ])
    const later = { now: () => api.clock.now() + 10_000 }
    await createSweep({ store: api.store, queue: rig.queue, clock: later, logger: rig.logger })()
    const [item] = await itemRows(api, deliveryId)
    expect(await rig.queue.states('activity', [activityJobOf(item!)])).toEqual(['live'])
    const { store, deps } = api
    const recorder = { ...deps.recorder, ...deps.entries }
    rig.work({ activity: createProcessItems({ store, recorder, clock: deps.clock, logger: rig.logger }) })
    await until(async () => (await shop.items(deliveryId))[0] !== 'pending STORE_BUSY')
    expect(await shop.items(deliveryId)).toEqual(['counted'])
    expect(await rig.bull.getFailedCount()).toBe(1)
  })
})

describe('a job of which nothing more is tried', () => {
  it('is listed as failed with the reason that stands on its reward, also when its provider said no', async () => {
    const { store, deps } = api
    const world = await makeRewardWorld(store, { provider: 'http', settings: {} })
    const reward = await world.addReward()
    const refusing: CouponProvider = {
      ...deps.providers.get('http')!,
      issue: async () => ({ outcome: 'failed', reason: 'PROVIDER_REFUSED: the coupon service answered 403' }),
    }
    const providers = new Map([['http', refusing]] as const)
    const fulfil = createFulfil({ store, providers, secretBox, clock: deps.clock, logger: rig.logger })
    rig.work({ reward: fulfil })
    await rig.queue.add('reward', [rewardJobOf(reward)])
    await until(async () => (await rig.bullRewards.getFailedCount()) === 1)
    const [failed] = await rig.bullRewards.getFailed()
    const [row] = await store.findByKeys('reward_log', ['id'], [[reward.id]])
    expect(row).toMatchObject({ fulfilmentStatus: 'failed' })
    expect(failed!.failedReason).toBe(`FAILED_FOR_GOOD: ${row!.failureReason}`)
    expect(failed!.attemptsMade).toBe(1)
  })

  it('is listed as failed though its other items came through at a later try', async () => {
    const second = await shop.deliver({ id: 2 })
    const { store, deps } = api
    const items = [...(await itemRows(api, deliveryId)), ...(await itemRows(api, second))]
    let calls = 0
    const record: Recorder['record'] = async (request) => {
      calls += 1
      if (request.purchase?.deliveryId === deliveryId)
        throw new AppError('MEMBER_NOT_LIVE', 'the member is paused')
      if (calls <= 2) throw new AppError('STORE_BUSY', 'other writers were faster', { retryAfterMs: 1 })
      return deps.recorder.record(request)
    }
    const recorder = { ...deps.recorder, ...deps.entries, record }
    rig.work({ activity: createProcessItems({ store, recorder, clock: deps.clock, logger: rig.logger }) })
    await rig.queue.add('activity', [
      { batchId: 'together', attempt: 0, items: items.flatMap((item) => activityJobOf(item).items) },
    ])
    await until(async () => (await rig.bull.getFailedCount()) === 1)
    expect([await shop.items(deliveryId), await shop.items(second)]).toEqual([
      ['failed MEMBER_NOT_LIVE'],
      ['counted'],
    ])
    const [failed] = await rig.bull.getFailed()
    expect([failed!.attemptsMade, failed!.failedReason]).toEqual([
      2,
      `FAILED_FOR_GOOD: 1 of 2 items failed, among them ${items[0]!.id}: MEMBER_NOT_LIVE: the member is paused`,
    ])
  })
})

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { AppError } from '../../src/errors.ts'
import { activityJobOf, type WorkerPool } from '../../src/ports/queue.ts'
import { createProcessItems } from '../../workers/activity/process.ts'
import { createSweep } from '../../workers/upkeep/sweep.ts'
import { type Api, startApi } from '../helpers/api.ts'
import { openQueueRig, type QueueRig } from '../helpers/queue-rig.ts'
import { redisForTests, type TestRedis } from '../helpers/redis-server.ts'
import { itemRows, openReplayShop, type ReplayShop } from '../helpers/replay-shop.ts'
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
  await until(async () => (await rig.bull.getFailedCount()) === 1, 10_000)
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
    await until(async () => (await shop.items(deliveryId))[0] !== 'pending STORE_BUSY', 10_000)
    expect(await shop.items(deliveryId)).toEqual(['counted'])
    expect(await rig.bull.getFailedCount()).toBe(1)
  })
})

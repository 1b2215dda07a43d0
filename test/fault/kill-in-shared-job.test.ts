import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { sharedStore } from '../../src/commit/shared-store.ts'
import { createCouponProviders } from '../../src/coupons/registry.ts'
import { rewardJobsOf } from '../../src/ports/queue.ts'
import type { Row } from '../../src/ports/schema.ts'
import { createFulfil } from '../../workers/reward/fulfil.ts'
import { newSigningSecret } from '../helpers/coupon-requests.ts'
import { type CouponService, startCouponService } from '../helpers/coupon-service.ts'
import { openStore } from '../helpers/open-store.ts'
import { openQueueRig, type QueueRig } from '../helpers/queue-rig.ts'
import { redisForTests, type TestRedis } from '../helpers/redis-server.ts'
import { clock, encryptionKey, makeRewardWorld, NOW, secretBox } from '../helpers/reward-world.ts'
import type { SharedJobChildOptions } from '../helpers/shared-job-child.ts'
import { makeTempFolder } from '../helpers/temp-folder.ts'
import { until } from '../helpers/until.ts'

const CHILD = fileURLToPath(new URL('../helpers/shared-job-child.ts', import.meta.url))
/** A job of a killed worker is taken up after 12 seconds, on a machine that has nothing else to do. */
const TAKEN_UP_MS = 150_000
const signingSecret = newSigningSecret()
let redis: TestRedis
let rig: QueueRig
let storePath: string
let removeFolder: () => Promise<void>
let service: CouponService

beforeAll(async () => {
  redis = await redisForTests()
})
afterAll(() => redis.stop())
beforeEach(async () => {
  const [folder, remove] = await makeTempFolder()
  removeFolder = remove
  storePath = join(folder, 'streakline.db')
  service = await startCouponService({ dataFile: join(folder, 'coupons.jsonl'), signingSecret, clock })
  rig = openQueueRig(redis)
  await rig.connected()
})
afterEach(async () => {
  await rig.close()
  await service.stop()
  await redis.flush()
  await removeFolder()
})

/** Sixteen rewards of one job, the last of which can never be made. The store is closed again: one process owns its file. */
async function prepare(): Promise<Row<'reward_log'>[]> {
  const store = await openStore('sqlite', storePath)
  await store.migrate()
  const provider = { provider: 'http', settings: { url: service.url } } as const
  const world = await makeRewardWorld(store, provider, { signingSecret })
  const batchId = randomUUID()
  const rewards: Row<'reward_log'>[] = []
  for (let at = 0; at < 15; at += 1) rewards.push(await world.addReward({ batchId }))
  rewards.push(await world.addReward({ batchId }, { providerId: randomUUID() }))
  await store.close()
  return rewards
}

async function killWorker(pauseAtCommit: number, isWritten: boolean): Promise<void> {
  const options: SharedJobChildOptions = {
    ...{ storePath, encryptionKey, allowedHost: new URL(service.url).host, now: NOW },
    ...{ redisUrl: redis.url, prefix: redis.prefix, pauseAtCommit, isWritten },
  }
  const child = spawn(process.execPath, ['--no-warnings', CHILD, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const closed = once(child, 'close')
  const [said] = await Promise.race([once(child.stdout, 'data'), closed])
  child.kill('SIGKILL')
  await closed
  expect(String(said)).toBe('paused\n')
}

describe('a worker that is killed in the middle of a shared job', () => {
  it.each([
    [1, true],
    [3, false],
    [5, true],
  ])(
    'at commit %i (written: %s) loses none of its rewards and doubles none',
    async (commit, isWritten) => {
      const rewards = await prepare()
      await rig.queue.add('reward', rewardJobsOf(rewards))
      expect(await rig.bullRewards.getWaitingCount()).toBe(1)
      await killWorker(commit, isWritten)

      const store = await openStore('sqlite', storePath)
      try {
        const allowedHosts = [new URL(service.url).host]
        const providers = createCouponProviders({ store, clock, allowedHosts })
        const deps = { store: sharedStore(store), providers, secretBox, clock, logger: rig.logger }
        const pool = rig.work({ reward: createFulfil(deps) })
        const read = () => store.find('reward_log', { limit: 100 })
        await until(async () => (await read()).every(({ dueAt }) => dueAt === null), TAKEN_UP_MS)
        const unfinished = async () => {
          const counts = await rig.bullRewards.getJobCounts('waiting', 'active', 'delayed', 'prioritized')
          return Object.values(counts).reduce((sum, count) => sum + count, 0)
        }
        await until(async () => (await unfinished()) === 0, TAKEN_UP_MS)
        const after = new Map((await read()).map((reward) => [reward.id, reward]))
        const made = rewards.slice(0, 15)
        for (const { id, drawnCode } of made)
          expect(after.get(id)).toMatchObject({ fulfilmentStatus: 'issued', couponCode: drawnCode })
        const books = service.issued().map(({ key, code }) => [key, code])
        expect(books.toSorted()).toEqual(made.map(({ id, drawnCode }) => [id, drawnCode]).toSorted())
        const reason = 'PROVIDER_GONE: the coupon provider was deleted'
        const bad = rewards[15]!
        expect(after.get(bad.id)).toMatchObject({ fulfilmentStatus: 'failed', failureReason: reason })
        expect(await rig.bullRewards.getFailed()).toMatchObject([
          { id: `rew-${bad.id}-0`, failedReason: `FAILED_FOR_GOOD: ${reason}` },
        ])
        await pool.close(5_000)
      } finally {
        await store.close()
      }
    },
    2 * TAKEN_UP_MS,
  )
})

import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { UnrecoverableError, Worker } from 'bullmq'
import { sharedStore } from '../../src/commit/shared-store.ts'
import { createHttpProvider } from '../../src/coupons/http.ts'
import { revise } from '../../src/ports/changes.ts'
import type { CouponProvider, IssueOutcome } from '../../src/ports/coupon-provider.ts'
import {
  type JobContext,
  type JobHandlers,
  PutOff,
  type RewardJob,
  rewardJobOf,
  rewardJobsOf,
  type SharedRewardJob,
} from '../../src/ports/queue.ts'
import type { Row } from '../../src/ports/schema.ts'
import { Gate } from '../../src/queue/gate.ts'
import { keyPrefix } from '../../src/queue/names.ts'
import { type Running, runJob } from '../../src/queue/run-job.ts'
import { createFulfil } from '../../workers/reward/fulfil.ts'
import { createSweep } from '../../workers/upkeep/sweep.ts'
import { openQueueRig, type QueueRig } from '../helpers/queue-rig.ts'
import { redisForTests, type TestRedis } from '../helpers/redis-server.ts'
import {
  clock,
  FAULT,
  makeRewardWorld,
  NOW,
  type RewardWorld,
  read,
  secretBox,
} from '../helpers/reward-world.ts'
import { openTempStore, type TempStore } from '../helpers/sqlite-store.ts'
import { until } from '../helpers/until.ts'

type Reward = Row<'reward_log'>

let redis: TestRedis
let rig: QueueRig
let temp: TempStore
let world: RewardWorld
/** What the provider says of a reward; else it makes the coupon. */
let answers: Map<string, () => Promise<IssueOutcome>>
let asked: string[]

beforeAll(async () => {
  redis = await redisForTests()
})
afterAll(() => redis.stop())
beforeEach(async () => {
  rig = openQueueRig(redis)
  await rig.connected()
  temp = await openTempStore()
  world = await makeRewardWorld(temp.store, { provider: 'http', settings: {} })
  answers = new Map()
  asked = []
})
afterEach(async () => {
  await rig.close()
  await temp.close()
  await redis.flush()
})

const batchOf = (count: number, batchId = randomUUID(), of = world) =>
  Promise.all(Array.from({ length: count }, () => of.addReward({ batchId })))
const reload = ({ id }: Reward) => read(temp.store, 'reward_log', id)
const statusOf = async (reward: Reward) => (await reload(reward)).fulfilmentStatus
const ownJob = (reward: Reward) => rig.bullRewards.getJob(`rew-${reward.id}-${reward.attempt}`)
const areIssued = (rewards: readonly Reward[]) =>
  until(async () => (await Promise.all(rewards.map(statusOf))).every((status) => status === 'issued'))

function work() {
  const http: CouponProvider = {
    ...createHttpProvider({ clock }),
    issue: async ({ rewardLogId, code }) => {
      asked.push(rewardLogId)
      return answers.get(rewardLogId)?.() ?? { outcome: 'issued', code, expiresAt: null }
    },
  }
  const providers = new Map([['http', http] as const])
  const store = sharedStore(temp.store)
  const fulfil = createFulfil({ store, providers, secretBox, clock, logger: rig.logger })
  return rig.work({ reward: fulfil }, { reward: 64 })
}

const sweep = (now: number) =>
  createSweep({ store: temp.store, queue: rig.queue, clock: { now: () => now }, logger: rig.logger })()

describe('rewards of a shared job', () => {
  it('cost one job, which holds ids and nothing else', async () => {
    const rewards = await batchOf(16)
    await rig.queue.add('reward', rewardJobsOf(rewards))
    expect(await rig.bullRewards.getWaitingCount()).toBe(1)
    const [job] = await rig.bullRewards.getWaiting()
    expect(job!.id).toBe(`rew-${rewards[0]!.batchId}`)
    const items = rewards.map((reward) => rewardJobOf(reward))
    expect(job!.data).toEqual({ batchId: rewards[0]!.batchId, items })
    work()
    await areIssued(rewards)
    await until(async () => (await rig.bullRewards.getCompletedCount()) === 1)
    expect(asked.toSorted()).toEqual(rewards.map(({ id }) => id).toSorted())
    expect(await rig.bullRewards.getFailedCount()).toBe(0)
  })

  it('fail alone, each as a job of its own with the reason that stands in its row', async () => {
    const rewards = await batchOf(6)
    const [refused, other, ...rest] = rewards
    answers.set(refused!.id, async () => ({ outcome: 'failed', reason: 'PROVIDER_REFUSED: no' }))
    answers.set(other!.id, async () => ({ outcome: 'failed', reason: 'PROVIDER_REFUSED: nor this' }))
    await rig.queue.add('reward', rewardJobsOf(rewards))
    work()
    await areIssued(rest)
    await until(async () => (await rig.bullRewards.getFailedCount()) === 2)
    for (const reward of [refused!, other!]) {
      const job = await ownJob(reward)
      const { failureReason } = await reload(reward)
      expect(job).toMatchObject({
        failedReason: `FAILED_FOR_GOOD: ${failureReason}`,
        attemptsMade: 1,
        data: rewardJobOf(reward),
      })
    }
    expect(await rig.bullRewards.getCompletedCount()).toBe(1)
    expect(asked).toHaveLength(6)
  })

  it('are tried again alone, with a pause and tries of their own', async () => {
    const rewards = await batchOf(5)
    const [failing, ...rest] = rewards
    answers.set(failing!.id, async () => ({ ...FAULT, retryAfterMs: 60_000 }))
    await rig.queue.add('reward', rewardJobsOf(rewards))
    work()
    await areIssued(rest)
    await until(async () => (await ownJob(failing!)) !== undefined)
    const job = await ownJob(failing!)
    expect(await job!.getState()).toBe('delayed')
    // the try in the shared job was the first of twenty
    expect(job!.opts).toMatchObject({ attempts: 19 })
    expect(job!.opts.delay).toBeGreaterThanOrEqual(60_000)
    expect(job!.opts.delay).toBeLessThanOrEqual(66_000)
    expect(await statusOf(failing!)).toBe('issuing')
    answers.clear()
    await job!.promote()
    await areIssued([failing!])
    expect(asked.filter((id) => id === failing!.id)).toHaveLength(2)
    await until(async () => (await rig.bullRewards.getCompletedCount()) === 2)
  })

  it('go on with the pause of a second failed try in the job of their own', async () => {
    const rewards = await batchOf(2)
    const [failing, other] = rewards
    answers.set(failing!.id, async () => FAULT)
    await rig.queue.add('reward', rewardJobsOf(rewards))
    work()
    await areIssued([other!])
    await until(async () => ((await ownJob(failing!))?.attemptsMade ?? 0) > 0)
    expect((await ownJob(failing!))!.delay).toBeGreaterThanOrEqual(1_000)
  })

  it('are put off alone, without spending a try', async () => {
    const rewards = await batchOf(4)
    const [busy, ...rest] = rewards
    const reason = 'POOL_BUSY: later'
    const later = { outcome: 'retry', trouble: 'exhausted', reason, retryAfterMs: null } as const
    answers.set(busy!.id, async () => later)
    await rig.queue.add('reward', rewardJobsOf(rewards))
    work()
    await areIssued(rest)
    await until(async () => (await ownJob(busy!)) !== undefined)
    const job = await ownJob(busy!)
    expect(job!.opts).toMatchObject({ attempts: 20 })
    expect(job!.opts.delay).toBeGreaterThanOrEqual(10 * 60_000)
    await until(async () => (await rig.bullRewards.getCompletedCount()) === 1)
    expect(await rig.bullRewards.getFailedCount()).toBe(0)
  })

  it('wait for no provider of others that does not answer, nor does trouble among them', async () => {
    const batchId = randomUUID()
    const hanging = await makeRewardWorld(temp.store, { provider: 'http', settings: {} })
    const stuck = await batchOf(6, batchId, hanging)
    const rewards = await batchOf(10, batchId)
    const [failing, ...rest] = rewards
    const held = Promise.withResolvers<IssueOutcome>()
    for (const { id } of stuck) answers.set(id, () => held.promise)
    answers.set(failing!.id, async () => ({ ...FAULT, retryAfterMs: 60_000 }))
    const jobs = rewardJobsOf([...stuck, ...rewards])
    expect(jobs).toHaveLength(1)
    await rig.queue.add('reward', jobs)
    const alone = await world.addReward()
    await rig.queue.add('reward', [rewardJobOf(alone)])
    work()
    await areIssued([...rest, alone])
    await until(async () => (await (await ownJob(failing!))?.getState()) === 'delayed')
    // of the one that hangs four are under way, and the shared job with them
    expect(asked.filter((id) => stuck.some((reward) => reward.id === id))).toHaveLength(4)
    expect(await rig.bullRewards.getActiveCount()).toBe(1)
    answers.clear()
    held.resolve(FAULT)
    await until(async () => (await rig.bullRewards.getActiveCount()) === 0)
  })
})

describe('a worker', () => {
  it('has no more rewards in work than it may, however many share a job', async () => {
    const [jobs, most] = [rewardJobsOf([...(await batchOf(16)), ...(await batchOf(16))]), 3]
    const waiting: (() => void)[] = []
    let done = 0
    const reward = () =>
      new Promise<void>((resolve) => {
        waiting.push(resolve)
      }).then(() => {
        done += 1
      })
    rig.work({ reward }, { reward: most })
    await rig.queue.add('reward', jobs)
    const seen: number[] = []
    while (done < 32) {
      await until(async () => waiting.length === Math.min(most, 32 - done))
      seen.push(waiting.length)
      waiting.shift()!()
      const before = done
      await until(async () => done > before)
    }
    expect(Math.max(...seen)).toBe(most)
    await until(async () => (await rig.bullRewards.getCompletedCount()) === 2)
  })

  /** Runs a shared job outside of any worker, with a handler that throws for these; answers what it ends with. */
  async function run(
    rewards: readonly Reward[],
    throwing: ReadonlySet<string>,
    terms: Partial<Running>,
    isStopped = false,
  ) {
    const stop = new AbortController()
    const [shared] = rewardJobsOf(rewards)
    const job = await rig.bullRewards.add('reward', shared!, {
      attempts: 1,
      jobId: `rew-${rewards[0]!.batchId}`,
    })
    const reward = async ({ rewardLogId }: RewardJob, { lastTry }: JobContext) => {
      lastTries.push(lastTry)
      if (isStopped) stop.abort()
      if (throwing.has(rewardLogId)) throw new PutOff(1_000, 'later')
    }
    const running = {
      handlers: { reward } as unknown as JobHandlers,
      gate: new Gate(8),
      part: parted,
      logger: rig.logger,
      ...terms,
    }
    const ended = await runJob('reward', job, 'token', stop.signal, running).then(
      () => null,
      (error: unknown) => error,
    )
    return { ended, left: (await rig.bullRewards.getJob(job.id!))!.data as unknown }
  }
  const parted = async () => {}
  const lastTries: boolean[] = []

  it('that is told to stop leaves what it had not done to the shared job, which comes again', async () => {
    const rewards = await batchOf(4)
    const [slow] = rewards
    const { ended, left } = await run(rewards, new Set([slow!.id]), {}, true)
    expect(ended).not.toBeNull()
    expect(left).toEqual({ batchId: slow!.batchId, items: [rewardJobOf(slow!)] })
  })

  it('does not end a shared job while one of its rewards, in trouble, has no other', async () => {
    const rewards = await batchOf(4)
    const [troubled, other] = rewards
    const part: Running['part'] = ({ rewardLogId }) =>
      rewardLogId === troubled!.id ? Promise.reject(new Error('Redis is not connected')) : parted()
    const { ended, left } = await run(rewards, new Set([troubled!.id, other!.id]), { part })
    expect(ended).toMatchObject({ name: 'JobFailure' })
    expect(left).toEqual({ batchId: troubled!.batchId, items: [rewardJobOf(troubled!)] })
  })

  it('ends it once each has been done or has one; of none was it the last try', async () => {
    const rewards = await batchOf(4)
    lastTries.length = 0
    expect(await run(rewards, new Set([rewards[0]!.id]), {})).toMatchObject({ ended: null })
    expect(lastTries).toEqual([false, false, false, false])
  })
})

describe('rewards whose shared job is gone', () => {
  it('share one again when Redis lost it, without those that are settled', async () => {
    const [settled, ...due] = await batchOf(5)
    const gone = { fulfilmentStatus: 'issued', dueAt: null } as const
    await temp.store.commit([revise('reward_log', settled!, gone)])
    await sweep(NOW + 6_000)
    expect(await rig.bullRewards.getWaitingCount()).toBe(1)
    const again = await rig.bullRewards.getJob(`rew-${settled!.batchId}`)
    const { items } = again!.data as SharedRewardJob
    expect(items.map(({ rewardLogId }) => rewardLogId).toSorted()).toEqual(due.map(({ id }) => id).toSorted())
    await sweep(NOW + 12_000)
    expect(await rig.bullRewards.getWaitingCount()).toBe(1)
  })

  it('are left to the jobs of their own that some of them have', async () => {
    const rewards = await batchOf(3)
    const [own, ...others] = rewards
    await rig.queue.add('reward', [rewardJobOf(own!)])
    await sweep(NOW + 6_000)
    const shared = await rig.bullRewards.getJob(`rew-${own!.batchId}`)
    const { items } = shared!.data as SharedRewardJob
    expect(items.map(({ rewardLogId }) => rewardLogId).toSorted()).toEqual(
      others.map(({ id }) => id).toSorted(),
    )
    expect(await Promise.all(rewards.map(async (reward) => (await reload(reward)).attempt))).toEqual([
      0, 0, 0,
    ])
  })

  it('share another when it ended without them', async () => {
    const rewards = await batchOf(3)
    await rig.queue.add('reward', rewardJobsOf(rewards))
    const pool = rig.work({})
    await until(async () => (await rig.bullRewards.getCompletedCount()) === 1)
    await pool.close(5_000)
    await sweep(NOW + 6_000)
    const raised = await Promise.all(rewards.map(reload))
    const [{ batchId }] = raised as [Reward, ...Reward[]]
    expect(batchId).not.toBe(rewards[0]!.batchId)
    for (const row of raised) expect(row).toMatchObject({ attempt: 1, batchId })
    const [job, ...more] = await rig.bullRewards.getWaiting()
    expect(more).toEqual([])
    const jobs: RewardJob[] = (job!.data as SharedRewardJob).items.map((item) => item)
    expect(jobs.map(({ rewardLogId, attempt }) => [rewardLogId, attempt]).toSorted()).toEqual(
      raised.map(({ id }) => [id, 1]).toSorted(),
    )
    work()
    await areIssued(rewards)
  })

  it('are made all the same where a program of before these jobs runs beside and fails them', async () => {
    const rewards = await batchOf(5)
    await rig.queue.add('reward', rewardJobsOf(rewards))
    const refuse = async ({ data }: { data: object }) => {
      if ('items' in data) throw new UnrecoverableError('INVALID_INPUT: the job lacks rewardLogId')
    }
    const connection = { url: redis.url }
    const prefix = keyPrefix('reward', redis.prefix)
    const old = new Worker('reward', refuse, { connection, prefix })
    await until(async () => (await rig.bullRewards.getFailedCount()) === 1)
    await old.close()
    // its sweep knows no batch: each of them has no job of its own, and gets one
    await rig.queue.add('reward', rewards.map(rewardJobOf).slice(0, 2))
    await sweep(NOW + 6_000)
    work()
    await areIssued(rewards)
    expect(new Set((await Promise.all(rewards.map(reload))).map(({ couponCode }) => couponCode)).size).toBe(5)
    expect(asked.toSorted()).toEqual(rewards.map(({ id }) => id).toSorted())
  })
})

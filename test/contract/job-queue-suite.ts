import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { AppError } from '../../src/errors.ts'
import { type ActivityJob, type JobContext, PutOff } from '../../src/ports/queue.ts'
import { activityJob, itemIdOf, openQueueRig, type QueueRig } from '../helpers/queue-rig.ts'
import type { TestRedis } from '../helpers/redis-server.ts'
import { until } from '../helpers/until.ts'

const OPEN_WITHIN_MS = 300_000
/** How long an event may keep a test waiting before it is taken never to come, on a machine with other work. */
const EVENT_MS = 120_000
/** More than anything here takes: what waits it out has not ended by itself. */
const DEADLINE_MS = 600_000

/** The queue on whatever kind of Redis: the same suite for each. */
export function describeJobQueue(name: string, open: () => Promise<TestRedis>): void {
  describe(`the job queue on ${name}`, () => {
    let redis: TestRedis
    let rig: QueueRig

    beforeAll(async () => {
      redis = await open()
    }, OPEN_WITHIN_MS)
    afterAll(() => redis.stop())
    beforeEach(async () => {
      rig = openQueueRig(redis)
      await rig.connected()
    })
    afterEach(async () => {
      await rig.close()
      await redis.flush()
    })

    const stateOf = async (job: ActivityJob) => (await rig.queue.states('activity', [job]))[0]

    describe('adding jobs', () => {
      it('puts ids into Redis and nothing else', async () => {
        const job = activityJob('item-1')
        const items = job.items.map((item) => ({ ...item, activity: { firstName: 'Ada' } }))
        const wide = { ...job, items, email: 'ada@example.com' }
        await rig.queue.add('activity', [wide])
        const stored = await rig.bull.getJob('act-item-1-0')
        expect(stored?.data).toEqual(job)
      })

      it('ignores a job that is already there, and takes the next attempt of the same row', async () => {
        await rig.queue.add('activity', [activityJob('item-1'), activityJob('item-1')])
        await rig.queue.enqueue('activity', [activityJob('item-1')])
        expect(await rig.bull.getWaitingCount()).toBe(1)
        await rig.queue.add('activity', [activityJob('item-1', 1)])
        expect(await rig.bull.getWaitingCount()).toBe(2)
      })

      it('takes jobs whose row ids are digits only', async () => {
        await rig.queue.add('activity', [activityJob('4711')])
        expect(await stateOf(activityJob('4711'))).toBe('live')
      })

      it('takes many calls at once', async () => {
        const jobs = Array.from({ length: 1_200 }, (_, index) => activityJob(`item-${index}`))
        await Promise.all(jobs.map((job) => rig.queue.enqueue('activity', [job])))
        await until(async () => (await rig.bull.getWaitingCount()) === 1_200, EVENT_MS)
      })

      it('enqueues into the queue that is named', async () => {
        const rewards: string[] = []
        rig.work({ reward: async ({ rewardLogId }) => void rewards.push(rewardLogId) })
        await rig.queue.enqueue('reward', [{ accountId: 'account-1', rewardLogId: 'reward-1', attempt: 0 }])
        await until(() => rewards.length > 0, EVENT_MS)
        expect(rewards).toEqual(['reward-1'])
        expect(await rig.bull.getJobCounts('wait', 'completed')).toEqual({ wait: 0, completed: 0 })
      })

      it('rejects after it was closed, and enqueueing still does not', async () => {
        await rig.queue.close()
        await rig.queue.close()
        await expect(rig.queue.add('activity', [activityJob('item-1')])).rejects.toMatchObject({
          code: 'STORE_UNAVAILABLE',
        })
        await expect(rig.queue.enqueue('activity', [activityJob('item-1')])).resolves.toBeUndefined()
      })
    })

    describe('the state of jobs', () => {
      it('tells live, ended and absent apart, in the order asked', async () => {
        const ids = ['waiting', 'delayed', 'prioritized', 'running', 'failed', 'completed', 'unknown']
        const release = Promise.withResolvers<void>()
        const taken: string[] = []
        rig.work({
          activity: async (job) => {
            const itemId = itemIdOf(job)
            taken.push(itemId)
            if (itemId === 'failed') throw new AppError('NOT_FOUND', 'gone')
            if (itemId === 'running') await release.promise
          },
        })
        await rig.queue.add(
          'activity',
          ['failed', 'completed', 'running'].map((id) => activityJob(id)),
        )
        await until(() => taken.length === 3, EVENT_MS)
        await until(async () => (await stateOf(activityJob('completed'))) === 'ended', EVENT_MS)
        await until(async () => (await stateOf(activityJob('failed'))) === 'ended', EVENT_MS)
        await rig.bull.pause()
        const options = (id: string) => ({ jobId: `act-${id}-0` })
        await rig.bull.add('activity', activityJob('delayed'), { ...options('delayed'), delay: 60_000 })
        await rig.bull.add('activity', activityJob('prioritized'), { ...options('prioritized'), priority: 5 })
        await rig.queue.add('activity', [activityJob('waiting')])
        const states = await rig.queue.states(
          'activity',
          ids.map((id) => activityJob(id)),
        )
        expect(states).toEqual(['live', 'live', 'live', 'live', 'ended', 'ended', 'absent'])
        expect(await rig.queue.states('activity', [])).toEqual([])
        release.resolve()
      })

      it('answers for a thousand jobs', async () => {
        const jobs = Array.from({ length: 1_000 }, (_, index) => activityJob(`item-${index}`))
        await rig.queue.add(
          'activity',
          jobs.filter((_, index) => index % 2 === 0),
        )
        const states = await rig.queue.states('activity', jobs)
        expect(states).toEqual(jobs.map((_, index) => (index % 2 === 0 ? 'live' : 'absent')))
      })
    })

    describe('working', () => {
      it('hands over the payload and what there is to know of the try', async () => {
        const seen: { job: ActivityJob; context: JobContext }[] = []
        rig.work({ activity: async (job, context) => void seen.push({ job, context }) })
        await rig.queue.add('activity', [activityJob('item-1', 2)])
        await until(() => seen.length === 1, EVENT_MS)
        expect(seen[0]!.job).toEqual(activityJob('item-1', 2))
        expect(seen[0]!.context).toMatchObject({ tryNumber: 1, lastTry: false, jobId: 'act-item-1-2' })
        expect(seen[0]!.context.signal.aborted).toBe(false)
      })

      it('fails a job at once when a repetition cannot mend the error', async () => {
        let tries = 0
        const fail = async () => {
          tries += 1
          throw new AppError('NOT_FOUND', 'no delivery item has the id item-1')
        }
        rig.work({ activity: fail })
        await rig.queue.add('activity', [activityJob('item-1')])
        await until(async () => (await stateOf(activityJob('item-1'))) === 'ended', EVENT_MS)
        const job = await rig.bull.getJob('act-item-1-0')
        expect({ tries, reason: job?.failedReason }).toEqual({
          tries: 1,
          reason: 'NOT_FOUND: no delivery item has the id item-1',
        })
      })

      it('tries again after a pause, and says which try is the last', async () => {
        const tries: { tryNumber: number; lastTry: boolean; at: number }[] = []
        rig.work({
          activity: async (_job, { tryNumber, lastTry }) => {
            tries.push({ tryNumber, lastTry, at: performance.now() })
            throw new AppError('STORE_BUSY', 'the store is busy')
          },
        })
        const options = { jobId: 'act-item-1-0', attempts: 2 }
        await rig.bull.add('activity', activityJob('item-1'), options)
        await until(async () => (await stateOf(activityJob('item-1'))) === 'ended', EVENT_MS)
        expect(tries.map(({ tryNumber, lastTry }) => ({ tryNumber, lastTry }))).toEqual([
          { tryNumber: 1, lastTry: false },
          { tryNumber: 2, lastTry: true },
        ])
        expect(tries[1]!.at - tries[0]!.at).toBeGreaterThanOrEqual(490)
      })

      it('waits at least as long as the error asks for', async () => {
        const tries: number[] = []
        rig.work({
          activity: async () => {
            tries.push(performance.now())
            if (tries.length === 1)
              throw new AppError('TOO_MANY_REQUESTS', 'slow down', { retryAfterMs: 1_500 })
          },
        })
        await rig.queue.add('activity', [activityJob('item-1')])
        await until(() => tries.length === 2, EVENT_MS)
        expect(tries[1]! - tries[0]!).toBeGreaterThanOrEqual(1_490)
      })

      it('gives activity jobs ten tries and reward jobs twenty', async () => {
        await rig.queue.add('activity', [activityJob('item-1')])
        const job = await rig.bull.getJob('act-item-1-0')
        expect(job?.opts).toMatchObject({ attempts: 10, backoff: { type: 'custom' } })
        const lastTries: boolean[] = []
        rig.work({ reward: async (_job, { lastTry }) => void lastTries.push(lastTry) })
        await rig.queue.add('reward', [{ accountId: 'account-1', rewardLogId: 'reward-1', attempt: 0 }])
        await until(() => lastTries.length === 1, EVENT_MS)
        expect(lastTries).toEqual([false])
      })

      it('writes messages of unknown errors neither into Redis nor into the log', async () => {
        rig.work({
          activity: async () => {
            throw new Error('E11000 duplicate key: { externalId: "email:ada@example.com" }')
          },
        })
        await rig.bull.add('activity', activityJob('item-1'), { jobId: 'act-item-1-0', attempts: 1 })
        await until(async () => (await stateOf(activityJob('item-1'))) === 'ended', EVENT_MS)
        const stored = await rig.client.hgetall(rig.bull.toKey('act-item-1-0'))
        expect(stored.failedReason).toBe('Error')
        expect(JSON.stringify(stored)).not.toContain('ada@example.com')
        expect(rig.logger.lines).toContainEqual({
          level: 'error',
          message: 'a job failed',
          fields: { queue: 'activity', jobId: 'act-item-1-0', tryNumber: 1, cause: 'Error' },
        })
        expect(JSON.stringify(rig.logger.lines)).not.toContain('ada@example.com')
      })

      it('refuses a job that somebody added by hand without its ids', async () => {
        rig.work({})
        await rig.bull.add(
          'activity',
          { ...activityJob('item-1'), items: [{ itemId: 7 }] },
          { jobId: 'by-hand' },
        )
        await until(async () => (await rig.bull.getFailedCount()) === 1, EVENT_MS)
        const job = await rig.bull.getJob('by-hand')
        expect(job?.failedReason).toBe('INVALID_INPUT: the job lacks accountId, deliveryId, itemId')
      })

      it('keeps the last hundred completed jobs and no more', async () => {
        let done = 0
        rig.work({ activity: async () => void done++ })
        await rig.queue.add(
          'activity',
          Array.from({ length: 150 }, (_, index) => activityJob(`item-${index}`)),
        )
        await until(() => done === 150, EVENT_MS)
        await until(async () => (await rig.bull.getActiveCount()) === 0, EVENT_MS)
        expect(await rig.bull.getCompletedCount()).toBe(100)
        const keys = await rig.keys(`${rig.bull.toKey('act-')}*`)
        expect(keys.length).toBe(100)
      })

      it('runs upkeep soon after the start, in one of several processes', async () => {
        let runs = 0
        const upkeep = async () => void runs++
        rig.work({ upkeep })
        rig.work({ upkeep })
        await until(() => runs > 0, EVENT_MS)
        expect(runs).toBe(1)
      })
    })

    describe('closing a worker pool', () => {
      it('takes no more jobs and waits for the running one', async () => {
        const release = Promise.withResolvers<void>()
        const events: string[] = []
        const pool = rig.work(
          {
            activity: async (job) => {
              const itemId = itemIdOf(job)
              events.push(`taken ${itemId}`)
              await release.promise
              events.push(`done ${itemId}`)
            },
          },
          { activity: 1 },
        )
        await rig.queue.add('activity', [activityJob('item-1'), activityJob('item-2')])
        await until(() => events.length === 1, EVENT_MS)
        const closed = pool.close(DEADLINE_MS).then(() => void events.push('closed'))
        release.resolve()
        await closed
        await pool.close(DEADLINE_MS)
        expect(events).toEqual(['taken item-1', 'done item-1', 'closed'])
        expect(await rig.queue.states('activity', [activityJob('item-1'), activityJob('item-2')])).toEqual([
          'ended',
          'live',
        ])
      })

      it('gives up on a job at the deadline, after telling it', async () => {
        let signal: AbortSignal | undefined
        const pool = rig.work({
          activity: (_job, context) => {
            signal = context.signal
            return new Promise(() => {})
          },
        })
        await rig.queue.add('activity', [activityJob('item-1')])
        await until(() => signal !== undefined, EVENT_MS)
        await pool.close(100)
        expect(signal?.aborted).toBe(true)
        expect(await stateOf(activityJob('item-1'))).toBe('live')
        expect(rig.logger.lines).toContainEqual({
          level: 'warn',
          message: 'gave up on running jobs',
          fields: { queue: 'activity', jobIds: ['act-item-1-0'] },
        })
      })
    })

    describe('work of several accounts', () => {
      const jobsOf = (accountId: string, count: number) =>
        Array.from({ length: count }, (_, at) => ({
          accountId,
          rewardLogId: `${accountId}-${at}`,
          attempt: 0,
        }))

      it('is taken in turns: who comes after another with a backlog does not wait for all of it', async () => {
        await rig.queue.add('reward', jobsOf('busy', 2_600))
        await rig.queue.add('reward', jobsOf('late', 3))
        await rig.queue.add('reward', jobsOf('later', 2_050))
        const order: string[] = []
        rig.work({ reward: async ({ accountId }) => void order.push(accountId) }, { reward: 1 })
        await until(() => order.length === 4_653)
        // the first 2,000 of each are nobody's backlog
        expect(order.slice(0, 4_003).filter((each) => each === 'late')).toHaveLength(3)
        const rest = order.slice(4_003)
        expect(rest.lastIndexOf('later')).toBeLessThan(150)
      })
    })

    describe('a job that is put off', () => {
      it('comes again after a while, and has spent no try', async () => {
        const tries: number[] = []
        rig.work({
          activity: async (_job, { tryNumber }) => {
            tries.push(tryNumber)
            if (tries.length < 4) throw new PutOff(1, 'not now')
          },
        })
        await rig.queue.add('activity', [activityJob('item-1')])
        await until(async () => (await stateOf(activityJob('item-1'))) === 'ended', EVENT_MS)
        expect(tries).toEqual([1, 1, 1, 1])
        expect(await rig.bull.getFailedCount()).toBe(0)
      })

      it('is still known to the queue while it waits', async () => {
        const taken = Promise.withResolvers<void>()
        rig.work({
          activity: async () => {
            taken.resolve()
            throw new PutOff(60_000, 'much later')
          },
        })
        await rig.queue.add('activity', [activityJob('item-1')])
        await taken.promise
        await until(async () => (await rig.bull.getDelayedCount()) === 1, EVENT_MS)
        expect(await stateOf(activityJob('item-1'))).toBe('live')
      })
    })
  })
}

import { type ConnectionOptions, Queue, type WorkerOptions } from 'bullmq'
import { Redis } from 'ioredis'
import type { ActivityJob } from '../../src/ports/queue.ts'
import { jobIdOf, KEEP_COMPLETED, KEEP_FAILED, keyPrefix, TRIES } from '../../src/queue/names.ts'
import { until } from '../helpers/until.ts'

/** Keys of the product's own activity queue, and of the baselines'. */
export const PRODUCT_PREFIX = keyPrefix('activity')
export const BASELINE_PREFIX = keyPrefix('activity', 'bench')
export const NAIVE_PREFIX = keyPrefix('activity', 'naive')

/** As the product's workers have them. */
export const workerOptions = {
  concurrency: 256,
  lockDuration: 8_000,
  stalledInterval: 4_000,
  maxStalledCount: 1_000,
  drainDelay: 3,
  runRetryDelay: 1_000,
  removeOnComplete: KEEP_COMPLETED,
  removeOnFail: KEEP_FAILED,
  settings: { backoffStrategy: () => 50 },
} as const satisfies Partial<WorkerOptions>

const JOBS_PER_ADD = 1_000
const POLL_MS = 4
const CONNECT_WITHIN_MS = 20_000
const NO_PROGRESS_MS = 30_000

export function connectionOf(redisUrl: string): ConnectionOptions {
  return { url: redisUrl, maxRetriesPerRequest: null }
}

/** The bench's own view of one activity queue. */
export interface BenchQueue {
  /** Adds jobs that no worker takes before `release`. */
  hold(jobs: readonly object[]): Promise<void>
  /** Lets the workers begin and resolves when no job is left. Resolves to the time that took in seconds. */
  release(): Promise<number>
  /** How many jobs wait, and how many items they have together. */
  waiting(): Promise<{ readonly jobs: number; readonly items: number }>
  /** How many failed for good. */
  failed(): Promise<number>
  close(): Promise<void>
}

export function openBenchQueue(redisUrl: string, prefix: string): BenchQueue {
  const client = new Redis(redisUrl, { maxRetriesPerRequest: null })
  const queue = new Queue('activity', { connection: client, prefix })
  const left = async () => {
    const counts = await queue.getJobCounts('wait', 'prioritized', 'active', 'delayed')
    return Object.values(counts).reduce((sum, some) => sum + some, 0)
  }
  return {
    async hold(jobs) {
      await queue.pause()
      for (let from = 0; from < jobs.length; from += JOBS_PER_ADD) {
        await queue.addBulk(jobs.slice(from, from + JOBS_PER_ADD).map(toBulk))
      }
    },
    async release() {
      const startedAt = performance.now()
      await queue.resume()
      await workedOff(left)
      return (performance.now() - startedAt) / 1000
    },
    async waiting() {
      // what an account has beyond its burst waits by priority
      const jobs = await queue.getJobs(['wait', 'prioritized'])
      return {
        jobs: jobs.length,
        items: jobs.reduce((sum, { data }) => sum + (data as ActivityJob).items.length, 0),
      }
    },
    failed: () => queue.getFailedCount(),
    async close() {
      await queue.close()
      client.disconnect()
    },
  }
}

/** @throws Error when the number of jobs left stays what it is */
async function workedOff(left: () => Promise<number>): Promise<void> {
  let lowest = Number.POSITIVE_INFINITY
  let loweredAt = performance.now()
  for (;;) {
    const jobs = await left()
    if (jobs === 0) return
    const now = performance.now()
    if (jobs < lowest) [lowest, loweredAt] = [jobs, now]
    if (now - loweredAt > NO_PROGRESS_MS)
      throw new Error(`${jobs} jobs are left and none is worked off; see --log`)
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

function toBulk(job: object) {
  const opts = { attempts: TRIES.activity, backoff: { type: 'custom' }, stackTraceLimit: 3 }
  return { name: 'activity', data: job, opts: { ...opts, jobId: jobIdOf('activity', job as ActivityJob) } }
}

/** Resolves once that many connections block on Redis, as idle workers do. */
export async function workersWait(redisUrl: string, workers: number): Promise<void> {
  const client = new Redis(redisUrl)
  try {
    await until(async () => {
      const [, blocked = '0'] = /^blocked_clients:(\d+)/m.exec(await client.info('clients')) ?? []
      return Number(blocked) >= workers
    }, CONNECT_WITHIN_MS)
  } finally {
    client.disconnect()
  }
}

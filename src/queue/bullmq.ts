import type { Queue } from 'bullmq'
import type { Logger } from '../ports/logger.ts'
import type { JobOf, JobQueue, QueueName } from '../ports/queue.ts'
import { type AddedJob, answered, collectFor, unreachable } from './add-jobs.ts'
import { openBullQueue } from './bull-queues.ts'
import { FairShare } from './fair-share.ts'
import type { JobCollector } from './job-collector.ts'
import { readJobStates } from './job-states.ts'
import { jobIdOf, payloadOf } from './names.ts'
import { openRedisLink } from './redis-link.ts'
import { within } from './within.ts'

export { startWorkerPool, type WorkerPoolOptions } from './worker-pool.ts'

const ENQUEUE_TIMEOUT_MS = 200
const CONNECT_WAIT_MS = 2_000
const REACHABLE_TIMEOUT_MS = 1_000

export interface JobQueueOptions {
  readonly redisUrl: string
  readonly logger: Logger
  /** Tells several installations, or tests, on one Redis apart. */
  readonly prefix?: string
}

/** One of the port's queues with what its jobs wait in until they are sent. */
interface Lane {
  readonly bull: Queue
  readonly collector: JobCollector<AddedJob>
}

/**
 * The job queue on BullMQ. Redis may be absent now and at any later time: nothing is held back for it, for the sweep
 * finds the rows whose jobs were not taken.
 */
export function createJobQueue({ redisUrl, logger, prefix }: JobQueueOptions): JobQueue {
  const link = openRedisLink({ redisUrl, role: 'producer', logger, prefix })
  const lanes: Record<QueueName, Lane> = {
    activity: openLane('activity'),
    reward: openLane('reward'),
    message: openLane('message'),
  }
  const shares = new FairShare({ now: () => Date.now() })
  let closing: Promise<void> | undefined

  function openLane(queue: QueueName): Lane {
    const bull = openBullQueue(queue, link, prefix)
    return { bull, collector: collectFor(bull, link) }
  }

  function push<Q extends QueueName>(queue: Q, jobs: readonly JobOf<Q>[]): Promise<void> {
    const entries = jobs.map((job) => {
      const priority = shares.take(accountOf(job), weightOf(job))
      const jobId = jobIdOf(queue, job)
      return {
        name: queue,
        data: payloadOf(queue, job),
        opts: priority === 0 ? { jobId } : { jobId, priority },
      }
    })
    return lanes[queue].collector.push(entries)
  }

  async function requireLink(): Promise<void> {
    if (closing !== undefined || !(await link.ready(CONNECT_WAIT_MS))) throw unreachable('not connected')
  }

  return {
    async enqueue(queue, jobs) {
      const work = link.ready(ENQUEUE_TIMEOUT_MS).then((ready) => (ready ? push(queue, jobs) : undefined))
      await within(ENQUEUE_TIMEOUT_MS, work).catch((error: Error) => {
        logger.debug({ queue, jobs: jobs.length, cause: error.message }, 'jobs were left to the sweep')
      })
    },
    async add(queue, jobs) {
      await requireLink()
      await push(queue, jobs).catch((error: unknown) => {
        throw unreachable(error)
      })
    },
    async states(queue, jobs) {
      await requireLink()
      const { bull } = lanes[queue]
      const jobIds = jobs.map((job) => jobIdOf(queue, job))
      return answered(link, () => readJobStates(link.client, bull.toKey, jobIds))
    },
    reachable: () => link.answers(REACHABLE_TIMEOUT_MS),
    close() {
      closing ??= Promise.all(Object.values(lanes).map(({ bull }) => bull.close())).then(() => link.close())
      return closing
    },
  }
}

function accountOf(job: JobOf<QueueName>): string {
  return 'items' in job ? (job.items[0]?.accountId ?? '') : job.accountId
}

function weightOf(job: JobOf<QueueName>): number {
  return 'items' in job ? job.items.length : 1
}

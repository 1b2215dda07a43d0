import type { Queue } from 'bullmq'
import { AppError } from '../errors.ts'
import { createJobCollector, type JobCollector } from './job-collector.ts'
import type { RedisLink } from './redis-link.ts'
import { within } from './within.ts'

const ANSWER_TIMEOUT_MS = 5_000
const MAX_BATCH = 500
const MAX_WAITING = 20_000

export type AddedJob = Parameters<Queue['addBulk']>[0][number]

/** What jobs of a queue wait in until they are sent: those that come at the same time go to Redis together. */
export function collectFor(bull: Queue, link: AnsweringLink): JobCollector<AddedJob> {
  return createJobCollector<AddedJob>({
    maxBatch: MAX_BATCH,
    maxWaiting: MAX_WAITING,
    send: async (jobs) => {
      const [first] = jobs
      // a pipeline costs more than the job that it adds
      await answered<unknown>(link, () =>
        jobs.length > 1 ? bull.addBulk([...jobs]) : bull.add(first!.name, first!.data, first!.opts),
      )
    },
  })
}

type AnsweringLink = Pick<RedisLink, 'client' | 'renew'>

/** Runs `ask` if Redis is connected; when it does not answer in time the connection is made anew. */
export async function answered<T>(link: AnsweringLink, ask: () => Promise<T>): Promise<T> {
  if (link.client.status !== 'ready') throw unreachable('not connected')
  const startedAt = performance.now()
  return within(ANSWER_TIMEOUT_MS, ask()).catch((error: unknown) => {
    if (performance.now() - startedAt >= ANSWER_TIMEOUT_MS) link.renew()
    throw unreachable(error)
  })
}

export function unreachable(cause: unknown): AppError {
  if (cause instanceof AppError) return cause
  const why = cause instanceof Error ? cause.message : String(cause)
  return new AppError('STORE_UNAVAILABLE', `Redis cannot be used: ${why}`, { cause })
}

import type { Job, Queue } from 'bullmq'
import { AppError, isRetryable } from '../errors.ts'
import { PutOff, type RewardJob } from '../ports/queue.ts'
import { collectFor } from './add-jobs.ts'
import { retryDelayMs } from './backoff.ts'
import { jobIdOf, payloadOf, TRIES } from './names.ts'
import type { RedisLink } from './redis-link.ts'

/** @throws when Redis did not take the job: the shared one must not end then */
export type Part = (reward: RewardJob, trouble: unknown, shared: Pick<Job, 'opts'>) => Promise<void>

/**
 * Gives a reward of a shared job a job of its own, by what it met there: it comes when it was put off to, or after the
 * pause of a first try that failed, which then is spent, or at once where nothing more is tried, to be listed as failed.
 * Those that meet trouble at the same time go to Redis together; adding one that has its job already changes nothing.
 */
export function createPart(rewards: Queue, link: Pick<RedisLink, 'client' | 'renew'>): Part {
  const collector = collectFor(rewards, link)
  return (reward, trouble, { opts: { priority } }) => {
    const opts = { jobId: jobIdOf('reward', reward), ...(priority ? { priority } : {}) }
    const data = payloadOf('reward', reward)
    return collector.push([{ name: 'reward', data, opts: { ...opts, ...termsOf(trouble) } }])
  }
}

function termsOf(trouble: unknown): { delay?: number; attempts?: number } {
  if (trouble instanceof PutOff) return { delay: Math.ceil(trouble.afterMs) }
  if (!isRetryable(trouble)) return {}
  const retryAfterMs = trouble instanceof AppError ? trouble.retryAfterMs : undefined
  return { delay: retryDelayMs(1, retryAfterMs, Math.random), attempts: TRIES.reward - 1 }
}

import { DelayedError, type Job } from 'bullmq'
import { AppError, isRetryable } from '../errors.ts'
import type { Logger } from '../ports/logger.ts'
import {
  type ActivityJob,
  type JobContext,
  type JobHandlers,
  MAX_JOB_ITEMS,
  type MessageJob,
  PutOff,
  type RewardJob,
  type SharedRewardJob,
} from '../ports/queue.ts'
import type { Gate } from './gate.ts'
import { describeFailure, toJobError } from './job-error.ts'
import { type BullQueueName, jobIdOf } from './names.ts'
import type { Part } from './part.ts'

export interface Running {
  readonly handlers: JobHandlers
  /** Through which rewards pass, however many of them share a job. */
  readonly gate: Gate
  readonly part: Part
  readonly logger: Logger
}

/** Hands a BullMQ job to its handler and turns what the handler throws into BullMQ's terms. */
export async function runJob(
  queue: BullQueueName,
  job: Job,
  token: string | undefined,
  signal: AbortSignal,
  running: Running,
): Promise<void> {
  const context = contextOf(job, signal)
  try {
    await dispatch(queue, job, context, running)
  } catch (error) {
    if (error instanceof PutOff) {
      await job.moveToDelayed(Date.now() + error.afterMs, token)
      throw new DelayedError(error.message)
    }
    tell(running.logger, queue, context, error)
    throw toJobError(error)
  }
}

function tell(
  logger: Logger,
  queue: BullQueueName,
  { jobId, tryNumber, lastTry }: Pick<JobContext, 'jobId' | 'tryNumber' | 'lastTry'>,
  error: unknown,
): void {
  const fields = { queue, jobId, tryNumber, cause: describeFailure(error) }
  if (lastTry || !isRetryable(error)) logger.error(fields, 'a job failed')
  else logger.info(fields, 'a job failed and will be tried again')
}

function contextOf(job: Job, signal: AbortSignal): JobContext {
  const tryNumber = job.attemptsMade + 1
  return { tryNumber, lastTry: tryNumber >= (job.opts.attempts ?? 1), jobId: String(job.id), signal }
}

async function dispatch(
  queue: BullQueueName,
  job: Job,
  context: JobContext,
  running: Running,
): Promise<void> {
  const { handlers, gate } = running
  const data: unknown = job.data
  if (queue === 'upkeep') return handlers.upkeep()
  if (queue === 'activity') return handlers.activity(checkedActivity(data), context)
  if (queue === 'message') return handlers.message(checkedMessage(data), context)
  const reward = checkedReward(data)
  if ('items' in reward) return runShared(job, reward, context, running)
  return gate.pass(() => handlers.reward(reward, context))
}

/**
 * Works the rewards of a shared job off side by side. One that meets trouble has a job of its own at once, so that its
 * pause, its tries and its failure are its own and none of the others waits for it. Only where that cannot be had, or the
 * worker is told to stop, the shared job comes again, for those that are left.
 */
async function runShared(
  job: Job,
  shared: SharedRewardJob,
  context: JobContext,
  { handlers, gate, part, logger }: Running,
): Promise<void> {
  const own = { ...context, lastTry: false }
  const work = async (reward: RewardJob): Promise<void> => {
    try {
      await gate.pass(() => handlers.reward(reward, own))
    } catch (trouble) {
      if (context.signal.aborted) throw trouble
      await part(reward, trouble, job)
      // what is over its own job tells
      const isPassing = isRetryable(trouble) && !(trouble instanceof PutOff)
      if (isPassing) tell(logger, 'reward', { ...own, jobId: jobIdOf('reward', reward) }, trouble)
    }
  }
  const settled = await Promise.allSettled(shared.items.map(work))
  const left = shared.items.filter((_, at) => settled[at]!.status === 'rejected')
  if (left.length === 0) return
  // best effort: what comes again without need is passed over, or tried once more
  if (left.length < shared.items.length) await job.updateData({ ...shared, items: left }).catch(() => {})
  throw settled.find((result) => result.status === 'rejected')!.reason
}

/** Jobs can be added by hand on the board, too. @throws AppError INVALID_INPUT */
function checkedActivity(data: unknown): ActivityJob {
  for (const item of requireItems(data)) requireTexts(item, ['accountId', 'deliveryId', 'itemId'])
  return requireAttempt(data) as ActivityJob
}

function checkedReward(data: unknown): RewardJob | SharedRewardJob {
  if (typeof data !== 'object' || data === null || !('items' in data)) return checkedLoneReward(data)
  requireTexts(data, ['batchId'])
  for (const reward of requireItems(data)) checkedLoneReward(reward)
  return data as SharedRewardJob
}

function checkedLoneReward(data: unknown): RewardJob {
  requireTexts(data, ['accountId', 'rewardLogId'])
  return requireAttempt(data) as RewardJob
}

function checkedMessage(data: unknown): MessageJob {
  requireTexts(data, ['accountId', 'messageId'])
  return requireAttempt(data) as MessageJob
}

function requireItems(data: unknown): unknown[] {
  const { items } = (data ?? {}) as { items?: unknown }
  if (Array.isArray(items) && items.length > 0 && items.length <= MAX_JOB_ITEMS) return items
  throw new AppError('INVALID_INPUT', `the job's items are not a list of 1 to ${MAX_JOB_ITEMS}`)
}

function requireTexts(data: unknown, names: readonly string[]): void {
  const fields = (data ?? {}) as Record<string, unknown>
  const missing = names.filter((name) => typeof fields[name] !== 'string')
  if (missing.length > 0) throw new AppError('INVALID_INPUT', `the job lacks ${missing.join(', ')}`)
}

function requireAttempt(data: unknown): unknown {
  if (Number.isInteger((data as { attempt?: unknown } | null)?.attempt)) return data
  throw new AppError('INVALID_INPUT', 'the job lacks attempt')
}

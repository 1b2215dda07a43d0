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
} from '../ports/queue.ts'
import { describeFailure, toJobError } from './job-error.ts'
import type { BullQueueName } from './names.ts'

/** Hands a BullMQ job to its handler and turns what the handler throws into BullMQ's terms. */
export async function runJob(
  queue: BullQueueName,
  job: Job,
  token: string | undefined,
  signal: AbortSignal,
  handlers: JobHandlers,
  logger: Logger,
): Promise<void> {
  const context = contextOf(job, signal)
  try {
    await dispatch(queue, job.data, context, handlers)
  } catch (error) {
    if (error instanceof PutOff) {
      await job.moveToDelayed(Date.now() + error.afterMs, token)
      throw new DelayedError(error.message)
    }
    const { jobId, tryNumber, lastTry } = context
    const fields = { queue, jobId, tryNumber, cause: describeFailure(error) }
    if (lastTry || !isRetryable(error)) logger.error(fields, 'a job failed')
    else logger.info(fields, 'a job failed and will be tried again')
    throw toJobError(error)
  }
}

function contextOf(job: Job, signal: AbortSignal): JobContext {
  const tryNumber = job.attemptsMade + 1
  return { tryNumber, lastTry: tryNumber >= (job.opts.attempts ?? 1), jobId: String(job.id), signal }
}

async function dispatch(
  queue: BullQueueName,
  data: unknown,
  context: JobContext,
  handlers: JobHandlers,
): Promise<void> {
  if (queue === 'upkeep') return handlers.upkeep()
  if (queue === 'activity') return handlers.activity(checkedActivity(data), context)
  if (queue === 'message') return handlers.message(checkedMessage(data), context)
  return handlers.reward(checkedReward(data), context)
}

/** Jobs can be added by hand on the board, too. @throws AppError INVALID_INPUT */
function checkedActivity(data: unknown): ActivityJob {
  const { items } = (data ?? {}) as { items?: unknown }
  if (!Array.isArray(items) || items.length === 0 || items.length > MAX_JOB_ITEMS) {
    throw new AppError('INVALID_INPUT', `the job's items are not a list of 1 to ${MAX_JOB_ITEMS}`)
  }
  for (const item of items) requireTexts(item, ['accountId', 'deliveryId', 'itemId'])
  return requireAttempt(data) as ActivityJob
}

function checkedReward(data: unknown): RewardJob {
  requireTexts(data, ['accountId', 'rewardLogId'])
  return requireAttempt(data) as RewardJob
}

function checkedMessage(data: unknown): MessageJob {
  requireTexts(data, ['accountId', 'messageId'])
  return requireAttempt(data) as MessageJob
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

import type { Job } from 'bullmq'
import { AppError, isRetryable } from '../errors.ts'
import type { Logger } from '../ports/logger.ts'
import type { ActivityJob, JobContext, JobHandlers, RewardJob } from '../ports/queue.ts'
import { describeFailure, toJobError } from './job-error.ts'
import type { BullQueueName } from './names.ts'

/** Hands a BullMQ job to its handler and turns what the handler throws into BullMQ's terms. */
export async function runJob(
  queue: BullQueueName,
  job: Job,
  signal: AbortSignal,
  handlers: JobHandlers,
  logger: Logger,
): Promise<void> {
  const context = contextOf(job, signal)
  try {
    await dispatch(queue, job.data, context, handlers)
  } catch (error) {
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
  if (queue === 'activity')
    return handlers.activity(checked<ActivityJob>(data, ['deliveryId', 'itemId']), context)
  return handlers.reward(checked<RewardJob>(data, ['rewardLogId']), context)
}

/** Jobs can be added by hand on the board, too. */
function checked<J extends ActivityJob | RewardJob>(data: unknown, ids: readonly (keyof J & string)[]): J {
  const job = (data ?? {}) as Record<string, unknown>
  const missing = ['accountId', ...ids].filter((field) => typeof job[field] !== 'string')
  if (missing.length > 0 || !Number.isInteger(job.attempt)) {
    throw new AppError('INVALID_INPUT', `the job lacks ${[...missing, 'attempt'].join(', ')}`)
  }
  return data as J
}

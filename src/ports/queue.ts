import type { Row } from './schema.ts'

/** Payloads carry ids only; the worker reads the rest from the store. */
export interface ActivityJob {
  /** Of items that were stored together and are worked off together; null = the job is of its one item alone. */
  readonly batchId: string | null
  readonly attempt: number
  /** At most `MAX_JOB_ITEMS`. */
  readonly items: readonly ActivityItem[]
}
export interface ActivityItem {
  readonly accountId: string
  readonly deliveryId: string
  readonly itemId: string
}
export interface RewardJob {
  readonly accountId: string
  readonly rewardLogId: string
  readonly attempt: number
}
/** Rewards whose work became due in one commit and is done together; each that meets trouble goes on in a job of its own. */
export interface SharedRewardJob {
  readonly batchId: string
  /** At most `MAX_JOB_ITEMS`. */
  readonly items: readonly RewardJob[]
}
export interface MessageJob {
  readonly accountId: string
  readonly messageId: string
  readonly attempt: number
}

/**
 * Items of one job. Moving a job through Redis costs about as much as recording what one item says, so items that
 * arrive together share one; few enough that a job is worked off in an instant and workers share a backlog evenly.
 */
export const MAX_JOB_ITEMS = 16

type ActivityRow = Pick<Row<'delivery_item'>, 'accountId' | 'deliveryId' | 'id' | 'batchId' | 'attempt'>

/** The job that works an item off, as its `attempt` stands: that of its batch at first, then one of its own. */
export function activityJobOf({ accountId, deliveryId, id, batchId, attempt }: ActivityRow): ActivityJob {
  return {
    batchId: attempt === 0 ? batchId : null,
    attempt,
    items: [{ accountId, deliveryId, itemId: id }],
  }
}

/** The jobs that work these items off: one for those of a batch, one for each of the others. */
export function activityJobsOf(rows: readonly ActivityRow[]): ActivityJob[] {
  const alone = rows.map(activityJobOf)
  const shared = Map.groupBy(alone, ({ batchId, items }) => batchId ?? items[0]!.itemId)
  return [...shared.values()].map((jobs) => ({ ...jobs[0]!, items: jobs.flatMap(({ items }) => items) }))
}

/** The job that does what is due of a reward, as its `attempt` stands. */
export function rewardJobOf({
  accountId,
  id,
  attempt,
}: Pick<Row<'reward_log'>, 'accountId' | 'id' | 'attempt'>): RewardJob {
  return { accountId, rewardLogId: id, attempt }
}

/** The jobs that do what is due of these rewards: one for those of a batch, one for each of the others. */
export function rewardJobsOf(
  rows: readonly Pick<Row<'reward_log'>, 'accountId' | 'id' | 'attempt' | 'batchId'>[],
): (RewardJob | SharedRewardJob)[] {
  const batches = Map.groupBy(rows, ({ batchId, id }) => batchId ?? id)
  return [...batches].map(([batchId, rewards]) => {
    const items = rewards.map(rewardJobOf)
    return items.length === 1 ? items[0]! : { batchId, items }
  })
}

/** The job that sends a message, as its `attempt` stands. */
export function messageJobOf({
  accountId,
  id,
  attempt,
}: Pick<Row<'webhook_message'>, 'accountId' | 'id' | 'attempt'>): MessageJob {
  return { accountId, messageId: id, attempt }
}

interface Jobs {
  readonly activity: ActivityJob
  readonly reward: RewardJob | SharedRewardJob
  readonly message: MessageJob
}
export type QueueName = keyof Jobs
export type JobOf<Q extends QueueName> = Jobs[Q]

/**
 * What the queue knows of a job: `live` waits, runs or is delayed; `ended` failed or completed and is still listed;
 * `absent` is not known.
 */
export type JobState = 'live' | 'ended' | 'absent'

/**
 * Hands work to the workers. Nothing rests on it: rows are the truth, a lost job is queued again by the sweep.
 */
export interface JobQueue {
  /**
   * Adds jobs, best effort: resolves after at most 200 ms whether or not Redis answered, never rejects. Adding a job
   * that is already there (same batch or row, same attempt) changes nothing.
   */
  enqueue<Q extends QueueName>(queue: Q, jobs: readonly JobOf<Q>[]): Promise<void>
  /** Adds jobs and waits for Redis. @throws when Redis cannot be reached */
  add<Q extends QueueName>(queue: Q, jobs: readonly JobOf<Q>[]): Promise<void>
  /** The state of each job, in order. @throws when Redis cannot be reached */
  states<Q extends QueueName>(queue: Q, jobs: readonly JobOf<Q>[]): Promise<JobState[]>
  /** Whether Redis answers right now. */
  reachable(): Promise<boolean>
  close(): Promise<void>
}

/** The job is taken again after a while: it spent no try. */
export class PutOff extends Error {
  override readonly name = 'PutOff'
  readonly afterMs: number

  constructor(afterMs: number, why: string) {
    super(why)
    this.afterMs = afterMs
  }
}

/** The place of a worker process among those that live, from 0 on, and how many they are. */
export interface Standing {
  readonly place: number
  readonly size: number
}

/** The worker processes of an installation, as far as they know of each other. */
export interface Workforce {
  /**
   * null while it is not sure: others may still act as if this process were not there. Never two processes believe in
   * the same place of the same size for longer than a lost connection takes to be noticed.
   */
  standing(): Standing | null
}

export interface JobContext {
  /** 1 for the first try. */
  readonly tryNumber: number
  /** True when a failure of this try will not be retried. */
  readonly lastTry: boolean
  readonly jobId: string
  readonly signal: AbortSignal
}

/**
 * A handler throws AppError: retryable ones are retried with backoff, others fail the job at once. `retryAfterMs` on
 * the error is honoured. `PutOff` puts the job off.
 */
export interface JobHandlers {
  activity(job: ActivityJob, context: JobContext): Promise<void>
  /** Each reward of a shared job by itself: what it throws goes on in a job of its own. */
  reward(job: RewardJob, context: JobContext): Promise<void>
  message(job: MessageJob, context: JobContext): Promise<void>
  /** Runs about once a minute in one worker: prunes and whatever else time does. */
  upkeep(): Promise<void>
  /** Runs in every worker process every 5 s, also while Redis is away. */
  sweep(): Promise<void>
  /** On the timer too, and beside the sweep: what is due of installations at platforms, however slow these are. */
  tend?(): Promise<void>
  /** Every second in every worker process, however slow the sweep is: what platforms told of shops and ask by law. */
  news?(): Promise<void>
  /** Runs in every worker process every second, also while Redis is away: sees to providers that are paused. */
  attend(): Promise<void>
  /** Runs in every worker process every 5 s, also while Redis is away: sees to what periods bring as they end. */
  watch(): Promise<void>
}

export interface WorkerPool {
  /** Stops taking jobs, lets running ones finish for at most `deadlineMs`, then gives up on them. Idempotent. */
  close(deadlineMs: number): Promise<void>
}

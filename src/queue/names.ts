import type { ActivityJob, JobOf, MessageJob, QueueName, RewardJob, SharedRewardJob } from '../ports/queue.ts'

/** The queues in Redis: those of the port, and `upkeep`, which only the workers themselves use. */
export type BullQueueName = QueueName | 'upkeep'
export const BULL_QUEUES: readonly BullQueueName[] = ['activity', 'reward', 'message', 'upkeep']

export const DEFAULT_PREFIX = 'streakline'

/** Tries of one job, the first included. A job that used them up is queued anew by the sweep while its row is due. */
export const TRIES: Readonly<Record<QueueName, number>> = { activity: 10, reward: 20, message: 20 }

/** Finished jobs are kept for operators to look at; the counts bound what they take of Redis. */
export const KEEP_COMPLETED = { count: 100 } as const
export const KEEP_FAILED = { age: 14 * 24 * 60 * 60, count: 10_000 } as const

/**
 * One hash tag per queue: all keys of a queue live in one slot of a Redis Cluster, different queues may live in
 * different ones.
 */
export function keyPrefix(queue: BullQueueName, prefix: string = DEFAULT_PREFIX): string {
  return `{${prefix}-${queue}}`
}

/**
 * Same batch or row, same attempt, same id. A batch of rewards is of one queueing, so its attempts need not be told.
 * BullMQ refuses ids that are integers or contain a colon.
 */
export function jobIdOf<Q extends QueueName>(queue: Q, job: JobOf<Q>): string {
  if (queue === 'reward') {
    const reward = job as RewardJob | SharedRewardJob
    return 'items' in reward ? `rew-${reward.batchId}` : `rew-${reward.rewardLogId}-${reward.attempt}`
  }
  if (queue === 'message') {
    const { messageId, attempt } = job as MessageJob
    return `msg-${messageId}-${attempt}`
  }
  const { batchId, items, attempt } = job as ActivityJob
  return `act-${batchId ?? items[0]?.itemId}-${attempt}`
}

/** The ids and nothing else, whatever else the caller's object holds. */
export function payloadOf<Q extends QueueName>(queue: Q, job: JobOf<Q>): JobOf<QueueName> {
  if (queue === 'activity') {
    const { batchId, attempt, items } = job as ActivityJob
    return {
      batchId,
      attempt,
      items: items.map(({ accountId, deliveryId, itemId }) => ({ accountId, deliveryId, itemId })),
    }
  }
  if (queue === 'message') {
    const { accountId, messageId, attempt } = job as MessageJob
    return { accountId, messageId, attempt }
  }
  const reward = job as RewardJob | SharedRewardJob
  if (!('items' in reward)) return rewardIds(reward)
  return { batchId: reward.batchId, items: reward.items.map(rewardIds) }
}

function rewardIds({ accountId, rewardLogId, attempt }: RewardJob): RewardJob {
  return { accountId, rewardLogId, attempt }
}

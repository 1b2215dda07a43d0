import { type JobsOptions, Queue } from 'bullmq'
import { type BullQueueName, keyPrefix, TRIES } from './names.ts'
import type { RedisLink } from './redis-link.ts'

/**
 * BullMQ's view of a queue on a connection of ours. Nothing is read or written when it is made, so Redis may be
 * absent: BullMQ's own start-up fails for good if the connection drops in the middle of it.
 */
export function openBullQueue(name: BullQueueName, link: RedisLink, prefix?: string): Queue {
  const queue = new Queue(name, {
    connection: link.client,
    prefix: keyPrefix(name, prefix),
    skipWaitingForReady: true,
    skipVersionCheck: true,
    skipMetasUpdate: true,
    defaultJobOptions: jobOptions(name),
  })
  // The link reports the state of the connection, once for all who share it.
  queue.on('error', () => {})
  return queue
}

function jobOptions(name: BullQueueName): JobsOptions {
  if (name === 'upkeep') return { attempts: 1 }
  return { attempts: TRIES[name], backoff: { type: 'custom' }, stackTraceLimit: 3 }
}

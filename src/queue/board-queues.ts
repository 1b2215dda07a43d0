import type { Queue } from 'bullmq'
import { openBullQueue } from './bull-queues.ts'
import { BULL_QUEUES } from './names.ts'
import { openRedisLink } from './redis-link.ts'

export interface BoardQueues {
  readonly queues: readonly Queue[]
  close(): Promise<void>
}

/** BullMQ's own queues for the board, on a connection of their own: what it lists must not hold up enqueueing. */
export function openBoardQueues(options: { redisUrl: string; prefix?: string }): BoardQueues {
  const link = openRedisLink({ redisUrl: options.redisUrl, role: 'producer' })
  const queues = BULL_QUEUES.map((name) => openBullQueue(name, link, options.prefix))
  return {
    queues,
    async close() {
      await Promise.all(queues.map((queue) => queue.close()))
      link.close()
    },
  }
}

import type { Queue } from 'bullmq'
import { Cluster } from 'ioredis'
import type { ActivityJob, JobHandlers, JobQueue, WorkerPool } from '../../src/ports/queue.ts'
import { openBullQueue } from '../../src/queue/bull-queues.ts'
import { createJobQueue, startWorkerPool } from '../../src/queue/bullmq.ts'
import type { RedisClient } from '../../src/queue/redis-clients.ts'
import { openRedisLink } from '../../src/queue/redis-link.ts'
import { recordingLogger } from './recording-logger.ts'
import { until } from './until.ts'

/** A queue, its workers and BullMQ's own view of it, all closed by one call. */
export interface QueueRig {
  readonly queue: JobQueue
  readonly logger: ReturnType<typeof recordingLogger>
  /** BullMQ's queue of activity jobs, for what the port cannot do. */
  readonly bull: Queue
  /** The same of reward jobs. */
  readonly bullRewards: Queue
  /** Redis itself, for what BullMQ does not show. */
  readonly client: RedisClient
  /** The keys there that match. */
  keys(pattern: string): Promise<string[]>
  /** Starts a pool with handlers that do nothing where none are given. */
  work(handlers: Partial<JobHandlers>, concurrency?: { activity?: number; reward?: number }): WorkerPool
  /** Resolves once Redis answers. */
  connected(): Promise<void>
  close(): Promise<void>
}

export function openQueueRig(redis: { readonly url: string; readonly prefix: string }): QueueRig {
  const shared = { redisUrl: redis.url, prefix: redis.prefix, logger: recordingLogger() }
  const queue = createJobQueue(shared)
  const link = openRedisLink({ redisUrl: redis.url, role: 'producer', prefix: redis.prefix })
  const bull = openBullQueue('activity', link, redis.prefix)
  const bullRewards = openBullQueue('reward', link, redis.prefix)
  const pools: WorkerPool[] = []
  return {
    queue,
    logger: shared.logger,
    bull,
    bullRewards,
    client: link.client,
    async keys(pattern) {
      const { client } = link
      const servers = client instanceof Cluster ? client.nodes('master') : [client]
      return (await Promise.all(servers.map((server) => server.keys(pattern)))).flat()
    },
    work(handlers, concurrency = {}) {
      const idle = {
        activity: async () => {},
        reward: async () => {},
        message: async () => {},
        upkeep: async () => {},
        sweep: async () => {},
        attend: async () => {},
        watch: async () => {},
      }
      const clock = { now: () => Date.now() }
      const pool = startWorkerPool({
        ...shared,
        clock,
        queue,
        concurrency,
        handlers: { ...idle, ...handlers },
      })
      pools.push(pool)
      return pool
    },
    connected: () => until(async () => (await queue.reachable()) && link.client.status === 'ready'),
    async close() {
      await Promise.all(pools.map((pool) => pool.close(0)))
      await bull.close()
      await bullRewards.close()
      link.close()
      await queue.close()
    },
  }
}

export function activityJob(itemId: string, attempt = 0): ActivityJob {
  return { batchId: null, attempt, items: [{ accountId: 'account-1', deliveryId: 'delivery-1', itemId }] }
}

/** The one item of a job that has no more. */
export function itemIdOf({ items }: ActivityJob): string {
  return items[0]!.itemId
}

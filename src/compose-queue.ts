import type { Router } from 'express'
import type { Config } from './config.ts'
import { createQueueVisits } from './http/console/queue-visits.ts'
import { addressOf } from './http/limits/address.ts'
import { createQueueBoard } from './ops/bull-board.ts'
import { createOwnPace } from './platforms/own-pace.ts'
import type { Logger } from './ports/logger.ts'
import type { Pace } from './ports/pace.ts'
import type { JobQueue } from './ports/queue.ts'
import { openBullQueue } from './queue/bull-queues.ts'
import { createJobQueue } from './queue/bullmq.ts'
import { checkRedis } from './queue/check-redis.ts'
import { startLocalRedis } from './queue/local-redis.ts'
import { BULL_QUEUES } from './queue/names.ts'
import { openRedisLink } from './queue/redis-link.ts'
import { createSharedPace } from './queue/shared-pace.ts'
import { joinWorkforce, type LiveWorkforce } from './queue/workforce.ts'
import type { UserDeps } from './users/users.ts'

export interface QueueParts {
  readonly queue: JobQueue
  readonly redisUrl: string
  readonly close: () => Promise<void>
}

/** Connects to the Redis that REDIS_URL names, or starts one of its own under the data folder. Redis may be away. */
export async function composeQueue(config: Config, logger: Logger): Promise<QueueParts> {
  const local = config.redisUrl === null ? await startLocalRedis({ dataDir: config.dataDir, logger }) : null
  const redisUrl = local?.url ?? config.redisUrl!
  const queue = createJobQueue({ redisUrl, logger })
  // told, not waited for: webhooks are taken without Redis
  void checkRedis(redisUrl).then(({ ok, warnings }) => {
    for (const warning of warnings) logger[ok ? 'warn' : 'error']({}, warning)
  })
  return {
    queue,
    redisUrl,
    close: async () => {
      await queue.close()
      await local?.stop()
    },
  }
}

export interface Board {
  readonly router: Router
  readonly close: () => Promise<void>
}

/** The queue pages: for the operator, where there are credentials, and for owners who are signed in to the console. */
export function composeBoard(parts: { config: Config; logger: Logger } & UserDeps & QueueParts): Board {
  const { config, clock, logger, queue, redisUrl } = parts
  const link = openRedisLink({ redisUrl, role: 'producer', logger })
  const queues = BULL_QUEUES.map((name) => openBullQueue(name, link))
  return {
    router: createQueueBoard({
      operator: config.operator,
      queues,
      redisReachable: () => queue.reachable(),
      guard: { clock, logger, addressOf },
      visit: createQueueVisits(parts),
    }),
    close: async () => {
      await Promise.all(queues.map((bull) => bull.close()))
      await link.close()
    },
  }
}

/** The pace at which all processes of the installation together ask platforms. */
export function composePace({ redisUrl }: Pick<QueueParts, 'redisUrl'>): {
  readonly pace: Pace
  readonly close: () => Promise<void>
} {
  const link = openRedisLink({ redisUrl, role: 'producer' })
  return {
    pace: createSharedPace({ link, own: createOwnPace() }),
    close: async () => link.close(),
  }
}

/** This process among the workers of the installation. */
export function composeWorkforce({ redisUrl }: QueueParts): LiveWorkforce {
  const link = openRedisLink({ redisUrl, role: 'producer' })
  const workforce = joinWorkforce({ link })
  return {
    standing: workforce.standing,
    close: async () => {
      await workforce.close()
      link.close()
    },
  }
}

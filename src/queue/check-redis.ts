import { readRedisAddress } from '../ports/redis-address.ts'
import { checkCluster, checkSentinels } from './check-redis-group.ts'
import { askOnce, type Finding, settingsFindings } from './redis-settings.ts'

export interface RedisCheck {
  /** False when Redis cannot be reached or is known to be set so that jobs get lost. */
  readonly ok: boolean
  /** One sentence each: what is wrong or could not be checked, and what to do. */
  readonly warnings: string[]
}

/**
 * Looks at what BullMQ depends on: the version, that nothing is evicted, that jobs survive a restart; of a cluster and
 * of a master with sentinels at each server, and whether another can take its place. Never throws.
 */
export async function checkRedis(redisUrl: string): Promise<RedisCheck> {
  const found = await findingsOf(redisUrl).catch((error: Error) => [
    {
      fatal: true,
      sentence: `Redis cannot be reached: ${error.message}. Webhooks are stored until it can.`,
    },
  ])
  return { ok: !found.some(({ fatal }) => fatal), warnings: found.map(({ sentence }) => sentence) }
}

function findingsOf(redisUrl: string): Promise<Finding[]> {
  const address = readRedisAddress(redisUrl)
  switch (address.kind) {
    case 'fault':
      return Promise.resolve([{ fatal: true, sentence: `REDIS_URL ${address.fault}.` }])
    case 'cluster':
      return checkCluster(address)
    case 'sentinel':
      return checkSentinels(address)
    case 'server':
      return askOnce(address.url, {}, async (client) => {
        const { found, isClusterNode } = await settingsFindings(client, 'Redis')
        return isClusterNode ? [...found, LONE_NODE] : found
      })
  }
}

const LONE_NODE: Finding = {
  fatal: true,
  sentence:
    'Redis is a node of a cluster, which REDIS_URL has to name as one: redis://host:port of several nodes with commas between, or of one written twice.',
}

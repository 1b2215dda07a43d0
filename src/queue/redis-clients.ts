import { Cluster, Redis, type RedisOptions } from 'ioredis'
import type { RedisAccess, RedisAddress } from '../ports/redis-address.ts'

/** Both take the same commands; a cluster sends each to the node that has its key. */
export type RedisClient = Redis | Cluster

const CONNECT_TIMEOUT_MS = 3_000
const DISCONNECT_TIMEOUT_MS = 300
const RECONNECT_CAP_MS = 2_000

/**
 * `producer`: a command fails at once while Redis is away. `worker`: commands wait for Redis, as BullMQ's workers need.
 */
export type RedisRole = 'producer' | 'worker'

const BY_ROLE: Readonly<Record<RedisRole, RedisOptions>> = {
  producer: { enableOfflineQueue: false, maxRetriesPerRequest: 0, autoResendUnfulfilledCommands: false },
  worker: { maxRetriesPerRequest: null },
}

function pauseMs(times: number): number {
  return Math.min(50 * 2 ** Math.min(times, 6), RECONNECT_CAP_MS)
}

/**
 * A client that connects, and for ever tries to connect again. Duplicates of it are never without a listener for
 * errors: BullMQ takes its own off as it closes them, and what comes afterwards would be printed by ioredis.
 */
export function openRedisClient(address: RedisAddress, role: RedisRole): RedisClient {
  return heardWhenDuplicated(connect(address, role))
}

function heardWhenDuplicated(client: RedisClient): RedisClient {
  const duplicate = client.duplicate.bind(client) as (...options: unknown[]) => RedisClient
  client.duplicate = (...options: unknown[]): never =>
    heardWhenDuplicated(duplicate(...options)).on('error', () => {}) as never
  return client
}

function connect(address: RedisAddress, role: RedisRole): RedisClient {
  const options: RedisOptions = {
    ...BY_ROLE[role],
    connectionName: `streakline-${role}`,
    connectTimeout: CONNECT_TIMEOUT_MS,
    disconnectTimeout: DISCONNECT_TIMEOUT_MS,
    retryStrategy: pauseMs,
    // After a failover the old primary still answers, read-only.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  }
  if (address.kind === 'server') return new Redis(address.url, options)
  if (address.kind === 'sentinel') return new Redis({ ...sentinelOptions(address), ...options })
  const { nodes, access } = address
  // the connection to a node is given up when it is lost: which nodes there are is asked anew
  const { retryStrategy: _retry, enableOfflineQueue = true, ...ofNodes } = options
  return new Cluster([...nodes], {
    enableOfflineQueue,
    clusterRetryStrategy: pauseMs,
    redisOptions: { ...ofNodes, ...accessOptions(access) },
    // certificates are made out to names: with TLS these are kept
    ...(access.tls ? { dnsLookup: (host, found) => found(null, host) } : {}),
  })
}

/** What ioredis needs to find the master by its sentinels, where it may have to be asked more than once. */
export function sentinelOptions(address: RedisAddress & { kind: 'sentinel' }): RedisOptions {
  const { sentinels, master, database, access, sentinelAccess } = address
  return {
    sentinels: [...sentinels],
    name: master,
    db: database,
    ...accessOptions(access),
    ...(sentinelAccess.username === undefined ? {} : { sentinelUsername: sentinelAccess.username }),
    ...(sentinelAccess.password === undefined ? {} : { sentinelPassword: sentinelAccess.password }),
    ...(access.tls ? { enableTLSForSentinelMode: true } : {}),
    ...(sentinelAccess.tls ? { sentinelTLS: {} } : {}),
    sentinelCommandTimeout: CONNECT_TIMEOUT_MS,
    sentinelRetryStrategy: pauseMs,
  }
}

export function accessOptions({ username, password, tls }: RedisAccess): RedisOptions {
  return {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls ? { tls: {} } : {}),
  }
}

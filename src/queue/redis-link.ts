import { Redis, type RedisOptions } from 'ioredis'
import type { Logger } from '../ports/logger.ts'
import { quietWarnings } from './quiet-log.ts'
import { within } from './within.ts'

const CONNECT_TIMEOUT_MS = 3_000
const DISCONNECT_TIMEOUT_MS = 300
const RECONNECT_CAP_MS = 2_000
const HEARTBEAT_MS = 5_000
const HEARTBEAT_TIMEOUT_MS = 3_000

/**
 * `producer`: a command fails at once while Redis is away. `worker`: commands wait for Redis, as BullMQ's workers need.
 */
export type RedisRole = 'producer' | 'worker'

export interface RedisLink {
  readonly client: Redis
  /** Whether commands can be sent. While the very first connection is still being made, waits for it up to `waitMs`. */
  ready(waitMs: number): Promise<boolean>
  /** Whether Redis answers within `timeoutMs`. */
  answers(timeoutMs: number): Promise<boolean>
  /** Drops a connection that no longer answers; a new one is made. */
  renew(): void
  close(): void
}

export interface RedisLinkOptions {
  readonly redisUrl: string
  readonly role: RedisRole
  /** Without one the link says nothing; several to one Redis need not all say the same. */
  readonly logger?: Logger
}

const BY_ROLE: Readonly<Record<RedisRole, RedisOptions>> = {
  producer: { enableOfflineQueue: false, maxRetriesPerRequest: 0, autoResendUnfulfilledCommands: false },
  worker: { maxRetriesPerRequest: null },
}

/**
 * A connection that is tried again for ever, says so once per outage, and is renewed when Redis stops answering on it
 * (a half-open socket gives no error for a quarter of an hour). Redis may be absent when it is made.
 */
export function openRedisLink({ redisUrl, role, logger }: RedisLinkOptions): RedisLink {
  const client = new Redis(redisUrl, {
    ...BY_ROLE[role],
    connectionName: `streakline-${role}`,
    connectTimeout: CONNECT_TIMEOUT_MS,
    disconnectTimeout: DISCONNECT_TIMEOUT_MS,
    retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 6), RECONNECT_CAP_MS),
    // After a failover the old primary still answers, read-only.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  })
  /** How the first attempt to connect ends. */
  const opening = Promise.withResolvers<boolean>()
  const warn = logger && quietWarnings(logger)
  let closed = false
  let failed = false
  let reported = false

  client.on('ready', () => {
    if (reported) logger?.info({ role }, 'Redis is back')
    failed = false
    reported = false
    opening.resolve(true)
  })
  client.on('error', (error: Error & { code?: string }) => {
    fail(error.code ?? error.message)
  })
  client.on('close', () => {
    fail('connection closed')
  })

  function fail(cause: string): void {
    failed = true
    opening.resolve(false)
    if (reported || closed || warn === undefined) return
    reported = warn({ role, cause }, 'Redis cannot be reached; trying again until it can')
  }

  async function answers(timeoutMs: number): Promise<boolean> {
    if (client.status !== 'ready') return false
    return within(
      timeoutMs,
      client.ping().then(() => true),
    ).catch(() => false)
  }

  function renew(): void {
    // Without a socket a retry is under way already, and ioredis would lose its timer.
    if (!closed && (client.status === 'ready' || client.status === 'connect')) client.disconnect(true)
  }

  let handshakesSeen = 0
  const heartbeat = setInterval(async () => {
    if (client.status === 'end' && !closed) return void client.connect().catch(() => {})
    handshakesSeen = client.status === 'connect' ? handshakesSeen + 1 : 0
    const stuck = handshakesSeen > 1 || (client.status === 'ready' && !(await answers(HEARTBEAT_TIMEOUT_MS)))
    if (stuck) renew()
  }, HEARTBEAT_MS)
  heartbeat.unref()

  return {
    client,
    answers,
    renew,
    async ready(waitMs) {
      if (client.status === 'ready') return true
      if (failed || closed) return false
      return within(waitMs, opening.promise).catch(() => false)
    },
    close() {
      closed = true
      clearInterval(heartbeat)
      client.disconnect()
    },
  }
}

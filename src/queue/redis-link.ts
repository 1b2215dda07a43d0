import { Cluster, type Redis } from 'ioredis'
import { AppError } from '../errors.ts'
import type { Logger } from '../ports/logger.ts'
import { readRedisAddress } from '../ports/redis-address.ts'
import { BULL_QUEUES, keyPrefix } from './names.ts'
import { quietWarnings } from './quiet-log.ts'
import { openRedisClient, type RedisClient, type RedisRole } from './redis-clients.ts'
import { within } from './within.ts'

const HEARTBEAT_MS = 5_000
const HEARTBEAT_TIMEOUT_MS = 3_000
const NODE_TIMEOUT_MS = 2_000

export interface RedisLink {
  readonly client: RedisClient
  /** Whether commands can be sent. While the very first connection is still being made, waits for it up to `waitMs`. */
  ready(waitMs: number): Promise<boolean>
  /** Whether Redis answers within `timeoutMs`; of a cluster, whether each node that has a queue does. */
  answers(timeoutMs: number): Promise<boolean>
  /** Drops a connection that no longer answers; a new one is made. */
  renew(): void
  close(): void
}

export interface RedisLinkOptions {
  /** As `readRedisAddress` takes it. */
  readonly redisUrl: string
  readonly role: RedisRole
  /** Without one the link says nothing; several to one Redis need not all say the same. */
  readonly logger?: Logger
  readonly prefix?: string | undefined
}

/**
 * A connection that is tried again for ever, says so once per outage, and is renewed when Redis stops answering on it
 * (a half-open socket gives no error for a quarter of an hour). Redis may be absent when it is made.
 * @throws AppError INVALID_INPUT when the address cannot be read
 */
export function openRedisLink({ redisUrl, role, logger, prefix }: RedisLinkOptions): RedisLink {
  const address = readRedisAddress(redisUrl)
  if (address.kind === 'fault') throw new AppError('INVALID_INPUT', `REDIS_URL ${address.fault}`)
  const client = openRedisClient(address, role)
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
  client.on('error', (error: Error & { code?: string; lastNodeError?: Error | null }) => {
    fail(error.code ?? error.lastNodeError?.message ?? error.message)
  })
  client.on('close', () => {
    fail('connection closed')
  })
  const warnOfNode = logger && quietWarnings(logger)
  // of a cluster alone: it goes on with the others
  client.on('node error', (error: Error, node: string) => {
    if (!closed && client.status === 'ready')
      warnOfNode?.({ role, node, cause: error.message }, 'a node of the Redis Cluster cannot be reached')
  })

  function fail(cause: string): void {
    failed = true
    opening.resolve(false)
    if (reported || closed || warn === undefined) return
    reported = warn({ role, cause }, 'Redis cannot be reached; trying again until it can')
  }

  async function answers(timeoutMs: number): Promise<boolean> {
    if (client.status !== 'ready') return false
    const asked = client instanceof Cluster ? askSlots(client, prefix) : client.ping()
    return within(
      timeoutMs,
      asked.then(() => true),
    ).catch(() => false)
  }

  function renew(): void {
    if (closed) return
    if (client instanceof Cluster) return void renewNodes(client)
    // Without a socket a retry is under way already, and ioredis would lose its timer.
    if (client.status === 'ready' || client.status === 'connect') client.disconnect(true)
  }

  let handshakesSeen = 0
  const heartbeat = setInterval(async () => {
    if (client.status === 'end' && !closed) return void client.connect().catch(() => {})
    handshakesSeen = client.status === 'connect' ? handshakesSeen + 1 : 0
    const stuck = handshakesSeen > 1 || (client.status === 'ready' && !(await answers(HEARTBEAT_TIMEOUT_MS)))
    if (stuck) renew()
    // ioredis' own timer for it may outlive the connection
    else if (client instanceof Cluster && client.status === 'ready') client.refreshSlotsCache()
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

/** Asks the nodes that have the queues, whichever these are by now. */
function askSlots(cluster: Cluster, prefix: string | undefined): Promise<unknown> {
  return Promise.all(BULL_QUEUES.map((queue) => cluster.exists(keyPrefix(queue, prefix))))
}

/**
 * Gives up the connections that no longer answer. The commands on them are sent again, to the node that has their keys
 * by then. One that is left without any connection, or in the middle of connecting, connects anew.
 */
async function renewNodes(cluster: Cluster): Promise<void> {
  const nodes = cluster.nodes()
  if (nodes.length === 0) {
    cluster.disconnect()
    return void (await cluster.connect().catch(() => {}))
  }
  if (cluster.status === 'connect') return cluster.disconnect(true)
  await Promise.all(nodes.map(async (node) => (await isSilent(node)) && node.disconnect()))
  cluster.refreshSlotsCache()
}

function isSilent(node: Redis): Promise<boolean> {
  return within(NODE_TIMEOUT_MS, node.ping()).then(
    () => false,
    () => true,
  )
}

import { type RedisProcess, redisProcess } from './redis-process.ts'
import { type AbsentRedis, command } from './redis-server.ts'
import { until } from './until.ts'

const SENTINELS = 3
const MASTER = 'queues'
const DOWN_AFTER_MS = 1_000
const FAILOVER_TIMEOUT_MS = 5_000
/** Sentinels take a quarter of a minute to make a replica of a master that comes back. */
const READY_WITHIN_MS = 120_000
const SETTINGS = [
  ['appendonly', 'yes'],
  ['save', '""'],
  ['repl-diskless-sync-delay', '0'],
] as const

/** `kill`, `pause` and what undoes them go for the server that is the master at that time. */
export interface WatchedRedis extends AbsentRedis {
  readonly sentinels: readonly RedisProcess[]
  readonly servers: readonly RedisProcess[]
}

/** A master, its replica and three sentinels, not started yet. */
export async function absentWatchedRedis(): Promise<WatchedRedis> {
  const master = await redisProcess(SETTINGS)
  const replica = await redisProcess([...SETTINGS, ['replicaof', `127.0.0.1 ${master.port}`]])
  const watch = [
    ['sentinel', `monitor ${MASTER} 127.0.0.1 ${master.port} 2`],
    ['sentinel', `down-after-milliseconds ${MASTER} ${DOWN_AFTER_MS}`],
    ['sentinel', `failover-timeout ${MASTER} ${FAILOVER_TIMEOUT_MS}`],
  ] as const
  const sentinels = await Promise.all(
    Array.from({ length: SENTINELS }, () => redisProcess(watch, 'sentinel')),
  )
  const servers = [master, replica]
  let hit: RedisProcess | undefined

  async function owner(): Promise<RedisProcess> {
    const port = await Promise.any(
      sentinels.map(({ url }) =>
        command(url, (client) => client.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', MASTER)),
      ),
    ).then((reply) => Number((reply as string[])[1]))
    return servers.find((server) => server.port === port)!
  }

  /** Whether each sentinel knows of the others and of the replica, and that one has what its master has. */
  async function isWhole(): Promise<boolean> {
    const states = sentinels.map(({ url }) =>
      command(url, async (client) => {
        const replicas = (await client.call('SENTINEL', 'REPLICAS', MASTER)) as unknown[]
        const others = (await client.call('SENTINEL', 'SENTINELS', MASTER)) as unknown[]
        return replicas.length === 1 && others.length === SENTINELS - 1
      }),
    )
    const replication = owner().then(({ url }) => command(url, (client) => client.info('replication')))
    const isCopied = replication.then((info) => /role:master/.test(info) && /state=online/.test(info))
    return Promise.all([...states, isCopied]).then(
      (all) => all.every(Boolean),
      () => false,
    )
  }

  return {
    url: `sentinel://${sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',')}/${MASTER}`,
    prefix: 'streakline',
    sentinels,
    servers,
    async start() {
      for (const process of [...servers, ...sentinels]) await process.start()
      await until(isWhole, READY_WITHIN_MS)
    },
    async kill() {
      hit = await owner()
      await hit.kill()
    },
    async restart() {
      await hit?.kill()
      await hit?.start()
      await until(isWhole, READY_WITHIN_MS)
    },
    async flush() {
      await command((await owner()).url, (client) => client.flushall())
    },
    pause: () =>
      void owner().then((server) => {
        hit = server
        server.pause()
      }),
    resume: () => hit?.resume(),
    async stop() {
      await Promise.all([...servers, ...sentinels].map((process) => process.stop()))
    },
  }
}

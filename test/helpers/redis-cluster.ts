import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { keyPrefix } from '../../src/queue/names.ts'
import { type RedisProcess, redisProcess } from './redis-process.ts'
import { type AbsentRedis, command } from './redis-server.ts'
import { until } from './until.ts'

const MASTERS = 3
const NODE_TIMEOUT_MS = 1_500
const READY_WITHIN_MS = 120_000
const SETTINGS = [
  ['cluster-enabled', 'yes'],
  ['cluster-node-timeout', String(NODE_TIMEOUT_MS)],
  ['appendonly', 'yes'],
  ['save', '""'],
  ['repl-diskless-sync-delay', '0'],
] as const

/** `kill`, `pause` and what undoes them go for the node that has the queue of activity jobs at that time. */
export interface RedisCluster extends AbsentRedis {
  /** Addresses of all nodes, three masters and a replica for each. */
  readonly urls: readonly string[]
  /** Resolves once each master has a replica that can take its place. */
  whole(): Promise<void>
}

/** A Redis Cluster of its own that is not started yet. */
export async function absentRedisCluster(): Promise<RedisCluster> {
  const nodes = await Promise.all(Array.from({ length: 2 * MASTERS }, () => redisProcess(SETTINGS)))
  const urls = nodes.map(({ url }) => url)
  const key = keyPrefix('activity')
  let hit: RedisProcess | undefined

  const masters = () => mastersOf(urls)
  async function owner(): Promise<RedisProcess> {
    const slot = await anyOf(urls, (client) => client.cluster('KEYSLOT', key))
    const found = (await masters()).find(({ from, to }) => slot >= from && slot <= to)
    return nodes.find(({ port }) => port === found?.port)!
  }

  async function start(): Promise<void> {
    await Promise.all(nodes.map((node) => node.start()))
    const hosts = nodes.map(({ port }) => `127.0.0.1:${port}`)
    const create = ['--cluster', 'create', ...hosts, '--cluster-replicas', '1', '--cluster-yes']
    await promisify(execFile)('redis-cli', create)
    await until(() => isWhole(urls, nodes.length), READY_WITHIN_MS)
  }

  const whole = () => until(() => isWhole(urls, nodes.length), READY_WITHIN_MS)

  return {
    url: urls.slice(0, MASTERS).join(','),
    urls,
    prefix: 'streakline',
    whole,
    start,
    async kill() {
      hit = await owner()
      await hit.kill()
    },
    async restart() {
      await hit?.kill()
      await hit?.start()
      await whole()
    },
    async flush() {
      for (const { port } of await masters())
        await command(`redis://127.0.0.1:${port}`, (client) => client.flushall())
    },
    pause: () =>
      void owner().then((node) => {
        hit = node
        node.pause()
      }),
    resume: () => hit?.resume(),
    async stop() {
      await Promise.all(nodes.map((node) => node.stop()))
    },
  }
}

interface Master {
  readonly from: number
  readonly to: number
  readonly port: number
}

/** Masters as any living node knows them; each has one range of slots. */
async function mastersOf(urls: readonly string[]): Promise<Master[]> {
  const ranges = await anyOf(urls, (client) => client.cluster('SLOTS'))
  return ranges.map(([from, to, master]) => ({ from, to, port: master![1] }))
}

/** Whether each node answers, knows of a working cluster and, as a replica, has what its master has. */
async function isWhole(urls: readonly string[], size: number): Promise<boolean> {
  const states = await Promise.all(
    urls.map((url) =>
      command(url, async (client) => {
        const [cluster, replication] = [
          String(await client.cluster('INFO')),
          await client.info('replication'),
        ]
        const isLinked = /role:master/.test(replication) || /master_link_status:up/.test(replication)
        return (
          isLinked && cluster.includes('cluster_state:ok') && cluster.includes(`cluster_known_nodes:${size}`)
        )
      }).catch(() => false),
    ),
  )
  return states.every(Boolean)
}

async function anyOf<T>(urls: readonly string[], ask: Parameters<typeof command<T>>[1]): Promise<T> {
  return Promise.any(urls.map((url) => command(url, ask)))
}

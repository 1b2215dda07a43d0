import type { Redis } from 'ioredis'
import type { RedisAccess, RedisAddress, RedisNode } from '../ports/redis-address.ts'
import { accessOptions } from './redis-clients.ts'
import { askOnce, type Finding, settingsFindings } from './redis-settings.ts'

const nameOf = ({ host, port }: RedisNode) => `${host}:${port}`
const ask = <T>({ host, port }: RedisNode, access: RedisAccess, work: (client: Redis) => Promise<T>) =>
  askOnce(null, { host, port, ...accessOptions(access) }, work)

/** Each node of a cluster, as one that answers knows them. @throws Error saying why none can be asked */
export async function checkCluster({
  nodes,
  access,
}: RedisAddress & { kind: 'cluster' }): Promise<Finding[]> {
  const { node, isCluster, isWhole, masters } = await firstOf(nodes, (node) =>
    ask(node, access, async (client) => ({ node, ...(await readCluster(client)) })),
  )
  if (!isCluster) {
    const sentence = `REDIS_URL names several nodes, but Redis at ${nameOf(node)} is none of a cluster: name one server, or its sentinels as sentinel://host:port,host:port/master.`
    return [{ fatal: true, sentence }]
  }
  const notWhole: Finding = {
    fatal: true,
    sentence:
      'The Redis Cluster does not serve all keys (cluster_state is not ok); jobs wait, and webhooks are stored, until it does.',
  }
  const servers = masters.flat()
  return [
    ...(isWhole ? [] : [notWhole]),
    ...(await checkServers(servers, access)),
    ...masters.flatMap(([master, ...replicas]) => (replicas.length > 0 ? [] : [lacksReplica(master!)])),
  ]
}

/** Each sentinel, and the servers that they watch. @throws Error saying why none can be asked */
export async function checkSentinels(address: RedisAddress & { kind: 'sentinel' }): Promise<Finding[]> {
  const { sentinels, master, access, sentinelAccess } = address
  const watched = (sentinel: RedisNode) =>
    ask(sentinel, sentinelAccess, (client) => readWatched(client, master))
  const answers = await Promise.allSettled(sentinels.map(watched))
  const found = answers.flatMap((answer, index): Finding[] => {
    const name = `The sentinel at ${nameOf(sentinels[index]!)}`
    if (answer.status === 'rejected')
      return [{ fatal: false, sentence: `${name} cannot be reached: ${(answer.reason as Error).message}.` }]
    return answer.value === null ? [{ fatal: false, sentence: `${name} knows no master ${master}.` }] : []
  })
  const servers = answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : null)).find(Boolean)
  if (servers === undefined || servers === null) return found.map((each) => ({ ...each, fatal: true }))
  const [current, ...replicas] = servers
  return [
    ...found,
    ...(await checkServers(servers, access)),
    ...(replicas.length > 0 ? [] : [lacksReplica(current!)]),
  ]
}

async function checkServers(servers: readonly RedisNode[], access: RedisAccess): Promise<Finding[]> {
  const found = await Promise.all(
    servers.map((server) =>
      ask(server, access, (client) => settingsFindings(client, `Redis at ${nameOf(server)}`)).then(
        ({ found }) => found,
        (error: Error) => [
          { fatal: false, sentence: `Redis at ${nameOf(server)} cannot be reached: ${error.message}.` },
        ],
      ),
    ),
  )
  return found.flat()
}

function lacksReplica(master: RedisNode): Finding {
  const sentence = `Redis at ${nameOf(master)} has no replica: should it end, its queues stand still until it is back (webhooks are stored meanwhile).`
  return { fatal: false, sentence }
}

/** What the first that can be asked answers. @throws the last error */
async function firstOf<T>(nodes: readonly RedisNode[], work: (node: RedisNode) => Promise<T>): Promise<T> {
  let failure: unknown
  for (const node of nodes) {
    try {
      return await work(node)
    } catch (error) {
      failure = error
    }
  }
  throw failure
}

interface Cluster {
  readonly isCluster: boolean
  readonly isWhole: boolean
  /** Each master with its replicas behind it. */
  readonly masters: readonly (readonly RedisNode[])[]
}

async function readCluster(client: Redis): Promise<Cluster> {
  const slots = await client.cluster('SLOTS').catch((error: Error) => {
    if (/cluster support disabled|unknown command/i.test(error.message)) return null
    throw error
  })
  if (slots === null) return { isCluster: false, isWhole: false, masters: [] }
  const info = String(await client.cluster('INFO'))
  const own = { host: client.options.host ?? '', port: client.options.port ?? 0 }
  const ranges = slots.map(([, , ...servers]) =>
    // a node that was not told its own address leaves it out
    servers.map(([host, port]) => ({ host: host || own.host, port })),
  )
  const byMaster = new Map(ranges.map((servers) => [nameOf(servers[0] ?? own), servers]))
  return { isCluster: true, isWhole: /^cluster_state:ok/m.test(info), masters: [...byMaster.values()] }
}

/** The master of this name and its replicas; null where a sentinel knows none. */
async function readWatched(sentinel: Redis, master: string): Promise<RedisNode[] | null> {
  const address = (await sentinel.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', master)) as
    | [string, string]
    | null
  if (address === null) return null
  const replicas = (await sentinel.call('SENTINEL', 'REPLICAS', master)) as string[][]
  const field = (fields: readonly string[], name: string) => fields[fields.indexOf(name) + 1] ?? ''
  return [
    { host: address[0], port: Number(address[1]) },
    ...replicas.map((fields) => ({ host: field(fields, 'ip'), port: Number(field(fields, 'port')) })),
  ]
}

/** A Redis server, a node of a cluster, or a sentinel. */
export interface RedisNode {
  readonly host: string
  readonly port: number
}

/** How the servers are spoken to; the password never reaches a log or an error text. */
export interface RedisAccess {
  readonly username: string | undefined
  readonly password: string | undefined
  readonly tls: boolean
}

/** Where the queues are, as `REDIS_URL` names it. */
export type RedisAddress =
  | { readonly kind: 'server'; readonly url: string }
  | { readonly kind: 'cluster'; readonly nodes: readonly RedisNode[]; readonly access: RedisAccess }
  | {
      readonly kind: 'sentinel'
      readonly sentinels: readonly RedisNode[]
      /** The name by which the sentinels know the master. */
      readonly master: string
      readonly database: number
      readonly access: RedisAccess
      readonly sentinelAccess: RedisAccess
    }

/** `fault` goes on from the name of what was read, and shows nothing of it that could be a password. */
export type ReadRedisAddress = RedisAddress | { readonly kind: 'fault'; readonly fault: string }

const REDIS_PORT = 6_379
const SENTINEL_PORT = 26_379
const MAX_NODES = 100
const MAX_DATABASE = 16_383
const SENTINEL_FORM = 'sentinel://host:port,host:port/master'
const PARAMETERS = ['db', 'tls', 'sentinelUsername', 'sentinelPassword']

class Fault extends Error {}

/**
 * Reads `redis://…` or `rediss://…` as a server, several of them with commas between as nodes of a cluster (one node is
 * enough to find the others; a cluster with one address for all nodes is written twice), and
 * `sentinel://host:port,host:port/master` as a server that sentinels watch. User and password before an `@` are those
 * of Redis; `?db=`, `?tls=1`, `?sentinelUsername=` and `?sentinelPassword=` may follow the master.
 */
export function readRedisAddress(text: string): ReadRedisAddress {
  try {
    if (text.startsWith('sentinel://')) return readSentinel(text)
    if (!/^rediss?:\/\//.test(text)) throw new Fault('must begin with redis://, rediss:// or sentinel://')
    // a comma may stand in a password: only one before another address parts nodes
    const urls = text.split(/,\s*(?=rediss?:\/\/|$)/)
    return urls.length === 1 ? readServer(text) : readCluster(urls.map(readNodeUrl))
  } catch (error) {
    if (error instanceof Fault) return { kind: 'fault', fault: error.message }
    throw error
  }
}

function readServer(text: string): RedisAddress {
  if (URL.canParse(text)) return { kind: 'server', url: text }
  throw new Fault(
    `cannot be read: write redis://host:port, each node of a cluster so with commas between, or ${SENTINEL_FORM}`,
  )
}

function readNodeUrl(text: string, index: number): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || url.hostname === '')
    throw new Fault(`has a node, number ${index + 1}, that cannot be read: write each as redis://host:port`)
  return url
}

function readCluster(urls: readonly URL[]): RedisAddress {
  checkCount(urls.length, 'nodes')
  if (new Set(urls.map(({ protocol }) => protocol)).size > 1)
    throw new Fault('names nodes of one cluster by redis:// and by rediss://: write the same for all of them')
  if (urls.some(({ pathname }) => !['', '/', '/0'].includes(pathname)))
    throw new Fault('names a database of a cluster: a cluster has only one, leave it out')
  if (urls.some(({ search }) => search !== ''))
    throw new Fault('has parameters after a node of a cluster: it takes none')
  const credentials = urls.map(({ username, password }) => `${username}:${password}`)
  if (new Set(credentials.filter((each) => each !== ':')).size > 1)
    throw new Fault('has different users or passwords for nodes of one cluster: write the same, or only one')
  const { protocol, username, password } = urls.find((url) => url.username + url.password !== '') ?? urls[0]!
  return {
    kind: 'cluster',
    nodes: urls.map((url) => nodeOf(url, REDIS_PORT)),
    access: accessOf(decoded(username), decoded(password), protocol === 'rediss:'),
  }
}

function readSentinel(text: string): RedisAddress {
  const parts =
    /^sentinel:\/\/(?:(?<user>[^/?]*)@)?(?<hosts>[^/?@]+)\/(?<master>[^/?]+)(?:\?(?<query>.*))?$/.exec(text)
  if (parts === null) throw new Fault(`cannot be read: write ${SENTINEL_FORM}`)
  const { user = '', hosts = '', master = '', query = '' } = parts.groups ?? {}
  const sentinels = hosts.split(',').map((host, index) => {
    const url = URL.canParse(`redis://${host}`) ? new URL(`redis://${host}`) : undefined
    if (url === undefined || url.hostname === '')
      throw new Fault(`has a sentinel, number ${index + 1}, that cannot be read: write ${SENTINEL_FORM}`)
    return nodeOf(url, SENTINEL_PORT)
  })
  checkCount(sentinels.length, 'sentinels')
  const parameter = readParameters(query)
  const tls = parameter('tls') ?? '0'
  if (tls !== '0' && tls !== '1') throw new Fault('has a tls that is not 1 or 0')
  const database = Number(parameter('db') ?? 0)
  if (!Number.isInteger(database) || database < 0 || database > MAX_DATABASE)
    throw new Fault(`has a db that is not a whole number from 0 to ${MAX_DATABASE}`)
  const [username = '', ...rest] = user.split(':')
  return {
    kind: 'sentinel',
    sentinels,
    master: decoded(master),
    database,
    access: accessOf(decoded(username), decoded(rest.join(':')), tls === '1'),
    sentinelAccess: accessOf(
      parameter('sentinelUsername') ?? '',
      parameter('sentinelPassword') ?? '',
      tls === '1',
    ),
  }
}

function readParameters(query: string): (name: string) => string | undefined {
  // what is written as + is meant so: base64 has it
  const parameters = new URLSearchParams(query.replaceAll('+', '%2B'))
  const names = [...parameters.keys()]
  if (names.some((name) => !PARAMETERS.includes(name)) || new Set(names).size < names.length)
    throw new Fault(`has parameters that are not known, or one twice: there are ${PARAMETERS.join(', ')}`)
  return (name) => parameters.get(name) ?? undefined
}

function checkCount(count: number, what: string): void {
  if (count > MAX_NODES) throw new Fault(`names ${count} ${what}, more than ${MAX_NODES}`)
}

function nodeOf({ hostname, port }: URL, otherwise: number): RedisNode {
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? otherwise : Number(port) }
}

function accessOf(username: string, password: string, tls: boolean): RedisAccess {
  return { username: username || undefined, password: password || undefined, tls }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new Fault('has a % that stands for no character: write %25')
  }
}

import { Redis, type RedisOptions } from 'ioredis'

const CONNECT_TIMEOUT_MS = 3_000
const DISCONNECT_TIMEOUT_MS = 100
const OLDEST = [6, 2] as const

/** What was found at a server, as a sentence: what is wrong or could not be checked, and what to do. */
export interface Finding {
  /** Whether jobs cannot be queued, or get lost. */
  readonly fatal: boolean
  readonly sentence: string
}

/** The settings that BullMQ depends on, each with what to do where it is not as it should be. */
export async function settingsFindings(
  client: Redis,
  server: string,
): Promise<{ readonly found: Finding[]; readonly isClusterNode: boolean }> {
  const settings = await readSettings(client)
  return { found: findings(server, settings), isClusterNode: settings.isClusterNode }
}

/** Asks a server on a connection of its own, tried once. @throws Error whose message says why it cannot be asked */
export async function askOnce<T>(
  url: string | null,
  options: RedisOptions,
  ask: (client: Redis) => Promise<T>,
): Promise<T> {
  const once: RedisOptions = {
    ...options,
    lazyConnect: true,
    enableReadyCheck: false,
    connectTimeout: CONNECT_TIMEOUT_MS,
    disconnectTimeout: DISCONNECT_TIMEOUT_MS,
    commandTimeout: CONNECT_TIMEOUT_MS,
    retryStrategy: () => null,
  }
  const client = url === null ? new Redis(once) : new Redis(url, once)
  let cause = ''
  client.on('error', (error) => {
    cause = error.message
  })
  try {
    await client.connect()
    await client.ping()
    return await ask(client)
  } catch (error) {
    throw new Error(cause || (error as Error).message)
  } finally {
    client.disconnect()
  }
}

interface Settings {
  readonly version: string | undefined
  readonly maxmemoryPolicy: string | undefined
  readonly appendOnly: boolean | undefined
  readonly isClusterNode: boolean
}

/** INFO tells all of it and is allowed where managed Redis forbids CONFIG; what it leaves out CONFIG is asked for. */
async function readSettings(client: Redis): Promise<Settings> {
  const info = await client.info().catch(() => '')
  const field = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1]
  const config = async (name: string): Promise<string | undefined> => {
    const reply = await client.config('GET', name).catch(() => [])
    return (reply as string[])[1]
  }
  const aofEnabled = field('aof_enabled') ?? (await config('appendonly'))
  return {
    version: field('redis_version'),
    maxmemoryPolicy: field('maxmemory_policy') ?? (await config('maxmemory-policy')),
    appendOnly: aofEnabled === undefined ? undefined : ['1', 'yes'].includes(aofEnabled),
    isClusterNode: field('redis_mode') === 'cluster',
  }
}

function findings(server: string, { version, maxmemoryPolicy, appendOnly }: Settings): Finding[] {
  const found: Finding[] = []
  if (version !== undefined && isOlder(version)) {
    found.push({
      fatal: true,
      sentence: `${server} is ${version}; Streakline needs ${OLDEST.join('.')} or newer.`,
    })
  }
  if (maxmemoryPolicy === undefined) {
    found.push(unchecked(server, 'maxmemory-policy', 'noeviction'))
  } else if (maxmemoryPolicy !== 'noeviction') {
    const sentence = `${server} has maxmemory-policy=${maxmemoryPolicy} and may throw jobs away; set it to noeviction.`
    found.push({ fatal: true, sentence })
  }
  if (appendOnly === undefined) {
    found.push(unchecked(server, 'appendonly', 'yes'))
  } else if (!appendOnly) {
    const sentence = `${server} has appendonly=no and forgets jobs when it restarts; set it to yes (jobs are queued again, later).`
    found.push({ fatal: false, sentence })
  }
  return found
}

function unchecked(server: string, name: string, wanted: string): Finding {
  return {
    fatal: false,
    sentence: `${server} does not tell its ${name}; it could not be checked. Make sure that it is ${wanted}.`,
  }
}

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])
}

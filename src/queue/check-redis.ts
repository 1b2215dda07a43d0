import { Redis } from 'ioredis'

const CONNECT_TIMEOUT_MS = 3_000
const DISCONNECT_TIMEOUT_MS = 100
const OLDEST = [6, 2] as const

export interface RedisCheck {
  /** False when Redis cannot be reached or is known to be set so that jobs get lost. */
  readonly ok: boolean
  /** One sentence each: what is wrong or could not be checked, and what to do. */
  readonly warnings: string[]
}

interface Finding {
  readonly fatal: boolean
  readonly sentence: string
}

/** Looks at what BullMQ depends on: the version, that nothing is evicted, that jobs survive a restart. Never throws. */
export async function checkRedis(redisUrl: string): Promise<RedisCheck> {
  const client = new Redis(redisUrl, {
    lazyConnect: true,
    enableReadyCheck: false,
    connectTimeout: CONNECT_TIMEOUT_MS,
    disconnectTimeout: DISCONNECT_TIMEOUT_MS,
    commandTimeout: CONNECT_TIMEOUT_MS,
    retryStrategy: () => null,
  })
  let cause = ''
  client.on('error', (error) => {
    cause = error.message
  })
  try {
    await client.connect()
    await client.ping()
    return summary(findings(await readSettings(client)))
  } catch (error) {
    const why = cause || (error as Error).message
    return summary([
      { fatal: true, sentence: `Redis cannot be reached: ${why}. Webhooks are stored until it can.` },
    ])
  } finally {
    client.disconnect()
  }
}

interface Settings {
  readonly version: string | undefined
  readonly maxmemoryPolicy: string | undefined
  readonly appendOnly: boolean | undefined
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
  }
}

function findings({ version, maxmemoryPolicy, appendOnly }: Settings): Finding[] {
  const found: Finding[] = []
  if (version !== undefined && isOlder(version)) {
    found.push({
      fatal: true,
      sentence: `Redis is ${version}; Streakline needs ${OLDEST.join('.')} or newer.`,
    })
  }
  if (maxmemoryPolicy === undefined) {
    found.push(unchecked('maxmemory-policy', 'noeviction'))
  } else if (maxmemoryPolicy !== 'noeviction') {
    const sentence = `Redis has maxmemory-policy=${maxmemoryPolicy} and may throw jobs away; set it to noeviction.`
    found.push({ fatal: true, sentence })
  }
  if (appendOnly === undefined) {
    found.push(unchecked('appendonly', 'yes'))
  } else if (!appendOnly) {
    const sentence =
      'Redis has appendonly=no and forgets jobs when it restarts; set it to yes (jobs are queued again, later).'
    found.push({ fatal: false, sentence })
  }
  return found
}

function unchecked(name: string, wanted: string): Finding {
  return {
    fatal: false,
    sentence: `Redis does not tell its ${name}; it could not be checked. Make sure that it is ${wanted}.`,
  }
}

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])
}

function summary(found: readonly Finding[]): RedisCheck {
  return { ok: !found.some(({ fatal }) => fatal), warnings: found.map(({ sentence }) => sentence) }
}

import { resolve } from 'node:path'
import { z } from 'zod'
import { readPlatformOrigins, readPublicUrl } from './ports/public-address.ts'
import { readRedisAddress } from './ports/redis-address.ts'

/** Everything the program reads from its environment, and the only place that does. */
export interface Config {
  readonly production: boolean
  readonly dataDir: string
  readonly store: { readonly kind: 'sqlite' } | { readonly kind: 'mongodb'; readonly uri: string }
  /** A server, nodes of a cluster, or a master and its sentinels, as `readRedisAddress` takes it; null: its own. */
  readonly redisUrl: string | null
  readonly encryptionKeys: readonly string[]
  readonly host: string
  readonly port: number
  /** Proxies in front whose `x-forwarded-for` is believed. */
  readonly trustProxyHops: number
  /** A second, in the long run; twice as many at once. */
  readonly requestsPerKey: number
  /** A second, of each end user. */
  readonly requestsPerEndUser: number
  /** A second, without valid credentials. */
  readonly requestsPerAddress: number
  /** Kept at once. */
  readonly maxConnections: number
  /** Of bodies, held at once. */
  readonly bodyBudgetBytes: number
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  readonly operator: { readonly user: string; readonly password: string } | null
  /** Whether `/docs` and `/openapi.json` are there. */
  readonly servesReference: boolean
  /** By which `/metrics` may be read, beside the operator's credentials. */
  readonly metricsToken: string | null
  /** Where a process without web serves its metrics; null: nowhere. */
  readonly metricsPort: number | null
  readonly httpProviderAllow: readonly string[]
  readonly deliveryRetentionDays: number
  readonly activityConcurrency: number
  readonly rewardConcurrency: number
  readonly shutdownMs: number
  /** Where the world reaches this server, without a slash at its end; null: nobody said so. */
  readonly publicUrl: string | null
  /** Where requests to platforms go instead, by their names; for tests. */
  readonly platformOrigins: ReadonlyMap<string, string>
  /** A folder of the system's zone data to use instead of the program's own; null: its own. */
  readonly zoneInfo: string | null
}

/** What is wrong with the environment: every fault at once, a sentence each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

const count = (min: number, max: number, otherwise: number) =>
  z.coerce
    .number({ error: `must be a whole number from ${min} to ${max}` })
    .int(`must be a whole number from ${min} to ${max}`)
    .min(min, `must be at least ${min}`)
    .max(max, `must be at most ${max}`)
    .default(otherwise)

const optionalCount = (min: number, max: number) => count(min, max, min).removeDefault().optional()

const flag = z
  .enum(['0', '1', 'true', 'false'], { error: 'must be 1 or 0' })
  .transform((value) => value === '1' || value === 'true')
const redisAddress = z.string().superRefine((value, context) => {
  const read = readRedisAddress(value)
  if (read.kind === 'fault') context.addIssue({ code: 'custom', message: read.fault })
})
const publicUrl = z.string().transform((value, context) => {
  const read = readPublicUrl(value)
  if (read.kind === 'read') return read.value
  context.addIssue({ code: 'custom', message: read.fault })
  return z.NEVER
})
/** Whoever is asked over the network by a merchant's choice and has a double. */
const ORIGIN_NAMES = ['shopify', 'stripe', 'voucherify', 'woocommerce']
const platformOrigins = z.string().transform((value, context) => {
  const read = readPlatformOrigins(value, ORIGIN_NAMES)
  if (read.kind === 'read') return read.value
  context.addIssue({ code: 'custom', message: read.fault })
  return z.NEVER
})

function isEncryptionKey(text: string): boolean {
  return /^[A-Za-z0-9+/_-]{43}=?$/.test(text)
}

const Environment = z.object({
  NODE_ENV: z.string().optional(),
  STREAKLINE_DATA_DIR: z.string().min(1).default('data'),
  STREAKLINE_EMBEDDED: flag.default(false),
  MONGODB_URI: z
    .string()
    .regex(/^mongodb(\+srv)?:\/\//, 'must begin with mongodb:// or mongodb+srv://')
    .optional(),
  REDIS_URL: redisAddress.optional(),
  STREAKLINE_ENCRYPTION_KEY: z
    .string()
    .refine((list) => split(list).every(isEncryptionKey), {
      error:
        'must be base64 of 32 bytes (44 characters), or several of them, newest first, separated by commas',
    })
    .optional(),
  HOST: z.string().min(1).optional(),
  PORT: count(0, 65_535, 8080),
  STREAKLINE_TRUST_PROXY: count(0, 10, 0),
  STREAKLINE_REQUESTS_PER_KEY: count(1, 1_000_000, 100),
  STREAKLINE_REQUESTS_PER_END_USER: count(1, 1_000_000, 10),
  STREAKLINE_REQUESTS_PER_ADDRESS: count(1, 1_000_000, 20),
  STREAKLINE_MAX_CONNECTIONS: count(10, 100_000, 1000),
  STREAKLINE_BODY_BUDGET_MIB: count(16, 65_536, 64),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  STREAKLINE_OPS_USER: z.string().min(1).max(256).optional(),
  STREAKLINE_OPS_PASSWORD: z.string().min(12, 'must have at least 12 characters').max(256).optional(),
  STREAKLINE_REFERENCE: flag.default(true),
  STREAKLINE_METRICS_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]{16,256}$/, 'must have 16 to 256 characters, none of them a blank')
    .optional(),
  STREAKLINE_METRICS_PORT: optionalCount(0, 65_535),
  STREAKLINE_HTTP_PROVIDER_ALLOW: z.string().default(''),
  STREAKLINE_DELIVERY_RETENTION_DAYS: count(1, 3650, 30),
  STREAKLINE_ACTIVITY_CONCURRENCY: count(1, 2000, 256),
  STREAKLINE_REWARD_CONCURRENCY: count(1, 500, 256),
  STREAKLINE_SHUTDOWN_SECONDS: count(1, 600, 20),
  STREAKLINE_ZONEINFO: z.string().optional(),
  STREAKLINE_PUBLIC_URL: publicUrl.optional(),
  STREAKLINE_PLATFORM_ORIGINS: platformOrigins.optional(),
})

/**
 * Reads and checks the environment; empty values count as absent. In production the store and the queue must be
 * named, so that a typo never sends a shop's orders to a local file. @throws ConfigError naming every fault
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  )
  const parsed = Environment.safeParse(given)
  const issues = parsed.error?.issues.map((issue) => `${issue.path.join('.')} ${issue.message}.`) ?? []
  const faults = [...issues, ...crossFaults(given)]
  if (!parsed.success || faults.length > 0) throw new ConfigError(faults.join('\n'))
  const values = parsed.data
  const production = values.NODE_ENV === 'production'
  const { STREAKLINE_OPS_USER: user, STREAKLINE_OPS_PASSWORD: password } = values
  return {
    production,
    dataDir: resolve(values.STREAKLINE_DATA_DIR),
    store:
      values.MONGODB_URI === undefined ? { kind: 'sqlite' } : { kind: 'mongodb', uri: values.MONGODB_URI },
    redisUrl: values.REDIS_URL ?? null,
    encryptionKeys: split(values.STREAKLINE_ENCRYPTION_KEY ?? ''),
    host: values.HOST ?? (production ? '0.0.0.0' : '127.0.0.1'),
    port: values.PORT,
    trustProxyHops: values.STREAKLINE_TRUST_PROXY,
    requestsPerKey: values.STREAKLINE_REQUESTS_PER_KEY,
    requestsPerEndUser: values.STREAKLINE_REQUESTS_PER_END_USER,
    requestsPerAddress: values.STREAKLINE_REQUESTS_PER_ADDRESS,
    maxConnections: values.STREAKLINE_MAX_CONNECTIONS,
    bodyBudgetBytes: values.STREAKLINE_BODY_BUDGET_MIB * 1024 * 1024,
    logLevel: values.LOG_LEVEL,
    operator: user === undefined || password === undefined ? null : { user, password },
    servesReference: values.STREAKLINE_REFERENCE,
    metricsToken: values.STREAKLINE_METRICS_TOKEN ?? null,
    metricsPort: values.STREAKLINE_METRICS_PORT ?? null,
    httpProviderAllow: split(values.STREAKLINE_HTTP_PROVIDER_ALLOW),
    deliveryRetentionDays: values.STREAKLINE_DELIVERY_RETENTION_DAYS,
    activityConcurrency: values.STREAKLINE_ACTIVITY_CONCURRENCY,
    rewardConcurrency: values.STREAKLINE_REWARD_CONCURRENCY,
    shutdownMs: values.STREAKLINE_SHUTDOWN_SECONDS * 1000,
    publicUrl: values.STREAKLINE_PUBLIC_URL ?? null,
    platformOrigins: values.STREAKLINE_PLATFORM_ORIGINS ?? new Map(),
    zoneInfo: values.STREAKLINE_ZONEINFO === undefined ? null : resolve(values.STREAKLINE_ZONEINFO),
  }
}

const PREFIX = 'STREAKLINE_'

/** A sentence for each variable that looks like a setting and is none, with the nearest one that is: never its value. */
export function unknownSettings(env: Readonly<Record<string, string | undefined>>): string[] {
  const known = Object.keys(Environment.shape).filter((name) => name.startsWith(PREFIX))
  const unknown = Object.keys(env).filter((name) => name.startsWith(PREFIX) && !known.includes(name))
  return unknown.map(
    (name) => `${name} is no setting and has no effect; the nearest one is ${nearestOf(known, name)}.`,
  )
}

function nearestOf(names: readonly string[], name: string): string {
  const distances = names.map((known) => editDistance(known, name))
  return names[distances.indexOf(Math.min(...distances))]!
}

/** How many letters have to be put in, taken out or exchanged to make one text of the other (Levenshtein). */
function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (const [line, letter] of [...one].entries()) {
    const next = [line + 1]
    for (const [column, above] of row.slice(1).entries()) {
      const exchanged = row[column]! + (other[column] === letter ? 0 : 1)
      next.push(Math.min(exchanged, above + 1, next[column]! + 1))
    }
    row = next
  }
  return row.at(-1)!
}

function split(list: string): string[] {
  return list
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
}

/** Faults of settings taken together, found on what was given so that they show beside those of single settings. */
function crossFaults(values: Readonly<Record<string, string | undefined>>): string[] {
  const faults: string[] = []
  const { MONGODB_URI: mongo, REDIS_URL: redis } = values
  const embedded = ['1', 'true'].includes(values.STREAKLINE_EMBEDDED ?? '')
  if (values.NODE_ENV === 'production' && !embedded && (mongo === undefined || redis === undefined)) {
    const missing = [mongo === undefined ? 'MONGODB_URI' : [], redis === undefined ? 'REDIS_URL' : []]
      .flat()
      .join(' and ')
    faults.push(
      `In production the store and the queue must be named: set ${missing}, or STREAKLINE_EMBEDDED=1 to keep everything on this machine.`,
    )
  }
  if (values.NODE_ENV === 'production' && values.STREAKLINE_PLATFORM_ORIGINS !== undefined) {
    faults.push(
      'STREAKLINE_PLATFORM_ORIGINS is for tests and is refused in production: leave it out, or leave out NODE_ENV=production.',
    )
  }
  if (values.STREAKLINE_ENCRYPTION_KEY === undefined) {
    faults.push(
      'STREAKLINE_ENCRYPTION_KEY is not set: make one with "openssl rand -base64 32" and keep it, stored secrets cannot be read without it.',
    )
  }
  if ((values.STREAKLINE_OPS_USER === undefined) !== (values.STREAKLINE_OPS_PASSWORD === undefined)) {
    faults.push(
      'STREAKLINE_OPS_USER and STREAKLINE_OPS_PASSWORD belong together: set both, or neither to switch the queue pages off.',
    )
  }
  return faults
}

/** The settings worth a log line at start-up: no secret, no address with a password in it. */
export function summaryOf(config: Config): object {
  return {
    store: config.store.kind,
    dataDir: config.store.kind === 'sqlite' || config.redisUrl === null ? config.dataDir : undefined,
    redis: config.redisUrl === null ? 'embedded' : `REDIS_URL (${readRedisAddress(config.redisUrl).kind})`,
    host: config.host,
    port: config.port,
    trustProxyHops: config.trustProxyHops,
    requestsPerKey: config.requestsPerKey,
    requestsPerEndUser: config.requestsPerEndUser,
    requestsPerAddress: config.requestsPerAddress,
    maxConnections: config.maxConnections,
    bodyBudgetMib: config.bodyBudgetBytes / 1024 / 1024,
    metricsPort: config.metricsPort ?? undefined,
    servesReference: config.servesReference,
    publicUrlConfigured: config.publicUrl !== null,
    platformsMoved: config.platformOrigins.size === 0 ? undefined : [...config.platformOrigins.keys()],
    operatorConfigured: config.operator !== null,
    encryptionKeys: config.encryptionKeys.length,
    deliveryRetentionDays: config.deliveryRetentionDays,
    activityConcurrency: config.activityConcurrency,
    rewardConcurrency: config.rewardConcurrency,
  }
}

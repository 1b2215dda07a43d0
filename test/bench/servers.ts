import { Redis } from 'ioredis'
import type { StoreKind } from '../helpers/open-store.ts'
import { type MongoServer, mongoForTests } from '../helpers/mongo-server.ts'
import { redisForTests, type TestRedis } from '../helpers/redis-server.ts'
import type { BenchOptions, Sizes } from './options.ts'

/** What every part works with. */
export interface Bench {
  readonly redis: TestRedis
  /** null: none can be had, or none is wanted. */
  readonly mongo: MongoServer | null
  readonly stores: readonly StoreKind[]
  readonly sizes: Sizes
  readonly profileDir: string | null
  stop(): Promise<void>
}

/** Starts a Redis of its own and, where wanted and possible, a MongoDB. */
export async function startBench({ stores, parts, sizes, profileDir }: BenchOptions): Promise<Bench> {
  const redis = await redisForTests({ controllable: true })
  const mongo = stores.includes('mongodb') || parts.has('naive') ? await mongoForTests() : null
  return {
    redis,
    mongo,
    stores: stores.filter((store) => store === 'sqlite' || mongo !== null),
    sizes,
    profileDir,
    async stop() {
      await mongo?.stop()
      await redis.stop()
    },
  }
}

/** How durable Redis is set, which all jobs go through. */
export async function redisDurability(redisUrl: string): Promise<string> {
  const client = new Redis(redisUrl)
  try {
    const settings = (await client.config('GET', 'append*')) as string[]
    const valueOf = (name: string) => settings[settings.indexOf(name) + 1]
    return `appendonly ${valueOf('appendonly')}, appendfsync ${valueOf('appendfsync')}`
  } finally {
    client.disconnect()
  }
}

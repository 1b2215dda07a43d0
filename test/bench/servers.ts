import { join } from 'node:path'
import { Redis } from 'ioredis'
import { type MongoServer, mongoForTests } from '../helpers/mongo-server.ts'
import { openStore, type StoreKind } from '../helpers/open-store.ts'
import { redisForTests, type TestRedis } from '../helpers/redis-server.ts'
import { makeTempFolder } from '../helpers/temp-folder.ts'
import type { BenchOptions, ChildOptions, Sizes } from './options.ts'

/** What every part works with. */
export interface Bench {
  readonly redis: TestRedis
  /** null: none can be had, or none is wanted. */
  readonly mongo: MongoServer | null
  readonly stores: readonly StoreKind[]
  readonly sizes: Sizes
  readonly children: ChildOptions
  /** How each store says that its durability is set. */
  readonly durability: ReadonlyMap<StoreKind, string>
  stop(): Promise<void>
}

/** Starts a Redis of its own and, where wanted and possible, a MongoDB. */
export async function startBench({ stores, parts, sizes, children }: BenchOptions): Promise<Bench> {
  const redis = await redisForTests({ controllable: true })
  const mongo = stores.includes('mongodb') || parts.has('naive') ? await mongoForTests() : null
  const available = stores.filter((store) => store === 'sqlite' || mongo !== null)
  return {
    redis,
    mongo,
    stores: available,
    durability: new Map(
      await Promise.all(
        available.map(async (store) => [store, await storeDurability(store, mongo)] as const),
      ),
    ),
    sizes,
    children,
    async stop() {
      await mongo?.stop()
      await redis.stop()
    },
  }
}

async function storeDurability(kind: StoreKind, mongo: MongoServer | null): Promise<string> {
  const [folder, removeFolder] = await makeTempFolder()
  const store = await openStore(kind, kind === 'sqlite' ? join(folder, 'asked.sqlite') : mongo!.uri)
  try {
    return await store.durability()
  } finally {
    await store.close()
    await removeFolder()
  }
}

/** How durable Redis is set, which all jobs go through. */
export async function redisDurability(redisUrl: string): Promise<string> {
  const client = new Redis(redisUrl)
  try {
    const settings = (await client.config('GET', 'append*')) as string[]
    const settingOf = (name: string) => settings[settings.indexOf(name) + 1]
    return `appendonly ${settingOf('appendonly')}, appendfsync ${settingOf('appendfsync')}`
  } finally {
    client.disconnect()
  }
}

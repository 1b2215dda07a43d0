import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { createAccount } from '../../../src/accounts/accounts.ts'
import { openInstallation, type Role } from '../../../src/compose.ts'
import { type Config, readConfig } from '../../../src/config.ts'
import type { StoreKind } from '../../helpers/open-store.ts'
import { quietLogger } from '../../helpers/quiet-logger.ts'
import { absentRedisCluster } from '../../helpers/redis-cluster.ts'
import { absentWatchedRedis } from '../../helpers/redis-sentinel.ts'
import { type AbsentRedis, absentRedis, freePort } from '../../helpers/redis-server.ts'
import { makeTempFolder } from '../../helpers/temp-folder.ts'
import type { CouponShop } from '../books/shop.ts'
import { type Api, createApi } from './api.ts'
import { type CouponService, startCouponService } from './coupon-service.ts'
import { Effects } from './effects.ts'
import { type Merchant, setUpMerchant } from './merchant.ts'
import type { MongoUnderTest } from './mongo.ts'
import { orderBook } from './orders.ts'
import { SupervisedProcess } from './process.ts'
import type { Random } from './random.ts'
import { Traffic } from './traffic.ts'

const UP_WITHIN_MS = 120_000

/** A server, a cluster of three masters with replicas, or a master with a replica and three sentinels. */
export type RedisKind = 'server' | 'cluster' | 'sentinel'

const ABSENT: Readonly<Record<RedisKind, () => Promise<AbsentRedis>>> = {
  server: absentRedis,
  cluster: absentRedisCluster,
  sentinel: absentWatchedRedis,
}

export interface WorldOptions {
  readonly store: StoreKind
  readonly redisFromTheStart: boolean
  readonly redis: RedisKind
  /** Worker processes, where they are processes of their own. */
  readonly workers: number
  /** Web processes, with MongoDB; default 1. All take webhooks in turns. */
  readonly webs?: number
  /** Customers; default 200. */
  readonly members?: number
  /** Settings beside those that make it run. */
  readonly env?: Readonly<Record<string, string>>
  /** null with SQLite. */
  readonly mongo: MongoUnderTest | null
  readonly random: Random
  readonly perSecond: number
  /** The platform that makes the coupons; default a coupon service over HTTP. */
  readonly openShop?: (() => Promise<CouponShop>) | undefined
}

/** A whole installation in processes of its own, a merchant with customers, and what may be ill-treated. */
export interface World {
  readonly store: StoreKind
  readonly random: Random
  readonly redis: AbsentRedis
  readonly mongo: MongoUnderTest | null
  readonly processes: readonly SupervisedProcess[]
  readonly api: Api
  readonly merchant: Merchant
  /** Makes the coupons where there is no shop, and takes the webhooks. */
  readonly coupons: CouponService
  /** The platform whose coupons are given away. */
  readonly shop: CouponShop | null
  readonly traffic: Traffic
  readonly effects: Effects
  /** Orders whose spending was withdrawn over the API: the cents, by id. */
  readonly withdrawn: Map<string, number>
  /** Members that were erased: the externalId that each had, by id. */
  readonly erased: Map<string, string>
  /** What every process and command of the installation is started with. */
  readonly env: Readonly<Record<string, string>>
  readonly config: Config
  readonly folder: string
  /** Ends the processes; servers stay. */
  stopProcesses(): Promise<void>
  /** Ends everything; the folder with the data and the logs is removed unless it is to be looked at. */
  remove(keepFolder: boolean): Promise<void>
}

export function processesWith({ processes }: World, role: Role): readonly SupervisedProcess[] {
  return processes.filter(({ roles }) => roles.includes(role))
}

/** The web, a worker, or all of them. */
export function someProcesses(world: World): readonly SupervisedProcess[] {
  const which = world.random.pick(['web', 'worker', 'both'] as const)
  return which === 'both' ? world.processes : [world.random.pick(processesWith(world, which))]
}

/** SQLite belongs to one process; with MongoDB they are apart, and one worker takes over from another. */
function layout(
  store: StoreKind,
  webs: number,
  workers: number,
): readonly (readonly [name: string, roles: readonly Role[]])[] {
  if (store === 'sqlite') return [['app', ['web', 'worker']]]
  const numbers = (count: number) => Array.from({ length: count }, (_, at) => at + 1)
  return [
    ...numbers(webs).map((number) => [number === 1 ? 'web' : `web-${number}`, ['web']] as const),
    ...numbers(workers).map((number) => [`worker-${number}`, ['worker']] as const),
  ]
}

export async function makeWorld(options: WorldOptions): Promise<World> {
  const { store, random } = options
  const [folder, removeFolder] = await makeTempFolder()
  const coupons = await startCouponService(random)
  const shop = (await options.openShop?.()) ?? null
  const redis = await ABSENT[options.redis]()
  if (options.redisFromTheStart) await redis.start()
  const { webs = 1 } = options
  const ports = await Promise.all(Array.from({ length: webs }, freePort))
  const env = {
    STREAKLINE_DATA_DIR: join(folder, 'data'),
    STREAKLINE_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    STREAKLINE_REQUESTS_PER_KEY: '1000000',
    STREAKLINE_REQUESTS_PER_ADDRESS: '1000000',
    STREAKLINE_HTTP_PROVIDER_ALLOW: coupons.host,
    STREAKLINE_SHUTDOWN_SECONDS: '5',
    LOG_LEVEL: 'info',
    REDIS_URL: redis.url,
    PORT: String(ports[0]),
    ...(options.mongo === null ? {} : { MONGODB_URI: options.mongo.anotherUri() }),
    ...(shop === null
      ? {}
      : {
          STREAKLINE_PUBLIC_URL: 'https://streaks.example.com',
          STREAKLINE_PLATFORM_ORIGINS: `${shop.kind}=${shop.double.origin}`,
        }),
    ...options.env,
  }
  const config = readConfig(env)
  const installation = await openInstallation(config, quietLogger)
  const { apiKey, apiSecret } = await createAccount(installation, 'fault harness', 'UTC')
  await installation.close()

  const compileCache = join(folder, 'compiled')
  const processes = layout(store, webs, options.workers).map(([name, roles], at) => {
    const own = { ...env, PORT: String(ports[at] ?? ports[0]) }
    return new SupervisedProcess({
      name,
      roles,
      env: own,
      compileCache,
      logFile: join(folder, `${name}.log`),
    })
  })
  // a Redis of ours must not outlive us, however we end
  const killRedis = () => void redis.kill()
  process.once('exit', killRedis)
  const stopProcesses = async () => void (await Promise.all(processes.map((each) => each.stop())))
  const remove = async (keepFolder: boolean) => {
    await stopProcesses()
    await coupons.stop()
    await shop?.stop()
    await redis.stop()
    process.off('exit', killRedis)
    if (!keepFolder) await removeFolder()
  }
  try {
    await Promise.all(processes.map((each) => each.up(UP_WITHIN_MS)))
    const origins = ports.map((port) => `http://127.0.0.1:${port}`)
    const [origin = ''] = origins
    let sent = 0
    const api = createApi(origin, { 'x-api-key': apiKey, 'x-api-secret': apiSecret })
    const merchant = await setUpMerchant(api, coupons, shop)
    const traffic = new Traffic({
      nextOrder: orderBook(random, Date.now(), options.members),
      random,
      perSecond: options.perSecond,
      addressOf: (platform) => {
        sent += 1
        return `${origins[sent % origins.length]}${merchant.webhookPaths[platform]}`
      },
    })
    return {
      ...{
        store,
        random,
        redis,
        mongo: options.mongo,
        processes,
        api,
        merchant,
        coupons,
        shop,
        traffic,
        env,
        config,
        folder,
      },
      effects: new Effects(api),
      withdrawn: new Map(),
      erased: new Map(),
      stopProcesses,
      remove,
    }
  } catch (error) {
    await remove(true)
    throw error
  }
}

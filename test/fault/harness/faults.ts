import { setTimeout as delay } from 'node:timers/promises'
import type { StoreKind } from '../../helpers/open-store.ts'
import { until } from '../../helpers/until.ts'
import type { CouponShop } from '../books/shop.ts'
import { unfinishedJobs } from './queues.ts'
import { killAt, killAtEachStep } from './steps.ts'
import { type RedisKind, someProcesses, type World } from './world.ts'

export interface FaultOptions {
  /** How long faults that come at random go on. */
  readonly durationMs: number
  readonly say: (text: string) => void
}

export type MongoNeeded = 'one_node' | 'three_nodes' | 'small_disk'

export interface Fault {
  readonly name: string
  /** What happens, for the table. */
  readonly title: string
  readonly stores: readonly StoreKind[]
  /** Tried only when the long form is asked for. */
  readonly onlyLong?: true
  readonly redisFromTheStart?: false
  /** Default `server`. */
  readonly redis?: RedisKind
  /** Worker processes beside the web, with MongoDB; default 2. */
  readonly workers?: number
  /** Default `one_node`. */
  readonly mongo?: MongoNeeded
  /** The platform whose coupons are given away; a coupon service over HTTP where absent. */
  readonly openShop?: () => Promise<CouponShop>
  /** Does it, under traffic; resolves as it ends. @returns how often it was done */
  inflict(world: World, options: FaultOptions): Promise<number>
}

const BOTH: readonly StoreKind[] = ['sqlite', 'mongodb']
const WARM_UP_MS = 2_000
const AWAY_MS = 3_000
const UP_WITHIN_MS = 120_000
const AT_WORK = 0.8

/** Part of `npm test`, as is the one below. */
export const CLUSTER_FAILOVER: Fault = {
  name: 'redis-cluster',
  title: 'a master of a Redis Cluster killed',
  stores: BOTH,
  redis: 'cluster',
  inflict: (world) => failOver(world, 2),
}

export const SENTINEL_FAILOVER: Fault = {
  name: 'redis-sentinel',
  title: 'the master of three Sentinels killed',
  stores: BOTH,
  redis: 'sentinel',
  inflict: (world) => failOver(world, 1),
}

export const FAULTS: readonly Fault[] = [
  {
    name: 'steps',
    title: 'kill -9 at every named step',
    stores: BOTH,
    inflict: (world, { say }) => killAtEachStep(world, say),
  },
  { name: 'random', title: 'kill -9 at random: web, worker, both', stores: BOTH, inflict: killAtRandom },
  {
    name: 'redis-absent',
    title: 'Redis absent from the start, for 6 s',
    stores: BOTH,
    redisFromTheStart: false,
    async inflict({ redis }) {
      await delay(6_000)
      await redis.start()
      return 1
    },
  },
  { name: 'redis-kill', title: 'Redis killed and started again', stores: BOTH, inflict: killRedis },
  { name: 'redis-wipe', title: 'FLUSHALL under load', stores: BOTH, inflict: wipeRedis },
  { name: 'redis-wipe-idle', title: 'FLUSHALL under idle workers', stores: BOTH, inflict: wipeIdleRedis },
  {
    name: 'redis-pause',
    title: 'Redis paused for 5 s',
    stores: BOTH,
    inflict: (world) => pauseRedis(world, 5_000),
  },
  {
    name: 'redis-pause-30',
    title: 'Redis paused for 30 s',
    stores: BOTH,
    onlyLong: true,
    inflict: (world) => pauseRedis(world, 30_000),
  },
  CLUSTER_FAILOVER,
  SENTINEL_FAILOVER,
  {
    name: 'mongo-kill',
    title: 'MongoDB killed and started again',
    stores: ['mongodb'],
    inflict: (world) => failMongo(world, 2),
  },
  { name: 'disk-full', title: 'disk full, and room again', stores: ['sqlite'], inflict: fillSqlite },
  { name: 'everything', title: 'all of these at random', stores: BOTH, inflict: everything },
  {
    name: 'mongo-step-down',
    title: 'primary of three nodes steps down',
    stores: ['mongodb'],
    onlyLong: true,
    mongo: 'three_nodes',
    inflict: (world) => failMongo(world, 2),
  },
  {
    name: 'mongo-disk-full',
    title: 'disk full, and room again',
    stores: ['mongodb'],
    onlyLong: true,
    mongo: 'small_disk',
    inflict: (world) => failMongo(world, 1),
  },
]

/** One after the other, as quickly as may be: part of `npm test`. */
export const SHORT: Fault = {
  name: 'short',
  title: 'kills, Redis and MongoDB killed, FLUSHALL',
  stores: BOTH,
  workers: 1,
  async inflict(world) {
    const { redis, mongo, processes } = world
    await killAt(world, 'engine_after_commit', 1)
    await redis.restart()
    if (mongo !== null) await mongo.fail().then(() => mongo.recover())
    await killAt(world, 'inbox_after_commit', 3)
    for (const each of processes) each.kill()
    // takes the locks of the killed along, which would run out in their own time otherwise
    await redis.flush()
    return mongo === null ? 5 : 6
  },
}

async function killAtRandom(world: World, { durationMs }: FaultOptions): Promise<number> {
  const endsAt = performance.now() + durationMs
  let kills = 0
  while (performance.now() < endsAt) {
    // some die while they start, most at work
    if (world.random.next() < AT_WORK) await Promise.all(world.processes.map((each) => each.up(UP_WITHIN_MS)))
    await delay(world.random.between(200, 2_000))
    for (const each of someProcesses(world)) each.kill()
    kills += 1
  }
  return kills
}

async function killRedis({ redis }: World): Promise<number> {
  for (const awayMs of [AWAY_MS, 500]) {
    await delay(WARM_UP_MS)
    await redis.kill()
    await delay(awayMs)
    await redis.restart()
  }
  return 2
}

/**
 * Kills the server that has the queues so that another takes its place; of several times, that one too, once the
 * first is back as its replica. Every webhook is answered with 200 meanwhile.
 */
async function failOver({ redis, traffic }: World, times: number): Promise<number> {
  for (let done = 0; done < times; done += 1) {
    if (done > 0) await redis.restart()
    await delay(WARM_UP_MS)
    await redis.kill()
  }
  await delay(AWAY_MS)
  const others = [...traffic.answers.keys()].filter((status) => status !== 200)
  if (others.length > 0) throw new Error(`webhooks were answered with ${others.join(', ')}`)
  return times
}

async function wipeRedis({ redis }: World): Promise<number> {
  for (let times = 0; times < 3; times += 1) {
    await delay(WARM_UP_MS)
    await redis.flush()
  }
  return 3
}

async function wipeIdleRedis({ redis, traffic }: World): Promise<number> {
  await delay(WARM_UP_MS)
  traffic.pause()
  await until(async () => (await unfinishedJobs(redis.url)).length === 0)
  await delay(WARM_UP_MS)
  await redis.flush()
  traffic.start()
  return 1
}

async function pauseRedis({ redis }: World, forMs: number): Promise<number> {
  await delay(WARM_UP_MS)
  redis.pause()
  await delay(forMs)
  redis.resume()
  return 1
}

async function failMongo({ mongo }: World, times: number): Promise<number> {
  for (let done = 0; done < times; done += 1) {
    await delay(WARM_UP_MS)
    await mongo!.fail()
    await delay(AWAY_MS)
    await mongo!.recover()
  }
  return times
}

/** While it is full webhooks are refused with 503 and nothing else, and the process goes on. */
async function fillSqlite({ processes, traffic }: World): Promise<number> {
  const [app] = processes
  await delay(WARM_UP_MS)
  const deathsBefore = app!.deaths
  await app!.limitDisk(true)
  const refused = () => traffic.answers.get(503) ?? 0
  await until(() => refused() >= 20)
  await delay(AWAY_MS)
  await app!.limitDisk(false)
  const others = [...traffic.answers.keys()].filter((status) => status !== 200 && status !== 503)
  if (others.length > 0) throw new Error(`a full disk was answered with ${others.join(', ')}`)
  if (app!.deaths > deathsBefore) throw new Error('a full disk ended the process')
  return 1
}

async function everything(world: World, { durationMs, say }: FaultOptions): Promise<number> {
  const { redis, mongo, random } = world
  const kill = async () => someProcesses(world).forEach((each) => void each.kill())
  const faults: Record<string, () => Promise<void>> = {
    kill,
    'kill again': kill,
    'wipe Redis': () => redis.flush(),
    'restart Redis': () => redis.restart(),
    ...(mongo === null ? {} : { 'restart MongoDB': () => mongo.fail().then(() => mongo.recover()) }),
  }
  const endsAt = performance.now() + durationMs
  let times = 0
  while (performance.now() < endsAt) {
    await delay(random.between(300, 1_500))
    const name = random.pick(Object.keys(faults))
    say(name)
    await faults[name]!()
    times += 1
  }
  return times
}

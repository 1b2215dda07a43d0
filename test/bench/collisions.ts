/**
 * Which share of commits collides when several processes record at once: four workers and two webs on a MongoDB of three
 * nodes, first with a backlog that all workers begin to work off at the same moment, then with webhooks as they come.
 *
 *     node test/bench/collisions.ts [orders of the backlog] [webhooks a second] [seconds]
 */
import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { openBullQueue } from '../../src/queue/bull-queues.ts'
import { openRedisLink } from '../../src/queue/redis-link.ts'
import { startMongo } from '../fault/harness/mongo.ts'
import { unfinishedJobs } from '../fault/harness/queues.ts'
import { seeded } from '../fault/harness/random.ts'
import { makeWorld, processesWith, type World } from '../fault/harness/world.ts'
import { until } from '../helpers/until.ts'

const MEMBERS = 1_000
const WORKERS = 4
const STANDING_AFTER_MS = 15_000
const SETTLED_WITHIN_MS = 240_000
/** Webhooks are sent faster than they are answered while a backlog is made. */
const BACKLOG_PER_SECOND = 300

const say = (text: string): void => void process.stdout.write(`${text}\n`)
const [orders = 3_000, perSecond = 60, seconds = 30] = process.argv.slice(2).map(Number)

interface Count {
  readonly commits: number
  readonly conflicts: number
  readonly byReason: Readonly<Record<string, number>>
}

/** What the workers' engines asked of the store so far, and what came of it. */
async function countOf(world: World): Promise<Count> {
  const workers = processesWith(world, 'worker')
  const reached = await Promise.all(workers.map((worker) => worker.reached()))
  const logs = await Promise.all(workers.map(({ logFile }) => readFile(logFile, 'utf8')))
  const met = logs
    .join('\n')
    .split('\n')
    .filter((line) => line.includes('a batch met a conflict'))
    .map((line) => JSON.parse(line) as { reason: string; collection?: string })
  const byReason: Record<string, number> = {}
  for (const { reason, collection = '' } of met) {
    const name = `${reason} ${collection}`.trim()
    byReason[name] = (byReason[name] ?? 0) + 1
  }
  const commits = reached.reduce((sum, { engine_before_commit: count = 0 }) => sum + count, 0)
  return { commits, conflicts: met.length, byReason }
}

async function measured(what: string, world: World, work: () => Promise<number>): Promise<void> {
  const before = await countOf(world)
  const startedAt = performance.now()
  const recorded = await work()
  const tookS = (performance.now() - startedAt) / 1_000
  const after = await countOf(world)
  const [commits, conflicts] = [after.commits - before.commits, after.conflicts - before.conflicts]
  const share = ((100 * conflicts) / commits).toFixed(1)
  say(
    `${what}: ${commits} commits, ${conflicts} collided: ${share} %, ${(recorded / tookS).toFixed(0)} orders/s`,
  )
  say(`  so far by reason: ${JSON.stringify(after.byReason)}`)
}

const mongo = await startMongo('three_nodes')
if (typeof mongo === 'string') throw new Error(mongo)
const world = await makeWorld({
  store: 'mongodb',
  redisFromTheStart: true,
  redis: 'server',
  webs: 2,
  workers: WORKERS,
  members: MEMBERS,
  env: { LOG_LEVEL: 'debug' },
  mongo,
  random: seeded(20_261_127),
  perSecond: BACKLOG_PER_SECOND,
})
const link = openRedisLink({ redisUrl: world.redis.url, role: 'producer' })
const activity = openBullQueue('activity', link)
const settled = () =>
  until(async () => (await unfinishedJobs(world.redis.url)).length === 0, SETTLED_WITHIN_MS)
try {
  // workers that joined others are sure of their places only then
  await delay(STANDING_AFTER_MS)
  await link.ready(5_000)
  await activity.pause()
  world.traffic.start()
  await until(() => world.traffic.deliveries.length >= orders, SETTLED_WITHIN_MS)
  await world.traffic.finish(SETTLED_WITHIN_MS)
  say(`${world.traffic.deliveries.length} orders of ${MEMBERS} members wait`)
  await measured('a backlog', world, async () => {
    await activity.resume()
    await settled()
    return world.traffic.deliveries.length
  })
  const before = world.traffic.deliveries.length
  world.traffic.pace(perSecond)
  await measured('as they come', world, async () => {
    world.traffic.start()
    await delay(seconds * 1_000)
    await world.traffic.finish(SETTLED_WITHIN_MS)
    await settled()
    return world.traffic.deliveries.length - before
  })
} finally {
  await activity.close()
  link.close()
  await world.remove(false)
  await mongo.stop()
}

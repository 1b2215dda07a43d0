import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { checkRedis } from '../../src/queue/check-redis.ts'
import { activityJob, itemIdOf, openQueueRig, type QueueRig } from '../helpers/queue-rig.ts'
import { absentRedisCluster, type RedisCluster } from '../helpers/redis-cluster.ts'
import { command } from '../helpers/redis-server.ts'
import { runApp } from '../helpers/running-app.ts'
import { until } from '../helpers/until.ts'

const STARTS_WITHIN_MS = 300_000
const RECOVERY_MS = 120_000

let cluster: RedisCluster
let rig: QueueRig
const cleanups: (() => unknown)[] = []

beforeAll(async () => {
  cluster = await absentRedisCluster()
  rig = openQueueRig(cluster)
}, STARTS_WITHIN_MS)
afterAll(async () => {
  await rig.close()
  await cluster.stop()
})
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const jobs = (name: string, count: number) =>
  Array.from({ length: count }, (_, index) => activityJob(`${name}-${index}`))

describe('queues on a Redis Cluster', () => {
  const done = new Set<string>()
  const allDone = (name: string, count: number) => () =>
    jobs(name, count).every((job) => done.has(itemIdOf(job)))

  it(
    'are worked off once it comes, when it was absent from the start',
    async () => {
      rig.work({ activity: async (job) => void done.add(itemIdOf(job)) })
      await rig.queue.enqueue('activity', [activityJob('lost')])
      expect(await rig.queue.reachable()).toBe(false)
      await cluster.start()
      await rig.connected()
      await rig.queue.add('activity', jobs('first', 1_000))
      await until(allDone('first', 1_000), RECOVERY_MS)
      const said = rig.logger.lines.map(({ level, message }) => `${level} ${message}`)
      expect(said).toContain('warn Redis cannot be reached; trying again until it can')
      expect(said.at(-1)).toBe('info Redis is back')
    },
    STARTS_WITHIN_MS,
  )

  it('lie apart, each with all of its keys in one slot', async () => {
    const { client, bull, bullRewards } = rig
    const slots = (keys: string[]) => Promise.all(keys.map((key) => client.cluster('KEYSLOT', key)))
    const ofOne = await slots([bull.toKey('wait'), bull.toKey('act-1'), ...(await rig.keys('*activity*'))])
    expect(new Set(ofOne).size).toBe(1)
    expect(await slots([bullRewards.toKey('wait')])).not.toEqual([ofOne[0]])
  })

  it(
    'are not reachable without the node that has them, and are when another took its place',
    async () => {
      await cluster.kill()
      await until(async () => !(await rig.queue.reachable()))
      await rig.queue.enqueue('activity', jobs('lost', 10))
      await until(() => rig.queue.reachable(), RECOVERY_MS)
      await rig.queue.add('activity', jobs('after', 100))
      await until(allDone('after', 100), RECOVERY_MS)
      await cluster.restart()
    },
    STARTS_WITHIN_MS,
  )

  it(
    'go on elsewhere when their node stops answering with its connections open',
    async () => {
      cluster.pause()
      cleanups.push(() => cluster.whole())
      cleanups.push(() => cluster.resume())
      await until(async () => !(await rig.queue.reachable()))
      await until(() => rig.queue.reachable(), RECOVERY_MS)
      await rig.queue.add('activity', jobs('elsewhere', 100))
      await until(allDone('elsewhere', 100), RECOVERY_MS)
    },
    STARTS_WITHIN_MS,
  )

  it('show on the queue pages, and at /readyz', async () => {
    const app = await runApp({ redisUrl: cluster.url, roles: ['web'] })
    cleanups.push(() => app.stop())
    const authorization = `Basic ${btoa('operator:a password for operators')}`
    const open = (path: string) => fetch(`${app.baseUrl}${path}`, { headers: { authorization } })
    await until(async () => (await open('/ops/queues/api/queues')).status === 200)
    const { queues } = (await (await open('/ops/queues/api/queues')).json()) as { queues: object[] }
    expect(queues).toContainEqual(expect.objectContaining({ name: 'activity' }))
    const ready = (await (await open('/readyz')).json()) as { data: object }
    expect(ready.data).toMatchObject({ redis: 'up' })
  })
})

describe('the check of a Redis Cluster at start-up', () => {
  const set = (url: string, name: string, value: string) =>
    command(url, (client) => client.config('SET', name, value))

  it('is content when all nodes are set well', async () => {
    await until(async () => (await checkRedis(cluster.url)).warnings.length === 0, RECOVERY_MS)
    expect(await checkRedis(cluster.url)).toEqual({ ok: true, warnings: [] })
  })

  it('names the node that is not, also where it is not among those of the address', async () => {
    const [first = '', last = ''] = [cluster.urls[0], cluster.urls.at(-1)]
    await set(first, 'appendonly', 'no')
    await set(last, 'maxmemory-policy', 'allkeys-lru')
    cleanups.push(
      () => set(first, 'appendonly', 'yes'),
      () => set(last, 'maxmemory-policy', 'noeviction'),
    )
    const { ok, warnings } = await checkRedis(cluster.url)
    expect(ok).toBe(false)
    expect(warnings.toSorted()).toEqual(
      [
        `Redis at ${new URL(first).host} has appendonly=no and forgets jobs when it restarts; set it to yes (jobs are queued again, later).`,
        `Redis at ${new URL(last).host} has maxmemory-policy=allkeys-lru and may throw jobs away; set it to noeviction.`,
      ].toSorted(),
    )
  })

  it('says that one node alone is no address of it', async () => {
    const { ok, warnings } = await checkRedis(cluster.urls[0]!)
    expect(ok).toBe(false)
    expect(warnings).toEqual([expect.stringMatching(/^Redis is a node of a cluster, which REDIS_URL has to/)])
  })

  it('says when a master has no replica, and when a part of the keys is not served', async () => {
    await cluster.kill()
    const found = async (sentence: RegExp) =>
      sentence.test((await checkRedis(cluster.url)).warnings.join('\n'))
    await until(() => found(/does not serve all keys/))
    expect((await checkRedis(cluster.url)).ok).toBe(false)
    await until(() => found(/^Redis at 127\.0\.0\.1:\d+ has no replica/m), RECOVERY_MS)
    expect((await checkRedis(cluster.url)).ok).toBe(true)
  })

  it('does not keep a worker pool from closing while a part of the keys is not served', async () => {
    await cluster.kill()
    await until(async () => !(await rig.queue.reachable()))
    // nothing makes it whole again while this waits
    await rig.close()
  })
})

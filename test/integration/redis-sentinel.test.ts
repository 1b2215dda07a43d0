import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { checkRedis } from '../../src/queue/check-redis.ts'
import { activityJob, itemIdOf, openQueueRig, type QueueRig } from '../helpers/queue-rig.ts'
import { absentWatchedRedis, type WatchedRedis } from '../helpers/redis-sentinel.ts'
import { command } from '../helpers/redis-server.ts'
import { until } from '../helpers/until.ts'

const STARTS_WITHIN_MS = 300_000
const RECOVERY_MS = 120_000

let redis: WatchedRedis
let rig: QueueRig
const done = new Set<string>()

beforeAll(async () => {
  redis = await absentWatchedRedis()
  rig = openQueueRig(redis)
  rig.work({ activity: async (job) => void done.add(itemIdOf(job)) })
}, STARTS_WITHIN_MS)
afterAll(async () => {
  await rig.close()
  await redis.stop()
})

const hostOf = ({ url }: { url: string }) => new URL(url).host

describe('queues on a Redis that sentinels watch', () => {
  it(
    'are worked off once it comes, when it was absent from the start',
    async () => {
      expect(await rig.queue.reachable()).toBe(false)
      expect((await checkRedis(redis.url)).ok).toBe(false)
      await redis.start()
      await rig.connected()
      await rig.queue.add('activity', [activityJob('first')])
      await until(() => done.has('first'), RECOVERY_MS)
      expect(await checkRedis(redis.url)).toEqual({ ok: true, warnings: [] })
    },
    STARTS_WITHIN_MS,
  )

  it('are in the database that the address names', async () => {
    const other = openQueueRig({ ...redis, url: `${redis.url}?db=3` })
    await other.connected()
    await other.queue.add('activity', [activityJob('elsewhere')])
    const [master] = redis.servers
    const keys = await command(`${master!.url}/3`, (client) => client.keys('*act-elsewhere*'))
    expect(keys).toHaveLength(1)
    await other.close()
  })

  it(
    'go on with the replica when the master stops answering with its connections open',
    async () => {
      redis.pause()
      await until(async () => !(await rig.queue.reachable()))
      await until(() => rig.queue.reachable(), RECOVERY_MS)
      await rig.queue.add('activity', [activityJob('after')])
      await until(() => done.has('after'), RECOVERY_MS)
      redis.resume()
    },
    STARTS_WITHIN_MS,
  )

  it('say at start-up which server or sentinel is amiss, and go on without one sentinel', async () => {
    const [sentinel] = redis.sentinels
    const [, current] = redis.servers
    await sentinel!.kill()
    await command(current!.url, (client) => client.config('SET', 'maxmemory-policy', 'allkeys-lru'))
    const { ok, warnings } = await checkRedis(redis.url)
    expect(ok).toBe(false)
    expect(warnings).toContainEqual(
      expect.stringMatching(`^The sentinel at ${hostOf(sentinel!)} cannot be reached: .*ECONNREFUSED`),
    )
    expect(warnings).toContainEqual(
      `Redis at ${hostOf(current!)} has maxmemory-policy=allkeys-lru and may throw jobs away; set it to noeviction.`,
    )
  })

  it('say when no sentinel knows the master', async () => {
    const { ok, warnings } = await checkRedis(redis.url.replace(/[^/]+$/, 'unheard-of'))
    expect(ok).toBe(false)
    expect(warnings).toContain(`The sentinel at ${hostOf(redis.sentinels[1]!)} knows no master unheard-of.`)
  })
})

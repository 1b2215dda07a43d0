import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, describe, expect, it } from '@jest/globals'
import { startManagedWorker } from '../../src/queue/managed-worker.ts'
import { openRedisLink } from '../../src/queue/redis-link.ts'
import { activityJob, itemIdOf, openQueueRig, type QueueRig } from '../helpers/queue-rig.ts'
import { recordingLogger } from '../helpers/recording-logger.ts'
import { type AbsentRedis, absentRedis, command } from '../helpers/redis-server.ts'
import { until } from '../helpers/until.ts'

/** The promise for a job whose worker is lost. */
const TAKEN_UP_MS = 120_000
/** How long an event may keep a test waiting before it is taken never to come, on a machine with other work. */
const EVENT_MS = 120_000
/** More than anything here takes: what waits it out has not ended by itself. */
const DEADLINE_MS = 600_000

let redis: AbsentRedis
let rig: QueueRig
const cleanups: (() => unknown)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function openRig({ started }: { started: boolean }): Promise<void> {
  redis = await absentRedis()
  cleanups.push(() => redis.stop())
  if (started) await redis.start()
  rig = openQueueRig(redis)
  cleanups.push(() => rig.close())
  if (started) await rig.connected()
}

/** The items that the workers of this rig have processed. */
function processed(): Set<string> {
  const done = new Set<string>()
  rig.work({ activity: async (job) => void done.add(itemIdOf(job)) })
  return done
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

describe('while Redis is absent from the start', () => {
  it('enqueueing resolves at once, everything else rejects, and all works when Redis comes', async () => {
    await openRig({ started: false })
    const done = processed()
    const tookMs = await timed(async () => {
      for (let index = 0; index < 1_000; index += 1)
        await rig.queue.enqueue('activity', [activityJob(`lost-${index}`)])
    })
    // if they waited, it would be 200 ms for each
    expect(tookMs).toBeLessThan((1_000 * 200) / 10)
    await expect(rig.queue.add('activity', [activityJob('item-1')])).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    })
    await expect(rig.queue.states('activity', [activityJob('item-1')])).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    })
    expect(await rig.queue.reachable()).toBe(false)
    await redis.start()
    await rig.connected()
    await rig.queue.enqueue('activity', [activityJob('item-1')])
    await until(() => done.has('item-1'), EVENT_MS)
  })

  it('sees to news of shops beside a sweep that takes its time', async () => {
    await openRig({ started: false })
    const seen: string[] = []
    const { promise: swept, resolve: endSweep } = Promise.withResolvers<void>()
    rig.work({ sweep: () => swept, news: async () => void seen.push('news') })
    await until(() => seen.length === 2, EVENT_MS)
    endSweep()
  })

  it('sweeps every five seconds all the same', async () => {
    await openRig({ started: false })
    const sweeps: number[] = []
    rig.work({ sweep: async () => void sweeps.push(performance.now()) })
    await until(() => sweeps.length === 2, EVENT_MS)
    expect(sweeps[1]! - sweeps[0]!).toBeGreaterThanOrEqual(4_900)
  })

  it('closes within the deadline', async () => {
    await openRig({ started: false })
    const pool = rig.work({})
    await pool.close(DEADLINE_MS)
    await rig.queue.close()
  })

  it('says so once', async () => {
    await openRig({ started: false })
    await until(() => rig.logger.lines.length > 0, EVENT_MS)
    await timed(() => rig.queue.add('activity', [activityJob('item-1')]).catch(() => {}))
    await redis.start()
    await rig.connected()
    expect(rig.logger.lines.map(({ level, message }) => `${level} ${message}`)).toEqual([
      'warn Redis cannot be reached; trying again until it can',
      'info Redis is back',
    ])
  })
})

describe('when Redis is lost under idle workers', () => {
  it.each([{ wiped: false }, { wiped: true }])(
    'they go on after a kill and a restart, wiped: $wiped',
    async ({ wiped }) => {
      await openRig({ started: true })
      const done = processed()
      await rig.queue.add('activity', [activityJob('before')])
      await until(() => done.has('before'), EVENT_MS)
      await redis.kill()
      await until(async () => !(await rig.queue.reachable()), EVENT_MS)
      await redis.restart({ wiped })
      await rig.connected()
      await rig.queue.enqueue('activity', [activityJob('after')])
      await until(() => done.has('after'), EVENT_MS)
    },
  )

  it('they go on after many losses in a row', async () => {
    await openRig({ started: true })
    const done = processed()
    for (let round = 0; round < 5; round += 1) {
      await redis.restart({ wiped: round % 2 === 0 })
      await rig.connected()
      await rig.queue.add('activity', [activityJob(`item-${round}`)])
      await until(() => done.has(`item-${round}`), EVENT_MS)
    }
  })

  it('they go on after FLUSHALL, and upkeep gets its schedule back', async () => {
    await openRig({ started: true })
    let upkeeps = 0
    const done = new Set<string>()
    rig.work({ activity: async (job) => void done.add(itemIdOf(job)), upkeep: async () => void upkeeps++ })
    await until(() => upkeeps === 1, EVENT_MS)
    await redis.flush()
    await rig.queue.enqueue('activity', [activityJob('after')])
    await until(() => done.has('after'), EVENT_MS)
    await until(() => upkeeps === 2, EVENT_MS)
  })

  it('jobs that waited in its append-only file are processed', async () => {
    await openRig({ started: true })
    await rig.queue.add('activity', [activityJob('kept')])
    await redis.restart()
    const done = processed()
    await until(() => done.has('kept'), EVENT_MS)
  })
})

describe('when Redis stops answering with its connections open', () => {
  it('enqueueing waits for no answer and the queue recovers', async () => {
    await openRig({ started: true })
    const done = processed()
    redis.pause()
    cleanups.push(() => redis.resume())
    const ended: string[] = []
    // whoever asks for an answer waits for it for five seconds
    const asked = rig.queue.states('activity', [activityJob('item-1')]).finally(() => ended.push('states'))
    asked.catch(() => {})
    const calls = Array.from({ length: 2_000 }, (_, index) =>
      rig.queue.enqueue('activity', [activityJob(`lost-${index}`)]),
    )
    await Promise.all(calls).then(() => ended.push('many'))
    await rig.queue.enqueue('activity', [activityJob('lost')]).then(() => ended.push('one'))
    await expect(asked).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    expect(ended).toEqual(['many', 'one', 'states'])
    redis.resume()
    await rig.connected()
    await rig.queue.add('activity', [activityJob('after')])
    await until(() => done.has('after'), EVENT_MS)
  })

  it('a pool closes all the same', async () => {
    await openRig({ started: true })
    const pool = rig.work({})
    await until(async () => (await rig.bull.getWorkersCount()) > 0, EVENT_MS)
    redis.pause()
    cleanups.push(() => redis.resume())
    await pool.close(500)
  })
})

describe('when Redis refuses to write', () => {
  it('workers do not ask again at once, and go on when it takes writes again', async () => {
    await openRig({ started: true })
    const limit = (bytes: string) => command(redis.url, (client) => client.config('SET', 'maxmemory', bytes))
    const scriptCalls = async () => {
      const stats = await command(redis.url, (client) => client.info('commandstats'))
      return [...stats.matchAll(/cmdstat_eval\w*:calls=(\d+)/g)].reduce(
        (sum, [, calls]) => sum + Number(calls),
        0,
      )
    }
    await rig.queue.add('activity', [activityJob('item-1')])
    await limit('1mb')
    const done = processed()
    await until(
      async () => rig.logger.lines.some(({ fields }) => JSON.stringify(fields).includes('OOM')),
      EVENT_MS,
    )
    const before = await scriptCalls()
    await timed(() => until(async () => (await scriptCalls()) - before >= 6, EVENT_MS)).then((tookMs) => {
      expect(tookMs).toBeGreaterThan(500)
    })
    await limit('0')
    await until(() => done.has('item-1'), EVENT_MS)
  })
})

describe('when a worker is lost', () => {
  it('its job is taken up by another within fifteen seconds of a kill', async () => {
    await openRig({ started: true })
    const script = new URL('../helpers/queue-worker-child.ts', import.meta.url).pathname
    const child = spawn(process.execPath, [script, redis.url, redis.prefix], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    cleanups.push(() => child.kill('SIGKILL'))
    await rig.queue.add('activity', [activityJob('item-1')])
    await once(child.stdout, 'data')
    child.kill('SIGKILL')
    const done = processed()
    await until(() => done.has('item-1'), TAKEN_UP_MS)
  })

  it('one that fell silent while jobs wait is replaced', async () => {
    const { worker, logger, done, release } = await superviseOne()
    await rig.queue.add('activity', [activityJob('held')])
    await until(() => done.has('held'), EVENT_MS)
    const silent = worker.current
    await silent.pause(true)
    await rig.queue.add('activity', [activityJob('item-1'), activityJob('item-2')])
    worker.supervise(true)
    expect(worker.current === silent).toBe(true)
    worker.supervise(true)
    expect(worker.current === silent).toBe(false)
    await until(() => done.size === 3, EVENT_MS)
    const fields = { queue: 'activity', reason: 'jobs wait and it takes none' }
    expect(logger.lines).toContainEqual({ level: 'warn', message: 'replacing a queue worker', fields })
    release()
  })

  it('one that has stopped is replaced', async () => {
    const { worker, done } = await superviseOne()
    const stopped = worker.current
    await stopped.pause(true)
    await rig.queue.add('activity', [activityJob('item-1')])
    await until(() => !stopped.isRunning(), EVENT_MS)
    worker.supervise(false)
    expect(worker.current === stopped).toBe(false)
    await until(() => done.has('item-1'), EVENT_MS)
  })

  it('one that is idle, busy to the full or taking jobs is left alone', async () => {
    const { worker, done, release } = await superviseOne()
    const current = worker.current
    for (const jobsWait of [false, false, true, false, true]) worker.supervise(jobsWait)
    await rig.queue.add(
      'activity',
      ['held-1', 'held-2'].map((id) => activityJob(id)),
    )
    await until(() => done.size === 2, EVENT_MS)
    for (const jobsWait of [true, true, true]) worker.supervise(jobsWait)
    expect(worker.current === current).toBe(true)
    release()
  })

  /** A worker for two jobs at once, of which those named `held…` do not end before `release`. */
  async function superviseOne() {
    await openRig({ started: true })
    const link = openRedisLink({ redisUrl: redis.url, role: 'worker' })
    const done = new Set<string>()
    const logger = recordingLogger()
    const held = Promise.withResolvers<void>()
    const worker = startManagedWorker({
      queue: 'activity',
      concurrency: 2,
      link,
      logger,
      prefix: redis.prefix,
      run: async ({ data }) => {
        const itemId = itemIdOf(data)
        done.add(itemId)
        if (itemId.startsWith('held')) await held.promise
      },
    })
    cleanups.push(async () => {
      held.resolve()
      await worker.close(1_000)
      link.close()
    })
    await worker.current.waitUntilReady()
    return { worker, logger, done, release: held.resolve }
  }
})

describe('connections', () => {
  it('are all gone once queue and pool are closed', async () => {
    await openRig({ started: true })
    const clients = async () => (await command(redis.url, (client) => client.client('LIST'))) as string
    const count = async () => (await clients()).trim().split('\n').length
    await rig.close()
    cleanups.pop()
    await until(async () => (await count()) === 1, EVENT_MS)
    rig = openQueueRig(redis)
    const pool = rig.work({})
    await rig.connected()
    await until(async () => (await count()) >= 7, EVENT_MS)
    await pool.close(DEADLINE_MS)
    await rig.close()
    await until(async () => (await count()) === 1, EVENT_MS)
  })
})

import { UnrecoverableError, Worker } from 'bullmq'
import { openBullQueue } from '../../../src/queue/bull-queues.ts'
import { keyPrefix } from '../../../src/queue/names.ts'
import { openRedisLink } from '../../../src/queue/redis-link.ts'

/** Jobs that have not come to an end, by queue and state. */
export async function unfinishedJobs(redisUrl: string): Promise<string[]> {
  const link = openRedisLink({ redisUrl, role: 'producer' })
  const queues = (['activity', 'reward', 'message'] as const).map((name) => openBullQueue(name, link))
  try {
    if (!(await link.ready(2_000))) return ['Redis does not answer']
    const found = await Promise.all(
      queues.map(async (queue) => {
        const counts = await queue.getJobCounts('waiting', 'active', 'delayed', 'prioritized')
        return Object.entries(counts).flatMap(([state, count]) =>
          count > 0 ? [`${count} ${queue.name} jobs ${state}`] : [],
        )
      }),
    )
    return found.flat()
  } finally {
    await Promise.all(queues.map((queue) => queue.close()))
    link.close()
  }
}

/** Has upkeep run now and not within the minute. */
export async function askForUpkeep(redisUrl: string): Promise<void> {
  const link = openRedisLink({ redisUrl, role: 'producer' })
  const upkeep = openBullQueue('upkeep', link)
  try {
    await link.ready(2_000)
    await upkeep.add('upkeep', {})
  } finally {
    await upkeep.close()
    link.close()
  }
}

/**
 * A worker of somebody else's that takes activity jobs and fails them for good; resolves once it has failed `count`.
 */
export async function failJobs(redisUrl: string, count: number, withinMs: number): Promise<void> {
  const link = openRedisLink({ redisUrl, role: 'worker' })
  const { promise: failed, resolve } = Promise.withResolvers<void>()
  let left = count
  const worker = new Worker(
    'activity',
    async () => {
      left -= 1
      if (left === 0) resolve()
      throw new UnrecoverableError('not a worker of this installation')
    },
    { connection: link.client, prefix: keyPrefix('activity'), concurrency: 20 },
  )
  worker.on('error', () => {})
  const timer = setTimeout(resolve, withinMs)
  await failed
  clearTimeout(timer)
  await worker.close()
  link.close()
  if (left > 0) throw new Error(`only ${count - left} of ${count} jobs could be failed in ${withinMs} ms`)
}

import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'
import type { JobHandlers, JobQueue, WorkerPool } from '../ports/queue.ts'
import { openBullQueue } from './bull-queues.ts'
import { Gate } from './gate.ts'
import { ensureScheduler, jobsWait } from './guard.ts'
import { describeFailure } from './job-error.ts'
import { startManagedWorker } from './managed-worker.ts'
import { BULL_QUEUES, type BullQueueName } from './names.ts'
import { createPart } from './part.ts'
import { openRedisLink } from './redis-link.ts'
import { repeat } from './repeat.ts'
import { runJob } from './run-job.ts'
import { within } from './within.ts'

const TIMER_MS = 5_000
/** What a merchant may be watching. */
const ATTEND_MS = 1_000
const CONNECT_WAIT_MS = 2_000

export interface WorkerPoolOptions {
  readonly redisUrl: string
  readonly handlers: JobHandlers
  /** Jobs in flight at once in this process; of rewards also how many are in work, however many share a job. Recording shares commits, so many activities in flight cost little. */
  readonly concurrency?: { readonly activity?: number; readonly reward?: number; readonly message?: number }
  readonly logger: Logger
  readonly clock: Clock
  readonly queue: JobQueue
  readonly prefix?: string
}

/**
 * Starts taking jobs. Redis may be absent: the workers begin when it comes. A timer of this process, outside Redis,
 * sweeps every 5 s, puts the upkeep schedule back and replaces workers that fell silent.
 */
export function startWorkerPool(options: WorkerPoolOptions): WorkerPool {
  const { redisUrl, handlers, logger, clock, queue, prefix } = options
  const concurrency: Record<BullQueueName, number> = {
    activity: options.concurrency?.activity ?? 256,
    reward: options.concurrency?.reward ?? 256,
    message: options.concurrency?.message ?? 512,
    upkeep: 1,
  }
  const link = openRedisLink({ redisUrl, role: 'worker', logger, prefix })
  const guardLink = openRedisLink({ redisUrl, role: 'producer', prefix })
  const bulls = BULL_QUEUES.map((name) => ({ name, bull: openBullQueue(name, guardLink, prefix) }))
  const running = {
    handlers,
    gate: new Gate(concurrency.reward),
    part: createPart(bulls.find(({ name }) => name === 'reward')!.bull, guardLink),
    logger,
  }
  const lanes = bulls.map(({ name, bull }) => ({
    name,
    bull,
    worker: startManagedWorker({
      queue: name,
      concurrency: concurrency[name],
      link,
      logger,
      prefix,
      run: (job, token, signal) => runJob(name, job, token, signal, running),
    }),
  }))

  async function guard(): Promise<void> {
    if (!(await guardLink.ready(CONNECT_WAIT_MS)) || !(await queue.reachable())) return
    for (const { name, bull, worker } of lanes) {
      if (name === 'upkeep') await ensureScheduler(bull, clock)
      worker.supervise(await jobsWait(guardLink.client, bull, clock))
    }
  }

  const sweeping = repeat(TIMER_MS, handlers.sweep, (error) => {
    logger.warn({ cause: describeFailure(error) }, 'a sweep failed; the next one follows')
  })
  const tending = repeat(TIMER_MS, handlers.tend ?? (async () => {}), (error) => {
    logger.warn({ cause: describeFailure(error) }, 'installations could not be looked after; trying again')
  })
  const hearing = repeat(ATTEND_MS, handlers.news ?? (async () => {}), (error) => {
    logger.warn({ cause: describeFailure(error) }, 'news of shops could not be seen to; trying again')
  })
  const attending = repeat(ATTEND_MS, handlers.attend, (error) => {
    logger.warn({ cause: describeFailure(error) }, 'paused providers could not be seen to; trying again')
  })
  const watching = repeat(TIMER_MS, handlers.watch, (error) => {
    logger.warn({ cause: describeFailure(error) }, 'ends of periods could not be seen to; trying again')
  })
  const guarding = repeat(TIMER_MS, guard, (error) => {
    const cause = error instanceof Error ? error.message : String(error)
    logger.warn({ cause }, 'the queues could not be looked after; trying again')
  })

  async function close(deadlineMs: number): Promise<void> {
    const stopping = [sweeping, tending, hearing, attending, watching, guarding].map((timer) => timer.stop())
    const timers = Promise.all(stopping)
    const workers = lanes.map(({ worker }) => worker.close(deadlineMs))
    await Promise.all([...workers, within(deadlineMs, timers).catch(() => {})])
    await Promise.all(lanes.map(({ bull }) => bull.close()))
    link.close()
    guardLink.close()
  }

  let closing: Promise<void> | undefined
  return {
    close(deadlineMs) {
      closing ??= close(deadlineMs)
      return closing
    },
  }
}

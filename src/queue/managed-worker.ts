import { type IRedisClient, type Job, Worker, type WorkerOptions } from 'bullmq'
import { Cluster } from 'ioredis'
import type { Logger } from '../ports/logger.ts'
import { retryDelayMs } from './backoff.ts'
import { JobFailure } from './job-error.ts'
import { type BullQueueName, KEEP_COMPLETED, KEEP_FAILED, keyPrefix, TRIES } from './names.ts'
import { quietWarnings } from './quiet-log.ts'
import type { RedisLink } from './redis-link.ts'
import { within } from './within.ts'

const ABORT_GRACE_MS = 250
const CLOSE_TIMEOUT_MS = 2_000
const ANSWER_TIMEOUT_MS = 1_000
const REFUSED_PAUSE_MS = 1_000

/**
 * A job whose worker was killed is taken up by another one after the lock ran out and the check that follows it:
 * 8 s + 4 s at most. Recovery has no limit worth the name, since a job that is cut off often has done nothing wrong.
 */
const TUNING = {
  lockDuration: 8_000,
  stalledInterval: 4_000,
  maxStalledCount: 1_000,
  drainDelay: 3,
  runRetryDelay: 1_000,
  removeOnComplete: KEEP_COMPLETED,
  removeOnFail: KEEP_FAILED,
  settings: {
    backoffStrategy: (triesMade, _type, error, job) =>
      retryDelayMs(
        triesMade + spentBefore(job),
        error instanceof JobFailure ? error.retryAfterMs : undefined,
        Math.random,
      ),
  },
} as const satisfies Partial<WorkerOptions>

/** Tries that a reward spent in a shared job: so many fewer has the one of its own. */
function spentBefore(job: Pick<Job, 'queueName' | 'opts'> | undefined): number {
  return job?.queueName === 'reward' ? TRIES.reward - (job.opts.attempts ?? TRIES.reward) : 0
}

/**
 * BullMQ asks for the next job again at once when Redis refuses (out of memory, read-only): a full core for nothing.
 */
class PatientWorker extends Worker {
  protected override async moveToActive(token: string, name?: string): ReturnType<Worker['getNextJob']> {
    try {
      return await super.moveToActive(token, name)
    } catch (error) {
      if (this.closing === undefined) await this.delay(REFUSED_PAUSE_MS)
      throw error
    }
  }

  /** For a close that does not end: lets go of the connections, and of the timer that keeps the process alive. */
  async abandon(): Promise<void> {
    await this.lockManager.close()
    await this.getBackend().close(true)
  }
}

export interface ManagedWorkerOptions {
  readonly queue: BullQueueName
  readonly concurrency: number
  readonly link: RedisLink
  readonly logger: Logger
  readonly prefix?: string | undefined
  run(job: Job, token: string | undefined, signal: AbortSignal): Promise<void>
}

export interface ManagedWorker {
  /** The BullMQ worker of the moment. */
  readonly current: Worker
  /**
   * Called every few seconds with whether jobs wait: a worker that has stopped, or that twice in a row took none
   * although some wait and it has room, is replaced. BullMQ's workers can fall silent on a reconnect.
   */
  supervise(jobsWait: boolean): void
  /** Takes no more jobs, waits for running ones until `deadlineMs` from now, then gives up on them. */
  close(deadlineMs: number): Promise<void>
}

export function startManagedWorker(options: ManagedWorkerOptions): ManagedWorker {
  const { queue, concurrency, link, prefix, run } = options
  const logger = options.logger.child({ queue })
  const warn = quietWarnings(logger)
  /** A job may run twice at once: its lock ran out during an outage and it was taken again. */
  const running = new Set<{ readonly jobId: string }>()
  const isCluster = link.client instanceof Cluster
  let closing = false
  let taken = 0
  let takenAtLastCheck = -1
  let onIdle: (() => void) | undefined
  let worker = start()

  function start(): PatientWorker {
    const started = new PatientWorker(queue, (job, token, signal) => handle(job, token, signal), {
      ...TUNING,
      connection: link.client,
      prefix: keyPrefix(queue, prefix),
      concurrency,
    })
    started.on('error', (error) => {
      // The link reports outages.
      if (link.client.status === 'ready') warn({ cause: error.message }, 'the queue worker met an error')
    })
    return started
  }

  async function handle(job: Job, token: string | undefined, signal: AbortSignal | undefined): Promise<void> {
    const taking = { jobId: String(job.id) }
    taken += 1
    running.add(taking)
    try {
      await run(job, token, signal ?? new AbortController().signal)
    } finally {
      running.delete(taking)
      if (running.size === 0) onIdle?.()
    }
  }

  function idle(): Promise<void> {
    if (running.size === 0) return Promise.resolve()
    return new Promise((resolve) => {
      onIdle = resolve
    })
  }

  function replace(reason: string): void {
    logger.warn({ reason }, 'replacing a queue worker')
    worker.close(true).catch(() => {})
    if (isCluster) endBlockedRead(worker)
    worker = start()
    takenAtLastCheck = -1
  }

  return {
    get current() {
      return worker
    },
    supervise(jobsWait) {
      if (closing) return
      if (!worker.isRunning()) return replace('it had stopped')
      const couldTake = jobsWait && running.size < concurrency
      if (couldTake && taken === takenAtLastCheck) return replace('jobs wait and it takes none')
      takenAtLastCheck = couldTake ? taken : -1
    },
    async close(deadlineMs) {
      closing = true
      const deadline = performance.now() + deadlineMs
      await worker.pause(true)
      const drained = await endsWithin(deadlineMs, idle())
      if (!drained) {
        worker.cancelAllJobs('the worker is shutting down')
        await endsWithin(ABORT_GRACE_MS, idle())
        if (running.size > 0)
          logger.warn({ jobIds: [...running].map(({ jobId }) => jobId) }, 'gave up on running jobs')
      }
      const connected = await link.answers(ANSWER_TIMEOUT_MS)
      const timeoutMs = Math.max(CLOSE_TIMEOUT_MS, deadline - performance.now())
      const closed = await endsWithin(timeoutMs, worker.close(running.size > 0 || !connected))
      if (!closed) await endsWithin(CLOSE_TIMEOUT_MS, worker.abandon())
      if (!connected || !closed || isCluster) endBlockedRead(worker)
    },
  }
}

/**
 * While Redis is away the read that a worker blocks on waits for the connection, and goes on waiting, with a timer that
 * keeps the process alive, when the connection is given up. A last attempt to connect ends it, whatever comes of it. Of
 * a cluster it is enough to let go of all nodes, and to do so again when BullMQ, which was about to make a silent
 * connection anew as it was closed, connects all the same.
 */
function endBlockedRead(worker: Worker): void {
  const end = async (client: IRedisClient) => {
    if (client.isCluster) client.on('connecting', () => client.disconnect())
    else await client.connect().catch(() => {})
    client.disconnect()
  }
  worker
    .getBackend()
    .blockingClient?.then(end)
    .catch(() => {})
}

function endsWithin(timeoutMs: number, work: Promise<unknown>): Promise<boolean> {
  return within(timeoutMs, work).then(
    () => true,
    () => false,
  )
}

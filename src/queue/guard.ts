import type { Queue } from 'bullmq'
import type { Clock } from '../ports/clock.ts'
import type { RedisClient } from './redis-clients.ts'

const SCHEDULER_ID = 'upkeep'
const UPKEEP_EVERY_MS = 60_000
const OVERDUE_MS = 5_000
/** BullMQ's scores of delayed jobs: the due time with twelve bits for the order of jobs due at the same one. */
const DELAYED_SCORE = 4_096

/** Puts the upkeep scheduler back when it is gone (a wiped Redis has lost it) or has made no job for two rounds. */
export async function ensureScheduler(upkeep: Queue, clock: Clock): Promise<void> {
  const scheduler = await upkeep.getJobScheduler(SCHEDULER_ID)
  const next = scheduler?.next ?? 0
  if (next > clock.now() - 2 * UPKEEP_EVERY_MS) return
  await upkeep.upsertJobScheduler(SCHEDULER_ID, { every: UPKEEP_EVERY_MS }, { name: 'upkeep' })
}

/** Whether a job waits that a worker could take right now: false while an operator has the queue paused or limited. */
export async function jobsWait(client: RedisClient, queue: Queue, clock: Clock): Promise<boolean> {
  const overdue = (clock.now() - OVERDUE_MS) * DELAYED_SCORE
  const [paused, waiting, prioritized, delayed] = await Promise.all([
    client.hmget(queue.toKey('meta'), 'paused', 'concurrency'),
    client.llen(queue.toKey('wait')),
    client.zcard(queue.toKey('prioritized')),
    client.zcount(queue.toKey('delayed'), 0, overdue),
  ])
  if (paused.some((value) => value !== null)) return false
  return waiting + prioritized + delayed > 0
}

import { setTimeout as delay } from 'node:timers/promises'
import type { Role } from '../../../src/compose.ts'
import type { FailStep } from '../../../src/ports/fail-points.ts'
import { eraseSomebody, withdrawSomething } from './backend.ts'
import { askForUpkeep, failJobs } from './queues.ts'
import { processesWith, type World } from './world.ts'

const UP_WITHIN_MS = 120_000
const REACHED_WITHIN_MS = 120_000
const JOBS_FAILED = 4

interface Plan {
  readonly role: Role
  /** What brings processes to the step; null: the traffic does. Repeated until one has died there. */
  readonly provoke: ((world: World) => Promise<void>) | null
  /** At which of the times that the step is reached; each is a kill of its own. */
  readonly nths: readonly number[]
  readonly pauseMs?: number
}

const byTraffic = (role: Role, ...nths: number[]): Plan => ({ role, provoke: null, nths })
const byWithdrawing: Plan = { role: 'worker', provoke: withdrawSomething, nths: [1] }
const byErasing = (...nths: number[]): Plan => ({ role: 'web', provoke: eraseSomebody, nths })
/** Rows are swept five seconds after they fell due, every five seconds. */
const byFailingJobs: Plan = {
  role: 'worker',
  provoke: ({ redis }) => failJobs(redis.url, JOBS_FAILED, 15_000),
  nths: [1],
  pauseMs: 12_000,
}
const byUpkeep: Plan = {
  role: 'worker',
  provoke: ({ redis }) => askForUpkeep(redis.url),
  nths: [1],
  pauseMs: 2_000,
}

/** How each step is reached. An erasure makes about six commits, an issued coupon two. */
const PLANS: Readonly<Record<FailStep, Plan>> = {
  inbox_before_commit: byTraffic('web', 3),
  inbox_after_commit: byTraffic('web', 3),
  inbox_before_enqueue: byTraffic('web', 3),
  inbox_after_enqueue: byTraffic('web', 3),
  activity_taken: byTraffic('worker', 2),
  item_before_write: byTraffic('worker', 1),
  item_after_write: byTraffic('worker', 1),
  engine_before_commit: byTraffic('worker', 2),
  engine_after_commit: byTraffic('worker', 2),
  engine_before_enqueue: byTraffic('worker', 1),
  engine_after_enqueue: byTraffic('worker', 1),
  reward_taken: byTraffic('worker', 1),
  reward_before_provider: byTraffic('worker', 1),
  reward_after_provider: byTraffic('worker', 1),
  reward_before_write: byTraffic('worker', 2),
  reward_after_write: byTraffic('worker', 2),
  revoke_before_provider: byWithdrawing,
  revoke_after_provider: byWithdrawing,
  message_taken: byTraffic('worker', 1),
  message_before_write: byTraffic('worker', 1),
  message_after_write: byTraffic('worker', 1),
  sweep_before_raise: byFailingJobs,
  sweep_after_raise: byFailingJobs,
  upkeep_before_prune: byUpkeep,
  api_before_commit: byErasing(2),
  api_after_commit: byErasing(1, 4),
}

export const FAIL_STEPS = Object.keys(PLANS) as FailStep[]

/** Has a process die at each step in turn, each started again before the next. @returns how often one was killed */
export async function killAtEachStep(world: World, say: (text: string) => void): Promise<number> {
  let kills = 0
  for (const step of FAIL_STEPS) {
    for (const nth of PLANS[step].nths) {
      await killAt(world, step, nth)
      kills += 1
      say(`killed at ${step}, ${nth}`)
    }
  }
  return kills
}

/** Has a process die the `nth` time that one reaches the step. */
export async function killAt(world: World, step: FailStep, nth: number): Promise<void> {
  const { role, provoke, pauseMs = 100 } = PLANS[step]
  const suspects = processesWith(world, role)
  await Promise.all(world.processes.map((each) => each.up(UP_WITHIN_MS)))
  const died = Promise.any(suspects.map((each) => each.died(each.deaths, REACHED_WITHIN_MS)))
  const over = new AbortController()
  const end = () => over.abort()
  died.then(end, end)
  await Promise.all(suspects.map((each) => each.arm({ step, nth })))
  while (provoke !== null && !over.signal.aborted) {
    await provoke(world)
    await delay(pauseMs, undefined, { signal: over.signal }).catch(() => {})
  }
  await died.catch(() => {
    throw new Error(`no process reached ${step} ${nth} times within ${REACHED_WITHIN_MS} ms`)
  })
  await Promise.all(suspects.map((each) => each.arm(null)))
}

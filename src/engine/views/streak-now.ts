import type { Instant } from '../../ports/clock.ts'
import { all, equal } from '../../ports/conditions.ts'
import type { Row } from '../../ports/schema.ts'
import type { Store } from '../../ports/store.ts'
import { type Period, periodAt } from '../../streaks/period.ts'

/** How many members stand how on a streak, in its present period. */
export interface StreakNow {
  readonly period: Period
  /** Completed the period: `active`. */
  readonly done: number
  /** Count above 0, and the period is not completed: `at_risk`. */
  readonly atRisk: number
  /** Whether there are more than were counted. */
  readonly capped: boolean
}

/** Each of the two is counted up to here. */
export const MAX_COUNTED = 100_000

/**
 * Counts by the runs that end in the period of now, or in the one before it, through one index: as each member streak is
 * read. Who was erased is still among them until the run has ended.
 * @throws AppError QUERY_TOO_EXPENSIVE, OVERLOADED, STORE_UNAVAILABLE
 */
export async function streakNow(
  store: Pick<Store, 'count'>,
  streak: Row<'streak'>,
  now: Instant,
): Promise<StreakNow> {
  const { accountId, id: streakId } = streak
  const period = periodAt(streak, now)
  const ending = (lastPeriod: number) => equal<'run'>({ accountId, streakId, lastPeriod })
  const count = (where: ReturnType<typeof ending>) => store.count('run', where, MAX_COUNTED + 1, true)
  const done = await count(ending(period.number))
  // a run that closed a cycle is not broken by missing the next period: its count is 0
  const atRisk = await count(all(ending(period.number - 1), equal<'run'>({ breakable: true })))
  const capped = done > MAX_COUNTED || atRisk > MAX_COUNTED
  return { period, done: Math.min(done, MAX_COUNTED), atRisk: Math.min(atRisk, MAX_COUNTED), capped }
}

import type { Instant } from '../ports/clock.ts'
import type { Row } from '../ports/schema.ts'
import { progressStatus, type Standing } from '../streaks/view.ts'
import type { ProgressView } from './types.ts'

export interface ProgressFacts {
  readonly standing: Standing
  readonly longestConsecutiveCount: number
  /** `firstEffectiveAt` of the standing's start period. */
  readonly startedAt: Instant | null
  readonly now: Instant
}

/** A progress record with what the contract computes on read. */
export function progressView(
  streak: Row<'streak'>,
  row: Row<'streak_progress'>,
  { standing, longestConsecutiveCount, startedAt, now }: ProgressFacts,
): ProgressView {
  const status = progressStatus(row.completed, row.periodEndAt, now)
  const { consecutiveCount } = standing
  const closesCycle = row.completed && consecutiveCount === streak.completionTargetValue
  return {
    row,
    status,
    consecutiveCount,
    longestConsecutiveCount,
    streakStartedAt: consecutiveCount === 0 ? null : startedAt,
    streakBrokenAt: status === 'broken' && consecutiveCount > 0 ? row.periodEndAt : null,
    streakCompletedAt: closesCycle ? row.targetReachedAt : null,
  }
}

import type { Instant } from '../ports/clock.ts'
import type { Row } from '../ports/schema.ts'
import { nextMilestone } from '../streaks/milestones.ts'
import type { Period } from '../streaks/period.ts'
import type { Quantity } from '../streaks/quantity.ts'
import { longestCount } from '../streaks/runs.ts'
import type { MemberStreakView } from './types.ts'

export interface MemberStreakFacts {
  /** The period of now, and what there is of it; undefined where there is nothing. */
  readonly period: Period
  readonly progress: { readonly currentProgressValue: Quantity; readonly completed: boolean } | undefined
  /** Of the period of now. */
  readonly consecutiveCount: number
  readonly lastBrokenAt: Instant | null
  readonly liveMilestones: readonly Row<'milestone'>[]
  /** Milestones with `milestoneRepeat: once` that the member holds a reward of. */
  readonly heldOnce: ReadonlySet<string>
}

/** A member streak with what the contract computes on read. */
export function memberStreakView(
  { completionTargetValue }: Row<'streak'>,
  row: Row<'member_streak'>,
  { period, progress, consecutiveCount: count, lastBrokenAt, liveMilestones, heldOnce }: MemberStreakFacts,
): MemberStreakView {
  const value = progress?.currentProgressValue ?? 0n
  return {
    row,
    currentConsecutiveCount: count,
    longestConsecutiveCount: longestCount(row.longestRunLength, completionTargetValue),
    completedCycles: row.completedCycles,
    currentPeriodKey: period.key,
    currentProgressValue: value,
    currentPeriodEndAt: period.endAt,
    streakStatus: progress?.completed === true ? 'active' : count > 0 ? 'at_risk' : 'inactive',
    lastBrokenAt,
    nextMilestone: nextMilestone(liveMilestones, count, value, heldOnce),
  }
}

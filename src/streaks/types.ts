import type { PeriodRules } from './period.ts'
import type { Quantity } from './quantity.ts'

/** The rules of a streak that progress depends on; fixed from the first log on. */
export interface StreakRules extends PeriodRules {
  readonly aggregationMethod: 'count' | 'sum'
  readonly aggregationTargetValue: Quantity
  /** Length of a cycle in periods; null = endless. */
  readonly completionTargetValue: number | null
}

export interface MilestoneRules {
  readonly id: string
  readonly milestoneTargetValue: Quantity
  readonly milestoneMetric: 'consecutive_count' | 'current_progress_value'
  readonly milestoneRepeat: 'every_streak' | 'every_period' | 'once'
  readonly createdAt: number
}

/** The aggregate of one period of a member on a streak. */
export interface Progress {
  readonly id: string
  readonly periodNumber: number
  readonly currentProgressValue: Quantity
  readonly completed: boolean
  /** `activityAt` of the first and last effective log; null when there is none. */
  readonly firstEffectiveAt: number | null
  readonly lastEffectiveAt: number | null
  /** `activityAt` at which the target was reached; kept only where completionTargetValue is set. */
  readonly targetReachedAt: number | null
}

/** A maximal row of consecutive completed periods. */
export interface Run {
  readonly id: string
  readonly firstPeriod: number
  readonly lastPeriod: number
  /** Standing `every_streak` rewards anchored inside, by milestone id. */
  readonly standing: Readonly<Record<string, number>>
}

/** What is known of a member on a streak as a whole. */
export interface JourneyTotals {
  readonly longestRunLength: number
  readonly completedCycles: number
  /** Latest `activityAt` of a live log; null before the first. */
  readonly lastActivityAt: number | null
  readonly hasRewards: boolean
}

/** A live log as the core sees it. `value` is what it counts: 1 on count streaks, else its activityValue. */
export interface LogEntry {
  readonly id: string
  readonly periodNumber: number
  readonly activityAt: number
  readonly value: Quantity
}

/** A reward that is not revoked (or was used), where it is anchored. */
export interface StandingReward {
  readonly milestoneId: string
  /** True for rewards of `every_streak` milestones: those that a run counts. */
  readonly everyStreak: boolean
  readonly periodNumber: number
}

export interface Grant {
  readonly milestone: MilestoneRules
  readonly periodNumber: number
}

/** A fact the decision needs and was not given. The caller loads it and decides again. */
export type Need =
  | { readonly fact: 'progress'; readonly periodNumber: number }
  | { readonly fact: 'run_ending'; readonly periodNumber: number }
  | { readonly fact: 'run_starting'; readonly periodNumber: number }
  | { readonly fact: 'run_containing'; readonly periodNumber: number }
  | { readonly fact: 'rewards_at'; readonly periodNumber: number }
  | { readonly fact: 'once_rewards' }
  | { readonly fact: 'anchors'; readonly milestoneId: string; readonly from: number; readonly to: number }
  | { readonly fact: 'period_logs'; readonly periodNumber: number }

/** Thrown inside the core where a fact is missing; never leaves the engine. */
export class MissingFact extends Error {
  readonly need: Need
  constructor(need: Need) {
    super(`missing fact: ${need.fact}`)
    this.need = need
  }
}

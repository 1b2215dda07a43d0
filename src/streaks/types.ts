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
  /** Only live ones grant. */
  readonly status: 'draft' | 'live' | 'paused'
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

/** A reward with what a withdrawal or its undoing must know of it. */
export interface RewardFact extends StandingReward {
  readonly id: string
  readonly once: boolean
  /** Minted, or being minted: losing its ground does not by itself end its standing. */
  readonly isMinted: boolean
  /** `standing`; `revoked` before it was minted, so that it can come back; `spent`: revoked for good. */
  readonly state: 'standing' | 'revoked' | 'spent'
}

/** The value of a log as it was and as it becomes, by a withdrawal or by undoing one. */
export interface ValueChange {
  readonly log: CountedLog
  readonly after: Quantity
}

/** What an entry of the ledger does to rewards, apart from granting. */
export interface RewardEffects {
  /** Lost their ground. */
  readonly groundless: readonly RewardFact[]
  /** Kept their ground elsewhere, where they are anchored anew. */
  readonly moved: readonly { readonly reward: RewardFact; readonly periodNumber: number }[]
  /** Came back under their own ids, anchored at this crossing. */
  readonly restored: readonly { readonly reward: RewardFact; readonly periodNumber: number }[]
}

/** The earliest and the latest effective logs of a period, two each. */
export interface PeriodEdges {
  readonly first: readonly { readonly id: string; readonly activityAt: number }[]
  readonly last: readonly { readonly id: string; readonly activityAt: number }[]
}

/** What is known of a member on a streak as a whole. */
export interface JourneyTotals {
  readonly longestRunLength: number
  readonly completedCycles: number
  /** Latest `activityAt` of a live log; null before the first. */
  readonly lastActivityAt: number | null
  readonly hasRewards: boolean
  /** Rewards that were revoked before they were minted: they may come back. */
  readonly revokedRewards: number
}

/** A live log as the core sees it. `value` is what it counts: 1 on count streaks, else its activityValue. */
export interface CountedLog {
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

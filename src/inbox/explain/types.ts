import type { ProgressView } from '../../engine/types.ts'
import type { Instant } from '../../ports/clock.ts'
import type { RuleCheck } from '../../ports/connector.ts'
import type { Row } from '../../ports/schema.ts'
import type { Quantity } from '../../streaks/quantity.ts'

/** Which order: by exactly one of its id and its name, as it is known to one connector or to any. */
export interface OrderQuestion {
  readonly connectorId?: string | undefined
  readonly orderId?: string | undefined
  readonly orderName?: string | undefined
}

export interface OrderName {
  readonly connectorId: string
  readonly orderId: string
  readonly orderName: string | null
}

export interface OrderFacts extends OrderName {
  /** null where no body that is kept says it, as of all that follows. */
  readonly activityAt: Instant | null
  readonly total: Quantity | null
  readonly currency: string | null
  /** Whom it counts for, or would; none once that member was erased. */
  readonly externalIds: readonly string[]
}

export const VERDICTS = ['counted', 'taken_back', 'not_counted', 'waiting', 'failed'] as const
export type Verdict = (typeof VERDICTS)[number]

/** The days in which the order lies, or its week, or its month. */
export interface OrderPeriod {
  readonly key: string
  readonly startsAt: Instant
  readonly endsAt: Instant
  /** What the clocks of the streak's zone showed: `2026-11-22T23:30:00+01:00`. */
  readonly localTime: string
  readonly timezone: string
}

/** How an order stands on a streak: the verdict is what was recorded, `rules` and `wouldCountIf` are by the rules of now. */
export interface StreakVerdict {
  readonly streakId: string
  readonly streakName: string
  readonly verdict: Verdict
  /** A code; null where the verdict says it all. */
  readonly because: string | null
  /** For merchants, as is `wouldCountIf`; no codes in them. */
  readonly message: string
  readonly rules: readonly { readonly ruleIndex: number; readonly checks: readonly RuleCheck[] }[]
  readonly period: OrderPeriod | null
  readonly streakLogId: string | null
  readonly progress: ProgressView | null
  /** In the order in which they were made, with what undoes them. */
  readonly withdrawals: readonly Row<'withdrawal'>[]
  readonly rewards: readonly {
    readonly reward: Row<'reward_log'>
    readonly milestone: Row<'milestone'> | null
  }[]
  /** null where it counted, and where nothing would help. */
  readonly wouldCountIf: string | null
}

export interface Explanation {
  /** null: nobody has heard of it. */
  readonly order: OrderFacts | null
  /** All that was delivered of it, the newest first. */
  readonly deliveries: readonly string[]
  /** Every live streak, and those that an item of it is of; by name. */
  readonly streaks: readonly StreakVerdict[]
  /** Of an order that nobody has heard of: what to look at. Else null. */
  readonly message: string | null
  /** Further orders that fit the question, the one received last first. */
  readonly others: readonly OrderName[]
}

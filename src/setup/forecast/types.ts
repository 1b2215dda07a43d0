import type { KeyedReport } from '../../engine/types.ts'
import type { Instant } from '../../ports/clock.ts'
import type { ConnectorRule, Discount, PurchaseActivity } from '../../ports/schema/values.ts'
import type { Quantity } from '../../streaks/quantity.ts'
import type { MilestoneRules, StreakRules } from '../../streaks/types.ts'

/** Exclusive at its end. */
export interface Span {
  readonly since: Instant
  readonly until: Instant
}

/** A milestone that there might be: its id is its place. */
export interface ForecastMilestone extends MilestoneRules {
  readonly discount: Discount | null
}

/** What is asked: a streak that there might be, of these rules, on past orders. */
export interface ForecastTerms extends Span {
  readonly streak: StreakRules
  readonly milestones: readonly ForecastMilestone[]
  /** In the order of the request; of one connector they stand together as its own would. */
  readonly rules: readonly { readonly connectorId: string; readonly rule: ConnectorRule }[]
}

export const INCOMPLETE_CODES = ['NOT_INSTALLED', 'BODIES_GONE', 'SIXTY_DAYS', 'TOO_LONG'] as const
export interface Incomplete {
  readonly connectorId: string
  readonly code: (typeof INCOMPLETE_CODES)[number]
  /** For a merchant. */
  readonly message: string
}

/** What was read of past orders. */
export interface Gathered {
  /** In the order in which they came: of those that are the same the first counts. */
  readonly purchases: readonly PurchaseActivity[]
  /** By purchase space, then by the name that the report has for its order. */
  readonly reports: ReadonlyMap<string, readonly KeyedReport[]>
  readonly incomplete: readonly Incomplete[]
}

export interface ForecastAmount {
  readonly value: Quantity
  readonly currency: string
  readonly estimated: boolean
}

export interface ForecastReward {
  /** The milestone's place in the request, from 0. */
  readonly milestone: number
  readonly count: number
  readonly members: number
  readonly amount: ForecastAmount | null
}

export interface ForecastPeriod {
  readonly key: string
  readonly startsAt: Instant
  readonly endsAt: Instant
  readonly orders: number
  readonly members: number
  readonly completed: number
  readonly rewards: number
}

export interface Reckoned {
  readonly orders: number
  readonly members: number
  readonly periods: number
  readonly longest: number
  readonly rewards: readonly ForecastReward[]
  readonly byPeriod: readonly ForecastPeriod[]
  readonly atRiskNow: number
}

export interface Forecast extends Reckoned {
  readonly complete: boolean
  readonly incomplete: readonly Incomplete[]
}

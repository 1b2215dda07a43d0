import type { Row } from '../../ports/schema.ts'
import type { JourneyFacts } from '../../streaks/journey-state.ts'
import { anchorsKey } from '../../streaks/journey-state.ts'
import type {
  CountedLog,
  JourneyTotals,
  Need,
  PeriodEdges,
  Progress,
  RewardFact,
  Run,
  StandingReward,
} from '../../streaks/types.ts'

/**
 * Everything a batch needs to be decided, as it stood at one moment. Commits are guarded against what changed since.
 */
export interface Loaded {
  /** By `accountId id`. */
  readonly streaks: Map<string, Row<'streak'>>
  /** Milestones of a streak, of any status, by `accountId streakId`. */
  readonly milestones: Map<string, Row<'milestone'>[]>
  /** By `accountId id` and by `accountId externalId`. */
  readonly membersById: Map<string, Row<'member'>>
  readonly membersByExternalId: Map<string, Row<'member'>>
  /** Ids of logs that are there already, by `logKey`. */
  readonly existingLogs: Map<string, string>
  /** Logs that counted a purchase, by `purchaseKey`. */
  readonly purchases: Map<string, string>
  /** Reports that came before, of the orders the purchases are of, by `accountId orderId`. */
  readonly reports: Map<string, Row<'delivery_item'>[]>
  /** Items known to be settled already. */
  readonly settledItems: Set<string>
  readonly journeys: Map<string, LoadedJourney>
}

export function nothingLoaded(): Loaded {
  return {
    streaks: new Map(),
    milestones: new Map(),
    membersById: new Map(),
    membersByExternalId: new Map(),
    existingLogs: new Map(),
    purchases: new Map(),
    reports: new Map(),
    settledItems: new Set(),
    journeys: new Map(),
  }
}

/** The facts of one member on one streak, growing as the decision asks for more. */
export class LoadedJourney {
  row: Row<'member_streak'> | null = null
  readonly progressRows = new Map<number, Row<'streak_progress'>>()
  readonly runRows = new Map<string, Row<'run'>>()
  readonly progress = new Map<number, Progress | null>()
  readonly runsByFirst = new Map<number, Run | null>()
  readonly runsByLast = new Map<number, Run | null>()
  readonly rewardsAt = new Map<number, StandingReward[]>()
  readonly anchors = new Map<string, ReadonlySet<number>>()
  readonly periodLogs = new Map<number, CountedLog[]>()
  readonly periodEdges = new Map<number, PeriodEdges>()
  readonly rewards = new Map<string, readonly RewardFact[]>()
  readonly longestBesides = new Map<string, number>()
  readonly valueElsewhere = new Map<string, boolean>()
  /** Rewards that were loaded as facts, by id: to be changed they must be guarded by their revision. */
  readonly rewardRows = new Map<string, Row<'reward_log'>>()
  heldOnce: Set<string> | null = null

  facts(): JourneyFacts {
    const { row } = this
    const totals: JourneyTotals = row ?? {
      longestRunLength: 0,
      completedCycles: 0,
      lastActivityAt: null,
      hasRewards: false,
      revokedRewards: 0,
    }
    const { progress, runsByFirst, runsByLast, rewardsAt, anchors, periodLogs, heldOnce } = this
    const { periodEdges, rewards, longestBesides, valueElsewhere } = this
    const forLogs = { progress, runsByFirst, runsByLast, rewardsAt, anchors, periodLogs, heldOnce }
    const forChanges = { periodEdges, rewards, longestBesides, valueElsewhere }
    return { totals, isNew: row === null, ...forLogs, ...forChanges }
  }

  addProgress(row: Row<'streak_progress'>): void {
    this.progressRows.set(row.periodNumber, row)
    this.progress.set(row.periodNumber, row)
  }

  addRun(row: Row<'run'>): void {
    this.runRows.set(row.id, row)
    this.runsByFirst.set(row.firstPeriod, row)
    this.runsByLast.set(row.lastPeriod, row)
  }

  /** Marks what was asked for and not found as known to be absent. */
  settle(need: Need): void {
    if (need.fact === 'progress') setIfUnknown(this.progress, need.periodNumber, null)
    if (need.fact === 'run_ending') setIfUnknown(this.runsByLast, need.periodNumber, null)
    if (need.fact === 'run_starting') setIfUnknown(this.runsByFirst, need.periodNumber, null)
    if (need.fact === 'rewards_at') setIfUnknown(this.rewardsAt, need.periodNumber, [])
    if (need.fact === 'once_rewards') this.heldOnce ??= new Set()
    if (need.fact === 'period_logs') setIfUnknown(this.periodLogs, need.periodNumber, [])
    if (need.fact === 'anchors') {
      setIfUnknown(this.anchors, anchorsKey(need.milestoneId, need.from, need.to), new Set())
    }
  }
}

function setIfUnknown<K, V>(map: Map<K, V>, key: K, value: V): void {
  if (!map.has(key)) map.set(key, value)
}

export interface JourneyNeed {
  readonly journey: LoadedJourney
  readonly need: Need
}
export type NeedOf<F extends Need['fact']> = Extract<Need, { fact: F }>
export interface Wanted<F extends Need['fact']> {
  readonly row: Row<'member_streak'>
  readonly journey: LoadedJourney
  readonly need: NeedOf<F>
}

/** Keys of in-memory maps. Parts are ids, or come last, so a space separates them unambiguously. */
export const keyOf = (...parts: readonly string[]): string => parts.join(' ')
export const journeyKey = (accountId: string, ownedById: string, streakId: string): string =>
  `${accountId} ${ownedById} ${streakId}`
export const logKey = (
  accountId: string,
  ownedById: string,
  streakId: string,
  uniqueIdentifier: string,
): string => `${accountId} ${ownedById} ${streakId} ${uniqueIdentifier}`
export const purchaseKey = (
  accountId: string,
  streakId: string,
  purchaseSpace: string,
  orderId: string,
): string => keyOf(accountId, streakId, JSON.stringify([purchaseSpace, orderId]))

import type { LoadedPlaces } from '../../life/places.ts'
import type { Row } from '../../ports/schema.ts'
import { type FactName, KnownFacts, type Need, type NeedOf } from '../../streaks/facts.ts'
import type { JourneyFacts } from '../../streaks/journey-state.ts'
import type { JourneyTotals } from '../../streaks/types.ts'
import { type Listeners, NOBODY } from '../happenings.ts'

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
  /** Logs that are there already, by `logKey`. */
  readonly existingLogs: Map<string, ExistingLog>
  /** What counted a purchase, by `purchaseKey`. */
  readonly purchases: Map<string, CountedPurchase>
  /** Reports that came before, of the orders the purchases are of, by `accountId orderId`. */
  readonly reports: Map<string, Row<'delivery_item'>[]>
  /** Items known to be settled already. */
  readonly settledItems: Set<string>
  readonly journeys: Map<string, LoadedJourney>
  /** Who is told of what happens. */
  listeners: Listeners
  /** What letting rewards through rests on, by account. */
  readonly places: Map<string, LoadedPlaces>
}

/** A log that is there already. */
export interface ExistingLog {
  readonly id: string
  /** A connector made it of a purchase; else the API did. */
  readonly isPurchase: boolean
}

/** A purchase as the connectors' ledger has it. */
export type CountedPurchase = Pick<Row<'purchase'>, 'streakLogId' | 'orderTotal' | 'currency'>

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
    listeners: NOBODY,
    places: new Map(),
  }
}

const NO_TOTALS: JourneyTotals = {
  longestRunLength: 0,
  completedCycles: 0,
  lastActivityAt: null,
  hasRewards: false,
  revokedRewards: 0,
}

/** The facts of one member on one streak, growing as the decision asks for more; with rows that it may change. */
export class LoadedJourney {
  row: Row<'member_streak'> | null = null
  readonly known = new KnownFacts()
  readonly progressRows = new Map<number, Row<'streak_progress'>>()
  readonly runRows = new Map<string, Row<'run'>>()
  /** Rewards that were loaded as facts, by id: to be changed they must be guarded by their revision. */
  readonly rewardRows = new Map<string, Row<'reward_log'>>()

  facts(): JourneyFacts {
    const { row, known } = this
    return { totals: row ?? NO_TOTALS, isNew: row === null, known }
  }

  addProgress(row: Row<'streak_progress'>): void {
    const { periodNumber } = row
    this.progressRows.set(periodNumber, row)
    this.known.set({ fact: 'progress', periodNumber }, row)
  }

  addRun(row: Row<'run'>): void {
    this.runRows.set(row.id, row)
    this.known.set({ fact: 'run_starting', periodNumber: row.firstPeriod }, row)
    this.known.set({ fact: 'run_ending', periodNumber: row.lastPeriod }, row)
  }
}

export interface JourneyNeed {
  readonly journey: LoadedJourney
  readonly need: Need
}
export interface Wanted<F extends FactName> {
  readonly row: Row<'member_streak'>
  readonly journey: LoadedJourney
  readonly need: NeedOf<F>
}

/**
 * What the log of a purchase is called where the member has a log by the order's id from another purchase space: two
 * shops may number their orders alike.
 */
export function spacedIdentifier(orderId: string, purchaseSpace: string): string {
  return `${orderId}@${purchaseSpace}`
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

import type { ErrorCode } from '../errors.ts'
import type { Instant } from '../ports/clock.ts'
import type {
  MemberProfile,
  OrderReport,
  PurchaseActivity,
  PurchaseBasis,
  Status,
} from '../ports/schema/values.ts'
import type { Row } from '../ports/schema.ts'
import type { Quantity } from '../streaks/quantity.ts'

/** Who acted: a member that exists, or one to be created or updated in the same commit. */
export type MemberRef =
  | { readonly id: string }
  | {
      readonly externalId: string
      readonly profile: MemberProfile
      /** Source time of the profile: it only overwrites an older one. null = the API, which always overwrites. */
      readonly profileAt: Instant | null
      /** The profile is told again later than it was stated: it only fills what is blank. */
      readonly fillsBlanks?: boolean
    }

/** What only a connector's purchase has. */
export interface PurchaseFacts
  extends Pick<PurchaseActivity, 'purchaseSpace' | 'orderReference' | 'currency' | 'isAmount'> {
  readonly otherReference: string | null
  readonly basis: PurchaseBasis | null
  readonly itemId: string
  readonly deliveryId: string
  readonly orderTotal: Quantity | null
}

/**
 * A streak log to record. Shape and limits are checked by whoever builds it; references, duplicates and status by
 * `record`.
 */
export interface RecordRequest {
  readonly accountId: string
  readonly streakId: string
  readonly member: MemberRef
  readonly activityId: string
  readonly uniqueIdentifier: string
  readonly activityAt: Instant
  readonly activityValue: Quantity | null
  readonly status: Status
  /** It counts and is granted nothing. */
  readonly quiet?: boolean
  /**
   * Set for connector purchases: the delivery item whose outcome goes into the same commit, and the purchase ledger's
   * space.
   */
  readonly purchase?: PurchaseFacts
  /** Whether the caller wants `context`; workers do not, and spare the reads. */
  readonly enrich: boolean
}

export type RecordResult =
  | { readonly outcome: 'recorded'; readonly log: Row<'streak_log'>; readonly context: LogContext | null }
  | { readonly outcome: 'duplicate'; readonly existingId: string }
  /** The delivery item was dealt with before; nothing was written. Only for purchases. */
  | { readonly outcome: 'settled' }
  | {
      readonly outcome: 'rejected'
      readonly code: ErrorCode
      readonly path: string
      readonly message: string
    }

/** What the create response and `GET streak_log/{id}` join to a log. */
export interface LogContext {
  readonly streak: Row<'streak'>
  readonly progress: ProgressView | null
  /** In the order of the contract: progress-value milestones first, then by target, createdAt, id. */
  readonly achieved: readonly {
    readonly milestone: Row<'milestone'>
    readonly rewardLog: Row<'reward_log'>
  }[]
  readonly nextMilestone: Row<'milestone'> | null
}

/** A progress row with what the contract computes on read, as of one moment. */
export interface ProgressView {
  readonly row: Row<'streak_progress'>
  readonly status: 'in_progress' | 'completed' | 'broken'
  readonly consecutiveCount: number
  readonly longestConsecutiveCount: number
  readonly streakStartedAt: Instant | null
  readonly streakBrokenAt: Instant | null
  readonly streakCompletedAt: Instant | null
}

/** A member streak with what the contract computes on read, as of one moment. */
export interface MemberStreakView {
  readonly row: Row<'member_streak'>
  readonly currentConsecutiveCount: number
  readonly longestConsecutiveCount: number
  readonly completedCycles: number
  readonly currentPeriodKey: string
  readonly currentProgressValue: Quantity
  readonly currentPeriodEndAt: Instant
  readonly streakStatus: 'active' | 'at_risk' | 'inactive'
  readonly lastBrokenAt: Instant | null
  readonly nextMilestone: Row<'milestone'> | null
}

/** An entry of the ledger about a log that is there: it takes the log back, whole or in part, or undoes that. */
export interface EntryRequest {
  readonly accountId: string
  readonly streakLogId: string
  readonly reason: string
  readonly entry:
    | { readonly kind: 'withdrawal'; readonly value: Quantity | null; readonly uniqueIdentifier: string }
    | { readonly kind: 'reinstatement'; readonly withdrawalId: string }
}

/** A connector's report on an order that counted: the deliveries hold what is known of the order. */
export interface ReportRequest {
  readonly purchase: Row<'purchase'>
  /** In whose name entries are made: the platform's object, and the delivery that reported it. */
  readonly source: { readonly object: string; readonly deliveryId: string }
}

/**
 * What became of a report: `waiting`: it tells of a payment of a refund that nothing has told of yet; `other_currency`:
 * it is in a currency that cannot be set against the order, and takes nothing.
 */
export type ReportVerdict = 'applied' | 'waiting' | 'other_currency'

export interface ReportResult {
  readonly outcome: ReportVerdict
  /** What was added; none where the log loses what it should already. */
  readonly entries: readonly Row<'withdrawal'>[]
}

export type EntryResult =
  | { readonly outcome: 'recorded'; readonly entry: Row<'withdrawal'> }
  | { readonly outcome: 'duplicate'; readonly existingId: string }
  | {
      readonly outcome: 'rejected'
      readonly code: ErrorCode
      readonly path: string
      readonly message: string
    }

/**
 * Records streak logs. Callers that arrive together share a commit; each gets its own answer.
 * Durable when it resolves. Idempotent by (streak, member, uniqueIdentifier) and, for purchases, by
 * (streak, purchase space, order id). @throws AppError STORE_BUSY | STORE_UNAVAILABLE, both retryable, nothing written
 */
export interface Recorder {
  record(request: RecordRequest): Promise<RecordResult>
}

/** Records what takes logs back, and what undoes that. */
export interface EntryRecorder {
  /**
   * Records a withdrawal or its undoing, with everything that follows for progress, runs and rewards in one commit.
   * Idempotent by (log, uniqueIdentifier) and by withdrawal. @throws as `record`
   */
  enter(request: EntryRequest): Promise<EntryResult>
  /**
   * Makes what reports have withdrawn of a purchase's log equal to what all reports of its order, as they are stored,
   * take of it; in one commit, like `enter`. Idempotent. @throws as `record`
   */
  applyReports(request: ReportRequest): Promise<ReportResult>
}

/** Reads that need more than a row: computed fields and joins, all as of `now`. One answer per row, in order. */
export interface Views {
  progress(accountId: string, rows: readonly Row<'streak_progress'>[], now: Instant): Promise<ProgressView[]>
  memberStreaks(
    accountId: string,
    rows: readonly Row<'member_streak'>[],
    now: Instant,
  ): Promise<MemberStreakView[]>
  logContexts(accountId: string, rows: readonly Row<'streak_log'>[], now: Instant): Promise<LogContext[]>
}

/** A report and the order it speaks of, as its platform calls it. */
export interface KeyedReport {
  readonly orderKey: string
  readonly report: OrderReport
}

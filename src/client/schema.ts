// Written by `npm run openapi` from docs/openapi.json: the types of everything the API takes and answers to a caller
// with an API key. Change the document's sources, never this file.

export interface Streak {
  /** Set by the platform; never changes. */
  id: string
  /** For people. */
  name: string
  /** For people. */
  description: string
  /** Only a `live` streak takes logs. Pausing stops logs, not the clock: periods end as ever. */
  status: 'draft' | 'live' | 'paused'
  /** `count` counts logs, `sum` adds up their `activityValue`. */
  aggregationMethod: 'count' | 'sum'
  /** How long a period lasts. Days, weeks and months are those of the `timezone`. */
  aggregationPeriod: 'daily' | 'weekly' | 'monthly'
  /** How much completes a period: a number of logs, or a sum. A whole number on count streaks. */
  aggregationTargetValue: number
  /** How many completed periods in a row finish the streak; the count then starts again at 1. `null`: endless. */
  completionTargetValue: number | null
  /** IANA time zone in its exact spelling, in which periods begin and end. Default: that of the account. */
  timezone: string
  /** The first day of a week, for `weekly` streaks. */
  weekStartsOn: 'monday' | 'sunday'
  /** How long before a period ends members are told that they are at risk: at most 23 on daily streaks, 167 on weekly, 671 on monthly ones. `null`: 6, 24, 72. */
  atRiskHours: number | null
  /** When the record was made. UTC with milliseconds, as every time in an answer. */
  createdAt: string
  /** When the record last changed. */
  updatedAt: string
}

export interface StreakCreate {
  /** For people. */
  name: string
  /** For people. */
  description?: string | null
  /** Only a `live` streak takes logs. Pausing stops logs, not the clock: periods end as ever. */
  status?: 'draft' | 'live' | 'paused' | null
  /** `count` counts logs, `sum` adds up their `activityValue`. */
  aggregationMethod?: 'count' | 'sum' | null
  /** How long a period lasts. Days, weeks and months are those of the `timezone`. */
  aggregationPeriod?: 'daily' | 'weekly' | 'monthly' | null
  /** How much completes a period: a number of logs, or a sum. A whole number on count streaks. */
  aggregationTargetValue: number
  /** How many completed periods in a row finish the streak; the count then starts again at 1. `null`: endless. */
  completionTargetValue?: number | null
  /** IANA time zone in its exact spelling, in which periods begin and end. Default: that of the account. */
  timezone?: string | null
  /** The first day of a week, for `weekly` streaks. */
  weekStartsOn?: 'monday' | 'sunday' | null
  /** How long before a period ends members are told that they are at risk: at most 23 on daily streaks, 167 on weekly, 671 on monthly ones. `null`: 6, 24, 72. */
  atRiskHours?: number | null
}

export interface StreakPatch {
  /** For people. */
  name?: string
  /** For people. */
  description?: string | null
  /** Only a `live` streak takes logs. Pausing stops logs, not the clock: periods end as ever. */
  status?: 'draft' | 'live' | 'paused'
  /** `count` counts logs, `sum` adds up their `activityValue`. */
  aggregationMethod?: 'count' | 'sum'
  /** How long a period lasts. Days, weeks and months are those of the `timezone`. */
  aggregationPeriod?: 'daily' | 'weekly' | 'monthly'
  /** How much completes a period: a number of logs, or a sum. A whole number on count streaks. */
  aggregationTargetValue?: number
  /** How many completed periods in a row finish the streak; the count then starts again at 1. `null`: endless. */
  completionTargetValue?: number | null
  /** IANA time zone in its exact spelling, in which periods begin and end. Default: that of the account. */
  timezone?: string
  /** The first day of a week, for `weekly` streaks. */
  weekStartsOn?: 'monday' | 'sunday'
  /** How long before a period ends members are told that they are at risk: at most 23 on daily streaks, 167 on weekly, 671 on monthly ones. `null`: 6, 24, 72. */
  atRiskHours?: number | null
}

export interface StreaksForecast {
  streak: {
    name?: string | null
    description?: string | null
    status?: 'draft' | 'live' | 'paused' | null
    aggregationMethod?: 'count' | 'sum' | null
    aggregationPeriod?: 'daily' | 'weekly' | 'monthly' | null
    aggregationTargetValue: number
    completionTargetValue?: number | null
    timezone?: string | null
    weekStartsOn?: 'monday' | 'sunday' | null
    atRiskHours?: number | null
  }
  milestones?:
    | {
        name?: string | null
        description?: string | null
        milestoneTargetValue: number
        status?: 'draft' | 'live' | 'paused' | null
        eudMilestoneRewardInstructionMessage?: string | null
        milestoneMetric?: 'consecutive_count' | 'current_progress_value' | null
        milestoneRepeat?: 'every_streak' | 'every_period' | 'once' | null
        reward?: {
          providerId?: string | null
          discount: {
            percentage?: number | null
            amount?: number | null
            currency?: string | null
          }
          expiresInDays?: number | null
          holdDays?: number | null
          minimumSubtotal?: number | null
          prefix?: string | null
        } | null
        onWithdrawal?: 'keep' | 'revoke' | null
        caps?: {
          rewardsPerDay?: number | null
          rewardsPerMonth?: number | null
          rewardsTotal?: number | null
          amountPerMonth?: number | null
          amountTotal?: number | null
          currency?: string | null
        } | null
      }[]
    | null
  rules: {
    activityId?: string | null
    value?: 'one' | 'order_total' | 'order_subtotal' | 'item_count' | null
    currency?: string | null
    minimumValue?: number | null
    identifyBy?: 'customer_id' | 'email' | null
    guests?: 'by_email' | 'ignore' | null
    testOrders?: 'ignore' | 'count' | null
    giftCards?: 'ignore' | 'count' | null
    rewardWithinDays?: number | null
    tags?: string[] | null
    products?: string[] | null
    channels?: string[] | null
    connectorId: string
    streakId?: string | null
  }[]
  since: string
  until?: string | null
}

export interface StreakForecast {
  /** Distinct purchases that count, as the orders stand now. */
  orders: number
  /** Distinct buyers of those. */
  members: number
  /** Completed periods, summed over members. */
  periods: number
  /** The highest count that any member reached. */
  longest: number
  /** One for each milestone, in their order. */
  rewards: {
    /** Its place, from 0. */
    milestone: number
    count: number
    members: number
    amount: {
      value: number
      currency: string
      /** A percentage of the average counted order; a fixed amount is no estimate. */
      estimated: boolean
    } | null
  }[]
  /** Each period from that of `since` to that of `until`, empty ones too. */
  byPeriod: {
    key: string
    startsAt: string
    endsAt: string
    orders: number
    members: number
    completed: number
    rewards: number
  }[]
  /** Members that are `at_risk` at `until`. */
  atRiskNow: number
  complete: boolean
  /** What is not known, and why; empty where `complete` is true. */
  incomplete: {
    connectorId: string
    code: 'NOT_INSTALLED' | 'BODIES_GONE' | 'SIXTY_DAYS' | 'TOO_LONG'
    message: string
  }[]
}

export interface StreakNow {
  /** The period of now, by the time zone of the streak. */
  periodKey: string
  periodEndAt: string
  /** Members whose count is above 0: `done` and `atRisk` together. */
  running: number
  /** Members who completed the period. */
  done: number
  /** Members whose count is above 0 and who have not completed the period yet. */
  atRisk: number
  /** `done` and `atRisk` are each counted up to 100,000. */
  capped: boolean
}

/** A comparison, or conditions under `and` or `or`: at most 5 deep, 50 comparisons. */
export type StreakFilter = StreakFilterComparison | StreakFilterAll | StreakFilterAny

/** Lists are for IN and NOT_IN; IS_NULL and IS_NOT_NULL take nothing. */
export type StreakFilterComparison =
  | {
      fieldSlug: 'id'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
      value: string
    }
  | {
      fieldSlug: 'id'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'name'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
        | 'STARTS_WITH'
        | 'CONTAINS'
      value: string
    }
  | {
      fieldSlug: 'name'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'description' | 'timezone'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
        | 'STARTS_WITH'
      value: string
    }
  | {
      fieldSlug: 'description' | 'timezone'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'status'
      operator: 'EQUALS' | 'NOT_EQUALS'
      value: 'draft' | 'live' | 'paused'
    }
  | {
      fieldSlug: 'status'
      operator: 'IN' | 'NOT_IN'
      value: ('draft' | 'live' | 'paused')[]
    }
  | {
      fieldSlug: 'aggregationMethod'
      operator: 'EQUALS' | 'NOT_EQUALS'
      value: 'count' | 'sum'
    }
  | {
      fieldSlug: 'aggregationMethod'
      operator: 'IN' | 'NOT_IN'
      value: ('count' | 'sum')[]
    }
  | {
      fieldSlug: 'aggregationPeriod'
      operator: 'EQUALS' | 'NOT_EQUALS'
      value: 'daily' | 'weekly' | 'monthly'
    }
  | {
      fieldSlug: 'aggregationPeriod'
      operator: 'IN' | 'NOT_IN'
      value: ('daily' | 'weekly' | 'monthly')[]
    }
  | {
      fieldSlug: 'aggregationTargetValue'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
      value: number
    }
  | {
      fieldSlug: 'aggregationTargetValue'
      operator: 'IN' | 'NOT_IN'
      value: number[]
    }
  | {
      fieldSlug: 'completionTargetValue' | 'atRiskHours'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
      value: number
    }
  | {
      fieldSlug: 'completionTargetValue' | 'atRiskHours'
      operator: 'IN' | 'NOT_IN'
      value: number[]
    }
  | {
      fieldSlug: 'weekStartsOn'
      operator: 'EQUALS' | 'NOT_EQUALS'
      value: 'monday' | 'sunday'
    }
  | {
      fieldSlug: 'weekStartsOn'
      operator: 'IN' | 'NOT_IN'
      value: ('monday' | 'sunday')[]
    }
  | {
      fieldSlug: 'createdAt' | 'updatedAt'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
      value: string
    }
  | {
      fieldSlug: 'createdAt' | 'updatedAt'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug:
        | 'id'
        | 'name'
        | 'description'
        | 'timezone'
        | 'status'
        | 'aggregationMethod'
        | 'aggregationPeriod'
        | 'aggregationTargetValue'
        | 'completionTargetValue'
        | 'atRiskHours'
        | 'weekStartsOn'
        | 'createdAt'
        | 'updatedAt'
      operator: 'IS_NULL' | 'IS_NOT_NULL'
      value?: null
    }

export interface StreakFilterAll {
  and: StreakFilter[]
}

export interface StreakFilterAny {
  or: StreakFilter[]
}

export interface StreakLog {
  /** Set by the platform; never changes. */
  id: string
  /** The streak this log contributes to. */
  streakId: string
  /** The member who acted. On create: this or `ownedBy`, not both. */
  ownedById: string
  /** When the activity took place; it decides which period the log falls into. May be arbitrarily late, at most 5 minutes ahead. */
  activityAt: string
  /** What was done: `made_a_purchase`, `visited_store`, `completed_workout`, … */
  activityId: string
  /** Your id of this event (order id, visit id, …): the guard against counting it twice. */
  uniqueIdentifier: string
  /** How much. Required on sum streaks; kept but ignored on count streaks. */
  activityValue: number | null
  /** A log that is not `live` is stored and never counted. */
  status: 'draft' | 'live' | 'paused'
  /** It counts like any other and is granted nothing, neither then nor later. */
  quiet: boolean
  /** When the record was made. UTC with milliseconds, as every time in an answer. */
  createdAt: string
  /** When the record last changed. */
  updatedAt: string
  /** The streak. */
  streak: Streak
  /** The progress of the period of `activityAt`, with this log in it. */
  streakProgress: StreakProgress | null
  /** The last of `achievedMilestones`; `null` when there is none. */
  achievedMilestone: Milestone | null
  /** What the member is working toward; `null` when nothing is left. */
  nextMilestone: Milestone | null
  /** The last of `achievedMilestoneRewardLogs`; `null` when there is none. */
  achievedMilestoneRewardLog: RewardLog | null
  /** Every milestone this log crossed. */
  achievedMilestones: Milestone[]
  /** The rewards they granted, in the same order. */
  achievedMilestoneRewardLogs: RewardLog[]
}

export interface StreakLogCreate {
  /** The streak this log contributes to. */
  streakId: string
  /** The member who acted. On create: this or `ownedBy`, not both. */
  ownedById?: string | null
  /** The member by its `externalId`, made or updated with the log. Absent profile fields stay. */
  ownedBy?: {
    /** Your own id of the member. */
    externalId: string
    firstName?: string | null
    lastName?: string | null
    email?: string | null
    /** E.164, such as +14155552671. */
    phoneNumber?: string | null
  } | null
  /** When the activity took place; it decides which period the log falls into. May be arbitrarily late, at most 5 minutes ahead. */
  activityAt: string
  /** What was done: `made_a_purchase`, `visited_store`, `completed_workout`, … */
  activityId: string
  /** Your id of this event (order id, visit id, …): the guard against counting it twice. */
  uniqueIdentifier: string
  /** How much. Required on sum streaks; kept but ignored on count streaks. */
  activityValue?: number | null
  /** A log that is not `live` is stored and never counted. */
  status?: 'draft' | 'live' | 'paused' | null
  /** It counts like any other and is granted nothing, neither then nor later. */
  quiet?: boolean | null
}

export interface StreakLogWithdrawal {
  reason: string
  /** Your id of this event (order id, visit id, …): the guard against counting it twice. */
  uniqueIdentifier: string
  value?: number | null
}

export interface StreakLogReinstatement {
  reason: string
  withdrawalId: string
}

/** A comparison, or conditions under `and` or `or`: at most 5 deep, 50 comparisons. */
export type StreakLogFilter = StreakLogFilterComparison | StreakLogFilterAll | StreakLogFilterAny

/** Lists are for IN and NOT_IN; IS_NULL and IS_NOT_NULL take nothing. */
export type StreakLogFilterComparison =
  | {
      fieldSlug: 'id' | 'streakId' | 'ownedById'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
      value: string
    }
  | {
      fieldSlug: 'id' | 'streakId' | 'ownedById'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'activityAt' | 'createdAt' | 'updatedAt'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
      value: string
    }
  | {
      fieldSlug: 'activityAt' | 'createdAt' | 'updatedAt'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'activityId' | 'uniqueIdentifier'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
        | 'STARTS_WITH'
      value: string
    }
  | {
      fieldSlug: 'activityId' | 'uniqueIdentifier'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'activityValue'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
      value: number
    }
  | {
      fieldSlug: 'activityValue'
      operator: 'IN' | 'NOT_IN'
      value: number[]
    }
  | {
      fieldSlug: 'status'
      operator: 'EQUALS' | 'NOT_EQUALS'
      value: 'draft' | 'live' | 'paused'
    }
  | {
      fieldSlug: 'status'
      operator: 'IN' | 'NOT_IN'
      value: ('draft' | 'live' | 'paused')[]
    }
  | {
      fieldSlug: 'quiet'
      operator: 'EQUALS' | 'NOT_EQUALS'
      value: boolean
    }
  | {
      fieldSlug: 'quiet'
      operator: 'IN' | 'NOT_IN'
      value: boolean[]
    }
  | {
      fieldSlug:
        | 'id'
        | 'streakId'
        | 'ownedById'
        | 'activityAt'
        | 'createdAt'
        | 'updatedAt'
        | 'activityId'
        | 'uniqueIdentifier'
        | 'activityValue'
        | 'status'
        | 'quiet'
      operator: 'IS_NULL' | 'IS_NOT_NULL'
      value?: null
    }

export interface StreakLogFilterAll {
  and: StreakLogFilter[]
}

export interface StreakLogFilterAny {
  or: StreakLogFilter[]
}

export interface StreakProgress {
  /** Set by the platform; never changes. */
  id: string
  /** The streak. */
  streakId: string
  /** The member. */
  ownedById: string
  /** The period: `2026-11-22` of a day, the date of its first day of a week, `2026-11` of a month. */
  periodKey: string
  /** When the period begins, in the streak’s time zone. */
  periodStartAt: string
  /** When the next period begins. */
  periodEndAt: string
  /** The logs of the period, counted or added up, less what was withdrawn. */
  currentProgressValue: number
  /** As on the streak. */
  aggregationTargetValue: number
  /** As of the moment of the request: `completed` when the target is reached, else `in_progress` while the period lasts and `broken` once it is over. */
  streakProgressStatus: 'in_progress' | 'completed' | 'broken'
  /** The place of this period in its row of completed ones; if it is not completed, that of the period before it. Computed when read: it can be neither filtered nor sorted. */
  consecutiveCount: number
  /** The highest `consecutiveCount` of this member on this streak. Computed when read: it can be neither filtered nor sorted. */
  longestConsecutiveCount: number
  /** The first activity of the row that `consecutiveCount` counts; `null` where that is 0. Computed when read: it can be neither filtered nor sorted. */
  streakStartedAt: string | null
  /** The end of this period, when it broke a row. Computed when read: it can be neither filtered nor sorted. */
  streakBrokenAt: string | null
  /** When the streak’s `completionTargetValue` was reached in this period. Computed when read: it can be neither filtered nor sorted. */
  streakCompletedAt: string | null
  /** When the record was made. UTC with milliseconds, as every time in an answer. */
  createdAt: string
  /** When the record last changed. */
  updatedAt: string
}

/** A comparison, or conditions under `and` or `or`: at most 5 deep, 50 comparisons. */
export type StreakProgressFilter =
  | StreakProgressFilterComparison
  | StreakProgressFilterAll
  | StreakProgressFilterAny

/** Lists are for IN and NOT_IN; IS_NULL and IS_NOT_NULL take nothing. */
export type StreakProgressFilterComparison =
  | {
      fieldSlug: 'id' | 'streakId' | 'ownedById'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
      value: string
    }
  | {
      fieldSlug: 'id' | 'streakId' | 'ownedById'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'periodKey'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
        | 'STARTS_WITH'
      value: string
    }
  | {
      fieldSlug: 'periodKey'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'periodStartAt' | 'periodEndAt' | 'createdAt' | 'updatedAt'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
      value: string
    }
  | {
      fieldSlug: 'periodStartAt' | 'periodEndAt' | 'createdAt' | 'updatedAt'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'currentProgressValue'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
      value: number
    }
  | {
      fieldSlug: 'currentProgressValue'
      operator: 'IN' | 'NOT_IN'
      value: number[]
    }
  | {
      fieldSlug: 'aggregationTargetValue'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
      value: number
    }
  | {
      fieldSlug: 'aggregationTargetValue'
      operator: 'IN' | 'NOT_IN'
      value: number[]
    }
  | {
      fieldSlug: 'streakProgressStatus'
      operator: 'EQUALS' | 'NOT_EQUALS'
      value: 'in_progress' | 'completed' | 'broken'
    }
  | {
      fieldSlug: 'streakProgressStatus'
      operator: 'IN' | 'NOT_IN'
      value: ('in_progress' | 'completed' | 'broken')[]
    }
  | {
      fieldSlug:
        | 'id'
        | 'streakId'
        | 'ownedById'
        | 'periodKey'
        | 'periodStartAt'
        | 'periodEndAt'
        | 'createdAt'
        | 'updatedAt'
        | 'currentProgressValue'
        | 'aggregationTargetValue'
        | 'streakProgressStatus'
      operator: 'IS_NULL' | 'IS_NOT_NULL'
      value?: null
    }

export interface StreakProgressFilterAll {
  and: StreakProgressFilter[]
}

export interface StreakProgressFilterAny {
  or: StreakProgressFilter[]
}

export interface MemberStreak {
  /** Set by the platform; never changes. */
  id: string
  /** The streak. */
  streakId: string
  /** The member. */
  ownedById: string
  /** Completed periods in a row, up to now. */
  currentConsecutiveCount: number
  /** The most there ever were. */
  longestConsecutiveCount: number
  /** How often the streak was finished; 0 on endless streaks. As the ledger stands: a late log may move it. */
  completedCycles: number
  /** The period of this moment. */
  currentPeriodKey: string
  /** What was done in it. */
  currentProgressValue: number
  /** When it ends. */
  currentPeriodEndAt: string
  /** `active`: this period is done. `at_risk`: it is not, and the count is above 0. `inactive`: neither. */
  streakStatus: 'active' | 'at_risk' | 'inactive'
  /** The end of the latest period that broke a row; `null` if none did. */
  lastBrokenAt: string | null
  /** The latest activity of a live log. */
  lastActivityAt: string
  /** What the member is working toward; `null` when nothing is left. */
  nextMilestone: Milestone | null
  /** When the record was made. UTC with milliseconds, as every time in an answer. */
  createdAt: string
  /** When the record last changed. */
  updatedAt: string
}

/** A comparison, or conditions under `and` or `or`: at most 5 deep, 50 comparisons. */
export type MemberStreakFilter = MemberStreakFilterComparison | MemberStreakFilterAll | MemberStreakFilterAny

/** Lists are for IN and NOT_IN; IS_NULL and IS_NOT_NULL take nothing. */
export type MemberStreakFilterComparison =
  | {
      fieldSlug: 'id' | 'streakId' | 'ownedById'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
      value: string
    }
  | {
      fieldSlug: 'id' | 'streakId' | 'ownedById'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'lastActivityAt' | 'createdAt' | 'updatedAt'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
      value: string
    }
  | {
      fieldSlug: 'lastActivityAt' | 'createdAt' | 'updatedAt'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'id' | 'streakId' | 'ownedById' | 'lastActivityAt' | 'createdAt' | 'updatedAt'
      operator: 'IS_NULL' | 'IS_NOT_NULL'
      value?: null
    }

export interface MemberStreakFilterAll {
  and: MemberStreakFilter[]
}

export interface MemberStreakFilterAny {
  or: MemberStreakFilter[]
}

export interface Milestone {
  /** Set by the platform; never changes. */
  id: string
  /** What the milestone belongs to: always a streak. */
  linkedSchemaSlug: 'streak'
  /** The streak it belongs to. */
  linkedSchemaRecordId: string
  /** For people. */
  name: string
  /** For people. */
  description: string
  /** The number to reach. With `consecutive_count` a whole number, and not above the streak’s `completionTargetValue`. */
  milestoneTargetValue: number
  /** Only a `live` milestone grants rewards. */
  status: 'draft' | 'live' | 'paused'
  /** What an end user is told about the reward. */
  eudMilestoneRewardInstructionMessage: string | null
  /** What has to reach the target: completed periods in a row, or the progress inside one period. */
  milestoneMetric: 'consecutive_count' | 'current_progress_value'
  /** How often a member can earn it: with `consecutive_count` `every_streak` (default) or `once`, with `current_progress_value` `every_period` (default) or `once`. */
  milestoneRepeat: 'every_streak' | 'every_period' | 'once'
  /** The coupon to make. `null`: your backend fulfils the reward itself, by a PATCH of the reward log. */
  reward: {
    providerId: string
    discount:
      | {
          percentage: number
        }
      | {
          amount: number
          currency: string
        }
    expiresInDays?: number
    holdDays?: number
    minimumSubtotal?: number
    prefix?: string
  } | null
  /** What happens to an issued reward whose ground a withdrawal takes away. */
  onWithdrawal: 'keep' | 'revoke'
  /** How much is let through to coupon providers; what exceeds it is held, never dropped. Null: no limit. */
  caps: {
    rewardsPerDay?: number
    rewardsPerMonth?: number
    rewardsTotal?: number
    amountPerMonth?: number
    amountTotal?: number
    currency?: string
  } | null
  /** When the record was made. UTC with milliseconds, as every time in an answer. */
  createdAt: string
  /** When the record last changed. */
  updatedAt: string
}

export interface MilestoneCreate {
  /** What the milestone belongs to: always a streak. */
  linkedSchemaSlug?: 'streak' | null
  /** The streak it belongs to. */
  linkedSchemaRecordId: string
  /** For people. */
  name: string
  /** For people. */
  description?: string | null
  /** The number to reach. With `consecutive_count` a whole number, and not above the streak’s `completionTargetValue`. */
  milestoneTargetValue: number
  /** Only a `live` milestone grants rewards. */
  status?: 'draft' | 'live' | 'paused' | null
  /** What an end user is told about the reward. */
  eudMilestoneRewardInstructionMessage?: string | null
  /** What has to reach the target: completed periods in a row, or the progress inside one period. */
  milestoneMetric?: 'consecutive_count' | 'current_progress_value' | null
  /** How often a member can earn it: with `consecutive_count` `every_streak` (default) or `once`, with `current_progress_value` `every_period` (default) or `once`. */
  milestoneRepeat?: 'every_streak' | 'every_period' | 'once' | null
  /** The coupon to make. `null`: your backend fulfils the reward itself, by a PATCH of the reward log. */
  reward?: {
    providerId: string
    /** Either `percentage`, or `amount` and `currency`. */
    discount: {
      /** Above 0, at most 100. */
      percentage?: number | null
      /** In whole units of the currency, not in cents. */
      amount?: number | null
      /** ISO 4217, in any case. */
      currency?: string | null
    }
    /** Days from the making of the coupon to its end. Absent: the provider decides. */
    expiresInDays?: number | null
    /** So many times 24 hours after the grant the coupon is made, and not at all if its ground is gone by then: 0 (default) to 90. */
    holdDays?: number | null
    /** The smallest order that the coupon is good for. */
    minimumSubtotal?: number | null
    /** What each code begins with. */
    prefix?: string | null
  } | null
  /** What happens to an issued reward whose ground a withdrawal takes away. */
  onWithdrawal?: 'keep' | 'revoke' | null
  /** How much is let through to coupon providers; what exceeds it is held, never dropped. Null: no limit. */
  caps?: {
    /** In a day of the account’s `timezone`. */
    rewardsPerDay?: number | null
    /** In a month of the account’s `timezone`. */
    rewardsPerMonth?: number | null
    /** In all. */
    rewardsTotal?: number | null
    /** Of discounts that are amounts in `currency`, in a month. */
    amountPerMonth?: number | null
    /** The same in all. */
    amountTotal?: number | null
    /** ISO 4217, in any case; required with an amount. */
    currency?: string | null
  } | null
}

export interface MilestonePatch {
  /** What the milestone belongs to: always a streak. */
  linkedSchemaSlug?: 'streak'
  /** The streak it belongs to. */
  linkedSchemaRecordId?: string
  /** For people. */
  name?: string
  /** For people. */
  description?: string | null
  /** The number to reach. With `consecutive_count` a whole number, and not above the streak’s `completionTargetValue`. */
  milestoneTargetValue?: number
  /** Only a `live` milestone grants rewards. */
  status?: 'draft' | 'live' | 'paused'
  /** What an end user is told about the reward. */
  eudMilestoneRewardInstructionMessage?: string | null
  /** What has to reach the target: completed periods in a row, or the progress inside one period. */
  milestoneMetric?: 'consecutive_count' | 'current_progress_value'
  /** How often a member can earn it: with `consecutive_count` `every_streak` (default) or `once`, with `current_progress_value` `every_period` (default) or `once`. */
  milestoneRepeat?: 'every_streak' | 'every_period' | 'once'
  /** The coupon to make. `null`: your backend fulfils the reward itself, by a PATCH of the reward log. */
  reward?: {
    providerId: string
    /** Either `percentage`, or `amount` and `currency`. */
    discount: {
      /** Above 0, at most 100. */
      percentage?: number | null
      /** In whole units of the currency, not in cents. */
      amount?: number | null
      /** ISO 4217, in any case. */
      currency?: string | null
    }
    /** Days from the making of the coupon to its end. Absent: the provider decides. */
    expiresInDays?: number | null
    /** So many times 24 hours after the grant the coupon is made, and not at all if its ground is gone by then: 0 (default) to 90. */
    holdDays?: number | null
    /** The smallest order that the coupon is good for. */
    minimumSubtotal?: number | null
    /** What each code begins with. */
    prefix?: string | null
  } | null
  /** What happens to an issued reward whose ground a withdrawal takes away. */
  onWithdrawal?: 'keep' | 'revoke'
  /** How much is let through to coupon providers; what exceeds it is held, never dropped. Null: no limit. */
  caps?: {
    /** In a day of the account’s `timezone`. */
    rewardsPerDay?: number | null
    /** In a month of the account’s `timezone`. */
    rewardsPerMonth?: number | null
    /** In all. */
    rewardsTotal?: number | null
    /** Of discounts that are amounts in `currency`, in a month. */
    amountPerMonth?: number | null
    /** The same in all. */
    amountTotal?: number | null
    /** ISO 4217, in any case; required with an amount. */
    currency?: string | null
  } | null
}

/** A comparison, or conditions under `and` or `or`: at most 5 deep, 50 comparisons. */
export type MilestoneFilter = MilestoneFilterComparison | MilestoneFilterAll | MilestoneFilterAny

/** Lists are for IN and NOT_IN; IS_NULL and IS_NOT_NULL take nothing. */
export type MilestoneFilterComparison =
  | {
      fieldSlug: 'id' | 'linkedSchemaRecordId'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
      value: string
    }
  | {
      fieldSlug: 'id' | 'linkedSchemaRecordId'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'linkedSchemaSlug'
      operator: 'EQUALS' | 'NOT_EQUALS'
      value: 'streak'
    }
  | {
      fieldSlug: 'linkedSchemaSlug'
      operator: 'IN' | 'NOT_IN'
      value: 'streak'[]
    }
  | {
      fieldSlug: 'name'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
        | 'STARTS_WITH'
        | 'CONTAINS'
      value: string
    }
  | {
      fieldSlug: 'name'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'description' | 'eudMilestoneRewardInstructionMessage'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
        | 'STARTS_WITH'
      value: string
    }
  | {
      fieldSlug: 'description' | 'eudMilestoneRewardInstructionMessage'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'milestoneTargetValue'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
      value: number
    }
  | {
      fieldSlug: 'milestoneTargetValue'
      operator: 'IN' | 'NOT_IN'
      value: number[]
    }
  | {
      fieldSlug: 'status'
      operator: 'EQUALS' | 'NOT_EQUALS'
      value: 'draft' | 'live' | 'paused'
    }
  | {
      fieldSlug: 'status'
      operator: 'IN' | 'NOT_IN'
      value: ('draft' | 'live' | 'paused')[]
    }
  | {
      fieldSlug: 'milestoneMetric'
      operator: 'EQUALS' | 'NOT_EQUALS'
      value: 'consecutive_count' | 'current_progress_value'
    }
  | {
      fieldSlug: 'milestoneMetric'
      operator: 'IN' | 'NOT_IN'
      value: ('consecutive_count' | 'current_progress_value')[]
    }
  | {
      fieldSlug: 'milestoneRepeat'
      operator: 'EQUALS' | 'NOT_EQUALS'
      value: 'every_streak' | 'every_period' | 'once'
    }
  | {
      fieldSlug: 'milestoneRepeat'
      operator: 'IN' | 'NOT_IN'
      value: ('every_streak' | 'every_period' | 'once')[]
    }
  | {
      fieldSlug: 'onWithdrawal'
      operator: 'EQUALS' | 'NOT_EQUALS'
      value: 'keep' | 'revoke'
    }
  | {
      fieldSlug: 'onWithdrawal'
      operator: 'IN' | 'NOT_IN'
      value: ('keep' | 'revoke')[]
    }
  | {
      fieldSlug: 'createdAt' | 'updatedAt'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
      value: string
    }
  | {
      fieldSlug: 'createdAt' | 'updatedAt'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug:
        | 'id'
        | 'linkedSchemaRecordId'
        | 'linkedSchemaSlug'
        | 'name'
        | 'description'
        | 'eudMilestoneRewardInstructionMessage'
        | 'milestoneTargetValue'
        | 'status'
        | 'milestoneMetric'
        | 'milestoneRepeat'
        | 'onWithdrawal'
        | 'createdAt'
        | 'updatedAt'
      operator: 'IS_NULL' | 'IS_NOT_NULL'
      value?: null
    }

export interface MilestoneFilterAll {
  and: MilestoneFilter[]
}

export interface MilestoneFilterAny {
  or: MilestoneFilter[]
}

export interface RewardLog {
  /** Set by the platform; never changes. */
  id: string
  /** Always a streak. */
  linkedSchemaSlug: 'streak'
  /** The streak. */
  linkedSchemaRecordId: string
  /** The milestone that was crossed. */
  milestoneId: string
  /** The milestone; `null` when it is gone. */
  milestone: Milestone | null
  /** The member. */
  ownedById: string
  /** The log that crossed it. */
  streakLogId: string
  /** The period in which the target was reached. */
  periodKey: string
  /** The coupon; `null` until it is issued. */
  couponCode: string | null
  /** When the coupon was made. */
  rewardIssuedAt: string | null
  /** When the coupon ends. After `rewardIssuedAt`. */
  rewardExpiryAt: string | null
  /** `pending` to be fulfilled · `held` for now · `issuing` being made · `issued` · `failed` · `revoking` · `revoked`. */
  fulfilmentStatus: 'pending' | 'held' | 'issuing' | 'issued' | 'failed' | 'revoking' | 'revoked'
  /** What it waits for: `hold_period` the end of its hold, `cap` room below a cap, `provider_paused` its coupon provider. */
  heldReason: 'hold_period' | 'cap' | 'provider_paused' | null
  /** When its hold ends; or when a cap let it go, or it came back. `expiresInDays` counts from then. */
  fulfilAfter: string | null
  /** Why it waits, and `until` when where that is known: its hold, a cap, its provider. `null` where it does not. */
  waitsFor: {
    code:
      | 'HOLD_PERIOD'
      | 'CAP_REACHED'
      | 'PROVIDER_PAUSED'
      | 'PROVIDER_REFUSES'
      | 'PROVIDER_THROTTLED'
      | 'PROVIDER_IN_TROUBLE'
      | 'CAMPAIGN_EXHAUSTED'
      | 'POOL_EMPTY'
    message: string
    until: string | null
  } | null
  /** Why no coupon was made. */
  failureReason: string | null
  /** Whether the coupon was used: `yes` once an order named it, else asked when it was revoked. */
  couponUsed: 'yes' | 'no' | 'unknown' | null
  /** When the order was made that named the coupon; else when its provider was found to know of its use. */
  redeemedAt: string | null
  /** That order, as its platform calls it; null where only the provider knows of the use. */
  redeemedOrderId: string | null
  /** As on the milestone at the crossing; `null`: your backend fulfils it. */
  reward: {
    providerId: string
    discount:
      | {
          percentage: number
        }
      | {
          amount: number
          currency: string
        }
    expiresInDays?: number
    holdDays?: number
    minimumSubtotal?: number
    prefix?: string
  } | null
  /** As on the milestone at the crossing. */
  onWithdrawal: 'keep' | 'revoke'
  /** When the record was made. UTC with milliseconds, as every time in an answer. */
  createdAt: string
  /** When the record last changed. */
  updatedAt: string
}

export interface RewardLogPatch {
  /** The coupon; `null` until it is issued. */
  couponCode?: string | null
  /** When the coupon was made. */
  rewardIssuedAt?: string | null
  /** When the coupon ends. After `rewardIssuedAt`. */
  rewardExpiryAt?: string | null
}

export type RewardLogReplay = Record<string, never>

export interface RewardLogAbandon {
  reason: string
}

/** A comparison, or conditions under `and` or `or`: at most 5 deep, 50 comparisons. */
export type RewardLogFilter = RewardLogFilterComparison | RewardLogFilterAll | RewardLogFilterAny

/** Lists are for IN and NOT_IN; IS_NULL and IS_NOT_NULL take nothing. */
export type RewardLogFilterComparison =
  | {
      fieldSlug: 'id' | 'linkedSchemaRecordId' | 'milestoneId' | 'ownedById' | 'streakLogId'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
      value: string
    }
  | {
      fieldSlug: 'id' | 'linkedSchemaRecordId' | 'milestoneId' | 'ownedById' | 'streakLogId'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'linkedSchemaSlug'
      operator: 'EQUALS' | 'NOT_EQUALS'
      value: 'streak'
    }
  | {
      fieldSlug: 'linkedSchemaSlug'
      operator: 'IN' | 'NOT_IN'
      value: 'streak'[]
    }
  | {
      fieldSlug: 'periodKey' | 'couponCode' | 'failureReason' | 'redeemedOrderId'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
        | 'STARTS_WITH'
      value: string
    }
  | {
      fieldSlug: 'periodKey' | 'couponCode' | 'failureReason' | 'redeemedOrderId'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug:
        | 'rewardIssuedAt'
        | 'rewardExpiryAt'
        | 'fulfilAfter'
        | 'redeemedAt'
        | 'createdAt'
        | 'updatedAt'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
      value: string
    }
  | {
      fieldSlug:
        | 'rewardIssuedAt'
        | 'rewardExpiryAt'
        | 'fulfilAfter'
        | 'redeemedAt'
        | 'createdAt'
        | 'updatedAt'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'fulfilmentStatus'
      operator: 'EQUALS' | 'NOT_EQUALS'
      value: 'pending' | 'held' | 'issuing' | 'issued' | 'failed' | 'revoking' | 'revoked'
    }
  | {
      fieldSlug: 'fulfilmentStatus'
      operator: 'IN' | 'NOT_IN'
      value: ('pending' | 'held' | 'issuing' | 'issued' | 'failed' | 'revoking' | 'revoked')[]
    }
  | {
      fieldSlug: 'heldReason'
      operator: 'EQUALS' | 'NOT_EQUALS'
      value: 'hold_period' | 'cap' | 'provider_paused'
    }
  | {
      fieldSlug: 'heldReason'
      operator: 'IN' | 'NOT_IN'
      value: ('hold_period' | 'cap' | 'provider_paused')[]
    }
  | {
      fieldSlug: 'couponUsed'
      operator: 'EQUALS' | 'NOT_EQUALS'
      value: 'yes' | 'no' | 'unknown'
    }
  | {
      fieldSlug: 'couponUsed'
      operator: 'IN' | 'NOT_IN'
      value: ('yes' | 'no' | 'unknown')[]
    }
  | {
      fieldSlug: 'onWithdrawal'
      operator: 'EQUALS' | 'NOT_EQUALS'
      value: 'keep' | 'revoke'
    }
  | {
      fieldSlug: 'onWithdrawal'
      operator: 'IN' | 'NOT_IN'
      value: ('keep' | 'revoke')[]
    }
  | {
      fieldSlug:
        | 'id'
        | 'linkedSchemaRecordId'
        | 'milestoneId'
        | 'ownedById'
        | 'streakLogId'
        | 'linkedSchemaSlug'
        | 'periodKey'
        | 'couponCode'
        | 'failureReason'
        | 'redeemedOrderId'
        | 'rewardIssuedAt'
        | 'rewardExpiryAt'
        | 'fulfilAfter'
        | 'redeemedAt'
        | 'createdAt'
        | 'updatedAt'
        | 'fulfilmentStatus'
        | 'heldReason'
        | 'couponUsed'
        | 'onWithdrawal'
      operator: 'IS_NULL' | 'IS_NOT_NULL'
      value?: null
    }

export interface RewardLogFilterAll {
  and: RewardLogFilter[]
}

export interface RewardLogFilterAny {
  or: RewardLogFilter[]
}

export interface Member {
  /** Set by the platform; never changes. */
  id: string
  /** Your own id of the member; unique in the account. */
  externalId: string
  firstName: string | null
  lastName: string | null
  email: string | null
  /** E.164, such as +14155552671. */
  phoneNumber: string | null
  /** Only a `live` member takes logs. */
  status: 'draft' | 'live' | 'paused'
  /** When the record was made. UTC with milliseconds, as every time in an answer. */
  createdAt: string
  /** When the record last changed. */
  updatedAt: string
}

export interface MemberCreate {
  /** Your own id of the member; unique in the account. */
  externalId: string
  firstName?: string | null
  lastName?: string | null
  email?: string | null
  /** E.164, such as +14155552671. */
  phoneNumber?: string | null
  /** Only a `live` member takes logs. */
  status?: 'draft' | 'live' | 'paused' | null
}

export interface MemberPatch {
  /** Your own id of the member; unique in the account. */
  externalId?: string
  firstName?: string | null
  lastName?: string | null
  email?: string | null
  /** E.164, such as +14155552671. */
  phoneNumber?: string | null
  /** Only a `live` member takes logs. */
  status?: 'draft' | 'live' | 'paused'
}

export interface MembersErase {
  email: string
  /** Say how much would go, and change nothing. */
  dryRun?: boolean | null
}

export interface AddressErased {
  dryRun: boolean
  members: number
  deliveries: number
  otherMembers: string[]
}

export interface MembersFound {
  members: Member[]
  hasMore: boolean
}

export interface MemberExport {
  member: Member
  streakLogs: {
    id: string
    streakId: string
    ownedById: string
    activityAt: string
    activityId: string
    uniqueIdentifier: string
    activityValue: number | null
    status: 'draft' | 'live' | 'paused'
    quiet: boolean
    createdAt: string
    updatedAt: string
  }[]
  withdrawals: {
    id: string
    streakLogId: string
    ownedById: string
    streakId: string
    kind: 'withdrawal' | 'reinstatement'
    value: number | null
    reason: string
    uniqueIdentifier: string | null
    withdrawalId: string | null
    deliveryId: string | null
    createdAt: string
    updatedAt: string
  }[]
  streakProgress: {
    id: string
    streakId: string
    ownedById: string
    periodKey: string
    periodStartAt: string
    periodEndAt: string
    currentProgressValue: number
    aggregationTargetValue: number
    streakProgressStatus: 'in_progress' | 'completed' | 'broken'
    consecutiveCount: number
    longestConsecutiveCount: number
    streakStartedAt: string | null
    streakBrokenAt: string | null
    streakCompletedAt: string | null
    createdAt: string
    updatedAt: string
  }[]
  memberStreaks: {
    id: string
    streakId: string
    ownedById: string
    currentConsecutiveCount: number
    longestConsecutiveCount: number
    completedCycles: number
    currentPeriodKey: string
    currentProgressValue: number
    currentPeriodEndAt: string
    streakStatus: 'active' | 'at_risk' | 'inactive'
    lastBrokenAt: string | null
    lastActivityAt: string
    nextMilestone: Milestone | null
    createdAt: string
    updatedAt: string
  }[]
  rewardLogs: {
    id: string
    linkedSchemaSlug: 'streak'
    linkedSchemaRecordId: string
    milestoneId: string
    milestone: Milestone | null
    ownedById: string
    streakLogId: string
    periodKey: string
    couponCode: string | null
    rewardIssuedAt: string | null
    rewardExpiryAt: string | null
    fulfilmentStatus: 'pending' | 'held' | 'issuing' | 'issued' | 'failed' | 'revoking' | 'revoked'
    heldReason: 'hold_period' | 'cap' | 'provider_paused' | null
    fulfilAfter: string | null
    waitsFor: {
      code:
        | 'HOLD_PERIOD'
        | 'CAP_REACHED'
        | 'PROVIDER_PAUSED'
        | 'PROVIDER_REFUSES'
        | 'PROVIDER_THROTTLED'
        | 'PROVIDER_IN_TROUBLE'
        | 'CAMPAIGN_EXHAUSTED'
        | 'POOL_EMPTY'
      message: string
      until: string | null
    } | null
    failureReason: string | null
    couponUsed: 'yes' | 'no' | 'unknown' | null
    redeemedAt: string | null
    redeemedOrderId: string | null
    reward: {
      providerId: string
      discount:
        | {
            percentage: number
          }
        | {
            amount: number
            currency: string
          }
      expiresInDays?: number
      holdDays?: number
      minimumSubtotal?: number
      prefix?: string
    } | null
    onWithdrawal: 'keep' | 'revoke'
    createdAt: string
    updatedAt: string
  }[]
  deliveries: {
    id: string
    connectorId: string
    platform: string
    topic: string
    webhookId: string | null
    bodySha256: string
    receivedAt: string
    headers: Record<string, string>
    orderId: string | null
    orderName: string | null
    outcome: 'translated' | 'reported' | 'ignored' | 'noted'
    reason: string | null
    items: {
      ruleIndex: number | null
      streakId: string | null
      status: 'pending' | 'counted' | 'duplicate' | 'ignored' | 'failed' | 'abandoned' | 'waiting' | 'applied'
      reason: string | null
      message: string | null
      streakLogId: string | null
      quiet: boolean | null
      duplicateOfId: string | null
      droppedFields: string[]
      report: {
        object: string
        kind: 'refund' | 'refund_total' | 'dispute' | 'cancellation' | 'transaction'
        state: 'open' | 'taken' | 'given_back'
        amount: string | null
        currency: string | null
      } | null
    }[]
    createdAt: string
    updatedAt: string
    body: string | null
  }[]
}

/** A comparison, or conditions under `and` or `or`: at most 5 deep, 50 comparisons. */
export type MemberFilter = MemberFilterComparison | MemberFilterAll | MemberFilterAny

/** Lists are for IN and NOT_IN; IS_NULL and IS_NOT_NULL take nothing. */
export type MemberFilterComparison =
  | {
      fieldSlug: 'id'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
      value: string
    }
  | {
      fieldSlug: 'id'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'externalId' | 'email' | 'phoneNumber'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
        | 'STARTS_WITH'
      value: string
    }
  | {
      fieldSlug: 'externalId' | 'email' | 'phoneNumber'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'firstName' | 'lastName'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
        | 'STARTS_WITH'
        | 'CONTAINS'
      value: string
    }
  | {
      fieldSlug: 'firstName' | 'lastName'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'status'
      operator: 'EQUALS' | 'NOT_EQUALS'
      value: 'draft' | 'live' | 'paused'
    }
  | {
      fieldSlug: 'status'
      operator: 'IN' | 'NOT_IN'
      value: ('draft' | 'live' | 'paused')[]
    }
  | {
      fieldSlug: 'createdAt' | 'updatedAt'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
      value: string
    }
  | {
      fieldSlug: 'createdAt' | 'updatedAt'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug:
        | 'id'
        | 'externalId'
        | 'email'
        | 'phoneNumber'
        | 'firstName'
        | 'lastName'
        | 'status'
        | 'createdAt'
        | 'updatedAt'
      operator: 'IS_NULL' | 'IS_NOT_NULL'
      value?: null
    }

export interface MemberFilterAll {
  and: MemberFilter[]
}

export interface MemberFilterAny {
  or: MemberFilter[]
}

export interface Account {
  /** Set by the platform; never changes. */
  id: string
  /** For people. */
  name: string
  /** IANA time zone, which new streaks take when they name none; days and months of `caps` are its. */
  timezone: string
  /** Origins of web pages from which end users’ browsers may call. */
  endUserOrigins: string[]
  /** How much is let through to coupon providers; what exceeds it, over all milestones, is held, never dropped. Null: no limit. */
  caps: {
    rewardsPerDay?: number
    rewardsPerMonth?: number
    rewardsTotal?: number
    amountPerMonth?: number
    amountTotal?: number
    currency?: string
  } | null
  /** When the record was made. UTC with milliseconds, as every time in an answer. */
  createdAt: string
  /** When the record last changed. */
  updatedAt: string
}

export interface AccountPatch {
  /** For people. */
  name?: string
  /** IANA time zone, which new streaks take when they name none; days and months of `caps` are its. */
  timezone?: string
  /** Origins of web pages from which end users’ browsers may call. */
  endUserOrigins?: string[] | null
  /** How much is let through to coupon providers; what exceeds it, over all milestones, is held, never dropped. Null: no limit. */
  caps?: {
    /** In a day of the account’s `timezone`. */
    rewardsPerDay?: number | null
    /** In a month of the account’s `timezone`. */
    rewardsPerMonth?: number | null
    /** In all. */
    rewardsTotal?: number | null
    /** Of discounts that are amounts in `currency`, in a month. */
    amountPerMonth?: number | null
    /** The same in all. */
    amountTotal?: number | null
    /** ISO 4217, in any case; required with an amount. */
    currency?: string | null
  } | null
}

/** A comparison, or conditions under `and` or `or`: at most 5 deep, 50 comparisons. */
export type AccountFilter = AccountFilterComparison | AccountFilterAll | AccountFilterAny

/** Lists are for IN and NOT_IN; IS_NULL and IS_NOT_NULL take nothing. */
export type AccountFilterComparison =
  | {
      fieldSlug: 'id'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
      value: string
    }
  | {
      fieldSlug: 'id'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'name' | 'timezone'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
        | 'STARTS_WITH'
      value: string
    }
  | {
      fieldSlug: 'name' | 'timezone'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'createdAt' | 'updatedAt'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
      value: string
    }
  | {
      fieldSlug: 'createdAt' | 'updatedAt'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'id' | 'name' | 'timezone' | 'createdAt' | 'updatedAt'
      operator: 'IS_NULL' | 'IS_NOT_NULL'
      value?: null
    }

export interface AccountFilterAll {
  and: AccountFilter[]
}

export interface AccountFilterAny {
  or: AccountFilter[]
}

export interface ApiKey {
  /** Set by the platform; never changes. */
  id: string
  /** Unique in the account. */
  name: string
  /** For people. */
  description: string
  /** The public half: `x-api-key`, and the `kid` of end users’ tokens. */
  apiKey: string
  /** Only a `live` key authenticates. */
  status: 'draft' | 'live' | 'paused'
  /** When the record was made. UTC with milliseconds, as every time in an answer. */
  createdAt: string
  /** When the record last changed. */
  updatedAt: string
}

export interface ApiKeyCreated {
  /** Set by the platform; never changes. */
  id: string
  /** Unique in the account. */
  name: string
  /** For people. */
  description: string
  /** The public half: `x-api-key`, and the `kid` of end users’ tokens. */
  apiKey: string
  /** Only a `live` key authenticates. */
  status: 'draft' | 'live' | 'paused'
  /** When the record was made. UTC with milliseconds, as every time in an answer. */
  createdAt: string
  /** When the record last changed. */
  updatedAt: string
  /** The secret half: `x-api-secret`. Shown only in the answer to the create. */
  apiSecret: string
}

export interface ApiKeyCreate {
  /** Unique in the account. */
  name: string
  /** For people. */
  description?: string | null
  /** Only a `live` key authenticates. */
  status?: 'draft' | 'live' | 'paused' | null
}

export interface ApiKeyPatch {
  /** Unique in the account. */
  name?: string
  /** For people. */
  description?: string | null
  /** Only a `live` key authenticates. */
  status?: 'draft' | 'live' | 'paused'
}

/** A comparison, or conditions under `and` or `or`: at most 5 deep, 50 comparisons. */
export type ApiKeyFilter = ApiKeyFilterComparison | ApiKeyFilterAll | ApiKeyFilterAny

/** Lists are for IN and NOT_IN; IS_NULL and IS_NOT_NULL take nothing. */
export type ApiKeyFilterComparison =
  | {
      fieldSlug: 'id'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
      value: string
    }
  | {
      fieldSlug: 'id'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'name' | 'description' | 'apiKey'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
        | 'STARTS_WITH'
      value: string
    }
  | {
      fieldSlug: 'name' | 'description' | 'apiKey'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'status'
      operator: 'EQUALS' | 'NOT_EQUALS'
      value: 'draft' | 'live' | 'paused'
    }
  | {
      fieldSlug: 'status'
      operator: 'IN' | 'NOT_IN'
      value: ('draft' | 'live' | 'paused')[]
    }
  | {
      fieldSlug: 'createdAt' | 'updatedAt'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
      value: string
    }
  | {
      fieldSlug: 'createdAt' | 'updatedAt'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'id' | 'name' | 'description' | 'apiKey' | 'status' | 'createdAt' | 'updatedAt'
      operator: 'IS_NULL' | 'IS_NOT_NULL'
      value?: null
    }

export interface ApiKeyFilterAll {
  and: ApiKeyFilter[]
}

export interface ApiKeyFilterAny {
  or: ApiKeyFilter[]
}

export interface Connector {
  /** Set by the platform; never changes. */
  id: string
  /** For people. */
  name: string
  /** Which platform. */
  platform: 'shopify' | 'stripe' | 'woocommerce'
  /** Webhooks of a connector that is not `live` are stored and ignored. Default: `live`; without `credentials` `draft`. */
  status: 'draft' | 'live' | 'paused'
  /** The platform’s own settings. */
  settings: {
    purchaseSpace: string
    shopDomain?: string
    extraScopes?: string[]
    orderIdFrom?: string
    siteUrl?: string
  }
  /** Which purchases feed which streak; at most 50. */
  rules: {
    streakId: string
    activityId: string
    value: 'one' | 'order_total' | 'order_subtotal' | 'item_count'
    currency: string | null
    minimumValue: number | null
    identifyBy: 'customer_id' | 'email'
    guests: 'by_email' | 'ignore'
    testOrders: 'ignore' | 'count'
    giftCards: 'ignore' | 'count'
    rewardWithinDays: number | null
    tags: string[] | null
    products: string[] | null
    channels: string[] | null
  }[]
  /** Where the platform sends its webhooks, on this server. */
  webhookPath: string
  /** The same as the world reaches it; `null` where operators have not said how. */
  webhookUrl: string | null
  /** How it stands with its platform. */
  installation: {
    /** How the merchant let us in; `null`: not yet. */
    method: string | null
    /** `pending` waits for the merchant’s consent. `needs_attention` stops nothing: see `problem`. */
    state: 'none' | 'pending' | 'installed' | 'needs_attention' | 'uninstalled'
    /** What the platform grants, as it names it. */
    scopes: string[]
    /** What is wanted and not granted. */
    missingScopes: string[]
    /** What the platform sends, by topic. */
    subscriptions: {
      topic: string
      state: 'ok' | 'missing' | 'failing'
    }[]
    /** When the platform last answered a check. */
    checkedAt: string | null
    /** When the first webhook came whose signature was right, whatever became of it. */
    firstWebhookAt: string | null
    /** When the last one came, at most a second late. */
    lastWebhookAt: string | null
    /** When the platform last asked whether anybody is there. */
    pingedAt: string | null
    /** Until when it was read back what webhooks may not have delivered. */
    reconciledAt: string | null
    /** How much was found that way in the last 30 days. */
    missed: number
    /** What a merchant should see to, the most important first; its `since` stays while its `code` does. */
    problem: {
      code:
        | 'TOKEN_REFUSED'
        | 'SCOPES_MISSING'
        | 'SUBSCRIPTION_MISSING'
        | 'SUBSCRIPTION_FAILING'
        | 'WEBHOOKS_SILENT'
        | 'SHOP_MISMATCH'
        | 'PLATFORM_UNAVAILABLE'
        | 'CONSENT_DENIED'
        | 'UNINSTALLED'
      message: string
      since: string
    } | null
  }
  /** Webhooks that were refused, mostly for a wrong signature. */
  refusedCount: number
  /** The last 20 of them. */
  recentRefusals: {
    at: string
    reason: string
  }[]
  /** When the record was made. UTC with milliseconds, as every time in an answer. */
  createdAt: string
  /** When the record last changed. */
  updatedAt: string
}

export interface ConnectorCreate {
  /** For people. */
  name: string
  /** Which platform. */
  platform: 'shopify' | 'stripe' | 'woocommerce'
  /** Webhooks of a connector that is not `live` are stored and ignored. Default: `live`; without `credentials` `draft`. */
  status?: 'draft' | 'live' | 'paused' | null
  /** What the platform’s webhooks are checked with. Written, never read back. */
  credentials?:
    | ShopifyConnectorCredentials
    | StripeConnectorCredentials
    | WoocommerceConnectorCredentials
    | null
  /** The platform’s own settings. */
  settings?: ShopifyConnectorSettings | StripeConnectorSettings | WoocommerceConnectorSettings | null
  /** Which purchases feed which streak; at most 50. */
  rules?:
    | {
        /** The streak that is fed. */
        streakId: string
        /** The `activityId` of its logs. */
        activityId?: string | null
        /** What the `activityValue` of its logs is. */
        value?: 'one' | 'order_total' | 'order_subtotal' | 'item_count' | null
        /** ISO 4217. Required where an amount is measured; other currencies are ignored. */
        currency?: string | null
        /** Smaller purchases are ignored. */
        minimumValue?: number | null
        /** What tells members apart. */
        identifyBy?: 'customer_id' | 'email' | null
        /** What to do with an order without a customer id. */
        guests?: 'by_email' | 'ignore' | null
        /** Whether test orders count. */
        testOrders?: 'ignore' | 'count' | null
        /** Whether gift cards that are bought count. Spending one is a purchase like any other. */
        giftCards?: 'ignore' | 'count' | null
        /** A purchase dated further back when it is received makes a quiet log: it counts and is granted nothing. `null`: no limit; absent: 60. */
        rewardWithinDays?: number | null
        /** Only orders that have one of these tags; without case. `null` or absent: all. */
        tags?: string[] | null
        /** Only orders of which one line is one of these: the id of a product or a variant, or a SKU. The order counts whole. `null` or absent: all. */
        products?: string[] | null
        /** Only orders that were placed by one of these channels, such as Shopify’s `web` or `pos`. `null` or absent: all. */
        channels?: string[] | null
      }[]
    | null
}

export interface ConnectorPatch {
  /** For people. */
  name?: string
  /** Which platform. */
  platform?: 'shopify' | 'stripe' | 'woocommerce'
  /** Webhooks of a connector that is not `live` are stored and ignored. Default: `live`; without `credentials` `draft`. */
  status?: 'draft' | 'live' | 'paused'
  /** What the platform’s webhooks are checked with. Written, never read back. */
  credentials?: ShopifyConnectorCredentials | StripeConnectorCredentials | WoocommerceConnectorCredentials
  /** The platform’s own settings. */
  settings?: ShopifyConnectorSettings | StripeConnectorSettings | WoocommerceConnectorSettings
  /** Which purchases feed which streak; at most 50. */
  rules?:
    | {
        /** The streak that is fed. */
        streakId: string
        /** The `activityId` of its logs. */
        activityId?: string | null
        /** What the `activityValue` of its logs is. */
        value?: 'one' | 'order_total' | 'order_subtotal' | 'item_count' | null
        /** ISO 4217. Required where an amount is measured; other currencies are ignored. */
        currency?: string | null
        /** Smaller purchases are ignored. */
        minimumValue?: number | null
        /** What tells members apart. */
        identifyBy?: 'customer_id' | 'email' | null
        /** What to do with an order without a customer id. */
        guests?: 'by_email' | 'ignore' | null
        /** Whether test orders count. */
        testOrders?: 'ignore' | 'count' | null
        /** Whether gift cards that are bought count. Spending one is a purchase like any other. */
        giftCards?: 'ignore' | 'count' | null
        /** A purchase dated further back when it is received makes a quiet log: it counts and is granted nothing. `null`: no limit; absent: 60. */
        rewardWithinDays?: number | null
        /** Only orders that have one of these tags; without case. `null` or absent: all. */
        tags?: string[] | null
        /** Only orders of which one line is one of these: the id of a product or a variant, or a SKU. The order counts whole. `null` or absent: all. */
        products?: string[] | null
        /** Only orders that were placed by one of these channels, such as Shopify’s `web` or `pos`. `null` or absent: all. */
        channels?: string[] | null
      }[]
    | null
}

export interface ShopifyConnectorCredentials {
  webhookSecrets: string[]
  accessToken?: string | null
}

export interface StripeConnectorCredentials {
  webhookSecrets: string[]
  apiKey?: string | null
}

export interface WoocommerceConnectorCredentials {
  webhookSecrets: string[]
}

export interface ShopifyConnectorSettings {
  /** The shop’s own domain. */
  shopDomain: string
  /** Scopes that an install by `oauth` asks for beside `read_orders`, `read_customers` and `write_discounts`. */
  extraScopes?: string[] | null
  /** Connectors that report the same sales are given the same one, so that a purchase counts once. Default: the connector’s id. */
  purchaseSpace?: string | null
}

export interface StripeConnectorSettings {
  /** Where the order id is read from. `payment` (default): each payment is a purchase. `metadata.{key}`: the value under that key, for an account that takes the money of a shop that is connected too. Fixed from the first purchase on. */
  orderIdFrom?: string | null
  /** Connectors that report the same sales are given the same one, so that a purchase counts once. Default: the connector’s id. */
  purchaseSpace?: string | null
}

export interface WoocommerceConnectorSettings {
  /** The address of the shop’s site, `https://` with an optional path. Fixed from the first purchase on. */
  siteUrl: string
  /** Connectors that report the same sales are given the same one, so that a purchase counts once. Default: the connector’s id. */
  purchaseSpace?: string | null
}

export interface ConnectorTest {
  /** As the platform calls it; absent: as the body says, else that of a purchase. */
  topic?: string | null
  /** The body of the webhook: an object, or its very text. At most 8 MiB. */
  payload: Record<string, unknown> | string
}

export type ConnectorInstall =
  | {
      method: 'manual'
      webhookSecrets: string[]
    }
  | {
      method: 'client_credentials'
      clientId: string
      clientSecret: string
    }
  | {
      method: 'oauth'
      clientId: string
      clientSecret: string
    }
  | {
      method: 'admin_token'
      accessToken: string
      clientSecret: string
    }
  | {
      method: 'restricted_key'
      apiKey: string
    }
  | {
      method: 'rest_keys'
      consumerKey: string
      consumerSecret: string
    }

export type ConnectorCheck = Record<string, never>

export type ConnectorUninstall = Record<string, never>

export interface ConnectorBackfill {
  /** Orders made at this time or later. */
  since: string
  /** Orders made before this time; absent: now. */
  until?: string | null
  /** Say what would become of the orders, and store nothing else. */
  dryRun?: boolean | null
  /** Whether rewards are granted for them. */
  rewards?: boolean | null
}

export interface BodyTried {
  topic: string
  outcome: 'translated' | 'reported' | 'ignored' | 'noted'
  reason: string | null
  orderId: string | null
  orderName: string | null
  items: {
    ruleIndex: number | null
    streakId: string | null
    status: 'pending' | 'counted' | 'duplicate' | 'ignored' | 'failed' | 'abandoned' | 'waiting' | 'applied'
    reason: string | null
    message: string | null
    streakLogId: string | null
    quiet: boolean | null
    duplicateOfId: string | null
    droppedFields: string[]
    report: {
      object: string
      kind: 'refund' | 'refund_total' | 'dispute' | 'cancellation' | 'transaction'
      state: 'open' | 'taken' | 'given_back'
      amount: string | null
      currency: string | null
    } | null
    log: {
      externalId: string
      uniqueIdentifier: string
      activityId: string
      activityAt: string
      activityValue: number | null
    } | null
  }[]
}

/** A comparison, or conditions under `and` or `or`: at most 5 deep, 50 comparisons. */
export type ConnectorFilter = ConnectorFilterComparison | ConnectorFilterAll | ConnectorFilterAny

/** Lists are for IN and NOT_IN; IS_NULL and IS_NOT_NULL take nothing. */
export type ConnectorFilterComparison =
  | {
      fieldSlug: 'id'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
      value: string
    }
  | {
      fieldSlug: 'id'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'name' | 'platform'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
        | 'STARTS_WITH'
      value: string
    }
  | {
      fieldSlug: 'name' | 'platform'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'status'
      operator: 'EQUALS' | 'NOT_EQUALS'
      value: 'draft' | 'live' | 'paused'
    }
  | {
      fieldSlug: 'status'
      operator: 'IN' | 'NOT_IN'
      value: ('draft' | 'live' | 'paused')[]
    }
  | {
      fieldSlug: 'refusedCount'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
      value: number
    }
  | {
      fieldSlug: 'refusedCount'
      operator: 'IN' | 'NOT_IN'
      value: number[]
    }
  | {
      fieldSlug: 'createdAt' | 'updatedAt'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
      value: string
    }
  | {
      fieldSlug: 'createdAt' | 'updatedAt'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'id' | 'name' | 'platform' | 'status' | 'refusedCount' | 'createdAt' | 'updatedAt'
      operator: 'IS_NULL' | 'IS_NOT_NULL'
      value?: null
    }

export interface ConnectorFilterAll {
  and: ConnectorFilter[]
}

export interface ConnectorFilterAny {
  or: ConnectorFilter[]
}

export interface Delivery {
  /** Set by the platform; never changes. */
  id: string
  /** The connector. */
  connectorId: string
  /** Which platform sent it. */
  platform: string
  /** What it is about, as the platform says it; `backfill` or `reconcile`: nobody sent it, it was read from the platform. */
  topic: string
  /** The platform’s id of it; `null` when it sent none, or it was read. */
  webhookId: string | null
  /** The SHA-256 of its body. */
  bodySha256: string
  /** When it arrived. */
  receivedAt: string
  /** What is kept of its headers. */
  headers: Record<string, string>
  /** The order it is about. */
  orderId: string | null
  /** What people call that order, such as `#1004`; `null` where the body does not say it. Compared without one leading `#`. */
  orderName: string | null
  /** `translated` by the rules; `reported`: refunds, a dispute or a cancellation of an order; `ignored` as a whole; or `noted`: no order, but what the platform tells of the shop or passes on of privacy law. */
  outcome: 'translated' | 'reported' | 'ignored' | 'noted'
  /** Why it was ignored; of a replay: why an item, or a delivery as a whole, did not count; of abandoning: your own words. */
  reason: string | null
  /** What became of it: of a purchase rule by rule, then each thing that the body reports of its order, as `waiting` until the purchase comes and `applied` from then on. */
  items: {
    ruleIndex: number | null
    streakId: string | null
    status: 'pending' | 'counted' | 'duplicate' | 'ignored' | 'failed' | 'abandoned' | 'waiting' | 'applied'
    reason: string | null
    message: string | null
    streakLogId: string | null
    quiet: boolean | null
    duplicateOfId: string | null
    droppedFields: string[]
    report: {
      object: string
      kind: 'refund' | 'refund_total' | 'dispute' | 'cancellation' | 'transaction'
      state: 'open' | 'taken' | 'given_back'
      amount: string | null
      currency: string | null
    } | null
  }[]
  /** When the record was made. UTC with milliseconds, as every time in an answer. */
  createdAt: string
  /** When the record last changed. */
  updatedAt: string
}

export interface DeliveryReplay {
  /** Say what would become of it, and change nothing. */
  dryRun?: boolean | null
}

export interface DeliveryAbandon {
  /** Why it was ignored; of a replay: why an item, or a delivery as a whole, did not count; of abandoning: your own words. */
  reason: string
}

export interface DeliveriesReplay {
  /** The connector. */
  connectorId?: string | null
  /** Received at this time or later. */
  receivedFrom?: string | null
  /** Received before this time. */
  receivedTo?: string | null
  /** The order it is about. */
  orderId?: string | null
  /** What became of one of its items; `ignored` also of a delivery that was ignored as a whole. */
  itemStatus?:
    | 'pending'
    | 'counted'
    | 'duplicate'
    | 'ignored'
    | 'failed'
    | 'abandoned'
    | 'waiting'
    | 'applied'
    | null
  /** Why it was ignored; of a replay: why an item, or a delivery as a whole, did not count; of abandoning: your own words. */
  reason?: string | null
  /** Say what would become of it, and change nothing. */
  dryRun?: boolean | null
  /** How many are replayed at most. */
  limit?: number | null
  /** The `next` of the answer before; absent: begin. */
  cursor?: string | null
}

export interface DeliveryReplayed {
  deliveryId: string
  dryRun: boolean
  outcome: 'replayed' | 'unchanged'
  reason: string | null
  items: {
    ruleIndex: number | null
    streakId: string | null
    status: 'pending' | 'counted' | 'duplicate' | 'ignored' | 'failed' | 'abandoned' | 'waiting' | 'applied'
    reason: string | null
    message: string | null
    streakLogId: string | null
    quiet: boolean | null
    duplicateOfId: string | null
    droppedFields: string[]
    report: {
      object: string
      kind: 'refund' | 'refund_total' | 'dispute' | 'cancellation' | 'transaction'
      state: 'open' | 'taken' | 'given_back'
      amount: string | null
      currency: string | null
    } | null
    effect: 'queued' | 'changed' | 'unchanged'
  }[]
}

export interface DeliveriesReplayed {
  dryRun: boolean
  looked: number
  matched: number
  replayed: number
  unchanged: number
  busy: number
  bodyGone: number
  itemsQueued: number
  next: string | null
}

export interface OrderExplained {
  order: {
    connectorId: string
    orderId: string
    orderName: string | null
    activityAt: string | null
    total: number | null
    currency: string | null
    externalIds: string[]
  } | null
  deliveries: string[]
  streaks: {
    streakId: string
    streakName: string
    verdict: 'counted' | 'taken_back' | 'not_counted' | 'waiting' | 'failed'
    because: string | null
    message: string
    rules: {
      ruleIndex: number
      checks: {
        check: string
        passed: boolean
        value: number | string | boolean | null | string[]
        limit: number | string | boolean | null | string[]
      }[]
    }[]
    period: {
      key: string
      startsAt: string
      endsAt: string
      localTime: string
      timezone: string
    } | null
    streakLogId: string | null
    progress: StreakProgress | null
    withdrawals: Withdrawal[]
    rewards: RewardLog[]
    wouldCountIf: string | null
  }[]
  message: string | null
  others?: {
    connectorId: string
    orderId: string
    orderName: string | null
  }[]
}

export interface OrdersFound {
  deliveries: Delivery[]
  hasMore: boolean
}

/** A comparison, or conditions under `and` or `or`: at most 5 deep, 50 comparisons. */
export type DeliveryFilter = DeliveryFilterComparison | DeliveryFilterAll | DeliveryFilterAny

/** Lists are for IN and NOT_IN; IS_NULL and IS_NOT_NULL take nothing. */
export type DeliveryFilterComparison =
  | {
      fieldSlug: 'id' | 'connectorId'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
      value: string
    }
  | {
      fieldSlug: 'id' | 'connectorId'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'platform' | 'topic' | 'webhookId' | 'bodySha256' | 'orderId' | 'reason'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
        | 'STARTS_WITH'
      value: string
    }
  | {
      fieldSlug: 'platform' | 'topic' | 'webhookId' | 'bodySha256' | 'orderId' | 'reason'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'receivedAt' | 'createdAt' | 'updatedAt'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
      value: string
    }
  | {
      fieldSlug: 'receivedAt' | 'createdAt' | 'updatedAt'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'orderName'
      operator: 'EQUALS' | 'STARTS_WITH'
      value: string
    }
  | {
      fieldSlug: 'outcome'
      operator: 'EQUALS' | 'NOT_EQUALS'
      value: 'translated' | 'reported' | 'ignored' | 'noted'
    }
  | {
      fieldSlug: 'outcome'
      operator: 'IN' | 'NOT_IN'
      value: ('translated' | 'reported' | 'ignored' | 'noted')[]
    }
  | {
      fieldSlug:
        | 'id'
        | 'connectorId'
        | 'platform'
        | 'topic'
        | 'webhookId'
        | 'bodySha256'
        | 'orderId'
        | 'reason'
        | 'receivedAt'
        | 'createdAt'
        | 'updatedAt'
        | 'outcome'
      operator: 'IS_NULL' | 'IS_NOT_NULL'
      value?: null
    }

export interface DeliveryFilterAll {
  and: DeliveryFilter[]
}

export interface DeliveryFilterAny {
  or: DeliveryFilter[]
}

export interface Backfill {
  /** Set by the platform; never changes. */
  id: string
  /** Whose orders. */
  connectorId: string
  /** `running`, also while it waits for the platform or for a paused connector; `done`; `cancelled`, by you or since the connector was uninstalled; `failed`, see `problem`. */
  state: 'running' | 'done' | 'cancelled' | 'failed'
  /** Orders made at this time or later. */
  since: string
  /** Orders made before this time. */
  until: string
  /** It counts what would become of the orders, and stores nothing else. */
  dryRun: boolean
  /** Whether its logs are granted rewards, as those of webhooks that came late; else they are quiet: they count and are granted nothing. */
  rewards: boolean
  /** Orders that were read: the sum of the next four. */
  found: number
  /** Orders that a rule counted. */
  counted: number
  /** Orders that had counted before. What was refunded or cancelled of them since is applied. */
  duplicates: number
  /** Orders that no rule counts. */
  ignored: number
  /** Orders that could not be counted for a reason that their delivery tells. */
  failed: number
  /** Every order before it has been read. Begin another from here to go on after a failure. */
  readUpTo: string
  /** Why it failed: `TOKEN_REFUSED`, `SCOPES_MISSING`, `PLATFORM_REFUSED` or `INTERNAL`; else `null`. */
  problem: {
    code: string
    message: string
    since: string
  } | null
  /** When it was begun. */
  startedAt: string
  /** When it ended; `null` while it runs. */
  endedAt: string | null
  /** When the record was made. UTC with milliseconds, as every time in an answer. */
  createdAt: string
  /** When the record last changed. */
  updatedAt: string
}

export type BackfillCancel = Record<string, never>

/** A comparison, or conditions under `and` or `or`: at most 5 deep, 50 comparisons. */
export type BackfillFilter = BackfillFilterComparison | BackfillFilterAll | BackfillFilterAny

/** Lists are for IN and NOT_IN; IS_NULL and IS_NOT_NULL take nothing. */
export type BackfillFilterComparison =
  | {
      fieldSlug: 'id' | 'connectorId'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
      value: string
    }
  | {
      fieldSlug: 'id' | 'connectorId'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'state'
      operator: 'EQUALS' | 'NOT_EQUALS'
      value: 'running' | 'done' | 'cancelled' | 'failed'
    }
  | {
      fieldSlug: 'state'
      operator: 'IN' | 'NOT_IN'
      value: ('running' | 'done' | 'cancelled' | 'failed')[]
    }
  | {
      fieldSlug: 'since' | 'until' | 'readUpTo' | 'startedAt' | 'endedAt' | 'createdAt' | 'updatedAt'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
      value: string
    }
  | {
      fieldSlug: 'since' | 'until' | 'readUpTo' | 'startedAt' | 'endedAt' | 'createdAt' | 'updatedAt'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'dryRun' | 'rewards'
      operator: 'EQUALS' | 'NOT_EQUALS'
      value: boolean
    }
  | {
      fieldSlug: 'dryRun' | 'rewards'
      operator: 'IN' | 'NOT_IN'
      value: boolean[]
    }
  | {
      fieldSlug: 'found' | 'counted' | 'duplicates' | 'ignored' | 'failed'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
      value: number
    }
  | {
      fieldSlug: 'found' | 'counted' | 'duplicates' | 'ignored' | 'failed'
      operator: 'IN' | 'NOT_IN'
      value: number[]
    }
  | {
      fieldSlug:
        | 'id'
        | 'connectorId'
        | 'state'
        | 'since'
        | 'until'
        | 'readUpTo'
        | 'startedAt'
        | 'endedAt'
        | 'createdAt'
        | 'updatedAt'
        | 'dryRun'
        | 'rewards'
        | 'found'
        | 'counted'
        | 'duplicates'
        | 'ignored'
        | 'failed'
      operator: 'IS_NULL' | 'IS_NOT_NULL'
      value?: null
    }

export interface BackfillFilterAll {
  and: BackfillFilter[]
}

export interface BackfillFilterAny {
  or: BackfillFilter[]
}

export interface CouponProvider {
  /** Set by the platform; never changes. */
  id: string
  /** Unique in the account. */
  name: string
  /** Of which kind it is; never changes. */
  provider: 'pool' | 'http' | 'shopify' | 'stripe' | 'voucherify'
  /** The installed connector whose access it makes coupons with; null for kinds that need none. Never changes. */
  connectorId: string | null
  /** What the kind needs to know. */
  settings: Record<string, unknown>
  /** How it fares: whether it is paused after failures in a row, since when, what went wrong last, and how many rewards wait for it, the oldest since when. */
  health: {
    state: 'ok' | 'paused'
    since: string
    lastError: {
      code: string
      message: string
      at: string
    } | null
    waiting: number
    oldestWaitingAt: string | null
  }
  /** When the record was made. UTC with milliseconds, as every time in an answer. */
  createdAt: string
  /** When the record last changed. */
  updatedAt: string
}

export interface CouponProviderCreate {
  /** Unique in the account. */
  name: string
  /** Of which kind it is; never changes. */
  provider: 'http' | 'pool' | 'shopify' | 'stripe' | 'voucherify'
  /** The installed connector whose access it makes coupons with; null for kinds that need none. Never changes. */
  connectorId?: string | null
  /** What it signs its requests with. Written, never read back. */
  credentials?: HttpCouponProviderCredentials | VoucherifyCouponProviderCredentials | null
  /** What the kind needs to know. */
  settings?:
    | PoolCouponProviderSettings
    | HttpCouponProviderSettings
    | ShopifyCouponProviderSettings
    | StripeCouponProviderSettings
    | VoucherifyCouponProviderSettings
    | null
}

export interface CouponProviderPatch {
  /** Unique in the account. */
  name?: string
  /** Of which kind it is; never changes. */
  provider?: 'http' | 'pool' | 'shopify' | 'stripe' | 'voucherify'
  /** The installed connector whose access it makes coupons with; null for kinds that need none. Never changes. */
  connectorId?: string | null
  /** What it signs its requests with. Written, never read back. */
  credentials?: HttpCouponProviderCredentials | VoucherifyCouponProviderCredentials
  /** What the kind needs to know. */
  settings?:
    | PoolCouponProviderSettings
    | HttpCouponProviderSettings
    | ShopifyCouponProviderSettings
    | StripeCouponProviderSettings
    | VoucherifyCouponProviderSettings
}

export interface HttpCouponProviderCredentials {
  signingSecret: string
  previousSigningSecret?: string | null
}

export interface VoucherifyCouponProviderCredentials {
  appId: string
  appToken: string
}

export type PoolCouponProviderSettings = Record<string, never>

export interface HttpCouponProviderSettings {
  url: string
  revokeUrl?: string | null
}

export interface ShopifyCouponProviderSettings {
  customerBound?: 'when_known' | 'never' | null
  combinesWith?: {
    order?: boolean | null
    product?: boolean | null
    shipping?: boolean | null
  } | null
}

export interface StripeCouponProviderSettings {
  couponId?: string | null
  currency?: string | null
}

export interface VoucherifyCouponProviderSettings {
  apiUrl: string
  campaign: string
}

export type CouponProviderResume = Record<string, never>

/** A comparison, or conditions under `and` or `or`: at most 5 deep, 50 comparisons. */
export type CouponProviderFilter =
  | CouponProviderFilterComparison
  | CouponProviderFilterAll
  | CouponProviderFilterAny

/** Lists are for IN and NOT_IN; IS_NULL and IS_NOT_NULL take nothing. */
export type CouponProviderFilterComparison =
  | {
      fieldSlug: 'id' | 'connectorId'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
      value: string
    }
  | {
      fieldSlug: 'id' | 'connectorId'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'name'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
        | 'STARTS_WITH'
      value: string
    }
  | {
      fieldSlug: 'name'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'provider'
      operator: 'EQUALS' | 'NOT_EQUALS'
      value: 'pool' | 'http' | 'shopify' | 'stripe' | 'voucherify'
    }
  | {
      fieldSlug: 'provider'
      operator: 'IN' | 'NOT_IN'
      value: ('pool' | 'http' | 'shopify' | 'stripe' | 'voucherify')[]
    }
  | {
      fieldSlug: 'createdAt' | 'updatedAt'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
      value: string
    }
  | {
      fieldSlug: 'createdAt' | 'updatedAt'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'id' | 'connectorId' | 'name' | 'provider' | 'createdAt' | 'updatedAt'
      operator: 'IS_NULL' | 'IS_NOT_NULL'
      value?: null
    }

export interface CouponProviderFilterAll {
  and: CouponProviderFilter[]
}

export interface CouponProviderFilterAny {
  or: CouponProviderFilter[]
}

export interface CouponCode {
  /** Set by the platform; never changes. */
  id: string
  /** The coupon provider that makes the coupons. */
  providerId: string | null
  /** Unique in the account, whatever its case, width or white space. */
  code: string
  /** The reward log it was given to; `null` while it is free. */
  rewardLogId: string | null
  /** When the record was made. UTC with milliseconds, as every time in an answer. */
  createdAt: string
  /** When the record last changed. */
  updatedAt: string
}

export interface CouponCodeCreate {
  /** The coupon provider that makes the coupons. */
  providerId: string
  /** The codes. */
  codes: string[]
}

/** A comparison, or conditions under `and` or `or`: at most 5 deep, 50 comparisons. */
export type CouponCodeFilter = CouponCodeFilterComparison | CouponCodeFilterAll | CouponCodeFilterAny

/** Lists are for IN and NOT_IN; IS_NULL and IS_NOT_NULL take nothing. */
export type CouponCodeFilterComparison =
  | {
      fieldSlug: 'id' | 'providerId' | 'rewardLogId'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
      value: string
    }
  | {
      fieldSlug: 'id' | 'providerId' | 'rewardLogId'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'code'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
        | 'STARTS_WITH'
      value: string
    }
  | {
      fieldSlug: 'code'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'createdAt' | 'updatedAt'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
      value: string
    }
  | {
      fieldSlug: 'createdAt' | 'updatedAt'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'id' | 'providerId' | 'rewardLogId' | 'code' | 'createdAt' | 'updatedAt'
      operator: 'IS_NULL' | 'IS_NOT_NULL'
      value?: null
    }

export interface CouponCodeFilterAll {
  and: CouponCodeFilter[]
}

export interface CouponCodeFilterAny {
  or: CouponCodeFilter[]
}

export interface Withdrawal {
  /** Set by the platform; never changes. */
  id: string
  /** The log. */
  streakLogId: string
  /** The member whose log it is. */
  ownedById: string
  /** The streak of the log. */
  streakId: string
  /** `withdrawal` takes back; `reinstatement` undoes one withdrawal, once. */
  kind: 'withdrawal' | 'reinstatement'
  /** How much is taken back. Absent: the whole log. Not on count streaks, where logs count as 1. */
  value: number | null
  /** Why. */
  reason: string
  /** Your id of the withdrawal (refund id, …): the guard against taking back twice. */
  uniqueIdentifier: string | null
  /** Of a reinstatement: the withdrawal it undoes. */
  withdrawalId: string | null
  /** The delivery whose refund, dispute or cancellation made the entry; `null` for entries of your own. */
  deliveryId: string | null
  /** When the record was made. UTC with milliseconds, as every time in an answer. */
  createdAt: string
  /** When the record last changed. */
  updatedAt: string
}

/** A comparison, or conditions under `and` or `or`: at most 5 deep, 50 comparisons. */
export type WithdrawalFilter = WithdrawalFilterComparison | WithdrawalFilterAll | WithdrawalFilterAny

/** Lists are for IN and NOT_IN; IS_NULL and IS_NOT_NULL take nothing. */
export type WithdrawalFilterComparison =
  | {
      fieldSlug: 'id' | 'streakLogId' | 'ownedById' | 'streakId' | 'withdrawalId' | 'deliveryId'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
      value: string
    }
  | {
      fieldSlug: 'id' | 'streakLogId' | 'ownedById' | 'streakId' | 'withdrawalId' | 'deliveryId'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'kind'
      operator: 'EQUALS' | 'NOT_EQUALS'
      value: 'withdrawal' | 'reinstatement'
    }
  | {
      fieldSlug: 'kind'
      operator: 'IN' | 'NOT_IN'
      value: ('withdrawal' | 'reinstatement')[]
    }
  | {
      fieldSlug: 'value'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
      value: number
    }
  | {
      fieldSlug: 'value'
      operator: 'IN' | 'NOT_IN'
      value: number[]
    }
  | {
      fieldSlug: 'reason' | 'uniqueIdentifier'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
        | 'STARTS_WITH'
      value: string
    }
  | {
      fieldSlug: 'reason' | 'uniqueIdentifier'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'createdAt' | 'updatedAt'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
      value: string
    }
  | {
      fieldSlug: 'createdAt' | 'updatedAt'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug:
        | 'id'
        | 'streakLogId'
        | 'ownedById'
        | 'streakId'
        | 'withdrawalId'
        | 'deliveryId'
        | 'kind'
        | 'value'
        | 'reason'
        | 'uniqueIdentifier'
        | 'createdAt'
        | 'updatedAt'
      operator: 'IS_NULL' | 'IS_NOT_NULL'
      value?: null
    }

export interface WithdrawalFilterAll {
  and: WithdrawalFilter[]
}

export interface WithdrawalFilterAny {
  or: WithdrawalFilter[]
}

export interface ConsoleUser {
  /** Set by the platform; never changes. */
  id: string
  /** Unique in the installation, however it is written. */
  email: string
  /** `owner`: everything; `staff`: all but keys, users and the account; `viewer`: reads. */
  role: 'owner' | 'staff' | 'viewer'
  /** Whether the user has set one. */
  hasPassword: boolean
  /** When the record was made. UTC with milliseconds, as every time in an answer. */
  createdAt: string
  /** When the record last changed. */
  updatedAt: string
}

export interface ConsoleUserCreated {
  /** Set by the platform; never changes. */
  id: string
  /** Unique in the installation, however it is written. */
  email: string
  /** `owner`: everything; `staff`: all but keys, users and the account; `viewer`: reads. */
  role: 'owner' | 'staff' | 'viewer'
  /** Whether the user has set one. */
  hasPassword: boolean
  /** When the record was made. UTC with milliseconds, as every time in an answer. */
  createdAt: string
  /** When the record last changed. */
  updatedAt: string
  /** Below the address of the server; the link is good once and for an hour. */
  startPath: string
}

export interface ConsoleUserCreate {
  /** Unique in the installation, however it is written. */
  email: string
  /** `owner`: everything; `staff`: all but keys, users and the account; `viewer`: reads. */
  role: 'owner' | 'staff' | 'viewer'
}

export interface ConsoleUserPatch {
  /** `owner`: everything; `staff`: all but keys, users and the account; `viewer`: reads. */
  role?: 'owner' | 'staff' | 'viewer'
}

export type ConsoleUserReset = Record<string, never>

export interface InvitedUser {
  startPath?: string
}

/** A comparison, or conditions under `and` or `or`: at most 5 deep, 50 comparisons. */
export type ConsoleUserFilter = ConsoleUserFilterComparison | ConsoleUserFilterAll | ConsoleUserFilterAny

/** Lists are for IN and NOT_IN; IS_NULL and IS_NOT_NULL take nothing. */
export type ConsoleUserFilterComparison =
  | {
      fieldSlug: 'id'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
      value: string
    }
  | {
      fieldSlug: 'id'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'email'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
        | 'STARTS_WITH'
      value: string
    }
  | {
      fieldSlug: 'email'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'role'
      operator: 'EQUALS' | 'NOT_EQUALS'
      value: 'owner' | 'staff' | 'viewer'
    }
  | {
      fieldSlug: 'role'
      operator: 'IN' | 'NOT_IN'
      value: ('owner' | 'staff' | 'viewer')[]
    }
  | {
      fieldSlug: 'createdAt' | 'updatedAt'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
      value: string
    }
  | {
      fieldSlug: 'createdAt' | 'updatedAt'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'id' | 'email' | 'role' | 'createdAt' | 'updatedAt'
      operator: 'IS_NULL' | 'IS_NOT_NULL'
      value?: null
    }

export interface ConsoleUserFilterAll {
  and: ConsoleUserFilter[]
}

export interface ConsoleUserFilterAny {
  or: ConsoleUserFilter[]
}

export interface AuditEntry {
  /** Set by the platform; never changes. */
  id: string
  /** Who did it. */
  actor: {
    kind: 'user' | 'key' | 'cli'
    id: string | null
    name: string | null
  }
  /** A user of the console, an API key, or the command line. */
  actorKind: 'user' | 'key' | 'cli'
  /** Of the user or the key. */
  actorId: string | null
  /** The user’s address, the key’s name, the command. */
  actorName: string | null
  /** `create`, `patch`, `delete`, or the name of what was done: `replay`, `sign_in`. */
  action: string
  /** Of which resource. */
  slug: string
  /** Of which record; null where it was many or none. */
  recordId: string | null
  /** Where the request came from. */
  address: string | null
  /** What differs, as it was; secrets, codes and what is personal are `"…"`. null where the record was not there. */
  before: Record<string, unknown> | null
  /** What differs, as it became. */
  after: Record<string, unknown> | null
  /** When the record was made. UTC with milliseconds, as every time in an answer. */
  createdAt: string
  /** When the record last changed. */
  updatedAt: string
}

/** A comparison, or conditions under `and` or `or`: at most 5 deep, 50 comparisons. */
export type AuditEntryFilter = AuditEntryFilterComparison | AuditEntryFilterAll | AuditEntryFilterAny

/** Lists are for IN and NOT_IN; IS_NULL and IS_NOT_NULL take nothing. */
export type AuditEntryFilterComparison =
  | {
      fieldSlug: 'id' | 'recordId'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
      value: string
    }
  | {
      fieldSlug: 'id' | 'recordId'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'actorKind'
      operator: 'EQUALS' | 'NOT_EQUALS'
      value: 'user' | 'key' | 'cli'
    }
  | {
      fieldSlug: 'actorKind'
      operator: 'IN' | 'NOT_IN'
      value: ('user' | 'key' | 'cli')[]
    }
  | {
      fieldSlug: 'actorId' | 'actorName' | 'action' | 'slug' | 'address'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
        | 'STARTS_WITH'
      value: string
    }
  | {
      fieldSlug: 'actorId' | 'actorName' | 'action' | 'slug' | 'address'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'createdAt' | 'updatedAt'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
      value: string
    }
  | {
      fieldSlug: 'createdAt' | 'updatedAt'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug:
        | 'id'
        | 'recordId'
        | 'actorKind'
        | 'actorId'
        | 'actorName'
        | 'action'
        | 'slug'
        | 'address'
        | 'createdAt'
        | 'updatedAt'
      operator: 'IS_NULL' | 'IS_NOT_NULL'
      value?: null
    }

export interface AuditEntryFilterAll {
  and: AuditEntryFilter[]
}

export interface AuditEntryFilterAny {
  or: AuditEntryFilter[]
}

export interface WebhookEndpoint {
  /** Set by the platform; never changes. */
  id: string
  /** Where to: `https://`, and a public address. */
  url: string
  /** Which events it is told of, none twice. */
  events: (
    | 'milestone.achieved'
    | 'reward.issued'
    | 'reward.failed'
    | 'reward.revoked'
    | 'streak.at_risk'
    | 'streak.broken'
    | 'streak.completed'
  )[]
  /** Only a `live` endpoint is told. It is paused by itself after 5 days of nothing but failures. */
  status: 'draft' | 'live' | 'paused'
  /** For people. */
  description: string
  /** Why it was paused by itself; `null`: it was not. */
  problem: {
    code: 'ENDPOINT_DEAD' | 'ENDPOINT_GONE'
    message: string
    since: string
  } | null
  /** When the record was made. UTC with milliseconds, as every time in an answer. */
  createdAt: string
  /** When the record last changed. */
  updatedAt: string
}

export interface WebhookEndpointCreated {
  /** Set by the platform; never changes. */
  id: string
  /** Where to: `https://`, and a public address. */
  url: string
  /** Which events it is told of, none twice. */
  events: (
    | 'milestone.achieved'
    | 'reward.issued'
    | 'reward.failed'
    | 'reward.revoked'
    | 'streak.at_risk'
    | 'streak.broken'
    | 'streak.completed'
  )[]
  /** Only a `live` endpoint is told. It is paused by itself after 5 days of nothing but failures. */
  status: 'draft' | 'live' | 'paused'
  /** For people. */
  description: string
  /** Why it was paused by itself; `null`: it was not. */
  problem: {
    code: 'ENDPOINT_DEAD' | 'ENDPOINT_GONE'
    message: string
    since: string
  } | null
  /** When the record was made. UTC with milliseconds, as every time in an answer. */
  createdAt: string
  /** When the record last changed. */
  updatedAt: string
  /** What its messages are signed with. Only the answers to the create and to `rotate` show it. */
  secret: string
}

export interface WebhookEndpointCreate {
  /** Where to: `https://`, and a public address. */
  url: string
  /** Which events it is told of, none twice. */
  events: (
    | 'milestone.achieved'
    | 'reward.issued'
    | 'reward.failed'
    | 'reward.revoked'
    | 'streak.at_risk'
    | 'streak.broken'
    | 'streak.completed'
  )[]
  /** Only a `live` endpoint is told. It is paused by itself after 5 days of nothing but failures. */
  status?: 'draft' | 'live' | 'paused' | null
  /** For people. */
  description?: string | null
}

export interface WebhookEndpointPatch {
  /** Where to: `https://`, and a public address. */
  url?: string
  /** Which events it is told of, none twice. */
  events?: (
    | 'milestone.achieved'
    | 'reward.issued'
    | 'reward.failed'
    | 'reward.revoked'
    | 'streak.at_risk'
    | 'streak.broken'
    | 'streak.completed'
  )[]
  /** Only a `live` endpoint is told. It is paused by itself after 5 days of nothing but failures. */
  status?: 'draft' | 'live' | 'paused'
  /** For people. */
  description?: string | null
}

export type WebhookEndpointRotate = Record<string, never>

export type WebhookEndpointTest = Record<string, never>

/** A comparison, or conditions under `and` or `or`: at most 5 deep, 50 comparisons. */
export type WebhookEndpointFilter =
  | WebhookEndpointFilterComparison
  | WebhookEndpointFilterAll
  | WebhookEndpointFilterAny

/** Lists are for IN and NOT_IN; IS_NULL and IS_NOT_NULL take nothing. */
export type WebhookEndpointFilterComparison =
  | {
      fieldSlug: 'id'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
      value: string
    }
  | {
      fieldSlug: 'id'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'url' | 'description'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
        | 'STARTS_WITH'
      value: string
    }
  | {
      fieldSlug: 'url' | 'description'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'status'
      operator: 'EQUALS' | 'NOT_EQUALS'
      value: 'draft' | 'live' | 'paused'
    }
  | {
      fieldSlug: 'status'
      operator: 'IN' | 'NOT_IN'
      value: ('draft' | 'live' | 'paused')[]
    }
  | {
      fieldSlug: 'createdAt' | 'updatedAt'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
      value: string
    }
  | {
      fieldSlug: 'createdAt' | 'updatedAt'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'id' | 'url' | 'description' | 'status' | 'createdAt' | 'updatedAt'
      operator: 'IS_NULL' | 'IS_NOT_NULL'
      value?: null
    }

export interface WebhookEndpointFilterAll {
  and: WebhookEndpointFilter[]
}

export interface WebhookEndpointFilterAny {
  or: WebhookEndpointFilter[]
}

export interface WebhookMessage {
  /** Set by the platform; never changes. */
  id: string
  /** The endpoint that it is for. */
  endpointId: string
  /** What it tells of; `webhook.test` is a test that was asked for. */
  type:
    | 'milestone.achieved'
    | 'reward.issued'
    | 'reward.failed'
    | 'reward.revoked'
    | 'streak.at_risk'
    | 'streak.broken'
    | 'streak.completed'
    | 'webhook.test'
  /** `delivered` once it was answered with 2xx; `failed` when all tries were in vain. */
  status: 'pending' | 'delivered' | 'failed'
  /** What is sent; `null` once the member whom it tells of was erased. */
  payload: Record<string, unknown> | null
  /** Every try, the oldest first; the last 100. */
  attempts: {
    at: string
    status: number | null
    durationMs: number
    error: string | null
    response: string | null
  }[]
  /** When it is tried next; `null` when it is over, and while its endpoint is not live. */
  nextAttemptAt: string | null
  /** When the record was made. UTC with milliseconds, as every time in an answer. */
  createdAt: string
  /** When the record last changed. */
  updatedAt: string
}

export type WebhookMessageResend = Record<string, never>

/** A comparison, or conditions under `and` or `or`: at most 5 deep, 50 comparisons. */
export type WebhookMessageFilter =
  | WebhookMessageFilterComparison
  | WebhookMessageFilterAll
  | WebhookMessageFilterAny

/** Lists are for IN and NOT_IN; IS_NULL and IS_NOT_NULL take nothing. */
export type WebhookMessageFilterComparison =
  | {
      fieldSlug: 'id' | 'endpointId'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
      value: string
    }
  | {
      fieldSlug: 'id' | 'endpointId'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'type'
      operator: 'EQUALS' | 'NOT_EQUALS'
      value:
        | 'milestone.achieved'
        | 'reward.issued'
        | 'reward.failed'
        | 'reward.revoked'
        | 'streak.at_risk'
        | 'streak.broken'
        | 'streak.completed'
        | 'webhook.test'
    }
  | {
      fieldSlug: 'type'
      operator: 'IN' | 'NOT_IN'
      value: (
        | 'milestone.achieved'
        | 'reward.issued'
        | 'reward.failed'
        | 'reward.revoked'
        | 'streak.at_risk'
        | 'streak.broken'
        | 'streak.completed'
        | 'webhook.test'
      )[]
    }
  | {
      fieldSlug: 'status'
      operator: 'EQUALS' | 'NOT_EQUALS'
      value: 'pending' | 'delivered' | 'failed'
    }
  | {
      fieldSlug: 'status'
      operator: 'IN' | 'NOT_IN'
      value: ('pending' | 'delivered' | 'failed')[]
    }
  | {
      fieldSlug: 'nextAttemptAt' | 'createdAt' | 'updatedAt'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
      value: string
    }
  | {
      fieldSlug: 'nextAttemptAt' | 'createdAt' | 'updatedAt'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'id' | 'endpointId' | 'type' | 'status' | 'nextAttemptAt' | 'createdAt' | 'updatedAt'
      operator: 'IS_NULL' | 'IS_NOT_NULL'
      value?: null
    }

export interface WebhookMessageFilterAll {
  and: WebhookMessageFilter[]
}

export interface WebhookMessageFilterAny {
  or: WebhookMessageFilter[]
}

export interface PrivacyRequest {
  /** Set by the platform; never changes. */
  id: string
  /** What is asked: what is kept of a customer (`data_request`), or that it goes (`customer_redact`); or that what a shop brought goes, which the app has left (`shop_redact`). */
  kind: 'data_request' | 'customer_redact' | 'shop_redact'
  /** The connector. */
  connectorId: string
  /** The delivery that told of it; its body and headers are not kept. */
  deliveryId: string
  /** The members that are meant: by the customer id of the platform, and by the address where a log of it came from this connector. Empty once they are erased. */
  customerExternalIds: string[]
  /** When it came. */
  receivedAt: string
  /** By when it has to be done: 30 days later. */
  dueAt: string
  /** `open`: to be done. `done`. `not_ours`: nothing here names the customer, or the shop is still installed. */
  state: 'open' | 'done' | 'not_ours'
  /** When it was done; null before. */
  doneAt: string | null
  /** What a redaction took away: members that were erased, deliveries that lost their bodies, codes of rewards that had no coupon yet. Nothing of the person. Null before, and of data requests. */
  counts: {
    members: number
    deliveries: number
    codes: number
  } | null
  /** When the record was made. UTC with milliseconds, as every time in an answer. */
  createdAt: string
  /** When the record last changed. */
  updatedAt: string
}

export interface PrivacyExport {
  members: {
    member: Member
    streakLogs: {
      id: string
      streakId: string
      ownedById: string
      activityAt: string
      activityId: string
      uniqueIdentifier: string
      activityValue: number | null
      status: 'draft' | 'live' | 'paused'
      quiet: boolean
      createdAt: string
      updatedAt: string
    }[]
    withdrawals: {
      id: string
      streakLogId: string
      ownedById: string
      streakId: string
      kind: 'withdrawal' | 'reinstatement'
      value: number | null
      reason: string
      uniqueIdentifier: string | null
      withdrawalId: string | null
      deliveryId: string | null
      createdAt: string
      updatedAt: string
    }[]
    streakProgress: {
      id: string
      streakId: string
      ownedById: string
      periodKey: string
      periodStartAt: string
      periodEndAt: string
      currentProgressValue: number
      aggregationTargetValue: number
      streakProgressStatus: 'in_progress' | 'completed' | 'broken'
      consecutiveCount: number
      longestConsecutiveCount: number
      streakStartedAt: string | null
      streakBrokenAt: string | null
      streakCompletedAt: string | null
      createdAt: string
      updatedAt: string
    }[]
    memberStreaks: {
      id: string
      streakId: string
      ownedById: string
      currentConsecutiveCount: number
      longestConsecutiveCount: number
      completedCycles: number
      currentPeriodKey: string
      currentProgressValue: number
      currentPeriodEndAt: string
      streakStatus: 'active' | 'at_risk' | 'inactive'
      lastBrokenAt: string | null
      lastActivityAt: string
      nextMilestone: Milestone | null
      createdAt: string
      updatedAt: string
    }[]
    rewardLogs: {
      id: string
      linkedSchemaSlug: 'streak'
      linkedSchemaRecordId: string
      milestoneId: string
      milestone: Milestone | null
      ownedById: string
      streakLogId: string
      periodKey: string
      couponCode: string | null
      rewardIssuedAt: string | null
      rewardExpiryAt: string | null
      fulfilmentStatus: 'pending' | 'held' | 'issuing' | 'issued' | 'failed' | 'revoking' | 'revoked'
      heldReason: 'hold_period' | 'cap' | 'provider_paused' | null
      fulfilAfter: string | null
      waitsFor: {
        code:
          | 'HOLD_PERIOD'
          | 'CAP_REACHED'
          | 'PROVIDER_PAUSED'
          | 'PROVIDER_REFUSES'
          | 'PROVIDER_THROTTLED'
          | 'PROVIDER_IN_TROUBLE'
          | 'CAMPAIGN_EXHAUSTED'
          | 'POOL_EMPTY'
        message: string
        until: string | null
      } | null
      failureReason: string | null
      couponUsed: 'yes' | 'no' | 'unknown' | null
      redeemedAt: string | null
      redeemedOrderId: string | null
      reward: {
        providerId: string
        discount:
          | {
              percentage: number
            }
          | {
              amount: number
              currency: string
            }
        expiresInDays?: number
        holdDays?: number
        minimumSubtotal?: number
        prefix?: string
      } | null
      onWithdrawal: 'keep' | 'revoke'
      createdAt: string
      updatedAt: string
    }[]
    deliveries: {
      id: string
      connectorId: string
      platform: string
      topic: string
      webhookId: string | null
      bodySha256: string
      receivedAt: string
      headers: Record<string, string>
      orderId: string | null
      orderName: string | null
      outcome: 'translated' | 'reported' | 'ignored' | 'noted'
      reason: string | null
      items: {
        ruleIndex: number | null
        streakId: string | null
        status:
          | 'pending'
          | 'counted'
          | 'duplicate'
          | 'ignored'
          | 'failed'
          | 'abandoned'
          | 'waiting'
          | 'applied'
        reason: string | null
        message: string | null
        streakLogId: string | null
        quiet: boolean | null
        duplicateOfId: string | null
        droppedFields: string[]
        report: {
          object: string
          kind: 'refund' | 'refund_total' | 'dispute' | 'cancellation' | 'transaction'
          state: 'open' | 'taken' | 'given_back'
          amount: string | null
          currency: string | null
        } | null
      }[]
      createdAt: string
      updatedAt: string
      body: string | null
    }[]
  }[]
}

/** A comparison, or conditions under `and` or `or`: at most 5 deep, 50 comparisons. */
export type PrivacyRequestFilter =
  | PrivacyRequestFilterComparison
  | PrivacyRequestFilterAll
  | PrivacyRequestFilterAny

/** Lists are for IN and NOT_IN; IS_NULL and IS_NOT_NULL take nothing. */
export type PrivacyRequestFilterComparison =
  | {
      fieldSlug: 'id' | 'connectorId' | 'deliveryId'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
      value: string
    }
  | {
      fieldSlug: 'id' | 'connectorId' | 'deliveryId'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'kind'
      operator: 'EQUALS' | 'NOT_EQUALS'
      value: 'data_request' | 'customer_redact' | 'shop_redact'
    }
  | {
      fieldSlug: 'kind'
      operator: 'IN' | 'NOT_IN'
      value: ('data_request' | 'customer_redact' | 'shop_redact')[]
    }
  | {
      fieldSlug: 'receivedAt' | 'dueAt' | 'doneAt' | 'createdAt' | 'updatedAt'
      operator:
        | 'EQUALS'
        | 'NOT_EQUALS'
        | 'GREATER_THAN'
        | 'GREATER_THAN_OR_EQUALS'
        | 'LESS_THAN'
        | 'LESS_THAN_OR_EQUALS'
      value: string
    }
  | {
      fieldSlug: 'receivedAt' | 'dueAt' | 'doneAt' | 'createdAt' | 'updatedAt'
      operator: 'IN' | 'NOT_IN'
      value: string[]
    }
  | {
      fieldSlug: 'state'
      operator: 'EQUALS' | 'NOT_EQUALS'
      value: 'open' | 'done' | 'not_ours'
    }
  | {
      fieldSlug: 'state'
      operator: 'IN' | 'NOT_IN'
      value: ('open' | 'done' | 'not_ours')[]
    }
  | {
      fieldSlug:
        | 'id'
        | 'connectorId'
        | 'deliveryId'
        | 'kind'
        | 'receivedAt'
        | 'dueAt'
        | 'doneAt'
        | 'createdAt'
        | 'updatedAt'
        | 'state'
      operator: 'IS_NULL' | 'IS_NOT_NULL'
      value?: null
    }

export interface PrivacyRequestFilterAll {
  and: PrivacyRequestFilter[]
}

export interface PrivacyRequestFilterAny {
  or: PrivacyRequestFilter[]
}

export interface Paging {
  offset: number
  limit: number
  /** Whether more records follow. */
  hasMore: boolean
  /** With `fetchTotalCount`: exact up to 100,000. */
  totalCount?: number
  /** There are more than `totalCount`. */
  totalCountCapped?: true
}

export interface ErrorAnswer {
  error: {
    /** Decide by it: it never changes its meaning. */
    code:
      | 'INVALID_INPUT'
      | 'INVALID_JSON'
      | 'UNKNOWN_FIELD'
      | 'REFERENCE_NOT_FOUND'
      | 'FIELD_IS_FIXED'
      | 'STREAK_NOT_LIVE'
      | 'MEMBER_NOT_LIVE'
      | 'IN_FUTURE'
      | 'QUERY_TOO_EXPENSIVE'
      | 'FILTER_NOT_SELECTIVE'
      | 'CREDENTIALS_MISSING'
      | 'SHOP_MISMATCH'
      | 'SCOPE_MISSING'
      | 'CURRENCY_MISMATCH'
      | 'UNAUTHENTICATED'
      | 'SIGNATURE_INVALID'
      | 'FORBIDDEN'
      | 'NOT_FOUND'
      | 'METHOD_NOT_ALLOWED'
      | 'CONFLICT'
      | 'DUPLICATE_STREAK_LOG'
      | 'DUPLICATE_WITHDRAWAL'
      | 'DUPLICATE_REINSTATEMENT'
      | 'DUPLICATE_VALUE'
      | 'REWARD_BEING_FULFILLED'
      | 'REWARD_HELD'
      | 'REWARD_REVOKED'
      | 'STREAK_HAS_LOGS'
      | 'MILESTONE_HAS_REWARD_LOGS'
      | 'PROVIDER_IN_USE'
      | 'CODE_IN_USE'
      | 'CONNECTOR_HAS_DELIVERIES'
      | 'CONNECTOR_INSTALLED'
      | 'NOT_INSTALLED'
      | 'PUBLIC_URL_MISSING'
      | 'CONNECTOR_NOT_LIVE'
      | 'BACKFILL_RUNNING'
      | 'CONNECTOR_IN_USE'
      | 'NOT_EXPORTABLE'
      | 'LAST_LIVE_KEY'
      | 'LAST_OWNER'
      | 'LINK_NOT_GOOD'
      | 'TOO_MANY_ENDPOINTS'
      | 'ENDPOINT_NOT_LIVE'
      | 'PAYLOAD_GONE'
      | 'PRECONDITION_FAILED'
      | 'BODY_TOO_LARGE'
      | 'NOT_JSON'
      | 'FAILED_FOR_GOOD'
      | 'TOO_MANY_REQUESTS'
      | 'INTERNAL'
      | 'PLATFORM_REFUSED'
      | 'PLATFORM_UNAVAILABLE'
      | 'OVERLOADED'
      | 'SECRET_UNREADABLE'
      | 'STORE_BUSY'
      | 'STORE_UNAVAILABLE'
      | 'PROVIDER_UNAVAILABLE'
      | 'STREAK_IN_USE'
    /** For people: names the cause, the value and the limit. Its wording may change. */
    message: string
    /** Each fault with its place. */
    details: {
      /** Dotted, with list positions: `rules.0.currency`. Empty: the whole input. */
      path: string
      message: string
      /** Duplicates only: the record that is already there. */
      existingId?: string
    }[]
    /** As in `X-Request-Id`, and in our log. */
    requestId: string | null
  }
}

/** By resource: a record, a record of a list, what its verbs take, what a create answers. */
export interface Resources {
  streak: {
    record: Streak
    listed: Streak
    create: StreakCreate
    created: Streak
    patch: StreakPatch
    filter: StreakFilter
    sort:
      | 'id'
      | 'name'
      | 'description'
      | 'status'
      | 'aggregationMethod'
      | 'aggregationPeriod'
      | 'aggregationTargetValue'
      | 'completionTargetValue'
      | 'timezone'
      | 'weekStartsOn'
      | 'atRiskHours'
      | 'createdAt'
      | 'updatedAt'
    actions: Record<never, never>
    bulkActions: { forecast: { body: StreaksForecast; answer: StreakForecast } }
    questions: { now: { body: { streakId?: string }; answer: StreakNow } }
    readings: Record<never, never>
  }
  streakLog: {
    record: StreakLog
    listed: Omit<
      StreakLog,
      | 'streak'
      | 'streakProgress'
      | 'achievedMilestone'
      | 'nextMilestone'
      | 'achievedMilestoneRewardLog'
      | 'achievedMilestones'
      | 'achievedMilestoneRewardLogs'
    >
    create: StreakLogCreate
    created: StreakLog
    patch: never
    filter: StreakLogFilter
    sort:
      | 'id'
      | 'streakId'
      | 'ownedById'
      | 'activityAt'
      | 'activityId'
      | 'uniqueIdentifier'
      | 'activityValue'
      | 'status'
      | 'quiet'
      | 'createdAt'
      | 'updatedAt'
    actions: {
      withdrawal: { body: StreakLogWithdrawal; answer: Withdrawal }
      reinstatement: { body: StreakLogReinstatement; answer: Withdrawal }
    }
    bulkActions: Record<never, never>
    questions: Record<never, never>
    readings: Record<never, never>
  }
  streakProgress: {
    record: StreakProgress
    listed: StreakProgress
    create: never
    created: never
    patch: never
    filter: StreakProgressFilter
    sort:
      | 'id'
      | 'streakId'
      | 'ownedById'
      | 'periodKey'
      | 'periodStartAt'
      | 'periodEndAt'
      | 'currentProgressValue'
      | 'aggregationTargetValue'
      | 'streakProgressStatus'
      | 'createdAt'
      | 'updatedAt'
    actions: Record<never, never>
    bulkActions: Record<never, never>
    questions: Record<never, never>
    readings: Record<never, never>
  }
  memberStreak: {
    record: MemberStreak
    listed: MemberStreak
    create: never
    created: never
    patch: never
    filter: MemberStreakFilter
    sort: 'id' | 'streakId' | 'ownedById' | 'lastActivityAt' | 'createdAt' | 'updatedAt'
    actions: Record<never, never>
    bulkActions: Record<never, never>
    questions: Record<never, never>
    readings: Record<never, never>
  }
  milestone: {
    record: Milestone
    listed: Milestone
    create: MilestoneCreate
    created: Milestone
    patch: MilestonePatch
    filter: MilestoneFilter
    sort:
      | 'id'
      | 'linkedSchemaSlug'
      | 'linkedSchemaRecordId'
      | 'name'
      | 'description'
      | 'milestoneTargetValue'
      | 'status'
      | 'eudMilestoneRewardInstructionMessage'
      | 'milestoneMetric'
      | 'milestoneRepeat'
      | 'onWithdrawal'
      | 'createdAt'
      | 'updatedAt'
    actions: Record<never, never>
    bulkActions: Record<never, never>
    questions: Record<never, never>
    readings: Record<never, never>
  }
  rewardLog: {
    record: RewardLog
    listed: RewardLog
    create: never
    created: never
    patch: RewardLogPatch
    filter: RewardLogFilter
    sort:
      | 'id'
      | 'linkedSchemaSlug'
      | 'linkedSchemaRecordId'
      | 'milestoneId'
      | 'ownedById'
      | 'streakLogId'
      | 'periodKey'
      | 'couponCode'
      | 'rewardIssuedAt'
      | 'rewardExpiryAt'
      | 'fulfilmentStatus'
      | 'heldReason'
      | 'fulfilAfter'
      | 'failureReason'
      | 'couponUsed'
      | 'redeemedAt'
      | 'redeemedOrderId'
      | 'onWithdrawal'
      | 'createdAt'
      | 'updatedAt'
    actions: {
      replay: { body: RewardLogReplay; answer: RewardLog }
      abandon: { body: RewardLogAbandon; answer: RewardLog }
    }
    bulkActions: Record<never, never>
    questions: Record<never, never>
    readings: Record<never, never>
  }
  member: {
    record: Member
    listed: Member
    create: MemberCreate
    created: Member
    patch: MemberPatch
    filter: MemberFilter
    sort:
      | 'id'
      | 'externalId'
      | 'firstName'
      | 'lastName'
      | 'email'
      | 'phoneNumber'
      | 'status'
      | 'createdAt'
      | 'updatedAt'
    actions: Record<never, never>
    bulkActions: { erase: { body: MembersErase; answer: AddressErased } }
    questions: { search: { body: { q?: string; limit?: string }; answer: MembersFound } }
    readings: { export: MemberExport }
  }
  account: {
    record: Account
    listed: Account
    create: never
    created: never
    patch: AccountPatch
    filter: AccountFilter
    sort: 'id' | 'name' | 'timezone' | 'createdAt' | 'updatedAt'
    actions: Record<never, never>
    bulkActions: Record<never, never>
    questions: Record<never, never>
    readings: Record<never, never>
  }
  apiKey: {
    record: ApiKey
    listed: ApiKey
    create: ApiKeyCreate
    created: ApiKeyCreated
    patch: ApiKeyPatch
    filter: ApiKeyFilter
    sort: 'id' | 'name' | 'description' | 'apiKey' | 'status' | 'createdAt' | 'updatedAt'
    actions: Record<never, never>
    bulkActions: Record<never, never>
    questions: Record<never, never>
    readings: Record<never, never>
  }
  connector: {
    record: Connector
    listed: Connector
    create: ConnectorCreate
    created: Connector
    patch: ConnectorPatch
    filter: ConnectorFilter
    sort: 'id' | 'name' | 'platform' | 'status' | 'refusedCount' | 'createdAt' | 'updatedAt'
    actions: {
      test: { body: ConnectorTest; answer: BodyTried }
      install: { body: ConnectorInstall; answer: Connector & { authorizeUrl?: string } }
      check: { body: ConnectorCheck; answer: Connector }
      uninstall: { body: ConnectorUninstall; answer: Connector }
      backfill: { body: ConnectorBackfill; answer: Backfill }
    }
    bulkActions: Record<never, never>
    questions: Record<never, never>
    readings: Record<never, never>
  }
  delivery: {
    record: Delivery
    listed: Delivery
    create: never
    created: never
    patch: never
    filter: DeliveryFilter
    sort:
      | 'id'
      | 'connectorId'
      | 'platform'
      | 'topic'
      | 'webhookId'
      | 'bodySha256'
      | 'receivedAt'
      | 'orderId'
      | 'outcome'
      | 'reason'
      | 'createdAt'
      | 'updatedAt'
    actions: {
      replay: { body: DeliveryReplay; answer: DeliveryReplayed }
      abandon: { body: DeliveryAbandon; answer: Delivery }
    }
    bulkActions: { replay: { body: DeliveriesReplay; answer: DeliveriesReplayed } }
    questions: {
      explain: {
        body: { orderId?: string; orderName?: string; connectorId?: string }
        answer: OrderExplained
      }
      search: { body: { q?: string; limit?: string }; answer: OrdersFound }
    }
    readings: Record<never, never>
  }
  backfill: {
    record: Backfill
    listed: Backfill
    create: never
    created: never
    patch: never
    filter: BackfillFilter
    sort:
      | 'id'
      | 'connectorId'
      | 'state'
      | 'since'
      | 'until'
      | 'dryRun'
      | 'rewards'
      | 'found'
      | 'counted'
      | 'duplicates'
      | 'ignored'
      | 'failed'
      | 'readUpTo'
      | 'startedAt'
      | 'endedAt'
      | 'createdAt'
      | 'updatedAt'
    actions: { cancel: { body: BackfillCancel; answer: Backfill } }
    bulkActions: Record<never, never>
    questions: Record<never, never>
    readings: Record<never, never>
  }
  couponProvider: {
    record: CouponProvider
    listed: CouponProvider
    create: CouponProviderCreate
    created: CouponProvider
    patch: CouponProviderPatch
    filter: CouponProviderFilter
    sort: 'id' | 'name' | 'provider' | 'connectorId' | 'createdAt' | 'updatedAt'
    actions: { resume: { body: CouponProviderResume; answer: CouponProvider } }
    bulkActions: Record<never, never>
    questions: Record<never, never>
    readings: Record<never, never>
  }
  couponCode: {
    record: CouponCode
    listed: CouponCode
    create: CouponCodeCreate
    created: CouponCode[]
    patch: never
    filter: CouponCodeFilter
    sort: 'id' | 'providerId' | 'code' | 'rewardLogId' | 'createdAt' | 'updatedAt'
    actions: Record<never, never>
    bulkActions: Record<never, never>
    questions: Record<never, never>
    readings: Record<never, never>
  }
  withdrawal: {
    record: Withdrawal
    listed: Withdrawal
    create: never
    created: never
    patch: never
    filter: WithdrawalFilter
    sort:
      | 'id'
      | 'streakLogId'
      | 'ownedById'
      | 'streakId'
      | 'kind'
      | 'value'
      | 'reason'
      | 'uniqueIdentifier'
      | 'withdrawalId'
      | 'deliveryId'
      | 'createdAt'
      | 'updatedAt'
    actions: Record<never, never>
    bulkActions: Record<never, never>
    questions: Record<never, never>
    readings: Record<never, never>
  }
  auditEntry: {
    record: AuditEntry
    listed: AuditEntry
    create: never
    created: never
    patch: never
    filter: AuditEntryFilter
    sort:
      | 'id'
      | 'actorKind'
      | 'actorId'
      | 'actorName'
      | 'action'
      | 'slug'
      | 'recordId'
      | 'address'
      | 'createdAt'
      | 'updatedAt'
    actions: Record<never, never>
    bulkActions: Record<never, never>
    questions: Record<never, never>
    readings: Record<never, never>
  }
  webhookEndpoint: {
    record: WebhookEndpoint
    listed: WebhookEndpoint
    create: WebhookEndpointCreate
    created: WebhookEndpointCreated
    patch: WebhookEndpointPatch
    filter: WebhookEndpointFilter
    sort: 'id' | 'url' | 'status' | 'description' | 'createdAt' | 'updatedAt'
    actions: {
      rotate: { body: WebhookEndpointRotate; answer: WebhookEndpointCreated }
      test: { body: WebhookEndpointTest; answer: WebhookMessage }
    }
    bulkActions: Record<never, never>
    questions: Record<never, never>
    readings: Record<never, never>
  }
  webhookMessage: {
    record: WebhookMessage
    listed: WebhookMessage
    create: never
    created: never
    patch: never
    filter: WebhookMessageFilter
    sort: 'id' | 'endpointId' | 'type' | 'status' | 'nextAttemptAt' | 'createdAt' | 'updatedAt'
    actions: { resend: { body: WebhookMessageResend; answer: WebhookMessage } }
    bulkActions: Record<never, never>
    questions: Record<never, never>
    readings: Record<never, never>
  }
  privacyRequest: {
    record: PrivacyRequest
    listed: PrivacyRequest
    create: never
    created: never
    patch: never
    filter: PrivacyRequestFilter
    sort:
      | 'id'
      | 'kind'
      | 'connectorId'
      | 'deliveryId'
      | 'receivedAt'
      | 'dueAt'
      | 'state'
      | 'doneAt'
      | 'createdAt'
      | 'updatedAt'
    actions: Record<never, never>
    bulkActions: Record<never, never>
    questions: Record<never, never>
    readings: { export: PrivacyExport }
  }
}

export const RESOURCES = {
  streak: {
    slug: 'streak',
    verbs: ['list', 'create', 'get', 'patch', 'delete'],
    actions: [],
    bulkActions: ['forecast'],
    questions: ['now'],
    readings: [],
  },
  streakLog: {
    slug: 'streak_log',
    verbs: ['list', 'create', 'get'],
    actions: ['withdrawal', 'reinstatement'],
    bulkActions: [],
    questions: [],
    readings: [],
  },
  streakProgress: {
    slug: 'streak_progress',
    verbs: ['list', 'get'],
    actions: [],
    bulkActions: [],
    questions: [],
    readings: [],
  },
  memberStreak: {
    slug: 'member_streak',
    verbs: ['list', 'get'],
    actions: [],
    bulkActions: [],
    questions: [],
    readings: [],
  },
  milestone: {
    slug: 'milestone',
    verbs: ['list', 'create', 'get', 'patch', 'delete'],
    actions: [],
    bulkActions: [],
    questions: [],
    readings: [],
  },
  rewardLog: {
    slug: 'reward_log',
    verbs: ['list', 'get', 'patch'],
    actions: ['replay', 'abandon'],
    bulkActions: [],
    questions: [],
    readings: [],
  },
  member: {
    slug: 'account_user',
    verbs: ['list', 'create', 'get', 'patch', 'delete'],
    actions: [],
    bulkActions: ['erase'],
    questions: ['search'],
    readings: ['export'],
  },
  account: {
    slug: 'account',
    verbs: ['list', 'get', 'patch'],
    actions: [],
    bulkActions: [],
    questions: [],
    readings: [],
  },
  apiKey: {
    slug: 'api_key',
    verbs: ['list', 'create', 'get', 'patch', 'delete'],
    actions: [],
    bulkActions: [],
    questions: [],
    readings: [],
  },
  connector: {
    slug: 'connector',
    verbs: ['list', 'create', 'get', 'patch', 'delete'],
    actions: ['test', 'install', 'check', 'uninstall', 'backfill'],
    bulkActions: [],
    questions: [],
    readings: [],
  },
  delivery: {
    slug: 'delivery',
    verbs: ['list', 'get'],
    actions: ['replay', 'abandon'],
    bulkActions: ['replay'],
    questions: ['explain', 'search'],
    readings: [],
  },
  backfill: {
    slug: 'backfill',
    verbs: ['list', 'get'],
    actions: ['cancel'],
    bulkActions: [],
    questions: [],
    readings: [],
  },
  couponProvider: {
    slug: 'coupon_provider',
    verbs: ['list', 'create', 'get', 'patch', 'delete'],
    actions: ['resume'],
    bulkActions: [],
    questions: [],
    readings: [],
  },
  couponCode: {
    slug: 'coupon_code',
    verbs: ['list', 'create', 'delete'],
    actions: [],
    bulkActions: [],
    questions: [],
    readings: [],
  },
  withdrawal: {
    slug: 'withdrawal',
    verbs: ['list', 'get'],
    actions: [],
    bulkActions: [],
    questions: [],
    readings: [],
  },
  auditEntry: {
    slug: 'audit_log',
    verbs: ['list', 'get'],
    actions: [],
    bulkActions: [],
    questions: [],
    readings: [],
  },
  webhookEndpoint: {
    slug: 'webhook_endpoint',
    verbs: ['list', 'create', 'get', 'patch', 'delete'],
    actions: ['rotate', 'test'],
    bulkActions: [],
    questions: [],
    readings: [],
  },
  webhookMessage: {
    slug: 'webhook_message',
    verbs: ['list', 'get'],
    actions: ['resend'],
    bulkActions: [],
    questions: [],
    readings: [],
  },
  privacyRequest: {
    slug: 'privacy_request',
    verbs: ['list', 'get'],
    actions: [],
    bulkActions: [],
    questions: [],
    readings: ['export'],
  },
} as const

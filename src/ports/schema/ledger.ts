import {
  boolean,
  type CollectionSpec,
  choice,
  common,
  id,
  instant,
  integer,
  journey,
  json,
  newestFirst,
  optional,
  quantity,
  text,
  withDefault,
} from './spec.ts'
import { ENTRY_KINDS, STATUSES } from './values.ts'

/** The ledger of a streak, and what follows from it. */
export const LEDGER = {
  streak_log: {
    fields: {
      ...common,
      ownedById: id,
      streakId: id,
      activityAt: instant,
      activityId: text(),
      uniqueIdentifier: text(),
      activityValue: optional(quantity),
      status: choice(STATUSES),
      /** Counts like any other and is granted nothing. */
      quiet: withDefault(boolean, false),
      periodKey: text(),
      periodNumber: integer,
      /** What the log counts for now: 1 or its value, less what was withdrawn; 0 for logs that are not live. */
      effectiveValue: quantity,
      /** Withdrawals and reinstatements of this log: each is guarded by how many there were. */
      entryCount: integer,
      /** The rewards this log was granted, in the order of the response; null when none. */
      rewardLogIds: optional(json<readonly string[]>()),
      deliveryId: optional(id),
    },
    indexes: {
      // what comes in the order of time, as order ids mostly do, stays together: one page is written, not one a member
      streak_log_unique: { fields: ['accountId', 'streakId', 'uniqueIdentifier', 'ownedById'], unique: true },
      streak_log_period: { fields: [...journey, 'periodNumber', 'activityAt'] },
      streak_log_created: newestFirst('accountId'),
      streak_log_member: newestFirst('accountId', 'ownedById'),
      streak_log_streak: newestFirst('accountId', 'streakId'),
      streak_log_identifier: newestFirst('accountId', 'uniqueIdentifier'),
      streak_log_activity: { fields: ['accountId', 'activityAt', 'id'], descending: ['activityAt'] },
    },
  },
  streak_progress: {
    fields: {
      ...common,
      ownedById: id,
      streakId: id,
      periodKey: text(),
      periodNumber: integer,
      periodStartAt: instant,
      periodEndAt: instant,
      currentProgressValue: quantity,
      aggregationTargetValue: quantity,
      completed: boolean,
      /** `activityAt` of the first and last effective log; null when there is none. */
      firstEffectiveAt: optional(instant),
      lastEffectiveAt: optional(instant),
      /** `activityAt` at which the target was reached; kept only on streaks with a completionTargetValue. */
      targetReachedAt: optional(instant),
    },
    indexes: {
      streak_progress_unique: { fields: [...journey, 'periodNumber'], unique: true },
      streak_progress_created: newestFirst('accountId'),
      streak_progress_member: newestFirst('accountId', 'ownedById'),
      streak_progress_streak: newestFirst('accountId', 'streakId'),
    },
  },
  /** A maximal row of consecutive completed periods of a member on a streak. Internal. */
  run: {
    fields: {
      ...common,
      ownedById: id,
      streakId: id,
      firstPeriod: integer,
      lastPeriod: integer,
      length: integer,
      /** True when the run's end does not close a cycle: missing the next period breaks it. */
      breakable: boolean,
      /** Standing `every_streak` rewards anchored inside the run, by milestone id. */
      standing: json<Readonly<Record<string, number>>>(),
    },
    indexes: {
      run_first: { fields: [...journey, 'firstPeriod'], unique: true },
      run_last: { fields: [...journey, 'lastPeriod'] },
      /** Who keeps a streak, is at risk, and whose is broken: members are found by the period that they completed last. */
      run_ending: { fields: ['accountId', 'streakId', 'lastPeriod', 'breakable', 'id'] },
    },
  },
  member_streak: {
    fields: {
      ...common,
      ownedById: id,
      streakId: id,
      /** Guards everything about this member on this streak: each commit raises it by one. */
      version: integer,
      lastActivityAt: instant,
      longestRunLength: integer,
      completedCycles: integer,
      /** False until the first reward of this member on this streak: spares looking for them. */
      hasRewards: boolean,
      /** Rewards revoked before they were minted: they may come back. */
      revokedRewards: integer,
      /** Set when the member is erased: from then on it takes no logs and is granted no rewards. */
      closed: boolean,
    },
    indexes: {
      member_streak_unique: { fields: [...journey], unique: true },
      member_streak_created: newestFirst('accountId'),
      member_streak_member: newestFirst('accountId', 'ownedById'),
      member_streak_streak: newestFirst('accountId', 'streakId'),
    },
  },
  /** Withdrawals of a log, whole or in part, and what undoes them. Append-only, like the log. */
  withdrawal: {
    fields: {
      ...common,
      ownedById: id,
      streakId: id,
      streakLogId: id,
      kind: choice(ENTRY_KINDS),
      /** What is taken back, at most the log's value; null = the whole, and on reinstatements. */
      value: optional(quantity),
      reason: text(),
      uniqueIdentifier: optional(text()),
      /** Of a reinstatement: the withdrawal it undoes. */
      withdrawalId: optional(id),
      /** The delivery whose report made the entry; null when it came over the API. */
      deliveryId: optional(id),
    },
    indexes: {
      withdrawal_unique: {
        fields: ['accountId', 'ownedById', 'streakLogId', 'uniqueIdentifier'],
        unique: true,
        where: { notNull: ['uniqueIdentifier'] },
      },
      withdrawal_undone: {
        fields: ['accountId', 'ownedById', 'withdrawalId'],
        unique: true,
        where: { notNull: ['withdrawalId'] },
      },
      withdrawal_log: { fields: ['accountId', 'ownedById', 'streakLogId'] },
      withdrawal_created: newestFirst('accountId'),
      withdrawal_member: newestFirst('accountId', 'ownedById'),
      withdrawal_streak: newestFirst('accountId', 'streakId'),
      withdrawal_identifier: newestFirst('accountId', 'uniqueIdentifier'),
    },
  },
} as const satisfies Record<string, CollectionSpec>

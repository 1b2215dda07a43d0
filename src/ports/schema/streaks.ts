import {
  boolean,
  type CollectionSpec,
  choice,
  id,
  integer,
  json,
  newestFirst,
  optional,
  quantity,
  revised,
  text,
} from './spec.ts'
import {
  AGGREGATION_METHODS,
  AGGREGATION_PERIODS,
  type Caps,
  LINKED_SLUGS,
  MILESTONE_METRICS,
  MILESTONE_REPEATS,
  ON_WITHDRAWAL,
  type RewardSpec,
  STATUSES,
  WEEK_STARTS,
} from './values.ts'

/** What merchants set up: streaks and milestones. */
export const STREAKS = {
  streak: {
    fields: {
      ...revised,
      name: text(),
      description: text(),
      status: choice(STATUSES),
      aggregationMethod: choice(AGGREGATION_METHODS),
      aggregationPeriod: choice(AGGREGATION_PERIODS),
      aggregationTargetValue: quantity,
      completionTargetValue: optional(integer),
      timezone: text(),
      weekStartsOn: choice(WEEK_STARTS),
      /** So long before a period ends its members are at risk; null: as its kind of period has it. */
      atRiskHours: optional(integer),
      /** Set by the commit of the first log, of any status; from then on the rules are fixed. */
      hasLogs: boolean,
    },
    indexes: { streak_created: newestFirst('accountId') },
  },
  milestone: {
    fields: {
      ...revised,
      linkedSchemaSlug: choice(LINKED_SLUGS),
      linkedSchemaRecordId: id,
      name: text(),
      description: text(),
      milestoneTargetValue: quantity,
      status: choice(STATUSES),
      eudMilestoneRewardInstructionMessage: optional(text()),
      milestoneMetric: choice(MILESTONE_METRICS),
      milestoneRepeat: choice(MILESTONE_REPEATS),
      reward: optional(json<RewardSpec>()),
      onWithdrawal: choice(ON_WITHDRAWAL),
      caps: optional(json<Caps>()),
      /** Set by the commit of the first reward log; from then on target, metric, repeat and streak are fixed. */
      hasRewardLogs: boolean,
    },
    indexes: {
      milestone_created: newestFirst('accountId'),
      milestone_streak: newestFirst('accountId', 'linkedSchemaRecordId'),
    },
  },
} as const satisfies Record<string, CollectionSpec>

import {
  boolean,
  type CollectionSpec,
  id,
  integer,
  json,
  newestFirst,
  optional,
  quantity,
  revised,
  text,
} from './spec.ts'
import type { RewardSpec, Status } from './values.ts'

/** What merchants set up: streaks and milestones. */
export const STREAKS = {
  streak: {
    fields: {
      ...revised,
      name: text(),
      description: text(),
      status: text<Status>(),
      aggregationMethod: text<'count' | 'sum'>(),
      aggregationPeriod: text<'daily' | 'weekly' | 'monthly'>(),
      aggregationTargetValue: quantity,
      completionTargetValue: optional(integer),
      timezone: text(),
      weekStartsOn: text<'monday' | 'sunday'>(),
      /** Set by the commit of the first log, of any status; from then on the rules are fixed. */
      hasLogs: boolean,
    },
    indexes: { streak_created: newestFirst('accountId') },
  },
  milestone: {
    fields: {
      ...revised,
      linkedSchemaSlug: text<'streak'>(),
      linkedSchemaRecordId: id,
      name: text(),
      description: text(),
      milestoneTargetValue: quantity,
      status: text<Status>(),
      eudMilestoneRewardInstructionMessage: optional(text()),
      milestoneMetric: text<'consecutive_count' | 'current_progress_value'>(),
      milestoneRepeat: text<'every_streak' | 'every_period' | 'once'>(),
      reward: optional(json<RewardSpec>()),
      onWithdrawal: text<'keep' | 'revoke'>(),
      /** Set by the commit of the first reward log; from then on target, metric, repeat and streak are fixed. */
      hasRewardLogs: boolean,
    },
    indexes: {
      milestone_created: newestFirst('accountId'),
      milestone_streak: newestFirst('accountId', 'linkedSchemaRecordId'),
    },
  },
} as const satisfies Record<string, CollectionSpec>

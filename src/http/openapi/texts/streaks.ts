import { FIXED_BY_REWARDS } from '../../../setup/milestone.ts'
import { FIXED_BY_LOGS } from '../../../setup/streak.ts'
import type { ResourceText } from './types.ts'

/** `a`, `b` and `c`, as Markdown. */
function named(fields: readonly string[]): string {
  const quoted = fields.map((field) => `\`${field}\``)
  return `${quoted.slice(0, -1).join(', ')} and ${quoted.at(-1)}`
}

export const streak: ResourceText = {
  about:
    'The rules by which logs become progress: what is added up, in which periods, and how much completes one.',
  verbs: {
    patch: `From the first log on, ${named(FIXED_BY_LOGS)} are fixed: progress already earned must not change meaning.`,
    delete:
      'Only while the streak has no logs and nothing refers to it. A streak with logs is paused instead.',
  },
  actions: {
    now: 'Counts the members who keep the streak going, and of them those who have completed the present period and those who have not yet. By an index, up to 100,000 each. Members who were erased are among them until their run is broken.',
  },
  fields: {
    'now.streakId': 'Which streak.',
    name: 'For people.',
    description: 'For people.',
    status: 'Only a `live` streak takes logs. Pausing stops logs, not the clock: periods end as ever.',
    aggregationMethod: '`count` counts logs, `sum` adds up their `activityValue`.',
    aggregationPeriod: 'How long a period lasts. Days, weeks and months are those of the `timezone`.',
    aggregationTargetValue:
      'How much completes a period: a number of logs, or a sum. A whole number on count streaks.',
    completionTargetValue:
      'How many completed periods in a row finish the streak; the count then starts again at 1. `null`: endless.',
    timezone:
      'IANA time zone in its exact spelling, in which periods begin and end. Default: that of the account.',
    weekStartsOn: 'The first day of a week, for `weekly` streaks.',
    atRiskHours:
      'How long before a period ends members are told that they are at risk: at most 23 on daily streaks, 167 on weekly, 671 on monthly ones. `null`: 6, 24, 72.',
  },
}

export const milestone: ResourceText = {
  about:
    'A target on a streak, and what reaching it earns. Rewards are granted by a live log, in the same commit, while the milestone is live; never for what was reached before.',
  verbs: {
    patch: `Once it has a reward log, ${named(FIXED_BY_REWARDS)} are fixed.`,
    delete: 'Only while the milestone has granted no reward. One that has is paused instead.',
  },
  fields: {
    linkedSchemaSlug: 'What the milestone belongs to: always a streak.',
    linkedSchemaRecordId: 'The streak it belongs to.',
    name: 'For people.',
    description: 'For people.',
    milestoneTargetValue:
      'The number to reach. With `consecutive_count` a whole number, and not above the streak’s `completionTargetValue`.',
    status: 'Only a `live` milestone grants rewards.',
    eudMilestoneRewardInstructionMessage: 'What an end user is told about the reward.',
    milestoneMetric:
      'What has to reach the target: completed periods in a row, or the progress inside one period.',
    milestoneRepeat:
      'How often a member can earn it: with `consecutive_count` `every_streak` (default) or `once`, with `current_progress_value` `every_period` (default) or `once`.',
    reward:
      'The coupon to make. `null`: your backend fulfils the reward itself, by a PATCH of the reward log.',
    'reward.discount': 'Either `percentage`, or `amount` and `currency`.',
    'reward.discount.percentage': 'Above 0, at most 100.',
    'reward.discount.amount': 'In whole units of the currency, not in cents.',
    'reward.discount.currency': 'ISO 4217, in any case.',
    'reward.expiresInDays': 'Days from the making of the coupon to its end. Absent: the provider decides.',
    'reward.holdDays':
      'So many times 24 hours after the grant the coupon is made, and not at all if its ground is gone by then: 0 (default) to 90.',
    'reward.minimumSubtotal': 'The smallest order that the coupon is good for.',
    'reward.prefix': 'What each code begins with.',
    caps: 'How much is let through to coupon providers; what exceeds it is held, never dropped. Null: no limit.',
    'caps.rewardsPerDay': 'In a day of the account’s `timezone`.',
    'caps.rewardsPerMonth': 'In a month of the account’s `timezone`.',
    'caps.rewardsTotal': 'In all.',
    'caps.amountPerMonth': 'Of discounts that are amounts in `currency`, in a month.',
    'caps.amountTotal': 'The same in all.',
    'caps.currency': 'ISO 4217, in any case; required with an amount.',
    onWithdrawal: 'What happens to an issued reward whose ground a withdrawal takes away.',
  },
}

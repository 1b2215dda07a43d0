import type { ResourceText } from './types.ts'

const BELOW_TARGET = 'Computed when read: it can be neither filtered nor sorted.'

export const streakLog: ResourceText = {
  about:
    'An activity of a member: a purchase, a visit, a workout. Logs drive all progress. They are permanent: neither changed nor deleted, only withdrawn.',
  verbs: {
    create: `Records an activity and answers with everything that follows from it, already committed: the progress of its period, the milestones it crossed and the reward logs they granted.

Name the member by \`ownedById\`, or by \`ownedBy\` to make or update it in the same request. The same \`uniqueIdentifier\` again, for the same streak and member, is a 409 \`DUPLICATE_STREAK_LOG\` that changes nothing and names the log that is there (\`details[0].existingId\`): it is always safe to send a log again.`,
    get: 'With the same joined records as the create: what this log achieved, and progress and next milestone as they stand now.',
    list: 'The joined records are left out unless `fields` asks for them.',
  },
  actions: {
    withdrawal:
      'Takes the log back, whole or by a `value`; what exceeds the log is cut to it. Progress, runs and counts follow at once, and rewards that lose their ground are revoked: those without a coupon always, issued ones as `onWithdrawal` of their milestone says. The same `uniqueIdentifier` again is a 409 that names the entry.',
    reinstatement:
      'Undoes one withdrawal, once. Rewards that were revoked before they had a coupon come back under their own ids.',
  },
  fields: {
    streakId: 'The streak this log contributes to.',
    ownedById: 'The member who acted. On create: this or `ownedBy`, not both.',
    ownedBy: 'The member by its `externalId`, made or updated with the log. Absent profile fields stay.',
    'ownedBy.externalId': 'Your own id of the member.',
    'ownedBy.phoneNumber': 'E.164, such as +14155552671.',
    activityAt:
      'When the activity took place; it decides which period the log falls into. May be arbitrarily late, at most 5 minutes ahead.',
    activityId: 'What was done: `made_a_purchase`, `visited_store`, `completed_workout`, …',
    uniqueIdentifier: 'Your id of this event (order id, visit id, …): the guard against counting it twice.',
    activityValue: 'How much. Required on sum streaks; kept but ignored on count streaks.',
    status: 'A log that is not `live` is stored and never counted.',
    quiet: 'It counts like any other and is granted nothing, neither then nor later.',
    streak: 'The streak.',
    streakProgress: 'The progress of the period of `activityAt`, with this log in it.',
    achievedMilestone: 'The last of `achievedMilestones`; `null` when there is none.',
    nextMilestone: 'What the member is working toward; `null` when nothing is left.',
    achievedMilestoneRewardLog: 'The last of `achievedMilestoneRewardLogs`; `null` when there is none.',
    achievedMilestones: 'Every milestone this log crossed.',
    achievedMilestoneRewardLogs: 'The rewards they granted, in the same order.',
  },
}

export const streakProgress: ResourceText = {
  about:
    'What a member did in one period of a streak. Kept by the platform; one record per member, streak and period that has at least one live log.',
  fields: {
    periodKey:
      'The period: `2026-11-22` of a day, the date of its first day of a week, `2026-11` of a month.',
    periodStartAt: 'When the period begins, in the streak’s time zone.',
    periodEndAt: 'When the next period begins.',
    currentProgressValue: 'The logs of the period, counted or added up, less what was withdrawn.',
    aggregationTargetValue: 'As on the streak.',
    streakProgressStatus:
      'As of the moment of the request: `completed` when the target is reached, else `in_progress` while the period lasts and `broken` once it is over.',
    consecutiveCount: `The place of this period in its row of completed ones; if it is not completed, that of the period before it. ${BELOW_TARGET}`,
    longestConsecutiveCount: `The highest \`consecutiveCount\` of this member on this streak. ${BELOW_TARGET}`,
    streakStartedAt: `The first activity of the row that \`consecutiveCount\` counts; \`null\` where that is 0. ${BELOW_TARGET}`,
    streakBrokenAt: `The end of this period, when it broke a row. ${BELOW_TARGET}`,
    streakCompletedAt: `When the streak’s \`completionTargetValue\` was reached in this period. ${BELOW_TARGET}`,
  },
}

export const memberStreak: ResourceText = {
  about:
    'What is my streak now? One record per member and streak, as of the moment of the request. Kept by the platform.',
  fields: {
    currentConsecutiveCount: 'Completed periods in a row, up to now.',
    longestConsecutiveCount: 'The most there ever were.',
    completedCycles:
      'How often the streak was finished; 0 on endless streaks. As the ledger stands: a late log may move it.',
    currentPeriodKey: 'The period of this moment.',
    currentProgressValue: 'What was done in it.',
    currentPeriodEndAt: 'When it ends.',
    streakStatus:
      '`active`: this period is done. `at_risk`: it is not, and the count is above 0. `inactive`: neither.',
    lastBrokenAt: 'The end of the latest period that broke a row; `null` if none did.',
    lastActivityAt: 'The latest activity of a live log.',
    nextMilestone: 'What the member is working toward; `null` when nothing is left.',
  },
}

export const rewardLog: ResourceText = {
  about: `What a member earned: one per milestone crossed, made by the platform. A milestone without \`reward\` is fulfilled by your backend: make a coupon, then PATCH \`couponCode\` onto the reward log. With \`reward\` the platform has the coupon made.`,
  verbs: {
    patch:
      'For rewards that your backend fulfils, and for failed ones. It becomes `issued` when `couponCode` is set; `rewardIssuedAt` then defaults to now.',
  },
  actions: {
    replay:
      'Has the coupon of a `failed` reward tried again: the same code, by the same key, so that there is never a second coupon. A reward that is `pending`, `issuing` or `issued` is answered as it is.',
    abandon:
      'Stops having a coupon made: a reward that waits for one becomes `failed`, its `failureReason` begins with `ABANDONED`, and you may PATCH a code onto it. A replay takes it up again. A request that is under way may still make the coupon; nobody is told of its code. A `failed` reward is answered as it is.',
  },
  fields: {
    linkedSchemaSlug: 'Always a streak.',
    linkedSchemaRecordId: 'The streak.',
    milestoneId: 'The milestone that was crossed.',
    milestone: 'The milestone; `null` when it is gone.',
    streakLogId: 'The log that crossed it.',
    periodKey: 'The period in which the target was reached.',
    couponCode: 'The coupon; `null` until it is issued.',
    rewardIssuedAt: 'When the coupon was made.',
    rewardExpiryAt: 'When the coupon ends. After `rewardIssuedAt`.',
    fulfilmentStatus:
      '`pending` to be fulfilled · `held` for now · `issuing` being made · `issued` · `failed` · `revoking` · `revoked`.',
    heldReason:
      'What it waits for: `hold_period` the end of its hold, `cap` room below a cap, `provider_paused` its coupon provider.',
    waitsFor:
      'Why it waits, and `until` when where that is known: its hold, a cap, its provider. `null` where it does not.',
    fulfilAfter:
      'When its hold ends; or when a cap let it go, or it came back. `expiresInDays` counts from then.',
    failureReason: 'Why no coupon was made.',
    couponUsed: 'Whether the coupon was used: `yes` once an order named it, else asked when it was revoked.',
    redeemedAt:
      'When the order was made that named the coupon; else when its provider was found to know of its use.',
    redeemedOrderId: 'That order, as its platform calls it; null where only the provider knows of the use.',
    reward: 'As on the milestone at the crossing; `null`: your backend fulfils it.',
    onWithdrawal: 'As on the milestone at the crossing.',
  },
}

export const withdrawal: ResourceText = {
  about:
    'Takes back all or part of a streak log: refunds, cancelled orders, mistakes. Append-only, like the log, which stays as it was.',
  fields: {
    streakLogId: 'The log.',
    ownedById: 'The member whose log it is.',
    streakId: 'The streak of the log.',
    kind: '`withdrawal` takes back; `reinstatement` undoes one withdrawal, once.',
    withdrawalId: 'Of a reinstatement: the withdrawal it undoes.',
    deliveryId:
      'The delivery whose refund, dispute or cancellation made the entry; `null` for entries of your own.',
    reason: 'Why.',
    uniqueIdentifier: 'Your id of the withdrawal (refund id, …): the guard against taking back twice.',
    value: 'How much is taken back. Absent: the whole log. Not on count streaks, where logs count as 1.',
  },
}

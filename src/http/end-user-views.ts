import { equal } from '../ports/conditions.ts'
import type { Condition } from '../ports/store.ts'
import { ownRows } from './list/end-user.ts'
import type { EndUserView } from './resource.ts'

/**
 * All that an end user can see, in one place. What is left out on purpose: how a coupon is made and by whom (`reward`,
 * provider ids), what the shop does about returns (`onWithdrawal`), when and why it withholds a coupon (`heldReason`,
 * `waitsFor`, `fulfilAfter`, `failureReason`, `couponUsed`), with which order a coupon was used (`redeemedOrderId`), and every way to a streak log (`streakLogId`).
 */

const COMMON = ['id', 'createdAt', 'updatedAt']

const live: Condition<'streak' | 'milestone'> = equal({ status: 'live' })

export const streakForEndUsers: EndUserView<'streak'> = {
  scope: () => live,
  shows: [
    ...COMMON,
    'name',
    'description',
    'status',
    'aggregationMethod',
    'aggregationPeriod',
    'aggregationTargetValue',
    'completionTargetValue',
    'timezone',
    'weekStartsOn',
  ],
}

const MILESTONE = [
  ...COMMON,
  'linkedSchemaSlug',
  'linkedSchemaRecordId',
  'name',
  'description',
  'milestoneTargetValue',
  'status',
  'eudMilestoneRewardInstructionMessage',
  'milestoneMetric',
  'milestoneRepeat',
]

export const milestoneForEndUsers: EndUserView<'milestone'> = { scope: () => live, shows: MILESTONE }

export const streakProgressForEndUsers: EndUserView<'streak_progress'> = {
  scope: ownRows,
  shows: [
    ...COMMON,
    'streakId',
    'ownedById',
    'periodKey',
    'periodStartAt',
    'periodEndAt',
    'currentProgressValue',
    'aggregationTargetValue',
    'streakProgressStatus',
    'consecutiveCount',
    'longestConsecutiveCount',
    'streakStartedAt',
    'streakBrokenAt',
    'streakCompletedAt',
  ],
}

export const memberStreakForEndUsers: EndUserView<'member_streak'> = {
  scope: ownRows,
  shows: [
    ...COMMON,
    'streakId',
    'ownedById',
    'currentConsecutiveCount',
    'longestConsecutiveCount',
    'completedCycles',
    'currentPeriodKey',
    'currentProgressValue',
    'currentPeriodEndAt',
    'streakStatus',
    'lastBrokenAt',
    'lastActivityAt',
    'nextMilestone',
  ],
  joined: { nextMilestone: MILESTONE },
}

export const rewardLogForEndUsers: EndUserView<'reward_log'> = {
  scope: ownRows,
  shows: [
    ...COMMON,
    'linkedSchemaSlug',
    'linkedSchemaRecordId',
    'milestoneId',
    'milestone',
    'ownedById',
    'periodKey',
    'couponCode',
    'rewardIssuedAt',
    'rewardExpiryAt',
    'redeemedAt',
    'fulfilmentStatus',
  ],
  joined: { milestone: MILESTONE },
}

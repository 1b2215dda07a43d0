import type { Happening } from '../engine/happenings.ts'
import type { MemberStreakView } from '../engine/types.ts'
import type { Instant } from '../ports/clock.ts'
import type { MessageType } from '../ports/schema/telling-values.ts'
import type { Row } from '../ports/schema.ts'
import type { Quantity } from '../streaks/quantity.ts'

/** Records as a backend reads them over the API; handed in by whoever knows their shape. */
export interface Shown {
  rewardLog(row: Row<'reward_log'>, milestone: Row<'milestone'>): unknown
  memberStreak(view: MemberStreakView): unknown
  quantity(value: Quantity): unknown
}

/** The body of a message, byte for byte as it is sent and signed. */
export function payloadText(type: MessageType, at: Instant, data: object): string {
  return JSON.stringify({ type, timestamp: iso(at), data })
}

/** The `data` of what happened, as of this moment. Pure. */
export function dataOf(happening: Happening, shown: Shown): object {
  const { member, streak } = happening
  const { id, externalId, firstName, lastName, email, phoneNumber } = member
  const whose = {
    accountId: streak.accountId,
    member: { id, externalId, firstName, lastName, email, phoneNumber },
    streak: { id: streak.id, name: streak.name },
  }
  if ('rewardLog' in happening) {
    const { milestone, rewardLog } = happening
    const target = shown.quantity(milestone.milestoneTargetValue)
    const { id: milestoneId, name, milestoneMetric: metric } = milestone
    return {
      ...whose,
      milestone: { id: milestoneId, name, target, metric },
      rewardLog: shown.rewardLog(rewardLog, milestone),
    }
  }
  const { key, startAt, endAt } = happening.period
  return {
    ...whose,
    memberStreak: shown.memberStreak(happening.memberStreak),
    periodKey: key,
    periodStartAt: iso(startAt),
    periodEndAt: iso(endAt),
  }
}

function iso(instant: Instant): string {
  return new Date(instant).toISOString()
}

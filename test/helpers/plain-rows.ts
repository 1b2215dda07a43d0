import type { Row } from '../../src/ports/schema.ts'
import { wholeQuantity } from '../../src/streaks/quantity.ts'

/** What every row begins with that carries a revision. */
type Common = Pick<Row<'streak'>, 'id' | 'accountId' | 'createdAt' | 'updatedAt' | 'revision'>

/** A live streak that counts one log a day, in UTC, without end; `fields` say what is otherwise. */
export function plainStreak(common: Common, fields: Partial<Row<'streak'>> = {}): Row<'streak'> {
  return {
    ...common,
    name: 'streak',
    description: '',
    status: 'live',
    aggregationMethod: 'count',
    aggregationPeriod: 'daily',
    aggregationTargetValue: wholeQuantity(1),
    completionTargetValue: null,
    timezone: 'UTC',
    weekStartsOn: 'monday',
    atRiskHours: null,
    hasLogs: false,
    ...fields,
  }
}

/** A live milestone on three periods in a row, fulfilled by hand; `fields` say what is otherwise. */
export function plainMilestone(
  common: Common,
  streakId: string,
  fields: Partial<Row<'milestone'>> = {},
): Row<'milestone'> {
  return {
    ...common,
    linkedSchemaSlug: 'streak',
    linkedSchemaRecordId: streakId,
    name: 'milestone',
    description: '',
    milestoneTargetValue: wholeQuantity(3),
    status: 'live',
    eudMilestoneRewardInstructionMessage: null,
    milestoneMetric: 'consecutive_count',
    milestoneRepeat: 'every_streak',
    reward: null,
    onWithdrawal: 'keep',
    caps: null,
    hasRewardLogs: false,
    ...fields,
  }
}

import { findRow, standsStill } from '../../commit/planned.ts'
import type { RewardSpec } from '../../ports/schema/values.ts'
import type { Row } from '../../ports/schema.ts'
import type { Change, Store } from '../../ports/store.ts'
import { isWhole, wholeQuantity } from '../../streaks/quantity.ts'
import { orNull } from '../json/json-schema.ts'
import { type JsonObject, nullable } from '../json/write-json.ts'
import { invalid, referenceNotFound } from '../read/check.ts'
import { ID, type PublicFields, rowJson, STATUSES, TIMES } from '../resource.ts'
import { rewardSpecJson, rewardSpecSchema } from './reward-spec.ts'

export const METRICS = ['consecutive_count', 'current_progress_value'] as const
export const REPEATS = ['every_streak', 'every_period', 'once'] as const
export const ON_WITHDRAWAL = ['keep', 'revoke'] as const

export const milestoneFields: PublicFields<'milestone'> = {
  ...ID,
  linkedSchemaSlug: { stored: 'linkedSchemaSlug', values: ['streak'] },
  linkedSchemaRecordId: { stored: 'linkedSchemaRecordId' },
  name: { stored: 'name', contains: true },
  description: { stored: 'description' },
  milestoneTargetValue: { stored: 'milestoneTargetValue' },
  status: { stored: 'status', values: STATUSES },
  eudMilestoneRewardInstructionMessage: { stored: 'eudMilestoneRewardInstructionMessage' },
  milestoneMetric: { stored: 'milestoneMetric', values: METRICS },
  milestoneRepeat: { stored: 'milestoneRepeat', values: REPEATS },
  reward: {
    stored: 'reward',
    schema: orNull(rewardSpecSchema),
    show: ({ reward }) => nullable(reward, rewardSpecJson),
  },
  onWithdrawal: { stored: 'onWithdrawal', values: ON_WITHDRAWAL },
  ...TIMES,
}

export function milestoneJson(row: Row<'milestone'>): JsonObject {
  return rowJson('milestone', milestoneFields, row)
}

type Rules = Pick<Row<'milestone'>, 'milestoneMetric' | 'milestoneRepeat' | 'milestoneTargetValue'>

export const REPEATS_OF = {
  consecutive_count: ['every_streak', 'once'],
  current_progress_value: ['every_period', 'once'],
} as const

/** What a milestone may be, on its own and on its streak. @throws AppError INVALID_INPUT */
export function checkMilestoneRules(milestone: Rules, streak: Row<'streak'>): void {
  const { milestoneMetric: metric, milestoneRepeat: repeat, milestoneTargetValue: target } = milestone
  const repeats: readonly string[] = REPEATS_OF[metric]
  if (!repeats.includes(repeat)) {
    throw invalid('milestoneRepeat', `must be one of ${repeats.join(', ')} with milestoneMetric ${metric}`)
  }
  if (metric === 'current_progress_value') {
    if (streak.aggregationMethod === 'count' && !isWhole(target)) {
      throw invalid('milestoneTargetValue', 'must be a whole number on a streak with aggregationMethod count')
    }
    return
  }
  if (!isWhole(target)) throw invalid('milestoneTargetValue', 'must be a whole number with consecutive_count')
  const cycle = streak.completionTargetValue
  if (cycle !== null && target > wholeQuantity(cycle)) {
    throw invalid(
      'milestoneTargetValue',
      `must not exceed the streak's completionTargetValue, which is ${cycle}`,
    )
  }
}

/** Its provider stands still with a reward: it cannot be deleted while a milestone begins to use it. */
export async function providerChange(
  store: Store,
  accountId: string,
  reward: RewardSpec | null,
): Promise<Change[]> {
  if (reward === null) return []
  const provider = await findRow(store, 'coupon_provider', accountId, reward.providerId)
  if (provider === null) throw referenceNotFound('reward.providerId', 'coupon provider')
  return [standsStill('coupon_provider', provider)]
}

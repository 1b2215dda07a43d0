import type { Row } from '../../ports/schema.ts'
import { orNull } from '../json/json-schema.ts'
import { type JsonObject, nullable } from '../json/write-json.ts'
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

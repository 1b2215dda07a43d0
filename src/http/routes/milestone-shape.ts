import {
  LINKED_SLUGS,
  MILESTONE_METRICS,
  MILESTONE_REPEATS,
  ON_WITHDRAWAL,
  STATUSES,
} from '../../ports/schema/values.ts'
import { orNull } from '../json/json-schema.ts'
import { nullable } from '../json/write-json.ts'
import { zBlankText, zOneOf, zPositiveQuantity, zText, zUuid } from '../read/zod.ts'
import { defaulted, derivable, emptiable, maybe, required, shapeOf } from '../shape.ts'
import { capsField } from './caps.ts'
import { rewardSpecJson, rewardSpecSchema, zReward } from './reward-spec.ts'

export const milestoneShape = shapeOf('milestone', {
  linkedSchemaSlug: defaulted(zOneOf(LINKED_SLUGS), 'streak'),
  linkedSchemaRecordId: required(zUuid),
  name: { ...required(zText(256)), contains: true },
  description: emptiable(zBlankText(1024), ''),
  milestoneTargetValue: required(zPositiveQuantity),
  status: defaulted(zOneOf(STATUSES), 'draft'),
  eudMilestoneRewardInstructionMessage: maybe(zBlankText(1024)),
  milestoneMetric: defaulted(zOneOf(MILESTONE_METRICS), 'consecutive_count'),
  milestoneRepeat: derivable(zOneOf(MILESTONE_REPEATS)),
  reward: {
    ...maybe(zReward),
    schema: orNull(rewardSpecSchema),
    show: ({ reward }) => nullable(reward, rewardSpecJson),
  },
  onWithdrawal: defaulted(zOneOf(ON_WITHDRAWAL), 'keep'),
  caps: capsField,
})

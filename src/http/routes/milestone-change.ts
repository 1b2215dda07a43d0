import { findRow, standsStill } from '../../commit/planned.ts'
import { AppError } from '../../errors.ts'
import type { Row } from '../../ports/schema.ts'
import type { Change, Store } from '../../ports/store.ts'
import { deleteRow, patchRow, refuseFixed } from '../change-row.ts'
import type { JsonObject } from '../json/write-json.ts'
import { checkPatch, notBuiltYet, referenceNotFound } from '../read/check.ts'
import { zLater, zObject, zOneOf, zOptionalText, zPositiveQuantity, zText, zUuid } from '../read/zod.ts'
import { STATUSES } from '../resource.ts'
import {
  checkMilestoneRules,
  METRICS,
  milestoneJson,
  ON_WITHDRAWAL,
  providerChange,
  REPEATS,
} from './milestone-shape.ts'
import { providerLeft } from './provider-use.ts'
import { rewardSpec, zReward } from './reward-spec.ts'

export const patchSchema = zObject({
  linkedSchemaSlug: zOneOf(['streak']).optional(),
  linkedSchemaRecordId: zUuid.optional(),
  name: zText(256).optional(),
  description: zOptionalText(1024).nullable(),
  milestoneTargetValue: zPositiveQuantity.optional(),
  status: zOneOf(STATUSES).optional(),
  eudMilestoneRewardInstructionMessage: zOptionalText(1024).nullable(),
  milestoneMetric: zOneOf(METRICS).optional(),
  milestoneRepeat: zOneOf(REPEATS).optional(),
  reward: zReward.nullable().optional(),
  onWithdrawal: zOneOf(ON_WITHDRAWAL).optional(),
  caps: zLater,
})

const FIXED_BY_REWARDS = [
  'milestoneTargetValue',
  'milestoneMetric',
  'milestoneRepeat',
  'linkedSchemaRecordId',
]

const target = (accountId: string, id: string) =>
  ({ collection: 'milestone', noun: 'milestone', accountId, id }) as const

function givenBy(body: unknown): Partial<Row<'milestone'>> {
  const { description, reward, caps, ...input } = checkPatch(patchSchema, body)
  if (caps !== undefined && caps !== null) throw notBuiltYet('caps', 'milestones have no caps')
  const given = { ...(input as Partial<Row<'milestone'>>) }
  if (description !== undefined) given.description = description ?? ''
  if (reward !== undefined) given.reward = reward === null ? null : rewardSpec(reward)
  return given
}

/** @throws AppError NOT_FOUND | FIELD_IS_FIXED | REFERENCE_NOT_FOUND | INVALID_INPUT | NOT_BUILT_YET */
export async function patchMilestone(
  store: Store,
  accountId: string,
  id: string,
  now: number,
  body: unknown,
): Promise<JsonObject> {
  const row = await patchRow(store, target(accountId, id), now, {
    given: givenBy(body),
    async check(next, changed, milestone) {
      if (milestone.hasRewardLogs) {
        refuseFixed(
          changed,
          FIXED_BY_REWARDS,
          'the milestone has granted rewards, whose meaning it would change',
        )
      }
      const streakChange = FIXED_BY_REWARDS.some((field) => changed.has(field))
        ? [await fittingStreak(store, next)]
        : []
      if (!changed.has('reward')) return streakChange
      const provider = await providerChange(store, accountId, next.reward)
      return [...streakChange, ...provider, ...(await providerLeft(store, milestone, next))]
    },
  })
  return milestoneJson(row)
}

async function fittingStreak(store: Store, milestone: Row<'milestone'>): Promise<Change> {
  const streak = await findRow(store, 'streak', milestone.accountId, milestone.linkedSchemaRecordId)
  if (streak === null) throw referenceNotFound('linkedSchemaRecordId', 'streak')
  checkMilestoneRules(milestone, streak)
  return standsStill('streak', streak)
}

/** @throws AppError NOT_FOUND | MILESTONE_HAS_REWARD_LOGS */
export function deleteMilestone(store: Store, accountId: string, id: string): Promise<void> {
  return deleteRow(store, target(accountId, id), (milestone) => {
    if (!milestone.hasRewardLogs) return
    throw new AppError('MILESTONE_HAS_REWARD_LOGS', 'The milestone has granted rewards: pause it instead')
  })
}

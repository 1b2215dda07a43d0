import { commitPlanned, findRow, standsStill } from '../../commit/planned.ts'
import type { Row } from '../../ports/schema.ts'
import type { Change } from '../../ports/store.ts'
import type { HttpDeps } from '../deps.ts'
import { milestoneForEndUsers } from '../end-user-views.ts'
import { checkCreate, notBuiltYet, referenceNotFound } from '../read/check.ts'
import { zLater, zObject, zOneOf, zOptionalText, zPositiveQuantity, zText, zUuid } from '../read/zod.ts'
import { type Resource, STATUSES } from '../resource.ts'
import { deleteMilestone, patchMilestone, patchSchema } from './milestone-change.ts'
import {
  checkMilestoneRules,
  METRICS,
  milestoneFields,
  milestoneJson,
  ON_WITHDRAWAL,
  providerChange,
  REPEATS,
  REPEATS_OF,
} from './milestone-shape.ts'
import { rewardSpec, zReward } from './reward-spec.ts'

const createSchema = zObject({
  linkedSchemaSlug: zOneOf(['streak']).default('streak'),
  linkedSchemaRecordId: zUuid,
  name: zText(256),
  description: zOptionalText(1024).default(''),
  milestoneTargetValue: zPositiveQuantity,
  status: zOneOf(STATUSES).default('draft'),
  eudMilestoneRewardInstructionMessage: zOptionalText(1024),
  milestoneMetric: zOneOf(METRICS).default('consecutive_count'),
  milestoneRepeat: zOneOf(REPEATS).optional(),
  reward: zReward.optional(),
  onWithdrawal: zOneOf(ON_WITHDRAWAL).default('keep'),
  caps: zLater,
})

export function milestoneResource({
  store,
  newId,
}: Pick<HttpDeps, 'store' | 'newId'>): Resource<'milestone'> {
  return {
    slug: 'milestone',
    noun: 'milestone',
    collection: 'milestone',
    fields: milestoneFields,
    allows: ['list', 'create', 'get', 'patch', 'delete'],
    refuses: {},
    endUser: milestoneForEndUsers,
    fails: {
      create: ['REFERENCE_NOT_FOUND', 'NOT_BUILT_YET'],
      patch: ['REFERENCE_NOT_FOUND', 'NOT_BUILT_YET', 'FIELD_IS_FIXED'],
      delete: ['MILESTONE_HAS_REWARD_LOGS'],
    },
    bodies: { create: createSchema, patch: patchSchema },
    patch: ({ caller, now }, id, body) => patchMilestone(store, caller.accountId, id, now, body),
    remove: ({ caller }, id) => deleteMilestone(store, caller.accountId, id),
    async create({ caller: { accountId }, now, log }, body) {
      const { caps, reward, ...input } = checkCreate(createSchema, body)
      if (caps !== undefined) throw notBuiltYet('caps', 'milestones have no caps')
      const row: Row<'milestone'> = {
        ...input,
        id: newId(),
        accountId,
        createdAt: now,
        updatedAt: now,
        revision: 1,
        eudMilestoneRewardInstructionMessage: input.eudMilestoneRewardInstructionMessage ?? null,
        milestoneRepeat: input.milestoneRepeat ?? REPEATS_OF[input.milestoneMetric][0],
        reward: reward === undefined ? null : rewardSpec(reward),
        hasRewardLogs: false,
      }
      await commitPlanned(store, async () => {
        const streak = await findRow(store, 'streak', accountId, row.linkedSchemaRecordId)
        if (streak === null) throw referenceNotFound('linkedSchemaRecordId', 'streak')
        checkMilestoneRules(row, streak)
        const provider = await providerChange(store, accountId, row.reward)
        const changes: Change[] = [...provider, standsStill('streak', streak)]
        return { changes: [...changes, { op: 'insert', collection: 'milestone', row }], result: undefined }
      })
      log({ milestoneId: row.id })
      return milestoneJson(row)
    },
  }
}

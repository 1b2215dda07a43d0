import { notBuiltYet } from '../../errors.ts'
import { createMilestone, deleteMilestone, patchMilestone } from '../../setup/milestone.ts'
import type { HttpDeps } from '../deps.ts'
import { milestoneForEndUsers } from '../end-user-views.ts'
import { checkCreate, checkPatch } from '../read/check.ts'
import { zLater, zObject, zOneOf, zOptionalText, zPositiveQuantity, zText, zUuid } from '../read/zod.ts'
import { type Resource, STATUSES } from '../resource.ts'
import { METRICS, milestoneFields, milestoneJson, ON_WITHDRAWAL, REPEATS } from './milestone-shape.ts'
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

const patchSchema = zObject({
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

type Given = Parameters<typeof patchMilestone>[4]

/** @throws AppError INVALID_INPUT | NOT_BUILT_YET */
function givenBy(body: unknown): Given {
  const { description, reward, caps, ...input } = checkPatch(patchSchema, body)
  if (caps !== undefined && caps !== null) throw notBuiltYet('caps', 'milestones have no caps')
  return {
    ...(input as Given),
    ...(description === undefined ? {} : { description: description ?? '' }),
    ...(reward === undefined ? {} : { reward: reward === null ? null : rewardSpec(reward) }),
  }
}

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
    async create({ caller: { accountId }, now, log }, body) {
      const { caps, reward, ...input } = checkCreate(createSchema, body)
      if (caps !== undefined) throw notBuiltYet('caps', 'milestones have no caps')
      const row = await createMilestone(store, {
        ...input,
        id: newId(),
        accountId,
        createdAt: now,
        updatedAt: now,
        revision: 1,
        eudMilestoneRewardInstructionMessage: input.eudMilestoneRewardInstructionMessage ?? null,
        milestoneRepeat: input.milestoneRepeat ?? null,
        reward: reward === undefined ? null : rewardSpec(reward),
      })
      log({ milestoneId: row.id })
      return milestoneJson(row)
    },
    async patch({ caller: { accountId }, now }, id, body) {
      return milestoneJson(await patchMilestone(store, accountId, id, now, givenBy(body)))
    },
    remove: ({ caller }, id) => deleteMilestone(store, caller.accountId, id),
  }
}

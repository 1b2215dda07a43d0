import { newRow } from '../../setup/change-row.ts'
import { createMilestone, deleteMilestone, patchMilestone } from '../../setup/milestone.ts'
import { createCheckReward } from '../../setup/provider-connector.ts'
import type { HttpDeps } from '../deps.ts'
import { milestoneForEndUsers } from '../end-user-views.ts'
import type { Resource } from '../resource.ts'
import { capsSpec } from './caps.ts'
import { milestoneShape } from './milestone-shape.ts'
import { rewardSpec } from './reward-spec.ts'

export function milestoneResource({
  store,
  newId,
  providers,
}: Pick<HttpDeps, 'store' | 'newId' | 'providers'>): Resource<'milestone'> {
  const checkReward = createCheckReward(store, providers)
  const { fields, bodies, readCreate, readPatch, json } = milestoneShape
  return {
    slug: 'milestone',
    isTagged: true,
    noun: 'milestone',
    collection: 'milestone',
    fields,
    bodies,
    allows: ['list', 'create', 'get', 'patch', 'delete'],
    refuses: {},
    endUser: milestoneForEndUsers,
    fails: {
      create: ['REFERENCE_NOT_FOUND', 'SCOPE_MISSING', 'CURRENCY_MISMATCH'],
      patch: ['REFERENCE_NOT_FOUND', 'SCOPE_MISSING', 'CURRENCY_MISMATCH', 'FIELD_IS_FIXED'],
      delete: ['MILESTONE_HAS_REWARD_LOGS'],
    },
    async create({ caller: { accountId }, now, log }, body) {
      const input = readCreate(body)
      const reward = input.reward && rewardSpec(input.reward)
      const caps = input.caps && capsSpec(input.caps)
      const row = await createMilestone(
        store,
        { ...newRow(newId(), accountId, now), ...input, reward, caps },
        checkReward,
      )
      log({ milestoneId: row.id })
      return json(row)
    },
    async patch({ caller: { accountId }, now }, id, body) {
      const input = readPatch(body)
      const reward = input.reward && rewardSpec(input.reward)
      const caps = input.caps && capsSpec(input.caps)
      return json(await patchMilestone(store, accountId, id, now, { ...input, reward, caps }, checkReward))
    },
    remove: ({ caller }, id) => deleteMilestone(store, caller.accountId, id),
  }
}

import { z } from 'zod'
import type { RewardSpec, Row } from '../../ports/schema.ts'
import type { Change } from '../../ports/store.ts'
import { isWhole, wholeQuantity } from '../../streaks/quantity.ts'
import { commitPlanned, findRow, standsStill } from '../commit.ts'
import type { HttpDeps } from '../deps.ts'
import { type JsonObject, nullable } from '../json/write-json.ts'
import { checkCreate, invalid, notBuiltYet, referenceNotFound } from '../read/check.ts'
import { zObject, zOneOf, zOptionalText, zPositiveQuantity, zText, zUuid } from '../read/zod.ts'
import { ID, type PublicFields, type Resource, rowJson, STATUSES, TIMES } from '../resource.ts'
import { rewardSpec, rewardSpecJson, zReward } from './reward-spec.ts'

const METRICS = ['consecutive_count', 'current_progress_value'] as const
const REPEATS = ['every_streak', 'every_period', 'once'] as const
const ON_WITHDRAWAL = ['keep', 'revoke'] as const

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
  reward: { stored: 'reward', show: ({ reward }) => nullable(reward, rewardSpecJson) },
  onWithdrawal: { stored: 'onWithdrawal', values: ON_WITHDRAWAL },
  ...TIMES,
}

export function milestoneJson(row: Row<'milestone'>): JsonObject {
  return rowJson('milestone', milestoneFields, row)
}

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
  caps: z.unknown().optional(),
})

type Rules = Pick<Row<'milestone'>, 'milestoneMetric' | 'milestoneRepeat' | 'milestoneTargetValue'>

const REPEATS_OF = {
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

export function milestoneResource({
  store,
  newId,
}: Pick<HttpDeps, 'store' | 'newId'>): Resource<'milestone'> {
  /** The provider stands still too: it cannot be deleted while a milestone begins to use it. */
  async function providerChange(accountId: string, reward: RewardSpec | null): Promise<Change[]> {
    if (reward === null) return []
    const provider = await findRow(store, 'coupon_provider', accountId, reward.providerId)
    if (provider === null) throw referenceNotFound('reward.providerId', 'coupon provider')
    return [standsStill('coupon_provider', provider)]
  }

  return {
    slug: 'milestone',
    noun: 'milestone',
    collection: 'milestone',
    fields: milestoneFields,
    allows: ['list', 'create', 'get'],
    refuses: {},
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
        const provider = await providerChange(accountId, row.reward)
        const changes: Change[] = [...provider, standsStill('streak', streak)]
        return { changes: [...changes, { op: 'insert', collection: 'milestone', row }], result: undefined }
      })
      log({ milestoneId: row.id })
      return milestoneJson(row)
    },
  }
}

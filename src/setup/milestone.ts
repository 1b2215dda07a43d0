import { commitPlanned, findRow, standsStill } from '../commit/planned.ts'
import { AppError, invalid, referenceNotFound } from '../errors.ts'
import { countPlaces } from '../life/count-places.ts'
import { insert } from '../ports/changes.ts'
import type { RewardSpec } from '../ports/schema/values.ts'
import type { FieldName, Row } from '../ports/schema.ts'
import type { Change, Store } from '../ports/store.ts'
import { isWhole, wholeQuantity } from '../streaks/quantity.ts'
import { capsChanges, refuseUncountable } from './caps.ts'
import { deleteRow, type Given, patchRow, refuseFixed } from './change-row.ts'
import { providerLeft } from './coupon-provider.ts'
import type { CheckReward } from './provider-connector.ts'

/** What gives rewards their meaning: fixed from the first of them on. */
export const FIXED_BY_REWARDS: readonly FieldName<'milestone'>[] = [
  'milestoneTargetValue',
  'milestoneMetric',
  'milestoneRepeat',
  'linkedSchemaRecordId',
]

const target = (accountId: string, id: string) =>
  ({ collection: 'milestone', noun: 'milestone', accountId, id }) as const

/** How often a milestone of a metric may be reached; the first is what it is without saying. */
export const REPEATS_OF = {
  consecutive_count: ['every_streak', 'once'],
  current_progress_value: ['every_period', 'once'],
} as const

/** A milestone as it is made; without a `milestoneRepeat` it takes the first that its metric allows. */
export type NewMilestone = Omit<Row<'milestone'>, 'milestoneRepeat' | 'hasRewardLogs'> & {
  readonly milestoneRepeat: Row<'milestone'>['milestoneRepeat'] | null
}

/**
 * Makes a milestone. Atomic.
 * @throws AppError REFERENCE_NOT_FOUND | INVALID_INPUT, what `checkReward` refuses, STORE_BUSY
 */
export async function createMilestone(
  store: Store,
  milestone: NewMilestone,
  checkReward: CheckReward = async () => {},
): Promise<Row<'milestone'>> {
  const milestoneRepeat = milestone.milestoneRepeat ?? REPEATS_OF[milestone.milestoneMetric][0]
  const row = { ...milestone, milestoneRepeat, hasRewardLogs: false }
  await commitPlanned(store, async () => {
    const streak = await fittingStreak(store, row)
    const provider = await providerChange(store, row.accountId, row.reward, checkReward)
    refuseUncountable(row.caps, row.reward)
    const caps = await capsChanges(store, capsOf(row), null, row.caps, row.createdAt)
    const changes: Change[] = [...provider, streak, ...caps]
    return { changes: [...changes, insert('milestone', row)], result: undefined }
  })
  if (row.caps !== null) await countPlaces({ store, clock: { now: () => row.createdAt } }, row.accountId)
  return row
}

function capsOf({ accountId, id: milestoneId }: Row<'milestone'>) {
  return { accountId, milestoneId }
}

/**
 * Changes a milestone. What its rewards mean is fixed from the first of them on. Atomic; what repeats the present value
 * changes nothing. @throws AppError NOT_FOUND | FIELD_IS_FIXED | REFERENCE_NOT_FOUND | INVALID_INPUT, what `checkReward`
 * refuses, STORE_BUSY
 */
export async function patchMilestone(
  store: Store,
  accountId: string,
  id: string,
  now: number,
  given: Given<'milestone'>,
  checkReward: CheckReward = async () => {},
): Promise<Row<'milestone'>> {
  const patched = await patchRow(store, target(accountId, id), now, {
    given,
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
      if (changed.has('reward') || changed.has('caps')) refuseUncountable(next.caps, next.reward)
      const caps = await capsChanges(store, capsOf(next), milestone.caps, next.caps, now)
      if (!changed.has('reward')) {
        // one that is paused grants nothing, and pausing it must always be possible
        if (next.status !== 'paused') await providerChange(store, accountId, next.reward, checkReward)
        return [...streakChange, ...caps]
      }
      const provider = await providerChange(store, accountId, next.reward, checkReward)
      return [...streakChange, ...caps, ...provider, ...(await providerLeft(store, milestone, next))]
    },
  })
  if (given.caps !== undefined) await countPlaces({ store, clock: { now: () => now } }, accountId)
  return patched
}

async function fittingStreak(store: Store, milestone: Row<'milestone'>): Promise<Change> {
  const streak = await findRow(store, 'streak', milestone.accountId, milestone.linkedSchemaRecordId)
  if (streak === null) throw referenceNotFound('linkedSchemaRecordId', 'streak')
  checkMilestoneRules(milestone, streak)
  return standsStill('streak', streak)
}

type Rules = Pick<Row<'milestone'>, 'milestoneMetric' | 'milestoneRepeat' | 'milestoneTargetValue'>

/** What a milestone may be, on its own and on its streak. @throws AppError INVALID_INPUT */
export function checkMilestoneRules(
  milestone: Rules,
  streak: Pick<Row<'streak'>, 'aggregationMethod' | 'completionTargetValue'>,
): void {
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
async function providerChange(
  store: Store,
  accountId: string,
  reward: RewardSpec | null,
  checkReward: CheckReward,
): Promise<Change[]> {
  if (reward === null) return []
  const provider = await findRow(store, 'coupon_provider', accountId, reward.providerId)
  if (provider === null) throw referenceNotFound('reward.providerId', 'coupon provider')
  await checkReward(reward, provider)
  return [standsStill('coupon_provider', provider)]
}

/** Deletes a milestone that has granted nothing. @throws AppError NOT_FOUND | MILESTONE_HAS_REWARD_LOGS */
export function deleteMilestone(store: Store, accountId: string, id: string): Promise<void> {
  return deleteRow(store, target(accountId, id), async (milestone) => {
    if (!milestone.hasRewardLogs)
      return capsChanges(store, capsOf(milestone), milestone.caps, null, milestone.updatedAt)
    throw new AppError('MILESTONE_HAS_REWARD_LOGS', 'The milestone has granted rewards: pause it instead')
  })
}

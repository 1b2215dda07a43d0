import { AppError } from '../../errors.ts'
import type { Row } from '../../ports/schema.ts'
import type { Store } from '../../ports/store.ts'
import { isWhole, wholeQuantity } from '../../streaks/quantity.ts'
import { deleteRow, patchRow, refuseFixed } from '../change-row.ts'
import type { JsonObject } from '../json/write-json.ts'
import { checkPatch, invalid } from '../read/check.ts'
import { zInteger, zObject, zOneOf, zOptionalText, zPositiveQuantity, zText } from '../read/zod.ts'
import { STATUSES } from '../resource.ts'
import {
  checkStreakTarget,
  MAX_PERIODS,
  METHODS,
  PERIODS,
  streakJson,
  WEEK_STARTS,
  zTimezone,
} from './streak-shape.ts'
import { connectorsFeeding, milestonesOf } from './streak-users.ts'

export const patchSchema = zObject({
  name: zText(256).optional(),
  description: zOptionalText(1024).nullable(),
  status: zOneOf(STATUSES).optional(),
  aggregationMethod: zOneOf(METHODS).optional(),
  aggregationPeriod: zOneOf(PERIODS).optional(),
  aggregationTargetValue: zPositiveQuantity.optional(),
  completionTargetValue: zInteger(1, MAX_PERIODS).nullable().optional(),
  timezone: zTimezone.optional(),
  weekStartsOn: zOneOf(WEEK_STARTS).optional(),
})

const FIXED_BY_LOGS = [
  'aggregationMethod',
  'aggregationPeriod',
  'aggregationTargetValue',
  'timezone',
  'weekStartsOn',
  'completionTargetValue',
]

const target = (accountId: string, id: string) =>
  ({ collection: 'streak', noun: 'streak', accountId, id }) as const

/** @throws AppError NOT_FOUND | FIELD_IS_FIXED | INVALID_INPUT */
export async function patchStreak(
  store: Store,
  accountId: string,
  id: string,
  now: number,
  body: unknown,
): Promise<JsonObject> {
  const { description, ...input } = checkPatch(patchSchema, body)
  const given = {
    ...(input as Partial<Row<'streak'>>),
    ...(description === undefined ? {} : { description: description ?? '' }),
  }
  const row = await patchRow(store, target(accountId, id), now, {
    given,
    async check(next, changed, streak) {
      if (streak.hasLogs)
        refuseFixed(changed, FIXED_BY_LOGS, 'the streak has logs, whose meaning it would change')
      if (FIXED_BY_LOGS.some((field) => changed.has(field))) {
        checkStreakTarget(next)
        // a milestone that is attached at the same moment raises the streak's revision
        for (const milestone of await milestonesOf(store, accountId, id)) refuseMisfit(next, milestone)
      }
      return []
    },
  })
  return streakJson(row)
}

/** A milestone that the streak, as it would become, could never reach or rightly have. */
function refuseMisfit(streak: Row<'streak'>, milestone: Row<'milestone'>): void {
  const { milestoneTargetValue: value, milestoneMetric: metric } = milestone
  const name = `milestone ${JSON.stringify(milestone.name)} (${milestone.id})`
  const cycle = streak.completionTargetValue
  if (metric === 'consecutive_count' && cycle !== null && value > wholeQuantity(cycle)) {
    throw invalid('completionTargetValue', `is below the target of ${name}`)
  }
  if (metric === 'current_progress_value' && streak.aggregationMethod === 'count' && !isWhole(value)) {
    throw invalid(
      'aggregationMethod',
      `count does not go with the target of ${name}, which is no whole number`,
    )
  }
}

/** @throws AppError NOT_FOUND | STREAK_HAS_LOGS | STREAK_IN_USE */
export function deleteStreak(store: Store, accountId: string, id: string): Promise<void> {
  return deleteRow(store, target(accountId, id), async (streak) => {
    if (streak.hasLogs) {
      throw new AppError('STREAK_HAS_LOGS', 'The streak has logs, which are permanent: pause it instead')
    }
    const [milestone] = await milestonesOf(store, accountId, id)
    if (milestone !== undefined) throw inUse('milestone', milestone)
    const [connector] = await connectorsFeeding(store, accountId, id)
    if (connector !== undefined) throw inUse('connector', connector)
  })
}

function inUse(what: string, { id, name }: { id: string; name: string }): AppError {
  const message = `is used by the ${what} ${JSON.stringify(name)} (${id})`
  return new AppError('STREAK_IN_USE', `The streak ${message}`, { details: [{ path: '', message }] })
}

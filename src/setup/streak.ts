import { commitPlanned, findRow } from '../commit/planned.ts'
import { AppError, invalid } from '../errors.ts'
import { insert } from '../ports/changes.ts'
import type { FieldName, Row } from '../ports/schema.ts'
import type { Store } from '../ports/store.ts'
import { isWhole, wholeQuantity } from '../streaks/quantity.ts'
import { deleteRow, type Given, patchRow, refuseFixed } from './change-row.ts'
import { connectorsFeeding, milestonesOf } from './streak-users.ts'

/** What gives logs their meaning: fixed from the first of them on. */
export const FIXED_BY_LOGS: readonly FieldName<'streak'>[] = [
  'aggregationMethod',
  'aggregationPeriod',
  'aggregationTargetValue',
  'timezone',
  'weekStartsOn',
  'completionTargetValue',
]

/** Less than the shortest period that there is of a kind: a day of 24 hours, a week, a February. */
export const MOST_AT_RISK_HOURS = { daily: 23, weekly: 167, monthly: 671 } as const

const target = (accountId: string, id: string) =>
  ({ collection: 'streak', noun: 'streak', accountId, id }) as const

/** A streak as it is made; without a `timezone` it takes that of its account. */
export type NewStreak = Omit<Row<'streak'>, 'timezone' | 'hasLogs'> & { readonly timezone: string | null }

/** Makes a streak. Atomic. @throws AppError INVALID_INPUT, STORE_BUSY */
export async function createStreak(store: Store, streak: NewStreak): Promise<Row<'streak'>> {
  checkStreakTarget(streak)
  checkAtRiskHours(streak)
  const timezone = streak.timezone ?? (await timezoneOf(store, streak.accountId))
  const row = { ...streak, timezone, hasLogs: false }
  await commitPlanned(store, async () => ({
    changes: [insert('streak', row)],
    result: undefined,
  }))
  return row
}

export async function timezoneOf(store: Store, accountId: string): Promise<string> {
  const account = await findRow(store, 'account', accountId, accountId)
  return account?.timezone ?? 'UTC'
}

/**
 * Changes a streak. What its logs mean is fixed from the first of them on. Atomic; what repeats the present value
 * changes nothing. @throws AppError NOT_FOUND | FIELD_IS_FIXED | INVALID_INPUT, STORE_BUSY
 */
export function patchStreak(
  store: Store,
  accountId: string,
  id: string,
  now: number,
  given: Given<'streak'>,
): Promise<Row<'streak'>> {
  return patchRow(store, target(accountId, id), now, {
    given,
    async check(next, changed, streak) {
      if (streak.hasLogs)
        refuseFixed(changed, FIXED_BY_LOGS, 'the streak has logs, whose meaning it would change')
      if (changed.has('atRiskHours') || changed.has('aggregationPeriod')) checkAtRiskHours(next)
      if (FIXED_BY_LOGS.some((field) => changed.has(field))) {
        checkStreakTarget(next)
        // a milestone that is attached at the same moment raises the streak's revision
        for (const milestone of await milestonesOf(store, accountId, id)) refuseMisfit(next, milestone)
      }
      return []
    },
  })
}

/** A count streak counts whole logs. */
export function checkStreakTarget(
  streak: Pick<Row<'streak'>, 'aggregationMethod' | 'aggregationTargetValue'>,
): void {
  if (streak.aggregationMethod === 'count' && !isWhole(streak.aggregationTargetValue)) {
    throw invalid('aggregationTargetValue', 'must be a whole number on a streak with aggregationMethod count')
  }
}

/** Members are not at risk before a period has begun. */
export function checkAtRiskHours({
  atRiskHours,
  aggregationPeriod,
}: Pick<Row<'streak'>, 'atRiskHours' | 'aggregationPeriod'>): void {
  const most = MOST_AT_RISK_HOURS[aggregationPeriod]
  if (atRiskHours === null || atRiskHours <= most) return
  throw invalid('atRiskHours', `must be at most ${most} on a ${aggregationPeriod} streak, is ${atRiskHours}`)
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

/**
 * Deletes a streak that has no logs and that nothing uses. @throws AppError NOT_FOUND | STREAK_HAS_LOGS | STREAK_IN_USE
 */
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

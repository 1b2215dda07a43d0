import { changedFields } from '../../commit/changed-fields.ts'
import { change, insert, remove } from '../../ports/changes.ts'
import type { Instant } from '../../ports/clock.ts'
import type { Row } from '../../ports/schema.ts'
import type { Change } from '../../ports/store.ts'
import type { Journey } from '../../streaks/journey.ts'
import { periodByNumber } from '../../streaks/period.ts'
import { isBreakable, lengthOf } from '../../streaks/runs.ts'
import type { Progress } from '../../streaks/types.ts'
import type { LoadedJourney } from '../load/loaded.ts'

/** The row of a progress record as the journey has it now. */
export function progressRow(
  streak: Row<'streak'>,
  ownedById: string,
  stored: Row<'streak_progress'> | undefined,
  progress: Progress,
  now: Instant,
): Row<'streak_progress'> {
  const { currentProgressValue, completed, firstEffectiveAt, lastEffectiveAt, targetReachedAt } = progress
  const computed = {
    currentProgressValue,
    completed,
    firstEffectiveAt,
    lastEffectiveAt,
    targetReachedAt,
    updatedAt: now,
  }
  if (stored !== undefined) return { ...stored, ...computed }
  const period = periodByNumber(streak, progress.periodNumber)
  return {
    id: progress.id,
    accountId: streak.accountId,
    createdAt: now,
    ownedById,
    streakId: streak.id,
    periodKey: period.key,
    periodNumber: period.number,
    periodStartAt: period.startAt,
    periodEndAt: period.endAt,
    aggregationTargetValue: streak.aggregationTargetValue,
    ...computed,
  }
}

/**
 * The writes that bring a member's stored journey to what the batch made of it, guarded by the journey's version.
 * `memberStreakId` names its record where there is none yet.
 */
export function journeyChanges(
  streak: Row<'streak'>,
  ownedById: string,
  loaded: LoadedJourney,
  journey: Journey,
  memberStreakId: string,
  now: Instant,
): Change[] {
  return [
    memberStreakChange(
      loaded.row,
      memberStreakRow(streak, ownedById, loaded.row, journey, memberStreakId, now),
    ),
    ...progressChanges(streak, ownedById, loaded, journey, now),
    ...runChanges(streak, ownedById, loaded, journey, now),
  ]
}

/** The row of a member's streak as the journey has it now. `id` names one that is not stored yet. */
export function memberStreakRow(
  streak: Row<'streak'>,
  ownedById: string,
  stored: Row<'member_streak'> | null,
  journey: Journey,
  id: string,
  now: Instant,
): Row<'member_streak'> {
  const { longestRunLength, completedCycles, lastActivityAt, hasRewards, revokedRewards } = journey.totals
  const common = { accountId: streak.accountId, ownedById, streakId: streak.id }
  const before = stored ?? { ...common, id, version: 0, closed: false, createdAt: now }
  return {
    ...before,
    longestRunLength,
    completedCycles,
    lastActivityAt: lastActivityAt ?? now,
    hasRewards,
    revokedRewards,
    version: before.version + 1,
    updatedAt: now,
  }
}

function memberStreakChange(stored: Row<'member_streak'> | null, row: Row<'member_streak'>): Change {
  if (stored === null) return insert('member_streak', row)
  return change('member_streak', stored, { version: stored.version }, changedFields(stored, row))
}

function progressChanges(
  streak: Row<'streak'>,
  ownedById: string,
  loaded: LoadedJourney,
  journey: Journey,
  now: Instant,
): Change[] {
  return [...journey.progress.values()].map((progress): Change => {
    const stored = loaded.progressRows.get(progress.periodNumber)
    const row = progressRow(streak, ownedById, stored, progress, now)
    if (stored === undefined) return insert('streak_progress', row)
    const { currentProgressValue, completed, firstEffectiveAt, lastEffectiveAt, targetReachedAt } = row
    const computed = { currentProgressValue, completed, firstEffectiveAt, lastEffectiveAt, targetReachedAt }
    const set = { ...changedFields(stored, computed), updatedAt: now }
    return change('streak_progress', row, {}, set)
  })
}

function runChanges(
  streak: Row<'streak'>,
  ownedById: string,
  loaded: LoadedJourney,
  journey: Journey,
  now: Instant,
): Change[] {
  const { accountId, id: streakId } = streak
  return [...journey.runs].flatMap(([id, run]): Change[] => {
    const stored = loaded.runRows.get(id)
    if (run === null) return stored === undefined ? [] : [remove('run', stored, {})]
    const { firstPeriod, lastPeriod, standing } = run
    const length = lengthOf(run)
    const breakable = isBreakable(length, streak.completionTargetValue)
    const computed = { firstPeriod, lastPeriod, length, breakable, standing }
    if (stored !== undefined) {
      const changed = changedFields(stored, computed)
      if (Object.keys(changed).length === 0) return []
      return [change('run', stored, {}, { ...changed, updatedAt: now })]
    }
    return [
      insert('run', { id, accountId, ownedById, streakId, createdAt: now, updatedAt: now, ...computed }),
    ]
  })
}

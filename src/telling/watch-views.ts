import type { MemberStreakView, Views } from '../engine/types.ts'
import { heldOnce, milestonesOf, progressAt } from '../engine/views/view-reads.ts'
import type { Instant } from '../ports/clock.ts'
import { all, below, equal } from '../ports/conditions.ts'
import type { WatchWork } from '../ports/schema/telling-values.ts'
import type { Row } from '../ports/schema.ts'
import type { Store } from '../ports/store.ts'
import { nextMilestone } from '../streaks/milestones.ts'
import { type Period, periodAt, periodByNumber } from '../streaks/period.ts'
import { longestCount } from '../streaks/runs.ts'
import { standingAfter } from '../streaks/view.ts'

type Streak = Row<'streak'>
type Run = Row<'run'>
type MemberStreak = Row<'member_streak'>

/** A member that is looked at, by the run that ends where the work looks. */
export interface Looked {
  readonly row: MemberStreak
  readonly run: Run
}

/**
 * Member streaks as they are read now, as `Views` reads them, for many of one streak of which the run is known: what
 * follows from it is not looked up for each. Where time has gone on since, `views` reads them.
 */
export async function viewsOf(
  { store, views }: { readonly store: Store; readonly views: Pick<Views, 'memberStreaks'> },
  streak: Streak,
  work: WatchWork,
  looked: readonly Looked[],
  now: Instant,
): Promise<MemberStreakView[]> {
  const rows = looked.map(({ row }) => row)
  const period = periodAt(streak, now)
  const isAtRisk = work.event === 'streak.at_risk'
  const isUsual = period.number === (isAtRisk ? work.periodNumber : work.periodNumber + 1)
  if (rows.length === 0 || !isUsual) return views.memberStreaks(streak.accountId, rows, now)
  const ids = rows.map(({ accountId, ownedById, streakId }) => ({ accountId, ownedById, streakId }))
  const points = ids.map((each) => ({ ...each, periodNumber: period.number }))
  const [milestones, progress, brokenAt] = await Promise.all([
    milestonesOf(store, rows.slice(0, 1)),
    progressAt(store, points),
    isAtRisk
      ? Promise.all(looked.map(({ run }) => lastBrokenBefore(store, streak, run, now)))
      : looked.map(() => periodByNumber(streak, work.periodNumber).endAt),
  ])
  const live = (milestones.get(streak.id) ?? []).filter(({ status }) => status === 'live')
  const hasOnce = live.some(({ milestoneRepeat }) => milestoneRepeat === 'once')
  const held = hasOnce ? await heldOnce(store, ids) : new Map<string, Set<string>>()
  const byOwner = new Map([...progress.values()].map((each) => [each.ownedById, each]))
  const heldOf = ({ accountId, ownedById, streakId }: MemberStreak) =>
    held.get(`${accountId} ${ownedById} ${streakId}`) ?? new Set<string>()
  return looked.map(({ row, run }, at): MemberStreakView => {
    const here = byOwner.get(row.ownedById)
    const isDone = here?.completed === true
    // whoever missed the period before begins anew
    const count = isAtRisk
      ? standingAfter(run, streak.completionTargetValue).consecutiveCount
      : Number(isDone)
    const value = here?.currentProgressValue ?? 0n
    return {
      row,
      ...standingNow(row, streak, period),
      currentConsecutiveCount: count,
      currentProgressValue: value,
      streakStatus: isDone ? 'active' : count > 0 ? 'at_risk' : 'inactive',
      lastBrokenAt: brokenAt[at]!,
      nextMilestone: nextMilestone(live, count, value, heldOf(row)),
    }
  })
}

function standingNow(row: MemberStreak, { completionTargetValue }: Streak, { key, endAt }: Period) {
  return {
    longestConsecutiveCount: longestCount(row.longestRunLength, completionTargetValue),
    completedCycles: row.completedCycles,
    currentPeriodKey: key,
    currentPeriodEndAt: endAt,
  }
}

/** The latest break before the run that is not over yet. */
async function lastBrokenBefore(
  store: Store,
  streak: Streak,
  { accountId, ownedById, streakId, lastPeriod }: Run,
  now: Instant,
): Promise<Instant | null> {
  const before = below<'run', 'lastPeriod'>('lastPeriod', lastPeriod)
  const [run] = await store.find('run', {
    where: all(equal({ accountId, ownedById, streakId, breakable: true }), before),
    sort: [{ field: 'lastPeriod', order: 'desc' }],
    limit: 1,
  })
  if (run === undefined) return null
  const { endAt } = periodByNumber(streak, run.lastPeriod + 1)
  return endAt <= now ? endAt : null
}

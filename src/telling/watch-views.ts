import type { MemberStreakView, Views } from '../engine/types.ts'
import { heldOnce, milestonesOf, progressAt } from '../engine/views/view-reads.ts'
import type { Instant } from '../ports/clock.ts'
import { all, below, equal, oneOf } from '../ports/conditions.ts'
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
 * @param maxTogether earlier runs that are read at once
 */
export async function viewsOf(
  { store, views }: { readonly store: Store; readonly views: Pick<Views, 'memberStreaks'> },
  streak: Streak,
  work: WatchWork,
  looked: readonly Looked[],
  now: Instant,
  maxTogether: number = MAX_TOGETHER,
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
      ? lastBreaks(store, streak, looked, now, maxTogether)
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

/** Runs before these that one read gives: members with more of them are looked up one by one. */
const MAX_TOGETHER = 2_000

/** The latest break before each of these runs; null: there was none. */
async function lastBreaks(
  store: Store,
  streak: Streak,
  looked: readonly Looked[],
  now: Instant,
  maxTogether: number,
): Promise<(Instant | null)[]> {
  const { accountId, id: streakId } = streak
  const owners = looked.map(({ run }) => run.ownedById)
  const ending = looked[0]!.run.lastPeriod
  const earlier = await store.find('run', {
    where: all(
      equal({ accountId }),
      oneOf('ownedById', owners),
      equal({ streakId }),
      below('lastPeriod', ending),
      equal({ breakable: true }),
    ),
    limit: maxTogether,
  })
  if (earlier.length >= maxTogether)
    return Promise.all(looked.map(({ run }) => lastBreak(store, streak, run, now)))
  const latest = new Map<string, number>()
  for (const { ownedById, lastPeriod } of earlier) {
    latest.set(ownedById, Math.max(lastPeriod, latest.get(ownedById) ?? lastPeriod))
  }
  return owners.map((owner) => breakAfter(streak, latest.get(owner), now))
}

async function lastBreak(
  store: Store,
  streak: Streak,
  { accountId, ownedById, streakId, lastPeriod }: Run,
  now: Instant,
): Promise<Instant | null> {
  const [run] = await store.find('run', {
    where: all(
      equal<'run'>({ accountId, ownedById, streakId }),
      below('lastPeriod', lastPeriod),
      equal({ breakable: true }),
    ),
    sort: [{ field: 'lastPeriod', order: 'desc' }],
    limit: 1,
  })
  return breakAfter(streak, run?.lastPeriod, now)
}

function breakAfter(streak: Streak, lastPeriod: number | undefined, now: Instant): Instant | null {
  if (lastPeriod === undefined) return null
  const { endAt } = periodByNumber(streak, lastPeriod + 1)
  return endAt <= now ? endAt : null
}

import type { StreakHappening } from '../engine/happenings.ts'
import type { Views } from '../engine/types.ts'
import type { Instant } from '../ports/clock.ts'
import { above, all, ascending, equal } from '../ports/conditions.ts'
import type { WatchWork } from '../ports/schema/telling-values.ts'
import { isErased } from '../ports/schema/values.ts'
import type { Row } from '../ports/schema.ts'
import type { Store } from '../ports/store.ts'
import { periodByNumber } from '../streaks/period.ts'
import { lastCompleted } from './moments.ts'
import { viewsOf } from './watch-views.ts'

type Streak = Row<'streak'>
type Run = Row<'run'>

/** The next members of a piece of work, by the runs that end where the work looks. */
export function readRuns(
  store: Store,
  { accountId, id: streakId }: Streak,
  work: WatchWork,
  limit: number,
): Promise<Run[]> {
  const ending = equal<'run'>({ accountId, streakId, lastPeriod: lastCompleted(work), breakable: true })
  return store.find('run', {
    where: all(ending, work.after === null ? null : above('id', work.after)),
    sort: ascending('id'),
    limit,
  })
}

/**
 * What these members are told, as things are read now. Not those who were erased; of breaks none that only a late log
 * brought about.
 */
export async function happeningsOf(
  deps: { readonly store: Store; readonly views: Pick<Views, 'memberStreaks'> },
  streak: Streak,
  work: WatchWork,
  runs: readonly Run[],
  now: Instant,
): Promise<StreakHappening[]> {
  if (runs.length === 0) return []
  const { store } = deps
  const { accountId, id: streakId } = streak
  const period = periodByNumber(streak, work.periodNumber)
  const late = work.event === 'streak.broken' ? await foundLate(store, runs, period.endAt) : new Set()
  const told = runs.filter(({ id }) => !late.has(id))
  const owners = told.map(({ ownedById }) => ownedById)
  const [rows, members] = await Promise.all([
    store.findByKeys(
      'member_streak',
      ['accountId', 'ownedById', 'streakId'],
      owners.map((id) => [accountId, id, streakId]),
    ),
    store.findByKeys(
      'member',
      ['accountId', 'id'],
      owners.map((id) => [accountId, id]),
    ),
  ])
  const memberOf = new Map(members.map((member) => [member.id, member]))
  const runOf = new Map(told.map((run) => [run.ownedById, run]))
  const looked = rows.map((row) => ({ row, run: runOf.get(row.ownedById)! }))
  const seen = await viewsOf(deps, streak, work, looked, now)
  return seen.flatMap((memberStreak): StreakHappening[] => {
    const { ownedById, closed } = memberStreak.row
    const member = memberOf.get(ownedById)
    if (member === undefined || closed || isErased(member)) return []
    const cause = `${work.event} ${streakId} ${ownedById} ${period.number}`
    return [{ event: work.event, member, streak, memberStreak, period, cause }]
  })
}

/**
 * Runs that came to end where they do after the period had ended that they missed: by a log of a period long over. Both
 * the run and the progress of its last period were written since; of a run alone it may be a reward that was.
 */
async function foundLate(store: Store, runs: readonly Run[], endedAt: Instant): Promise<ReadonlySet<string>> {
  const written = runs.filter(({ updatedAt }) => updatedAt >= endedAt)
  if (written.length === 0) return new Set()
  const keys = written.map((run) => [run.accountId, run.ownedById, run.streakId, run.lastPeriod])
  const progress = await store.findByKeys(
    'streak_progress',
    ['accountId', 'ownedById', 'streakId', 'periodNumber'],
    keys,
  )
  const lateOwners = new Set(
    progress.flatMap(({ ownedById, updatedAt }) => (updatedAt >= endedAt ? [ownedById] : [])),
  )
  return new Set(written.flatMap(({ id, ownedById }) => (lateOwners.has(ownedById) ? [id] : [])))
}

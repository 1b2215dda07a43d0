import type { Instant } from '../../ports/clock.ts'
import type { Row } from '../../ports/schema.ts'
import type { Store } from '../../ports/store.ts'
import { byListingOrder, nextMilestone } from '../../streaks/milestones.ts'
import { periodAt, periodByNumber } from '../../streaks/period.ts'
import { longestCount } from '../../streaks/runs.ts'
import { type Standing, standingAfter, standingInside } from '../../streaks/view.ts'
import { journeyKey, keyOf } from '../load/loaded.ts'
import { memberStreakView } from '../member-streak-view.ts'
import { progressView } from '../progress-view.ts'
import type { LogContext, MemberStreakView, ProgressView, Views } from '../types.ts'
import {
  breakableRuns,
  heldOnce,
  type Ids,
  longestRuns,
  milestonesOf,
  progressAt,
  rewardsById,
  runsAround,
  streaksOf,
} from './view-reads.ts'

const idsOf = (row: { accountId: string; ownedById: string; streakId: string }): Ids => ({
  accountId: row.accountId,
  ownedById: row.ownedById,
  streakId: row.streakId,
})
const keyOfIds = (ids: Ids): string => journeyKey(ids.accountId, ids.ownedById, ids.streakId)
const pointKey = (ids: Ids, periodNumber: number): string => keyOf(keyOfIds(ids), String(periodNumber))

/** Reads with computed fields. Each answer is that of one moment; rows written meanwhile may show in part of a list. */
export function createViews(store: Store): Views {
  return {
    progress: (_accountId, rows, now) => progressViews(store, rows, now),
    memberStreaks: (_accountId, rows, now) => memberStreakViews(store, rows, now),
    logContexts: (_accountId, rows, now) => logContexts(store, rows, now),
  }
}

interface Point extends Ids {
  readonly periodNumber: number
  readonly completed: boolean
}

/** The count at each period and when the earliest period it counts began. */
async function standings(store: Store, points: readonly Point[], streaks: Map<string, Row<'streak'>>) {
  const runs = await runsAround(store, points)
  const standing = new Map<string, Standing>()
  for (const point of points) {
    const cycle = streaks.get(point.streakId)?.completionTargetValue ?? null
    const here = (runs.get(keyOfIds(point)) ?? []).filter((run) => run.firstPeriod <= point.periodNumber)
    const inside = here.find((run) => run.lastPeriod >= point.periodNumber)
    const before = here.find((run) => run.lastPeriod === point.periodNumber - 1) ?? null
    const value =
      point.completed && inside !== undefined
        ? standingInside(inside, point.periodNumber, cycle)
        : standingAfter(before, cycle)
    standing.set(pointKey(point, point.periodNumber), value)
  }
  const starts = points.flatMap((point) => {
    const start = standing.get(pointKey(point, point.periodNumber))!.startPeriod
    return start === null ? [] : [{ ...idsOf(point), periodNumber: start }]
  })
  const startRows = await progressAt(store, starts)
  const startedAt = (ids: Ids, value: Standing): Instant | null =>
    value.startPeriod === null
      ? null
      : (startRows.get(pointKey(ids, value.startPeriod))?.firstEffectiveAt ?? null)
  return { standing, startedAt }
}

async function progressViews(
  store: Store,
  rows: readonly Row<'streak_progress'>[],
  now: Instant,
): Promise<ProgressView[]> {
  if (rows.length === 0) return []
  const [streaks, longest] = await Promise.all([streaksOf(store, rows), longestRuns(store, rows.map(idsOf))])
  const { standing, startedAt } = await standings(store, rows, streaks)
  return rows.map((row) => {
    const streak = streaks.get(row.streakId)!
    const value = standing.get(pointKey(row, row.periodNumber))!
    const longestRunLength = longest.get(keyOfIds(row)) ?? 0
    return progressView(streak, row, {
      standing: value,
      longestConsecutiveCount: longestCount(longestRunLength, streak.completionTargetValue),
      startedAt: startedAt(row, value),
      now,
    })
  })
}

async function memberStreakViews(
  store: Store,
  rows: readonly Row<'member_streak'>[],
  now: Instant,
): Promise<MemberStreakView[]> {
  if (rows.length === 0) return []
  const [streaks, milestones, held] = await Promise.all([
    streaksOf(store, rows),
    milestonesOf(store, rows),
    heldOnce(store, rows.map(idsOf)),
  ])
  const current = rows.map((row) => ({ ...idsOf(row), period: periodAt(streaks.get(row.streakId)!, now) }))
  const progress = await progressAt(
    store,
    current.map(({ period, ...ids }) => ({ ...ids, periodNumber: period.number })),
  )
  const points = current.map(({ period, ...ids }): Point => {
    const completed = progress.get(pointKey(ids, period.number))?.completed ?? false
    return { ...ids, periodNumber: period.number, completed }
  })
  const [{ standing }, brokenAt] = await Promise.all([
    standings(store, points, streaks),
    Promise.all(rows.map((row) => lastBrokenAt(store, row, streaks.get(row.streakId)!, now))),
  ])
  return rows.map((row, index) => {
    const streak = streaks.get(row.streakId)!
    const { period } = current[index]!
    return memberStreakView(streak, row, {
      period,
      progress: progress.get(pointKey(row, period.number)),
      consecutiveCount: standing.get(pointKey(row, period.number))!.consecutiveCount,
      lastBrokenAt: brokenAt[index]!,
      liveMilestones: (milestones.get(row.streakId) ?? []).filter(({ status }) => status === 'live'),
      heldOnce: held.get(keyOfIds(row)) ?? new Set(),
    })
  })
}

/** The end of the latest period that is over, was not completed, and follows a completed one that closed no cycle. */
async function lastBrokenAt(
  store: Store,
  row: Row<'member_streak'>,
  streak: Row<'streak'>,
  now: Instant,
): Promise<Instant | null> {
  for (const run of await breakableRuns(store, idsOf(row))) {
    const missed = periodByNumber(streak, run.lastPeriod + 1)
    if (missed.endAt <= now) return missed.endAt
  }
  return null
}

async function logContexts(
  store: Store,
  rows: readonly Row<'streak_log'>[],
  now: Instant,
): Promise<LogContext[]> {
  if (rows.length === 0) return []
  const rewardIds = rows.flatMap((row) => (row.rewardLogIds ?? []).map((id) => [row.accountId, id]))
  const [streaks, milestones, held, progress, rewards] = await Promise.all([
    streaksOf(store, rows),
    milestonesOf(store, rows),
    heldOnce(store, rows.map(idsOf)),
    progressAt(store, rows),
    rewardsById(store, rewardIds),
  ])
  const progressRows = [
    ...new Set(rows.flatMap((row) => progress.get(pointKey(row, row.periodNumber)) ?? [])),
  ]
  const views = await progressViews(store, progressRows, now)
  const viewOf = new Map(views.map((view) => [view.row.id, view]))
  return rows.map((row) => {
    const all = milestones.get(row.streakId) ?? []
    const progressRow = progress.get(pointKey(row, row.periodNumber))
    const view = progressRow === undefined ? null : viewOf.get(progressRow.id)!
    const live = all.filter((milestone) => milestone.status === 'live')
    const heldHere = held.get(keyOfIds(row)) ?? new Set<string>()
    return {
      streak: streaks.get(row.streakId)!,
      progress: view,
      // what a reinstatement earned was added later
      achieved: (row.rewardLogIds ?? [])
        .flatMap((id) => {
          const rewardLog = rewards.find((reward) => reward.id === id)
          const milestone = all.find((candidate) => candidate.id === rewardLog?.milestoneId)
          return rewardLog === undefined || milestone === undefined ? [] : [{ milestone, rewardLog }]
        })
        .toSorted((a, b) => byListingOrder(a.milestone, b.milestone)),
      nextMilestone: nextMilestone(
        live,
        view?.consecutiveCount ?? 0,
        view?.row.currentProgressValue ?? 0n,
        heldHere,
      ),
    }
  })
}

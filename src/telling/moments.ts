import type { Listener } from '../engine/happenings.ts'
import type { Instant } from '../ports/clock.ts'
import type { WatchWork } from '../ports/schema/telling-values.ts'
import type { Row } from '../ports/schema.ts'
import { type Period, periodAt, periodByNumber } from '../streaks/period.ts'
import { DAY_MS } from './schedule.ts'

const HOUR_MS = 3_600_000
/** How long before its end a period is at risk where the streak does not say. */
const USUAL_HOURS = { daily: 6, weekly: 24, monthly: 72 } as const
/** A break that is older is not told of any more. */
const TOLD_WITHIN_MS = DAY_MS

type Streak = Row<'streak'>

/** When members are looked at for being at risk: so long before the period ends, and not before it begins. */
export function atRiskAt({ atRiskHours, aggregationPeriod }: Streak, period: Period): Instant {
  const hours = atRiskHours ?? USUAL_HOURS[aggregationPeriod]
  return Math.max(period.startAt, period.endAt - hours * HOUR_MS)
}

/** Who of an account is told of one piece of work: of what happened before an endpoint was live it is not told. */
export function hearers(
  { event, periodNumber }: WatchWork,
  streak: Streak,
  own: readonly Listener[],
): readonly Listener[] {
  const wanting = own.filter(({ events }) => events.includes(event))
  // members are at risk as long as the period lasts
  if (event === 'streak.at_risk') return wanting
  const { endAt } = periodByNumber(streak, periodNumber)
  return wanting.filter(({ liveSince }) => liveSince !== null && liveSince <= endAt)
}

/**
 * What is to be looked at now, as far as somebody listens: what was begun, else the oldest break that is not, else who
 * is at risk. Each period once; null: nothing. Pure.
 */
export function workDue(
  streak: Streak,
  watch: Pick<Row<'streak_watch'>, 'work' | 'brokenPeriod' | 'atRiskPeriod'> | null,
  own: readonly Listener[],
  now: Instant,
): WatchWork | null {
  if (watch !== null && watch.work !== null) return watch.work
  const current = periodAt(streak, now)
  const missed = missedPeriods(streak, current, watch?.brokenPeriod ?? null, now)
  const broken = missed.map((periodNumber) => workOf('streak.broken', periodNumber))
  const isAtRisk =
    streak.status === 'live' &&
    now >= atRiskAt(streak, current) &&
    (watch?.atRiskPeriod ?? Number.NEGATIVE_INFINITY) < current.number
  const works = [...broken, ...(isAtRisk ? [workOf('streak.at_risk', current.number)] : [])]
  return works.find((work) => hearers(work, streak, own).length > 0) ?? null
}

function workOf(event: WatchWork['event'], periodNumber: number): WatchWork {
  return { event, periodNumber, after: null }
}

/** Periods that ended a short while ago and were not looked at, the oldest first. */
function missedPeriods(streak: Streak, current: Period, seen: number | null, now: Instant): number[] {
  const missed: number[] = []
  for (let number = current.number - 1; number > (seen ?? Number.NEGATIVE_INFINITY); number -= 1) {
    if (now - periodByNumber(streak, number).endAt > TOLD_WITHIN_MS) break
    missed.unshift(number)
  }
  return missed
}

/** The period that those who are looked at completed last: they have missed the next one, or may yet. */
export function lastCompleted({ periodNumber }: WatchWork): number {
  return periodNumber - 1
}

/** Whether there is still something to tell when work is gone on with: the period may be over by now. */
export function isStale({ event, periodNumber }: WatchWork, streak: Streak, now: Instant): boolean {
  const { endAt } = periodByNumber(streak, periodNumber)
  return event === 'streak.at_risk' ? now >= endAt : now - endAt > TOLD_WITHIN_MS
}

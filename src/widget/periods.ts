import type { Shown } from './read.ts'
import type { Period } from './words.ts'

export interface Cell {
  readonly state: 'done' | 'missed' | 'open'
  /** Short, as it stands in the cell, and in full. */
  readonly label: string
  readonly name: string
}

const SHOWN: Readonly<Record<Period, number>> = { daily: 7, weekly: 8, monthly: 6 }
const DAY_MS = 86_400_000

/** The latest periods of a streak, the oldest first; the last one is that of now. */
export function cellsOf({ streak, progress }: Shown, language: string, now: number): Cell[] {
  const { aggregationPeriod: period, timezone, weekStartsOn } = streak
  const done = new Set(
    progress
      .filter(({ streakProgressStatus }) => streakProgressStatus === 'completed')
      .map(({ periodStartAt }) => startOf(dayOf(Date.parse(periodStartAt), timezone), period, weekStartsOn)),
  )
  const current = startOf(dayOf(now, timezone), period, weekStartsOn)
  return Array.from({ length: SHOWN[period] }, (_, at): Cell => {
    const start = before(current, period, SHOWN[period] - 1 - at)
    const state = done.has(start) ? 'done' : start === current ? 'open' : 'missed'
    return { state, ...namesOf(start, period, language) }
  })
}

/** The date that an instant has in a zone, as the UTC instant of its midnight. */
function dayOf(instant: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-u-ca-gregory', {
    timeZone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
  }).formatToParts(instant)
  const [year = 0, month = 1, day = 1] = (['year', 'month', 'day'] as const).map((type) =>
    Number(parts.find((part) => part.type === type)?.value),
  )
  return Date.UTC(year, month - 1, day)
}

function startOf(day: number, period: Period, weekStartsOn: 'monday' | 'sunday'): number {
  const date = new Date(day)
  if (period === 'monthly') return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1)
  if (period === 'daily') return day
  const since = (date.getUTCDay() + (weekStartsOn === 'monday' ? 6 : 0)) % 7
  return day - since * DAY_MS
}

function before(start: number, period: Period, periods: number): number {
  const date = new Date(start)
  if (period === 'monthly') return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - periods, 1)
  return start - periods * DAY_MS * (period === 'weekly' ? 7 : 1)
}

function namesOf(start: number, period: Period, language: string): Pick<Cell, 'label' | 'name'> {
  const write = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(language, { timeZone: 'UTC', ...options }).format(start)
  if (period === 'monthly')
    return { label: write({ month: 'short' }), name: write({ month: 'long', year: 'numeric' }) }
  const name = write({ weekday: 'long', day: 'numeric', month: 'long' })
  return period === 'daily'
    ? { label: write({ weekday: 'short' }), name }
    : { label: write({ day: 'numeric', month: 'numeric' }), name }
}

import type { Streak, StreakProgress } from '../../client/schema.ts'

type Period = Streak['aggregationPeriod']
export type Mark = 'done' | 'missed' | 'open'

/** One period of a shopper on a streak, by its key. Missed ones have no record where nothing happened in them. */
export interface Cell {
  readonly key: string
  readonly mark: Mark
  readonly progress: StreakProgress | null
}

export const PERIOD_WORDS: Readonly<Record<Period, string>> = {
  daily: 'day',
  weekly: 'week',
  monthly: 'month',
}

const DAY_MS = 86_400_000

/** Keys are dates of a calendar, without a zone: reckoned as UTC, where every day has 24 hours. */
function atOf(key: string): Date {
  return new Date(`${key.length === 7 ? `${key}-01` : key}T00:00:00.000Z`)
}

/** The key after this one: `2026-11-22` is followed by `2026-11-23`, as a week by `2026-11-29`. */
export function keyAfter(key: string, period: Period): string {
  const at = atOf(key)
  if (period === 'monthly') {
    at.setUTCMonth(at.getUTCMonth() + 1)
    return at.toISOString().slice(0, 7)
  }
  at.setTime(at.getTime() + (period === 'daily' ? 1 : 7) * DAY_MS)
  return at.toISOString().slice(0, 10)
}

/**
 * Every period from the first record to the present one, in order. Where two records touch nothing lies between them,
 * also where the zone skipped a date.
 */
export function cellsOf(records: readonly StreakProgress[], currentKey: string, period: Period): Cell[] {
  const sorted = records.toSorted((one, other) => (one.periodKey < other.periodKey ? -1 : 1))
  const cells: Cell[] = []
  for (const [at, progress] of sorted.entries()) {
    cells.push({ key: progress.periodKey, mark: markOf(progress), progress })
    const next = sorted[at + 1]
    if (next !== undefined && next.periodStartAt === progress.periodEndAt) continue
    const until = next?.periodKey ?? currentKey
    for (let key = keyAfter(progress.periodKey, period); key < until; key = keyAfter(key, period))
      cells.push({ key, mark: 'missed', progress: null })
  }
  const last = cells.at(-1)
  if (last !== undefined && last.key < currentKey)
    cells.push({ key: currentKey, mark: 'open', progress: null })
  return cells
}

function markOf({ streakProgressStatus }: StreakProgress): Mark {
  if (streakProgressStatus === 'completed') return 'done'
  return streakProgressStatus === 'broken' ? 'missed' : 'open'
}

const said = (at: Date, options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' }).format(at)

/** `22 Nov 2026`, `week of Sun 22 Nov 2026`, `November 2026`. */
export function periodWords(key: string, period: Period): string {
  if (period === 'monthly') return monthWords(key)
  const at = atOf(key)
  if (period === 'daily') return said(at, { day: 'numeric', month: 'short', year: 'numeric' })
  return `week of ${said(at, { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' }).replace(',', '')}`
}

export const monthWords = (key: string): string =>
  said(atOf(key.slice(0, 7)), { month: 'long', year: 'numeric' })

/** `Sun 22 to Sat 28 Nov` */
export function weekWords(key: string): string {
  const first = atOf(key)
  const last = new Date(first.getTime() + 6 * DAY_MS)
  const day: Intl.DateTimeFormatOptions = { weekday: 'short', day: 'numeric', month: 'short' }
  return `${said(first, day)} to ${said(last, day)}`.replaceAll(',', '')
}

const MONDAY_FIRST = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

export function weekdays(weekStartsOn: Streak['weekStartsOn']): readonly string[] {
  return weekStartsOn === 'monday' ? MONDAY_FIRST : ['Sun', ...MONDAY_FIRST.slice(0, 6)]
}

/** The days of a month in weeks of seven; null before the first and after the last. */
export function weeksOf(month: string, weekStartsOn: Streak['weekStartsOn']): (string | null)[][] {
  const first = atOf(month)
  const offset = (first.getUTCDay() + (weekStartsOn === 'monday' ? 6 : 0)) % 7
  const days: (string | null)[] = Array.from({ length: offset }, () => null)
  for (let key = `${month}-01`; key.startsWith(month); key = keyAfter(key, 'daily')) days.push(key)
  while (days.length % 7 !== 0) days.push(null)
  return Array.from({ length: days.length / 7 }, (_, week) => days.slice(week * 7, week * 7 + 7))
}

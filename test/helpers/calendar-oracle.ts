import { clockOf } from './zone-oracle.ts'

/**
 * Periods as a patient reader of a wall clock would find them: minute by minute, from nothing but the date that the
 * clock of a zone shows. Shares no code with the core. Offsets with seconds in them are beyond it.
 */
export interface OraclePeriod {
  readonly key: string
  readonly startAt: number
  /** Exclusive. */
  readonly endAt: number
}

export interface OracleRules {
  readonly period: 'daily' | 'weekly' | 'monthly'
  readonly weekStartsOn: 'monday' | 'sunday'
  readonly zone: string
}

const MINUTE_MS = 60_000
/** Close enough that no date is shown and taken back between two looks. */
const LOOK_MS = 15 * MINUTE_MS
const DAY_MS = 86_400_000
const DAYS_PER_PERIOD = { daily: 1, weekly: 7, monthly: 31 } as const

const found = new Map<string, OraclePeriod[]>()

/** `count` periods in a row; the one with `date` in it, or the first after it, is the fourth. */
export function periodsAround(rules: OracleRules, date: string, count: number): OraclePeriod[] {
  const question = JSON.stringify([rules, date, count])
  const known = found.get(question) ?? findPeriods(rules, date, count)
  found.set(question, known)
  return known
}

function findPeriods(rules: OracleRules, date: string, count: number): OraclePeriod[] {
  const length = DAYS_PER_PERIOD[rules.period] * DAY_MS
  const from = Date.parse(date) - 6 * length
  const days = daysOf(rules.zone, from, Date.parse(date) + count * length)
  const periods: OraclePeriod[] = []
  for (const [index, { date: shown, startAt }] of days.entries()) {
    const key = keyOf(rules, shown)
    const endAt = days[index + 1]?.startAt ?? startAt
    const open = periods.at(-1)
    if (open?.key === key) periods[periods.length - 1] = { ...open, endAt }
    else periods.push({ key, startAt, endAt })
  }
  const position = periods.findIndex((_, index) => keyOf(rules, date) < (periods[index + 1]?.key ?? ''))
  const isThere = periods[position]!.key === keyOf(rules, date)
  const first = position - (isThere ? 3 : 2)
  return periods.slice(first, first + count)
}

/** Dates and when they are first shown. A date that is shown again after the next one was shown is not begun again. */
function daysOf(zone: string, from: number, until: number): { date: string; startAt: number }[] {
  const { dateAt } = clockOf(zone)
  const dateShown = (instant: number) => new Date(dateAt(instant)).toISOString().slice(0, 10)
  const days: { date: string; startAt: number }[] = []
  let latest = dateShown(from)
  for (let look = from; look < until; look += LOOK_MS) {
    if (dateShown(look + LOOK_MS) <= latest) continue
    for (let minute = look + MINUTE_MS; minute <= look + LOOK_MS; minute += MINUTE_MS) {
      const date = dateShown(minute)
      if (date <= latest) continue
      latest = date
      days.push({ date, startAt: minute })
    }
  }
  return days
}

function keyOf({ period, weekStartsOn }: OracleRules, date: string): string {
  if (period === 'daily') return date
  if (period === 'monthly') return date.slice(0, 7)
  const day = new Date(`${date}T00:00Z`)
  const since = (day.getUTCDay() + 7 - (weekStartsOn === 'monday' ? 1 : 0)) % 7
  return new Date(day.getTime() - since * DAY_MS).toISOString().slice(0, 10)
}

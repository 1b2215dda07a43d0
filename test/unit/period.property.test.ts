import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { type Period, type PeriodRules, periodAt, periodByNumber } from '../../src/streaks/period.ts'
import { clockOf, ZONE_NAMES } from '../helpers/zone-oracle.ts'

/**
 * The oracle knows two things and nothing of how periods are computed: what date a zone's clock shows at an instant,
 * and between which instants that clock ran without a jump.
 */
const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
const FROM = Date.UTC(1970, 0, 1)
const UNTIL = Date.UTC(2041, 0, 1)

interface Oracle {
  /** The date shown at an instant, as the UTC midnight of that date. */
  dateAt(instant: number): number
  /** First instants of a new offset, ascending. */
  readonly changes: readonly number[]
  /** Dates that the clock jumped over, as UTC midnights. */
  readonly skipped: readonly number[]
}

const oracles = new Map<string, Oracle>()

function oracleOf(timezone: string): Oracle {
  const known = oracles.get(timezone)
  if (known !== undefined) return known
  const oracle = buildOracle(timezone)
  oracles.set(timezone, oracle)
  return oracle
}

function buildOracle(timezone: string): Oracle {
  const { dateAt, changesBetween } = clockOf(timezone)
  const changes = changesBetween(FROM, UNTIL)
  const skipped = changes.flatMap((change) => {
    const between: number[] = []
    for (let date = dateAt(change - 1) + DAY_MS; date < dateAt(change); date += DAY_MS) between.push(date)
    return between
  })
  return { dateAt, changes, skipped }
}

/**
 * Whether `instant` is the earliest that shows `date` or a later one. The shown time only grows between changes, so it
 * is enough to look at the last millisecond before `instant` and before each change in the two days before it.
 */
function isEarliest(oracle: Oracle, date: number, instant: number): boolean {
  const jumps = oracle.changes.filter((change) => change > instant - 2 * DAY_MS && change < instant)
  return (
    oracle.dateAt(instant) >= date && [instant, ...jumps].every((moment) => oracle.dateAt(moment - 1) < date)
  )
}

const MODES = [
  { aggregationPeriod: 'daily', weekStartsOn: 'monday' },
  { aggregationPeriod: 'weekly', weekStartsOn: 'monday' },
  { aggregationPeriod: 'weekly', weekStartsOn: 'sunday' },
  { aggregationPeriod: 'monthly', weekStartsOn: 'sunday' },
] as const

/** First date of the period with this key, first date after it, and its number by the oracle's count. */
function expectedOf(rules: PeriodRules, key: string, oracle: Oracle) {
  const first = Date.parse(key)
  if (rules.aggregationPeriod === 'daily') {
    const skipped = oracle.skipped.filter((date) => date < first).length
    return { first, next: first + DAY_MS, number: first / DAY_MS - skipped }
  }
  if (rules.aggregationPeriod === 'weekly') {
    const epoch = rules.weekStartsOn === 'monday' ? Date.UTC(1969, 11, 29) : Date.UTC(1969, 11, 28)
    return { first, next: first + 7 * DAY_MS, number: (first - epoch) / (7 * DAY_MS) }
  }
  const [year, month] = key.split('-').map(Number)
  return { first, next: Date.UTC(year!, month!, 1), number: (year! - 1970) * 12 + month! - 1 }
}

function same(one: Period, other: Period): boolean {
  return (
    one.number === other.number &&
    one.key === other.key &&
    one.startAt === other.startAt &&
    one.endAt === other.endAt
  )
}

/** What is wrong with the period of one instant and with its seams; empty when nothing is. */
function faultsAt(rules: PeriodRules, instant: number): string[] {
  const oracle = oracleOf(rules.timezone)
  const period = periodAt(rules, instant)
  const { first, next, number } = expectedOf(rules, period.key, oracle)
  const before = periodByNumber(rules, period.number - 1)
  const after = periodByNumber(rules, period.number + 1)
  const checks: Record<string, boolean> = {
    'the instant lies in it': period.startAt <= instant && instant < period.endAt,
    'the key has the right length': period.key.length === (rules.aggregationPeriod === 'monthly' ? 7 : 10),
    'it starts at the earliest instant that shows its first date': isEarliest(oracle, first, period.startAt),
    'it ends at the earliest instant that shows the date after it': isEarliest(oracle, next, period.endAt),
    'its number counts the periods that have a length': period.number === number,
    'its number leads back to it': same(periodByNumber(rules, period.number), period),
    'its first millisecond falls in it': same(periodAt(rules, period.startAt), period),
    'its last millisecond falls in it': same(periodAt(rules, period.endAt - 1), period),
    'the period before ends where it starts': before.endAt === period.startAt && before.key < period.key,
    'the period after starts where it ends': after.startAt === period.endAt && after.key > period.key,
    'the millisecond before it falls in the period before': same(periodAt(rules, period.startAt - 1), before),
    'its end falls in the period after': same(periodAt(rules, period.endAt), after),
  }
  return Object.keys(checks)
    .filter((name) => !checks[name])
    .map((name) => `${JSON.stringify(rules)} at ${new Date(instant).toISOString()}: not so: ${name}`)
}

const ZONES = ZONE_NAMES
const AREAS = [...new Set(ZONES.map((zone) => zone.split('/')[0]!))]

describe('every change of offset from 1970 to 2040', () => {
  it.each(AREAS)(
    'periods tile the time around it in %s',
    (area) => {
      const faults: string[] = []
      for (const timezone of ZONES.filter((zone) => zone.split('/')[0] === area)) {
        for (const change of [FROM, ...oracleOf(timezone).changes]) {
          for (const mode of MODES) {
            const rules = { timezone, ...mode }
            faults.push(...faultsAt(rules, change))
            // most changes lie inside a period: what was just said of it need not be said again
            if (periodAt(rules, change).startAt === change) faults.push(...faultsAt(rules, change - 1))
          }
          const daily = { timezone, ...MODES[0] }
          for (const instant of [change - DAY_MS, change + DAY_MS]) faults.push(...faultsAt(daily, instant))
        }
      }
      expect(faults.slice(0, 20)).toEqual([])
    },
    180_000,
  )

  it('is known to the oracle', () => {
    const counts = ZONES.map((zone) => oracleOf(zone).changes.length)
    expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(15_000)
    expect(ZONES.filter((zone) => oracleOf(zone).skipped.length > 0)).toEqual(
      expect.arrayContaining(['Pacific/Apia', 'Pacific/Fakaofo', 'Pacific/Kiritimati', 'Pacific/Kwajalein']),
    )
  })
})

const anyZone = fc.constantFrom(...ZONES)
const anyRules = fc
  .record({ timezone: anyZone, mode: fc.constantFrom(...MODES) })
  .map(({ timezone, mode }): PeriodRules => ({ timezone, ...mode }))
const anyInstant = fc.integer({ min: FROM, max: UNTIL - 1 })

describe('any instant from 1970 to 2040', () => {
  it('falls in exactly one period, and periods are neighbours of their neighbours', () => {
    fc.assert(
      fc.property(anyRules, anyInstant, (rules, instant) => {
        expect(faultsAt(rules, instant)).toEqual([])
      }),
      { numRuns: 2000 },
    )
  })

  it('falls in the period of the latest date shown so far, minute by minute', () => {
    // Most runs look at a change of offset, some anywhere
    const somewhere = fc.record({ timezone: anyZone, at: anyInstant, pick: fc.option(fc.nat()) })
    fc.assert(
      fc.property(somewhere, ({ timezone, at, pick }) => {
        const { changes } = oracleOf(timezone)
        const middle = pick === null || changes.length === 0 ? at : changes[pick % changes.length]!
        const start = Math.floor(middle / MINUTE_MS) * MINUTE_MS - DAY_MS
        const rules = { timezone, ...MODES[0] }
        const { dateAt: showDate } = clockOf(timezone)
        let latest = showDate(start - DAY_MS)
        for (let minute = -DAY_MS; minute < 2 * DAY_MS; minute += MINUTE_MS) {
          latest = Math.max(latest, showDate(start + minute))
          if (minute < 0) continue
          const { key } = periodAt(rules, start + minute)
          if (Date.parse(key) !== latest) {
            throw new Error(`${key} at ${new Date(start + minute).toISOString()}`)
          }
        }
      }),
      { numRuns: 75 },
    )
  })
})

describe('numbers', () => {
  it('are dense: each names the period that starts where the one before ends', () => {
    const anyRange = fc.record({ rules: anyRules, from: anyInstant, count: fc.integer({ min: 2, max: 60 }) })
    fc.assert(
      fc.property(anyRange, ({ rules, from, count }) => {
        const first = periodAt(rules, from)
        let last = first
        for (let step = 1; step < count; step++) last = periodAt(rules, last.endAt)
        expect(last.number - first.number + 1).toBe(count)
      }),
      { numRuns: 300 },
    )
  })

  it('lead to the same period in whatever order they are asked for', () => {
    const anyNumbers = fc.uniqueArray(fc.integer({ min: 0, max: 850 }), { minLength: 2, maxLength: 40 })
    fc.assert(
      fc.property(anyRules, anyNumbers, (rules, numbers) => {
        const sorted = [...numbers]
          .sort((one, other) => one - other)
          .map((number) => periodByNumber(rules, number))
        for (const period of numbers.map((number) => periodByNumber(rules, number))) {
          expect(sorted).toContainEqual(period)
        }
        for (const [index, period] of sorted.slice(1).entries()) {
          expect(period.startAt).toBeGreaterThanOrEqual(sorted[index]!.endAt)
          expect(period.key > sorted[index]!.key).toBe(true)
        }
      }),
      { numRuns: 200 },
    )
  })
})

import { DAY_MS, type Day, RecentMap, Zone } from './zone.ts'
import { type ZoneData, zoneData } from './zone-data.ts'

export { isTimezone } from './zone.ts'

/** How a streak cuts time into periods. `weekStartsOn` only matters when it is weekly. */
export interface PeriodRules {
  readonly aggregationPeriod: 'daily' | 'weekly' | 'monthly'
  /** A name for which `isTimezone` holds. */
  readonly timezone: string
  readonly weekStartsOn: 'monday' | 'sunday'
}

/** One day, week or month of a zone. Frozen and shared: never compare by identity. */
export interface Period {
  /**
   * Dense: the period after this one has `number + 1`, also across a date that the zone skipped, so that a run is as
   * long as its numbers are apart, plus one. Comparable only under the same rules; negative before 1970.
   */
  readonly number: number
  /** `2026-11-22` daily; the date of the week's first day weekly, even if the zone skipped it; `2026-11` monthly. */
  readonly key: string
  /** Epoch ms. */
  readonly startAt: number
  /** Epoch ms, exclusive: the start of the next period. */
  readonly endAt: number
}

/** The oldest local dates of instants since 1970 lie in 1969, as do the weeks and months they belong to. */
const FIRST_DAY: Day = Date.UTC(1969, 0, 1) / DAY_MS
/** As far as dates go at all; beyond it numbers are too coarse for days. */
const MAX_INSTANT = 8.64e15
const LAST_DAY: Day = Date.UTC(9999, 11, 31) / DAY_MS

/**
 * The period that `instant` (epoch ms) falls in: that of the latest day begun by then, whatever date the clock shows.
 * @throws RangeError for an unknown timezone and for instants outside 1969 to 9999
 */
export function periodAt(rules: PeriodRules, instant: number): Period {
  return calendarOf(rules).at(instant)
}

/**
 * The period with that number; its neighbours are `number - 1` and `number + 1`.
 * @throws RangeError for an unknown timezone, for fractions and for periods outside 1969 to 9999
 */
export function periodByNumber(rules: PeriodRules, number: number): Period {
  return calendarOf(rules).byNumber(number)
}

/** Numbers days in groups. Every group holds at least one day that has a length. */
interface Grouping {
  numberOf(day: Day): number
  firstDayOf(number: number): Day
  /** How much of the first day's date names the group. */
  readonly keyLength: number
}

class Calendar {
  readonly #zone: Zone
  readonly #grouping: Grouping
  readonly #periods = new RecentMap<number, Period>(512)

  constructor(zone: Zone, grouping: Grouping) {
    this.#zone = zone
    this.#grouping = grouping
  }

  at(instant: number): Period {
    if (!(Math.abs(instant) <= MAX_INSTANT))
      throw new RangeError(`${instant} is no instant from 1969 to 9999`)
    return this.byNumber(this.#grouping.numberOf(this.#zone.dayAt(instant)))
  }

  byNumber(number: number): Period {
    return this.#periods.get(number) ?? this.#periods.set(number, this.#build(number))
  }

  #build(number: number): Period {
    const firstDay = this.#grouping.firstDayOf(number)
    if (!Number.isInteger(number) || firstDay < FIRST_DAY || firstDay > LAST_DAY) {
      throw new RangeError(
        `period ${number} is out of range: whole numbers of periods from 1969 to 9999 only`,
      )
    }
    return Object.freeze({
      number,
      key: new Date(firstDay * DAY_MS).toISOString().slice(0, this.#grouping.keyLength),
      startAt: this.#zone.startOf(firstDay),
      endAt: this.#zone.startOf(this.#grouping.firstDayOf(number + 1)),
    })
  }
}

interface Calendars {
  readonly daily: Calendar
  readonly weekly: Readonly<Record<PeriodRules['weekStartsOn'], Calendar>>
  readonly monthly: Calendar
}

/** By timezone: rules are rebuilt for each row, so their identity says nothing. About 600 names exist. */
let calendars = new RecentMap<string, Calendars>(256)
let calendarsBy: ZoneData | undefined

function calendarOf(rules: PeriodRules): Calendar {
  const data = zoneData()
  if (data !== calendarsBy) calendars = new RecentMap(256)
  calendarsBy = data
  const { timezone } = rules
  const known = calendars.get(timezone) ?? calendars.set(timezone, buildCalendars(data, timezone))
  return rules.aggregationPeriod === 'weekly'
    ? known.weekly[rules.weekStartsOn]
    : known[rules.aggregationPeriod]
}

function buildCalendars(data: ZoneData, timezone: string): Calendars {
  const changes = data.changesOf(timezone)
  if (changes === undefined) throw new RangeError(`no time zone has the name ${JSON.stringify(timezone)}`)
  const zone = new Zone(changes)
  return {
    daily: new Calendar(zone, days(zone)),
    // 1970-01-01 was a Thursday: its week began three days earlier on Monday, four on Sunday
    weekly: { monday: new Calendar(zone, weeks(3)), sunday: new Calendar(zone, weeks(4)) },
    monthly: new Calendar(zone, months),
  }
}

function days(zone: Zone): Grouping {
  return {
    keyLength: 10,
    numberOf(day) {
      let number = day
      for (const skipped of zone.skippedDays()) if (skipped < day) number--
      return number
    },
    firstDayOf(number) {
      let day = number
      for (const skipped of zone.skippedDays()) if (skipped <= day) day++
      return day
    },
  }
}

function weeks(daysBefore1970: number): Grouping {
  return {
    keyLength: 10,
    numberOf: (day) => Math.floor((day + daysBefore1970) / 7),
    firstDayOf: (number) => number * 7 - daysBefore1970,
  }
}

const months: Grouping = {
  keyLength: 7,
  numberOf(day) {
    const date = new Date(day * DAY_MS)
    return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth()
  },
  firstDayOf: (number) => Date.UTC(1970, number, 1) / DAY_MS,
}

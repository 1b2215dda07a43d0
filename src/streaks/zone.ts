const SECOND_MS = 1000
const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS

/** A date, as whole days since 1970-01-01 on the calendar: the same number in every zone. */
export type Day = number

/** No clock has been further from UTC than this since 1969 (-12 to +14 hours). */
const MAX_OFFSET_MS = 16 * HOUR_MS
/** A date can only be skipped by a jump of 24 hours; no daylight saving comes near this. */
const BIG_JUMP_MS = 20 * HOUR_MS
const SKIPS_FROM = Date.UTC(1970, 0, 1)
/** Skips are single decrees, known a few years ahead at most; the rules for later years repeat daylight saving only. */
const SKIPS_UNTIL = Date.UTC(2100, 0, 1)
const HALF_YEAR_MS = 182 * DAY_MS

/** Remembers at least the last `limit` and at most the last twice `limit` entries that were set or asked for. */
export class RecentMap<K, V> {
  readonly #limit: number
  #recent = new Map<K, V>()
  #older = new Map<K, V>()

  constructor(limit: number) {
    this.#limit = limit
  }

  get(key: K): V | undefined {
    const recent = this.#recent.get(key)
    if (recent !== undefined) return recent
    const older = this.#older.get(key)
    if (older !== undefined) this.set(key, older)
    return older
  }

  set(key: K, value: V): V {
    if (this.#recent.size >= this.#limit) {
      this.#older = this.#recent
      this.#recent = new Map()
    }
    this.#recent.set(key, value)
    return value
  }
}

/**
 * The days of one time zone, from the data of the Node runtime. A day begins at the earliest instant at which the
 * zone's calendar shows that date or a later one. A skipped date begins when the next one does: it has no length.
 * Exact while the changes of a zone lie more than 32 hours apart; the closest since 1969 are a week apart.
 */
export class Zone {
  readonly #offsetAt: (instant: number) => number
  readonly #starts = new RecentMap<Day, number>(1024)
  /** By UTC day: the day in force when that UTC day begins. */
  readonly #daysInForce = new RecentMap<number, Day>(1024)
  #skippedDays: readonly Day[] | undefined

  /** @throws RangeError when the runtime knows no zone of that name */
  constructor(timezone: string) {
    this.#offsetAt = offsetReader(timezone)
  }

  /** The latest day that has begun at `instant` (epoch ms), whatever date the clock then shows. */
  dayAt(instant: number): Day {
    const utcDay = Math.floor(instant / DAY_MS)
    const inForce = this.#daysInForce.get(utcDay)
    return this.#latestBegun(inForce ?? this.#dayInForce(utcDay), instant)
  }

  /** When `day` begins, in epoch ms. */
  startOf(day: Day): number {
    return this.#starts.get(day) ?? this.#starts.set(day, this.#findStart(day))
  }

  /** The dates since 1970 that have no length here, ascending. */
  skippedDays(): readonly Day[] {
    this.#skippedDays ??= this.#findSkippedDays()
    return this.#skippedDays
  }

  #dayInForce(utcDay: number): Day {
    const instant = utcDay * DAY_MS
    return this.#daysInForce.set(utcDay, this.#latestBegun(this.#shownAt(instant), instant))
  }

  /** The clock never shows a date that has not begun, but it may show one that is over. */
  #latestBegun(begun: Day, instant: number): Day {
    let day = begun
    while (this.startOf(day + 1) <= instant) day++
    return day
  }

  #shownAt(instant: number): Day {
    return Math.floor((instant + this.#offsetAt(instant)) / DAY_MS)
  }

  #findStart(day: Day): number {
    const midnight = day * DAY_MS
    const from = midnight - MAX_OFFSET_MS
    const until = midnight + MAX_OFFSET_MS
    const before = this.#offsetAt(from)
    const after = this.#offsetAt(until)
    if (before === after) return midnight - before
    const change = firstSecond(from, until, (instant) => this.#offsetAt(instant) !== before)
    if (midnight - before < change) return midnight - before
    return Math.max(change, midnight - after)
  }

  #findSkippedDays(): Day[] {
    const skipped: Day[] = []
    let before = this.#offsetAt(SKIPS_FROM)
    for (let from = SKIPS_FROM; from < SKIPS_UNTIL; from += HALF_YEAR_MS) {
      const until = from + HALF_YEAR_MS
      const after = this.#offsetAt(until)
      if (after - before >= BIG_JUMP_MS) {
        const threshold = (before + after) / 2
        const change = firstSecond(from, until, (instant) => this.#offsetAt(instant) > threshold)
        skipped.push(...this.#daysWithoutLength(this.#shownAt(change - SECOND_MS), this.#shownAt(change)))
      }
      before = after
    }
    return skipped
  }

  #daysWithoutLength(first: Day, last: Day): Day[] {
    const days: Day[] = []
    for (let day = first; day <= last; day++) if (this.startOf(day) === this.startOf(day + 1)) days.push(day)
    return days
  }
}

/**
 * The earliest whole second in (from, until] at which `holds`; it must not at `from`, and must stay true once it is.
 */
function firstSecond(from: number, until: number, holds: (instant: number) => boolean): number {
  let no = from
  let yes = until
  while (yes - no > SECOND_MS) {
    const middle = no + Math.floor((yes - no) / (2 * SECOND_MS)) * SECOND_MS
    if (holds(middle)) yes = middle
    else no = middle
  }
  return yes
}

const WALL_CLOCK = /^(\d+)\/(\d+)\/(\d+), (\d+):(\d+):(\d+)$/

/** Local time less UTC in ms, to the second: offsets such as -00:44:30 have been in force. */
function offsetReader(timezone: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  return (instant) => {
    const second = Math.floor(instant / SECOND_MS) * SECOND_MS
    const shown = format.format(second)
    const match = WALL_CLOCK.exec(shown)
    if (match === null) throw new Error(`the runtime shows local time as "${shown}", not as "M/D/Y, h:m:s"`)
    const [, month, day, year, hour, minute, seconds] = match
    const date = Date.UTC(Number(year), Number(month) - 1, Number(day))
    const wall = date + ((Number(hour) * 60 + Number(minute)) * 60 + Number(seconds)) * SECOND_MS
    return wall - second
  }
}

/**
 * Names with capitals, digits or small words inside, which the runtime accepts in any case and does not list. The
 * others (`Asia/Kolkata`) follow `REGULAR_NAME`, also those that zone data will add.
 */
const IRREGULAR_NAMES = [
  'CET CST6CDT EET EST EST5EDT GB GB-Eire GMT GMT+0 GMT-0 GMT0 HST MET MST MST7MDT NZ NZ-CHAT PRC PST8PDT ROC ROK',
  'UCT UTC W-SU WET America/Argentina/ComodRivadavia America/Knox_IN Australia/ACT Australia/LHI Australia/NSW',
  'Brazil/DeNoronha Chile/EasterIsland Mexico/BajaNorte Mexico/BajaSur US/Alaska US/Aleutian US/Arizona',
  'US/Central US/East-Indiana US/Eastern US/Hawaii US/Indiana-Starke US/Michigan US/Mountain US/Pacific',
  'US/Pacific-New US/Samoa Etc/GMT Etc/GMT0 Etc/UCT Etc/UTC',
  ...Array.from({ length: 13 }, (_, hours) => `Etc/GMT+${hours}`),
  ...Array.from({ length: 15 }, (_, hours) => `Etc/GMT-${hours}`),
].flatMap((names) => names.split(' '))
/** Capitalised words; a single one has four letters or more, which keeps out `Pst` and other abbreviations. */
const REGULAR_NAME = /^(?:[A-Z][a-z]{3,}|[A-Z][a-z]+(?:[/_-][A-Z][a-z]+)+)$/

let spellings: ReadonlyMap<string, string> | undefined

/**
 * Whether `name` is a zone or link name of IANA that the runtime has data for, in its exact spelling. Not: offsets
 * (`+02:00`), other capitals (`europe/berlin`), and abbreviations that only the runtime knows (`PST`, `JST`).
 */
export function isTimezone(name: string): boolean {
  spellings ??= new Map(
    [...Intl.supportedValuesOf('timeZone'), ...IRREGULAR_NAMES].map((known) => [known.toLowerCase(), known]),
  )
  const spelling = spellings.get(name.toLowerCase())
  const exact = spelling === undefined ? REGULAR_NAME.test(name) : spelling === name
  return exact && isKnown(name)
}

function isKnown(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name })
    return true
  } catch {
    return false
  }
}

import { type ZoneChanges, ZoneClock, zoneData } from './zone-data.ts'

const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS

/** A date, as whole days since 1970-01-01 on the calendar: the same number in every zone. */
export type Day = number

/** A date can only be skipped by a jump of 24 hours; no daylight saving comes near this. */
const BIG_JUMP_MS = 20 * HOUR_MS
const SKIPS_FROM = Date.UTC(1970, 0, 1)
/** Skips are single decrees, known a few years ahead at most; the rules for later years repeat daylight saving only. */
const SKIPS_UNTIL = Date.UTC(2100, 0, 1)

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
 * The days of one time zone. A day begins at the earliest instant at which the zone's calendar shows that date or a
 * later one. A skipped date begins when the next one does: it has no length.
 */
export class Zone {
  readonly #clock: ZoneClock
  #skippedDays: readonly Day[] | undefined

  constructor(changes: ZoneChanges) {
    this.#clock = new ZoneClock(changes)
  }

  /** The latest day that has begun at `instant` (epoch ms), whatever date the clock then shows. */
  dayAt(instant: number): Day {
    // the clock never shows a date that has not begun, but it may show one that is over
    let day = this.#shownAt(instant)
    while (this.startOf(day + 1) <= instant) day++
    return day
  }

  /** When `day` begins, in epoch ms. */
  startOf(day: Day): number {
    return this.#clock.firstShowing(day * DAY_MS)
  }

  /** The dates since 1970 that have no length here, ascending. */
  skippedDays(): readonly Day[] {
    this.#skippedDays ??= this.#findSkippedDays()
    return this.#skippedDays
  }

  #shownAt(instant: number): Day {
    return Math.floor((instant + this.#clock.offsetAt(instant)) / DAY_MS)
  }

  #findSkippedDays(): Day[] {
    const { at, offsets } = this.#clock.changes
    return Array.from(at).flatMap((change, index) => {
      const jump = offsets[index + 1]! - offsets[index]!
      if (jump < BIG_JUMP_MS || change < SKIPS_FROM || change >= SKIPS_UNTIL) return []
      return this.#daysWithoutLength(this.#shownAt(change - 1), this.#shownAt(change))
    })
  }

  #daysWithoutLength(first: Day, last: Day): Day[] {
    const days: Day[] = []
    for (let day = first; day <= last; day++) if (this.startOf(day) === this.startOf(day + 1)) days.push(day)
    return days
  }
}

/**
 * Whether `name` is a zone or link name of IANA in the data in force, in its exact spelling. Not: offsets (`+02:00`),
 * other capitals (`europe/berlin`), and abbreviations (`PST`, `JST`).
 */
export function isTimezone(name: string): boolean {
  return zoneData().has(name)
}

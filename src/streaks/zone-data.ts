/** What the clocks of one zone did and will do. Frozen in meaning: nobody writes into it. */
export interface ZoneChanges {
  /** When the offset changes: epoch ms, ascending, no instant twice. A rule without end is written out to `WRITTEN_OUT_TO`. */
  readonly at: ArrayLike<number>
  /** Local time less UTC in ms: the first before any change, the one at `n + 1` from the change at `n` on. One more than `at`. */
  readonly offsets: ArrayLike<number>
}

/**
 * Port: the IANA time zone data by which days begin and end. The same answers for as long as the process runs, and in
 * every process that names the same `version`.
 */
export interface ZoneData {
  /** IANA's name of the release, such as `2026f`; later ones are greater as texts. */
  readonly version: string
  /** Whether `name` is a zone or a link, in exactly this spelling. */
  has(name: string): boolean
  /** undefined for a name that it does not have. Its cost is that of reading one zone: whoever asks keeps the answer. */
  changesOf(name: string): ZoneChanges | undefined
}

/** Rules without end are written out until here; from then on the 400 years before repeat, as the calendar itself does. */
export const WRITTEN_OUT_TO = Date.UTC(2500, 0, 1)
const CALENDAR_MS = 146_097 * 86_400_000
/** No clock has been further from UTC than this since 1969 (-12 to +14 hours). */
const MAX_OFFSET_MS = 16 * 3_600_000

let inForce: ZoneData | undefined

/**
 * Puts `data` in force for the whole process. Called once, by whoever composes the program, before any period is asked
 * for: two answers of one process must not come from different data.
 */
export function useZoneData(data: ZoneData): void {
  inForce = data
}

/** @throws Error when none was put in force */
export function zoneData(): ZoneData {
  if (inForce === undefined)
    throw new Error('no time zone data is in force: useZoneData comes before periods')
  return inForce
}

/** The clock of one zone: what it shows, and when it shows something first. */
export class ZoneClock {
  readonly changes: ZoneChanges
  /** Where the last look ended: most look at the present. */
  #recent = 0

  constructor(changes: ZoneChanges) {
    this.changes = changes
  }

  /** Local time less UTC, in ms. */
  offsetAt(instant: number): number {
    return this.changes.offsets[this.#changesUntil(instant - cyclesBefore(instant))]!
  }

  /** The earliest instant at which the clock shows `wall` or a later time; both in ms since 1970-01-01T00:00. */
  firstShowing(wall: number): number {
    const { at, offsets } = this.changes
    // no clock shows it that early, and none is later than the first change behind which it does
    const from = wall - MAX_OFFSET_MS
    const cycles = cyclesBefore(from)
    for (let index = this.#changesUntil(from - cycles); ; index++) {
      const shown = wall - cycles - offsets[index]!
      const since = index === 0 ? shown : Math.max(shown, at[index - 1]!)
      if (index === at.length || since < at[index]!) return since + cycles
    }
  }

  /** How many changes there were until `instant`, one at it included. */
  #changesUntil(instant: number): number {
    const { at } = this.changes
    const recent = this.#recent
    if (!(at[recent - 1]! > instant) && !(at[recent]! <= instant)) return recent
    let low = 0
    let high = at.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (at[middle]! <= instant) low = middle + 1
      else high = middle
    }
    this.#recent = low
    return low
  }
}

/** How far `instant` lies behind the instant in the years that are written out whose calendar is the same. */
function cyclesBefore(instant: number): number {
  if (instant < WRITTEN_OUT_TO) return 0
  return (Math.floor((instant - WRITTEN_OUT_TO) / CALENDAR_MS) + 1) * CALENDAR_MS
}

/** The earliest instant from `from` on at which the clocks differ; null when they never do. */
export function firstDifference(one: ZoneChanges, other: ZoneChanges, from: number): number | null {
  const clocks = [new ZoneClock(one), new ZoneClock(other)] as const
  const looks = [from, ...Array.from(one.at), ...Array.from(other.at)].filter((instant) => instant >= from)
  const differing = looks.filter((instant) => clocks[0].offsetAt(instant) !== clocks[1].offsetAt(instant))
  return differing.length === 0 ? null : differing.reduce((first, instant) => Math.min(first, instant))
}

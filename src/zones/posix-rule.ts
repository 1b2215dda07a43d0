import { WRITTEN_OUT_TO, type ZoneChanges } from '../streaks/zone-data.ts'

const SECOND_MS = 1000
const HOUR_S = 3600
const DAY_MS = 86_400_000

/** What goes on for ever behind the last change of a TZif file: an offset, and a second one for a part of each year. */
export interface PosixRule {
  /** Local time less UTC in ms. */
  readonly standard: number
  readonly daylight: null | { readonly offset: number; readonly from: YearlyDate; readonly until: YearlyDate }
}

/** A day of each year and the seconds behind its midnight, which may lead to other days. */
interface YearlyDate {
  dayIn(year: number): number
  readonly seconds: number
}

const NAME = '(?:[A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>)'
const TIME = String.raw`[+-]?\d{1,3}(?::\d{2}){0,2}`
const DATE = String.raw`(M\d+\.\d+\.\d+|J\d+|\d+)(?:/(${TIME}))?`
const RULE = new RegExp(`^${NAME}(${TIME})(?:${NAME}(${TIME})?,${DATE},${DATE})?$`)

/**
 * Reads the footer of a TZif file, `CET-1CEST,M3.5.0,M10.5.0/3`; null for what is none.
 * https://www.rfc-editor.org/rfc/rfc9636#section-3.3.1
 */
export function readPosixRule(text: string): PosixRule | null {
  const match = RULE.exec(text)
  if (match === null) return null
  const [, west, daylightWest, from, fromTime, until, untilTime] = match
  const standard = offsetOf(west!)
  if (from === undefined || until === undefined) return { standard, daylight: null }
  const offset = daylightWest === undefined ? standard + HOUR_S * SECOND_MS : offsetOf(daylightWest)
  const daylight = { offset, from: dateOf(from, fromTime), until: dateOf(until, untilTime) }
  return { standard, daylight }
}

/** The rule counts west of UTC. */
function offsetOf(west: string): number {
  return (0 - secondsOf(west)) * SECOND_MS
}

function secondsOf(time: string): number {
  const [hours = '', minutes = '0', seconds = '0'] = time.replace(/^[+-]/, '').split(':')
  const value = Number(hours) * HOUR_S + Number(minutes) * 60 + Number(seconds)
  return time.startsWith('-') ? -value : value
}

function dateOf(text: string, time = '2'): YearlyDate {
  const seconds = secondsOf(time)
  const numbers = text.replace(/^[MJ]/, '').split('.').map(Number)
  if (text.startsWith('M')) {
    const [month, week, weekday] = numbers as [number, number, number]
    return { seconds, dayIn: (year) => weekdayIn(year, month, week, weekday) }
  }
  const [day] = numbers as [number]
  // J counts from 1 and never counts 29 February
  if (text.startsWith('J')) return { seconds, dayIn: (year) => julianDayIn(year, day) }
  return { seconds, dayIn: (year) => dayNumber(year, 0, 1 + day) }
}

function dayNumber(year: number, month: number, day: number): number {
  return Date.UTC(year, month, day) / DAY_MS
}

function julianDayIn(year: number, day: number): number {
  const isLeap = dayNumber(year, 1, 29) !== dayNumber(year, 2, 1)
  return dayNumber(year, 0, day) + (isLeap && day >= 60 ? 1 : 0)
}

/** The week-th such weekday of a month, 5 for the last; 1970-01-01 was a Thursday, 4. */
function weekdayIn(year: number, month: number, week: number, weekday: number): number {
  const first = dayNumber(year, month - 1, 1)
  const day = first + ((((weekday - (first + 4)) % 7) + 7) % 7) + (week - 1) * 7
  return day < dayNumber(year, month, 1) ? day : day - 7
}

/** The changes of a zone, and behind the last of them what its rule goes on with. */
export function withRule({ at, offsets }: ZoneChanges, rule: PosixRule): ZoneChanges {
  const known = Array.from(at)
  const last = known.at(-1) ?? Number.NEGATIVE_INFINITY
  const fromYear = known.length === 0 ? 1968 : new Date(last).getUTCFullYear()
  const all = [...known.map((instant, index) => ({ instant, offset: offsets[index + 1]! }))]
  for (const change of yearlyChanges(rule, fromYear)) {
    const open = all.at(-1)
    // all of the year may be daylight time: it then ends when it begins again
    if (open !== undefined && open.instant === change.instant && change.instant > last) all.pop()
    if (change.instant > last && change.instant < WRITTEN_OUT_TO) all.push(change)
  }
  const first = offsets[0]!
  const real = all.filter(({ offset }, index) => offset !== (all[index - 1]?.offset ?? first))
  return {
    at: Float64Array.from(real, ({ instant }) => instant),
    offsets: [first, ...real.map(({ offset }) => offset)],
  }
}

function* yearlyChanges({ standard, daylight }: PosixRule, fromYear: number) {
  if (daylight === null) return
  const untilYear = new Date(WRITTEN_OUT_TO).getUTCFullYear()
  for (let year = fromYear; year < untilYear; year++) {
    const instantOf = ({ seconds, ...date }: YearlyDate, before: number) =>
      date.dayIn(year) * DAY_MS + seconds * SECOND_MS - before
    const begins = { instant: instantOf(daylight.from, standard), offset: daylight.offset }
    const ends = { instant: instantOf(daylight.until, daylight.offset), offset: standard }
    yield* [begins, ends].toSorted((one, other) => one.instant - other.instant)
  }
}

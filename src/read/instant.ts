import type { Instant } from '../ports/clock.ts'

type ParsedInstant =
  | { readonly ok: true; readonly value: Instant }
  | { readonly ok: false; readonly message: string }

const DATETIME =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,30}))?)?([Zz]|[+-]\d{2}:?\d{2}|[+-]\d{2})?$/
const MINUTE_MS = 60_000
const MAX_OFFSET_MINUTES = 23 * 60 + 59
/** Beyond it years have more digits than ISO 8601 lets anybody write without an agreement. */
const LATEST = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

function fault(message: string): ParsedInstant {
  return { ok: false, message }
}

/**
 * ISO 8601 datetimes with `Z` or an offset, from 1970 to the year 9999 in UTC. What is finer than a millisecond is cut
 * off. Dates that the calendar does not have, `:60`, `24:00` and times without an offset are refused.
 */
export function parseInstant(text: string): ParsedInstant {
  const match = DATETIME.exec(text)
  if (match === null) return fault('must be an ISO 8601 datetime such as 2026-01-31T09:30:00Z')
  const [, year, month, day, hour, minute, second = '0', fraction = '', offset] = match
  if (offset === undefined) return fault('has no offset: add Z or one such as +02:00')
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) {
    return fault('has a time of day outside 00:00:00 to 23:59:59')
  }
  const milliseconds = Number(fraction.slice(0, 3).padEnd(3, '0'))
  const local = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  )
  if (!isCalendarDate(Number(year), Number(month), Number(day)))
    return fault('names a date the calendar does not have')
  const offsetMinutes = minutesOf(offset)
  if (offsetMinutes === null) return fault('has an offset outside -23:59 to +23:59')
  const value = local + milliseconds - offsetMinutes * MINUTE_MS
  if (value < 0) return fault('lies before 1970')
  return value > LATEST ? fault('lies after the year 9999') : { ok: true, value }
}

function isCalendarDate(year: number, month: number, day: number): boolean {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  return date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
}

function minutesOf(offset: string): number | null {
  if (offset === 'Z' || offset === 'z') return 0
  const digits = offset.slice(1).replace(':', '').padEnd(4, '0')
  const minutesPart = Number(digits.slice(2))
  const minutes = Number(digits.slice(0, 2)) * 60 + minutesPart
  if (minutesPart > 59 || minutes > MAX_OFFSET_MINUTES) return null
  return offset.startsWith('-') ? -minutes : minutes
}

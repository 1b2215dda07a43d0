import type { Instant } from '../src/ports/clock.ts'

const ISO = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:Z|([+-])(\d\d):(\d\d))$/

/**
 * An ISO 8601 time with `Z` or an offset, from 1970 on; finer than a millisecond is cut off. null for anything else:
 * naive times, days that do not exist, `24:00`, `:60`.
 */
export function instantFromIso(text: string): Instant | null {
  const match = ISO.exec(text)
  if (match === null) return null
  const part = (index: number): number => Number(match[index] ?? 0)
  const milliseconds = Number((match[7] ?? '').padEnd(3, '0').slice(0, 3))
  const [hour, minute, second, offsetHour, offsetMinute] = [part(4), part(5), part(6), part(9), part(10)]
  if (hour > 23 || minute > 59 || second > 59 || offsetHour > 23 || offsetMinute > 59) return null
  const local = Date.UTC(part(1), part(2) - 1, part(3), hour, minute, second, milliseconds)
  // Date.UTC rolls 30 February over into March and takes the years 0 to 99 for 1900 to 1999
  const made = new Date(local)
  if (made.getUTCFullYear() !== part(1) || made.getUTCDate() !== part(3)) return null
  const offsetMs = (offsetHour * 60 + offsetMinute) * 60_000 * (match[8] === '-' ? -1 : 1)
  return local - offsetMs < 0 ? null : local - offsetMs
}

/** Whole seconds since 1970, as digits. null for anything else. */
export function instantFromUnixSeconds(digits: string): Instant | null {
  return /^\d{1,11}$/.test(digits) ? Number(digits) * 1000 : null
}

import type { Instant } from '../../ports/clock.ts'
import type { Row } from '../../ports/schema.ts'
import { type Period, periodAt } from '../../streaks/period.ts'
import { ZoneClock, zoneData } from '../../streaks/zone-data.ts'
import type { OrderPeriod } from './types.ts'

const MINUTE_MS = 60_000

/** The period of an instant on a streak; null where it is beyond all that have a name. */
export function periodOf(streak: Row<'streak'>, at: Instant | null): Period | null {
  if (at === null) return null
  try {
    return periodAt(streak, at)
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

export function orderPeriod(
  { timezone }: Row<'streak'>,
  { key, startAt, endAt }: Period,
  at: Instant,
): OrderPeriod {
  return { key, startsAt: startAt, endsAt: endAt, localTime: localTime(timezone, at), timezone }
}

/** `2026-11-22T23:30:00+01:00`. Offsets are in whole minutes, as the form has it; those of long ago were not always. */
function localTime(timezone: string, at: Instant): string {
  const changes = zoneData().changesOf(timezone)
  const offset = changes === undefined ? 0 : new ZoneClock(changes).offsetAt(at)
  const minutes = Math.trunc(offset / MINUTE_MS)
  const local = new Date(at + minutes * MINUTE_MS).toISOString().slice(0, 19)
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
  const two = (number: number) => String(number).padStart(2, '0')
  return `${local}${minutes < 0 ? '-' : '+'}${two(hours)}:${two(rest)}`
}

import moment from 'moment-timezone'

/**
 * What clocks show by the data in force, as the package that it comes from reads it: it shares no code with the core
 * and none with what unpacks the data for it.
 */
const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

/** All names of zones and links. */
export const ZONE_NAMES: readonly string[] = moment.tz.names()

interface Clock {
  /** Local time less UTC, in ms. */
  offsetAt(instant: number): number
  /** The date shown at an instant, as the UTC midnight of that date. */
  dateAt(instant: number): number
  /** First instants of a new offset within [from, until), ascending. */
  changesBetween(from: number, until: number): number[]
}

export function clockOf(timezone: string): Clock {
  const zone = moment.tz.zone(timezone)
  if (zone === null) throw new Error(`no zone ${timezone}`)
  const offsetAt = (instant: number) => Math.round(-zone.utcOffset(instant) * MINUTE_MS)
  return {
    offsetAt,
    dateAt: (instant) => Math.floor((instant + offsetAt(instant)) / DAY_MS) * DAY_MS,
    changesBetween: (from, until) =>
      zone.untils
        .filter((change): change is number => change !== null && change >= from && change < until)
        .filter((change) => offsetAt(change - 1) !== offsetAt(change)),
  }
}

import { type Period, type PeriodRules, periodAt, periodByNumber } from '../streaks/period.ts'

/** Where the demo's shop is: its days begin and end there. */
export const ZONE = 'America/New_York'
export const DAYS = 7

const RULES: PeriodRules = { aggregationPeriod: 'daily', timezone: ZONE, weekStartsOn: 'monday' }
const HOUR_MS = 3_600_000

/** The demo's week, fixed when it begins: a demo taken up after midnight goes on with the same days. */
export interface Week {
  /** @param number 1 to 7 */
  day(number: number): Period
  /** Epoch ms; `hour` counts from the day's beginning. */
  at(day: number, hour: number): number
  /** The day that ended at this instant; null for an end outside the week. */
  dayEndedAt(instant: number): number | null
}

/** The seven days that end with the one before `begunAt` (epoch ms). */
export function weekBefore(begunAt: number): Week {
  const today = periodAt(RULES, begunAt).number
  const day = (number: number): Period => periodByNumber(RULES, today - DAYS - 1 + number)
  return {
    day,
    at: (number, hour) => day(number).startAt + hour * HOUR_MS,
    dayEndedAt(instant) {
      for (let number = 1; number <= DAYS; number += 1) if (day(number).endAt === instant) return number
      return null
    },
  }
}

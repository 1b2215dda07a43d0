import { describe, expect, it } from '@jest/globals'
import type { Listener } from '../../src/engine/happenings.ts'
import type { Row } from '../../src/ports/schema.ts'
import { periodAt } from '../../src/streaks/period.ts'
import { atRiskAt, workDue } from '../../src/telling/moments.ts'
import { plainStreak } from '../helpers/plain-rows.ts'

const HOUR_MS = 3_600_000
const common = { id: 'streak', accountId: 'account', createdAt: 0, updatedAt: 0, revision: 1 }
const streakOf = (fields: Partial<Row<'streak'>> = {}) => plainStreak(common, { hasLogs: true, ...fields })
const everything = [
  { id: 'e', accountId: 'account', events: ['streak.at_risk', 'streak.broken'], liveSince: 0 },
] as const satisfies readonly Listener[]

describe('when members are looked at for being at risk', () => {
  it.each([
    ['daily', 6],
    ['weekly', 24],
    ['monthly', 72],
  ] as const)('is, on %s streaks, %d hours before the period ends', (aggregationPeriod, hours) => {
    const streak = streakOf({ aggregationPeriod })
    const period = periodAt(streak, Date.UTC(2026, 10, 24))
    expect(atRiskAt(streak, period)).toBe(period.endAt - hours * HOUR_MS)
  })

  it('counts back from the instant of the end, on a day of 23 hours too, and not beyond its beginning', () => {
    const berlin = { timezone: 'Europe/Berlin' }
    // clocks go forward on 29 March 2026
    const short = periodAt(streakOf(berlin), Date.UTC(2026, 2, 29, 12))
    expect(short.endAt - short.startAt).toBe(23 * HOUR_MS)
    expect(atRiskAt(streakOf(berlin), short)).toBe(short.endAt - 6 * HOUR_MS)
    expect(atRiskAt(streakOf({ ...berlin, atRiskHours: 23 }), short)).toBe(short.startAt)
    // a day of 21 hours, in Troll
    const troll = streakOf({ timezone: 'Antarctica/Troll', atRiskHours: 23 })
    const shorter = periodAt(troll, Date.UTC(2026, 2, 29, 12))
    expect(shorter.endAt - shorter.startAt).toBeLessThan(23 * HOUR_MS)
    expect(atRiskAt(troll, shorter)).toBe(shorter.startAt)
  })
})

describe('what is to be looked at', () => {
  const midnight = Date.UTC(2026, 10, 24)
  const today = periodAt(streakOf(), midnight).number
  const seen = (fields: object) => ({ work: null, brokenPeriod: null, atRiskPeriod: null, ...fields })

  it('is first what was begun, then breaks, the oldest first, then who is at risk', () => {
    const begun = { event: 'streak.at_risk', periodNumber: today, after: 'somebody' } as const
    const now = midnight + 20 * HOUR_MS
    expect(workDue(streakOf(), seen({ work: begun }), everything, now)).toEqual(begun)
    expect(workDue(streakOf(), null, everything, now)).toMatchObject({
      event: 'streak.broken',
      periodNumber: today - 1,
    })
    expect(workDue(streakOf(), seen({ brokenPeriod: today - 1 }), everything, now)).toMatchObject({
      event: 'streak.at_risk',
      periodNumber: today,
    })
    const done = seen({ brokenPeriod: today - 1, atRiskPeriod: today })
    expect(workDue(streakOf(), done, everything, now)).toBeNull()
  })

  it('is no break that is older than a day or was before anybody listened', () => {
    const atRisk = seen({ atRiskPeriod: today })
    const works = (now: number, liveSince: number) =>
      workDue(streakOf(), atRisk, [{ ...everything[0], liveSince }], now)
    expect(works(midnight, midnight)).toMatchObject({ periodNumber: today - 1 })
    expect(works(midnight, midnight + 1)).toBeNull()
    // the day before ended a day ago
    expect(works(midnight, midnight - 24 * HOUR_MS)).toMatchObject({ periodNumber: today - 2 })
    expect(works(midnight + 1, midnight - 24 * HOUR_MS)).toMatchObject({ periodNumber: today - 1 })
  })

  it('is nobody at risk on a streak that is not live, or where nobody asks', () => {
    const now = midnight + 20 * HOUR_MS
    const broken = seen({ brokenPeriod: today - 1 })
    expect(workDue(streakOf({ status: 'paused' }), broken, everything, now)).toBeNull()
    expect(workDue(streakOf(), broken, [{ ...everything[0], events: ['streak.broken'] }], now)).toBeNull()
  })
})

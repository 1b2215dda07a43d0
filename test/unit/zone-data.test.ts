import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { type PeriodRules, periodAt, periodByNumber } from '../../src/streaks/period.ts'
import {
  firstDifference,
  useZoneData,
  WRITTEN_OUT_TO,
  ZoneClock,
  type ZoneData,
  zoneData,
} from '../../src/streaks/zone-data.ts'
import { unpackZone } from '../../src/zones/packed.ts'
import { ZONE_NAMES } from '../helpers/zone-oracle.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/**
 * What governments decided between release 2026c, which the runtime carries, and the program's own data: the names, and
 * since when their clocks differ. Empty as soon as the runtime carries the same release.
 */
const CHANGED_SINCE_2026C: Readonly<Record<string, string>> = {
  'America/Bogota': '1992-05-02T05:00Z',
  'America/Havana': '2026-11-01T05:00Z',
  'America/Inuvik': '2026-11-01T08:00Z',
  'America/Rainy_River': '2026-11-01T07:00Z',
  'America/Winnipeg': '2026-11-01T07:00Z',
  'Asia/Tehran': '1979-05-25T20:30Z',
  'Canada/Central': '2026-11-01T07:00Z',
  Cuba: '2026-11-01T05:00Z',
  Iran: '1979-05-25T20:30Z',
}

/** Local time less UTC as the runtime has it, in ms. */
function runtimeOffsets(timezone: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: timezone,
    dateStyle: 'short',
    timeStyle: 'medium',
  })
  return (instant) => Date.parse(`${format.format(instant).replace(' ', 'T')}Z`) - instant
}

function clockOf(timezone: string): ZoneClock {
  return new ZoneClock(zoneData().changesOf(timezone)!)
}

/** The first instant at which the data in force and the runtime differ, of those worth a look. */
function firstSeenDifference(timezone: string): number | null {
  const clock = clockOf(timezone)
  const runtime = runtimeOffsets(timezone)
  const changes = Array.from(clock.changes.at).filter(
    (at) => at >= Date.UTC(1969, 0) && at < Date.UTC(2045, 0),
  )
  const around = changes.flatMap((at) => [at - 1000, at])
  // a change that only the runtime knows shows in some month
  const between = Array.from({ length: 76 * 12 }, (_, month) => Date.UTC(1969, month, 15))
  const differing = [...around, ...between].filter((at) => clock.offsetAt(at) !== runtime(at))
  return differing.length === 0 ? null : Math.min(...differing)
}

describe('the data in force', () => {
  it('has the clocks of the runtime at every change from 1969 to 2044, but where a government decided since', () => {
    const found = ZONE_NAMES.map((name) => [name, firstSeenDifference(name)] as const)
    const differing = Object.fromEntries(found.filter(([, since]) => since !== null))
    const { tz } = process.versions
    if (tz === zoneData().version) expect(differing).toEqual({})
    const unforeseen = Object.entries(differing).filter(([name, since]) => {
      const changed = CHANGED_SINCE_2026C[name]
      return changed === undefined || since! < Date.parse(changed)
    })
    expect(unforeseen).toEqual([])
    if (tz === '2026c') expect(Object.keys(differing).toSorted()).toEqual(Object.keys(CHANGED_SINCE_2026C))
  })

  it('goes on as the runtime does, to the year 9999', () => {
    const names = ZONE_NAMES.filter((name) => CHANGED_SINCE_2026C[name] === undefined)
    const anyLaterInstant = fc.integer({ min: Date.UTC(2045, 0), max: Date.UTC(9999, 11, 30) })
    fc.assert(
      fc.property(fc.constantFrom(...names), anyLaterInstant, (name, at) => {
        const second = Math.floor(at / 1000) * 1000
        expect(clockOf(name).offsetAt(second)).toBe(runtimeOffsets(name)(second))
      }),
      { numRuns: 3000 },
    )
  })

  it('has rules without end written out to the end of 2499, where the calendar begins to repeat', () => {
    const names = ZONE_NAMES.filter((name) => {
      const offsets = [0, 3, 6, 9].map((month) => runtimeOffsets(name)(Date.UTC(2450, month, 1)))
      return new Set(offsets).size > 1 && CHANGED_SINCE_2026C[name] === undefined
    })
    expect(names.length).toBeGreaterThan(100)
    const ends = names.map((name) => clockOf(name).changes.at).map((at) => at[at.length - 1]!)
    expect(Math.min(...ends)).toBeGreaterThan(WRITTEN_OUT_TO - 300 * DAY_MS)
    expect(Math.max(...ends)).toBeLessThan(WRITTEN_OUT_TO)
  })

  it('begins days four hundred years later as it begins them now', () => {
    const shift = 146_097
    const anyDay = fc.integer({ min: Date.UTC(2400, 0) / DAY_MS, max: Date.UTC(2499, 11, 31) / DAY_MS })
    const rules = {
      timezone: 'America/New_York',
      aggregationPeriod: 'daily',
      weekStartsOn: 'monday',
    } as const
    fc.assert(
      fc.property(anyDay, fc.integer({ min: 1, max: 18 }), (day, cycles) => {
        const now = periodByNumber(rules, day)
        const later = periodByNumber(rules, day + cycles * shift)
        expect(later.startAt - now.startAt).toBe(cycles * shift * DAY_MS)
        expect(periodAt(rules, later.endAt - 1)).toEqual(later)
      }),
    )
  })

  it('knows the names that IANA gave up and that were taken before', () => {
    const same = [
      ['US/Pacific-New', 'America/Los_Angeles'],
      ['Canada/East-Saskatchewan', 'America/Regina'],
    ] as const
    for (const [retired, name] of same) {
      expect(zoneData().has(retired)).toBe(true)
      expect(firstDifference(zoneData().changesOf(retired)!, zoneData().changesOf(name)!, 0)).toBeNull()
    }
  })
})

describe('days that a government changed late', () => {
  const key = (timezone: string, aggregationPeriod: PeriodRules['aggregationPeriod'], instant: string) =>
    periodAt({ timezone, aggregationPeriod, weekStartsOn: 'monday' }, Date.parse(instant))

  it.each([
    // Manitoba and Rainy River stay on summer time from November 2026 on
    ['America/Winnipeg', '2026-11-02T05:00Z', 24, '2026-11-02'],
    ['Canada/Central', '2027-01-15T05:00Z', 24, '2027-01-15'],
    ['America/Rainy_River', '2026-12-24T05:00Z', 24, '2026-12-24'],
    ['America/Winnipeg', '2026-11-01T05:00Z', 24, '2026-11-01'],
    ['America/Winnipeg', '2027-03-14T05:00Z', 24, '2027-03-14'],
    // so does Inuvik, on that of the mountains
    ['America/Inuvik', '2026-11-01T06:00Z', 24, '2026-11-01'],
    ['America/Inuvik', '2026-11-27T06:00Z', 24, '2026-11-27'],
    ['America/Inuvik', '2028-02-29T06:00Z', 24, '2028-02-29'],
    // Cuba does for one winter
    ['America/Havana', '2026-11-01T04:00Z', 24, '2026-11-01'],
    ['America/Havana', '2026-11-27T04:00Z', 24, '2026-11-27'],
    ['Cuba', '2027-03-14T04:00Z', 24, '2027-03-14'],
    ['America/Havana', '2027-11-07T04:00Z', 25, '2027-11-07'],
    ['America/Havana', '2028-03-12T05:00Z', 23, '2028-03-12'],
  ])('begin in %s at %s and have %d hours', (timezone, startsAt, hours, date) => {
    const day = key(timezone, 'daily', startsAt)
    expect(day).toMatchObject({ key: date, startAt: Date.parse(startsAt) })
    expect(day.endAt - day.startAt).toBe(hours * HOUR_MS)
    expect(key(timezone, 'daily', new Date(day.startAt - 1).toISOString()).endAt).toBe(day.startAt)
  })

  it('begin weeks and months too', () => {
    expect(key('America/Winnipeg', 'monthly', '2026-12-01T05:00Z').key).toBe('2026-12')
    expect(key('America/Winnipeg', 'weekly', '2026-11-23T05:00Z').key).toBe('2026-11-23')
    expect(key('America/Havana', 'monthly', '2026-12-01T04:00Z').key).toBe('2026-12')
    expect(key('America/Havana', 'monthly', '2026-12-01T03:59:59Z').key).toBe('2026-11')
  })
})

describe('a zone in packed form', () => {
  it('is read to the second, west and east', () => {
    const { at, offsets } = unpackZone(
      'Africa/Monrovia|LMT MMT MMT GMT|H.8 H.8 I.u 0|0123|-3ygng.Q 1usM0 28G01.m|11e5',
    )
    expect(Array.from(offsets)).toEqual([-2_588_000, -2_588_000, -2_670_000, 0])
    expect(Array.from(at, (change) => new Date(change).toISOString())).toEqual([
      '1882-01-01T00:43:08.000Z',
      '1919-03-01T00:43:08.000Z',
      '1972-01-07T00:44:30.000Z',
    ])
  })

  it.each(['', 'Some/Zone', 'Some/Zone|A|0|01|', 'Some/Zone|A|0|7|'])(
    'that is none is refused: %j',
    (text) => {
      expect(() => unpackZone(text)).toThrow('cannot be read')
    },
  )
})

describe('putting data in force', () => {
  it('begins days by it at once, also in zones that were asked for before', () => {
    const usual = zoneData()
    const rules = { timezone: 'UTC', aggregationPeriod: 'daily', weekStartsOn: 'monday' } as const
    const before = periodAt(rules, 0)
    const late: ZoneData = {
      version: '2099a',
      has: (name) => name === 'UTC',
      changesOf: () => ({ at: [], offsets: [HOUR_MS] }),
    }
    try {
      useZoneData(late)
      expect(periodAt(rules, 0).startAt).toBe(-HOUR_MS)
    } finally {
      useZoneData(usual)
    }
    expect(periodAt(rules, 0)).toEqual(before)
  })

  it('tells where two clocks part first', () => {
    const one = { at: [10, 20, 30], offsets: [0, 1, 0, 1] }
    expect(firstDifference(one, one, 0)).toBeNull()
    expect(firstDifference(one, { at: [10, 25, 30], offsets: [0, 1, 0, 1] }, 0)).toBe(20)
    expect(firstDifference(one, { at: [10, 25, 30], offsets: [0, 1, 0, 1] }, 22)).toBe(22)
    expect(firstDifference(one, { at: [10, 25, 30], offsets: [0, 1, 0, 1] }, 26)).toBeNull()
    expect(firstDifference(one, { at: [10, 20], offsets: [0, 1, 0] }, 0)).toBe(30)
    expect(firstDifference(one, { at: [10, 12, 20, 30], offsets: [0, 1, 1, 0, 1] }, 0)).toBeNull()
  })
})

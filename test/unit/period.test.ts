import { describe, expect, it } from '@jest/globals'
import { isTimezone, type PeriodRules, periodAt, periodByNumber } from '../../src/streaks/period.ts'

const HOUR_MS = 3_600_000

function daily(timezone: string): PeriodRules {
  return { aggregationPeriod: 'daily', timezone, weekStartsOn: 'monday' }
}
function weekly(timezone: string, weekStartsOn: 'monday' | 'sunday' = 'monday'): PeriodRules {
  return { aggregationPeriod: 'weekly', timezone, weekStartsOn }
}
function monthly(timezone: string): PeriodRules {
  return { aggregationPeriod: 'monthly', timezone, weekStartsOn: 'monday' }
}
function at(rules: PeriodRules, iso: string) {
  return periodAt(rules, Date.parse(iso))
}
function iso(instant: number): string {
  return new Date(instant).toISOString().replace('.000Z', 'Z').replace(':00Z', 'Z')
}
/** How many periods lie between two instants. */
function apart(rules: PeriodRules, earlier: string, later: string): number {
  return at(rules, later).number - at(rules, earlier).number
}
function keysFrom(rules: PeriodRules, from: string, count: number): string[] {
  const first = at(rules, from).number
  return Array.from({ length: count }, (_, index) => periodByNumber(rules, first + index).key)
}

describe('a day', () => {
  it.each([
    ['America/New_York', '2025-03-09', '2025-03-09T05:00Z', 23],
    ['America/New_York', '2025-11-02', '2025-11-02T04:00Z', 25],
    ['Australia/Lord_Howe', '2025-10-05', '2025-10-04T13:30Z', 23.5],
    ['Australia/Lord_Howe', '2025-04-06', '2025-04-05T13:00Z', 24.5],
    ['America/Sao_Paulo', '2018-11-04', '2018-11-04T03:00Z', 23],
    ['America/St_Johns', '2010-11-07', '2010-11-07T02:30Z', 25],
    ['Pacific/Apia', '2011-12-29', '2011-12-29T10:00Z', 24],
    ['Pacific/Apia', '2011-12-31', '2011-12-30T10:00Z', 24],
    ['Antarctica/Casey', '2009-10-18', '2009-10-17T16:00Z', 21],
    ['Antarctica/Casey', '2010-03-05', '2010-03-04T13:00Z', 27],
    ['Antarctica/Troll', '2025-03-30', '2025-03-30T00:00Z', 22],
    ['Antarctica/Troll', '2025-10-26', '2025-10-25T22:00Z', 26],
    ['Antarctica/Vostok', '1994-01-31', '1994-01-30T17:00Z', 31],
    ['Antarctica/Vostok', '1994-11-01', '1994-11-01T00:00Z', 17],
    ['Asia/Kathmandu', '1986-01-01', '1985-12-31T18:30Z', 23.75],
    ['Asia/Kolkata', '2026-11-22', '2026-11-21T18:30Z', 24],
    ['Africa/Monrovia', '1972-01-07', '1972-01-07T00:44:30Z', 24 - 44.5 / 60],
    ['UTC', '2024-02-29', '2024-02-29T00:00Z', 24],
  ])('in %s on %s begins at %s and has %d hours', (timezone, key, beginsAt, hours) => {
    const period = at(daily(timezone), beginsAt)
    expect(period.key).toBe(key)
    expect(iso(period.startAt)).toBe(beginsAt)
    expect((period.endAt - period.startAt) / HOUR_MS).toBeCloseTo(hours, 9)
    expect(periodAt(daily(timezone), period.startAt - 1)).toEqual(
      periodByNumber(daily(timezone), period.number - 1),
    )
    expect(periodAt(daily(timezone), period.endAt)).toEqual(
      periodByNumber(daily(timezone), period.number + 1),
    )
  })

  it('keeps its logs when the clock goes back across midnight and shows the day before again', () => {
    const instant = Date.parse('2010-11-07T02:45Z')
    expect(new Date(instant).toLocaleString('en-GB', { timeZone: 'America/St_Johns' })).toBe(
      '06/11/2010, 23:15:00',
    )
    expect(periodAt(daily('America/St_Johns'), instant).key).toBe('2010-11-07')
    expect(at(daily('America/St_Johns'), '2010-11-07T02:29:59.999Z').key).toBe('2010-11-06')
  })

  it('waits for the clock when it goes back exactly at midnight', () => {
    expect(new Date('1976-12-01T00:00Z').toLocaleString('en-GB', { timeZone: 'Antarctica/Rothera' })).toBe(
      '30/11/1976, 21:00:00',
    )
    expect(at(daily('Antarctica/Rothera'), '1976-12-01T02:59:59.999Z').key).toBe('1976-11-30')
    expect(at(daily('Antarctica/Rothera'), '1976-12-01T03:00Z').key).toBe('1976-12-01')
  })

  it('begins at the exact second where the offset has seconds', () => {
    expect(at(daily('Africa/Monrovia'), '1971-06-01T00:44:29.999Z').key).toBe('1971-05-31')
    expect(at(daily('Africa/Monrovia'), '1971-06-01T00:44:30.000Z').key).toBe('1971-06-01')
  })

  it('is the same under every name of a zone', () => {
    const instant = Date.parse('2026-11-21T18:30Z')
    expect(periodAt(daily('Asia/Kolkata'), instant)).toEqual(periodAt(daily('Asia/Calcutta'), instant))
    expect(periodAt(daily('US/Eastern'), instant)).toEqual(periodAt(daily('America/New_York'), instant))
    expect(periodAt(daily('Etc/GMT+5'), instant).startAt).toBe(Date.parse('2026-11-21T05:00Z'))
  })
})

describe('a skipped date', () => {
  it.each([
    ['Pacific/Apia', '2011-12-29', '2011-12-30', '2011-12-31'],
    ['Pacific/Fakaofo', '2011-12-29', '2011-12-30', '2011-12-31'],
    ['Pacific/Kwajalein', '1993-08-20', '1993-08-21', '1993-08-22'],
    ['Kwajalein', '1993-08-20', '1993-08-21', '1993-08-22'],
    ['Pacific/Kiritimati', '1994-12-30', '1994-12-31', '1995-01-01'],
    ['Pacific/Enderbury', '1994-12-30', '1994-12-31', '1995-01-01'],
    ['Pacific/Kanton', '1994-12-30', '1994-12-31', '1995-01-01'],
  ])('in %s parts no neighbours: %s, not %s, then %s', (timezone, before, skipped, after) => {
    const rules = daily(timezone)
    const first = at(rules, '1970-01-02T12:00Z')
    const last = at(rules, '2020-01-01T12:00Z')
    const keys = Array.from(
      { length: last.number - first.number + 1 },
      (_, index) => periodByNumber(rules, first.number + index).key,
    )
    const dates: string[] = []
    for (let date = Date.parse(first.key); date <= Date.parse(last.key); date += 24 * HOUR_MS) {
      dates.push(new Date(date).toISOString().slice(0, 10))
    }
    expect(keys).toEqual(dates.filter((date) => date !== skipped))
    const position = keys.indexOf(before)
    expect(keys[position + 1]).toBe(after)
    expect(periodByNumber(rules, first.number + position).endAt).toBe(
      periodByNumber(rules, first.number + position + 1).startAt,
    )
  })

  it('makes its week and its month shorter and changes no number of theirs', () => {
    expect(keysFrom(weekly('Pacific/Apia'), '2011-12-20T12:00Z', 3)).toEqual([
      '2011-12-19',
      '2011-12-26',
      '2012-01-02',
    ])
    const week = at(weekly('Pacific/Apia'), '2011-12-29T12:00Z')
    expect((week.endAt - week.startAt) / HOUR_MS).toBe(6 * 24)
    const month = at(monthly('Pacific/Kiritimati'), '1994-12-15T12:00Z')
    expect(month.key).toBe('1994-12')
    expect((month.endAt - month.startAt) / HOUR_MS).toBe(30 * 24)
    expect(periodByNumber(monthly('Pacific/Kiritimati'), month.number + 1).key).toBe('1995-01')
  })

  it('does not shift the numbers of the days before it', () => {
    expect(at(daily('Pacific/Apia'), '2011-12-29T12:00Z').number).toBe(Date.UTC(2011, 11, 29) / 86_400_000)
    expect(at(daily('Pacific/Apia'), '2011-12-30T12:00Z').number).toBe(Date.UTC(2011, 11, 30) / 86_400_000)
  })
})

describe('weeks and months', () => {
  it.each([
    ['monday', '2026-11-16', '2026-11-16T05:00Z'],
    ['sunday', '2026-11-22', '2026-11-22T05:00Z'],
  ] as const)('a week from %s is named by its first day', (weekStartsOn, key, beginsAt) => {
    const period = at(weekly('America/New_York', weekStartsOn), '2026-11-22T12:00Z')
    expect(period.key).toBe(key)
    expect(iso(period.startAt)).toBe(beginsAt)
    expect(period.endAt - period.startAt).toBe(7 * 24 * HOUR_MS)
  })

  it.each([
    [weekly('Europe/Berlin'), '2025-03-24', 7 * 24 - 1],
    [weekly('Europe/Berlin', 'sunday'), '2025-03-30', 7 * 24 - 1],
    [monthly('Europe/Berlin'), '2025-03', 31 * 24 - 1],
    [monthly('Europe/Berlin'), '2025-10', 31 * 24 + 1],
    [monthly('Europe/Berlin'), '2024-02', 29 * 24],
  ])('%j of %s has %d hours', (rules, key, hours) => {
    const period = periodAt(rules, Date.parse(key) + 24 * HOUR_MS)
    expect(period.key).toBe(key)
    expect((period.endAt - period.startAt) / HOUR_MS).toBe(hours)
  })

  it('begin with their first day even where it has no midnight', () => {
    // On Sunday 2017-10-15 the clock went from 00:00 to 01:00
    const week = at(weekly('America/Sao_Paulo', 'sunday'), '2017-10-15T03:00Z')
    expect([week.key, iso(week.startAt)]).toEqual(['2017-10-15', '2017-10-15T03:00Z'])
    expect(at(weekly('America/Sao_Paulo', 'sunday'), '2017-10-15T02:59:59.999Z').key).toBe('2017-10-08')
  })
})

describe('the first instant', () => {
  it('lies in 1969 west of Greenwich', () => {
    expect(periodAt(daily('America/New_York'), 0)).toMatchObject({ number: -1, key: '1969-12-31' })
    expect(periodAt(weekly('America/New_York'), 0)).toMatchObject({ number: 0, key: '1969-12-29' })
    expect(periodAt(weekly('America/New_York', 'sunday'), 0)).toMatchObject({ number: 0, key: '1969-12-28' })
    expect(periodAt(monthly('America/New_York'), 0)).toMatchObject({ number: -1, key: '1969-12' })
    expect(periodByNumber(daily('America/New_York'), -2).key).toBe('1969-12-30')
  })

  it('lies in 1970 in UTC and east of it', () => {
    expect(periodAt(daily('UTC'), 0)).toEqual({
      number: 0,
      key: '1970-01-01',
      startAt: 0,
      endAt: 24 * HOUR_MS,
    })
    expect(periodAt(daily('Asia/Tokyo'), 0)).toMatchObject({ number: 0, startAt: -9 * HOUR_MS })
    expect(periodAt(monthly('UTC'), 0)).toMatchObject({ number: 0, key: '1970-01', startAt: 0 })
  })
})

describe('mistakes that streak counters have shipped', () => {
  it('days are not told apart by dividing milliseconds (lordi/tickmate 113)', () => {
    const berlin = daily('Europe/Berlin')
    expect(apart(berlin, '2017-03-24T00:00+01:00', '2017-03-27T00:00+02:00')).toBe(3)
    expect(apart(berlin, '2017-03-26T00:00+01:00', '2017-03-27T00:00+02:00')).toBe(1)
    expect(apart(berlin, '2017-10-29T00:00+02:00', '2017-10-30T00:00+01:00')).toBe(1)
  })

  it('a run goes on through the first day of summer time (advokatb/readingstreak.koplugin 12)', () => {
    expect(keysFrom(daily('Europe/Amsterdam'), '2026-03-28T12:00Z', 4)).toEqual([
      '2026-03-28',
      '2026-03-29',
      '2026-03-30',
      '2026-03-31',
    ])
  })

  it('no day is inserted in the night summer time ends (HabitRPG/habitica 3231)', () => {
    expect(apart(daily('Australia/Sydney'), '2014-04-05T23:30+11:00', '2014-04-06T08:00+10:00')).toBe(1)
  })

  it.each([
    ['America/New_York', '2014-11-02T00:30-04:00', '2014-11-02T01:30-04:00', '2014-11-02T01:30-05:00'],
    ['Europe/Berlin', '2015-10-25T00:05+02:00', '2015-10-25T02:30+02:00', '2015-10-25T02:30+01:00'],
  ])(
    'no day begins in %s when an hour comes again (HabitRPG/habitica 4211, 6103)',
    (timezone, ...instants) => {
      expect(new Set(instants.map((instant) => at(daily(timezone), instant).number)).size).toBe(1)
      expect(at(daily(timezone), instants[0]!).endAt - at(daily(timezone), instants[0]!).startAt).toBe(
        25 * HOUR_MS,
      )
    },
  )

  it('yesterday is not 24 hours ago (Priyanshu-byte-coder/devtrack 2318)', () => {
    const newYork = daily('America/New_York')
    const now = Date.parse('2026-03-09T00:30-04:00')
    expect(periodAt(newYork, now - 24 * HOUR_MS).key).toBe('2026-03-07')
    expect(periodByNumber(newYork, periodAt(newYork, now).number - 1).key).toBe('2026-03-08')
  })

  it('a day does not end early for who travels: the zone is the streak’s (HabitRPG/habitica 3433)', () => {
    const losAngeles = daily('America/Los_Angeles')
    expect(at(losAngeles, '2014-05-08T01:40-04:00').key).toBe('2014-05-07')
    expect(at(losAngeles, '2014-05-07T23:59-07:00').key).toBe('2014-05-07')
    expect(at(losAngeles, '2014-05-08T03:00-04:00').key).toBe('2014-05-08')
  })

  it('no day ends at the midnight of another zone (dailydotdev/daily 1464)', () => {
    const tokyo = daily('Asia/Tokyo')
    const restored = at(tokyo, '2024-09-27T00:05+09:00')
    for (const later of ['2024-09-27T09:00+09:00', '2024-09-27T16:00+09:00', '2024-09-27T23:59+09:00']) {
      expect(at(tokyo, later)).toEqual(restored)
    }
    expect(iso(restored.endAt)).toBe('2024-09-27T15:00Z')
  })

  it('no date of a month comes twice or not at all (InlitX/streak 162)', () => {
    const october = Array.from({ length: 31 }, (_, index) => `2025-10-${String(index + 1).padStart(2, '0')}`)
    expect(keysFrom(daily('Europe/Madrid'), '2025-10-01T12:00Z', 31)).toEqual(october)
  })

  it.each([
    ['Asia/Seoul', '2024-10-27T02:00+09:00', '2024-10-27'],
    ['America/Mexico_City', '2024-12-04T20:31-06:00', '2024-12-04'],
    ['Asia/Kolkata', '2026-05-24T00:30+05:30', '2026-05-24'],
  ])('a log in %s at %s counts for the local date, not for that of UTC', (timezone, instant, key) => {
    expect(at(daily(timezone), instant).key).toBe(key)
  })
})

describe('answers', () => {
  it('follow the rules given, not the object they come in', () => {
    const rules = { ...daily('Pacific/Auckland') }
    const instant = Date.parse('2026-11-22T12:00Z')
    expect(periodAt(rules, instant).key).toBe('2026-11-23')
    Object.assign(rules, { timezone: 'America/Los_Angeles' })
    expect(periodAt(rules, instant).key).toBe('2026-11-22')
    Object.assign(rules, { aggregationPeriod: 'monthly' })
    expect(periodAt(rules, instant).key).toBe('2026-11')
  })

  it('stay the same when more days are asked for than are remembered', () => {
    const rules = daily('Europe/London')
    const numbers = Array.from({ length: 6000 }, (_, index) => 15_000 + index)
    const once = numbers.map((number) => periodByNumber(rules, number))
    const again = numbers.map((number) => periodByNumber(rules, number))
    expect(again).toEqual(once)
    expect(again.map(({ startAt }) => periodAt(rules, startAt))).toEqual(once)
  })

  it('cannot be altered by a caller', () => {
    expect(Object.isFrozen(periodAt(daily('UTC'), 0))).toBe(true)
  })

  it('reach as far as dates with four digits', () => {
    expect(at(daily('UTC'), '9999-12-31T23:59Z')).toMatchObject({
      key: '9999-12-31',
      endAt: Date.UTC(10_000, 0, 1),
    })
    expect(() => periodAt(daily('UTC'), Date.UTC(10_000, 0, 1))).toThrow('1969 to 9999')
    expect(() => periodByNumber(monthly('UTC'), -13)).toThrow(
      'period -13 is out of range: whole numbers of periods from 1969 to 9999 only',
    )
  })

  it.each([0.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e18, -1e18, 1e300, -1e300])(
    'refuse %d as a number or an instant',
    (value) => {
      for (const rules of [daily('UTC'), weekly('UTC'), monthly('UTC')]) {
        expect(() => periodByNumber(rules, value)).toThrow(RangeError)
        if (value !== 0.5) expect(() => periodAt(rules, value)).toThrow(RangeError)
      }
    },
  )

  it('refuse an unknown zone', () => {
    expect(() => periodAt(daily('Mars/Olympus_Mons'), 0)).toThrow('Mars/Olympus_Mons')
  })
})

/** Every name of tz release 2025b that the runtime accepts but does not list. */
const LINK_NAMES = `
Africa/Asmara Africa/Timbuktu America/Argentina/Buenos_Aires America/Argentina/Catamarca
America/Argentina/ComodRivadavia America/Argentina/Cordoba America/Argentina/Jujuy America/Argentina/Mendoza
America/Atikokan America/Atka America/Ensenada America/Fort_Wayne America/Indiana/Indianapolis
America/Kentucky/Louisville America/Knox_IN America/Montreal America/Nipigon America/Nuuk
America/Pangnirtung America/Porto_Acre America/Rainy_River America/Rosario America/Santa_Isabel
America/Shiprock America/Thunder_Bay America/Virgin America/Yellowknife Antarctica/South_Pole Asia/Ashkhabad
Asia/Choibalsan Asia/Chongqing Asia/Chungking Asia/Dacca Asia/Harbin Asia/Ho_Chi_Minh Asia/Istanbul
Asia/Kashgar Asia/Kathmandu Asia/Kolkata Asia/Macao Asia/Tel_Aviv Asia/Thimbu Asia/Ujung_Pandang
Asia/Ulan_Bator Asia/Yangon Atlantic/Faroe Atlantic/Jan_Mayen Australia/ACT Australia/Canberra
Australia/Currie Australia/LHI Australia/NSW Australia/North Australia/Queensland Australia/South
Australia/Tasmania Australia/Victoria Australia/West Australia/Yancowinna Brazil/Acre Brazil/DeNoronha
Brazil/East Brazil/West CET CST6CDT Canada/Atlantic Canada/Central Canada/Eastern Canada/Mountain
Canada/Newfoundland Canada/Pacific Canada/Saskatchewan Canada/Yukon Chile/Continental Chile/EasterIsland
Cuba EET EST EST5EDT Egypt Eire Etc/GMT Etc/GMT+0 Etc/GMT+1 Etc/GMT+10 Etc/GMT+11 Etc/GMT+12 Etc/GMT+2
Etc/GMT+3 Etc/GMT+4 Etc/GMT+5 Etc/GMT+6 Etc/GMT+7 Etc/GMT+8 Etc/GMT+9 Etc/GMT-0 Etc/GMT-1 Etc/GMT-10
Etc/GMT-11 Etc/GMT-12 Etc/GMT-13 Etc/GMT-14 Etc/GMT-2 Etc/GMT-3 Etc/GMT-4 Etc/GMT-5 Etc/GMT-6 Etc/GMT-7
Etc/GMT-8 Etc/GMT-9 Etc/GMT0 Etc/Greenwich Etc/UCT Etc/UTC Etc/Universal Etc/Zulu Europe/Belfast Europe/Kyiv
Europe/Nicosia Europe/Tiraspol Europe/Uzhgorod Europe/Zaporozhye GB GB-Eire GMT GMT+0 GMT-0 GMT0 Greenwich
HST Hongkong Iceland Iran Israel Jamaica Japan Kwajalein Libya MET MST MST7MDT Mexico/BajaNorte
Mexico/BajaSur Mexico/General NZ NZ-CHAT Navajo PRC PST8PDT Pacific/Chuuk Pacific/Johnston Pacific/Kanton
Pacific/Pohnpei Pacific/Samoa Pacific/Yap Poland Portugal ROC ROK Singapore Turkey UCT US/Alaska US/Aleutian
US/Arizona US/Central US/East-Indiana US/Eastern US/Hawaii US/Indiana-Starke US/Michigan US/Mountain
US/Pacific US/Samoa UTC Universal W-SU WET Zulu
`.trim()

describe('isTimezone', () => {
  it('accepts every zone that the runtime lists, in that spelling only', () => {
    const zones = Intl.supportedValuesOf('timeZone')
    expect(zones.length).toBeGreaterThan(400)
    expect(zones.filter((zone) => !isTimezone(zone))).toEqual([])
    expect(zones.filter((zone) => isTimezone(zone.toLowerCase()))).toEqual([])
    expect(zones.filter((zone) => isTimezone(zone.toUpperCase()))).toEqual([])
  })

  it('accepts every link name, in that spelling only', () => {
    const names = LINK_NAMES.split(/\s+/)
    const known = new Set([...names, ...Intl.supportedValuesOf('timeZone')])
    const respelled = [...known].flatMap((name) => [
      name.toLowerCase(),
      name.toUpperCase(),
      name.toLowerCase().replace(/(?<![a-z])[a-z]/g, (letter) => letter.toUpperCase()),
    ])
    expect(names.filter((name) => !isTimezone(name))).toEqual([])
    expect(respelled.filter((name) => !known.has(name) && isTimezone(name))).toEqual([])
  })

  it.each(['Asia/Calcutta', 'Asia/Kolkata', 'Europe/Kyiv', 'US/Eastern', 'Etc/GMT+5', 'UTC', 'GMT', 'GMT0'])(
    'accepts %s',
    (name) => expect(isTimezone(name)).toBe(true),
  )

  it.each([
    '',
    ' ',
    '+02:00',
    '-0500',
    'UTC+2',
    'utc',
    'Utc',
    'europe/berlin',
    'EUROPE/BERLIN',
    'Europe/berlin',
    'Antarctica/Mcmurdo',
    'America/Port-Au-Prince',
    'Etc/GMT-15',
    'Etc/GMT+05',
    'Etc/Unknown',
    'Factory',
    'PST',
    'Pst',
    'SystemV/PST8',
    'Europe/Berlin ',
    ' Europe/Berlin',
    'Europe / Berlin',
    'Europe/Berlin\n',
    'Europe/Berlin\u0000',
    'Asia/\u212Aolkata',
    'Mars/Olympus_Mons',
    'constructor',
    '__proto__',
  ])('refuses %j', (name) => expect(isTimezone(name)).toBe(false))
})

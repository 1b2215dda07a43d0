import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { firstDifference, type ZoneChanges, zoneData } from '../../src/streaks/zone-data.ts'
import { folderZoneData } from '../../src/zones/folder-data.ts'
import { ownZoneData } from '../../src/zones/own-data.ts'
import { readPosixRule } from '../../src/zones/posix-rule.ts'
import { changesOf, readTzif } from '../../src/zones/tzif.ts'
import { makeTempFolder } from '../helpers/temp-folder.ts'
import { fixedZone, tzifOf, writeZoneInfo } from '../helpers/write-tzif.ts'

const HOUR_MS = 3_600_000

/** Rules of release 2026f, as its compiled files end. */
const RULES: readonly (readonly [string, string])[] = [
  ['Europe/Berlin', 'CET-1CEST,M3.5.0,M10.5.0/3'],
  ['America/New_York', 'EST5EDT,M3.2.0,M11.1.0'],
  ['America/Havana', 'CST5CDT,M3.2.0/0,M11.1.0/1'],
  ['America/Winnipeg', 'EST5'],
  ['Europe/Dublin', 'IST-1GMT0,M10.5.0,M3.5.0/1'],
  ['America/Nuuk', '<-02>2<-01>,M3.5.0/-1,M10.5.0/0'],
  ['Asia/Gaza', 'EET-2EEST,M3.4.4/50,M10.4.4/50'],
  ['Asia/Jerusalem', 'IST-2IDT,M3.4.4/26,M10.5.0'],
  ['Africa/Cairo', 'EET-2EEST,M4.5.5/0,M10.5.4/24'],
  ['Africa/Casablanca', '<+01>-1'],
  ['Asia/Kolkata', 'IST-5:30'],
  ['Australia/Lord_Howe', '<+1030>-10:30<+11>-11,M10.1.0,M4.1.0'],
  ['Pacific/Chatham', '<+1245>-12:45<+1345>,M9.5.0/2:45,M4.1.0/3:45'],
  ['America/Santiago', '<-04>4<-03>,M9.1.6/24,M4.1.6/24'],
  ['Antarctica/Troll', '<+00>0<+02>-2,M3.5.0/1,M10.5.0/3'],
]

/** The changes of a zone before an instant: what a compiled file writes down. */
function before(instant: number, { at, offsets }: ZoneChanges): ZoneChanges {
  const known = Array.from(at).filter((change) => change < instant)
  return { at: known, offsets: Array.from(offsets).slice(0, known.length + 1) }
}

const isos = ({ at }: ZoneChanges, year: number) =>
  Array.from(at, (change) => new Date(change).toISOString()).filter((text) => text.startsWith(`${year}`))

describe('a compiled file', () => {
  it.each(RULES)('of %s goes on by its rule %s as the packed data do, to the end of 2499', (name, footer) => {
    const own = zoneData().changesOf(name)!
    // what is written down ends where the rule is in force: some files end in 1996, that of Casablanca in 2087
    const lastDecree = name === 'Africa/Casablanca' || name === 'Asia/Gaza' ? 2090 : 2028
    const file = tzifOf(before(Date.UTC(lastDecree, 0), own), { footer })
    expect(firstDifference(changesOf(readTzif(file)), own, Date.UTC(1800, 0))).toBeNull()
  })

  it('may count days of the year, with and without 29 February', () => {
    const zone = { at: [], offsets: [0] }
    const from = (footer: string) => changesOf(readTzif(tzifOf(zone, { footer })))
    expect(isos(from('AAA0BBB,J60/0,J300/1'), 2028)).toEqual([
      '2028-03-01T00:00:00.000Z',
      '2028-10-27T00:00:00.000Z',
    ])
    expect(isos(from('AAA0BBB,59/0,300/1'), 2028)).toEqual([
      '2028-02-29T00:00:00.000Z',
      '2028-10-27T00:00:00.000Z',
    ])
    expect(isos(from('AAA0BBB,59/0,300/1'), 2027)).toEqual([
      '2027-03-01T00:00:00.000Z',
      '2027-10-28T00:00:00.000Z',
    ])
  })

  it('may have daylight time all the year', () => {
    const { at, offsets } = changesOf(
      readTzif(tzifOf({ at: [], offsets: [0] }, { footer: 'AAA0BBB,0/0,J365/25' })),
    )
    expect([at.length, offsets[offsets.length - 1]]).toEqual([1, HOUR_MS])
  })

  it.each([
    '',
    'CET',
    'CET-1CEST',
    'CET-1CEST,M3.5.0',
    'CET-1CEST,X3,M10.5.0',
    'CET-1CEST,M3.5.0,M10.5.0/3 ',
  ])('ends in no rule: %j', (text) => expect(readPosixRule(text)).toBeNull())

  it.each([
    ['is no TZif file', Buffer.from('TZ')],
    ['is of version 1', tzifOf({ at: [], offsets: [0] }, { footer: 'UTC0', version: '\0' })],
    ['counts leap seconds', tzifOf({ at: [], offsets: [0] }, { footer: 'UTC0', leapSeconds: 1 })],
    ['ends in "nothing"', tzifOf({ at: [], offsets: [0] }, { footer: 'nothing' })],
    ['is cut off', tzifOf({ at: [0, 1000], offsets: [0, 1000, 0] }, { footer: 'UTC0' }).subarray(0, 110)],
  ])('that %s is refused', (why, bytes) => {
    expect(() => readTzif(bytes)).toThrow(why)
  })
})

describe('a folder of the system’s', () => {
  let folder: string
  let remove: () => Promise<void>
  beforeEach(async () => {
    ;[folder, remove] = await makeTempFolder()
  })
  afterEach(() => remove())

  const own = ownZoneData()
  const utc = { UTC: fixedZone(0, 'UTC') }
  const read = () => folderZoneData(folder, own)

  it('is used when it is newer or the same, for the names it has', () => {
    for (const version of ['2099a', own.version]) {
      writeZoneInfo(folder, version, { ...utc, 'Asia/Kolkata': fixedZone(5) })
      const data = read()
      expect(data.version).toBe(version)
      expect(data.changesOf('Asia/Kolkata')!.offsets[0]).toBe(5 * HOUR_MS)
    }
  })

  it('may say its version as BSD and macOS do', () => {
    writeZoneInfo(folder, null, { ...utc, '+VERSION': '2099b\n' })
    expect(read().version).toBe('2099b')
  })

  it('has names that the program does not know yet, and what lies beside the zones is none', () => {
    const file = fixedZone(3)
    const others = [
      'posix/UTC',
      'right/UTC',
      'Factory',
      'localtime',
      'posixrules',
      'SystemV/PST8',
      'asia/X',
      'Asia/x y',
    ]
    writeZoneInfo(folder, '2099a', {
      ...utc,
      'Mars/Olympus_Mons': file,
      'zone.tab': '#',
      'Asia/README': 'text',
      ...Object.fromEntries(others.map((name) => [name, file])),
    })
    const data = read()
    expect(data.has('Mars/Olympus_Mons')).toBe(true)
    expect(['Asia/README', 'Asia', 'zone.tab', ...others].filter((name) => data.has(name))).toEqual([])
  })

  it('that keeps links elsewhere gives them the clocks of its own zones; what it lacks is the program’s', () => {
    writeZoneInfo(folder, '2099a', { ...utc, 'America/Winnipeg': fixedZone(-7) })
    const data = read()
    expect(data.changesOf('Canada/Central')!.offsets[0]).toBe(-7 * HOUR_MS)
    expect(data.has('US/Pacific-New')).toBe(true)
    expect(firstDifference(data.changesOf('Europe/Berlin')!, own.changesOf('Europe/Berlin')!, 0)).toBeNull()
    expect(data.changesOf('Asia/Atlantis')).toBeUndefined()
  })

  it.each([
    ['is of version 2024a, older than', '2024a', utc],
    ['does not say which version it is', null, utc],
    ['does not say which version it is', 'unknown', utc],
    ['has no compiled file of UTC', '2099a', {}],
    [
      'has a file Asia/Kolkata that cannot be used: it is of version 1',
      '2099a',
      {
        ...utc,
        'Asia/Kolkata': tzifOf({ at: [], offsets: [0] }, { footer: 'UTC0', version: '\0' }),
      },
    ],
  ] as const)('that %s is refused in one sentence', (why, version, files) => {
    writeZoneInfo(folder, version, files)
    expect(read).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', message: expect.stringContaining(why) }),
    )
    expect(read).toThrow(/^STREAKLINE_ZONEINFO: [^\n]*[^.\n]\.$/)
  })

  it('that is not there is refused', () => {
    expect(() => folderZoneData(join(folder, 'nowhere'), own)).toThrow(/nowhere cannot be read\.$/)
  })

  it('is read whole at once: what is put there later changes nothing', () => {
    writeZoneInfo(folder, '2099a', { ...utc, 'Asia/Kolkata': fixedZone(5) })
    const data = read()
    writeZoneInfo(folder, '2099b', { 'Asia/Kolkata': fixedZone(6) })
    expect(data.changesOf('Asia/Kolkata')!.offsets[0]).toBe(5 * HOUR_MS)
    expect(readFileSync(join(folder, 'tzdata.zi'), 'utf8')).toContain('2099b')
  })
})

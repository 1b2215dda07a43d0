import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { Row } from '../../src/ports/schema.ts'
import type { Store } from '../../src/ports/store.ts'
import { notedZoneData, noteZoneData } from '../../src/ports/zone-note.ts'
import { wholeQuantity } from '../../src/streaks/quantity.ts'
import { ownZoneData } from '../../src/zones/own-data.ts'
import { EngineKit } from '../helpers/engine-kit.ts'
import { openStore } from '../helpers/open-store.ts'
import { runProgram } from '../helpers/run-program.ts'
import { makeTempFolder } from '../helpers/temp-folder.ts'
import { fixedZone, tzifOf, writeZoneInfo } from '../helpers/write-tzif.ts'

const CLI = fileURLToPath(new URL('../../src/streakline.js', import.meta.url))
const KEY = randomBytes(32).toString('base64')
const OWN = ownZoneData().version
const HOUR_MS = 3_600_000
/** From here on Japan is two hours ahead of what it was, says the newer folder. */
const DECREE = '2025-06-03T10:00:00.000Z'

let folder: string
let remove: () => Promise<void>
/** Stays open: the commands run beside whoever else has the store. */
let store: Store
let kit: EngineKit
let streak: Row<'streak'>
let zoneInfo: string

beforeAll(async () => {
  ;[folder, remove] = await makeTempFolder()
  zoneInfo = writeZoneInfo(join(folder, 'zoneinfo'), '2099a', {
    UTC: fixedZone(0, 'UTC'),
    'Asia/Tokyo': tzifOf(
      { at: [Date.parse(DECREE)], offsets: [9 * HOUR_MS, 11 * HOUR_MS] },
      { footer: '<+11>-11' },
    ),
  })
  store = await openStore('sqlite', join(folder, 'streakline.sqlite'))
  await store.migrate()
  await noteZoneData(store, OWN)
  kit = new EngineKit(store)
  const other = await kit.streak({ timezone: 'Europe/Berlin' })
  await kit.record(other, Date.parse('2025-06-03T12:00Z'))
  streak = await kit.streak({ name: 'teatime', timezone: 'Asia/Tokyo' })
  await kit.milestone(streak, { milestoneTargetValue: wholeQuantity(3) })
  for (const at of ['2025-06-01T03:00Z', '2025-06-02T03:00Z', '2025-06-03T14:00Z']) {
    await kit.record(streak, Date.parse(at))
  }
})
afterAll(async () => {
  await store.close()
  await remove()
})

async function run(options: readonly string[], settings: Readonly<Record<string, string>> = {}) {
  const { MONGODB_URI: _, NODE_ENV: __, STREAKLINE_ZONEINFO: ___, ...inherited } = process.env
  const own = { STREAKLINE_DATA_DIR: folder, STREAKLINE_ENCRYPTION_KEY: KEY, NODE_NO_WARNINGS: '1' }
  const env = { ...inherited, ...own, ...settings }
  const { status, stdout, stderr } = await runProgram(process.execPath, [CLI, ...options], { env })
  return { status, said: stdout.trim().split('\n'), stderr: stderr.trim() }
}
const newer = () => ({ STREAKLINE_ZONEINFO: zoneInfo })
const keys = async () => (await kit.rows('streak_log')).map(({ periodKey }) => periodKey).toSorted()

it('says that nothing lies elsewhere by the data that the program goes by', async () => {
  expect(await run(['zones'])).toEqual({
    status: 0,
    said: [
      `Time zone data ${OWN}, of this program; the store goes by ${OWN}.`,
      `4 logs: 0 lie in another period than ${OWN} puts them in.`,
    ],
    stderr: '',
  })
})

it('says what a newer folder would change, before the program uses it', async () => {
  expect((await run(['zones'], newer())).said).toEqual([
    `Time zone data 2099a, of ${zoneInfo}; the store goes by ${OWN}.`,
    `${streak.id}  Asia/Tokyo  "teatime"`,
    `  its clocks differ from those of ${OWN} from ${DECREE} on`,
    '  1 of 3 logs lie in another period, the earliest of 2025-06-03T14:00:00.000Z',
    `  to move them: streakline rebuild --rezone ${streak.id}`,
    '4 logs: 1 lie in another period than 2099a puts them in.',
  ])
  expect(await notedZoneData(store)).toBe(OWN)
})

it('tries the move, and refuses to make it while the program goes by other data', async () => {
  const tried = await run(['rebuild', '--rezone', streak.id.toUpperCase(), '--dry-run'], newer())
  expect(tried).toMatchObject({ status: 0, stderr: '' })
  expect(tried.said).toEqual([
    expect.stringMatching(/^[0-9a-f-]{36} {2}2025-06-03, by 2099a 2025-06-04$/),
    '1 rewards lose the ground that they were granted on; they stay.',
    '1 members on the streak, 3 logs: would move 1 logs and 0 rewards of 1 members.',
  ])
  const refused = await run(['rebuild', '--rezone', streak.id], newer())
  expect(refused).toMatchObject({ status: 1, said: [''] })
  expect(refused.stderr).toBe(
    `The store goes by time zone data ${OWN}, this command by 2099a: start the program with 2099a first, or look with --dry-run.`,
  )
  expect(await keys()).toEqual(['2025-06-01', '2025-06-02', '2025-06-03', '2025-06-03'])
})

it('moves once the program goes by it; then nothing lies elsewhere', async () => {
  await noteZoneData(store, '2099a')
  const moved = await run(['rebuild', '--rezone', streak.id], newer())
  expect(moved).toMatchObject({ status: 0, stderr: '' })
  expect(moved.said.at(-1)).toBe('1 members on the streak, 3 logs: moved 1 logs and 0 rewards of 1 members.')
  expect(await keys()).toEqual(['2025-06-01', '2025-06-02', '2025-06-03', '2025-06-04'])
  expect((await run(['zones'], newer())).said.at(-1)).toBe(
    '4 logs: 0 lie in another period than 2099a puts them in.',
  )
})

it('refuses commands with older data than the store goes by, in one sentence', async () => {
  const refused = await run(['zones'])
  expect(refused).toMatchObject({ status: 1, said: [''] })
  expect(refused.stderr).toMatch(/^The store goes by time zone data 2099a, this process has [^\n]*\.$/)
})

it('ends with 1 for options that do not go together and streaks that are not there', async () => {
  const refusals = [
    [['rebuild', '--rezone', streak.id, '--repair'], /--rezone.*cannot be used with.*--repair/],
    [['rebuild', '--dry-run'], /--dry-run belongs to --rezone/],
    [['rebuild', '--rezone', '0199'], /There is no streak 0199\./],
  ] as const
  for (const [options, why] of refusals) {
    const { status, said, stderr } = await run(options, newer())
    expect([status, said]).toEqual([1, ['']])
    expect(stderr).toMatch(why)
  }
})

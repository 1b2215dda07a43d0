import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { Store } from '../../src/ports/store.ts'
import { wholeQuantity } from '../../src/streaks/quantity.ts'
import { EngineKit } from '../helpers/engine-kit.ts'
import { openStore } from '../helpers/open-store.ts'
import { runProgram } from '../helpers/run-program.ts'
import { makeTempFolder } from '../helpers/temp-folder.ts'

const CLI = fileURLToPath(new URL('../../src/streakline.js', import.meta.url))
const KEY = randomBytes(32).toString('base64')

let folder: string
let remove: () => Promise<void>
/** Stays open: the command runs beside whoever else has the store. */
let store: Store
let kit: EngineKit

beforeAll(async () => {
  ;[folder, remove] = await makeTempFolder()
  store = await openStore('sqlite', join(folder, 'streakline.sqlite'))
  await store.migrate()
  kit = new EngineKit(store)
  const streak = await kit.streak()
  await kit.milestone(streak, { milestoneTargetValue: wholeQuantity(2) })
  for (const day of [1, 2, 4]) await kit.record(streak, Date.UTC(2025, 5, day))
})
afterAll(async () => {
  await store.close()
  await remove()
})

async function rebuild(...options: string[]) {
  const { MONGODB_URI: _, NODE_ENV: __, ...inherited } = process.env
  const settings = { STREAKLINE_DATA_DIR: folder, STREAKLINE_ENCRYPTION_KEY: KEY, NODE_NO_WARNINGS: '1' }
  const env = { ...inherited, ...settings }
  const { status, stdout, stderr } = await runProgram(process.execPath, [CLI, 'rebuild', ...options], { env })
  return { status, said: stdout.trim().split('\n'), stderr }
}

async function put(collection: 'member_streak' | 'reward_log', id: string, set: object): Promise<void> {
  const { accountId } = kit
  await store.commit([{ op: 'update', collection, id, accountId, set } as never])
}

it('ends with 0 where nothing differs, and draws no bar where nobody watches', async () => {
  expect(await rebuild('--check')).toEqual({
    status: 0,
    said: ['1 members on streaks, 3 logs: 0 differences.'],
    stderr: '',
  })
})

it('ends a check with 1 on a difference, a repair with 0 once it is written', async () => {
  const [journey] = await kit.rows('member_streak')
  await put('member_streak', journey!.id, { longestRunLength: 9 })
  const difference = `member_streak  member ${journey!.ownedById}  streak ${journey!.streakId}  longestRunLength`
  const found = [difference, '1 members on streaks, 3 logs: 1 differences.']
  expect(await rebuild()).toMatchObject({ status: 1, said: found })
  const mended = [difference, '1 members on streaks, 3 logs: 1 differences, 1 repaired.']
  expect(await rebuild('--repair')).toMatchObject({ status: 0, said: mended })
})

it('ends a repair with 1 on what it cannot repair, and leaves that alone', async () => {
  const [reward] = await kit.rows('reward_log')

  await put('reward_log', reward!.id, { periodNumber: reward!.periodNumber + 2 })
  const { status, said } = await rebuild('--repair')
  expect([status, said.filter((line) => line.startsWith('reward_log'))]).toEqual([
    1,
    [expect.stringContaining(`${reward!.id}: its ground is gone`)],
  ])
  expect((await kit.rows('reward_log'))[0]!.fulfilmentStatus).toBe('pending')
})

it('ends with 1 and no result when told to look only and to repair', async () => {
  const { status, said, stderr } = await rebuild('--check', '--repair')
  expect([status, said]).toEqual([1, ['']])
  expect(stderr).toMatch(/--check.*cannot be used with.*--repair/)
})

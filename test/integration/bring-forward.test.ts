import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { storeWith } from '../../src/commit/store-with.ts'
import { bringForward } from '../../src/compose-migration.ts'
import { type Fill, fill } from '../../src/ports/schema/versions.ts'
import { SCHEMA, SCHEMA_VERSION, SHAPE, type Shape } from '../../src/ports/schema.ts'
import type { Store } from '../../src/ports/store.ts'
import { row } from '../contract/store/rows.ts'
import { openStore } from '../helpers/open-store.ts'
import { type LogLine, recordingLogger } from '../helpers/recording-logger.ts'
import { makeTempFolder } from '../helpers/temp-folder.ts'
import { until } from '../helpers/until.ts'

const MEMBERS = 450

let lines: LogLine[]
let store: Store
let remove: () => Promise<void>
/** What a fill does with each row. */
let reached: () => void
let when: Fill['when']

const shape = (): Shape => ({
  ...SHAPE,
  versions: [
    ...SHAPE.versions,
    {
      version: SCHEMA_VERSION + 1,
      what: 'names in capitals',
      steps: [
        fill('member', SCHEMA.member, 'capitals', when, ({ firstName, externalId }) => {
          reached()
          return firstName === null ? { firstName: externalId.toUpperCase() } : null
        }),
      ],
    },
  ],
})

/** Takes so long that a log should tell of it. */
function slowly(): void {
  const endMs = performance.now() + 3
  while (performance.now() < endMs);
}

async function openGrown(path: string): Promise<void> {
  store = await openStore('sqlite', path, { shape: shape() })
}

let path: string
beforeEach(async () => {
  const [folder, removeFolder] = await makeTempFolder()
  remove = removeFolder
  path = join(folder, 'streakline.sqlite')
  lines = []
  reached = () => {}
  when = 'beside'
  const first = await openStore('sqlite', path)
  await first.migrate()
  const members = Array.from({ length: MEMBERS }, (_, at) => row('member', { externalId: `m${at}` }))
  await first.commit(members.map((member) => ({ op: 'insert', collection: 'member', row: member }) as const))
  await first.close()
})
afterEach(async () => {
  await store.close()
  await remove()
})

const unfilled = () => store.count('member', { field: 'firstName', op: 'isNull' }, 10_000)
const told = () =>
  lines
    .map(({ fields }) => fields as Readonly<Record<string, unknown>>)
    .filter(({ step }) => step !== undefined)

describe('starting on an older store', () => {
  it('says what is outstanding, serves at once, and fills beside the work', async () => {
    await openGrown(path)
    await bringForward(store, recordingLogger(lines), { fills: true })
    expect(lines[0]?.fields).toEqual({ outstanding: [`Version ${SCHEMA_VERSION + 1}: names in capitals.`] })
    expect(await unfilled()).toBeGreaterThan(0)
    await until(async () => (await store.outstanding()).length === 0)
    expect(await unfilled()).toBe(0)
  })

  it('leaves the filling to those that stay, where a command only looks in', async () => {
    await openGrown(path)
    await bringForward(store, recordingLogger(lines), { fills: false })
    expect(await store.outstanding()).toEqual(['To be filled: capitals (member), 0 rows so far.'])
    // and says nothing more where there is nothing to do
    lines.length = 0
    await bringForward(store, recordingLogger(lines), { fills: false })
    expect(await unfilled()).toBe(MEMBERS)
  })

  it('goes through the shape of a store that it makes once: there is nothing to be filled', async () => {
    store = await openStore('sqlite', join(path, '..', 'new.sqlite'), { shape: shape() })
    const passes: unknown[] = []
    const counting = storeWith(store, {
      migrate: async (options) => {
        passes.push({ usable: options?.usable })
        await store.migrate(options)
      },
    })
    await bringForward(counting, recordingLogger(lines), { fills: true })
    expect(passes).toEqual([{ usable: true }])
    expect(await store.outstanding()).toEqual([])
  })

  it('waits for what has to be filled before, and has a line a second while that lasts', async () => {
    when = 'before'
    reached = slowly
    await openGrown(path)
    await bringForward(store, recordingLogger(lines), { fills: true })
    expect(await unfilled()).toBe(0)
    const steps = told()
    expect(steps.length).toBeGreaterThanOrEqual(1)
    for (const fields of steps) expect(fields).toMatchObject({ step: 'capitals (member)', total: MEMBERS })
    expect(Number(steps.at(-1)?.seconds)).toBeGreaterThanOrEqual(1)
    expect(steps.length).toBeLessThanOrEqual(Number(steps.at(-1)?.seconds) + 1)
  })

  it('is quiet about what is quick', async () => {
    when = 'before'
    await openGrown(path)
    await bringForward(store, recordingLogger(lines), { fills: true })
    expect(told()).toEqual([])
  })

  it('stops filling when it is told to stop, without a word, and goes on with the next start', async () => {
    reached = slowly
    await openGrown(path)
    await bringForward(store, recordingLogger(lines), { fills: true })
    await until(async () => (await unfilled()) < MEMBERS)
    await store.close()
    const before = lines.filter(({ level }) => level === 'warn' || level === 'error')
    reached = () => {}
    await openGrown(path)
    expect((await store.outstanding())[0]).toMatch(
      /^To be filled: capitals \(member\), [24]00 rows so far\.$/,
    )
    await bringForward(store, recordingLogger(lines), { fills: true })
    await until(async () => (await store.outstanding()).length === 0)
    expect(before).toEqual([])
    expect(await unfilled()).toBe(0)
  })

  it('names the fault of a fill that cannot pass, and serves on', async () => {
    reached = () => {
      throw new TypeError('a mistake in the fill')
    }
    await openGrown(path)
    await bringForward(store, recordingLogger(lines), { fills: true })
    // unknown faults may pass: it is put off, and said
    await until(async () => lines.some(({ level }) => level === 'warn'))
    expect(await unfilled()).toBe(MEMBERS)
  })
})

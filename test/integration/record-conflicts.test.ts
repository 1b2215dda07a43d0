import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { Change, CommitResult, Store } from '../../src/ports/store.ts'
import { EngineKit } from '../helpers/engine-kit.ts'
import { openTempStore, type TempStore } from '../helpers/sqlite-store.ts'

const BUSY: CommitResult = { outcome: 'conflict', reason: 'busy', collection: 'member_streak' }
const AT = Date.UTC(2025, 5, 14, 12)
let temp: TempStore

beforeEach(async () => {
  temp = await openTempStore()
})
afterEach(() => temp.close())

/**
 * The store as it is while other processes write to it: `met` may answer the commit of a batch in its stead. The gates of
 * an account's caps are made once, before its first batch.
 */
function contested(store: Store, met: (changes: readonly Change[]) => Promise<CommitResult | null>): Store {
  return {
    kind: store.kind,
    findByKeys: store.findByKeys.bind(store),
    find: store.find.bind(store),
    count: store.count.bind(store),
    commit: async (changes) => {
      const isGates = changes.every(({ collection }) => collection === 'cap_gate')
      return (isGates ? null : await met(changes)) ?? store.commit(changes)
    },
    migrate: () => store.migrate(),
    outstanding: () => store.outstanding(),
    schemaVersion: () => store.schemaVersion(),
    note: (name) => store.note(name),
    writeNote: (name, before, value) => store.writeNote(name, before, value),
    purge: () => store.purge(),
    ping: () => store.ping(),
    durability: () => store.durability(),
    close: () => store.close(),
  }
}

const logsIn = (changes: readonly Change[]) =>
  changes.filter(({ op, collection }) => op === 'insert' && collection === 'streak_log').length

describe('a batch that meets other writers', () => {
  /** Records logs of as many members at once; @returns the sizes of the commits that were tried. */
  async function triedSizes(logs: number, conflicts: number): Promise<number[]> {
    const sizes: number[] = []
    const store = contested(temp.store, async (changes) => {
      sizes.push(logsIn(changes))
      return sizes.length > conflicts ? null : BUSY
    })
    const kit = new EngineKit(temp.store)
    const streak = await kit.streak()
    const recorder = kit.anotherRecorder(store)
    const results = await Promise.all(
      Array.from({ length: logs }, (_, at) => {
        const member = { externalId: `member ${at}`, profile: {}, profileAt: null }
        return recorder.record(kit.request(streak, AT, { member }))
      }),
    )
    expect(results.map(({ outcome }) => outcome)).toEqual(results.map(() => 'recorded'))
    return sizes
  }

  it('is halved at once when it is large: some member is always in another hand', async () => {
    expect(await triedSizes(64, 1)).toEqual([64, 32, 32])
  })

  it('is tried whole once more when it is small', async () => {
    expect(await triedSizes(8, 1)).toEqual([8, 8])
    expect(await triedSizes(8, 2)).toEqual([8, 8, 4, 4])
  })

  it('waits whole for its next shift where its own is over, since the next in line has it', async () => {
    const sizes: number[] = []
    let isOver = false
    const store = contested(temp.store, async (changes) => {
      sizes.push(logsIn(changes))
      if (sizes.length > 1) return null
      isOver = true
      setTimeout(() => {
        isOver = false
      }, 10)
      return BUSY
    })
    const kit = new EngineKit(temp.store)
    const streak = await kit.streak()
    // over when somebody is met, and there again some milliseconds later
    const recorder = kit.anotherRecorder(store, () => (isOver ? 5 : 0))
    const logs = Array.from({ length: 64 }, (_, at) => {
      const member = { externalId: `member ${at}`, profile: {}, profileAt: null }
      return recorder.record(kit.request(streak, AT, { member }))
    })
    const outcomes = (await Promise.all(logs)).map(({ outcome }) => outcome)
    expect(outcomes).toEqual(outcomes.map(() => 'recorded'))
    expect(sizes).toEqual([64, 64])
  })

  it('fights for what was put back three times', async () => {
    const sizes: number[] = []
    const store = contested(temp.store, async (changes) => {
      sizes.push(logsIn(changes))
      return sizes.length <= 4 ? BUSY : null
    })
    const kit = new EngineKit(temp.store)
    const streak = await kit.streak()
    // asked by whoever met somebody it is always over, by whoever begins it never is
    const recorder = kit.anotherRecorder(store, (_key, expectedMs) =>
      expectedMs === 0 && sizes.length > 0 ? 5 : 0,
    )
    const logs = Array.from({ length: 40 }, (_, at) => {
      const member = { externalId: `member ${at}`, profile: {}, profileAt: null }
      return recorder.record(kit.request(streak, AT, { member }))
    })
    await Promise.all(logs)
    expect(sizes).toEqual([40, 40, 40, 40, 20, 20])
  })

  it('lets them finish: it comes back only after half the time that its own try took', async () => {
    const TRY_MS = 400
    let metAt = 0
    let cameBackMs = 0
    const store = contested(temp.store, async () => {
      if (metAt > 0) {
        cameBackMs = performance.now() - metAt
        return null
      }
      await new Promise((resolve) => setTimeout(resolve, TRY_MS))
      metAt = performance.now()
      return BUSY
    })
    const kit = new EngineKit(temp.store)
    const streak = await kit.streak()
    await kit.anotherRecorder(store).record(kit.request(streak, AT))
    expect(cameBackMs).toBeGreaterThan(TRY_MS / 2 - 1)
  })

  it('knows in its halves that a log may have been recorded by somebody else meanwhile', async () => {
    const kit = new EngineKit(temp.store)
    const streak = await kit.streak()
    const logs = Array.from({ length: 64 }, (_, at) =>
      kit.request(streak, AT, { member: { externalId: `member ${at}`, profile: {}, profileAt: null } }),
    )
    let tries = 0
    const store = contested(temp.store, async () => {
      tries += 1
      if (tries > 1) return null
      // another process takes the same job, after it was read here that the log is new
      await kit.recorder.record(logs[0]!)
      return null
    })
    const recorder = kit.anotherRecorder(store)
    const results = await Promise.all(logs.map((log) => recorder.record(log)))
    expect(results.map(({ outcome }) => outcome)).toEqual([
      'duplicate',
      ...logs.slice(1).map(() => 'recorded'),
    ])
    expect(tries).toBe(3)
  })
})

import { setImmediate as turnOfLoop } from 'node:timers/promises'
import { describe, expect, it } from '@jest/globals'
import { Batcher, FEW, type Gathering } from '../../src/commit/batcher.ts'
import { until } from '../helpers/until.ts'

/** No test waits for it. */
const NEVER_MS = 600_000
const NEVER: Gathering = { paceMs: NEVER_MS, longestPaceMs: NEVER_MS, patienceMs: NEVER_MS }
/** Where the one before has ended. */
const AT_ONCE = { paceMs: 0, longestPaceMs: 0 }
const SLOW_MS = 30

/** A batcher whose batches end when they are told to. */
function open(gathers: Gathering | undefined) {
  const batches: number[][] = []
  /** When each began, by `performance.now()`. */
  const begun: number[] = []
  const ends: (() => void)[] = []
  const batcher = new Batcher<number, number>({
    run: async (items) => {
      batches.push([...items])
      begun.push(performance.now())
      await new Promise<void>((resolve) => ends.push(resolve))
      return items
    },
    keyOf: () => null,
    sizeOf: () => 1,
    maxItems: 256,
    maxBytes: 256,
    maxInFlight: 2,
    gathers,
  })
  let last = 0
  /** Items that come one after the other, each in turns of the event loop of its own. */
  const come = async (items: number) => {
    for (let left = items; left > 0; left -= 1) {
      last += 1
      void batcher.add(last)
      await someTurns()
    }
  }
  /** Ends the batch that began first. */
  const end = async () => {
    ends.shift()!()
    await someTurns()
  }
  return { batches, begun, come, end, batcher }
}

async function someTurns() {
  for (let turns = 0; turns < 3; turns += 1) await turnOfLoop()
}

describe('a batcher that gathers', () => {
  it('begins with who comes alone at once, and has who comes meanwhile share the next batch', async () => {
    const { batches, come, end } = open({ ...AT_ONCE, patienceMs: NEVER_MS })
    await come(1)
    expect(batches).toEqual([[1]])
    await come(3)
    expect(batches).toEqual([[1]])
    await end()
    expect(batches).toEqual([[1], [2, 3, 4]])
    await end()
    await come(1)
    expect(batches).toEqual([[1], [2, 3, 4], [5]])
  })

  it('keeps so many waiting no longer that they make a batch', async () => {
    const { batches, come } = open(NEVER)
    await come(1 + FEW - 1)
    expect(batches).toEqual([[1]])
    await come(1)
    expect(batches.map((batch) => batch.length)).toEqual([1, FEW])
  })

  it('waits for a batch that does not end no longer than it has patience', async () => {
    const { batches, come } = open({ ...AT_ONCE, patienceMs: 1 })
    await come(2)
    await until(async () => batches.length === 2)
    expect(batches).toEqual([[1], [2]])
  })

  it('begins a batch a while after the one before, however soon that ended', async () => {
    const { batches, come, end } = open(NEVER)
    await come(1)
    await end()
    await come(2)
    expect(batches).toEqual([[1]])
    await come(FEW - 2)
    expect(batches).toHaveLength(2)
    const paced = open({ ...NEVER, paceMs: 1, longestPaceMs: 1 })
    await paced.come(1)
    await paced.end()
    await paced.come(1)
    await until(async () => paced.batches.length === 2)
    await paced.end()
    await paced.batcher.drain()
  })

  it('leaves two thirds of the time to others: the longer a batch took, the longer the next one gathers', async () => {
    const { begun, batches, come, end } = open({ paceMs: 0, longestPaceMs: NEVER_MS, patienceMs: NEVER_MS })
    await come(1)
    await until(async () => performance.now() - begun[0]! >= SLOW_MS)
    const tookMs = performance.now() - begun[0]!
    await end()
    await come(1)
    await until(async () => batches.length === 2)
    expect(begun[1]! - begun[0]!).toBeGreaterThanOrEqual(3 * tookMs)
    expect(batches).toEqual([[1], [2]])
  })

  it('without it each begins at once, as many as may be under way', async () => {
    const { batches, come } = open(undefined)
    await come(3)
    expect(batches).toEqual([[1], [2]])
  })
})

import { setImmediate as turnOfLoop } from 'node:timers/promises'
import { describe, expect, it } from '@jest/globals'
import { Batcher, FEW, type Gathering } from '../../src/commit/batcher.ts'
import { until } from '../helpers/until.ts'

/** No test waits for it. */
const NEVER_MS = 600_000

/** A batcher whose batches end when they are told to. */
function open(gathers: Gathering | undefined) {
  const batches: number[][] = []
  const ends: (() => void)[] = []
  const batcher = new Batcher<number, number>({
    run: async (items) => {
      batches.push([...items])
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
  return { batches, come, end, batcher }
}

async function someTurns() {
  for (let turns = 0; turns < 3; turns += 1) await turnOfLoop()
}

describe('a batcher that gathers', () => {
  it('begins with who comes alone at once, and has who comes meanwhile share the next batch', async () => {
    const { batches, come, end } = open({ paceMs: 0, patienceMs: NEVER_MS })
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
    const { batches, come } = open({ paceMs: NEVER_MS, patienceMs: NEVER_MS })
    await come(1 + FEW - 1)
    expect(batches).toEqual([[1]])
    await come(1)
    expect(batches.map((batch) => batch.length)).toEqual([1, FEW])
  })

  it('waits for a batch that does not end no longer than it has patience', async () => {
    const { batches, come } = open({ paceMs: 0, patienceMs: 1 })
    await come(2)
    await until(async () => batches.length === 2)
    expect(batches).toEqual([[1], [2]])
  })

  it('begins a batch a while after the one before, however soon that ended', async () => {
    const { batches, come, end } = open({ paceMs: NEVER_MS, patienceMs: NEVER_MS })
    await come(1)
    await end()
    await come(2)
    expect(batches).toEqual([[1]])
    await come(FEW - 2)
    expect(batches).toHaveLength(2)
    const paced = open({ paceMs: 1, patienceMs: NEVER_MS })
    await paced.come(1)
    await paced.end()
    await paced.come(1)
    await until(async () => paced.batches.length === 2)
    await paced.end()
    await paced.batcher.drain()
  })

  it('without it each begins at once, as many as may be under way', async () => {
    const { batches, come } = open(undefined)
    await come(3)
    expect(batches).toEqual([[1], [2]])
  })
})

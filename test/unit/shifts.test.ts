import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { AGAIN, Batcher } from '../../src/commit/batcher.ts'
import { createShifts, type Shifts } from '../../src/commit/shifts.ts'

const SHIFT_MS = 1_000
const at = (now: number, place: number, size: number): Shifts =>
  createShifts(() => ({ place, size }), { now: () => now }, SHIFT_MS)

describe('shifts', () => {
  it('give each key to one process at a time, and to every process within a round', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 9 }), fc.nat(10 ** 9), (key, size, shift) => {
        const places = Array.from({ length: size }, (_, place) => place)
        const holders = (now: number) => places.filter((place) => at(now, place, size)(key, 0) === 0)
        expect(holders(shift * SHIFT_MS)).toHaveLength(1)
        const round = places.map((later) => holders((shift + later) * SHIFT_MS)[0]!)
        expect(round.toSorted()).toEqual(places)
      }),
    )
  })

  it('say how long it is until a key may be written, to the millisecond', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 2, max: 9 }), fc.nat(10 ** 9), (key, size, now) => {
        const waitMs = at(now, 0, size)(key, 0)
        expect(at(now + waitMs, 0, size)(key, 0)).toBe(0)
        if (waitMs > 0) expect(at(now + waitMs - 1, 0, size)(key, 0)).toBe(1)
      }),
    )
  })

  it('are not begun when what is written would go on into the next one', () => {
    const key = 'account member'
    const start = at(0, 0, 4)(key, 0)
    expect(at(start + 700, 0, 4)(key, 200)).toBe(0)
    expect(at(start + 700, 0, 4)(key, 400)).toBe(4 * SHIFT_MS - 700)
    // what takes longer than a shift anyway is begun in its first half
    expect(at(start + 400, 0, 4)(key, 5_000)).toBe(0)
  })

  it('take nothing more into work that would then go on into the next one', () => {
    const key = 'account member'
    const start = at(0, 0, 4)(key, 0)
    expect(at(start + 300, 0, 4)(key, 700, true)).toBe(0)
    expect(at(start + 300, 0, 4)(key, 701, true)).toBe(4 * SHIFT_MS - 300)
    expect(at(start + 300, 0, 4)(key, 701)).toBe(0)
  })

  it('are everybody’s where a process is alone, or not sure of its place', () => {
    expect(at(5, 0, 1)('key', 9_999)).toBe(0)
    expect(createShifts(() => null, { now: () => 5 })('key', 9_999)).toBe(0)
  })
})

describe('a batcher with shifts', () => {
  /** Keys of which `later` has its shift only once it was let. */
  function open(items: number) {
    const batches: string[][] = []
    let waitMs = 30
    const batcher = new Batcher<string, string>({
      run: async (batch) => {
        batches.push([...batch])
        return batch
      },
      keyOf: (item) => item.split(' ')[0]!,
      sizeOf: () => 1,
      maxItems: 100,
      maxBytes: 1_000,
      maxInFlight: 2,
      shifts: (key) => {
        if (key !== 'later') return 0
        waitMs -= 10
        return Math.max(0, waitMs)
      },
    })
    const done = Array.from({ length: items }, (_, index) =>
      batcher.add(index % 2 === 0 ? `now-${index} ${index}` : `later ${index}`),
    )
    return { batches, all: Promise.all(done) }
  }

  it('writes first what has its shift and the rest when it has, in its order', async () => {
    const { batches, all } = open(40)
    await all
    expect(batches[0]!.every((item) => item.startsWith('now'))).toBe(true)
    const later = batches.flat().filter((item) => item.startsWith('later'))
    expect(later).toEqual(Array.from({ length: 20 }, (_, index) => `later ${2 * index + 1}`))
  })

  it('takes no more into a batch than ends within the shift, as far as the last one tells', async () => {
    const sizes: number[] = []
    const asked: [expectedMs: number, joins: boolean][] = []
    const batcher = new Batcher<number, number>({
      run: async (batch) => {
        sizes.push(batch.length)
        const doneAt = performance.now() + 40
        while (performance.now() < doneAt);
        return batch
      },
      keyOf: String,
      sizeOf: () => 1,
      maxItems: 40,
      maxBytes: 1_000,
      maxInFlight: 1,
      shifts: (_key, expectedMs, joins = false) => {
        asked.push([expectedMs, joins])
        return joins && expectedMs > 60 ? 5 : 0
      },
    })
    await Promise.all(Array.from({ length: 20 }, (_, index) => batcher.add(index)))
    expect(sizes).toEqual([20])
    expect(asked.map(([, joins]) => joins)).toEqual([
      ...new Array(16).fill(false),
      ...new Array(4).fill(true),
    ])
    await Promise.all(Array.from({ length: 40 }, (_, index) => batcher.add(index)))
    // 20 took 40 ms or more: 60 ms are enough for 30 at most
    expect(sizes[1]).toBeGreaterThanOrEqual(16)
    expect(sizes[1]).toBeLessThanOrEqual(30)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(60)
  })

  it('has what is put back wait before what came after it, and done once', async () => {
    const batches: string[][] = []
    const batcher = new Batcher<string, string>({
      run: async (batch) => {
        batches.push([...batch])
        return batch.map((item) => (batches.length === 1 && item.endsWith('!') ? AGAIN : item.toUpperCase()))
      },
      keyOf: (item) => item[0]!,
      sizeOf: () => 1,
      maxItems: 4,
      maxBytes: 10,
      maxInFlight: 1,
    })
    const items = ['a!', 'b', 'a!2!', 'c', 'd']
    expect(await Promise.all(items.map((item) => batcher.add(item)))).toEqual(['A!', 'B', 'A!2!', 'C', 'D'])
    expect(batches).toEqual([
      ['a!', 'b', 'a!2!', 'c'],
      ['a!', 'a!2!', 'd'],
    ])
    await batcher.drain()
  })

  it('keeps nobody waiting where few wait', async () => {
    const { batches, all } = open(16)
    await all
    expect(batches).toHaveLength(1)
  })
})

import { describe, expect, it } from '@jest/globals'
import { createRandomPool } from '../../src/random-pool.ts'

describe('a pool of random bytes', () => {
  it('hands out each byte once, and leaves what it handed out as it is', () => {
    let filled = 0
    const draw = createRandomPool((bytes) => {
      for (const at of bytes.keys()) bytes[at] = filled++ % 251
    })
    const drawn = Array.from({ length: 1_000 }, () => draw(15))
    expect(drawn.every((bytes) => bytes.length === 15)).toBe(true)
    // what is left of a pool is not enough for another draw
    const perPool = Math.floor(4_096 / 15)
    const expected = drawn.map((_, turn) => {
      const from = Math.floor(turn / perPool) * 4_096 + (turn % perPool) * 15
      return Array.from({ length: 15 }, (_, at) => (from + at) % 251)
    })
    expect(drawn.map((bytes) => [...bytes])).toEqual(expected)
  })

  it('is filled by the system unless told otherwise', () => {
    const [first, second] = [createRandomPool(), createRandomPool()]
    expect(first(32)).not.toEqual(second(32))
  })
})

import { describe, expect, it } from '@jest/globals'
import { validate, version } from 'uuid'
import { createIdSource } from '../../src/ids.ts'

const START = Date.UTC(2026, 10, 24)

const timeOf = (id: string) => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)

describe('ids', () => {
  it('are UUIDs v7 of the time they are made', () => {
    let now = START
    const newId = createIdSource(() => now)
    for (; now < START + 1000; now += 100) {
      const id = newId()
      expect(validate(id)).toBe(true)
      expect(version(id)).toBe(7)
      expect(timeOf(id)).toBe(now)
    }
  })

  it('ascend within a millisecond, over it, and when the clock is set back', () => {
    let now = START
    const newId = createIdSource(() => now)
    let last = ''
    for (let made = 0; made < 20_000; made += 1) {
      if (made % 1000 === 999) now += made % 2000 === 999 ? 1 : -5
      const id = newId()
      expect(id > last).toBe(true)
      last = id
    }
  })

  it('of one moment differ between sources and end in bits of their own', () => {
    const sources = Array.from({ length: 10 }, () => createIdSource(() => START))
    const ids = sources.flatMap((newId) => Array.from({ length: 100 }, newId))
    expect(new Set(ids).size).toBe(ids.length)
    expect(new Set(ids.map((id) => id.slice(-10))).size).toBe(ids.length)
    const firstCounters = new Set(sources.map((newId) => newId().slice(14, 23)))
    expect(firstCounters.size).toBe(sources.length)
  })
})

import { describe, expect, it } from '@jest/globals'
import { v7 as newId } from 'uuid'
import { isDue } from '../../workers/backfill/nights.ts'

const HOUR_MS = 3_600_000
const at = (text: string) => Date.parse(text)

/** The first minute of a span in which a connector is due, and how often it became so. */
function momentsOf(id: string, timezone: string, from: string, hours: number): string[] {
  const moments: string[] = []
  let reconciledAt = at(from)
  for (let now = at(from); now < at(from) + hours * HOUR_MS; now += 60_000) {
    if (!isDue(id, timezone, reconciledAt, now)) continue
    moments.push(new Date(now).toISOString())
    reconciledAt = now
  }
  return moments
}

describe('the nightly reconcile', () => {
  it('comes once a night, between one and five by the account’s own clock', () => {
    for (const [timezone, offset] of [
      ['UTC', 0],
      ['Asia/Tokyo', 9],
      ['America/Los_Angeles', -8],
    ] as const) {
      const moments = momentsOf(newId(), timezone, '2026-11-20T12:00:00Z', 72)
      expect(moments).toHaveLength(3)
      for (const moment of moments) {
        const hour = new Date(at(moment) + offset * HOUR_MS).getUTCHours()
        expect(hour).toBeGreaterThanOrEqual(1)
        expect(hour).toBeLessThanOrEqual(5)
      }
    }
  })

  it('has a moment of its own for each connector, the same each night', () => {
    const minutes = Array.from({ length: 50 }, () => {
      const [first = '', second = ''] = momentsOf(newId(), 'UTC', '2026-11-20T12:00:00Z', 48)
      expect(second.slice(11, 16)).toBe(first.slice(11, 16))
      return first.slice(11, 16)
    })
    expect(new Set(minutes).size).toBeGreaterThan(25)
  })

  it('that was missed is made up for by day', () => {
    const id = newId()
    expect(isDue(id, 'UTC', at('2026-11-19T12:00:00Z'), at('2026-11-21T00:30:00Z'))).toBe(true)
    expect(isDue(id, 'UTC', at('2026-11-20T12:00:00Z'), at('2026-11-21T00:30:00Z'))).toBe(false)
  })
})

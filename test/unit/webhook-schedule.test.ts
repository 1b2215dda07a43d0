import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { Row } from '../../src/ports/schema.ts'
import { DAY_MS, endpointAfter, PAUSES_MS, pauseAfter } from '../../src/telling/schedule.ts'
import { Places } from '../../workers/telling/places.ts'

const middle = () => 0.5
const MINUTE_MS = 60_000

describe('when a message is tried again', () => {
  it('waits longer and longer, and gives up after eight tries', () => {
    const pauses = [1, 2, 3, 4, 5, 6, 7, 8].map((failures) => pauseAfter(failures, null, middle))
    expect(pauses).toEqual([
      5_000,
      5 * MINUTE_MS,
      30 * MINUTE_MS,
      120 * MINUTE_MS,
      300 * MINUTE_MS,
      600 * MINUTE_MS,
      600 * MINUTE_MS,
      null,
    ])
  })

  it('keeps within a fifth of the pause, and of what was asked for within the next one', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 7 }),
        fc.option(fc.integer({ min: 1, max: 100 * 3_600_000 })),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (failures, asked, random) => {
          const pause = pauseAfter(failures, asked, () => random)!
          const usual = PAUSES_MS[failures - 1]!
          const next = PAUSES_MS[failures] ?? usual
          const own = Math.round(usual * (0.8 + 0.4 * random))
          expect(own).toBeGreaterThanOrEqual(usual * 0.8 - 1)
          expect(own).toBeLessThanOrEqual(usual * 1.2 + 1)
          expect(pause).toBe(asked === null || asked <= own ? own : Math.max(own, Math.min(asked, next)))
        },
      ),
    )
  })
})

describe('what a try changes of its endpoint', () => {
  const at = Date.UTC(2026, 10, 22)
  const endpoint = (fields: Partial<Row<'webhook_endpoint'>> = {}) =>
    ({ status: 'live', failingSince: null, ...fields }) as Row<'webhook_endpoint'>

  it('is nothing while all is well, and the first failure since', () => {
    expect(endpointAfter(endpoint(), at, 200, true)).toBeNull()
    expect(endpointAfter(endpoint(), at, 500, false)).toEqual({ failingSince: at })
    expect(endpointAfter(endpoint({ failingSince: at - 1 }), at, null, false)).toBeNull()
    expect(endpointAfter(endpoint({ failingSince: at - 1 }), at, 204, true)).toEqual({ failingSince: null })
  })

  it('pauses it at five days, and at once where it is gone', () => {
    const failing = (ms: number) => endpointAfter(endpoint({ failingSince: at - ms }), at, 500, false)
    expect(failing(5 * DAY_MS - 1)).toBeNull()
    expect(failing(5 * DAY_MS)).toMatchObject({
      status: 'paused',
      problem: { code: 'ENDPOINT_DEAD', since: at },
    })
    expect(endpointAfter(endpoint(), at, 410, false)).toMatchObject({
      status: 'paused',
      problem: { code: 'ENDPOINT_GONE' },
    })
  })

  it('is nothing where somebody paused it meanwhile', () => {
    expect(endpointAfter(endpoint({ status: 'paused' }), at, 410, false)).toBeNull()
  })
})

describe('places at an endpoint', () => {
  it('are four; others come back one after the other, and nobody waits for another endpoint', () => {
    let now = 0
    const places = new Places(() => now)
    for (let count = 0; count < 4; count += 1) expect(places.take('slow')).toBe(0)
    places.giveBack('slow', 15_000)
    expect(places.take('slow')).toBe(0)
    const waits = Array.from({ length: 100 }, () => places.take('slow'))
    expect(waits[0]).toBeGreaterThan(0)
    expect(waits).toEqual(waits.toSorted((one, other) => one - other))
    expect(waits.at(-1)! - waits[0]!).toBeGreaterThan(60_000)
    // however many there are, none is sent away for longer than a few minutes
    expect(Math.max(...Array.from({ length: 10_000 }, () => places.take('slow')))).toBeLessThanOrEqual(
      300_000,
    )
    expect(places.take('fast')).toBe(0)
    now = 1_000_000
    for (let count = 0; count < 4; count += 1) places.giveBack('slow', 10)
    expect(places.take('slow')).toBe(0)
  })
})

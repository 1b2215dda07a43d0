import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { TokenBuckets } from '../../src/http/limits/token-buckets.ts'

function bucketsAt(perSecond: number, burst: number, maxBuckets = 10) {
  const clock = {
    nowMs: 1_000_000,
    now() {
      return this.nowMs
    },
  }
  return { clock, buckets: new TokenBuckets({ perSecond, burst }, clock, maxBuckets) }
}

describe('a token bucket', () => {
  it('gives its burst at once, then one token in each share of a second', () => {
    const { clock, buckets } = bucketsAt(100, 200)
    for (let left = 199; left >= 0; left -= 1) {
      expect(buckets.take('a')).toMatchObject({ ok: true, remaining: left })
    }
    expect(buckets.take('a')).toEqual({ ok: false, remaining: 0, nextAfterMs: 10, fullAfterMs: 2000 })
    clock.nowMs += 9
    expect(buckets.take('a')).toMatchObject({ ok: false, nextAfterMs: 1 })
    clock.nowMs += 1
    expect(buckets.take('a')).toMatchObject({ ok: true })
    expect(buckets.take('a')).toMatchObject({ ok: false })
  })

  it('is full after a rest, and never more than full', () => {
    const { clock, buckets } = bucketsAt(20, 20)
    for (let count = 0; count < 25; count += 1) buckets.take('a')
    clock.nowMs += 24 * 60 * 60 * 1000
    expect(buckets.look('a')).toEqual({ ok: true, remaining: 20, nextAfterMs: 0, fullAfterMs: 0 })
  })

  it('is nobody else’s', () => {
    const { buckets } = bucketsAt(1, 1)
    expect(buckets.take('a').ok).toBe(true)
    expect(buckets.take('a').ok).toBe(false)
    expect(buckets.take('b').ok).toBe(true)
  })

  it('gives nothing for a clock that is set back, and goes on from there', () => {
    const { clock, buckets } = bucketsAt(10, 1)
    expect(buckets.take('a').ok).toBe(true)
    clock.nowMs -= 3_600_000
    expect(buckets.take('a').ok).toBe(false)
    clock.nowMs += 100
    expect(buckets.take('a').ok).toBe(true)
  })

  it('takes back what was taken for nothing, and no more than it holds', () => {
    const { buckets } = bucketsAt(1, 2)
    buckets.take('a')
    buckets.take('a')
    buckets.giveBack('a')
    expect(buckets.take('a').ok).toBe(true)
    expect(buckets.take('a').ok).toBe(false)
    for (let count = 0; count < 5; count += 1) buckets.giveBack('a')
    expect(buckets.look('a').remaining).toBe(2)
  })

  it('takes nothing when it is looked at', () => {
    const { buckets } = bucketsAt(1, 2)
    for (let count = 0; count < 5; count += 1) expect(buckets.look('a').remaining).toBe(2)
  })

  it('is kept while others are, up to the bound; the one that was asked longest ago goes first', () => {
    const { buckets } = bucketsAt(1, 1, 3)
    for (const name of ['a', 'b', 'c']) buckets.take(name)
    buckets.take('a')
    buckets.take('d')
    expect(buckets.size).toBe(3)
    expect(['a', 'c', 'd'].map((name) => buckets.look(name).ok)).toEqual([false, false, false])
    expect(buckets.look('b').ok).toBe(true)
    for (let count = 0; count < 1000; count += 1) buckets.take(`address ${count}`)
    expect(buckets.size).toBe(3)
  })

  it('never gives more in any stretch of time than its burst and what comes back in it', () => {
    const rates = fc.record({
      perSecond: fc.integer({ min: 1, max: 500 }),
      burst: fc.integer({ min: 1, max: 300 }),
    })
    const pauses = fc.array(fc.oneof(fc.constant(0), fc.nat({ max: 40 }), fc.nat({ max: 3000 })), {
      maxLength: 400,
    })
    fc.assert(
      fc.property(rates, pauses, ({ perSecond, burst }, waits) => {
        const { clock, buckets } = bucketsAt(perSecond, burst)
        const givenAt: number[] = []
        for (const wait of waits) {
          clock.nowMs += wait
          const { ok, nextAfterMs } = buckets.take('a')
          if (ok) givenAt.push(clock.nowMs)
          else expect(nextAfterMs).toBeGreaterThan(0)
        }
        for (let first = 0; first < givenAt.length; first += 7) {
          for (let last = first; last < givenAt.length; last += 5) {
            const elapsedMs = (givenAt[last] as number) - (givenAt[first] as number)
            expect(last - first + 1).toBeLessThanOrEqual(burst + (elapsedMs * perSecond) / 1000 + 1e-6)
          }
        }
      }),
    )
  })
})

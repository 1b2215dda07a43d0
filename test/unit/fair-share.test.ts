import { describe, expect, it } from '@jest/globals'
import { FairShare } from '../../src/queue/fair-share.ts'

let now = 0
const share = () => new FairShare({ now: () => now })

describe('the share of an account', () => {
  it('is the most urgent up to 2,000, and less so with each that is more', () => {
    const shares = share()
    expect(shares.take('busy', 1_999)).toBe(0)
    expect(shares.take('busy', 1)).toBe(0)
    expect(shares.take('busy', 1)).toBe(1)
    expect(shares.take('busy', 16)).toBe(17)
  })

  it('does not depend on what others use', () => {
    const shares = share()
    shares.take('busy', 10_000)
    expect(shares.take('quiet', 1)).toBe(0)
  })

  it('comes back by 500 a second, and not for what was never used', () => {
    now = 0
    const shares = share()
    shares.take('busy', 4_000)
    now = 3_000
    expect(shares.take('busy', 1)).toBe(501)
    now = 1_000_000
    shares.take('busy', 2_000)
    expect(shares.take('busy', 1)).toBe(1)
  })

  it('is never beyond what the queue knows, nor turned by a clock that goes back', () => {
    now = 5_000
    const shares = share()
    expect(shares.take('busy', 10_000_000)).toBe(2 ** 21)
    now = 0
    expect(shares.take('other', 2_001)).toBe(1)
  })
})

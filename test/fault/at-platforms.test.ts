import { beforeAll, describe, expect, it } from '@jest/globals'
import { AT_PLATFORMS_SHORT } from './harness/at-platforms.ts'
import { type Result, run } from './harness/scenario.ts'

/** The thorough forms, and those on MongoDB, are `npm run test:fault`. */
const OPTIONS = {
  seed: 20_261_128,
  perSecond: 10,
  durationMs: 0,
  settleWithinMs: 120_000,
  keepFolder: false,
  say: () => {},
}
const WITHIN_MS = 400_000

describe('an installation under traffic, killed and robbed of its queues while a platform makes its coupons', () => {
  const results = new Map<string, Promise<Result>>()

  // all at once: most of it is waiting
  beforeAll(async () => {
    for (const fault of AT_PLATFORMS_SHORT) results.set(fault.name, run(fault, 'sqlite', null, OPTIONS))
    await Promise.allSettled(results.values())
  }, WITHIN_MS)

  it.each(AT_PLATFORMS_SHORT)('leaves one coupon for each reward in its books: $name', async ({ name }) => {
    const result = await results.get(name)!
    expect(result).toMatchObject({ wrong: [], lost: 0, doubled: 0 })
    expect(result.effects).toBe(result.orders)
    expect(result.coupons).toBeGreaterThan(0)
  })
})

import { beforeAll, describe, expect, it } from '@jest/globals'
import { CLUSTER_FAILOVER, type Fault, SENTINEL_FAILOVER } from './harness/faults.ts'
import { type Result, run } from './harness/scenario.ts'

const OPTIONS = {
  seed: 20_261_127,
  perSecond: 20,
  durationMs: 0,
  settleWithinMs: 60_000,
  keepFolder: false,
  say: () => {},
}
const WITHIN_MS = 300_000

describe.each<Fault>([CLUSTER_FAILOVER, SENTINEL_FAILOVER])('under load, $title', (fault) => {
  let result: Result

  beforeAll(async () => {
    result = await run(fault, 'sqlite', null, OPTIONS)
  }, WITHIN_MS)

  it('costs no webhook, no purchase and no coupon, and doubles none', () => {
    expect(result).toMatchObject({ wrong: [], lost: 0, doubled: 0 })
    expect(result.orders).toBeGreaterThan(100)
    expect(result.effects).toBe(result.orders)
    expect(result.rewards).toBeGreaterThan(0)
  })
})

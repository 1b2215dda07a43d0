import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'
import type { RewardLog } from '../../src/client/schema.ts'
import { rewardWords } from '../../src/console/words/rewards.ts'
import { FULFILMENT_STATUSES } from '../../src/ports/schema/values.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const page = readFileSync(join(ROOT, 'docs/rewards.md'), 'utf8')
/** Where reasons are given. */
const ROOMS = ['src/coupons', 'connectors/shopify/hands', 'connectors/stripe/hands', 'workers/reward']
/** What only lets a reward wait, and is in `waitsFor` or in the health of its provider. */
const WAITS = ['CAMPAIGN_EXHAUSTED', 'PLAN_ENDED', 'ACCESS_REFUSED', 'SCOPE_MISSING', 'COUPON_BEING_MADE']

const sources = ROOMS.flatMap((room) =>
  readdirSync(join(ROOT, room), { recursive: true, withFileTypes: true })
    .filter(({ name }) => name.endsWith('.ts'))
    .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8')),
)

describe('the page of rewards', () => {
  it.each([
    ...FULFILMENT_STATUSES.map((status) => ({ fulfilmentStatus: status })),
    { fulfilmentStatus: 'pending', reward: null },
    { fulfilmentStatus: 'issued', couponUsed: 'yes' },
    ...['hold_period', 'cap', 'provider_paused'].map((heldReason) => ({
      fulfilmentStatus: 'held',
      heldReason,
    })),
  ])('says of %j what the console says', (state) => {
    const [words] = rewardWords({ heldReason: null, couponUsed: null, reward: {}, ...state } as RewardLog)
    const rows = page.split('\n').filter((line) => line.startsWith(`| \`${state.fulfilmentStatus}\``))
    expect(rows.some((row) => row.includes(words))).toBe(true)
  })

  it('says of each reason for which a reward fails what to do', () => {
    const given = sources.flatMap((text) =>
      [...text.matchAll(/['`]([A-Z][A-Z_]{4,}): /g)].map(([, code]) => code!),
    )
    const reasons = new Set(given.filter((code) => !WAITS.includes(code)))
    expect(reasons.size).toBeGreaterThan(15)
    const table = page.slice(page.indexOf('## Why did a reward fail?'), page.indexOf('## Holding until'))
    expect([...reasons].filter((code) => !table.includes(`\`${code}\``))).toEqual([])
  })
})

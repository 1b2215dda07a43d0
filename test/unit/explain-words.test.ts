import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { messageOf, type Told, wouldCountIf } from '../../src/inbox/explain/tell.ts'
import * as words from '../../src/inbox/explain/words.ts'
import type { RuleCheck } from '../../src/ports/connector.ts'

const check = (name: string, value: RuleCheck['value'], limit: RuleCheck['limit']): RuleCheck => ({
  check: name as RuleCheck['check'],
  passed: false,
  value,
  limit,
})

function told(overrides: Partial<Told> = {}): Told {
  return {
    verdict: 'not_counted',
    because: 'BELOW_MINIMUM',
    connectorName: 'Corner Bakery',
    connectorIsLive: true,
    streakIsLive: true,
    isElsewhere: false,
    currency: 'EUR',
    periodKind: 'daily',
    period: {
      key: '2026-11-22',
      startsAt: 0,
      endsAt: 1,
      localTime: '2026-11-22T23:30:00+01:00',
      timezone: 'Europe/Berlin',
    },
    checks: [],
    hasRule: true,
    hasBody: true,
    isOnlyNews: false,
    arrivedLate: false,
    quiet: null,
    left: null,
    laterReports: [],
    ownWords: null,
    ...overrides,
  }
}

const CODE = /[A-Z]{2,}_[A-Z]|undefined|null|\[object/
const PAGE = readFileSync('docs/explain.md', 'utf8')

describe('the sentences about an order', () => {
  it.each([
    ...Object.keys(words.NOT_COUNTED).map((because) => ['not_counted', because] as const),
    ...Object.keys(words.TAKEN_BACK).map((because) => ['taken_back', because] as const),
    ['failed', 'INTERNAL'],
    ['not_counted', 'SOMETHING_NEW'],
    ['counted', null],
    ['counted', 'DUPLICATE'],
    ['counted', 'MEMBER_ERASED'],
    ['waiting', null],
    ['waiting', 'STORE_UNAVAILABLE'],
  ] as const)('hold no code: %s %s', (verdict, because) => {
    for (const more of [
      {},
      { checks: null, hasRule: false, hasBody: false, isOnlyNews: true, period: null },
    ]) {
      const all = told({ verdict, because, ...more })
      const sentences = [messageOf(all), wouldCountIf(all)].filter((text) => text !== null)
      for (const sentence of sentences) {
        expect(sentence).not.toMatch(CODE)
        expect(sentence).toMatch(/^[A-Z“].*\.$/)
      }
    }
  })

  it.each([...Object.keys(words.NOT_COUNTED), ...Object.keys(words.TAKEN_BACK)])(
    'are about a reason that docs/explain.md names: %s',
    (because) => {
      // what rules choose by and accounts come with their own pages
      const elsewhere = ['TAG_MISSING', 'PRODUCT_MISSING', 'CHANNEL_NOT_WANTED', 'ACCOUNT_MISMATCH']
      if (!elsewhere.includes(because)) expect(PAGE).toContain(`\`${because}\``)
    },
  )

  it('say of weeks and months what they are', () => {
    const counted = { verdict: 'counted', because: null } as const
    expect(messageOf(told(counted))).toBe('It counts for 2026-11-22.')
    expect(messageOf(told({ ...counted, periodKind: 'weekly' }))).toBe(
      'It counts for the week that begins on 2026-11-22.',
    )
    expect(messageOf(told({ ...counted, periodKind: 'monthly', arrivedLate: true }))).toMatch(
      /^It counts for the month .* after that month was over/,
    )
  })

  it('name everything that stands in the way, and nothing that does not', () => {
    const failing = [check('TEST_ORDER', true, 'ignore'), check('BELOW_MINIMUM', 42_500_000n, 50_000_000n)]
    const all = told({ checks: failing, connectorIsLive: false, streakIsLive: false })
    expect(wouldCountIf(all)).toBe(
      'It would count if “Corner Bakery” were live, the streak were live, the rule counted test orders and the minimum of the rule were 42.5 EUR or less, and its delivery were replayed then.',
    )
    expect(wouldCountIf(told())).toBe('It would count if its delivery were replayed now.')
  })

  it('promise nothing where nothing would help', () => {
    for (const because of ['CANCELLED', 'MEMBER_ERASED', 'BODY_NOT_UNDERSTOOD', 'EARLIER_RULE_COUNTS']) {
      expect([because, wouldCountIf(told({ because }))]).toEqual([because, null])
    }
    // what was never translated needs its body
    expect(wouldCountIf(told({ hasBody: false }))).toBeNull()
    expect(wouldCountIf(told({ because: 'STREAK_NOT_LIVE', hasBody: false }))).not.toBeNull()
    expect(wouldCountIf(told({ verdict: 'failed', because: 'INTERNAL', hasBody: false }))).not.toBeNull()
    expect(wouldCountIf(told({ verdict: 'failed', because: 'IN_FUTURE', hasBody: false }))).toBeNull()
    expect(wouldCountIf(told({ checks: [check('VALUE_OUT_OF_RANGE', null, 1n)] }))).toBeNull()
    for (const because of ['REFUNDED', 'CANCELLED', 'DISPUTE_LOST', 'DUPLICATE']) {
      expect(wouldCountIf(told({ verdict: 'taken_back', because }))).toBeNull()
    }
  })
})

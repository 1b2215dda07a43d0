import { describe, expect, it } from '@jest/globals'
import type { Evidence, Item } from '../../src/inbox/explain/evidence.ts'
import type { Delivery } from '../../src/inbox/explain/find-order.ts'
import { judge } from '../../src/inbox/explain/judge.ts'

const STREAK = 'streak'
const delivery = (id: string, overrides: Partial<Delivery> = {}) =>
  ({ id, outcome: 'translated', reason: null, ...overrides }) as Delivery
const item = (deliveryId: string, status: Item['status'], reason: string | null, ruleIndex = 0) =>
  ({
    deliveryId,
    status,
    reason,
    ruleIndex,
    streakId: STREAK,
    streakLogId: null,
    duplicateOfId: null,
    report: null,
  }) as Item
const because = (deliveries: readonly Delivery[], ...items: Item[]) => {
  const judged = judge(STREAK, deliveries, { items, names: [], logs: new Map() } as Evidence)
  return `${judged.verdict} ${judged.because}`
}

describe('how an order stands on a streak', () => {
  it('is said by its best item, whichever delivery has it', () => {
    const deliveries = ['c', 'b', 'a'].map((id) => delivery(id))
    const ignored = item('c', 'ignored', 'BELOW_MINIMUM')
    const failed = item('b', 'failed', 'INTERNAL')
    const pending = item('a', 'pending', null)
    const counted = item('a', 'counted', null)
    expect(because(deliveries, ignored)).toBe('not_counted BELOW_MINIMUM')
    expect(because(deliveries, ignored, failed)).toBe('failed INTERNAL')
    expect(because(deliveries, ignored, failed, pending)).toBe('waiting null')
    expect(because(deliveries, ignored, failed, pending, counted)).toBe('counted null')
    expect(because(deliveries, ignored, item('a', 'abandoned', 'ABANDONED'))).toBe(
      'not_counted BELOW_MINIMUM',
    )
  })

  it('is said by the newest delivery, then by the first rule, and never by one that stood back for another', () => {
    const deliveries = ['b', 'a'].map((id) => delivery(id))
    const stoodBack = item('b', 'ignored', 'EARLIER_RULE_COUNTS', 0)
    expect(because(deliveries, stoodBack)).toBe('not_counted EARLIER_RULE_COUNTS')
    expect(because(deliveries, stoodBack, item('b', 'ignored', 'NO_EMAIL', 1))).toBe('not_counted NO_EMAIL')
    expect(because(deliveries, stoodBack, item('a', 'ignored', 'NO_EMAIL', 1))).toBe('not_counted NO_EMAIL')
    const [first, second] = [item('a', 'ignored', 'NO_EMAIL', 0), item('a', 'ignored', 'TEST_ORDER', 1)]
    expect(because(deliveries, second, first)).toBe('not_counted NO_EMAIL')
    expect(because(deliveries, first, item('b', 'ignored', 'TEST_ORDER', 1))).toBe('not_counted TEST_ORDER')
  })

  it('without an item is said by the delivery of the purchase, before any that only brings news', () => {
    const news = delivery('c', { outcome: 'ignored', reason: 'NOTHING_TO_REPORT' })
    const ignored = delivery('b', { outcome: 'ignored', reason: 'NOT_PAID' })
    const reported = delivery('a', { outcome: 'reported' })
    expect(because([news, ignored, reported])).toBe('not_counted NOT_PAID')
    expect(because([news, delivery('x'), ignored])).toBe('not_counted NO_RULE_FOR_STREAK')
    expect(because([news, reported])).toBe('waiting null')
    expect(because([news])).toBe('not_counted NOTHING_TO_REPORT')
  })
})

import { describe, expect, it } from '@jest/globals'
import type { RewardLog } from '../../src/client/schema.ts'
import { addUp } from '../../src/console/words/used-coupons.ts'

type Discount = NonNullable<RewardLog['reward']>['discount']
const used = (redeemedOrderId: string | null, discount: Discount) => ({
  id: crypto.randomUUID(),
  redeemedOrderId,
  reward: { providerId: 'p', discount } as NonNullable<RewardLog['reward']>,
})
const paid = (orders: Readonly<Record<string, readonly [number, string]>>) =>
  new Map(Object.entries(orders).map(([id, [total, currency]]) => [id, { total, currency }]))

describe('what used coupons cost and brought', () => {
  it('is reckoned back from what was paid where they are a percentage', () => {
    expect(addUp([used('1', { percentage: 10 })], paid({ 1: [90, 'EUR'] }))).toEqual({
      looked: 1,
      unknown: 0,
      byCurrency: [{ currency: 'EUR', cost: 10, isEstimate: true, brought: 90 }],
    })
  })

  it('is the amount where they have one, also of an order that nobody knows', () => {
    const five = { amount: 5, currency: 'EUR' }
    expect(addUp([used('1', five), used(null, five), used('2', five)], paid({ 1: [20, 'EUR'] }))).toEqual({
      looked: 3,
      unknown: 2,
      byCurrency: [{ currency: 'EUR', cost: 15, isEstimate: false, brought: 20 }],
    })
  })

  it('keeps currencies apart, and counts an order with two coupons once', () => {
    const both = [used('1', { amount: 5, currency: 'EUR' }), used('1', { percentage: 50 })]
    const other = used('2', { percentage: 20 })
    const { byCurrency } = addUp([...both, other], paid({ 1: [20, 'EUR'], 2: [80, 'USD'] }))
    expect(byCurrency).toEqual([
      { currency: 'EUR', cost: 25, isEstimate: true, brought: 20 },
      { currency: 'USD', cost: 20, isEstimate: true, brought: 80 },
    ])
  })

  it('leaves out what a coupon of everything took off', () => {
    const { byCurrency } = addUp([used('1', { percentage: 100 })], paid({ 1: [0, 'EUR'] }))
    expect(byCurrency).toEqual([{ currency: 'EUR', cost: 0, isEstimate: false, brought: 0 }])
  })
})

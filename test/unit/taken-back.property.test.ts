import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { type Purchase, takenBack } from '../../src/engine/decide/taken-back.ts'
import { parseQuantity, type Quantity, wholeQuantity } from '../../src/streaks/quantity.ts'
import { orders, reports, rules } from '../helpers/report-arbitrary.ts'
import {
  leftOf,
  type OracleOrder,
  type OracleReports,
  type OracleRule,
  totalsOf,
} from '../helpers/report-oracle.ts'
import { basisOf, digitsOf, toldReports } from '../helpers/told-reports.ts'

const RUNS = 3_000

function quantity(digits: string): Quantity {
  const parsed = parseQuantity(digits)
  if (!parsed.ok) throw new Error(digits)
  return parsed.value
}

function purchaseOf(order: OracleOrder, rule: OracleRule): Purchase {
  return {
    orderId: '1001',
    orderReference: null,
    otherReference: null,
    orderTotal: quantity(digitsOf(totalsOf(order).total)),
    currency: 'EUR',
    isAmount: rule.value === 'order_total' || rule.value === 'order_subtotal',
    basis: basisOf(order, rule),
  }
}

/** What a log counts in full, as the rule measured it when the order counted. */
function fullOf(order: OracleOrder, rule: OracleRule, isSum: boolean): Quantity {
  const nothing: OracleReports = { refunds: [], disputes: [], elsewhere: [], isCancelled: false }
  const left = leftOf(order, { ...rule, minimum: null }, nothing, isSum)
  const isMoney = isSum && (rule.value === 'order_total' || rule.value === 'order_subtotal')
  return isMoney ? quantity(digitsOf(left)) : wholeQuantity(left)
}

const told = fc.tuple(orders, reports, fc.boolean()).chain(([order, all, isShown]) => {
  const each = toldReports(order, all, isShown)
  return fc.record({
    order: fc.constant(order),
    all: fc.constant(all),
    arrivals: fc
      .tuple(fc.shuffledSubarray(each, { minLength: each.length }), fc.subarray(each))
      .map(([once, again]) => [...once, ...again]),
  })
})

describe('what reports take of a log', () => {
  it('is what the pages for merchants say, in whatever order and however often they arrive', () => {
    fc.assert(
      fc.property(told, rules, fc.boolean(), ({ order, all, arrivals }, rule, isSum) => {
        const keyed = arrivals.map((report) => ({ orderKey: '1001', report }))
        const taken = takenBack(keyed, purchaseOf(order, rule), isSum)
        const full = fullOf(order, rule, isSum)
        const left = taken === 'whole' || taken > full ? 0n : full - taken
        const isMoney = isSum && (rule.value === 'order_total' || rule.value === 'order_subtotal')
        const expected = leftOf(order, rule, all, isSum)
        expect(left).toBe(isMoney ? quantity(digitsOf(expected)) : wholeQuantity(expected))
      }),
      { numRuns: RUNS },
    )
  })

  it('does not depend on what came first, nor on repetitions', () => {
    fc.assert(
      fc.property(told, told, rules, fc.boolean(), ({ order, arrivals }, other, rule, isSum) => {
        // objects that contradict each other too: the same ids as another order's
        const mixed = [...arrivals, ...other.arrivals].map((report) => ({ orderKey: '1001', report }))
        const purchase = purchaseOf(order, rule)
        const forward = takenBack(mixed, purchase, isSum)
        expect(takenBack(mixed.toReversed(), purchase, isSum)).toEqual(forward)
        expect(takenBack([...mixed.slice(1), ...mixed], purchase, isSum)).toEqual(forward)
      }),
      { numRuns: RUNS },
    )
  })
})

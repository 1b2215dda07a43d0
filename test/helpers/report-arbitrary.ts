import fc from 'fast-check'
import type {
  OracleDispute,
  OracleLine,
  OracleOrder,
  OracleRefund,
  OracleReports,
  OracleRule,
  OracleState,
} from './report-oracle.ts'

const state = fc.constantFrom<OracleState>('open', 'taken', 'taken', 'taken', 'given_back')
const euros = (min: number, max: number) => fc.integer({ min, max }).map((whole) => whole * 100)
const LINES = ['11', '12', '13'] as const

const line = (id: string): fc.Arbitrary<OracleLine> =>
  fc.record({
    id: fc.constant(id),
    units: fc.integer({ min: 0, max: 3 }),
    price: fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 5, arbitrary: euros(1, 40) }),
    isGiftCard: fc.constantFrom(false, false, false, true),
  })

export const orders: fc.Arbitrary<OracleOrder> = fc.record({
  lines: fc.integer({ min: 1, max: 3 }).chain((count) => fc.tuple(...LINES.slice(0, count).map(line))),
  shipping: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 900 })),
  taxPercent: fc.constantFrom(0, 7, 19),
  taxesIncluded: fc.boolean(),
  edit: fc.constantFrom(null, null, '3'),
})

export const rules: fc.Arbitrary<OracleRule> = fc.record({
  value: fc.constantFrom('one', 'order_total', 'order_subtotal', 'item_count'),
  minimum: fc.oneof(fc.constant(null), fc.integer({ min: 1, max: 9_000 })),
  ignoresGiftCards: fc.boolean(),
})

const payments = fc.oneof(
  { weight: 1, arbitrary: fc.constant([]) },
  {
    weight: 6,
    arbitrary: fc.array(fc.record({ percent: fc.nat({ max: 100 }), state }), { minLength: 1, maxLength: 2 }),
  },
)

/** `19` is a line that the order does not have. */
const refund = (id: string): fc.Arbitrary<OracleRefund> =>
  fc.record({
    id: fc.constant(id),
    returns: fc.array(
      fc.record({ line: fc.constantFrom(...LINES, ...LINES, '19'), units: fc.integer({ min: 1, max: 3 }) }),
      { maxLength: 3 },
    ),
    shipping: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 900 })),
    extra: fc.constantFrom(0, 0, 0, 1, 250, 5_000),
    payments,
  })

const dispute: fc.Arbitrary<OracleDispute> = fc.record({
  amount: fc.integer({ min: 1, max: 4_000 }),
  isForeign: fc.constantFrom(false, false, false, true),
  state,
})

export const reports: fc.Arbitrary<OracleReports> = fc.record({
  refunds: fc
    .integer({ min: 0, max: 3 })
    .chain((count) => fc.tuple(...['1', '2', '3'].slice(0, count).map(refund))),
  disputes: fc.array(dispute, { maxLength: 1 }),
  elsewhere: fc.array(fc.record({ amount: fc.integer({ min: 1, max: 6_000 }), state }), { maxLength: 2 }),
  isCancelled: fc.constantFrom(false, false, false, false, false, true),
})

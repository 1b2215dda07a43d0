import type { OrderReport } from '../ports/schema/values.ts'
import type { Row } from '../ports/schema.ts'

/** What an item says of a report that cannot be set against what counted. */
export function otherCurrency(
  { currency }: OrderReport,
  purchases: readonly Row<'purchase'>[],
): Pick<Row<'delivery_item'>, 'status' | 'reason' | 'message'> {
  const message = `the report is in ${currency}, the order that counted in ${purchases[0]?.currency}`
  return { status: 'ignored', reason: 'CURRENCY_MISMATCH', message }
}

/** What an item says of a report that does not wait, of an order that has not counted. */
export const NEVER_COUNTED = {
  status: 'ignored',
  reason: 'NOTHING_TO_REPORT',
  message: 'the order has not counted',
} as const

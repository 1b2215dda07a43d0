import type { Translation } from '../src/ports/connector.ts'
import type { OrderReport } from '../src/ports/schema/values.ts'
import { formatQuantity, type ParsedQuantity } from '../src/streaks/quantity.ts'
import { isId } from './profile.ts'
import { ignoreDelivery } from './rules.ts'

/** Which order a report is about, and whose data its body holds: as in `Translation`. */
export interface ReportedOrder {
  readonly orderId: string
  readonly orderKey: string
  readonly externalId: string | null
}

/** A report as the body states it. */
export interface StatedReport extends Omit<OrderReport, 'object' | 'amount'> {
  /** null: the body gives it no name that can be kept. */
  readonly object: string | null
  /** null = the whole order */
  readonly amount: ParsedQuantity | null
}

/**
 * The report, unless it cannot be kept: an object without a usable id would be taken for another one, and an amount
 * that is guessed would take back what was not refunded.
 */
export function reportOrder(order: ReportedOrder, stated: StatedReport): Translation {
  const { object, kind, state, amount, currency } = stated
  if (!isId(object)) return ignoreDelivery('BODY_NOT_UNDERSTOOD', order.orderId)
  if (amount !== null && !amount.ok) {
    const reason = amount.reason === 'not_a_number' ? 'BODY_NOT_UNDERSTOOD' : 'VALUE_OUT_OF_RANGE'
    return ignoreDelivery(reason, order.orderId)
  }
  const digits = amount === null ? null : formatQuantity(amount.value)
  return { kind: 'reported', ...order, report: { object, kind, state, amount: digits, currency } }
}

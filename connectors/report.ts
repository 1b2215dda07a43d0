import type { IgnoreReason, OrderNames, Translation } from '../src/ports/connector.ts'
import type { OrderReport } from '../src/ports/schema/values.ts'
import { formatQuantity, type ParsedQuantity } from '../src/streaks/quantity.ts'
import { isId } from './profile.ts'
import { ignoreDelivery } from './rules.ts'

/** Which order a body is about, and whose data it holds: as in `Translation`. */
export interface ReportedOrder extends OrderNames {
  readonly orderId: string
  readonly orderKey: string
  readonly externalId: string | null
}

/** A report as the body states it. */
export interface StatedReport extends Omit<OrderReport, 'object' | 'amount'> {
  /** null: the body gives it no name that can be kept. */
  readonly object: string | null
  /** null = the whole order, or several currencies */
  readonly amount: ParsedQuantity | null
}

/**
 * The reports of a body, unless one of them cannot be kept: an object without a usable id would be taken for another
 * one, and an amount that is guessed would take back what was not refunded.
 * @param stated at least one
 */
export function reportOrder(
  { orderName, ...order }: ReportedOrder,
  stated: readonly StatedReport[],
): Translation {
  const named = orderName === undefined || orderName === null ? {} : { orderName }
  const read = stated.map(readReport)
  const fault = read.find((each) => typeof each === 'string')
  if (fault !== undefined) return { ...ignoreDelivery(fault, order.orderId), ...named }
  return { kind: 'reported', ...order, ...named, reports: read.filter((each) => typeof each !== 'string') }
}

/** The report, or why it cannot be kept. */
export function readReport({ amount, ...stated }: StatedReport): OrderReport | IgnoreReason {
  const { object } = stated
  if (!isId(object)) return 'BODY_NOT_UNDERSTOOD'
  if (amount !== null && !amount.ok) {
    return amount.reason === 'not_a_number' ? 'BODY_NOT_UNDERSTOOD' : 'VALUE_OUT_OF_RANGE'
  }
  return { ...stated, object, amount: amount === null ? null : formatQuantity(amount.value) }
}

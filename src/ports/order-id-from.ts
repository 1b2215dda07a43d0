import type { Connector } from './connector.ts'
import type { Row } from './schema.ts'

/**
 * Where a connector reads the order id of a payment from. One that had purchases before there was the choice goes on as
 * it did: another reading would count them again. null where the platform has order ids of its own.
 */
export function orderIdFromOf(
  { orderIdFrom, hasPurchases }: Pick<Row<'connector'>, 'orderIdFrom' | 'hasPurchases'>,
  { orderIdFrom: choice }: Pick<Connector, 'orderIdFrom'>,
): string | null {
  if (choice === undefined) return null
  return orderIdFrom ?? (hasPurchases ? choice.before : choice.usual)
}

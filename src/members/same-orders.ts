import { MAX_DELIVERIES_OF_MANY, readDeliveries, spacesOf } from '../engine/load/read-reports.ts'
import { oneOf } from '../ports/conditions.ts'
import type { Row } from '../ports/schema.ts'
import type { Store } from '../ports/store.ts'

/**
 * With what else was received of the same orders in the same purchase spaces: refunds, repetitions, what another
 * platform sent. They tell of the same person, whether or not they name anybody.
 */
export async function withSameOrders(
  store: Store,
  { accountId, createdAt }: Row<'erasure'>,
  deliveryIds: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  const find = (field: 'id' | 'orderId', value: readonly string[]) =>
    readDeliveries(store, accountId, oneOf(field, value), MAX_DELIVERIES_OF_MANY)
  const known = await find('id', [...deliveryIds])
  const orderIds = new Set(known.flatMap(({ orderId }) => orderId ?? []))
  const same = (await find('orderId', [...orderIds])).filter(({ receivedAt }) => receivedAt <= createdAt)
  const spaces = await spacesOf(store, [...known, ...same])
  const orderOf = ({ connectorId, orderId }: Row<'delivery'>) =>
    JSON.stringify([spaces.get(connectorId), orderId])
  const orders = new Set(known.map(orderOf))
  return new Set([...deliveryIds, ...same.filter((each) => orders.has(orderOf(each))).map(({ id }) => id)])
}

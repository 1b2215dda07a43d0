import type { Row } from '../ports/schema.ts'
import type { Condition, Store } from '../ports/store.ts'

/** Of the orders of one commit, which have a handful each. */
const MAX_DELIVERIES = 10_000

/**
 * With what else was received of the same orders in the same purchase spaces: refunds, repetitions, what another
 * platform sent. They tell of the same person, whether or not they name anybody.
 */
export async function withSameOrders(
  store: Store,
  { accountId, createdAt }: Row<'erasure'>,
  deliveryIds: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  const find = (which: Condition<'delivery'>) =>
    store.find('delivery', {
      where: { and: [{ field: 'accountId', op: 'eq', value: accountId }, which] },
      omit: ['body', 'headers'],
      limit: MAX_DELIVERIES,
    })
  const known = await find({ field: 'id', op: 'in', value: [...deliveryIds] })
  const orderIds = [...new Set(known.flatMap(({ orderId }) => orderId ?? []))]
  const same = (await find({ field: 'orderId', op: 'in', value: orderIds })).filter(
    ({ receivedAt }) => receivedAt <= createdAt,
  )
  const connectorIds = [...new Set([...known, ...same].map(({ connectorId }) => connectorId))]
  const connectors = await store.findByKeys(
    'connector',
    ['id'],
    connectorIds.map((id) => [id]),
  )
  const spaces = new Map(connectors.map(({ id, purchaseSpace }) => [id, purchaseSpace]))
  const orderOf = ({ connectorId, orderId }: (typeof same)[number]) =>
    `${spaces.get(connectorId)?.length} ${spaces.get(connectorId)} ${orderId}`
  const orders = new Set(known.map(orderOf))
  return new Set([...deliveryIds, ...same.filter((each) => orders.has(orderOf(each))).map(({ id }) => id)])
}

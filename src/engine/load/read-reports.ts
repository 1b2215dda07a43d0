import { findRow } from '../../commit/planned.ts'
import { all, equal, oneOf, present } from '../../ports/conditions.ts'
import type { Row } from '../../ports/schema.ts'
import type { Condition, Store } from '../../ports/store.ts'
import type { KeyedReport } from '../types.ts'

/** Of one order, which has a handful. */
const MAX_DELIVERIES = 1_000
/** Of all the orders that are asked for at once. */
export const MAX_DELIVERIES_OF_MANY = 10_000

type Purchase = Pick<
  Row<'purchase'>,
  'accountId' | 'purchaseSpace' | 'orderId' | 'orderReference' | 'otherReference'
>

/**
 * All that connectors of the purchase's space have reported of its order so far, by any alias of it; not what operators
 * abandoned.
 */
export async function readReports(store: Store, purchase: Purchase): Promise<KeyedReport[]> {
  const { accountId, purchaseSpace } = purchase
  const keys = (await aliasesOf(store, purchase)).map((alias) => [accountId, alias])
  const items = await store.findByKeys('delivery_item', ['accountId', 'orderKey'], keys)
  const spaces = await spacesOf(store, items)
  return items.flatMap(({ connectorId, orderKey, report, status }) =>
    report === null ||
    orderKey === null ||
    status === 'abandoned' ||
    spaces.get(connectorId) !== purchaseSpace
      ? []
      : [{ orderKey, report }],
  )
}

export interface ReportedOrder {
  /** What counted the order, in the space of the report's connector: at most one purchase for each streak. */
  readonly purchases: readonly Row<'purchase'>[]
  /** False while purchases of the order are still to be worked off: they may not know of the report. */
  readonly isSettled: boolean
}

/**
 * The order that a report, which is stored, calls by its `orderKey`. Open purchases are read before those that counted,
 * so none is missed in between; a purchase that is stored later finds the report by itself.
 */
export async function findOrder(
  store: Store,
  { accountId, connectorId, orderKey }: Pick<Row<'delivery_item'>, 'accountId' | 'connectorId' | 'orderKey'>,
): Promise<ReportedOrder> {
  const alias = orderKey ?? ''
  const [connector, ...referring] = await Promise.all([
    findRow(store, 'connector', accountId, connectorId),
    readDeliveries(store, accountId, equal({ orderReference: alias })),
    readDeliveries(store, accountId, equal({ otherReference: alias })),
  ])
  const orderIds = [...new Set([alias, ...referring.flat().flatMap(({ orderId }) => orderId ?? [])])]
  const isSettled = await areSettled(store, accountId, orderIds)
  const purchaseSpace = connector?.purchaseSpace ?? ''
  const keys = orderIds.map((orderId) => [accountId, purchaseSpace, orderId])
  const purchases = await store.findByKeys('purchase', ['accountId', 'purchaseSpace', 'orderId'], keys)
  return { purchases, isSettled }
}

async function areSettled(store: Store, accountId: string, orderIds: readonly string[]): Promise<boolean> {
  const deliveries = await readDeliveries(store, accountId, oneOf('orderId', orderIds))
  const keys = deliveries.map(({ id }) => [accountId, id])
  const items = await store.findByKeys('delivery_item', ['accountId', 'deliveryId'], keys)
  return !items.some(({ status, activity }) => status === 'pending' && activity !== null)
}

/**
 * By order id: what platforms that charge for the order call it, where that is an alias. Their deliveries say so,
 * also those that were duplicates. Orders that have no alias are absent.
 */
export async function readOrderAliases(
  store: Store,
  accountId: string,
  orderIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const withAlias: Condition<'delivery'> = all(oneOf('orderId', orderIds), present('orderReference'))
  const deliveries = await readDeliveries(store, accountId, withAlias, MAX_DELIVERIES_OF_MANY)
  const byOrder = Map.groupBy(deliveries, ({ orderId }) => orderId ?? '')
  return new Map([...byOrder].map(([orderId, own]) => [orderId, own.flatMap(referencesOf)]))
}

async function aliasesOf(store: Store, purchase: Purchase): Promise<string[]> {
  const { accountId, orderId } = purchase
  const references = (await readOrderAliases(store, accountId, [orderId])).get(orderId) ?? []
  return [...new Set([orderId, ...references, ...referencesOf(purchase)])]
}

interface Referring {
  readonly orderReference: string | null
  readonly otherReference: string | null
}

/** The names, beside its id, by which refunds and disputes call an order. */
export function referencesOf({ orderReference, otherReference }: Referring): string[] {
  return [orderReference, otherReference].filter((name) => name !== null)
}

/** Deliveries of an account. What came in with them stays where it is: it is large, and absent from the rows. */
export function readDeliveries(
  store: Store,
  accountId: string,
  which: Condition<'delivery'>,
  limit = MAX_DELIVERIES,
): Promise<Row<'delivery'>[]> {
  const where = all(equal({ accountId }), which)
  return store.find('delivery', { where, omit: ['body', 'headers'], limit })
}

/** By connector: the space in which its purchases count once. */
export async function spacesOf(
  store: Store,
  items: readonly { readonly connectorId: string }[],
): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(items.map(({ connectorId }) => connectorId))].map((id) => [id])
  const connectors = await store.findByKeys('connector', ['id'], ids)
  return new Map(connectors.map(({ id, purchaseSpace }) => [id, purchaseSpace]))
}

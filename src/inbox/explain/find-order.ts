import { referencesOf } from '../../engine/load/read-reports.ts'
import { all, equal, oneOf } from '../../ports/conditions.ts'
import { foldOrderName } from '../../ports/schema/purchases.ts'
import type { Row } from '../../ports/schema.ts'
import type { Condition, Sort, Store } from '../../ports/store.ts'
import type { OrderQuestion } from './types.ts'

/** A delivery without what came in with it, which is large. */
export type Delivery = Row<'delivery'>

/** An order has a handful; names that many orders share are looked at so far back. */
const MAX_DELIVERIES = 500
const MAX_OTHERS = 20

export interface FoundOrder {
  readonly orderId: string
  /** All that was delivered of it by connectors of one purchase space, the newest first. */
  readonly deliveries: readonly Delivery[]
  /** One delivery of each further order that fits, the one received last first. */
  readonly others: readonly { readonly orderId: string; readonly delivery: Delivery }[]
}

/** Of many the newest are read; few are not asked for in an order, in which they would be looked for among all there are. */
interface Wanted {
  readonly where: Condition<'delivery'>
  readonly mayBeMany: boolean
}

const NEWEST: Sort<'delivery'> = [
  { field: 'createdAt', order: 'desc' },
  { field: 'id', order: 'asc' },
]

/**
 * The order that a question means: of several the one that was received last. null: nobody has heard of it.
 * @param connectors all of the account, by id
 */
export async function findOrder(
  store: Store,
  accountId: string,
  question: OrderQuestion,
  connectors: ReadonlyMap<string, Row<'connector'>>,
): Promise<FoundOrder | null> {
  const space = ({ connectorId }: Delivery) => connectors.get(connectorId)?.purchaseSpace ?? ''
  const read = (which: readonly Wanted[]) => deliveriesThat(store, accountId, which)
  const fitting = (await read(fits(question))).filter(({ orderId }) => orderId !== null)
  const names = [...new Set(fitting.map(({ orderId }) => orderId!))]
  const own = ownIds(names.length === 0 ? [] : await read(aliased(names)), space)
  const ownId = (each: Delivery) => own.get(`${space(each)} ${each.orderId}`) ?? each.orderId!
  const orders = Map.groupBy(fitting, (each) => `${space(each)} ${ownId(each)}`)
  const [found, ...others] = [...orders.values()].map(([delivery]) => delivery!)
  if (found === undefined) return null
  const orderId = ownId(found)
  const inSpace = (each: Delivery) => space(each) === space(found)
  const told = (await read([newest(equal({ orderId }))])).filter(inSpace)
  const aliases = [...new Set(told.flatMap(referencesOf))].filter((alias) => alias !== orderId)
  const reported = aliases.length === 0 ? [] : await read([few(oneOf('orderId', aliases))])
  return {
    orderId,
    deliveries: newestFirst([...told, ...reported.filter(inSpace)]),
    others: others.slice(0, MAX_OTHERS).map((delivery) => ({ orderId: ownId(delivery), delivery })),
  }
}

/** Read one by one: each has an index of its own. */
function fits({ connectorId, orderId, orderName }: OrderQuestion): Wanted[] {
  const called =
    orderId === undefined
      ? [newest(equal({ orderNameKey: foldOrderName(orderName ?? '') }))]
      : [newest(equal({ orderId })), ...aliased([orderId])]
  const byConnector = connectorId === undefined ? null : equal<'delivery'>({ connectorId })
  return called.map(({ where, mayBeMany }) => ({ where: all(where, byConnector), mayBeMany }))
}

/** Refunds and disputes may call an order by another name than its id. */
function aliased(names: readonly string[]): Wanted[] {
  return [few(oneOf('orderReference', names)), few(oneOf('otherReference', names))]
}

function newest(where: Condition<'delivery'>): Wanted {
  return { where, mayBeMany: true }
}

function few(where: Condition<'delivery'>): Wanted {
  return { where, mayBeMany: false }
}

async function deliveriesThat(
  store: Store,
  accountId: string,
  which: readonly Wanted[],
): Promise<Delivery[]> {
  const found = await Promise.all(
    which.map((each) =>
      store.find('delivery', {
        where: all(equal({ accountId }), each.where),
        ...(each.mayBeMany ? { sort: NEWEST } : {}),
        omit: ['body', 'headers'],
        limit: MAX_DELIVERIES,
      }),
    ),
  )
  return newestFirst(found.flat())
}

function newestFirst(deliveries: readonly Delivery[]): Delivery[] {
  const byId = new Map(deliveries.map((row) => [row.id, row]))
  return [...byId.values()].sort((a, b) => b.receivedAt - a.receivedAt || (a.id < b.id ? 1 : -1))
}

/** What came under an alias is of the order that has the alias. */
function ownIds(named: readonly Delivery[], space: (delivery: Delivery) => string): Map<string, string> {
  return new Map(
    named.flatMap((delivery) =>
      referencesOf(delivery)
        .filter((alias) => alias !== delivery.orderId)
        .map((alias): [string, string] => [`${space(delivery)} ${alias}`, delivery.orderId ?? alias]),
    ),
  )
}

import { above, all, ascending, equal, oneOf, present } from '../ports/conditions.ts'
import { isEmailIdentity, isErased } from '../ports/schema/values.ts'
import type { Row } from '../ports/schema.ts'
import type { Store } from '../ports/store.ts'
import { itemsIn } from './items-in.ts'

type Request = Pick<Row<'privacy_request'>, 'accountId' | 'connectorId' | 'subject'>

const PAGE = 200

/**
 * The members that a request means: by the platform's own id wherever they are, by an address only where a log of it
 * came from this connector, since elsewhere it may be another shop's customer.
 */
export async function membersMeant(store: Store, request: Request): Promise<Row<'member'>[]> {
  const { accountId, subject } = request
  const keys = (subject?.identities ?? []).map((identity) => [accountId, identity])
  const named = await store.findByKeys('member', ['accountId', 'externalId'], keys)
  const meant: Row<'member'>[] = []
  for (const member of named.filter((one) => !isErased(one))) {
    if (!isEmailIdentity(member.externalId) || (await hasLogFrom(store, request, member))) meant.push(member)
  }
  return meant
}

async function hasLogFrom(
  store: Store,
  { accountId, connectorId }: Request,
  { externalId }: Row<'member'>,
): Promise<boolean> {
  const where = all(
    equal<'delivery_item'>({ accountId, externalId, connectorId }),
    present<'delivery_item'>('streakLogId'),
  )
  return (await store.find('delivery_item', { where, limit: 1 })).length > 0
}

/**
 * Deliveries of the connector of which something is kept that is about the orders of a request, or names whom it means;
 * pages of them. What names the address beside somebody else stays that one's.
 */
export async function* deliveriesMeant(store: Store, request: Request): AsyncGenerator<readonly string[]> {
  const { subject } = request
  if (subject === null) return
  for (let from = 0; from < subject.orderIds.length; from += PAGE) {
    yield* ofOrders(store, request, subject.orderIds.slice(from, from + PAGE))
  }
  for (const identity of subject.identities) yield* naming(store, request, identity)
}

async function* ofOrders(
  store: Store,
  { accountId, connectorId }: Request,
  orderIds: readonly string[],
): AsyncGenerator<readonly string[]> {
  const own = equal<'delivery'>({ accountId, connectorId })
  const kept = present<'delivery'>('bodyKeptSince')
  let last: string | null = null
  do {
    const after: string | null = last
    const rows: Row<'delivery'>[] = await store.find('delivery', {
      where: all(own, oneOf('orderId', orderIds), kept, after === null ? null : above('id', after)),
      sort: ascending('id'),
      limit: PAGE,
      omit: ['body', 'headers'],
    })
    yield rows.map(({ id }) => id)
    last = rows.length < PAGE ? null : (rows.at(-1)?.id ?? null)
  } while (last !== null)
}

async function* naming(
  store: Store,
  { accountId, connectorId, subject }: Request,
  externalId: string,
): AsyncGenerator<readonly string[]> {
  const meant = new Set(subject?.identities)
  let last: string | null = null
  do {
    const after: string | null = last
    const items: Row<'delivery_item'>[] = await store.find('delivery_item', {
      where: all(
        equal<'delivery_item'>({ accountId, externalId, connectorId }),
        after === null ? null : above('id', after),
      ),
      sort: ascending('id'),
      limit: PAGE,
    })
    const ids = new Set(items.map(({ deliveryId }) => deliveryId))
    const around = isEmailIdentity(externalId) ? await itemsIn(store, { accountId }, ids) : []
    for (const item of around) {
      if (item.externalId !== null && !meant.has(item.externalId)) ids.delete(item.deliveryId)
    }
    yield [...ids]
    last = items.length < PAGE ? null : (items.at(-1)?.id ?? null)
  } while (last !== null)
}

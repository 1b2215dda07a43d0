import { all, any, atMost, equal, otherThan } from '../ports/conditions.ts'
import { isEmailIdentity, isErased, isIdentityOnly } from '../ports/schema/values.ts'
import type { Row } from '../ports/schema.ts'
import type { Condition, Store } from '../ports/store.ts'
import { erasedExternalId, type Scope } from './erased.ts'
import { itemsIn } from './items-in.ts'
import { withSameOrders } from './same-orders.ts'

type Item = Row<'delivery_item'>

/** Members who have an address, however it is written. */
export function having(identity: string): Condition<'member'> {
  // rows of before `emailIdentity` are being filled: most addresses are in lower case
  return any(equal({ emailIdentity: identity }), equal({ email: addressOf(identity) }))
}

function addressOf(identity: string): string {
  return identity.slice(identity.indexOf(':') + 1)
}

/** Whether an address is another member's too, and was when the identity was taken: then it tells of that one as well. */
export async function isAnothers(
  store: Store,
  { id, accountId, createdAt }: Row<'erasure'>,
  identity: string,
): Promise<boolean> {
  const others = await store.find('member', {
    where: all(
      equal({ accountId }),
      any(equal({ externalId: identity }), having(identity)),
      otherThan('id', id),
      atMost('createdAt', createdAt),
    ),
    limit: 1,
  })
  return others.length > 0
}

/**
 * Of items that name an identity those that are the erased one's. An address may stand beside somebody else's name:
 * what counted for another member is that one's, and so is, with its order, what names another member beside the
 * address, unless a rule took it for the erased one. Of the erased one's own orders a rule that goes by an address may
 * have made a purchase that waits: it is of the member that it will make, unless the erased one has that address now.
 */
export async function ownOf(
  store: Store,
  scope: Scope,
  identity: string,
  items: readonly Item[],
): Promise<Item[]> {
  if (!isEmailIdentity(identity) || items.length === 0) return [...items]
  const { erasure } = scope
  const taken = (item: Item) => identity === erasure.externalId && !isIdentityOnly(item)
  const beside = new Set(items.filter((item) => !taken(item)).map(({ deliveryId }) => deliveryId))
  const orders = await withSameOrders(store, erasure, beside)
  const around = await itemsIn(store, erasure, orders)
  const counted = await countedForOthers(store, erasure, [...items, ...around])
  const named = await namingOthers(store, scope, identity, around)
  const foreign = new Set(
    around.filter((item) => counted.has(item.id) || named.has(item.id)).map(({ deliveryId }) => deliveryId),
  )
  const kept = await withSameOrders(store, erasure, foreign)
  const isPresent = identity === erasure.externalId || identity === erasure.emailIdentity
  const ownOrders = new Set(around.filter((item) => names(erasure, item)).map(({ deliveryId }) => deliveryId))
  return items.filter((item) => {
    if (!isPresent && item.status === 'pending' && ownOrders.has(item.deliveryId)) return false
    return taken(item) ? !counted.has(item.id) : !kept.has(item.deliveryId)
  })
}

function names({ id, externalId }: Row<'erasure'>, item: Item): boolean {
  return item.externalId === externalId || item.activity?.externalId === erasedExternalId(id)
}

/** Ids of the items that became a log of another member, or would have if it were not there. */
async function countedForOthers(
  store: Store,
  { id, accountId }: Row<'erasure'>,
  items: readonly Item[],
): Promise<ReadonlySet<string>> {
  const logIds = [...new Set(items.flatMap((item) => logsOf(item)))]
  const logs = await byThousand(logIds, (ids) =>
    store.findByKeys(
      'streak_log',
      ['accountId', 'id'],
      ids.map((logId) => [accountId, logId]),
    ),
  )
  const owners = [...new Set(logs.map(({ ownedById }) => ownedById))].filter((owner) => owner !== id)
  const members = await byThousand(owners, (ids) =>
    store.findByKeys(
      'member',
      ['accountId', 'id'],
      ids.map((owner) => [accountId, owner]),
    ),
  )
  const living = new Set(members.filter((member) => !isErased(member)).map((member) => member.id))
  const theirs = new Set(logs.filter(({ ownedById }) => living.has(ownedById)).map((log) => log.id))
  return new Set(items.filter((item) => logsOf(item).some((log) => theirs.has(log))).map((item) => item.id))
}

function logsOf({ streakLogId, duplicateOfId }: Item): string[] {
  return [streakLogId, duplicateOfId].filter((id) => id !== null)
}

/** Ids of the items that name another member. */
async function namingOthers(
  store: Store,
  { erasure, addresses }: Scope,
  identity: string,
  items: readonly Item[],
): Promise<ReadonlySet<string>> {
  const { id, accountId, externalId } = erasure
  const own = new Set([externalId, identity, ...addresses])
  const names = [...new Set(items.flatMap((item) => item.externalId ?? []))].filter((name) => !own.has(name))
  const members = await byThousand(names, (some) =>
    store.findByKeys(
      'member',
      ['accountId', 'externalId'],
      some.map((name) => [accountId, name]),
    ),
  )
  const theirs = new Set(members.filter((member) => member.id !== id).map((member) => member.externalId))
  return new Set(items.filter((item) => theirs.has(item.externalId ?? '')).map((item) => item.id))
}

/** As many as the store looks up at once. */
const MAX_KEYS = 1_000

async function byThousand<T>(
  keys: readonly string[],
  find: (some: readonly string[]) => Promise<T[]>,
): Promise<T[]> {
  const found: T[] = []
  for (let at = 0; at < keys.length; at += MAX_KEYS)
    found.push(...(await find(keys.slice(at, at + MAX_KEYS))))
  return found
}

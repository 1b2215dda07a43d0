import { untilCommitted } from '../commit/planned.ts'
import { change } from '../ports/changes.ts'
import { all, any, ascending, atMost, equal, present } from '../ports/conditions.ts'
import type { Row } from '../ports/schema.ts'
import type { Change, Store } from '../ports/store.ts'
import { type EraseDeps, erasedExternalId } from './erased.ts'
import { withSameOrders } from './same-orders.ts'

const ITEMS_PER_COMMIT = 200
const LOGS_PER_COMMIT = 100
/** Why a purchase that was not counted yet never will be. */
const MEMBER_ERASED = 'MEMBER_ERASED'

type Item = Row<'delivery_item'>

/** Purchases that name this externalId and are still to be worked off; at most as many as one commit takes. */
export function openItemsNaming(store: Store, accountId: string, externalId: string): Promise<Item[]> {
  return store.find('delivery_item', {
    // no report: it takes back what the ledger holds, whoever it belonged to
    where: equal({ accountId, externalId, status: 'pending', orderKey: null }),
    limit: ITEMS_PER_COMMIT,
  })
}

/** What becomes of an item that was not worked off yet. Others stay what they are. */
export function afterErasure({ status, report }: Item): Partial<Item> {
  if (status !== 'pending' || report !== null) return {}
  const message = 'the member was erased before the purchase was counted'
  return { status: 'ignored', reason: MEMBER_ERASED, message, dueAt: null }
}

/**
 * Scrubs every item that names the member, with its delivery. What was received after the identity was taken is of a
 * new member with the same externalId, and stays.
 */
export async function scrubItemsNaming(deps: EraseDeps, erasure: Row<'erasure'>): Promise<void> {
  const { accountId, externalId, createdAt } = erasure
  const next = () =>
    deps.store.find('delivery_item', {
      where: all(
        equal({ accountId, externalId }),
        // or settled when the identity was taken, whatever the clock of the process that received it
        any(atMost('receivedAt', createdAt), equal({ reason: MEMBER_ERASED })),
      ),
      sort: ascending('id'),
      limit: ITEMS_PER_COMMIT,
    })
  // a scrubbed item names nobody, so each commit makes them fewer
  while (
    await untilCommitted(deps.store, `deliveries of member ${erasure.id}`, async () => {
      const items = await next()
      if (items.length === 0) return null
      const named = new Set(items.map((item) => item.deliveryId))
      const deliveryIds = await withSameOrders(deps.store, erasure, named)
      const found = new Set(items.map((item) => item.id))
      const others = (await itemsIn(deps.store, erasure, deliveryIds)).filter(({ id }) => !found.has(id))
      return scrubbing(deps, erasure, [...items, ...others.filter(isIdentity)], deliveryIds)
    })
  );
}

/**
 * Scrubs the deliveries from which the member's logs came, with all others of the same orders: they may name it by an
 * externalId that it had before. What else names it so is scrubbed too, unless somebody has that externalId now.
 */
export async function scrubDeliveriesOfLogs(deps: EraseDeps, erasure: Row<'erasure'>): Promise<void> {
  const { store } = deps
  for (let offset = 0; ; offset += LOGS_PER_COMMIT) {
    const logs = await logsFromDeliveries(store, erasure, offset)
    if (logs.length === 0) return
    const logIds = new Set(logs.map((log) => log.id))
    const counted = new Set(logs.flatMap(({ deliveryId }) => deliveryId ?? []))
    const deliveryIds = await withSameOrders(store, erasure, counted)
    const former = await formerIdentities(store, erasure, await itemsIn(store, erasure, counted), logIds)
    for (const externalId of former) await scrubItemsNaming(deps, { ...erasure, externalId })
    await untilCommitted(store, `deliveries of member ${erasure.id}`, async () => {
      const items = await itemsIn(store, erasure, deliveryIds)
      return scrubbing(deps, erasure, itemsOf(items, logIds), deliveryIds)
    })
    if (logs.length < LOGS_PER_COMMIT) return
  }
}

function logsFromDeliveries(
  store: Store,
  { id, accountId }: Row<'erasure'>,
  offset: number,
): Promise<Row<'streak_log'>[]> {
  return store.find('streak_log', {
    where: all(equal({ accountId, ownedById: id }), present('deliveryId')),
    sort: [
      { field: 'createdAt', order: 'desc' },
      { field: 'id', order: 'asc' },
    ],
    offset,
    limit: LOGS_PER_COMMIT,
  })
}

function itemsIn(
  store: Store,
  { accountId }: Row<'erasure'>,
  deliveryIds: ReadonlySet<string>,
): Promise<Item[]> {
  const keys = [...deliveryIds].map((id) => [accountId, id])
  return store.findByKeys('delivery_item', ['accountId', 'deliveryId'], keys)
}

/** Says whom a body names and not whose purchase it was: of no use once the body is gone. */
function isIdentity({ ruleIndex, externalId }: Item): boolean {
  return ruleIndex === null && externalId !== null
}

/** Other identities by which these items counted for the member, as far as they are nobody's now. */
async function formerIdentities(
  store: Store,
  { accountId, externalId: present }: Row<'erasure'>,
  items: readonly Item[],
  logIds: ReadonlySet<string>,
): Promise<string[]> {
  const identities = items.flatMap(({ streakLogId, externalId }) =>
    streakLogId !== null && logIds.has(streakLogId) && externalId !== null ? [externalId] : [],
  )
  const former = [...new Set(identities)].filter((identity) => identity !== present)
  const keys = former.map((identity) => [accountId, identity])
  const taken = new Set(
    (await store.findByKeys('member', ['accountId', 'externalId'], keys)).map(({ externalId }) => externalId),
  )
  return former.filter((identity) => !taken.has(identity))
}

/**
 * Of the items of these deliveries those that became one of the logs, or would have if it were not there, and others
 * that name the same person.
 */
function itemsOf(items: readonly Item[], logIds: ReadonlySet<string>): Item[] {
  const isOwn = ({ streakLogId, duplicateOfId }: Item) =>
    [streakLogId, duplicateOfId].some((id) => id !== null && logIds.has(id))
  const own = items.filter(isOwn)
  const identities = new Set(own.flatMap(({ deliveryId, externalId }) => `${deliveryId} ${externalId}`))
  return items.filter(
    (item) =>
      isOwn(item) ||
      isIdentity(item) ||
      // what is still open was settled by its identity, or is of somebody who took a former identity over
      (item.status !== 'pending' &&
        item.externalId !== null &&
        identities.has(`${item.deliveryId} ${item.externalId}`)),
  )
}

/** The delivery stays with its metadata, without what was sent; the item without who it was. */
function scrubbing(
  { clock }: EraseDeps,
  { id: memberId, accountId }: Row<'erasure'>,
  items: readonly Item[],
  deliveryIds: ReadonlySet<string>,
): Change[] {
  const updatedAt = clock.now()
  const names = { orderName: null, orderNameKey: null }
  const raw = { body: null, bodyKeptSince: null, headers: {}, ...names, updatedAt }
  return [
    ...[...deliveryIds].map((id) => change('delivery', { id, accountId }, {}, raw)),
    ...items.map((item) => {
      const { status, activity } = item
      const anonymous =
        activity === null ? null : { ...activity, externalId: erasedExternalId(memberId), profile: {} }
      const set = { ...afterErasure(item), activity: anonymous, externalId: null, updatedAt }
      return change('delivery_item', item, { status }, set)
    }),
  ]
}

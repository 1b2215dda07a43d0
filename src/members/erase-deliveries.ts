import { commitPlanned } from '../commit/planned.ts'
import { change, remove } from '../ports/changes.ts'
import { above, all, any, ascending, atMost, equal, present } from '../ports/conditions.ts'
import { emailIdentity, isEmailIdentity, isIdentityOnly } from '../ports/schema/values.ts'
import type { Row } from '../ports/schema.ts'
import type { Change, Store } from '../ports/store.ts'
import { type EraseDeps, erasedExternalId, type Scope } from './erased.ts'
import { itemsIn } from './items-in.ts'
import { withSameOrders } from './same-orders.ts'
import { isAnothers, ownOf } from './whose.ts'

const ITEMS_PER_COMMIT = 200
const LOGS_PER_COMMIT = 100
/** Why a purchase that was not counted yet never will be. */
const MEMBER_ERASED = 'MEMBER_ERASED'

type Item = Row<'delivery_item'>

/** Purchases that name this identity and are still to be worked off; at most as many as one commit takes. */
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
 * Scrubs every item that names the identity, with its delivery, and what names the addresses alone that stand beside
 * it. What was received after the identity was taken is of a new member with the same externalId, and stays; so does
 * what is somebody else's, see `ownOf`.
 */
export async function scrubItemsNaming(deps: EraseDeps, scope: Scope, identity: string): Promise<void> {
  await scrubItemsBy(deps, scope, identity, 'externalId')
  if (isEmailIdentity(identity)) await scrubItemsBy(deps, scope, identity, 'addressIdentity')
}

async function scrubItemsBy(
  deps: EraseDeps,
  scope: Scope,
  identity: string,
  field: 'externalId' | 'addressIdentity',
): Promise<void> {
  const { store } = deps
  const { erasure } = scope
  let last: Item | undefined
  do {
    const from = last?.id ?? null
    const page = await itemsNaming(store, erasure, field, identity, from)
    // before the items go that tell of them
    if (!isEmailIdentity(identity)) await scrubAddressesBeside(deps, scope, page)
    last = await written(store, scope, async () => {
      const items = await itemsNaming(store, erasure, field, identity, from)
      const own = await ownOf(store, scope, identity, items)
      const named = new Set(own.map(({ deliveryId }) => deliveryId))
      const deliveryIds = await withSameOrders(store, erasure, named)
      const ids = new Set(own.map(({ id }) => id))
      const others = (await itemsIn(store, erasure, deliveryIds)).filter(({ id }) => !ids.has(id))
      const changes = scrubbing(deps, scope, [...own, ...others.filter(isIdentity)], deliveryIds)
      return { changes, result: items.length < ITEMS_PER_COMMIT ? undefined : items.at(-1) }
    })
  } while (last !== undefined)
}

/** Scrubs what names one of the member's addresses, unless it is another member's too. */
export async function scrubAddress(deps: EraseDeps, scope: Scope, identity: string): Promise<void> {
  if (scope.addresses.has(identity) || identity === scope.erasure.externalId) return
  scope.addresses.add(identity)
  if (await isAnothers(deps.store, scope.erasure, identity)) return
  await scrubItemsNaming(deps, scope, identity)
}

/**
 * Scrubs the deliveries from which the member's logs came, with all others of the same orders: they may name it by an
 * externalId or an address that it had before. What else names it so is scrubbed too, unless it is somebody's now.
 */
export async function scrubDeliveriesOfLogs(deps: EraseDeps, scope: Scope): Promise<void> {
  const { store } = deps
  const { erasure } = scope
  for (let offset = 0; ; offset += LOGS_PER_COMMIT) {
    const logs = await logsFromDeliveries(store, erasure, offset)
    if (logs.length === 0) return
    const logIds = new Set(logs.map((log) => log.id))
    const counted = new Set(logs.flatMap(({ deliveryId }) => deliveryId ?? []))
    const deliveryIds = await withSameOrders(store, erasure, counted)
    const items = await itemsIn(store, erasure, counted)
    const own = items.filter(({ streakLogId }) => streakLogId !== null && logIds.has(streakLogId))
    await scrubAddressesBeside(deps, scope, own)
    for (const externalId of await formerIdentities(store, erasure, own)) {
      if (isEmailIdentity(externalId)) await scrubAddress(deps, scope, externalId)
      else await scrubItemsNaming(deps, scope, externalId)
    }
    await written(store, scope, async () => {
      const there = itemsOf(await itemsIn(store, erasure, deliveryIds), logIds)
      return { changes: scrubbing(deps, scope, there, deliveryIds), result: undefined }
    })
    if (logs.length < LOGS_PER_COMMIT) return
  }
}

/** Plans, and writes it unless this only looks. */
async function written<T>(
  store: Store,
  { dryRun }: Scope,
  plan: () => Promise<{ readonly changes: readonly Change[]; readonly result: T }>,
): Promise<T> {
  return dryRun ? (await plan()).result : commitPlanned(store, plan)
}

/** In the order of ids, behind the one that is named: those of others stay where they are. */
function itemsNaming(
  store: Store,
  { accountId, createdAt }: Row<'erasure'>,
  field: 'externalId' | 'addressIdentity',
  identity: string,
  from: string | null,
): Promise<Item[]> {
  return store.find('delivery_item', {
    where: all(
      equal({ accountId, [field]: identity }),
      // or settled when the identity was taken, whatever the clock of the process that received it
      any(atMost('receivedAt', createdAt), equal({ reason: MEMBER_ERASED })),
      from === null ? null : above('id', from),
    ),
    sort: ascending('id'),
    limit: ITEMS_PER_COMMIT,
  })
}

/** The addresses that these items of the member give it, or that their bodies name beside it. */
async function scrubAddressesBeside(deps: EraseDeps, scope: Scope, items: readonly Item[]): Promise<void> {
  const deliveryIds = new Set(items.map(({ deliveryId }) => deliveryId))
  const names = (await itemsIn(deps.store, scope.erasure, deliveryIds)).filter(isIdentityOnly)
  const identities = [
    ...items.flatMap(({ activity }) => activity?.profile.email ?? []).map(emailIdentity),
    ...names.flatMap(({ externalId }) => externalId ?? []).filter(isEmailIdentity),
  ]
  for (const identity of new Set(identities)) await scrubAddress(deps, scope, identity)
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

/** Says whom a body names and not whose purchase it was: of no use once the body is gone. */
function isIdentity({ ruleIndex, externalId }: Item): boolean {
  return ruleIndex === null && externalId !== null
}

/** Other identities by which these items counted for the member, as far as they are nobody's now. */
async function formerIdentities(
  store: Store,
  { accountId, externalId: present }: Row<'erasure'>,
  items: readonly Item[],
): Promise<string[]> {
  const identities = items.flatMap(({ externalId }) => externalId ?? [])
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

/** The delivery stays with its metadata, without what was sent; the item without who it was, if it says more than that. */
function scrubbing(
  { clock }: EraseDeps,
  { erasure: { id: memberId, accountId }, found, onProgress }: Scope,
  items: readonly Item[],
  deliveryIds: ReadonlySet<string>,
): Change[] {
  const updatedAt = clock.now()
  const names = { orderName: null, orderNameKey: null }
  const raw = { body: null, bodyKeptSince: null, headers: {}, ...names, updatedAt }
  for (const id of deliveryIds) found.add(id)
  if (deliveryIds.size > 0) onProgress?.(found.size)
  return [
    ...[...deliveryIds].map((id) => change('delivery', { id, accountId }, {}, raw)),
    ...items.map((item) => {
      const { status, activity } = item
      if (isIdentityOnly(item)) return remove('delivery_item', item, {})
      const anonymous =
        activity === null ? null : { ...activity, externalId: erasedExternalId(memberId), profile: {} }
      const nobody = { activity: anonymous, externalId: null, addressIdentity: null }
      const set = { ...afterErasure(item), ...nobody, updatedAt }
      return change('delivery_item', item, { status }, set)
    }),
  ]
}

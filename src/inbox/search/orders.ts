import { all, descending, equal, oneOf, present } from '../../ports/conditions.ts'
import { addressBeside, foldName, nameKeys } from '../../ports/schema/member-names.ts'
import { foldOrderName } from '../../ports/schema/purchases.ts'
import { ERASED_PREFIX, emailIdentity, isEmailIdentity } from '../../ports/schema/values.ts'
import type { Row } from '../../ports/schema.ts'
import type { Condition, Sort, Store } from '../../ports/store.ts'
import { findPeople, stayingOf } from './people.ts'

/** Without its body. */
type Delivery = Row<'delivery'>

export interface OrderSearch {
  /** What is called exactly so first, then all else, each the newest first. */
  readonly deliveries: readonly Delivery[]
  readonly hasMore: boolean
}

/** A delivery has an item for each rule, and for each thing that it reports. */
const ITEMS_PER_DELIVERY = 5
/** One for each streak that it counted on; others came over the API. */
const LOGS_PER_DELIVERY = 5
/** Of what waits, mostly next to nothing, so much is looked through. */
const MAX_WAITING = 500

const NEWEST: Sort<'delivery'> = [
  { field: 'createdAt', order: 'desc' },
  { field: 'id', order: 'asc' },
]

/**
 * What was delivered of orders that people mean by a text: the number or the name of an order, or its beginning; or who
 * bought, as `findPeople` takes it, whatever became of the order. What did not count is found by whom its body names,
 * as long as that is kept. Reads a bounded number of rows, each by an index, however many there are.
 * @throws AppError STORE_UNAVAILABLE
 */
export async function searchOrders(
  store: Store,
  accountId: string,
  sought: string,
  limit: number,
): Promise<OrderSearch> {
  const [called, begun, bought] = await Promise.all([
    calledSo(store, accountId, sought, limit + 1),
    namesThatBegin(store, accountId, sought, limit + 1),
    boughtBy(store, accountId, sought, limit + 1),
  ])
  const exact = newestFirst(called)
  const known = new Set(exact.map(({ id }) => id))
  const others = newestFirst([...bought, ...begun]).filter(({ id }) => !known.has(id))
  const deliveries = [...exact, ...others]
  return { deliveries: deliveries.slice(0, limit), hasMore: deliveries.length > limit }
}

/** Each has an index of its own. Refunds and disputes may call an order by another name than its id. */
async function calledSo(store: Store, accountId: string, sought: string, limit: number): Promise<Delivery[]> {
  const that = (where: Condition<'delivery'>, sort?: Sort<'delivery'>) =>
    deliveriesThat(store, accountId, where, limit, sort)
  const found = await Promise.all([
    that(equal({ orderNameKey: foldOrderName(sought) }), NEWEST),
    that(equal({ orderId: sought }), NEWEST),
    // one payment has a few; asked for in an order they would be looked for in all there are
    that(equal({ orderReference: sought })),
    that(equal({ otherReference: sought })),
  ])
  return found.flat()
}

/** The greatest first: shops count upwards. */
function namesThatBegin(store: Store, accountId: string, sought: string, limit: number): Promise<Delivery[]> {
  const begun = foldOrderName(sought)
  if (begun === '') return Promise.resolve([])
  const where: Condition<'delivery'> = { field: 'orderNameKey', op: 'startsWith', value: begun }
  const sort: Sort<'delivery'> = [
    { field: 'orderNameKey', order: 'desc' },
    { field: 'createdAt', order: 'asc' },
    { field: 'id', order: 'desc' },
  ]
  return deliveriesThat(store, accountId, where, limit, sort)
}

async function boughtBy(store: Store, accountId: string, sought: string, limit: number): Promise<Delivery[]> {
  if (sought.startsWith(ERASED_PREFIX)) return []
  const { members, identities } = await findPeople(store, accountId, sought)
  const theirs = members.flatMap(({ externalId, email }) => [
    externalId,
    ...(email === null ? [] : [emailIdentity(email)]),
  ])
  const names = [...new Set([...identities, ...(await stayingOf(store, accountId, theirs))])]
  const told = await Promise.all([
    ...names.map((externalId) => toldOf(store, accountId, externalId, limit)),
    ...members.map(({ id }) => countedFor(store, accountId, id, limit)),
    waitingFor(store, accountId, sought),
  ])
  // ids grow with time
  const newest = [...new Set(told.flat())].sort().slice(-limit)
  if (newest.length === 0) return []
  // by ids alone: beside the account they would be looked for in all that it has
  const found = await store.find('delivery', { where: oneOf('id', newest), omit: ['body'], limit })
  return found.filter((delivery) => delivery.accountId === accountId)
}

/** Ids of the newest deliveries that name somebody so, whatever became of them. */
async function toldOf(store: Store, accountId: string, identity: string, limit: number): Promise<string[]> {
  const by = (field: 'externalId' | 'addressIdentity') =>
    store.find('delivery_item', {
      where: equal({ accountId, [field]: identity }),
      sort: descending('id'),
      omit: ['activity', 'report'],
      limit: limit * ITEMS_PER_DELIVERY,
    })
  const items = await Promise.all([
    by('externalId'),
    ...(isEmailIdentity(identity) ? [by('addressIdentity')] : []),
  ])
  return items.flat().map(({ deliveryId }) => deliveryId)
}

/** The same of what waits to be counted: nothing is found by its address or name yet. */
async function waitingFor(store: Store, accountId: string, sought: string): Promise<string[]> {
  const waiting = await store.find('delivery_item', {
    where: all(equal({ accountId, status: 'pending' }), present('dueAt')),
    sort: descending('dueAt', 'id'),
    limit: MAX_WAITING,
  })
  const [identity, name] = [emailIdentity(sought), foldName(sought)]
  return waiting.flatMap(({ deliveryId, externalId, activity }) => {
    if (activity === null || externalId === null) return []
    const { firstName = null, lastName = null } = activity.profile
    const names = Object.values(nameKeys({ firstName, lastName }))
    const isTheirs =
      addressBeside(activity) === identity || (name !== '' && names.some((key) => key?.startsWith(name)))
    return isTheirs ? [deliveryId] : []
  })
}

/** The same of what counted for a member: also by a name that it had before. */
async function countedFor(
  store: Store,
  accountId: string,
  ownedById: string,
  limit: number,
): Promise<string[]> {
  const logs = await store.find('streak_log', {
    where: equal({ accountId, ownedById }),
    sort: [
      { field: 'createdAt', order: 'desc' },
      { field: 'id', order: 'asc' },
    ],
    limit: limit * LOGS_PER_DELIVERY,
  })
  return logs.flatMap(({ deliveryId }) => deliveryId ?? [])
}

function deliveriesThat(
  store: Store,
  accountId: string,
  which: Condition<'delivery'>,
  limit: number,
  sort?: Sort<'delivery'>,
): Promise<Delivery[]> {
  const where = all(equal({ accountId }), which)
  return store.find('delivery', { where, omit: ['body'], limit, ...(sort === undefined ? {} : { sort }) })
}

function newestFirst(deliveries: readonly Delivery[]): Delivery[] {
  const byId = new Map(deliveries.map((row) => [row.id, row]))
  return [...byId.values()].sort((a, b) => b.receivedAt - a.receivedAt || (a.id < b.id ? 1 : -1))
}

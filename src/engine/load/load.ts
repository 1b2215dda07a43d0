import { loadPlaces, type Terms } from '../../life/load-places.ts'
import type { TermsBook } from '../../life/terms-book.ts'
import type { Instant } from '../../ports/clock.ts'
import type { Row } from '../../ports/schema.ts'
import type { Store } from '../../ports/store.ts'
import { periodAt } from '../../streaks/period.ts'
import type { Teller } from '../happenings.ts'
import type { RecordRequest } from '../types.ts'
import { JOURNEY_FIELDS } from './journey-rows.ts'
import { loadNeeds } from './load-needs.ts'
import {
  journeyKey,
  keyOf,
  type Loaded,
  LoadedJourney,
  logKey,
  nothingLoaded,
  purchaseKey,
  spacedIdentifier,
} from './loaded.ts'
import { readOrderAliases, referencesOf } from './read-reports.ts'

/**
 * Reads what deciding a batch needs, in two rounds whatever the size of the batch (a third only where a late log asks
 * for it). Logs after `latestAt` will be rejected, and may lie where no calendar reaches: no period is looked up for
 * them.
 */
export async function load(
  store: Store,
  requests: readonly RecordRequest[],
  latestAt: Instant,
  isRetry: boolean,
  book: TermsBook | null,
  teller?: Teller,
): Promise<Loaded> {
  const loaded = nothingLoaded()
  const accounts = [...new Set(requests.map(({ accountId }) => accountId))]
  // before the milestones, whose caps are vouched for by what is known of the account's
  const terms =
    book === null ? [] : await Promise.all(accounts.map((accountId) => book.read(accountId, isRetry)))
  await Promise.all([
    teller?.listeners(accounts).then((listeners) => {
      loaded.listeners = listeners
    }),
    loadStreaks(store, requests, loaded),
    loadMembers(store, requests, loaded),
    loadPurchases(store, requests, loaded),
    loadReports(store, requests, loaded),
    // an item is known to be pending when it is first tried; only a conflict can mean that it no longer is
    isRetry ? loadSettledItems(store, requests, loaded) : undefined,
  ])
  await Promise.all([
    loadExistingLogs(
      store,
      isRetry ? requests : requests.filter((request) => !willBeInserted(loaded, request, latestAt)),
      loaded,
    ),
    loadJourneys(
      store,
      requests.filter((request) => request.activityAt <= latestAt),
      loaded,
    ),
    ...terms.map((each) => loadPlacesOf(store, each, loaded)),
  ])
  return loaded
}

async function loadPlacesOf(store: Store, terms: Terms, loaded: Loaded): Promise<void> {
  const milestones = [...loaded.milestones.values()].flat()
  const own = milestones.filter(({ accountId }) => accountId === terms.accountId)
  if (own.length > 0) loaded.places.set(terms.accountId, await loadPlaces(store, terms, own))
}

function distinct(keys: readonly (readonly string[])[]): string[][] {
  return [...new Map(keys.map((key) => [keyOf(...key), [...key]])).values()]
}

async function loadStreaks(store: Store, requests: readonly RecordRequest[], loaded: Loaded): Promise<void> {
  const keys = distinct(requests.map((request) => [request.accountId, request.streakId]))
  const [streaks, milestones] = await Promise.all([
    store.findByKeys('streak', ['accountId', 'id'], keys),
    store.findByKeys('milestone', ['accountId', 'linkedSchemaRecordId'], keys),
  ])
  for (const row of streaks) loaded.streaks.set(keyOf(row.accountId, row.id), row)
  for (const row of milestones) {
    const key = keyOf(row.accountId, row.linkedSchemaRecordId)
    loaded.milestones.set(key, [...(loaded.milestones.get(key) ?? []), row])
  }
}

async function loadMembers(store: Store, requests: readonly RecordRequest[], loaded: Loaded): Promise<void> {
  const byId: string[][] = []
  const byExternalId: string[][] = []
  for (const { accountId, member } of requests) {
    if ('id' in member) byId.push([accountId, member.id])
    else byExternalId.push([accountId, member.externalId])
  }
  const [first, second] = await Promise.all([
    byId.length === 0 ? [] : store.findByKeys('member', ['accountId', 'id'], distinct(byId)),
    byExternalId.length === 0
      ? []
      : store.findByKeys('member', ['accountId', 'externalId'], distinct(byExternalId)),
  ])
  for (const row of [...first, ...second]) {
    loaded.membersById.set(keyOf(row.accountId, row.id), row)
    loaded.membersByExternalId.set(keyOf(row.accountId, row.externalId), row)
  }
}

async function loadPurchases(
  store: Store,
  requests: readonly RecordRequest[],
  loaded: Loaded,
): Promise<void> {
  const keys = requests.flatMap((request) =>
    request.purchase === undefined
      ? []
      : [[request.accountId, request.purchase.purchaseSpace, request.uniqueIdentifier, request.streakId]],
  )
  if (keys.length === 0) return
  const fields = ['accountId', 'purchaseSpace', 'orderId', 'streakId'] as const
  for (const row of await store.findByKeys('purchase', fields, keys)) {
    loaded.purchases.set(purchaseKey(row.accountId, row.streakId, row.purchaseSpace, row.orderId), row)
  }
}

/** Refunds and cancellations that were reported of these orders, by any alias of theirs: they may have come first. */
async function loadReports(store: Store, requests: readonly RecordRequest[], loaded: Loaded): Promise<void> {
  const orders = await loadOrders(
    store,
    requests.filter(({ purchase }) => purchase !== undefined),
  )
  if (orders.length === 0) return
  const keys = orders.flatMap(({ accountId, aliases }) => aliases.map((alias) => [accountId, alias]))
  const rows = await store.findByKeys('delivery_item', ['accountId', 'orderKey'], distinct(keys))
  const byAlias = Map.groupBy(rows, ({ accountId, orderKey }) => keyOf(accountId, orderKey ?? ''))
  for (const { accountId, orderId, aliases } of orders) {
    const reports = aliases.flatMap((alias) => byAlias.get(keyOf(accountId, alias)) ?? [])
    if (reports.length > 0) loaded.reports.set(keyOf(accountId, orderId), reports)
  }
}

interface Order {
  readonly accountId: string
  readonly orderId: string
  /** What reports may call it. */
  readonly aliases: readonly string[]
}

async function loadOrders(store: Store, purchases: readonly RecordRequest[]): Promise<Order[]> {
  const byAccount = [...Map.groupBy(purchases, ({ accountId }) => accountId)]
  const orders = byAccount.map(async ([accountId, own]): Promise<Order[]> => {
    const byOrder = Map.groupBy(own, ({ uniqueIdentifier }) => uniqueIdentifier)
    const stored = await readOrderAliases(store, accountId, [...byOrder.keys()])
    return [...byOrder].map(([orderId, same]) => {
      const stated = same.flatMap(({ purchase }) => (purchase === undefined ? [] : referencesOf(purchase)))
      return {
        accountId,
        orderId,
        aliases: [...new Set([orderId, ...stated, ...(stored.get(orderId) ?? [])])],
      }
    })
  })
  return (await Promise.all(orders)).flat()
}

async function loadSettledItems(
  store: Store,
  requests: readonly RecordRequest[],
  loaded: Loaded,
): Promise<void> {
  const keys = requests.flatMap((request) =>
    request.purchase === undefined ? [] : [[request.purchase.itemId]],
  )
  if (keys.length === 0) return
  const rows = await store.findByKeys('delivery_item', ['id'], keys)
  for (const row of rows) if (row.status !== 'pending') loaded.settledItems.add(row.id)
}

/** The member a request speaks of, if there is one already. */
export function memberOf(loaded: Loaded, request: RecordRequest): Row<'member'> | undefined {
  const { accountId, member } = request
  return 'id' in member
    ? loaded.membersById.get(keyOf(accountId, member.id))
    : loaded.membersByExternalId.get(keyOf(accountId, member.externalId))
}

/**
 * A purchase that its ledger does not hold has a log only where the API was told of the same order. That is rare, and
 * inserting it is a conflict then, after which its log is looked up: the first try spares the search.
 */
function willBeInserted(loaded: Loaded, request: RecordRequest, latestAt: Instant): boolean {
  const streak = loaded.streaks.get(keyOf(request.accountId, request.streakId))
  const isAccepted = streak?.status === 'live' && memberOf(loaded, request)?.status === 'live'
  return request.purchase !== undefined && isAccepted && request.activityAt <= latestAt
}

async function loadExistingLogs(
  store: Store,
  requests: readonly RecordRequest[],
  loaded: Loaded,
): Promise<void> {
  const keys = requests.flatMap((request) => {
    const member = memberOf(loaded, request)
    if (member === undefined) return []
    const { accountId, streakId, uniqueIdentifier, purchase } = request
    const names =
      purchase === undefined
        ? [uniqueIdentifier]
        : [uniqueIdentifier, spacedIdentifier(uniqueIdentifier, purchase.purchaseSpace)]
    return names.map((name) => [accountId, member.id, streakId, name])
  })
  if (keys.length === 0) return
  const fields = ['accountId', 'ownedById', 'streakId', 'uniqueIdentifier'] as const
  for (const row of await store.findByKeys('streak_log', fields, keys)) {
    const key = logKey(row.accountId, row.ownedById, row.streakId, row.uniqueIdentifier)
    loaded.existingLogs.set(key, { id: row.id, isPurchase: row.deliveryId !== null })
  }
}

/** Progress of each log's period, and the runs that end before or start after it. */
async function loadJourneys(store: Store, requests: readonly RecordRequest[], loaded: Loaded): Promise<void> {
  const periods = new Map<string, { ids: [string, string, string]; numbers: Set<number> }>()
  for (const request of requests) {
    const member = memberOf(loaded, request)
    const streak = loaded.streaks.get(keyOf(request.accountId, request.streakId))
    if (member === undefined || streak === undefined) continue
    const key = journeyKey(request.accountId, member.id, streak.id)
    const entry = periods.get(key) ?? { ids: [request.accountId, member.id, streak.id], numbers: new Set() }
    entry.numbers.add(periodAt(streak, request.activityAt).number)
    periods.set(key, entry)
    loaded.journeys.set(key, new LoadedJourney())
  }
  if (periods.size === 0) return
  const entries = [...periods.values()]
  const rows = await store.findByKeys(
    'member_streak',
    JOURNEY_FIELDS,
    entries.map((entry) => entry.ids),
  )
  const needs = rows.flatMap((row) => {
    const key = journeyKey(row.accountId, row.ownedById, row.streakId)
    const journey = loaded.journeys.get(key)!
    journey.row = row
    const milestones = loaded.milestones.get(keyOf(row.accountId, row.streakId)) ?? []
    return [...periods.get(key)!.numbers].flatMap((periodNumber) => [
      { journey, need: { fact: 'progress', periodNumber } as const },
      { journey, need: { fact: 'run_ending', periodNumber: periodNumber - 1 } as const },
      { journey, need: { fact: 'run_starting', periodNumber: periodNumber + 1 } as const },
      ...(row.hasRewards && milestones.length > 0
        ? [{ journey, need: { fact: 'rewards_at', periodNumber } as const }]
        : []),
    ])
  })
  const once = rows.flatMap((row) => {
    const journey = loaded.journeys.get(journeyKey(row.accountId, row.ownedById, row.streakId))!
    const milestones = loaded.milestones.get(keyOf(row.accountId, row.streakId)) ?? []
    const wanted = row.hasRewards && milestones.some((milestone) => milestone.milestoneRepeat === 'once')
    return wanted ? [{ journey, need: { fact: 'once_rewards' } as const }] : []
  })
  await loadNeeds(store, loaded, [...needs, ...once])
}

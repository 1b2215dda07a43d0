import { AppError } from '../../errors.ts'
import { all, beyond } from '../../ports/conditions.ts'
import type { CollectionName, FieldName, Row } from '../../ports/schema.ts'
import type { Condition, Store } from '../../ports/store.ts'
import type { JsonObject } from '../json/write-json.ts'
import {
  type Call,
  type PresentOptions,
  type Resource,
  rowJson,
  type Served,
  withChoices,
} from '../resource.ts'
import { asSeenBy } from './end-user.ts'
import { indexedLists } from './indexed.ts'
import { readListQuery } from './query.ts'
import { type Reads, readRows } from './read-rows.ts'
import { MAX_CONTAINS_RECORDS, tooExpensive } from './selective.ts'

/** Totals are exact up to here. */
export const MAX_TOTAL_COUNT = 100_000

/** A resource with its reads, ready for the router. */
export function served<C extends CollectionName>(store: Store, described: Resource<C>): Served {
  const resource = { ...described, fields: withChoices(described.collection, described.fields) }
  return {
    ...resource,
    indexed: indexedLists(resource),
    list: (call, search) => listRecords(store, asSeenBy(resource, call.caller), call, search),
    get: (call, id) => getRecord(store, asSeenBy(resource, call.caller), call, id),
    pages: (accountId, now) => recordPages(store, resource, accountId, now),
  }
}

interface Paging {
  readonly offset: number
  readonly limit: number
  readonly hasMore: boolean
  readonly totalCount?: number
  readonly totalCountCapped?: true
}

/** The reads of a store, bounded: whoever asks for a list chooses what it costs. */
function boundedReads(store: Store): Reads {
  return {
    find: (collection, query) => store.find(collection, { ...query, bounded: true }),
    count: (collection, where, max) => store.count(collection, where, max, true),
  }
}

/** Serves a list. @throws AppError INVALID_INPUT | FILTER_NOT_SELECTIVE | QUERY_TOO_EXPENSIVE | OVERLOADED */
async function listRecords<C extends CollectionName>(
  store: Store,
  resource: Resource<C>,
  call: Call,
  search: string,
): Promise<{ data: JsonObject[]; paging: Paging }> {
  const { collection } = resource
  const query = readListQuery(resource, search, call.now)
  const { offset, limit, terms, fields } = query
  const reads = boundedReads(store)
  if (query.readsAll) await refuseMany(reads, resource, call.caller.accountId)
  const where = scoped(resource, call.caller.accountId, query.condition)
  const source = { store: reads, collection, ...omitOf(resource) }
  const read = async () => {
    const rows = await readRows(source, terms, { where, offset, limit: limit + 1 })
    // not at once: where the page is too dear the count need not be tried
    const counted = query.fetchTotalCount ? await reads.count(collection, where, MAX_TOTAL_COUNT + 1) : null
    return { rows, counted }
  }
  const { rows, counted } = await read().catch((error: unknown) => {
    if (!(error instanceof AppError) || error.code !== 'QUERY_TOO_EXPENSIVE') throw error
    throw tooExpensive(resource, error.message)
  })
  const shown = fields ?? defaultFields(resource)
  const data = await presentRows(resource, rows.slice(0, limit), call, shown)
  return { data, paging: { offset, limit, hasMore: rows.length > limit, ...totals(counted) } }
}

/** @throws AppError QUERY_TOO_EXPENSIVE where there are too many records to look through them */
async function refuseMany<C extends CollectionName>(
  reads: Reads,
  resource: Resource<C>,
  accountId: string,
): Promise<void> {
  const all = scoped(resource, accountId, null)
  const count = await reads.count(resource.collection, all, MAX_CONTAINS_RECORDS + 1)
  if (count <= MAX_CONTAINS_RECORDS) return
  throw tooExpensive(resource, `CONTAINS alone looks through at most ${MAX_CONTAINS_RECORDS} of them`)
}

function totals(counted: number | null): Pick<Paging, 'totalCount' | 'totalCountCapped'> {
  if (counted === null) return {}
  return counted > MAX_TOTAL_COUNT
    ? { totalCount: MAX_TOTAL_COUNT, totalCountCapped: true }
    : { totalCount: counted }
}

/** One record with all its fields; null when the account has none by this id. */
async function getRecord<C extends CollectionName>(
  store: Store,
  resource: Resource<C>,
  call: Call,
  id: string,
): Promise<JsonObject | null> {
  const where = scoped(resource, call.caller.accountId, { field: 'id' as FieldName<C>, op: 'eq', value: id })
  const rows = await store.find(resource.collection, { where, limit: 1, ...omitOf(resource) })
  const [record] = await presentRows(resource, rows, call, Object.keys(resource.fields))
  const [row] = rows as readonly { readonly revision?: number }[]
  if (resource.isTagged === true && row?.revision !== undefined) call.tag?.(row.revision)
  return record ?? null
}

/** So many records are held at once when all are read. */
const PAGE = 200

async function* recordPages<C extends CollectionName>(
  store: Store,
  resource: Resource<C>,
  accountId: string,
  now: Call['now'],
): AsyncGenerator<JsonObject[]> {
  const own = scoped(resource, accountId, null)
  const sort = [
    { field: 'createdAt' as FieldName<C>, order: 'desc' as const },
    { field: 'id' as FieldName<C>, order: 'asc' as const },
  ]
  let where = own
  for (;;) {
    const { collection } = resource
    const rows = await store.find(collection, { where, sort, limit: PAGE, ...omitOf(resource) })
    if (rows.length > 0) yield await asGot(resource, rows, accountId, now)
    if (rows.length < PAGE) return
    // every collection has both fields
    const last = rows.at(-1)! as Row<CollectionName>
    where = all(own, beyond<CollectionName, 'createdAt'>('createdAt', 'desc', last) as Condition<C>)
  }
}

/** The conditions that hold for every read of a resource: its account, and what is one of its records. */
function scoped<C extends CollectionName>(
  resource: Resource<C>,
  accountId: string,
  condition: Condition<C> | null,
): Condition<C> {
  const own: Condition<C> = { field: 'accountId' as FieldName<C>, op: 'eq', value: accountId }
  return { and: [own, resource.scope, condition].filter((part) => part !== undefined && part !== null) }
}

function omitOf<C extends CollectionName>(resource: Resource<C>): { omit?: readonly FieldName<C>[] } {
  return resource.omit === undefined ? {} : { omit: resource.omit }
}

function defaultFields<C extends CollectionName>(resource: Resource<C>): string[] {
  return Object.entries(resource.fields).flatMap(([slug, field]) =>
    field.onRequest === undefined ? [slug] : [],
  )
}

/** Rows as a list shows them that asks for no fields. */
export function asListed<C extends CollectionName>(
  resource: Resource<C>,
  rows: readonly Row<C>[],
  accountId: string,
  now: Call['now'],
): Promise<JsonObject[]> {
  return presentRows(resource, rows, { caller: { accountId }, now }, defaultFields(resource))
}

/** Rows with all their fields, as a get shows each. */
export function asGot<C extends CollectionName>(
  resource: Resource<C>,
  rows: readonly Row<C>[],
  accountId: string,
  now: Call['now'],
): Promise<JsonObject[]> {
  return presentRows(resource, rows, { caller: { accountId }, now }, Object.keys(resource.fields))
}

/** Rows as records that hold exactly the fields in `shown`, in the order of the resource. */
async function presentRows<C extends CollectionName>(
  resource: Resource<C>,
  rows: readonly Row<C>[],
  call: { readonly caller: Pick<Call['caller'], 'accountId'>; readonly now: Call['now'] },
  shown: readonly string[],
): Promise<JsonObject[]> {
  if (rows.length === 0) return []
  const wanted = new Set(shown)
  const options: PresentOptions = {
    accountId: call.caller.accountId,
    now: call.now,
    wants: (...slugs) => slugs.some((slug) => wanted.has(slug)),
  }
  const records =
    (await resource.present?.(rows, options)) ??
    rows.map((row) => rowJson(resource.collection, resource.fields, row))
  const order = Object.keys(resource.fields).filter((slug) => wanted.has(slug))
  return records.map((record) => Object.fromEntries(order.map((slug) => [slug, record[slug]])))
}

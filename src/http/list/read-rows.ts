import type { IndexSpec } from '../../ports/schema/spec.ts'
import { type CollectionName, type FieldName, type Row, specOf } from '../../ports/schema.ts'
import type { Condition, Query, Scalar, Store } from '../../ports/store.ts'
import { compareRows } from './compare.ts'
import type { ClassTerm, FieldTerm, Terms } from './sort.ts'

export type Reads = Pick<Store, 'find' | 'count'>

/** What a list is read from. */
export interface Source<C extends CollectionName> {
  readonly store: Reads
  readonly collection: C
  readonly omit?: readonly FieldName<C>[]
}

/** Which rows: `limit` of those that match, after `offset` of them. */
export interface Page<C extends CollectionName> {
  readonly where: Condition<C>
  readonly offset: number
  readonly limit: number
}

/**
 * The rows of a page in the order of `terms`, exactly. Orders that the store cannot give, or not from an index, are put
 * together from several reads; each of them passes rows of the page or before it only.
 */
export async function readRows<C extends CollectionName>(
  source: Source<C>,
  terms: Terms<C>,
  page: Page<C>,
): Promise<Row<C>[]> {
  const at = terms.findIndex((term) => 'classes' in term)
  if (at === 0) return readClasses(source, terms[0] as ClassTerm<C>, terms.slice(1), page)
  if (at > 0) return readGroups(source, terms.slice(0, at) as FieldTerm<C>[], 'asc', terms.slice(at), page)
  const fields = terms as readonly FieldTerm<C>[]
  const [first, second] = fields
  if (first !== undefined && second?.field === 'id' && readsBackwards(source.collection, first)) {
    return readGroups(source, [first], 'desc', [second], page)
  }
  return find(source, fields, page)
}

function find<C extends CollectionName>(
  { store, collection, omit }: Source<C>,
  sort: readonly FieldTerm<C>[],
  page: Page<C>,
): Promise<Row<C>[]> {
  const query: Query<C> = { ...page, sort, ...(omit === undefined ? {} : { omit }) }
  return store.find(collection, query)
}

/**
 * Indexes keep such a field descending, with ids ascending: read backwards they give the wanted order, but rows that
 * are equal in the field by descending id.
 */
function readsBackwards<C extends CollectionName>(collection: C, { field, order }: FieldTerm<C>): boolean {
  return (
    order === 'asc' && Object.values(specOf(collection).indexes).some((index) => isNewestFirst(index, field))
  )
}

/** An index that serves lists by `field`, in both directions. */
export function isNewestFirst({ fields, descending = [], where }: IndexSpec, field: string): boolean {
  return (
    where === undefined && fields.at(-1) === 'id' && fields.at(-2) === field && descending.includes(field)
  )
}

/** One class after the other. A row that changes its class meanwhile is shown once. */
async function readClasses<C extends CollectionName>(
  source: Source<C>,
  { classes }: ClassTerm<C>,
  rest: Terms<C>,
  { where, offset, limit }: Page<C>,
): Promise<Row<C>[]> {
  const found = new Map<string, Row<C>>()
  let skip = offset
  for (const condition of classes) {
    const inClass: Condition<C> = { and: [where, condition] }
    if (skip > 0) {
      const size = await source.store.count(source.collection, inClass, skip)
      if (size < skip) {
        skip -= size
        continue
      }
    }
    const page = { where: inClass, offset: skip, limit: limit - found.size }
    for (const row of await readRows(source, rest, page)) if (!found.has(row.id)) found.set(row.id, row)
    skip = 0
    if (found.size === limit) break
  }
  return [...found.values()]
}

/**
 * Reads in the order of `prefix`, in which a group of equal rows takes the same places whatever the order inside it.
 * Groups that are whole are then put in the order of `rest`; of those that the page cuts, just the part that belongs
 * into it is read in that order.
 */
async function readGroups<C extends CollectionName>(
  source: Source<C>,
  prefix: readonly FieldTerm<C>[],
  idOrder: 'asc' | 'desc',
  rest: Terms<C>,
  page: Page<C>,
): Promise<Row<C>[]> {
  const { offset, limit } = page
  const before = offset === 0 ? 0 : 1
  const sort = [...prefix, { field: 'id' as FieldName<C>, order: idOrder }]
  // one row more at each end tells whether the page cuts a group there
  const read = await find(source, sort, { ...page, offset: offset - before, limit: before + limit + 1 })
  const rows = read.slice(before, before + limit)
  const sameGroup = compareRows(prefix)
  const groups = runsOf(rows, (one, other) => sameGroup(one, other) === 0)
  const inOrder = compareRows(rest)
  const isCut = (group: readonly Row<C>[], outside: Row<C> | undefined) =>
    outside !== undefined && group[0] !== undefined && sameGroup(group[0], outside) === 0
  const parts = await Promise.all(
    groups.map(async (group, at) => {
      const cutBefore = at === 0 && before === 1 && isCut(group, read[0])
      const cutAfter = at === groups.length - 1 && isCut(group, read[before + limit])
      if (!cutBefore && !cutAfter) return group.toSorted(inOrder)
      return readPart(source, prefix, rest, page, group, cutBefore)
    }),
  )
  return parts.flat()
}

async function readPart<C extends CollectionName>(
  source: Source<C>,
  prefix: readonly FieldTerm<C>[],
  rest: Terms<C>,
  { where, offset }: Page<C>,
  group: readonly Row<C>[],
  cutBefore: boolean,
): Promise<Row<C>[]> {
  const sample = group[0] as Row<C>
  const skip = cutBefore ? offset - (await countBefore(source, prefix, where, sample, offset)) : 0
  const inGroup = prefix.map(({ field }) => equals<C>(field, sample[field]))
  return readRows(source, rest, { where: { and: [where, ...inGroup] }, offset: skip, limit: group.length })
}

/** How many rows come before the group of `sample`: at most `max`, since the page begins inside it. */
function countBefore<C extends CollectionName>(
  { store, collection }: Source<C>,
  prefix: readonly FieldTerm<C>[],
  where: Condition<C>,
  sample: Row<C>,
  max: number,
): Promise<number> {
  const nullable = ({ field }: FieldTerm<C>) => specOf(collection).fields[field]?.nullable === true
  const branches = prefix.map((term, at): Condition<C> => {
    const equal = prefix.slice(0, at).map(({ field }) => equals<C>(field, sample[field]))
    return { and: [...equal, precedes(term, sample[term.field], nullable(term))] }
  })
  const [only] = branches
  const earlier = branches.length === 1 && only !== undefined ? only : { or: branches }
  return store.count(collection, { and: [where, earlier] }, max)
}

function equals<C extends CollectionName>(field: FieldName<C>, value: unknown): Condition<C> {
  return value === null ? { field, op: 'isNull' } : { field, op: 'eq', value: value as Scalar }
}

/** Rows that come before those with this value: nulls are lowest. */
function precedes<C extends CollectionName>(
  { field, order }: FieldTerm<C>,
  value: unknown,
  nullable: boolean,
): Condition<C> {
  if (value === null) return order === 'asc' ? { or: [] } : { field, op: 'isNotNull' }
  if (order === 'desc') return { field, op: 'gt', value: value as Scalar }
  const lower: Condition<C> = { field, op: 'lt', value: value as Scalar }
  return nullable ? { or: [lower, { field, op: 'isNull' }] } : lower
}

function runsOf<T>(items: readonly T[], isSame: (one: T, other: T) => boolean): T[][] {
  const runs: T[][] = []
  for (const item of items) {
    const last = runs.at(-1)
    if (last?.[0] !== undefined && isSame(last[0], item)) last.push(item)
    else runs.push([item])
  }
  return runs
}

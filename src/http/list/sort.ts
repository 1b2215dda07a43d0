import { invalid } from '../../errors.ts'
import type { Instant } from '../../ports/clock.ts'
import { type CollectionName, type FieldName, type Row, specOf } from '../../ports/schema.ts'
import type { Condition } from '../../ports/store.ts'
import { JsonNumber } from '../../read/exact-json.ts'
import { readOneOf, show } from '../../read/values.ts'
import { type FilterRewrite, type Resource, typeOf } from '../resource.ts'
import { ownField } from './filters.ts'

export const MAX_SORT_FIELDS = 5

/** By a stored field. */
export interface FieldTerm<C extends CollectionName> {
  readonly field: FieldName<C>
  readonly order: 'asc' | 'desc'
}

/** By a computed field with a closed list of values: rows of the first class come first. Each row is of one class. */
export interface ClassTerm<C extends CollectionName> {
  readonly classes: readonly Condition<C>[]
  /** Which of `classes` a row is of. */
  classOf(row: Row<C>): number
}

/** The order of a list; its last term leaves no two rows equal. */
export type Terms<C extends CollectionName> = readonly (FieldTerm<C> | ClassTerm<C>)[]

type Described<C extends CollectionName> = Pick<Resource<C>, 'collection' | 'fields'>

/** Reads `sortBy`. Ties go by id; the default is the newest first. @throws AppError INVALID_INPUT */
export function readSort<C extends CollectionName>(
  resource: Described<C>,
  written: unknown,
  now: Instant,
): Terms<C> {
  const byId: FieldTerm<C> = { field: 'id' as FieldName<C>, order: 'asc' }
  const byNewest: Terms<C> = [{ field: 'createdAt' as FieldName<C>, order: 'desc' }, byId]
  if (written === undefined) return byNewest
  if (!Array.isArray(written) || written.length > MAX_SORT_FIELDS) {
    throw invalid('sortBy', `must be a list of at most ${MAX_SORT_FIELDS} objects {"fieldSlug", "order"}`)
  }
  if (written.length === 0) return byNewest
  const items = written.map((item, index) => readItem(resource, item, `sortBy.${index}`))
  const slugs = new Set(items.map(({ slug }) => slug))
  if (slugs.size < items.length) throw invalid('sortBy', 'names a field more than once')
  return upToUnique(resource.collection, [...items.map((item) => termOf(resource, item, now)), byId])
}

interface Item {
  readonly slug: string
  readonly order: 'asc' | 'desc'
}

function readItem<C extends CollectionName>(resource: Described<C>, item: unknown, path: string): Item {
  if (typeof item !== 'object' || item === null || Array.isArray(item) || item instanceof JsonNumber) {
    throw invalid(path, 'must be an object {"fieldSlug", "order"}')
  }
  const { fieldSlug, order = 'ASC', ...rest } = item as Record<string, unknown>
  const [stranger] = Object.keys(rest)
  if (stranger !== undefined) throw invalid(path, `has an unknown field ${show(stranger)}`)
  const direction = readOneOf(['ASC', 'DESC'])(order)
  if (!direction.ok) throw invalid(`${path}.order`, direction.message)
  const field = typeof fieldSlug === 'string' ? ownField(resource, fieldSlug) : undefined
  if (typeof fieldSlug !== 'string' || field === undefined || !isSortable(resource, field)) {
    throw invalid(
      `${path}.fieldSlug`,
      `${show(fieldSlug)} cannot be sorted by; these can: ${sortableSlugs(resource).join(', ')}`,
    )
  }
  return { slug: fieldSlug, order: direction.value === 'ASC' ? 'asc' : 'desc' }
}

function termOf<C extends CollectionName>(
  resource: Described<C>,
  { slug, order }: Item,
  now: Instant,
): FieldTerm<C> | ClassTerm<C> {
  const field = ownField(resource, slug)
  if (field?.filter !== undefined) return classTerm(field.filter, order, now)
  return { field: field?.stored as FieldName<C>, order }
}

function classTerm<C extends CollectionName>(
  rewrite: FilterRewrite<C>,
  order: Item['order'],
  now: Instant,
): ClassTerm<C> {
  // the values are plain ASCII words, of which this is the order of their bytes
  const values = [...rewrite.values].sort()
  if (order === 'desc') values.reverse()
  return {
    classes: values.map((value) => rewrite.toCondition([value], now)),
    classOf: (row) => values.indexOf(rewrite.valueIn(row, now)),
  }
}

/** Leaves out what can never decide: no two rows of an account are equal in a field that is unique there. */
function upToUnique<C extends CollectionName>(collection: C, terms: Terms<C>): Terms<C> {
  const unique = terms.findIndex((term) => 'field' in term && isUniqueInAccount(collection, term.field))
  return unique === -1 ? terms : terms.slice(0, unique + 1)
}

export function isUniqueInAccount(collection: CollectionName, field: string): boolean {
  const { fields, indexes } = specOf(collection)
  if (field === 'id') return true
  return Object.values(indexes).some(
    (index) =>
      index.unique === true &&
      index.where === undefined &&
      index.fields.length === 2 &&
      index.fields[0] === 'accountId' &&
      index.fields[1] === field &&
      fields[field]?.nullable === false,
  )
}

export function isSortable<C extends CollectionName>(
  resource: Pick<Resource<C>, 'collection'>,
  field: Resource<C>['fields'][string],
): boolean {
  if (field.filter !== undefined) return true
  if (field.folded !== undefined) return false
  const type = typeOf(resource.collection, field)
  return type !== null && type !== 'json' && type !== 'bytes'
}

export function sortableSlugs<C extends CollectionName>(resource: Described<C>): string[] {
  return Object.entries(resource.fields).flatMap(([slug, field]) =>
    isSortable(resource, field) ? [slug] : [],
  )
}

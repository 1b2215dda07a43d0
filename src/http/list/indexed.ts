import type { IndexSpec } from '../../ports/schema/spec.ts'
import { type CollectionName, specOf } from '../../ports/schema.ts'
import type { Condition } from '../../ports/store.ts'
import type { IndexedList, Resource } from '../resource.ts'
import { isNewestFirst } from './read-rows.ts'

type Described<C extends CollectionName> = Pick<Resource<C>, 'collection' | 'fields' | 'scope'>

/** What the reference promises to be quick, worked out of the indexes themselves. */
export function indexedLists<C extends CollectionName>(resource: Described<C>): IndexedList[] {
  const { indexes } = specOf(resource.collection)
  const lists = Object.values(indexes).flatMap((index) => listsBy(resource, index))
  const byText = new Map(lists.map((list) => [JSON.stringify(list), list]))
  return [...byText.values()].sort(
    (one, other) =>
      one.equals.length - other.equals.length ||
      one.equals.join().localeCompare(other.equals.join(), 'en') ||
      String(one.sort).localeCompare(String(other.sort), 'en'),
  )
}

function listsBy<C extends CollectionName>(resource: Described<C>, index: IndexSpec): IndexedList[] {
  const { unique, where } = index
  const [account, ...own] = index.fields
  if (account !== 'accountId' || where !== undefined) return []
  const fixed = fixedBy(resource.scope)
  const free = own.filter((field) => !fixed.has(field))
  const sorted = free.at(-2)
  if (sorted !== undefined && isNewestFirst(index, sorted)) {
    const equals = slugsOf(resource, free.slice(0, -2), 'equals')
    const [sort] = slugsOf(resource, [sorted], 'sort') ?? []
    return equals === null || sort === undefined ? [] : [{ equals, sort }]
  }
  if (unique !== true) return []
  const equals = slugsOf(resource, free, 'equals')
  const single = free.length === 1 ? slugsOf(resource, free, 'sort') : null
  return [
    ...(equals === null ? [] : [{ equals, sort: null }]),
    ...(single ?? []).map((sort) => ({ equals: [], sort })),
  ]
}

/** Callers' names of stored fields; null where one of them is not theirs to ask for. */
function slugsOf<C extends CollectionName>(
  { fields }: Described<C>,
  stored: readonly string[],
  use: 'equals' | 'sort',
): string[] | null {
  const known = Object.entries(fields)
  const slugs = stored.flatMap((name) => {
    const found = known.find(
      ([, field]) =>
        field.stored === name ||
        (use === 'equals' && (field.lookup?.stored === name || field.folded?.stored === name)),
    )
    return found === undefined ? [] : [found[0]]
  })
  return slugs.length === stored.length ? slugs : null
}

/** Fields that have one value in all records of a resource. */
function fixedBy<C extends CollectionName>(scope: Condition<C> | undefined): ReadonlySet<string> {
  if (scope === undefined) return new Set()
  if ('and' in scope) return new Set(scope.and.flatMap((part) => [...fixedBy(part)]))
  return new Set('op' in scope && scope.op === 'eq' ? [scope.field] : [])
}

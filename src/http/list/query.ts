import { invalid } from '../../errors.ts'
import type { Instant } from '../../ports/clock.ts'
import type { CollectionName } from '../../ports/schema.ts'
import type { Condition } from '../../ports/store.ts'
import { JsonFault, parseExactJson } from '../../read/exact-json.ts'
import { readOneOf, show } from '../../read/values.ts'
import { shownName } from '../read/check.ts'
import type { Resource } from '../resource.ts'
import { compileFilter } from './filters.ts'
import { isSelective, requireSelective } from './selective.ts'
import { readSort, type Terms } from './sort.ts'

export { isSortable, MAX_SORT_FIELDS } from './sort.ts'

const PARAMETERS = ['fields', 'filters', 'sortBy', 'offset', 'limit', 'fetchTotalCount'] as const
export const MAX_OFFSET = 100_000
export const MAX_LIMIT = 1000
export const DEFAULT_LIMIT = 20

export interface ListQuery<C extends CollectionName> {
  /** Fields to show; null: all but those on request. */
  readonly fields: readonly string[] | null
  readonly condition: Condition<C> | null
  /** Whether what no index serves is asked of whatever there is: fine where that is not much. */
  readonly readsAll: boolean
  readonly terms: Terms<C>
  readonly offset: number
  readonly limit: number
  readonly fetchTotalCount: boolean
}

/** Reads the parameters of a list; anything unknown, repeated, malformed or out of range is a 400. @throws AppError */
export function readListQuery<C extends CollectionName>(
  resource: Resource<C>,
  search: string,
  now: Instant,
): ListQuery<C> {
  const given = parameters(search)
  const filters = jsonOf(given, 'filters')
  const filter = filters === undefined ? null : compileFilter(resource, filters, now)
  if (filter !== null) requireSelective(resource, filter.required)
  const count = given.get('fetchTotalCount') ?? 'false'
  if (count !== 'true' && count !== 'false')
    throw invalid('fetchTotalCount', `must be true or false, not ${show(count)}`)
  return {
    fields: readFields(resource, jsonOf(given, 'fields')),
    condition: filter === null ? null : filter.condition,
    readsAll: filter?.hasContains === true && !isSelective(resource, filter.required),
    terms: readSort(resource, jsonOf(given, 'sortBy'), now),
    offset: wholeNumber(given, 'offset', 0, MAX_OFFSET, 0),
    limit: wholeNumber(given, 'limit', 1, MAX_LIMIT, DEFAULT_LIMIT),
    fetchTotalCount: count === 'true',
  }
}

/** Refuses every query parameter. @throws AppError INVALID_INPUT */
export function refuseParameters(search: string): void {
  const [name] = [...pairs(search)].map(([key]) => key)
  if (name !== undefined) throw invalid(shownName(name), 'is not a parameter of this request')
}

function parameters(search: string): Map<string, string> {
  return readParameters(search, PARAMETERS, 'a list parameter')
}

/** The parameters of a query, by name. @param what they are, for messages @throws AppError INVALID_INPUT */
export function readParameters(search: string, names: readonly string[], what: string): Map<string, string> {
  const given = new Map<string, string>()
  for (const [name, value] of pairs(search)) {
    const known = readOneOf(names)(name)
    if (!known.ok) throw invalid(shownName(name), `is not ${what}; these are: ${names.join(', ')}`)
    if (given.has(name)) throw invalid(name, 'is given more than once')
    given.set(name, value)
  }
  return given
}

function* pairs(search: string): Generator<[string, string]> {
  for (const part of search.split('&')) {
    if (part === '') continue
    const at = part.includes('=') ? part.indexOf('=') : part.length
    yield [decode(part.slice(0, at)), decode(part.slice(at + 1))]
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw invalid('query', 'is not validly percent-encoded UTF-8')
  }
}

function jsonOf(given: ReadonlyMap<string, string>, name: string): unknown {
  const text = given.get(name)
  if (text === undefined) return undefined
  try {
    return parseExactJson(text)
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error
    throw invalid(error.path === '' ? name : `${name}.${error.path}`, error.message)
  }
}

function wholeNumber(
  given: ReadonlyMap<string, string>,
  name: string,
  min: number,
  max: number,
  absent: number,
) {
  const text = given.get(name)
  if (text === undefined) return absent
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (value >= min && value <= max) return value
  throw invalid(name, `must be a whole number from ${min} to ${max}, not ${show(text)}`)
}

function readFields<C extends CollectionName>(
  resource: Resource<C>,
  written: unknown,
): readonly string[] | null {
  if (written === undefined) return null
  if (!Array.isArray(written) || written.length === 0)
    throw invalid('fields', 'must be a list of at least one field slug')
  const known = readOneOf(Object.keys(resource.fields))
  for (const [index, slug] of written.entries()) {
    const read = known(slug)
    if (!read.ok) throw invalid(`fields.${index}`, read.message)
    if (written.indexOf(slug) !== index) throw invalid(`fields.${index}`, `names ${show(slug)} a second time`)
  }
  return written
}

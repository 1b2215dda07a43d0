import { compare } from '../store/oracle.ts'
import type { AnyRow, Field } from './subject.ts'
import type { Value } from './values.ts'

export type Filter =
  | { readonly field: Field; readonly operator: string; readonly values: readonly Value[] }
  | { readonly and: readonly Filter[] }
  | { readonly or: readonly Filter[] }

export interface SortBy {
  readonly field: Field
  readonly order: 'ASC' | 'DESC'
}

/** The text of a filter: values as they are written, so that no number passes through a float. */
export function filterText(filter: Filter): string {
  if ('and' in filter) return `{"and":[${filter.and.map(filterText)}]}`
  if ('or' in filter) return `{"or":[${filter.or.map(filterText)}]}`
  const { field, operator, values } = filter
  const isList = operator === 'IN' || operator === 'NOT_IN'
  const sent = values.map((value) => value.sent)
  const value = sent.length === 0 ? '' : `,"value":${isList ? `[${sent}]` : sent[0]}`
  return `{"fieldSlug":"${field.slug}","operator":"${operator}"${value}}`
}

/** What the reference says a filter means. */
export function passes(row: AnyRow, filter: Filter): boolean {
  if ('and' in filter) return filter.and.every((each) => passes(row, each))
  if ('or' in filter) return filter.or.some((each) => passes(row, each))
  const { folded } = filter.field
  if (folded !== undefined) return passesFolded(row, filter, folded)
  const actual = filter.field.valueIn(row)
  const [first] = filter.values
  const among = actual !== null && filter.values.some(({ stored }) => compare(actual, stored) === 0)
  if (filter.operator === 'IS_NULL') return actual === null
  if (filter.operator === 'IS_NOT_NULL') return actual !== null
  if (filter.operator === 'NOT_EQUALS' || filter.operator === 'NOT_IN') return !among
  if (actual === null || first === undefined) return false
  const order = compare(actual, first.stored)
  switch (filter.operator) {
    case 'EQUALS':
    case 'IN':
      return among
    case 'GREATER_THAN':
      return order > 0
    case 'GREATER_THAN_OR_EQUALS':
      return order >= 0
    case 'LESS_THAN':
      return order < 0
    case 'LESS_THAN_OR_EQUALS':
      return order <= 0
    case 'STARTS_WITH':
      return String(actual).startsWith(String(first.stored))
    case 'CONTAINS':
      return String(actual).includes(String(first.stored))
    default:
      throw new Error(`the oracle does not know ${filter.operator}`)
  }
}

/** Both sides are compared in their folded form. */
function passesFolded(
  row: AnyRow,
  { field, operator, values }: Extract<Filter, { field: Field }>,
  { of }: NonNullable<Field['folded']>,
): boolean {
  const actual = field.valueIn(row)
  if (actual === null) return false
  const [own, asked] = [of(String(actual)), of(String(values[0]?.stored))]
  return operator === 'EQUALS' ? own === asked : own.startsWith(asked)
}

/** What the reference says an order is: nulls first in ASC, texts by their bytes, ties by id. */
export function bySortBy(sortBy: readonly SortBy[]): (one: AnyRow, other: AnyRow) => number {
  return (one, other) => {
    for (const { field, order } of sortBy) {
      const [a, b] = [field.valueIn(one), field.valueIn(other)]
      const ascending = a === null ? (b === null ? 0 : -1) : b === null ? 1 : compare(a, b)
      if (ascending !== 0) return order === 'ASC' ? ascending : -ascending
    }
    return compare(one.id, other.id)
  }
}

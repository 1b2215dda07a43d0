import type { FieldType } from '../../../src/ports/schema/spec.ts'
import type { CollectionName } from '../../../src/ports/schema.ts'
import { specOf } from '../../../src/ports/schema.ts'
import type { Condition, Scalar } from '../../../src/ports/store.ts'

type Values = Readonly<Record<string, unknown>>

/** Orders two values of one field that are not null: texts by their UTF-8 bytes. */
export function compare(left: unknown, right: unknown): number {
  if (typeof left === 'string') return Buffer.compare(Buffer.from(left), Buffer.from(String(right)))
  const [a, b] = [left, right] as [number, number]
  return a < b ? -1 : a > b ? 1 : 0
}

/** What the port says a condition means, said as plainly as possible. */
export function matches(row: Values, condition: Condition): boolean {
  if ('and' in condition) return condition.and.every((each) => matches(row, each))
  if ('or' in condition) return condition.or.some((each) => matches(row, each))
  const actual = row[condition.field]
  const isNull = actual === null
  const equals = (value: Scalar) => !isNull && compare(actual, value) === 0
  switch (condition.op) {
    case 'isNull':
      return isNull
    case 'isNotNull':
      return !isNull
    case 'eq':
      return equals(condition.value)
    case 'ne':
      return !equals(condition.value)
    case 'in':
      return condition.value.some(equals)
    case 'nin':
      return !condition.value.some(equals)
    case 'contains':
      return !isNull && Buffer.from(String(actual)).includes(String(condition.value))
    case 'startsWith':
      return !isNull && String(actual).startsWith(String(condition.value))
    default: {
      if (isNull) return false
      const order = compare(actual, condition.value)
      return { gt: order > 0, gte: order >= 0, lt: order < 0, lte: order <= 0 }[condition.op]
    }
  }
}

/** Orders rows as a query's `sort` does: nulls first in ascending order. */
export function bySort(sort: readonly { readonly field: string; readonly order: 'asc' | 'desc' }[]) {
  return (left: Values, right: Values): number => {
    for (const { field, order } of sort) {
      const [a, b] = [left[field], right[field]]
      const ascending = a === null ? (b === null ? 0 : -1) : b === null ? 1 : compare(a, b)
      if (ascending !== 0) return order === 'asc' ? ascending : -ascending
    }
    return 0
  }
}

const COMPARISONS = ['eq', 'ne', 'gt', 'gte', 'lt', 'lte'] as const

/** Every condition on one field: each operator its type allows with each value, lists of none, one and several. */
export function conditionsOn<C extends CollectionName>(
  collection: C,
  field: string,
  valuesOf: Readonly<Partial<Record<FieldType, readonly Scalar[]>>>,
): Condition<C>[] {
  const type = specOf(collection).fields[field]?.type
  if (type === undefined) throw new Error(`${collection} has no field ${field}`)
  const made: object[] = [
    { field, op: 'isNull' },
    { field, op: 'isNotNull' },
  ]
  const values = valuesOf[type] ?? []
  const isText = type === 'text' || type === 'id'
  for (const value of values) {
    for (const op of COMPARISONS) made.push({ field, op, value })
    if (isText) made.push({ field, op: 'contains', value }, { field, op: 'startsWith', value })
  }
  if (values.length > 0) {
    const lists = [[], values.slice(0, 1), values.slice(1, 4), values.filter((_, at) => at % 2 === 0), values]
    for (const value of lists) made.push({ field, op: 'in', value }, { field, op: 'nin', value })
  }
  return made as Condition<C>[]
}

import type { CollectionName, FieldName, Row } from './schema.ts'
import type { Condition, Scalar, Sort } from './store.ts'

/** What a field can be compared with: nothing where it holds JSON or bytes, never null. */
type Value<C extends CollectionName, F extends FieldName<C>> = Extract<Row<C>[F], Scalar>

/**
 * Every one of these fields has its value; null asks for fields that have none. A field of JSON can only be asked
 * whether it has a value.
 */
export function equal<C extends CollectionName>(
  values: {
    readonly [F in FieldName<C>]?: Extract<Row<C>[F], Scalar | null>
  },
): Condition<C> {
  const fields = Object.keys(values) as FieldName<C>[]
  const conditions = fields.map((field): Condition<C> => {
    const value: Scalar | null = values[field]!
    return value === null ? { field, op: 'isNull' } : { field, op: 'eq', value }
  })
  return conditions.length === 1 ? conditions[0]! : { and: conditions }
}

/** The field has another value than this one, or none. */
export function otherThan<C extends CollectionName, F extends FieldName<C>>(
  field: F,
  value: Value<C, F>,
): Condition<C> {
  return { field, op: 'ne', value }
}

/** The field has a value, whichever. */
export function present<C extends CollectionName>(field: FieldName<C>): Condition<C> {
  return { field, op: 'isNotNull' }
}

/** The field has one of these values; none of them: no row. One alone is an equality: partial indexes serve no list. */
export function oneOf<C extends CollectionName, F extends FieldName<C>>(
  field: F,
  values: readonly Value<C, F>[],
): Condition<C> {
  const [only] = values
  return values.length === 1 && only !== undefined && only !== null
    ? { field, op: 'eq', value: only }
    : { field, op: 'in', value: values }
}

/** Greater than the value. */
export function above<C extends CollectionName, F extends FieldName<C>>(
  field: F,
  value: Value<C, F>,
): Condition<C> {
  return { field, op: 'gt', value }
}

/** The value, or greater. */
export function atLeast<C extends CollectionName, F extends FieldName<C>>(
  field: F,
  value: Value<C, F>,
): Condition<C> {
  return { field, op: 'gte', value }
}

/** Less than the value. */
export function below<C extends CollectionName, F extends FieldName<C>>(
  field: F,
  value: Value<C, F>,
): Condition<C> {
  return { field, op: 'lt', value }
}

/** The value, or less. */
export function atMost<C extends CollectionName, F extends FieldName<C>>(
  field: F,
  value: Value<C, F>,
): Condition<C> {
  return { field, op: 'lte', value }
}

/** From one value to another, both of them included. */
export function between<C extends CollectionName, F extends FieldName<C>>(
  field: F,
  from: Value<C, F>,
  to: Value<C, F>,
): Condition<C> {
  return all(atLeast(field, from), atMost(field, to))
}

/** All of these hold. What is null asks nothing; so does `all()`. Conditions of one `and` stand side by side. */
export function all<C extends CollectionName>(...conditions: readonly (Condition<C> | null)[]): Condition<C> {
  return {
    and: conditions.flatMap((each) => (each === null ? [] : 'and' in each ? each.and : [each])),
  }
}

/** At least one of these holds; `any()` holds for no row. */
export function any<C extends CollectionName>(...conditions: readonly Condition<C>[]): Condition<C> {
  return { or: conditions }
}

/** By these fields, the least first. */
export function ascending<C extends CollectionName>(...fields: readonly FieldName<C>[]): Sort<C> {
  return fields.map((field) => ({ field, order: 'asc' }))
}

/** By these fields, the greatest first. */
export function descending<C extends CollectionName>(...fields: readonly FieldName<C>[]): Sort<C> {
  return fields.map((field) => ({ field, order: 'desc' }))
}

/**
 * What comes after a row where rows are sorted by a field, `asc` or `desc`, and then by ascending id: the next page,
 * however many rows came or went on those before.
 */
export function beyond<C extends CollectionName, F extends FieldName<C>>(
  field: F,
  order: 'asc' | 'desc',
  last: { readonly [K in F]: Value<C, F> } & { readonly id: string },
): Condition<C> {
  const isUp = order === 'asc'
  const value: Scalar = last[field]
  return {
    and: [
      // repeats what follows, for the index to start at the right place
      { field, op: isUp ? 'gte' : 'lte', value },
      {
        or: [
          { field, op: isUp ? 'gt' : 'lt', value },
          { field: 'id' as FieldName<C>, op: 'gt', value: last.id },
        ],
      },
    ],
  }
}

import type { Schema } from '../../ports/schema/spec.ts'
import { type CollectionName, SCHEMA } from '../../ports/schema.ts'
import type { Condition, Scalar } from '../../ports/store.ts'
import { encodeScalar, storedName } from './codec.ts'
import { holds } from './holds.ts'
import { BSON_TYPES } from './models.ts'

export type Filter = Record<string, unknown>

const EVERYTHING: Filter = {}
const NOTHING: Filter = { _id: { $in: [] } }

type Leaf<C extends CollectionName> = Extract<Condition<C>, { readonly field: unknown }>

/**
 * A condition as a MongoDB filter. MongoDB's own rules are the port's: without a collation texts compare by their
 * UTF-8 bytes, an order comparison only meets values of its own type and so never null, `$ne` and `$nin` include null.
 */
export function toFilter<C extends CollectionName>(
  collection: C,
  condition: Condition<C>,
  schema: Schema = SCHEMA,
): Filter {
  if ('and' in condition) return joined('$and', collection, condition.and, EVERYTHING, schema)
  if ('or' in condition) return joined('$or', collection, condition.or, NOTHING, schema)
  const initial = schema[collection]?.fields[condition.field]?.default as Scalar | undefined
  if (initial === undefined) return leafFilter(collection, condition, schema)
  return defaultedFilter(collection, condition, schema, initial)
}

/**
 * Of a field that some documents do not have: they match where its default does. The field is never null, so null
 * stands for them, and an index finds them by it.
 */
function defaultedFilter<C extends CollectionName>(
  collection: C,
  condition: Leaf<C>,
  schema: Schema,
  initial: Scalar,
): Filter {
  const name = storedName(collection, condition.field, schema)
  const plain = leafFilter(collection, condition, schema)
  const { op } = condition
  const encoded = (values: readonly Scalar[]) =>
    values.map((value) => encodeScalar(collection, condition.field, value, schema))
  if (holds(condition, initial)) {
    if (op === 'eq') return { [name]: { $in: [...encoded([condition.value]), null] } }
    if (op === 'in') return { [name]: { $in: [...encoded(condition.value), null] } }
    return { $or: [plain, { [name]: { $exists: false } }] }
  }
  if (op === 'isNull') return NOTHING
  if (op === 'ne') return { [name]: { $nin: [...encoded([condition.value]), null] } }
  if (op === 'nin') return { [name]: { $nin: [...encoded(condition.value), null] } }
  return plain
}

function leafFilter<C extends CollectionName>(collection: C, condition: Leaf<C>, schema: Schema): Filter {
  const name = storedName(collection, condition.field, schema)
  const encoded = (value: Scalar) => encodeScalar(collection, condition.field, value, schema)
  const rule = partialRule(collection, condition.field, schema)
  switch (condition.op) {
    case 'isNull':
      return { [name]: { $eq: null } }
    case 'isNotNull':
      return { [name]: { $ne: null, ...rule } }
    case 'in':
    case 'nin':
      return { [name]: { [`$${condition.op}`]: condition.value.map(encoded) } }
    case 'contains':
      return holding(name, text(condition.field, condition.value))
    case 'startsWith':
      return { [name]: withPrefix(text(condition.field, condition.value)) }
    case 'ne':
      return { [name]: { $ne: encoded(condition.value) } }
    default:
      return {
        [name]: {
          [`$${condition.op}`]: encoded(condition.value),
          ...rule,
        },
      }
  }
}

/**
 * What a partial index on this field asks of its rows. A value that is compared says as much, but MongoDB uses such an
 * index only where the filter repeats its rule; without it the sweep would read every row there is.
 */
export function partialRule(collection: CollectionName, field: string, schema: Schema = SCHEMA): Filter {
  const { fields, indexes } = schema[collection] ?? { fields: {}, indexes: {} }
  const isPartial = Object.values(indexes).some(({ where }) => where?.notNull?.includes(field) === true)
  const type = fields[field]?.type
  return isPartial && type !== undefined ? { $type: BSON_TYPES[type] } : {}
}

function joined<C extends CollectionName>(
  operator: '$and' | '$or',
  collection: C,
  parts: readonly Condition<C>[],
  ofNone: Filter,
  schema: Schema,
): Filter {
  if (parts.length === 0) return ofNone
  return { [operator]: parts.map((part) => toFilter(collection, part, schema)) }
}

function text(field: string, value: Scalar): string {
  if (typeof value !== 'string') throw new TypeError(`${field} is searched for a ${typeof value}, not a text`)
  return value
}

/**
 * No regular expression: this is as fast, compares bytes, and knows neither special characters nor a longest pattern.
 * A null has no place to be found at, and null is below every number.
 */
function holding(name: string, value: string): Filter {
  return { $expr: { $gte: [{ $indexOfBytes: [`$${name}`, { $literal: value }] }, 0] } }
}

/** A range instead of an expression: exact by bytes, and always served by an index on the field. */
function withPrefix(prefix: string): Filter {
  const end = firstTextAfter(prefix)
  return end === null ? { $gte: prefix } : { $gte: prefix, $lt: end }
}

/** The least text, by UTF-8 bytes, above every text that begins with `prefix`; null when there is none. */
function firstTextAfter(prefix: string): string | null {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0)
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    if (last === 0x10ffff) continue
    // code points order as their bytes do; surrogates are none
    return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1)
  }
  return null
}

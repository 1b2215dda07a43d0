import type { IndexSpec, Schema } from '../../ports/schema/spec.ts'
import { type CollectionName, type FieldName, SCHEMA } from '../../ports/schema.ts'
import type { Scalar } from '../../ports/store.ts'
import { encodeScalar, storedName } from './codec.ts'
import { type Filter, partialRule } from './filter.ts'

type Key = readonly Scalar[]

/**
 * A filter for exactly the rows whose `fields` equal one of `keys`. Keys that differ in one field only become one
 * branch with an `$in`, on the field that leaves the fewest branches: each branch costs the server 50 µs of planning,
 * a value in an `$in` a tenth of that. A wider `$in` over two fields would be cheaper still for some keys, but reads
 * every row of the cross product, and so costs more the longer the history is.
 */
export function toKeysFilter<C extends CollectionName>(
  collection: C,
  fields: readonly FieldName<C>[],
  keys: readonly Key[],
  schema: Schema = SCHEMA,
): Filter {
  const positions = fields.map((_, position) => ({
    position,
    distinct: new Set(keys.map((key) => key[position])).size,
  }))
  let best: { readonly position: number; readonly groups: (readonly Key[])[] } | undefined
  // where one field differs most its groups are likely the fewest; fewer than one there are not
  for (const { position } of positions.sort((one, other) => other.distinct - one.distinct)) {
    const groups = groupedBut(position, keys)
    if (best === undefined || groups.length < best.groups.length) best = { position, groups }
    if (groups.length === 1) break
  }
  if (best === undefined) throw new TypeError(`${collection} is searched by keys without fields`)
  const branches = best.groups.map((group) => branch(collection, fields, best.position, group, schema))
  return branches.length === 1 ? (branches[0] ?? {}) : { $or: branches }
}

/** Keys that are equal in every place but `position`, together. */
function groupedBut(position: number, keys: readonly Key[]): (readonly Key[])[] {
  const groups = Map.groupBy(keys, (key) => {
    let others = ''
    for (const [at, value] of key.entries()) {
      // with their lengths no two rows of texts are the same when joined
      if (at !== position) others += `${String(value).length}:${value}`
    }
    return others
  })
  return [...groups.values()]
}

function branch<C extends CollectionName>(
  collection: C,
  fields: readonly FieldName<C>[],
  position: number,
  group: readonly Key[],
  schema: Schema,
): Filter {
  const filter: Filter = {}
  for (const [at, field] of fields.entries()) {
    const values = at === position ? group.map((key) => key[at]) : [group[0]?.[at]]
    const encoded = values.map((value) => encodeScalar(collection, field, value as Scalar, schema))
    const rule = encoded.includes(null) ? {} : partialRule(collection, field, schema)
    const initial = schema[collection]?.fields[field]?.default
    // documents that do not have the field
    if (initial !== undefined && values.some((value) => value === initial)) encoded.push(null)
    const equals = encoded.length === 1 ? { $eq: encoded[0] } : { $in: encoded }
    filter[storedName(collection, field, schema)] = { ...equals, ...rule }
  }
  return filter
}

/**
 * The index that serves these fields. Without being told the server tries out every index that begins with
 * `accountId`, for each branch, and may settle on one that reads a whole streak. undefined: let it choose.
 */
export function keysIndex<C extends CollectionName>(
  collection: C,
  fields: readonly FieldName<C>[],
  schema: Schema = SCHEMA,
): string | undefined {
  if (fields.length === 1 && fields[0] === 'id') return '_id_'
  const wanted: ReadonlySet<string> = new Set(fields)
  const serves = (index: IndexSpec) => {
    const leading = index.fields.slice(0, wanted.size)
    // of rows that have what is searched for a partial index holds all; see `branch`
    const isWhole =
      index.where?.isTrue === undefined && (index.where?.notNull ?? []).every((name) => wanted.has(name))
    return isWhole && leading.length === wanted.size && leading.every((field) => wanted.has(field))
  }
  return Object.entries(schema[collection]?.indexes ?? {}).find(([, index]) => serves(index))?.[0]
}

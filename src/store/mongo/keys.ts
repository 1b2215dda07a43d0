import type { CollectionName, FieldName } from '../../ports/schema.ts'
import type { Scalar } from '../../ports/store.ts'
import { encodeScalar, storedName } from './codec.ts'
import type { Filter } from './filter.ts'

/** A filter for the rows whose `fields` equal one of `keys`. */
export function toKeysFilter<C extends CollectionName>(
  collection: C,
  fields: readonly FieldName<C>[],
  keys: readonly (readonly Scalar[])[],
): Filter {
  const names = fields.map((field) => storedName(collection, field))
  return {
    $or: keys.map((key) =>
      Object.fromEntries(
        fields.map((field, at) => [names[at], { $eq: encodeScalar(collection, field, key[at]!) }]),
      ),
    ),
  }
}

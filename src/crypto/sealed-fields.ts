import { type CollectionName, type FieldName, SCHEMA, specOf } from '../ports/schema.ts'

export interface SealedFieldOf {
  readonly collection: CollectionName
  readonly field: FieldName<CollectionName>
}

/** Every field of the schema that holds sealed texts: they are told by their names. */
export function* eachSealedField(): Iterable<SealedFieldOf> {
  for (const collection of Object.keys(SCHEMA) as CollectionName[]) {
    for (const field of Object.keys(specOf(collection).fields)) {
      if (field.startsWith('sealed')) yield { collection, field: field as SealedFieldOf['field'] }
    }
  }
}

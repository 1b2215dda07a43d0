import type { CollectionName, FieldName, Row } from '../ports/schema.ts'
import type { Condition, Store } from '../ports/store.ts'

/** The row with this id when it belongs to the account; else null. */
export async function loadOne<C extends CollectionName>(
  store: Store,
  collection: C,
  accountId: string,
  id: string,
): Promise<Row<C> | null> {
  const where: Condition<C> = {
    and: [
      { field: 'id' as FieldName<C>, op: 'eq', value: id },
      { field: 'accountId' as FieldName<C>, op: 'eq', value: accountId },
    ],
  }
  const [row] = await store.find(collection, { where, limit: 1 })
  return row ?? null
}

import type { Row } from '../ports/schema.ts'
import type { Store } from '../ports/store.ts'

/** As many as the store looks up at once. */
const MAX_KEYS = 1_000

/** The items of these deliveries, also those that only say whom a body names. */
export async function itemsIn(
  store: Store,
  { accountId }: Pick<Row<'erasure'>, 'accountId'>,
  deliveryIds: ReadonlySet<string>,
): Promise<Row<'delivery_item'>[]> {
  const keys = [...deliveryIds].map((id) => [accountId, id])
  const items: Row<'delivery_item'>[] = []
  for (let at = 0; at < keys.length; at += MAX_KEYS) {
    const some = keys.slice(at, at + MAX_KEYS)
    items.push(...(await store.findByKeys('delivery_item', ['accountId', 'deliveryId'], some)))
  }
  return items
}

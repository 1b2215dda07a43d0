import { isIdentityOnly } from '../ports/schema/values.ts'
import type { Row } from '../ports/schema.ts'
import type { Store } from '../ports/store.ts'

type Item = Row<'delivery_item'>

/**
 * What became of each of these deliveries, in the order of the rules, then of what they report; by delivery, absent
 * where there is nothing.
 */
export async function itemsOf(
  store: Store,
  accountId: string,
  deliveryIds: readonly string[],
): Promise<Map<string, Item[]>> {
  const keys = deliveryIds.map((id) => [accountId, id])
  const items = await store.findByKeys('delivery_item', ['accountId', 'deliveryId'], keys)
  const shown = items
    .filter((item) => !isIdentityOnly(item))
    .sort((a, b) => placeOf(a) - placeOf(b) || (a.id < b.id ? -1 : 1))
  return Map.groupBy(shown, ({ deliveryId }) => deliveryId)
}

function placeOf({ ruleIndex }: Item): number {
  return ruleIndex ?? Number.MAX_SAFE_INTEGER
}

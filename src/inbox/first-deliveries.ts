import { revise } from '../ports/changes.ts'
import type { Row } from '../ports/schema.ts'
import type { Change } from '../ports/store.ts'

interface Received {
  readonly connector: Row<'connector'>
  readonly items: readonly Row<'delivery_item'>[]
  /** Where its purchases were read from: from the first one on that is kept. */
  readonly orderIdFrom: string | null
}

/**
 * What the first deliveries of a connector write on it, guarded by the revision they were translated with: so whoever
 * deletes it or moves it to another purchase space at the same moment, and they, cannot both succeed. Nothing for all
 * later deliveries.
 */
export function firstDeliveryFlags(received: readonly Received[]): Change[] {
  const firsts = received.filter(
    ({ connector, items }) => !connector.hasDeliveries || (!connector.hasPurchases && hasPurchase(items)),
  )
  const byConnector = Map.groupBy(firsts, ({ connector }) => connector.id)
  return [...byConnector.values()].map((group): Change => {
    // read at different moments, they may differ: the oldest conflicts if they do
    const oldest = group
      .map(({ connector }) => connector)
      .reduce((older, other) => (other.revision < older.revision ? other : older))
    const hasPurchases = oldest.hasPurchases || group.some(({ items }) => hasPurchase(items))
    const [{ orderIdFrom } = { orderIdFrom: null }] = group
    const kept = hasPurchases && orderIdFrom !== null ? { orderIdFrom } : {}
    return revise('connector', oldest, { hasDeliveries: true, hasPurchases, ...kept })
  })
}

function hasPurchase(items: readonly Row<'delivery_item'>[]): boolean {
  return items.some((item) => item.activity !== null)
}

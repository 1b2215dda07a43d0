import type { Row } from '../../ports/schema.ts'
import { parseQuantity, type Quantity } from '../../streaks/quantity.ts'
import type { Evidence, Item } from './evidence.ts'
import type { Delivery, FoundOrder } from './find-order.ts'
import type { Look, LookAt } from './look.ts'
import type { OrderFacts } from './types.ts'

/** A delivery and what its connector takes it for now. */
export interface Seen {
  readonly delivery: Delivery
  readonly look: Look
}

/** The delivery that tells most of an order: of its purchase, else whatever came last. */
export async function mainDelivery({ deliveries }: FoundOrder, look: LookAt): Promise<Seen> {
  const order = ['translated', 'ignored', 'reported']
  const sorted = deliveries.toSorted((a, b) => order.indexOf(a.outcome) - order.indexOf(b.outcome))
  for (const delivery of sorted) {
    const seen = await look(delivery)
    if (seen.view !== null) return { delivery, look: seen }
  }
  const delivery = sorted[0]!
  return { delivery, look: await look(delivery) }
}

/** What is known of an order: as it counted, else as it was translated, else as its body says. */
export function factsOf(
  { orderId, deliveries }: FoundOrder,
  { items, names, logs }: Evidence,
  { delivery, look: { view } }: Seen,
): OrderFacts {
  const purchases = items.filter(({ activity }) => activity !== null)
  const counted = purchases.find(({ status }) => status === 'counted') ?? purchases[0]
  const activity = counted?.activity ?? null
  const log = counted?.streakLogId == null ? undefined : logs.get(counted.streakLogId)
  const isErased = [...logs.values()].some((each) => each.isErased)
  return {
    connectorId: delivery.connectorId,
    orderId,
    orderName: nameOf([delivery, ...deliveries]),
    activityAt: activity?.activityAt ?? view?.activityAt ?? log?.log.activityAt ?? null,
    total: activity === null ? (view?.total ?? null) : digitsOf(activity.orderTotal),
    currency: activity === null ? (view?.currency ?? null) : activity.currency,
    externalIds: isErased ? [] : buyersOf(items, names),
  }
}

function nameOf(deliveries: readonly Row<'delivery'>[]): string | null {
  return deliveries.find(({ orderName }) => orderName !== null)?.orderName ?? null
}

/** Whom the rules took the buyer for; where they took it for nobody, whom the bodies name. */
function buyersOf(items: readonly Item[], names: readonly Item[]): string[] {
  const named = (of: readonly Item[]) => [...new Set(of.flatMap(({ externalId }) => externalId ?? []))].sort()
  const buyers = named(items.filter(({ streakId }) => streakId !== null))
  return buyers.length > 0 ? buyers : named([...names, ...items])
}

function digitsOf(digits: string | null): Quantity | null {
  const parsed = digits === null ? null : parseQuantity(digits)
  return parsed?.ok ? parsed.value : null
}

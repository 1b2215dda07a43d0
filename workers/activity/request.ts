import type { RecordRequest } from '../../src/engine/types.ts'
import { AppError } from '../../src/errors.ts'
import type { PurchaseActivity } from '../../src/ports/schema/values.ts'
import type { Row } from '../../src/ports/schema.ts'
import { parseQuantity } from '../../src/streaks/quantity.ts'

/** What an item says of a purchase, as the engine takes it. @throws AppError INVALID_INPUT */
export function requestOf(item: Row<'delivery_item'>, activity: PurchaseActivity): RecordRequest {
  const { purchaseSpace, orderReference, otherReference = null, currency, isAmount, basis = null } = activity
  const { externalId, profile, profileAt, fillsBlanks = false } = activity
  const purchase = { purchaseSpace, orderReference, otherReference, currency, isAmount, basis }
  return {
    accountId: item.accountId,
    streakId: item.streakId!,
    member: { externalId, profile, profileAt, fillsBlanks },
    activityId: activity.activityId,
    uniqueIdentifier: activity.orderId,
    activityAt: activity.activityAt,
    activityValue: readQuantity('value', activity.activityValue),
    status: 'live' as const,
    quiet: activity.quiet ?? false,
    purchase: {
      ...purchase,
      itemId: item.id,
      deliveryId: item.deliveryId,
      orderTotal: readQuantity('order total', activity.orderTotal),
    },
    enrich: false,
  }
}

function readQuantity(name: string, digits: string | null) {
  const parsed = digits === null ? null : parseQuantity(digits)
  if (parsed === null || parsed.ok) return parsed?.value ?? null
  throw new AppError('INVALID_INPUT', `the purchase's ${name} is ${parsed.reason}`)
}

import { AppError } from '../errors.ts'
import type { PurchaseActivity } from '../ports/schema/values.ts'
import type { Row } from '../ports/schema.ts'
import { parseQuantity } from '../streaks/quantity.ts'
import type { RecordRequest } from './types.ts'

/** What is to be recorded of a purchase, as one rule sees it. @throws AppError INVALID_INPUT for amounts that are none */
export function purchaseRequest(item: Row<'delivery_item'>, activity: PurchaseActivity): RecordRequest {
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
    status: 'live',
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

import type { Translation } from '../../src/ports/connector.ts'
import { defaultExternalId } from '../identity.ts'
import type { Json } from '../json.ts'
import { reportOrder } from '../report.ts'
import { ignoreDelivery } from '../rules.ts'
import { readTypedId } from './ids.ts'
import { readBuyer, readTime } from './order.ts'

/** `orders/cancelled`: an order that says when it was cancelled. That takes back the whole of it. */
export function translateCancellation(order: Json | undefined): Translation {
  const orderId = readTypedId(order, 'Order')
  if (orderId === null) return ignoreDelivery('BODY_NOT_UNDERSTOOD', null)
  const cancelledAt = readTime(order, 'cancelled_at')
  if (cancelledAt === null) return ignoreDelivery('NOT_CANCELLED', orderId)
  if (cancelledAt === 'invalid') return ignoreDelivery('BODY_NOT_UNDERSTOOD', orderId)
  const externalId = defaultExternalId(readBuyer(order))
  return reportOrder(
    { orderId, orderKey: orderId, externalId },
    {
      object: `shopify:cancellation:${orderId}`,
      kind: 'cancellation',
      state: 'taken',
      amount: null,
      currency: null,
    },
  )
}

import type { TranslateInput, Translation } from '../../src/ports/connector.ts'
import type { ParsedQuantity } from '../../src/streaks/quantity.ts'
import { isAbsent, type Json, member } from '../json.ts'
import { type Purchase, readAmount, readCurrency, sumWhole } from '../purchase.ts'
import { applyRules, ignoreDelivery } from '../rules.ts'
import { readTypedId } from './ids.ts'
import { readBuyer, readTime } from './order.ts'

/** An order counts when it is paid and not cancelled; what a partial refund takes back its own webhook says. */
const PAID: readonly (Json | undefined)[] = ['paid', 'partially_refunded']

/** `orders/paid`: an order that is paid and not cancelled. */
export function translatePaidOrder(order: Json | undefined, input: TranslateInput): Translation {
  const orderId = readTypedId(order, 'Order')
  if (orderId === null) return ignoreDelivery('BODY_NOT_UNDERSTOOD', null)
  if (!isAbsent(member(order, 'cancelled_at'))) return ignoreDelivery('CANCELLED', orderId)
  const status = member(order, 'financial_status')
  if (typeof status !== 'string') return ignoreDelivery('BODY_NOT_UNDERSTOOD', orderId)
  if (!PAID.includes(status)) return ignoreDelivery('NOT_PAID', orderId)
  const purchase = readPurchase(order, orderId)
  return purchase === null ? ignoreDelivery('BODY_NOT_UNDERSTOOD', orderId) : applyRules(purchase, input)
}

function readPurchase(order: Json | undefined, orderId: string): Purchase | null {
  const activityAt = readTime(order, 'processed_at') ?? readTime(order, 'created_at')
  const test = member(order, 'test') ?? false
  if (typeof activityAt !== 'number' || typeof test !== 'boolean') return null
  const updatedAt = readTime(order, 'updated_at')
  return {
    ...readBuyer(order),
    orderId,
    // refunds and cancellations call the order by its id
    orderReference: null,
    activityAt,
    isTest: test,
    currency: readCurrency(member(order, 'currency')),
    amounts: {
      order_total: readAmount(member(order, 'total_price')),
      order_subtotal: readAmount(member(order, 'subtotal_price')),
      item_count: countItems(member(order, 'line_items')),
    },
    profileAt: typeof updatedAt === 'number' ? updatedAt : activityAt,
  }
}

/** As ordered, before returns: the same view of the order as its total. */
function countItems(lines: Json | undefined): ParsedQuantity {
  if (!Array.isArray(lines)) return { ok: false, reason: 'not_a_number' }
  return sumWhole(lines.map((line: Json) => member(line, 'quantity')))
}

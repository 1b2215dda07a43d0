import type { TranslateInput, Translation } from '../../src/ports/connector.ts'
import type { ParsedQuantity } from '../../src/streaks/quantity.ts'
import { isAbsent, isObject, type Json, member, readJson } from '../json.ts'
import { readProfile } from '../profile.ts'
import { type Customer, type Purchase, readAmount, readCurrency, sumWhole } from '../purchase.ts'
import { applyRules, ignoreDelivery } from '../rules.ts'
import { instantFromIso } from '../time.ts'
import { readShopifyId } from './ids.ts'

export const TOPICS: readonly string[] = ['orders/paid']

/** An order counts when it is paid and not cancelled; what a partial refund takes back is not decided here. */
const PAID: readonly (Json | undefined)[] = ['paid', 'partially_refunded']

/**
 * Turns an `orders/paid` body into one outcome per rule. The topic comes from an unsigned header, so the body itself
 * must be an order that is paid: another topic's body does no more here than under its own.
 */
export function translate(input: TranslateInput): Translation {
  if (!TOPICS.includes(input.topic)) return ignoreDelivery('TOPIC_NOT_SUPPORTED', null)
  const order = readJson(input.rawBody)
  const orderId = readOrderId(order)
  if (orderId === null) return ignoreDelivery('BODY_NOT_UNDERSTOOD', null)
  if (!isAbsent(member(order, 'cancelled_at'))) return ignoreDelivery('CANCELLED', orderId)
  const status = member(order, 'financial_status')
  if (typeof status !== 'string') return ignoreDelivery('BODY_NOT_UNDERSTOOD', orderId)
  if (!PAID.includes(status)) return ignoreDelivery('NOT_PAID', orderId)
  const purchase = readPurchase(order, orderId)
  return purchase === null ? ignoreDelivery('BODY_NOT_UNDERSTOOD', orderId) : applyRules(purchase, input)
}

/** Only an order has a gid of type Order; a refund or a customer has an `id` too. */
function readOrderId(order: Json | undefined): string | null {
  if (typeof member(order, 'admin_graphql_api_id') !== 'string') return null
  const id = readShopifyId(order, 'Order')
  return id.kind === 'known' ? id.id : null
}

function readPurchase(order: Json | undefined, orderId: string): Purchase | null {
  const activityAt = readTime(order, 'processed_at') ?? readTime(order, 'created_at')
  const test = member(order, 'test') ?? false
  if (typeof activityAt !== 'number' || typeof test !== 'boolean') return null
  const customer = member(order, 'customer')
  const updatedAt = readTime(order, 'updated_at')
  return {
    platform: 'shopify',
    orderId,
    orderReference: null,
    activityAt,
    isTest: test,
    currency: readCurrency(member(order, 'currency')),
    amounts: {
      order_total: readAmount(member(order, 'total_price')),
      order_subtotal: readAmount(member(order, 'subtotal_price')),
      item_count: countItems(member(order, 'line_items')),
    },
    customer: readCustomer(customer),
    ...readProfile({
      firstName: [member(customer, 'first_name')],
      lastName: [member(customer, 'last_name')],
      email: [member(order, 'email'), member(order, 'contact_email'), member(customer, 'email')],
      phoneNumber: [member(customer, 'phone'), member(order, 'phone')],
    }),
    profileAt: typeof updatedAt === 'number' ? updatedAt : activityAt,
  }
}

/** null: the body states none. 'invalid': it states something that is not a time. */
function readTime(order: Json | undefined, key: string): number | null | 'invalid' {
  const value = member(order, key)
  if (isAbsent(value)) return null
  return (typeof value === 'string' ? instantFromIso(value) : null) ?? 'invalid'
}

function readCustomer(customer: Json | undefined): Customer {
  if (isAbsent(customer)) return { kind: 'guest' }
  if (!isObject(customer)) return { kind: 'unusable' }
  const id = readShopifyId(customer, 'Customer')
  return id.kind === 'absent' ? { kind: 'guest' } : id
}

/** As ordered, before returns: the same view of the order as its total. */
function countItems(lines: Json | undefined): ParsedQuantity {
  if (!Array.isArray(lines)) return { ok: false, reason: 'not_a_number' }
  return sumWhole(lines.map((line: Json) => member(line, 'quantity')))
}

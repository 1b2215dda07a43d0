import { gid, lineJson, localTime, raw, set, text } from './json-parts.ts'
import { financialStatusOf, type OrderRow, sumsOf } from './order-book.ts'
import { refundJson } from './refund-json.ts'
import type { Customer, Shop } from './state.ts'

export interface Seen {
  readonly shop: Shop
  readonly customer: Customer | null
  /** Whether the app may see who bought. */
  readonly customerData: boolean
}

/** The body of `orders/…`. */
export function orderJson(order: OrderRow, seen: Seen): object {
  const { shop, customerData } = seen
  const sums = sumsOf(order)
  const at = (time: number | null): string | null => localTime(time, shop.timezone)
  const email = customerData ? order.email : null
  const address = customerData && order.countryCode !== null ? { country_code: order.countryCode } : null
  return {
    id: raw(order.id),
    admin_graphql_api_id: gid('Order', order.id),
    app_id: 580111,
    buyer_accepts_marketing: false,
    cancel_reason: order.cancelReason,
    cancelled_at: at(order.cancelledAt),
    cart_token: null,
    checkout_token: order.token,
    closed_at: null,
    confirmation_number: order.token.slice(0, 9).toUpperCase(),
    confirmed: true,
    contact_email: email,
    created_at: at(order.createdAt),
    currency: order.currency,
    current_subtotal_price: text(order, sums.currentSubtotal),
    current_subtotal_price_set: set(order, sums.currentSubtotal),
    current_total_price: text(order, sums.currentTotal),
    current_total_price_set: set(order, sums.currentTotal),
    current_total_tax: text(order, sums.currentTax),
    current_total_tax_set: set(order, sums.currentTax),
    customer_locale: 'en',
    device_id: null,
    discount_codes: order.discountCodes,
    email: email ?? (customerData ? '' : null),
    estimated_taxes: false,
    financial_status: financialStatusOf(order),
    fulfillment_status: null,
    location_id: null,
    merchant_business_entity_id: 'MTU0ODM4MDAwOQ',
    name: `#${order.number}`,
    note: null,
    note_attributes: [],
    number: order.number - 1000,
    order_number: order.number,
    order_status_url: `https://${shop.id}/${shop.number}/orders/${order.token}/authenticate?key=${order.token}`,
    payment_gateway_names: order.transactions.length === 0 ? [] : [order.gateway],
    phone: customerData ? order.phone : null,
    presentment_currency: order.presentmentCurrency,
    processed_at: at(order.processedAt),
    source_name: order.sourceName,
    subtotal_price: text(order, sums.subtotal),
    subtotal_price_set: set(order, sums.subtotal),
    tags: '',
    tax_exempt: false,
    taxes_included: order.taxesIncluded,
    test: order.test,
    token: order.token,
    total_discounts: text(order, sums.discounts),
    total_discounts_set: set(order, sums.discounts),
    total_line_items_price: text(order, sums.goods),
    total_line_items_price_set: set(order, sums.goods),
    total_outstanding: text(order, outstanding(order)),
    total_price: text(order, sums.total),
    total_price_set: set(order, sums.total),
    total_shipping_price_set: set(order, sums.shipping),
    total_tax: text(order, sums.tax),
    total_tax_set: set(order, sums.tax),
    total_tip_received: order.tip,
    updated_at: at(order.updatedAt),
    user_id: null,
    billing_address: address,
    customer: seen.customer === null ? null : customerJson(seen.customer, seen),
    discount_applications: order.discountCodes.map(({ code }) => ({ type: 'discount_code', code })),
    fulfillments: [],
    line_items: order.lines.map((line) => lineJson(order, line)),
    line_item_groups: [],
    payment_terms: null,
    refunds: order.refunds.map((refund) => refundJson(order, refund, shop)),
    returns: [],
    shipping_address: address,
    shipping_lines:
      order.shipping === null
        ? []
        : [
            {
              id: raw(order.shipping.id),
              price: text(order, order.shipping.price),
              price_set: set(order, order.shipping.price),
              title: 'Standard',
            },
          ],
  }
}

function outstanding(order: OrderRow): bigint {
  const { currentTotal, received, refunded } = sumsOf(order)
  const open = currentTotal - (received - refunded)
  return open > 0n ? open : 0n
}

export function customerJson(customer: Customer, { shop, customerData }: Seen): object {
  return {
    id: raw(customer.id),
    admin_graphql_api_id: gid('Customer', customer.id),
    created_at: localTime(customer.createdAt, shop.timezone),
    updated_at: localTime(customer.createdAt, shop.timezone),
    first_name: customerData ? customer.firstName : null,
    last_name: customerData ? customer.lastName : null,
    email: customerData ? customer.email : null,
    phone: customerData ? customer.phone : null,
    state: 'enabled',
    note: null,
    verified_email: true,
    multipass_identifier: null,
    tax_exempt: false,
    currency: shop.currency,
    tax_exemptions: [],
    default_address: null,
  }
}

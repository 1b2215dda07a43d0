import type { Answer, Asked } from '../parts/server.ts'
import { fault, invalidParameter } from './faults.ts'
import { noRoute } from './hooks.ts'
import { pageOf, siteTime, timeIn } from './pages.ts'
import type { OrderRow, WooState } from './state.ts'

const STATUSES = [
  'pending',
  'processing',
  'on-hold',
  'completed',
  'cancelled',
  'refunded',
  'failed',
  'checkout-draft',
  'trash',
]

/** `orders`, `orders/{id}`, `orders/{id}/refunds`: read only, a shop's orders are made in the shop. */
export function answerOrders(
  state: WooState,
  { method, query }: Asked,
  id: string | null,
  isRefunds: boolean,
): Answer {
  if (method !== 'GET') throw noRoute()
  const url = `${state.site().url}/wp-json/wc/v3/orders`
  if (id === null) return pageOf(search(state, query), query, url, (order) => orderJson(order, state))
  const order = state.orders.get(id)
  if (order === undefined) throw fault(404, 'woocommerce_rest_shop_order_invalid_id', 'Invalid ID.')
  if (!isRefunds) return { status: 200, body: orderJson(order, state) }
  return pageOf(order.refunds, query, `${url}/${id}/refunds`, (refund) => ({
    id: refund.id,
    date_created: siteTime(refund.at),
    date_created_gmt: siteTime(refund.at),
    amount: refund.total.replace('-', ''),
    reason: refund.reason,
    refunded_payment: true,
    line_items: [],
  }))
}

function search({ orders }: WooState, query: URLSearchParams): OrderRow[] {
  const statuses = query.getAll('status[]').concat(query.get('status')?.split(',') ?? [])
  const wrong = statuses.find((status) => status !== 'any' && !STATUSES.includes(status))
  if (wrong !== undefined)
    throw invalidParameter('status', `status[0] is not one of any, ${STATUSES.join(', ')}.`)
  const [after, before] = [timeIn(query, 'after'), timeIn(query, 'before')]
  const [modifiedAfter, modifiedBefore] = [timeIn(query, 'modified_after'), timeIn(query, 'modified_before')]
  const rows = orders
    .all()
    .filter(
      (one) =>
        (statuses.length === 0 || statuses.includes('any')
          ? !one.isTrashed
          : statuses.includes(one.isTrashed ? 'trash' : one.status)) &&
        (after === null || one.createdAt > after) &&
        (before === null || one.createdAt < before) &&
        (modifiedAfter === null || one.modifiedAt > modifiedAfter) &&
        (modifiedBefore === null || one.modifiedAt < modifiedBefore),
    )
  const by = query.get('orderby') ?? 'date'
  const keys: Record<string, (order: OrderRow) => number> = {
    date: ({ createdAt }) => createdAt,
    modified: ({ modifiedAt }) => modifiedAt,
    id: ({ id }) => Number(id),
  }
  const key = keys[by]
  if (key === undefined)
    throw invalidParameter('orderby', 'orderby is not one of date, modified, id, include, title, and slug.')
  rows.sort((a, b) => key(a) - key(b) || Number(a.id) - Number(b.id))
  return query.get('order') === 'asc' ? rows : rows.reverse()
}

const cents = (text: string): bigint => {
  const [, sign = '', whole = '0', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? []
  const value = BigInt(`${whole}${fraction.padEnd(2, '0').slice(0, 2)}`)
  return sign === '-' ? -value : value
}

function money(value: bigint): string {
  const digits = String(value < 0n ? -value : value).padStart(3, '0')
  return `${value < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}

const add = (amounts: readonly string[]): bigint => amounts.reduce((all, one) => all + cents(one), 0n)

/** What a buyer paid. */
export function totalOf({ lines, shippingTotal }: OrderRow): string {
  return money(add([...lines.flatMap(({ total, totalTax }) => [total, totalTax]), shippingTotal]))
}

export function leftOf(order: OrderRow): string {
  return money(cents(totalOf(order)) + add(order.refunds.map(({ total }) => total)))
}

/** As the REST API and the webhooks show it. */
export function orderJson(order: OrderRow, state: WooState): object {
  const { currency, pricesIncludeTax, url } = state.site()
  return {
    id: Number(order.id),
    parent_id: 0,
    status: order.isTrashed ? 'trash' : order.status,
    currency: order.currency || currency,
    version: '10.3.0',
    prices_include_tax: pricesIncludeTax,
    date_created: siteTime(order.createdAt),
    date_modified: siteTime(order.modifiedAt),
    discount_total: order.discountTotal,
    discount_tax: '0.00',
    shipping_total: order.shippingTotal,
    shipping_tax: '0.00',
    cart_tax: money(add(order.lines.map(({ totalTax }) => totalTax))),
    total: totalOf(order),
    total_tax: money(add(order.lines.map(({ totalTax }) => totalTax))),
    customer_id: order.customerId,
    order_key: `wc_order_${order.id}`,
    billing: {
      company: '',
      address_1: '',
      address_2: '',
      city: '',
      state: '',
      postcode: '',
      ...order.billing,
    },
    shipping: {
      first_name: '',
      last_name: '',
      company: '',
      address_1: '',
      address_2: '',
      city: '',
      state: '',
      postcode: '',
      country: '',
      phone: '',
    },
    payment_method: 'stripe',
    payment_method_title: 'Card',
    transaction_id: '',
    customer_ip_address: '',
    customer_user_agent: '',
    created_via: 'checkout',
    customer_note: '',
    date_completed: order.status === 'completed' ? siteTime(order.modifiedAt) : null,
    date_paid: siteTime(order.paidAt),
    cart_hash: '',
    number: order.number,
    meta_data: [],
    line_items: order.lines.map(({ id, name, quantity, total, totalTax, productId, sku }) => ({
      id,
      name,
      product_id: productId,
      variation_id: 0,
      quantity,
      tax_class: '',
      subtotal: total,
      subtotal_tax: totalTax,
      total,
      total_tax: totalTax,
      taxes: [],
      meta_data: [],
      sku,
      price: Number(total) / quantity,
    })),
    tax_lines: [],
    shipping_lines: [],
    fee_lines: [],
    coupon_lines: order.couponCodes.map((code, index) => ({
      id: index + 1,
      code,
      discount: order.discountTotal,
      discount_tax: '0.00',
      meta_data: [],
    })),
    refunds: order.refunds.map(({ id, reason, total }) => ({ id, reason, total })),
    payment_url: '',
    is_editable: order.status === 'pending',
    needs_payment: order.status === 'pending',
    needs_processing: order.status === 'processing',
    date_created_gmt: siteTime(order.createdAt),
    date_modified_gmt: siteTime(order.modifiedAt),
    date_completed_gmt: order.status === 'completed' ? siteTime(order.modifiedAt) : null,
    date_paid_gmt: siteTime(order.paidAt),
    currency_symbol: '€',
    _links: { self: [{ href: `${url}/wp-json/wc/v3/orders/${order.id}` }] },
  }
}

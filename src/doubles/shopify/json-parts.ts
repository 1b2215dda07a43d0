import { bothOf, type Line, type OrderRow, unitsBack } from './order-book.ts'

/** A number of any length, written as it is. */
export const raw = (digits: string): object =>
  (JSON as unknown as { rawJSON(text: string): object }).rawJSON(digits)

export const rawOrNull = (digits: string | null): object | null => (digits === null ? null : raw(digits))

export const gid = (type: string, id: string): string => `gid://shopify/${type}/${id}`

/** ISO 8601 with the offset of the shop's time zone, as Shopify writes it. */
export function localTime(at: number | null, timezone: string): string | null {
  if (at === null) return null
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: timezone, timeZoneName: 'longOffset' })
  const name = parts.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT'
  const offset = name === 'GMT' ? '+00:00' : name.replace('GMT', '')
  const [, sign = '+', hours = '0', minutes = '0'] = /([+-])(\d\d):(\d\d)/.exec(offset) ?? []
  const ahead = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000
  return `${new Date(at + ahead).toISOString().slice(0, 19)}${offset}`
}

export function set(order: OrderRow, amount: bigint | string): object {
  const { shop, presentment } = bothOf(order, amount)
  return {
    shop_money: { amount: shop, currency_code: order.currency },
    presentment_money: { amount: presentment, currency_code: order.presentmentCurrency },
  }
}

export function text(order: OrderRow, amount: bigint | string): string {
  return bothOf(order, amount).shop
}

export function lineJson(order: OrderRow, line: Line): object {
  return {
    id: raw(line.id),
    admin_graphql_api_id: gid('LineItem', line.id),
    current_quantity: order.cancelledAt === null ? line.quantity - unitsBack(order, line.id) : 0,
    discount_allocations:
      Number(line.discount) === 0
        ? []
        : [
            {
              amount: text(order, line.discount),
              amount_set: set(order, line.discount),
              discount_application_index: 0,
            },
          ],
    fulfillable_quantity: line.quantity,
    fulfillment_status: null,
    gift_card: line.giftCard,
    grams: 0,
    name: line.title,
    price: text(order, line.price),
    price_set: set(order, line.price),
    product_exists: line.productId !== null,
    product_id: rawOrNull(line.productId),
    quantity: line.quantity,
    requires_shipping: !line.giftCard,
    sku: line.sku,
    tax_lines: [],
    taxable: !line.giftCard,
    title: line.title,
    total_discount: '0.00',
    total_discount_set: set(order, 0n),
    variant_id: rawOrNull(line.variantId),
    vendor: null,
  }
}

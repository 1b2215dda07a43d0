import { isAbsent, isObject, type Json, member, members } from '../json.ts'
import { firstCountry } from '../phone.ts'
import { isId, readProfile } from '../profile.ts'
import type { Buyer, Customer } from '../purchase.ts'
import { instantFromIso } from '../time.ts'
import { readShopifyId } from './ids.ts'
import { MONEY_SET } from './money.ts'
import { REFUND_MEMBERS } from './refund-parts.ts'

/** What is read of an order. */
export const ORDER = members({
  id: true,
  admin_graphql_api_id: true,
  cancelled_at: true,
  financial_status: true,
  processed_at: true,
  created_at: true,
  updated_at: true,
  test: true,
  currency: true,
  total_price: true,
  subtotal_price: true,
  name: true,
  order_status_url: true,
  tags: true,
  source_name: true,
  discount_codes: { code: true },
  taxes_included: true,
  total_price_set: MONEY_SET,
  line_items: {
    id: true,
    admin_graphql_api_id: true,
    product_id: true,
    variant_id: true,
    sku: true,
    quantity: true,
    current_quantity: true,
    gift_card: true,
    price: true,
    total_discount: true,
    discount_allocations: { amount: true },
  },
  refunds: REFUND_MEMBERS,
  customer: {
    id: true,
    admin_graphql_api_id: true,
    first_name: true,
    last_name: true,
    email: true,
    phone: true,
    default_address: { country_code: true },
  },
  billing_address: { country_code: true },
  shipping_address: { country_code: true },
  email: true,
  contact_email: true,
  phone: true,
})

/** null: the body states none. 'invalid': it states something that is not a time. */
export function readTime(order: Json | undefined, key: string): number | null | 'invalid' {
  const value = member(order, key)
  if (isAbsent(value)) return null
  return (typeof value === 'string' ? instantFromIso(value) : null) ?? 'invalid'
}

export function readBuyer(order: Json | undefined): Buyer {
  const customer = member(order, 'customer')
  return {
    platform: 'shopify',
    customer: readCustomer(customer),
    ...readProfile({
      firstName: [member(customer, 'first_name')],
      lastName: [member(customer, 'last_name')],
      email: [member(order, 'email'), member(order, 'contact_email'), member(customer, 'email')],
      phoneNumber: [member(customer, 'phone'), member(order, 'phone')],
      country: firstCountry(
        member(member(order, 'billing_address'), 'country_code'),
        member(member(order, 'shipping_address'), 'country_code'),
        member(member(customer, 'default_address'), 'country_code'),
      ),
    }),
  }
}

function readCustomer(customer: Json | undefined): Customer {
  if (isAbsent(customer)) return { kind: 'guest' }
  if (!isObject(customer)) return { kind: 'unusable' }
  const id = readShopifyId(customer, 'Customer')
  return id.kind === 'absent' ? { kind: 'guest' } : id
}

/** Codes beyond so many are not looked at: an order takes far fewer. */
const MAX_CODES = 25

/** The discount codes that the order names; each at most as long as a coupon code can be. */
export function readDiscountCodes(order: Json | undefined): readonly string[] {
  const list = member(order, 'discount_codes')
  if (!Array.isArray(list)) return []
  const codes = list.slice(0, MAX_CODES).map((each) => member(each, 'code'))
  return [...new Set(codes.filter((code) => typeof code === 'string' && isCode(code)))] as string[]
}

function isCode(code: string): boolean {
  return code.length >= 1 && code.length <= 256 && code.isWellFormed() && !code.includes('\u0000')
}

/** What people call the order: `#1004`. */
export function readOrderName(order: Json | undefined): string | null {
  const name = member(order, 'name')
  return isId(name) ? name : null
}

/** The merchant's tags: one text, parted by commas. null where the body does not state them. */
export function readTags(order: Json | undefined): readonly string[] | null {
  const tags = member(order, 'tags')
  return typeof tags === 'string' ? tags.split(',').filter((tag) => tag.trim() !== '') : null
}

/** Where the order was placed: `web`, `pos`, `shopify_draft_order`, or the id of an app. */
export function readChannel(order: Json | undefined): string | null {
  const channel = member(order, 'source_name')
  return typeof channel === 'string' ? channel : null
}

const STATUS_PATH = /^\/(\d{1,20})\/orders\//

/**
 * The number of the shop that an order is of, out of its `order_status_url`: it is signed, while the header that names
 * the shop is not. null where there is no such address, or one of another form.
 */
export function shopNumberIn(order: Json | undefined): string | null {
  const url = member(order, 'order_status_url')
  const parsed = typeof url === 'string' ? URL.parse(url) : null
  return parsed === null ? null : (STATUS_PATH.exec(parsed.pathname)?.[1] ?? null)
}

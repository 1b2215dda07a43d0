import { ExactNumber, isAbsent, isObject, type Json, member, members } from '../json.ts'
import { firstCountry } from '../phone.ts'
import { isId, readProfile } from '../profile.ts'
import type { Buyer, Customer } from '../purchase.ts'
import { instantFromIso } from '../time.ts'
import { siteName } from './site.ts'

/** What is read of an order (https://woocommerce.github.io/woocommerce-rest-api-docs/#order-properties). */
export const ORDER = members({
  id: true,
  number: true,
  status: true,
  currency: true,
  created_via: true,
  prices_include_tax: true,
  date_created_gmt: true,
  date_modified_gmt: true,
  date_paid_gmt: true,
  total: true,
  customer_id: true,
  billing: { first_name: true, last_name: true, email: true, phone: true, country: true },
  shipping: { country: true },
  line_items: {
    product_id: true,
    variation_id: true,
    sku: true,
    quantity: true,
    total: true,
    total_tax: true,
  },
  refunds: { id: true, total: true },
})

const ID = /^[1-9]\d{0,19}$/

/** An id by its own digits; null for anything else, 0 among it. */
export function readId(value: Json | undefined): string | null {
  return value instanceof ExactNumber && ID.test(value.digits) ? value.digits : null
}

/** Whether a body is an order: others have an id and a status too. */
export function isOrder(body: Json | undefined): boolean {
  const hasParts = Array.isArray(member(body, 'line_items')) || isObject(member(body, 'billing'))
  return typeof member(body, 'status') === 'string' && hasParts
}

/** A time of the site's in UTC, which it writes without saying so. null: none. 'invalid': something else. */
export function readTime(order: Json | undefined, key: string): number | null | 'invalid' {
  const value = member(order, key)
  if (isAbsent(value) || value === '') return null
  if (typeof value !== 'string') return 'invalid'
  return instantFromIso(/(?:Z|[+-]\d\d:\d\d)$/.test(value) ? value : `${value}Z`) ?? 'invalid'
}

export function readBuyer(order: Json | undefined, settings: Readonly<Record<string, unknown>>): Buyer {
  const billing = member(order, 'billing')
  return {
    platform: 'woocommerce',
    customer: readCustomer(member(order, 'customer_id'), siteName(settings)),
    ...readProfile({
      firstName: [member(billing, 'first_name')],
      lastName: [member(billing, 'last_name')],
      email: [member(billing, 'email')],
      phoneNumber: [member(billing, 'phone')],
      country: firstCountry(member(billing, 'country'), member(member(order, 'shipping'), 'country')),
    }),
  }
}

/** Numbers of customers are a site's own: each site has a customer 1. A guest's is 0. */
function readCustomer(value: Json | undefined, site: string | null): Customer {
  if (isAbsent(value) || (value instanceof ExactNumber && value.digits === '0')) return { kind: 'guest' }
  const id = readId(value)
  return id === null || site === null ? { kind: 'unusable' } : { kind: 'known', id: `${site}:${id}` }
}

/** What people call the order: its number, which plugins may make of anything. */
export function readOrderName(order: Json | undefined): string | null {
  const number = member(order, 'number')
  return isId(number) ? number : null
}

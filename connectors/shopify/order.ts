import { isAbsent, isObject, type Json, member, members } from '../json.ts'
import { readProfile } from '../profile.ts'
import type { Buyer, Customer } from '../purchase.ts'
import { instantFromIso } from '../time.ts'
import { readShopifyId } from './ids.ts'

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
  line_items: { quantity: true },
  customer: {
    id: true,
    admin_graphql_api_id: true,
    first_name: true,
    last_name: true,
    email: true,
    phone: true,
  },
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
    }),
  }
}

function readCustomer(customer: Json | undefined): Customer {
  if (isAbsent(customer)) return { kind: 'guest' }
  if (!isObject(customer)) return { kind: 'unusable' }
  const id = readShopifyId(customer, 'Customer')
  return id.kind === 'absent' ? { kind: 'guest' } : id
}

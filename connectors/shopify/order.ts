import { isAbsent, isObject, type Json, member } from '../json.ts'
import { readProfile } from '../profile.ts'
import type { Buyer, Customer } from '../purchase.ts'
import { instantFromIso } from '../time.ts'
import { readShopifyId } from './ids.ts'

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

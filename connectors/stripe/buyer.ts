import { isAbsent, type Json, member } from '../json.ts'
import { firstCountry } from '../phone.ts'
import { isId, readProfile } from '../profile.ts'
import type { Buyer, Customer } from '../purchase.ts'
import { idOf } from './ids.ts'

/** Who paid a charge. */
export function readPayer(charge: Json | undefined): Buyer {
  const billing = member(charge, 'billing_details')
  return {
    platform: 'stripe',
    customer: readCustomer(member(charge, 'customer')),
    ...readProfile({
      // one line of text at Stripe: where the given name ends is anybody's guess, so nobody guesses
      firstName: [member(billing, 'name')],
      lastName: [],
      email: [member(billing, 'email'), member(charge, 'receipt_email')],
      phoneNumber: [member(billing, 'phone')],
      country: firstCountry(member(member(billing, 'address'), 'country')),
    }),
  }
}

/** Whom a refund or a dispute names: a customer, or nobody but an address. */
export function readNamed(customer: Json | undefined, email: Json | undefined): Buyer {
  const profile = readProfile({ firstName: [], lastName: [], email: [email], phoneNumber: [] })
  return { platform: 'stripe', customer: readCustomer(customer), ...profile }
}

function readCustomer(customer: Json | undefined): Customer {
  if (isAbsent(customer) || customer === '') return { kind: 'guest' }
  const id = idOf(customer)
  return isId(id) ? { kind: 'known', id } : { kind: 'unusable' }
}

import type { Caller } from './execute.ts'
import { gid } from './json-parts.ts'
import type { OrderRow } from './order-book.ts'
import type { Customer } from './state.ts'

/** Whole seconds, UTC. */
export const graphTime = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`

export function addressGraph(countryCodeV2: string): object {
  const nothing = { firstName: null, lastName: null, phone: null, city: null, zip: null, address1: null }
  return { ...nothing, countryCodeV2 }
}

export function customerGraph(customer: Customer, { app, world, shop }: Caller): object {
  const maySee = app.customerData
  const orders = (): OrderRow[] =>
    world.state.orders.all((one) => one.shop === shop.id && one.customerId === customer.id)
  return {
    __typename: 'Customer',
    id: gid('Customer', customer.id),
    legacyResourceId: customer.id,
    createdAt: graphTime(customer.createdAt),
    updatedAt: graphTime(customer.createdAt),
    firstName: maySee ? customer.firstName : null,
    lastName: maySee ? customer.lastName : null,
    displayName: maySee ? `${customer.firstName ?? ''} ${customer.lastName ?? ''}`.trim() : '',
    email: maySee ? customer.email : null,
    phone: maySee ? customer.phone : null,
    defaultAddress: null,
    defaultEmailAddress:
      maySee && customer.email !== null
        ? { emailAddress: customer.email, marketingState: 'NOT_SUBSCRIBED' }
        : null,
    defaultPhoneNumber: maySee && customer.phone !== null ? { phoneNumber: customer.phone } : null,
    numberOfOrders: () => String(orders().length),
    locale: 'en',
    state: 'ENABLED',
    tags: [],
  }
}

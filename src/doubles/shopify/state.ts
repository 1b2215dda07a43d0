import { randomBytes } from 'node:crypto'
import type { Table, Tables } from '../parts/tables.ts'
import type { OrderRow } from './order-book.ts'

export interface Shop {
  /** `demo-shop.myshopify.com` */
  readonly id: string
  readonly number: string
  readonly name: string
  readonly currency: string
  readonly timezone: string
  readonly email: string
  /** Points that come back each second; the bucket holds twenty times as much. */
  readonly restoreRate: number
  /** For how long a use of a discount is not in `asyncUsageCount` yet: Shopify names no bound. */
  readonly usageLagSeconds: number
  /** What is not open is asked nothing, whatever its tokens are. */
  readonly standing: 'open' | 'frozen' | 'locked'
  readonly createdAt: number
}

export interface App {
  /** The client id. */
  readonly id: string
  readonly name: string
  /** Unrevoked client secrets, the oldest first: it is the one that signs webhooks. */
  readonly secrets: readonly string[]
  /** What its current version asks for: granted by client credentials and by an install from the dashboard. */
  readonly scopes: readonly string[]
  /** Public apps must ask for tokens that expire. */
  readonly distribution: 'custom' | 'public'
  /** Client credentials are for shops of its own organisation. */
  readonly ownShops: boolean
  /** null: any. */
  readonly redirectUrls: readonly string[] | null
  /** Whether it was let to see who bought: unapproved apps get null for these fields. */
  readonly customerData: boolean
  /** Subscriptions of its configuration file: for all shops, never deleted, not listed by the API. */
  readonly webhooks: readonly { readonly topics: readonly string[]; readonly uri: string }[]
}

export interface Install {
  /** `{shop} {clientId}` */
  readonly id: string
  readonly shop: string
  readonly clientId: string
  readonly number: string
  readonly scopes: readonly string[]
}

export interface Token {
  readonly id: string
  readonly installId: string
  readonly kind: 'client_credentials' | 'offline' | 'admin'
  /** null: never. */
  readonly expiresAt: number | null
}

export interface RefreshToken {
  readonly id: string
  readonly installId: string
  readonly expiresAt: number
  /** The tokens that it was exchanged for; it goes on working until one of them is used. */
  readonly replacedBy: readonly { readonly access: string; readonly refresh: string }[]
}

export interface Code {
  readonly id: string
  readonly installId: string
  readonly clientId: string
  readonly shop: string
  readonly scopes: readonly string[]
  readonly expiresAt: number
}

export interface Subscription {
  readonly id: string
  readonly installId: string
  /** `ORDERS_PAID` */
  readonly topic: string
  readonly uri: string
  readonly format: string
  readonly filter: string | null
  readonly includeFields: readonly string[]
  readonly metafieldNamespaces: readonly string[]
  readonly name: string | null
  readonly createdAt: number
  readonly updatedAt: number
  /** Tries in a row that failed. */
  readonly failures: number
}

export interface Customer {
  readonly id: string
  readonly shop: string
  readonly email: string | null
  readonly phone: string | null
  readonly firstName: string | null
  readonly lastName: string | null
  readonly createdAt: number
}

export interface Discount {
  readonly id: string
  readonly shop: string
  readonly clientId: string
  readonly code: string
  readonly title: string
  readonly startsAt: number
  readonly endsAt: number | null
  readonly usageLimit: number | null
  readonly appliesOncePerCustomer: boolean
  readonly tags: readonly string[]
  readonly percentage: number | null
  readonly amount: string | null
  readonly appliesOnEachItem: boolean
  readonly customerIds: readonly string[]
  readonly minimumSubtotal: string | null
  readonly minimumQuantity: string | null
  readonly combinesWith: { readonly order: boolean; readonly product: boolean; readonly shipping: boolean }
  readonly used: number
  /** When; `asyncUsageCount` counts those that are long enough ago. */
  readonly usedAt: readonly number[]
  readonly createdAt: number
  readonly updatedAt: number
}

export interface Dispute {
  readonly id: string
  readonly shop: string
  readonly orderId: string | null
  readonly type: 'chargeback' | 'inquiry'
  readonly status: string
  readonly amount: string
  readonly currency: string
  readonly reason: string
  readonly initiatedAt: number
}

/** All that the double of Shopify knows. */
export interface ShopifyState {
  readonly shops: Table<Shop>
  readonly apps: Table<App>
  readonly installs: Table<Install>
  readonly tokens: Table<Token>
  readonly refreshTokens: Table<RefreshToken>
  readonly codes: Table<Code>
  readonly subscriptions: Table<Subscription>
  readonly customers: Table<Customer>
  readonly orders: Table<OrderRow>
  readonly discounts: Table<Discount>
  readonly disputes: Table<Dispute>
  /** A new id, beyond what a JavaScript number holds, as Shopify's may be. */
  newId(): string
  newOrderNumber(shop: string): number
}

const FIRST_ID = 820_982_911_946_154_000n
const FIRST_ORDER_NUMBER = 1001

export function openState(tables: Tables): ShopifyState {
  return {
    shops: tables.table('shops'),
    apps: tables.table('apps'),
    installs: tables.table('installs'),
    tokens: tables.table('tokens'),
    refreshTokens: tables.table('refreshTokens'),
    codes: tables.table('codes'),
    subscriptions: tables.table('subscriptions'),
    customers: tables.table('customers'),
    orders: tables.table('orders'),
    discounts: tables.table('discounts'),
    disputes: tables.table('disputes'),
    newId: () => String(FIRST_ID + BigInt(tables.nextNumber('ids', 1))),
    newOrderNumber: (shop) => tables.nextNumber(`orders of ${shop}`, FIRST_ORDER_NUMBER),
  }
}

export function newSecret(prefix: string): string {
  return `${prefix}${randomBytes(16).toString('hex')}`
}

export function installIdOf(shop: string, clientId: string): string {
  return `${shop} ${clientId}`
}

/** `write_x` lets read too. */
export function grants(scopes: readonly string[], wanted: string): boolean {
  if (scopes.includes(wanted)) return true
  return wanted.startsWith('read_') && scopes.includes(wanted.replace(/^read_/, 'write_'))
}

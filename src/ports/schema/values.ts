import type { Instant } from '../clock.ts'

export type Status = 'draft' | 'live' | 'paused'
export type Platform = 'shopify' | 'stripe'
export type ProviderKind = 'pool' | 'http'
export type Discount =
  | { readonly percentage: string }
  | { readonly amount: string; readonly currency: string }
/** What a milestone gives; copied onto the reward log when it is crossed. Amounts are decimal digits as text. */
export interface RewardSpec {
  readonly providerId: string
  readonly discount: Discount
  readonly expiresInDays?: number
  readonly minimumSubtotal?: string
  readonly prefix?: string
}
export type FulfilmentStatus = 'pending' | 'held' | 'issuing' | 'issued' | 'failed' | 'revoking' | 'revoked'
/**
 * `waiting`: a report whose purchase has not come yet. `applied`: a report that has done what it does. `abandoned`: an
 * operator decided to leave it; a replay takes it up again.
 */
export const ITEM_STATUSES = [
  'pending',
  'counted',
  'duplicate',
  'ignored',
  'failed',
  'abandoned',
  'waiting',
  'applied',
] as const
export type ItemStatus = (typeof ITEM_STATUSES)[number]
export type PurchaseValue = 'one' | 'order_total' | 'order_subtotal' | 'item_count'
/** Which purchases of a connector feed which streak. Amounts are decimal digits as text. */
export interface ConnectorRule {
  readonly streakId: string
  readonly activityId: string
  readonly value: PurchaseValue
  readonly currency: string | null
  readonly minimumValue: string | null
  readonly identifyBy: 'customer_id' | 'email'
  readonly guests: 'by_email' | 'ignore'
  readonly testOrders: 'ignore' | 'count'
}
export interface MemberProfile {
  readonly firstName?: string
  readonly lastName?: string
  readonly email?: string
  readonly phoneNumber?: string
}
export type ProfileTimes = { readonly [F in keyof MemberProfile]?: Instant }
/** A purchase as one rule sees it: everything the engine needs to record it. */
export interface PurchaseActivity {
  readonly externalId: string
  readonly profile: MemberProfile
  /** When the source last changed the profile; older profiles never overwrite newer ones. */
  readonly profileAt: Instant
  readonly activityAt: Instant
  readonly activityId: string
  /** Decimal digits; null where the rule counts `one`. */
  readonly activityValue: string | null
  readonly orderId: string
  /** The name by which refunds and disputes call the order, where that is not its id. */
  readonly orderReference: string | null
  /** Of the whole order, decimal digits, and its currency; null where the body states none. */
  readonly orderTotal: string | null
  readonly currency: string | null
  /** Whether `activityValue` is an amount in that currency: then a refund takes its amount, else only the whole. */
  readonly isAmount: boolean
  readonly purchaseSpace: string
  /** Names of profile fields that were invalid and dropped. */
  readonly droppedFields: readonly string[]
  /** Set by a replay: the profile is old news, so it only fills what is blank. */
  readonly fillsBlanks?: true
}
/** What a platform says of an order after the sale, as it stood when the webhook was made. */
export interface OrderReport {
  /** The platform's own object: `stripe:refund:re_1`, `stripe:dispute:dp_1`, `shopify:cancellation:{order id}`. */
  readonly object: string
  /**
   * `refund_total` says how much of an order was given back so far without naming the refunds: of several the
   * greatest amount counts, and refunds that are known by themselves are part of it.
   */
  readonly kind: 'refund' | 'refund_total' | 'dispute' | 'cancellation'
  /** How far the object has come; of several reports of one object the furthest counts, in this order. */
  readonly state: 'open' | 'taken' | 'given_back'
  /** Decimal digits, with `currency`; null = the whole order. */
  readonly amount: string | null
  /** ISO 4217, upper case; null where the body names none, which means the order's own. */
  readonly currency: string | null
}
export interface Refusal {
  readonly at: Instant
  readonly reason: string
}

/**
 * Begins the externalId of a member that was erased, followed by its id: the row stays as the anonymous id that the
 * ledger refers to, and counts as absent everywhere else. No input may begin with it.
 */
export const ERASED_PREFIX = 'erased:'

/** Whether the row only stands for somebody who was erased: callers must not learn that it is there. */
export function isErased({ externalId }: { readonly externalId: string }): boolean {
  return externalId.startsWith(ERASED_PREFIX)
}

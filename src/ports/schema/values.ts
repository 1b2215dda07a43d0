import type { Instant } from '../clock.ts'
import type { RuleChoices } from './choices.ts'
/** Closed lists of what is stored, each here and nowhere else: types, bodies, filters and the API document follow. */
export const STATUSES = ['draft', 'live', 'paused'] as const
export type Status = (typeof STATUSES)[number]
export const AGGREGATION_METHODS = ['count', 'sum'] as const
export const AGGREGATION_PERIODS = ['daily', 'weekly', 'monthly'] as const
export const WEEK_STARTS = ['monday', 'sunday'] as const
/** What milestones and rewards belong to. */
export const LINKED_SLUGS = ['streak'] as const
export const MILESTONE_METRICS = ['consecutive_count', 'current_progress_value'] as const
export const MILESTONE_REPEATS = ['every_streak', 'every_period', 'once'] as const
export const ON_WITHDRAWAL = ['keep', 'revoke'] as const

/** A commerce platform, by the name that its connector registers; the registry is the list of them. */
export type Platform = string
/** A way to make coupons, by the name that its provider registers; the registry is the list of them. */
export type ProviderKind = string
export type Discount =
  | { readonly percentage: string }
  | { readonly amount: string; readonly currency: string }
/** Whether anything but a probe is asked of a coupon provider. */
export const PROVIDER_STATES = ['ok', 'paused'] as const
/** The last thing that went wrong with a coupon provider: nothing secret, nothing personal. */
export interface ProviderError {
  readonly code: string
  readonly message: string
  readonly at: Instant
}
/** What a milestone gives; copied onto the reward log when it is crossed. Amounts are decimal digits as text. */
export interface RewardSpec {
  readonly providerId: string
  readonly discount: Discount
  readonly expiresInDays?: number
  /** The coupon is made so many times 24 hours after the grant; absent: at once. */
  readonly holdDays?: number
  readonly minimumSubtotal?: string
  readonly prefix?: string
}
/**
 * How much may be let through to coupon providers; what is absent is without limit. Amounts are decimal digits as text,
 * in `currency`, which is there with an amount.
 */
export interface Caps {
  readonly rewardsPerDay?: number
  readonly rewardsPerMonth?: number
  readonly rewardsTotal?: number
  readonly amountPerMonth?: string
  readonly amountTotal?: string
  readonly currency?: string
}
export const FULFILMENT_STATUSES = [
  'pending',
  'held',
  'issuing',
  'issued',
  'failed',
  'revoking',
  'revoked',
] as const
export type FulfilmentStatus = (typeof FULFILMENT_STATUSES)[number]
export const HELD_REASONS = ['hold_period', 'cap', 'provider_paused'] as const
export const COUPON_USED = ['yes', 'no', 'unknown'] as const
/** `own`: the merchant gave it to rewards, as many as they like; so no pool may hold it. */
export const CODE_SOURCES = ['pool', 'drawn', 'own'] as const

/** Entries of the ledger beside the logs. */
export const ENTRY_KINDS = ['withdrawal', 'reinstatement'] as const
/**
 * What a delivery is as a whole; `reported`: a refund, a dispute or a cancellation; `noted`: no order, but what the
 * platform tells of the shop or the law asks.
 */
export const DELIVERY_OUTCOMES = ['translated', 'reported', 'ignored', 'noted'] as const
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
export const IDENTIFY_BY = ['customer_id', 'email'] as const
export const GUESTS = ['by_email', 'ignore'] as const
export const TEST_ORDERS = ['ignore', 'count'] as const
/** What a rule counts of a purchase. */
export const PURCHASE_VALUES = ['one', 'order_total', 'order_subtotal', 'item_count'] as const
export type PurchaseValue = (typeof PURCHASE_VALUES)[number]
/** Whether gift cards that are bought count. */
export const GIFT_CARDS = ['ignore', 'count'] as const
export type GiftCards = (typeof GIFT_CARDS)[number]

/** How far something has come; of several reports of it the furthest counts, in this order. */
export const REPORT_STATES = ['open', 'taken', 'given_back'] as const
export type ReportState = (typeof REPORT_STATES)[number]
/** Which purchases of a connector feed which streak. Amounts are decimal digits as text. */
export interface ConnectorRule extends RuleChoices {
  readonly streakId: string
  readonly activityId: string
  readonly value: PurchaseValue
  readonly currency: string | null
  readonly minimumValue: string | null
  readonly identifyBy: (typeof IDENTIFY_BY)[number]
  readonly guests: (typeof GUESTS)[number]
  readonly testOrders: (typeof TEST_ORDERS)[number]
  /**
   * Whether gift cards that are bought count. Absent on rules that were stored before there was the choice: they count.
   */
  readonly giftCards?: GiftCards
  /**
   * A purchase dated further back than so many days when it is received makes a quiet log; null, and absent on rules
   * that were stored before, is without limit.
   */
  readonly rewardWithinDays?: number | null
}
/** What is known of a member beside its `externalId`; from the API or from a connector. */
export const PROFILE_FIELDS = ['firstName', 'lastName', 'email', 'phoneNumber'] as const
export type MemberProfile = { readonly [F in (typeof PROFILE_FIELDS)[number]]?: string }
export type ProfileTimes = { readonly [F in keyof MemberProfile]?: Instant }
/**
 * An amount in the shop's own currency and in the one that the shopper saw, decimal digits, with a sign where it is
 * below 0; null where the body gives none.
 */
export interface PartMoney {
  readonly shop: string | null
  readonly shown: string | null
}

/** A payment by which a refund is paid out. */
export interface RefundTransaction {
  /** By it other bodies tell of the same payment; one of a body without ids is known by its place. */
  readonly id: string
  readonly state: ReportState
  /** Decimal digits. */
  readonly amount: string
  /** ISO 4217, upper case; null: the order's own. */
  readonly currency: string | null
}

/** What came back of one line of an order. */
export interface ReturnedLine {
  /** null where the body names none that can be kept. */
  readonly lineId: string | null
  readonly units: number
  /** What the units cost, and the tax that the body states beside it. */
  readonly amount: PartMoney
  readonly tax: PartMoney
  /** The goods came back, and were not only taken out of the order. */
  readonly isReturn: boolean
}

/** What a refund is made of, as its body names it. Nothing here is reckoned: `src/engine/decide` does that. */
export interface RefundParts {
  readonly transactions: readonly RefundTransaction[]
  readonly lines: readonly ReturnedLine[]
  readonly shipping: PartMoney
  readonly shippingTax: PartMoney
  readonly duties: PartMoney
  /** By how much the money differs from the parts, as far as the body says so; below 0 where more was paid out. */
  readonly difference: PartMoney
  /** The currencies of `shop` and `shown`; null where the body names none. */
  readonly currency: string | null
  readonly shownCurrency: string | null
}

/** A line of an order as it counted. */
export interface SoldLine {
  /** null where the body names none that can be kept: then no report finds it. */
  readonly lineId: string | null
  readonly units: number
  readonly isGiftCard: boolean
}

/**
 * What reports of an order are held against: the rule as it was when the purchase counted, and the order as its body
 * stated it, before returns. Amounts are decimal digits in the order's own currency.
 */
export interface PurchaseBasis {
  readonly value: PurchaseValue
  readonly minimumValue: string | null
  readonly giftCards: GiftCards
  readonly subtotal: string | null
  /** Whether the order's prices hold its taxes; null where the platform does not part them. */
  readonly taxesIncluded: boolean | null
  /** What the shopper saw: another currency than the order's, or the same. */
  readonly presented: { readonly currency: string; readonly total: string } | null
  /** How many decimals the total was written with: what is converted is rounded to them. */
  readonly decimals: number
  /** null where the platform states none, or more than can be kept. */
  readonly lines: readonly SoldLine[] | null
  /** What the gift cards among the lines cost. */
  readonly giftCardMoney: string
  /** Refunds that the body lists with no money in them: what an edit took out was never counted. */
  readonly edits: readonly string[]
}
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
  /** A second such name, where a platform has two. */
  readonly otherReference?: string | null
  /** Of the whole order, decimal digits, and its currency; null where the body states none. */
  readonly orderTotal: string | null
  readonly currency: string | null
  /** Whether `activityValue` is an amount in that currency: then a refund takes its amount, else only the whole. */
  readonly isAmount: boolean
  /** What reports of the order are held against; absent on what was stored before it was kept. */
  readonly basis?: PurchaseBasis
  readonly purchaseSpace: string
  /** Names of profile fields that were invalid and dropped. */
  readonly droppedFields: readonly string[]
  /** Set by a replay: the profile is old news, so it only fills what is blank. */
  readonly fillsBlanks?: true
  /** Dated further back than the rule's `rewardWithinDays` when it was received: its log is quiet. */
  readonly quiet?: boolean
  /** The rule's, for a replay that has no body any more: it judges by its own moment. */
  readonly rewardWithinDays?: number | null
}
/**
 * `refund_total` says how much of an order was given back so far without naming the refunds: of several the greatest
 * amount counts, and refunds that are known by themselves are part of it. `transaction` is the state of one payment of a
 * refund that another report lists.
 */
export const REPORT_KINDS = ['refund', 'refund_total', 'dispute', 'cancellation', 'transaction'] as const
/** What a platform says of an order after the sale, as it stood when the webhook was made. */
export interface OrderReport {
  /** The platform's own object: `stripe:refund:re_1`, `stripe:dispute:dp_1`, `shopify:cancellation:{order id}`. */
  readonly object: string
  readonly kind: (typeof REPORT_KINDS)[number]
  readonly state: ReportState
  /** Decimal digits, with `currency`; null = the whole order, and where a refund was paid out in several currencies. */
  readonly amount: string | null
  /** ISO 4217, upper case; null where the body names none, which means the order's own. */
  readonly currency: string | null
  /** What a refund is made of, where its platform says so. */
  readonly parts?: RefundParts
  /**
   * When the body was as it is, where the object can come back to a state that it was in: of several reports of it the
   * one stated last counts. Absent: the furthest.
   */
  readonly statedAt?: Instant
  /** Told of many orders that never counted: it does not wait for a purchase. One that comes later finds it all the same. */
  readonly ifCounted?: true
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

const EMAIL_PREFIX = 'email:'

/** Whether the row only stands for somebody who was erased: callers must not learn that it is there. */
export function isErased({ externalId }: { readonly externalId: string }): boolean {
  return externalId.startsWith(ERASED_PREFIX)
}

/** Whom an address names: the externalId of the member that a rule makes of it. The same for every way to write it. */
export function emailIdentity(address: string): string {
  return `${EMAIL_PREFIX}${address.trim().toLowerCase()}`
}

/** Whether an identity is that of an address. */
export function isEmailIdentity(identity: string): boolean {
  return identity.startsWith(EMAIL_PREFIX)
}

/** An item of a delivery that only says whom the body names: of no purchase and no report, and nothing becomes of it. */
export function isIdentityOnly({
  ruleIndex,
  activity,
  report,
}: {
  readonly ruleIndex: number | null
  readonly activity: PurchaseActivity | null
  readonly report: OrderReport | null
}): boolean {
  return ruleIndex === null && activity === null && report === null
}

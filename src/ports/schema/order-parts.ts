/** What a rule counts of a purchase. */
export const PURCHASE_VALUES = ['one', 'order_total', 'order_subtotal', 'item_count'] as const
export type PurchaseValue = (typeof PURCHASE_VALUES)[number]
/** Whether gift cards that are bought count. */
export const GIFT_CARDS = ['ignore', 'count'] as const
export type GiftCards = (typeof GIFT_CARDS)[number]

/** How far something has come; of several reports of it the furthest counts, in this order. */
export const REPORT_STATES = ['open', 'taken', 'given_back'] as const
export type ReportState = (typeof REPORT_STATES)[number]

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

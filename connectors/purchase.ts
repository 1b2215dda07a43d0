import type { Instant } from '../src/ports/clock.ts'
import type {
  MemberProfile,
  Platform,
  PurchaseBasis,
  PurchaseValue,
  SoldLine,
} from '../src/ports/schema/values.ts'
import { MAX_QUANTITY, type ParsedQuantity, parseQuantity, type Quantity } from '../src/streaks/quantity.ts'
import { ExactNumber, type Json } from './json.ts'

/** Values that are read from the body; `one` is not. */
export type MeasuredValue = Exclude<PurchaseValue, 'one'>

/** `unusable`: the platform names a customer in a form that cannot be a member's id. That is not a guest. */
export type Customer =
  | { readonly kind: 'guest' }
  | { readonly kind: 'known'; readonly id: string }
  | { readonly kind: 'unusable' }

/** Who a body says bought. */
export interface Buyer {
  readonly platform: Platform
  readonly customer: Customer
  readonly profile: MemberProfile
  readonly droppedFields: readonly string[]
}

/** A line of an order that was sold, by the names of what it is of: its product and variant, its SKU. */
export interface SoldProduct {
  readonly names: readonly string[]
  readonly isGiftCard: boolean
}

/** A paid purchase, the same for every platform: what the rules look at. */
export interface Purchase extends Buyer {
  readonly orderId: string
  /** What people call the order; null where the body does not say it. */
  readonly orderName: string | null
  /** The names by which refunds and disputes call the order, as far as they are not its id: two at most. */
  readonly references: readonly string[]
  readonly activityAt: Instant
  readonly isTest: boolean
  /** ISO 4217 in upper case; null when the body names none that is one. */
  readonly currency: string | null
  /** By value; absent where the platform cannot measure it. */
  readonly amounts: Readonly<Partial<Record<MeasuredValue, ParsedQuantity>>>
  /** What was sold; null where the platform does not say it, or does not say how much. */
  readonly lines: readonly SoldLine[] | null
  /** What the gift cards among the lines cost. */
  readonly giftCardMoney: ParsedQuantity
  /** The merchant's marks on the order; null where the body does not state them. */
  readonly tags: readonly string[] | null
  /** What was sold, by each name that it has; null where the body does not state it. */
  readonly products: readonly SoldProduct[] | null
  /** Where the order was placed, as the platform calls it; null where the body does not say so. */
  readonly channel: string | null
  /** As in `PurchaseBasis`. */
  readonly taxesIncluded: boolean | null
  readonly presented: PurchaseBasis['presented']
  readonly decimals: number
  readonly edits: readonly string[]
  /** When the source stated the profile. */
  readonly profileAt: Instant
}

const MAX_AMOUNT_CHARACTERS = 40
const NOT_A_NUMBER: ParsedQuantity = { ok: false, reason: 'not_a_number' }

/** An amount written as text (`"404.95"`) or as a number, by its own digits. */
export function readAmount(value: Json | undefined): ParsedQuantity {
  const digits = value instanceof ExactNumber ? value.digits : value
  return typeof digits === 'string' && digits.length <= MAX_AMOUNT_CHARACTERS
    ? parseQuantity(digits)
    : NOT_A_NUMBER
}

/** How many decimals an amount is written with; 2 for one that is not written with digits and a point. */
export function decimalsOfAmount(value: Json | undefined): number {
  const digits = value instanceof ExactNumber ? value.digits : value
  const match = typeof digits === 'string' ? /^\d+(?:\.(\d{1,6}))?$/.exec(digits) : null
  return match === null ? 2 : (match[1] ?? '').length
}

/** The sum of amounts; the first that cannot be read stands for them all. */
export function sumAmounts(amounts: readonly ParsedQuantity[]): ParsedQuantity {
  let sum: Quantity = 0n
  for (const amount of amounts) {
    if (!amount.ok) return amount
    sum += amount.value
  }
  return sum > MAX_QUANTITY ? { ok: false, reason: 'too_large' } : { ok: true, value: sum }
}

export function readCurrency(value: Json | undefined): string | null {
  return typeof value === 'string' && /^[A-Za-z]{3}$/.test(value) ? value.toUpperCase() : null
}

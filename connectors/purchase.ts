import type { Instant } from '../src/ports/clock.ts'
import type { MemberProfile, Platform, PurchaseValue } from '../src/ports/schema/values.ts'
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

/** A paid purchase, the same for every platform: what the rules look at. */
export interface Purchase extends Buyer {
  readonly orderId: string
  /** The name by which refunds and disputes call the order, where that is not its id. */
  readonly orderReference: string | null
  readonly activityAt: Instant
  readonly isTest: boolean
  /** ISO 4217 in upper case; null when the body names none that is one. */
  readonly currency: string | null
  /** By value; absent where the platform cannot measure it. */
  readonly amounts: Readonly<Partial<Record<MeasuredValue, ParsedQuantity>>>
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

/** The sum of whole numbers, such as the quantities of an order's lines. */
export function sumWhole(values: readonly (Json | undefined)[]): ParsedQuantity {
  let sum = 0n
  for (const value of values) {
    if (!(value instanceof ExactNumber) || !/^\d{1,15}$/.test(value.digits)) return NOT_A_NUMBER
    sum += BigInt(value.digits)
  }
  return parseQuantity(sum.toString())
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

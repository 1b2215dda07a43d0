import type { PartMoney, PurchaseBasis, RefundParts } from '../../ports/schema/values.ts'
import { QUANTITY_SCALE, type Quantity } from '../../streaks/quantity.ts'
import { quantityOf } from './order-objects.ts'

/** An order as far as money is set against it. */
export interface OrderMoney {
  readonly currency: string | null
  /** Of the whole order, before returns. */
  readonly orderTotal: Quantity | null
  readonly basis: PurchaseBasis | null
}

/** So many of the order's own money are so many of another. */
export interface Rate {
  readonly own: Quantity
  readonly other: Quantity
}

/** Cents, where nothing is known of how the order's total is written. */
const USUAL_DECIMALS = 2
const SCALE_DECIMALS = 6

/** By which amounts of the parts are in the order's currency, and by which in the other that they name. */
export interface Sides {
  own(money: PartMoney): Quantity
  other(money: PartMoney): Quantity
  readonly otherCurrency: string | null
}

/** null where the parts are in neither: then nothing can be said of them. */
export function sidesOf(parts: RefundParts, { currency }: OrderMoney): Sides | null {
  const shop = (money: PartMoney) => quantityOf(money.shop)
  const shown = (money: PartMoney) => quantityOf(money.shown)
  if (currency === null || parts.currency === null || parts.currency === currency) {
    return { own: shop, other: shown, otherCurrency: parts.shownCurrency }
  }
  return parts.shownCurrency === currency ? { own: shown, other: shop, otherCurrency: parts.currency } : null
}

/** The rate of the order itself, between its own currency and what the shopper saw; null where it has none. */
export function orderRate({ orderTotal, currency, basis }: OrderMoney, other: string): Rate | null {
  const presented = basis?.presented ?? null
  if (presented === null || presented.currency !== other || presented.currency === currency) return null
  const total = quantityOf(presented.total)
  return orderTotal === null || total === 0n ? null : { own: orderTotal, other: total }
}

/** Rounded half up to the decimals of the order's total. */
export function converted(amount: Quantity, { own, other }: Rate, { basis }: OrderMoney): Quantity {
  const decimals = Math.min(basis?.decimals ?? USUAL_DECIMALS, SCALE_DECIMALS)
  const unit = QUANTITY_SCALE / 10n ** BigInt(decimals)
  const divisor = other * unit
  return ((2n * amount * own + divisor) / (2n * divisor)) * unit
}

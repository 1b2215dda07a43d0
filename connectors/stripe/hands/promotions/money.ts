import type { Discount } from '../../../../src/ports/schema/values.ts'
import { parseQuantity, QUANTITY_SCALE } from '../../../../src/streaks/quantity.ts'
import { coinDecimalsOf, decimalsOf } from '../../currency.ts'

/** What Stripe takes of an amount: eight digits. */
const MAX_MINOR_UNITS = 99_999_999n

/**
 * An amount such as `19.99` in Stripe's minor units of its currency; null where Stripe does not take it: it is finer than
 * the coins of its currency, or has too many digits. @param currency three letters in upper case
 */
export function minorUnits(amount: string, currency: string): number | null {
  const read = parseQuantity(amount)
  if (!read.ok) return null
  if ((read.value * 10n ** BigInt(coinDecimalsOf(currency))) % QUANTITY_SCALE !== 0n) return null
  const units = (read.value * 10n ** BigInt(decimalsOf(currency))) / QUANTITY_SCALE
  return units > MAX_MINOR_UNITS ? null : Number(units)
}

/** What is wrong with an amount, after its path. */
export function amountFault(amount: string, currency: string): string | null {
  if (minorUnits(amount, currency) !== null) return null
  const decimals = coinDecimalsOf(currency)
  const unit = decimals === 0 ? 'have no decimals' : `have at most ${decimals} decimals`
  return `must ${unit} in ${currency} and be at most ${MAX_MINOR_UNITS} of Stripe's minor units, is ${amount}`
}

/** How Stripe writes a discount down. @throws TypeError for an amount that was refused with its milestone */
export function stripeDiscount(
  discount: Discount,
): { readonly percent_off: number } | { readonly amount_off: number; readonly currency: string } {
  if ('percentage' in discount) return { percent_off: Number(discount.percentage) }
  const units = minorUnits(discount.amount, discount.currency)
  if (units === null) throw new TypeError('an amount that Stripe does not take')
  return { amount_off: units, currency: discount.currency.toLowerCase() }
}

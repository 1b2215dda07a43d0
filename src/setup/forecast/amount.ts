import type { Discount } from '../../ports/schema/values.ts'
import { parseQuantity, QUANTITY_SCALE, type Quantity } from '../../streaks/quantity.ts'
import type { StandingOrder } from './standing-orders.ts'
import type { ForecastAmount } from './types.ts'

/**
 * What so many rewards would cost: a fixed discount as often; of a percentage that share of the average counted order,
 * half up to the currency's decimals. null where there is no discount, no order to reckon with, or several currencies.
 */
export function rewardAmount(
  discount: Discount | null,
  count: number,
  orders: readonly StandingOrder[],
): ForecastAmount | null {
  if (discount === null) return null
  if ('amount' in discount) {
    const { amount, currency } = discount
    return { value: digits(amount) * BigInt(count), currency, estimated: false }
  }
  const currencies = new Set(orders.map(({ currency }) => currency))
  const [currency] = currencies
  const totals = orders.flatMap(({ total }) => total ?? [])
  if (currencies.size !== 1 || currency == null || totals.length === 0) return null
  const sum = totals.reduce((all, total) => all + total, 0n)
  const percentage = digits(discount.percentage)
  const divisor = 100n * QUANTITY_SCALE * BigInt(totals.length)
  return { value: halfUp(sum * percentage * BigInt(count), divisor, currency), currency, estimated: true }
}

/** The quotient, half up to what the currency is written with. */
function halfUp(dividend: bigint, divisor: bigint, currency: string): Quantity {
  const step = QUANTITY_SCALE / 10n ** BigInt(decimalsOf(currency))
  const unit = divisor * step
  return ((2n * dividend + unit) / (2n * unit)) * step
}

/** By ISO 4217. */
function decimalsOf(currency: string): number {
  const { maximumFractionDigits = 2 } = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
  }).resolvedOptions()
  return Math.min(6, maximumFractionDigits)
}

/** Digits that a reader wrote. */
function digits(text: string): Quantity {
  const parsed = parseQuantity(text)
  return parsed.ok ? parsed.value : 0n
}

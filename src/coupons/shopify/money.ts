import type { RewardFault } from '../../ports/coupon-provider.ts'
import type { RewardSpec } from '../../ports/schema/values.ts'
import { parseQuantity, QUANTITY_SCALE } from '../../streaks/quantity.ts'

/** By ISO 4217. `Intl` counts currencies among them whose coins are out of use. */
const WITHOUT_DECIMALS: ReadonlySet<string> = new Set(
  'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' '),
)

/**
 * What of a reward's money a shop cannot give; null: nothing. Amounts of a discount have no currency at Shopify: they
 * are in the shop's, which must be the reward's, and have its decimals.
 * @param own the shop's currency; null where it is not known yet
 */
export function moneyFault(
  { discount, minimumSubtotal }: Pick<RewardSpec, 'discount' | 'minimumSubtotal'>,
  own: string | null,
): RewardFault | null {
  if (own === null) return null
  if ('amount' in discount && discount.currency !== own) {
    const message = `must be ${own}, the currency of the shop that gives the discount`
    return { path: 'reward.discount.currency', code: 'CURRENCY_MISMATCH', message }
  }
  const amounts = {
    'reward.discount.amount': 'amount' in discount ? discount.amount : undefined,
    'reward.minimumSubtotal': minimumSubtotal,
  }
  for (const [path, amount] of Object.entries(amounts)) {
    if (amount === undefined || isAmount(amount, own)) continue
    const decimals = decimalsOf(own)
    const rule = decimals === 0 ? 'have no decimals' : `have at most ${decimals} decimals`
    return { path, code: 'INVALID_INPUT', message: `must ${rule} in ${own}, is ${amount}` }
  }
  return null
}

function isAmount(amount: string, currency: string): boolean {
  const read = parseQuantity(amount)
  return read.ok && (read.value * 10n ** BigInt(decimalsOf(currency))) % QUANTITY_SCALE === 0n
}

function decimalsOf(currency: string): number {
  if (WITHOUT_DECIMALS.has(currency)) return 0
  if (!/^[A-Z]{3}$/.test(currency)) return 2
  const { maximumFractionDigits = 2 } = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
  }).resolvedOptions()
  return Math.max(2, maximumFractionDigits)
}

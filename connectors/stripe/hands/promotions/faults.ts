import type Stripe from 'stripe'
import type { RewardFault } from '../../../../src/ports/coupon-provider.ts'
import type { Told } from '../../../../src/ports/platform-calls.ts'
import type { Discount, RewardSpec } from '../../../../src/ports/schema/values.ts'
import { askOnce } from '../ask.ts'
import { findCoupon, isWorth, worthOf } from './coupon.ts'
import { amountFault } from './money.ts'
import type { Settings } from './promotion-code.ts'

/** What of a reward Stripe cannot make; null: nothing. Asks only about a coupon of the merchant's own. */
export async function faultOf(
  stripe: Stripe,
  { couponId, currency }: Settings,
  reward: RewardSpec,
): Promise<Told<RewardFault | null>> {
  const fault = moneyFault(reward, currency)
  if (fault !== null || couponId === undefined) return { outcome: 'ok', value: fault }
  return askOnce(() => couponFault(stripe, couponId, reward.discount))
}

async function couponFault(
  stripe: Stripe,
  couponId: string,
  discount: Discount,
): Promise<RewardFault | null> {
  const coupon = await findCoupon(stripe, couponId)
  if (coupon?.valid === true && isWorth(coupon, discount)) return null
  const is = coupon === null ? 'which Stripe does not know' : wrongOf(coupon)
  const message = `must be that of the coupon ${couponId} at Stripe, ${is}`
  return { path: 'reward.discount', code: 'INVALID_INPUT', message }
}

function wrongOf(coupon: Stripe.Coupon): string {
  return coupon.valid ? `which is ${worthOf(coupon)}` : 'which can no longer be redeemed'
}

function moneyFault(
  { discount, minimumSubtotal }: Pick<RewardSpec, 'discount' | 'minimumSubtotal'>,
  currency: string | undefined,
): RewardFault | null {
  const amount = 'percentage' in discount ? null : amountFault(discount.amount, discount.currency)
  if (amount !== null) return { path: 'reward.discount.amount', code: 'INVALID_INPUT', message: amount }
  if (minimumSubtotal === undefined) return null
  const path = 'reward.minimumSubtotal'
  const unit = 'percentage' in discount ? currency : discount.currency
  const message =
    unit === undefined
      ? 'must be of a currency: with a percentage, settings.currency of the coupon provider says in what'
      : amountFault(minimumSubtotal, unit)
  return message === null ? null : { path, code: 'INVALID_INPUT', message }
}

import { createHash } from 'node:crypto'
import type Stripe from 'stripe'
import type { Discount } from '../../../../src/ports/schema/values.ts'
import { isNo } from './errors.ts'
import { stripeDiscount } from './money.ts'

/**
 * The id of the coupon under which an account's codes for one discount stand: the same from every process, at every
 * time, so that Stripe itself keeps two from making two.
 */
export function couponIdOf(accountId: string, discount: Discount): string {
  const parts = [accountId, ...Object.entries(stripeDiscount(discount)).sort()].flat()
  return `streakline-${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)}`
}

/** Makes the coupon unless it is there. */
export async function makeCoupon(stripe: Stripe, id: string, discount: Discount): Promise<void> {
  try {
    await stripe.coupons.create({
      id,
      ...stripeDiscount(discount),
      duration: 'once',
      name: nameOf(discount),
      metadata: { streakline: 'discount' },
    })
  } catch (error) {
    // another worker was faster
    if (!isNo(error, 'id') || error.code !== 'resource_already_exists') throw error
  }
}

/** What buyers read beside the discount. */
function nameOf(discount: Discount): string {
  return 'percentage' in discount ? `${discount.percentage}%` : `${discount.amount} ${discount.currency}`
}

/** Whether a coupon of the merchant's is worth what the milestone says. */
export function isWorth(
  coupon: Pick<Stripe.Coupon, 'percent_off' | 'amount_off' | 'currency'>,
  discount: Discount,
): boolean {
  const wanted = stripeDiscount(discount)
  if ('percent_off' in wanted) return coupon.percent_off === wanted.percent_off && coupon.amount_off === null
  return coupon.amount_off === wanted.amount_off && coupon.currency === wanted.currency
}

/** Asks for a coupon; null: Stripe does not know it. */
export async function findCoupon(stripe: Stripe, id: string): Promise<Stripe.Coupon | null> {
  return stripe.coupons.retrieve(id).catch((error: unknown) => {
    if (isNo(error, 'coupon')) return null
    throw error
  })
}

/** As people read it: `20%`, `500 usd`. */
export function worthOf({ percent_off, amount_off, currency }: Stripe.Coupon): string {
  return percent_off === null ? `${amount_off} ${currency} in minor units` : `${percent_off}%`
}

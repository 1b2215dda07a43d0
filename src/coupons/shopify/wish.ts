import { z } from 'zod'
import type { CouponRequest } from '../../ports/coupon-provider.ts'
import type { DiscountWish, FoundDiscount } from '../../ports/hands.ts'

const TAG = 'streakline'
const NO_OTHERS = { order: false, product: false, shipping: false }

export const settingsShape = z.strictObject({
  /** `when_known`: only the customer who earned it may use it, where the member is one of the shop's. */
  customerBound: z.enum(['when_known', 'never']).default('when_known'),
  combinesWith: z
    .strictObject({
      order: z.boolean().default(false),
      product: z.boolean().default(false),
      shipping: z.boolean().default(false),
    })
    .optional(),
})

export const titleOf = (code: string): string => `Streakline ${code}`

/** The discount of a reward: the same for every attempt. @param isForAll also where the customer is known */
export function wishOf(request: CouponRequest, isForAll = false): DiscountWish {
  const { customerBound, combinesWith } = settingsShape.parse(request.settings)
  const { code, discount, minimumSubtotal, grantedAt, expiresAt, member } = request
  const isBound = customerBound === 'when_known' && !isForAll
  return {
    ...{ code, discount, minimumSubtotal },
    title: titleOf(code),
    tags: [TAG],
    startsAt: grantedAt,
    endsAt: expiresAt,
    combinesWith: combinesWith ?? NO_OTHERS,
    customerId: isBound ? customerIdOf(member.externalId) : null,
  }
}

/** Of a member whom the shop's orders made; null for all others. */
function customerIdOf(externalId: string): string | null {
  return /^shopify:(\d{1,20})$/.exec(externalId)?.[1] ?? null
}

/** Whether a discount is the one that was asked for under this code, and not another's who had the code before. */
export function isOurs({ title, tags }: FoundDiscount, code: string): boolean {
  return title === titleOf(code) && tags.some((tag) => tag.toLowerCase() === TAG)
}

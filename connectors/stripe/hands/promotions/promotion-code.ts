import { createHash } from 'node:crypto'
import type Stripe from 'stripe'
import type { CouponRequest, IssueOutcome } from '../../../../src/ports/coupon-provider.ts'
import { couponIdOf, findCoupon, makeCoupon } from './coupon.ts'
import { failed, isNo, isRefusal, isReplayedFailure } from './errors.ts'
import { minorUnits } from './money.ts'

/** Settings of the provider. */
export interface Settings {
  /** A coupon of the merchant's own. */
  readonly couponId?: string | undefined
  /** In what `minimumSubtotal` is where the discount is a percentage. */
  readonly currency?: string | undefined
}

type Wanted = Stripe.PromotionCodeCreateParams

const REWARD = 'streakline_reward_log'
const CUSTOMER = /^stripe:([A-Za-z0-9_]{1,255})$/
const MOST = 100
/** Stripe refuses an end that is further off than five years. */
const LONGEST_MS = 5 * 365 * 86_400_000

/**
 * The promotion code of a reward: made, or found where an earlier request may have made it. Its text is taken once
 * among those that can be used, so that of two requests at once one is refused and finds what the other made.
 */
export async function issueCode(
  stripe: Stripe,
  settings: Settings,
  request: CouponRequest,
): Promise<IssueOutcome> {
  // a key is forgotten after a day, and what it kept of a failure says nothing of now
  if (request.mayExist) {
    const [own] = await findCodes(stripe, request, settings)
    if (own !== undefined) return issued(own, request)
  }
  try {
    return issued(await makeCode(stripe, settings, request), request)
  } catch (error) {
    const isTaken = isRefusal(error) ? await taken(stripe, settings, request, isNo(error, 'code')) : null
    if (isTaken !== null) return isTaken
    // whatever it names: the coupon itself says whether it is over
    const over =
      settings.couponId !== undefined && (isRefusal(error) || isNo(error, COUPON))
        ? await overOf(stripe, settings.couponId)
        : null
    if (over !== null) return over
    throw error
  }
}

const COUPON = 'coupon'

/** Why nothing can be made any more under a coupon of the merchant's own; null: something can. */
async function overOf(stripe: Stripe, id: string): Promise<IssueOutcome | null> {
  const coupon = await findCoupon(stripe, id)
  if (coupon === null) return failed(`COUPON_GONE: Stripe does not know the coupon ${id} of the provider`)
  if (coupon.valid) return null
  return failed(`COUPON_ENDED: the coupon ${id} of the provider can no longer be redeemed at Stripe`)
}

async function makeCode(
  stripe: Stripe,
  settings: Settings,
  request: CouponRequest,
): Promise<Stripe.PromotionCode> {
  const coupon = settings.couponId ?? couponIdOf(request.accountId, request.discount)
  let wanted = wantedOf(coupon, settings, request)
  for (let round = 0; ; round += 1) {
    try {
      return await stripe.promotionCodes.create(wanted, { idempotencyKey: keyOf(request, wanted, round) })
    } catch (error) {
      if (round >= MAX_ROUNDS) throw error
      if (isNo(error, COUPON) && settings.couponId === undefined) {
        // the first of its discount, or the merchant deleted it
        await makeCoupon(stripe, coupon, request.discount)
      } else if (isNo(error, 'customer') && wanted.customer !== undefined) {
        const { customer: _gone, ...others } = wanted
        wanted = others
      } else if (isRefusal(error) && settings.couponId !== undefined && wanted.expires_at !== undefined) {
        const endsWith = (await findCoupon(stripe, settings.couponId))?.redeem_by ?? null
        if (endsWith === null || endsWith >= wanted.expires_at) throw error
        wanted = { ...wanted, expires_at: endsWith }
      } else if (!isReplayedFailure(error)) throw error
      // what was kept under the key was looked for above, and is not there
      else if ((await findCodes(stripe, request)).length > 0) throw error
    }
  }
}

/** A coupon that was not there, a customer that is gone, an end before the coupon's, an old failure under the key. */
const MAX_ROUNDS = 4

function wantedOf(coupon: string, settings: Settings, request: CouponRequest): Wanted {
  const { code, member, rewardLogId } = request
  const endsAt = endOf(request)
  const [, customer] = CUSTOMER.exec(member.externalId) ?? []
  const restrictions = restrictionsOf(settings, request)
  return {
    promotion: { type: 'coupon', coupon },
    code,
    max_redemptions: 1,
    metadata: { [REWARD]: rewardLogId },
    ...(mayEndByItself(settings) ? { expand: ['promotion.coupon'] } : {}),
    ...(customer === undefined ? {} : { customer }),
    // in whole seconds, and not before the time that was promised
    ...(endsAt === null ? {} : { expires_at: Math.ceil(endsAt / 1000) }),
    ...(restrictions === null ? {} : { restrictions }),
  }
}

function restrictionsOf(
  settings: Settings,
  { discount, minimumSubtotal }: CouponRequest,
): Stripe.PromotionCodeCreateParams.Restrictions | null {
  const currency = 'percentage' in discount ? settings.currency : discount.currency
  if (minimumSubtotal === null || currency === undefined) return null
  const units = minorUnits(minimumSubtotal, currency)
  if (units === null || units === 0) return null
  return { minimum_amount: units, minimum_amount_currency: currency.toLowerCase() }
}

/** Ours for a reward and what is asked for it; a later round must not get the answer of an earlier one. */
function keyOf({ rewardLogId }: CouponRequest, wanted: Wanted, round: number): string {
  const digest = createHash('sha256').update(JSON.stringify(wanted)).digest('hex').slice(0, 16)
  return `streakline-${rewardLogId}-${digest}${round === 0 ? '' : `-${round}`}`
}

/**
 * What a refusal comes to where the text is taken; null: it is not. Stripe says so in words alone, so its books decide
 * where they are others than those that are known.
 */
async function taken(
  stripe: Stripe,
  settings: Settings,
  request: CouponRequest,
  isSaid: boolean,
): Promise<IssueOutcome | null> {
  const same = await codesOf(stripe, request, settings)
  const own = same.find(({ metadata }) => metadata?.[REWARD] === request.rewardLogId)
  if (own !== undefined) return issued(own, request)
  if (!isSaid && !same.some(({ active }) => active)) return null
  return failed('CODE_TAKEN: Stripe has another promotion code of this text; a replay draws another one')
}

/** When it ends at Stripe: the same for every try. */
function endOf({ expiresAt, grantedAt }: Pick<CouponRequest, 'expiresAt' | 'grantedAt'>): number | null {
  return expiresAt === null ? null : Math.min(expiresAt, grantedAt + LONGEST_MS)
}

/** The end that was asked for stands, unless Stripe takes none so late, or its coupon ends before. */
function issued({ code, promotion }: Stripe.PromotionCode, request: CouponRequest): IssueOutcome {
  const coupon = promotion?.coupon ?? null
  const own = coupon === null || typeof coupon === 'string' ? null : coupon.redeem_by
  const ends = [endOf(request), own === null ? null : own * 1000].filter((end) => end !== null)
  const endsAt = ends.length === 0 ? null : Math.min(...ends)
  return { outcome: 'issued', code, expiresAt: endsAt === request.expiresAt ? null : endsAt }
}

/**
 * The promotion codes of a reward, those that are used up or switched off among them. The same text may stand several
 * times, so what they were made for decides.
 */
export async function findCodes(
  stripe: Stripe,
  { code, rewardLogId }: Pick<CouponRequest, 'code' | 'rewardLogId'>,
  settings: Settings = {},
): Promise<Stripe.PromotionCode[]> {
  const same = await codesOf(stripe, { code }, settings)
  return same.filter(({ metadata }) => metadata?.[REWARD] === rewardLogId)
}

/** All of this text, whoever made them. */
async function codesOf(
  stripe: Stripe,
  { code }: Pick<CouponRequest, 'code'>,
  settings: Settings,
): Promise<Stripe.PromotionCode[]> {
  const expand = mayEndByItself(settings) ? { expand: ['data.promotion.coupon'] } : {}
  return (await stripe.promotionCodes.list({ code, limit: MOST, ...expand })).data
}

/** A coupon of the merchant's own: ours have no end. */
function mayEndByItself({ couponId }: Settings): boolean {
  return couponId !== undefined
}

/** Switches a reward's codes off, then says by the very answers whether one was used before; null: there are none. */
export async function switchOff(
  stripe: Stripe,
  request: Pick<CouponRequest, 'code' | 'rewardLogId'>,
): Promise<'yes' | 'no' | null> {
  const found = await findCodes(stripe, request)
  if (found.length === 0) return null
  const off = await Promise.all(found.map(({ id }) => stripe.promotionCodes.update(id, { active: false })))
  return usedAmong(off)
}

export function usedAmong(codes: readonly Stripe.PromotionCode[]): 'yes' | 'no' {
  return codes.some(({ times_redeemed: times }) => times > 0) ? 'yes' : 'no'
}

import { allCoupons, checkAmount, couponOf, deleteCoupon, MAX_AMOUNT, putCoupon } from './coupon-book.ts'
import { fault, missing } from './faults.ts'
import { PAGING, pageOf } from './lists.ts'
import type { Parameters, Shape } from './parameters.ts'
import type { Route } from './routes.ts'
import { newId, type Thing } from './state.ts'

const FIVE_YEARS_SECONDS = 5 * 366 * 86_400

const CREATE: Shape = {
  id: { is: 'text', max: 200 },
  amount_off: { is: 'whole', min: 1, max: MAX_AMOUNT },
  percent_off: { is: 'number', above: 0, max: 100 },
  currency: { is: 'text', max: 3 },
  duration: { is: 'choice', of: ['forever', 'once', 'repeating'] },
  duration_in_months: { is: 'whole', min: 1 },
  max_redemptions: { is: 'whole', min: 1 },
  redeem_by: { is: 'whole' },
  name: { is: 'text', max: 40 },
  metadata: { is: 'names', unset: true },
  expand: { is: 'list' },
}

export const COUPON_ROUTES: readonly Route[] = [
  {
    method: 'POST',
    path: '/v1/coupons',
    permission: 'rak_coupon_write',
    shape: CREATE,
    run: ({ state, livemode }, given) => {
      checkDiscount(given)
      const id: string = given.id ?? newId('').slice(1, 9)
      if (given.redeem_by !== undefined && given.redeem_by > state.now() + FIVE_YEARS_SECONDS) {
        throw fault(400, { message: 'redeem_by must be within 5 years of now.', param: 'redeem_by' })
      }
      if (given.redeem_by !== undefined && given.redeem_by <= state.now()) {
        throw fault(400, { message: 'redeem_by must be in the future.', param: 'redeem_by' })
      }
      if (couponOf(state, livemode, id) !== undefined) {
        throw fault(400, { message: 'Coupon already exists.', code: 'resource_already_exists', param: 'id' })
      }
      return putCoupon(state, {
        id,
        object: 'coupon',
        amount_off: given.amount_off ?? null,
        created: state.now(),
        currency: given.currency?.toLowerCase() ?? null,
        duration: given.duration ?? 'once',
        duration_in_months: given.duration_in_months ?? null,
        livemode,
        max_redemptions: given.max_redemptions ?? null,
        metadata: given.metadata ?? {},
        name: given.name ?? null,
        percent_off: given.percent_off ?? null,
        redeem_by: given.redeem_by ?? null,
        times_redeemed: 0,
        valid: true,
      })
    },
  },
  {
    method: 'GET',
    path: '/v1/coupons/{id}',
    permission: 'rak_coupon_read',
    shape: { expand: { is: 'list' } },
    run: ({ state, livemode }, _given, id) => {
      const coupon = couponOf(state, livemode, id)
      if (coupon === undefined) throw missing('coupon', id, 'coupon')
      return coupon
    },
  },
  {
    method: 'GET',
    path: '/v1/coupons',
    permission: 'rak_coupon_read',
    shape: PAGING,
    run: ({ state, livemode }, given) =>
      pageOf(
        allCoupons(state).filter((one) => one.livemode === livemode),
        'coupon',
        '/v1/coupons',
        given,
      ),
  },
  {
    method: 'POST',
    path: '/v1/coupons/{id}',
    permission: 'rak_coupon_write',
    shape: {
      name: { is: 'text', max: 40, unset: true },
      metadata: { is: 'names', unset: true },
      expand: { is: 'list' },
    },
    run: ({ state, livemode }, given, id) => {
      const coupon = couponOf(state, livemode, id)
      if (coupon === undefined) throw missing('coupon', id, 'coupon')
      return putCoupon(state, {
        ...coupon,
        name: given.name === undefined ? coupon.name : given.name,
        metadata: merged(coupon, given),
      })
    },
  },
  {
    method: 'DELETE',
    path: '/v1/coupons/{id}',
    permission: 'rak_coupon_write',
    shape: {},
    run: ({ state, livemode }, _given, id) => {
      if (couponOf(state, livemode, id) === undefined) throw missing('coupon', id, 'coupon')
      deleteCoupon(state, livemode, id)
      return { id, object: 'coupon', deleted: true }
    },
  },
]

function checkDiscount({
  percent_off,
  amount_off,
  currency,
  duration,
  duration_in_months,
}: Parameters): void {
  if (percent_off === undefined && amount_off === undefined) {
    throw fault(400, {
      message: 'Must provide either percent_off or amount_off.',
      code: 'parameter_missing',
      param: 'percent_off',
    })
  }
  if (percent_off !== undefined && amount_off !== undefined) {
    throw fault(400, {
      message: 'You may only specify one of these parameters: amount_off, percent_off.',
      param: 'amount_off',
    })
  }
  if (amount_off !== undefined && currency === undefined) {
    throw fault(400, {
      message: 'Missing required param: currency.',
      code: 'parameter_missing',
      param: 'currency',
    })
  }
  if (currency !== undefined) checkAmount(amount_off ?? 0, currency, 'amount_off')
  if ((duration === 'repeating') !== (duration_in_months !== undefined)) {
    throw fault(400, {
      message: 'duration_in_months must be given if, and only if, duration is repeating.',
      param: 'duration_in_months',
    })
  }
}

/** Metadata given is put beside what is there; an empty value takes a key away, an empty whole all of them. */
export function merged(thing: Thing, { metadata }: Parameters): Record<string, string> {
  if (metadata === undefined) return thing.metadata
  if (metadata === null) return {}
  const all = { ...thing.metadata, ...metadata } as Record<string, string>
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''))
}

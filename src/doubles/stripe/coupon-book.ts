import { fault } from './faults.ts'
import type { StripeState, Thing } from './state.ts'

/** Eight digits: https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts. */
export const MAX_AMOUNT = 99_999_999

const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'))
/** Minor units of which only whole tens, or hundreds, are taken: https://docs.stripe.com/currencies#special-cases. */
const TENS: ReadonlySet<string> = new Set(['bhd', 'jod', 'kwd', 'omr', 'tnd'])
const HUNDREDS: ReadonlySet<string> = new Set(['isk', 'ugx'])

/** @throws Refusal 400 for a currency that is none, or an amount that it does not have */
export function checkAmount(amount: number, currency: string, param: string): void {
  const code = currency.toLowerCase()
  if (!CURRENCIES.has(code.toUpperCase()))
    throw fault(400, { message: `Invalid currency: ${code}.`, param: 'currency' })
  const step = TENS.has(code) ? 10 : HUNDREDS.has(code) ? 100 : 1
  if (amount % step === 0) return
  const message = `Invalid amount: in ${code} it must be a multiple of ${step}.`
  throw fault(400, { message, code: 'parameter_invalid_integer', param })
}

/** Live and test mode have books of their own: one id may stand in both. */
const rowId = (livemode: boolean, id: string): string => (livemode ? `live:${id}` : id)

export function couponOf(state: StripeState, livemode: boolean, id: string): Thing | undefined {
  const row = state.coupons.get(rowId(livemode, id))
  return row === undefined ? undefined : shown(state, row)
}

export function putCoupon(state: StripeState, coupon: Thing): Thing {
  return shown(state, state.coupons.put({ ...coupon, id: rowId(coupon.livemode, coupon.id) }))
}

export function deleteCoupon(state: StripeState, livemode: boolean, id: string): void {
  state.coupons.delete(rowId(livemode, id))
}

export function allCoupons(state: StripeState): Thing[] {
  return state.coupons.all().map((row) => shown(state, row))
}

function shown(state: StripeState, row: Thing): Thing {
  const isOver = row.redeem_by !== null && row.redeem_by <= state.now()
  const isUsedUp = row.max_redemptions !== null && row.times_redeemed >= row.max_redemptions
  return { ...row, id: row.id.replace(/^live:/, ''), valid: !isOver && !isUsedUp }
}

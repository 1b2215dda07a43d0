import { checkAmount, couponOf, MAX_AMOUNT } from './coupon-book.ts'
import { merged } from './coupons.ts'
import { fault, missing } from './faults.ts'
import { PAGING, pageOf } from './lists.ts'
import type { Parameters, Shape } from './parameters.ts'
import type { Route } from './routes.ts'
import { newId, type StripeState, type Thing } from './state.ts'

/** Whole years, one of which may be longer. */
const FIVE_YEARS_SECONDS = (5 * 365 + 1) * 86_400

const NOT_AGAIN = 'This promotion code cannot be activated: it or its coupon can no longer be redeemed.'

const RESTRICTIONS: Shape = {
  first_time_transaction: { is: 'flag' },
  minimum_amount: { is: 'whole', min: 1, max: MAX_AMOUNT },
  minimum_amount_currency: { is: 'text', max: 3 },
}

const CREATE: Shape = {
  promotion: {
    is: 'object',
    required: true,
    fields: { type: { is: 'choice', of: ['coupon'], required: true }, coupon: { is: 'text' } },
  },
  code: { is: 'text', max: 500 },
  customer: { is: 'text' },
  active: { is: 'flag' },
  expires_at: { is: 'whole' },
  max_redemptions: { is: 'whole', min: 1 },
  metadata: { is: 'names' },
  restrictions: { is: 'object', fields: RESTRICTIONS },
  expand: { is: 'list' },
}

export const PROMOTION_CODE_ROUTES: readonly Route[] = [
  {
    method: 'POST',
    path: '/v1/promotion_codes',
    permission: 'rak_promotion_code_write',
    shape: CREATE,
    run: ({ state, livemode }, given) => {
      check(state, livemode, given)
      const code: string = given.code ?? newId('').slice(1, 9).toUpperCase()
      const active = given.active ?? true
      if (active) refuseTwin(state, { id: '', code, customer: given.customer ?? null, livemode })
      const { first_time_transaction, minimum_amount, minimum_amount_currency } = given.restrictions ?? {}
      const row = state.promotionCodes.put({
        id: newId('promo'),
        object: 'promotion_code',
        active,
        code,
        created: state.now(),
        customer: given.customer ?? null,
        customer_account: null,
        expires_at: given.expires_at ?? null,
        livemode,
        max_redemptions: given.max_redemptions ?? null,
        metadata: given.metadata ?? {},
        promotion: { type: 'coupon', coupon: given.promotion.coupon },
        restrictions: {
          first_time_transaction: first_time_transaction ?? false,
          minimum_amount: minimum_amount ?? null,
          minimum_amount_currency: minimum_amount_currency?.toLowerCase() ?? null,
        },
        times_redeemed: 0,
      })
      return shown(state, row, given.expand)
    },
  },
  {
    method: 'GET',
    path: '/v1/promotion_codes/{id}',
    permission: 'rak_promotion_code_read',
    shape: { expand: { is: 'list' } },
    run: ({ state, livemode }, given, id) => shown(state, find(state, livemode, id), given.expand),
  },
  {
    method: 'GET',
    path: '/v1/promotion_codes',
    permission: 'rak_promotion_code_read',
    shape: {
      ...PAGING,
      active: { is: 'flag' },
      code: { is: 'text' },
      coupon: { is: 'text' },
      customer: { is: 'text' },
    },
    run: ({ state, livemode }, given) => {
      const rows = state.promotionCodes
        .all()
        .filter((one) => one.livemode === livemode)
        .map((one) =>
          shown(
            state,
            one,
            given.expand?.map((path: string) => path.replace(/^data\./, '')),
          ),
        )
        .filter(
          (one) =>
            (given.active === undefined || one.active === given.active) &&
            (given.code === undefined || isSame(one.code, given.code)) &&
            (given.coupon === undefined || one.promotion.coupon === given.coupon) &&
            (given.customer === undefined || one.customer === given.customer),
        )
      return pageOf(rows, 'promotion_code', '/v1/promotion_codes', given)
    },
  },
  {
    method: 'POST',
    path: '/v1/promotion_codes/{id}',
    permission: 'rak_promotion_code_write',
    shape: {
      active: { is: 'flag' },
      metadata: { is: 'names', unset: true },
      // of these only amounts in further currencies may be changed, which nobody here asks for
      restrictions: { is: 'object', fields: {} },
      expand: { is: 'list' },
    },
    run: ({ state, livemode }, given, id) => {
      const row = find(state, livemode, id)
      if (given.active === true && !row.active) {
        refuseTwin(state, row)
        if (!isActive(state, { ...row, active: true }))
          throw fault(400, { message: NOT_AGAIN, param: 'active' })
      }
      const changed = { ...row, active: given.active ?? row.active, metadata: merged(row, given) }
      return shown(state, state.promotionCodes.put(changed), given.expand)
    },
  },
]

function find(state: StripeState, livemode: boolean, id: string): Thing {
  const row = state.promotionCodes.get(id)
  if (row?.livemode !== livemode) throw missing('promotion code', id, 'promotion_code')
  return row
}

const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

function check(state: StripeState, livemode: boolean, given: Parameters): void {
  const { coupon: id } = given.promotion
  const param = 'promotion[coupon]'
  if (id === undefined)
    throw fault(400, { message: `Missing required param: ${param}.`, code: 'parameter_missing', param })
  const coupon = couponOf(state, livemode, id)
  if (coupon === undefined) throw missing('coupon', id, param, 400)
  if (!coupon.valid) {
    throw fault(400, { message: `Coupon ${id} is no longer valid.`, code: 'coupon_expired', param })
  }
  if (given.code !== undefined && !/^[A-Za-z0-9-]+$/.test(given.code)) {
    throw fault(400, {
      message: 'Promotion codes can only contain alphanumeric characters and dashes.',
      param: 'code',
    })
  }
  if (given.customer !== undefined && state.customers.get(given.customer)?.livemode !== livemode) {
    throw missing('customer', given.customer, 'customer', 400)
  }
  const { minimum_amount, minimum_amount_currency } = given.restrictions ?? {}
  if ((minimum_amount === undefined) !== (minimum_amount_currency === undefined)) {
    throw fault(400, {
      message: 'minimum_amount and minimum_amount_currency must be given together.',
      param: 'restrictions[minimum_amount]',
    })
  }
  if (minimum_amount !== undefined)
    checkAmount(minimum_amount, minimum_amount_currency, 'restrictions[minimum_amount]')
  if (given.expires_at !== undefined && given.expires_at > state.now() + FIVE_YEARS_SECONDS) {
    const message = 'Invalid timestamp: can be no more than five years in the future.'
    throw fault(400, { message, param: 'expires_at' })
  }
  if (given.expires_at !== undefined && given.expires_at <= state.now()) {
    throw fault(400, { message: 'The expires_at must be in the future.', param: 'expires_at' })
  }
  if (
    coupon.redeem_by !== null &&
    (given.expires_at ?? Number.POSITIVE_INFINITY) > coupon.redeem_by &&
    given.expires_at !== undefined
  ) {
    throw fault(400, {
      message: 'The expires_at cannot be after the redeem_by of its coupon.',
      param: 'expires_at',
    })
  }
  if (coupon.max_redemptions !== null && (given.max_redemptions ?? 0) > coupon.max_redemptions) {
    throw fault(400, {
      message: 'The max_redemptions cannot be greater than that of its coupon.',
      param: 'max_redemptions',
    })
  }
}

/**
 * The same text may stand twice: for another customer, or where the first is active no more. Not where anybody may use
 * one of them. The refusal has neither a code nor a parameter.
 */
function refuseTwin(
  state: StripeState,
  wanted: Pick<Thing, 'id' | 'livemode'> & { readonly code?: string; readonly customer?: string | null },
): void {
  const code = wanted.code ?? ''
  const twin = state.promotionCodes.find(
    (one) =>
      one.id !== wanted.id &&
      one.livemode === wanted.livemode &&
      isSame(one.code, code) &&
      isSameCustomer(one.customer, wanted.customer ?? null) &&
      isActive(state, one),
  )
  if (twin !== undefined) {
    throw fault(400, { message: `An active promotion code with \`code: ${code}\` already exists.` })
  }
}

function isSameCustomer(one: string | null, other: string | null): boolean {
  return one === null || other === null || one === other
}

/** Whether it can be redeemed: its coupon can be, too. */
export function isActive(state: StripeState, row: Thing): boolean {
  const isOver = row.expires_at !== null && row.expires_at <= state.now()
  const isUsedUp = row.max_redemptions !== null && row.times_redeemed >= row.max_redemptions
  const coupon = couponOf(state, row.livemode, row.promotion.coupon)
  return row.active && !isOver && !isUsedUp && coupon?.valid === true
}

function shown(state: StripeState, row: Thing, expand: readonly string[] = []): Thing {
  const wrong = expand.find((path) => path !== 'promotion.coupon' && path !== 'customer')
  if (wrong !== undefined)
    throw fault(400, { message: `This property cannot be expanded (${wrong}).`, param: 'expand' })
  const coupon = expand.includes('promotion.coupon')
    ? couponOf(state, row.livemode, row.promotion.coupon)
    : row.promotion.coupon
  return {
    ...row,
    active: isActive(state, row),
    promotion: { ...row.promotion, coupon: coupon ?? row.promotion.coupon },
  }
}

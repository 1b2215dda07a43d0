import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import Stripe from 'stripe'
import { type StripeDouble, startStripeDouble } from '../../../src/doubles/stripe/index.ts'
import { tell } from '../../helpers/doubles.ts'

let double: StripeDouble
let stripe: Stripe

beforeEach(async () => {
  double = await startStripeDouble()
  stripe = clientOf(double.keys()[0]?.id ?? '')
})
afterEach(() => double.stop())

function clientOf(key: string): Stripe {
  const port = Number(new URL(double.origin).port)
  const options = {
    host: '127.0.0.1',
    port,
    protocol: 'http',
    telemetry: false,
    maxNetworkRetries: 0,
  } as const
  return new Stripe(key, options)
}

const inSeconds = (seconds: number) => Math.floor(double.clock.now() / 1000) + seconds
const pass = (advanceSeconds: number) => tell(double, 'POST /clock', { advanceSeconds })
const under = (coupon: string) => ({ promotion: { type: 'coupon', coupon } as const })

describe('a coupon', () => {
  it.each([
    ['an amount of nine digits', { amount_off: 100_000_000, currency: 'eur' }, 'amount_off'],
    ['an amount of no money', { amount_off: 0, currency: 'eur' }, 'amount_off'],
    ['a currency that is none', { amount_off: 500, currency: 'zzz' }, 'currency'],
    ['a third decimal of the dinar', { amount_off: 1_999, currency: 'kwd' }, 'amount_off'],
    ['a part of a króna', { amount_off: 550, currency: 'isk' }, 'amount_off'],
    ['a part of a shilling', { amount_off: 550, currency: 'ugx' }, 'amount_off'],
    ['more than everything off', { percent_off: 100.5 }, 'percent_off'],
    ['nothing off', { percent_off: 0 }, 'percent_off'],
    ['both kinds', { percent_off: 5, amount_off: 5, currency: 'eur' }, 'amount_off'],
    ['a name of 41 characters', { percent_off: 5, name: 'x'.repeat(41) }, 'name'],
    ['no months of many', { percent_off: 5, duration: 'repeating' }, 'duration_in_months'],
  ] as const)('is refused with %s', async (_, given, param) => {
    await expect(stripe.coupons.create(given as Stripe.CouponCreateParams)).rejects.toMatchObject({
      statusCode: 400,
      param,
    })
  })

  it('has whole coins of its currency', async () => {
    for (const [amount_off, currency] of [
      [1_990, 'kwd'],
      [500, 'isk'],
      [1_999, 'eur'],
      [15, 'jpy'],
    ] as const)
      expect(await stripe.coupons.create({ amount_off, currency })).toMatchObject({ amount_off, currency })
  })

  it('is another one in live mode, though its id is the same', async () => {
    const { id } = await tell<{ id: string }>(double, 'POST /keys', { live: true, permissions: null })
    await stripe.coupons.create({ id: 'ten', percent_off: 10 })
    expect(await clientOf(id).coupons.create({ id: 'ten', percent_off: 20 })).toMatchObject({ id: 'ten' })
    expect(await stripe.coupons.retrieve('ten')).toMatchObject({ percent_off: 10, livemode: false })
    expect(await clientOf(id).coupons.retrieve('ten')).toMatchObject({ percent_off: 20, livemode: true })
  })

  it('is valid until it ends or is used up, and so are its codes', async () => {
    await stripe.coupons.create({ id: 'soon', percent_off: 10, redeem_by: inSeconds(60) })
    await stripe.coupons.create({ id: 'once', percent_off: 10, max_redemptions: 1 })
    const codes = await Promise.all(['soon', 'once'].map((id) => stripe.promotionCodes.create(under(id))))
    await tell(double, `POST /promotion-codes/${codes[1]!.code}/redeem`)
    await pass(61)
    for (const { id, promotion } of codes) {
      expect((await stripe.coupons.retrieve(String(promotion.coupon))).valid).toBe(false)
      expect((await stripe.promotionCodes.retrieve(id)).active).toBe(false)
      await expect(stripe.promotionCodes.create(under(String(promotion.coupon)))).rejects.toMatchObject({
        statusCode: 400,
        param: 'promotion[coupon]',
      })
    }
    await expect(tell(double, `POST /promotion-codes/${codes[0]!.code}/redeem`)).rejects.toThrow(
      'can no longer be used',
    )
  })
})

describe('a promotion code', () => {
  beforeEach(async () => {
    await stripe.coupons.create({
      id: 'ten',
      percent_off: 10,
      redeem_by: inSeconds(3_600),
      max_redemptions: 2,
    })
  })

  it.each([
    ['an end after that of its coupon', { expires_at: 3_601 }, 'expires_at'],
    ['an end six years off', { expires_at: 6 * 366 * 86_400 }, 'expires_at'],
    ['more uses than its coupon has', { max_redemptions: 3 }, 'max_redemptions'],
    [
      'a minimum without a currency',
      { restrictions: { minimum_amount: 100 } },
      'restrictions[minimum_amount]',
    ],
    [
      'a currency that is none',
      { restrictions: { minimum_amount: 100, minimum_amount_currency: 'zzz' } },
      'currency',
    ],
    [
      'a minimum that its currency does not have',
      { restrictions: { minimum_amount: 1_999, minimum_amount_currency: 'kwd' } },
      'restrictions[minimum_amount]',
    ],
  ] as const)('is refused with %s', async (_, given, param) => {
    const { expires_at, ...more } = given as { expires_at?: number }
    const end = expires_at === undefined ? {} : { expires_at: inSeconds(expires_at) }
    await expect(stripe.promotionCodes.create({ ...under('ten'), ...more, ...end })).rejects.toMatchObject({
      statusCode: 400,
      param,
    })
  })

  it('shows its currency in lower case, and never changes its minimum', async () => {
    const restrictions = { minimum_amount: 2_000, minimum_amount_currency: 'EUR' }
    const { id, restrictions: shown } = await stripe.promotionCodes.create({ ...under('ten'), restrictions })
    expect(shown).toMatchObject({ minimum_amount: 2_000, minimum_amount_currency: 'eur' })
    const changed = stripe.promotionCodes.update(id, { restrictions } as never)
    await expect(changed).rejects.toMatchObject({ code: 'parameter_unknown' })
  })

  it('is not activated again once it or its coupon has ended', async () => {
    const made = await stripe.promotionCodes.create({ ...under('ten'), expires_at: inSeconds(60) })
    await stripe.promotionCodes.update(made.id, { active: false })
    expect(await stripe.promotionCodes.update(made.id, { active: true })).toMatchObject({ active: true })
    await stripe.promotionCodes.update(made.id, { active: false })
    await pass(61)
    await expect(stripe.promotionCodes.update(made.id, { active: true })).rejects.toMatchObject({
      statusCode: 400,
      param: 'active',
    })
  })
})

describe('an idempotency key', () => {
  it('is refused while another request has it in hand, and keeps nothing of that', async () => {
    await tell(double, 'POST /faults', { kind: 'slow', ms: 60_000, method: 'POST', path: '/v1/coupons' })
    const create = () => stripe.coupons.create({ percent_off: 10 }, { idempotencyKey: 'k1' })
    const first = create().catch(() => null)
    // the first has come in once it has made its coupon
    for (;;) if ((await tell<{ coupons: object[] }>(double, 'GET /coupons')).coupons.length === 1) break
    await expect(create()).rejects.toMatchObject({ statusCode: 409, code: 'idempotency_key_in_use' })
    expect(await stripe.coupons.create({ percent_off: 10 }, { idempotencyKey: 'k2' })).toBeDefined()
    await double.stop()
    await first
  })
})

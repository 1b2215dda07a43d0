import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { createStripeHands } from '../../connectors/stripe/hands/index.ts'
import { createPlatformCalls } from '../../src/platforms/calls.ts'
import { createOrigins } from '../../src/platforms/origins.ts'
import type { CouponRequest } from '../../src/ports/coupon-provider.ts'
import { tell } from '../helpers/doubles.ts'
import { startScriptedServer } from '../helpers/scripted-server.ts'
import { type StripeKit, startStripe } from '../helpers/stripe-kit.ts'
import { until } from '../helpers/until.ts'

let kit: StripeKit
beforeEach(async () => {
  kit = await startStripe()
})
afterEach(() => kit.close())

/** Before answers that do not come: only then is nobody waited for as long as the product waits. */
async function loseHeart(kind: string): Promise<void> {
  if (!kind.startsWith('timeout')) return
  await kit.close()
  kit = await startStripe(1_000)
}

const WEEK_SECONDS = 7 * 24 * 60 * 60
const again = (request: CouponRequest): CouponRequest => ({ ...request, mayExist: true })
const issue = (request: CouponRequest) => kit.provider.issue(request)
/** As the merchant does in the Dashboard. */
async function makeCoupon(given: Record<string, string | number>): Promise<void> {
  const response = await fetch(`${kit.double.origin}/v1/coupons`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${kit.double.keys()[0]!.id}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams(
      Object.entries(given).map(([name, value]): [string, string] => [name, String(value)]),
    ),
  })
  expect(response.status).toBe(200)
}
const reasonOf = (outcome: object) => (outcome as { reason: string }).reason

describe('a promotion code at Stripe', () => {
  it('stands under a coupon of its discount, once for its reward, until the coupon lapses', async () => {
    const expiresAt = kit.double.clock.now() + 86_400_500
    const request = kit.request({ expiresAt })
    expect(await issue(request)).toEqual({ outcome: 'issued', code: request.code, expiresAt: null })
    const [coupon] = await kit.coupons()
    expect(coupon).toMatchObject({ percent_off: 10, amount_off: null, duration: 'once' })
    expect(await kit.books()).toMatchObject([
      {
        code: request.code,
        active: true,
        customer: null,
        expires_at: Math.ceil(expiresAt / 1000),
        max_redemptions: 1,
        metadata: { streakline_reward_log: request.rewardLogId },
        promotion: { type: 'coupon', coupon: coupon!.id },
        restrictions: { minimum_amount: null },
      },
    ])
  })

  it('shares the coupon of a discount with all of its account, and with nobody else', async () => {
    const half = { amount: '0.5', currency: 'EUR' }
    const requests = [{}, {}, { discount: half }, { discount: half }, { accountId: 'another' }]
    for (const given of requests) await issue(kit.request(given))
    expect(await kit.coupons()).toHaveLength(3)
    expect(await kit.coupons()).toContainEqual(
      expect.objectContaining({ amount_off: 50, currency: 'eur', percent_off: null }),
    )
  })

  it('is made under one coupon by two workers at once, and under a new one where that was deleted', async () => {
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => issue(kit.request())))
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(Array(4).fill('issued'))
    const [coupon] = await kit.coupons()
    expect(await kit.coupons()).toHaveLength(1)
    await tell(kit.double, `DELETE /coupons/${coupon!.id}`)
    expect(await issue(kit.request())).toMatchObject({ outcome: 'issued' })
    expect(await kit.coupons()).toMatchObject([{ id: coupon!.id }])
  })

  it('takes its minimum in minor units, of the currency of the discount or of the settings', async () => {
    await issue(kit.request({ discount: { amount: '5', currency: 'JPY' }, minimumSubtotal: '1000' }))
    await issue(kit.request({ minimumSubtotal: '19.99', settings: { currency: 'EUR' } }))
    await issue(kit.request({ discount: { amount: '5', currency: 'EUR' }, minimumSubtotal: '0' }))
    expect((await kit.books()).map(({ restrictions }) => restrictions)).toMatchObject([
      { minimum_amount: 1000, minimum_amount_currency: 'jpy' },
      { minimum_amount: 1999, minimum_amount_currency: 'eur' },
      { minimum_amount: null, minimum_amount_currency: null },
    ])
  })

  it('is for the customer of the member, and for all where Stripe no longer knows it', async () => {
    const { id } = await tell<{ id: string }>(kit.double, 'POST /customers', {})
    const of = (externalId: string) => kit.request({ member: { id: 'm', externalId } })
    await issue(of(`stripe:${id}`))
    await issue(of(`shopify:${id}`))
    await tell(kit.double, `DELETE /customers/${id}`)
    expect(await issue(of(`stripe:${id}`))).toMatchObject({ outcome: 'issued' })
    expect((await kit.books()).map(({ customer }) => customer)).toEqual([id, null, null])
  })

  it('stands under the coupon of the settings, and fails where the merchant deleted that', async () => {
    const mine = kit.request()
    await issue(mine)
    const [{ id } = {}] = await kit.coupons()
    const settings = { couponId: String(id) }
    await issue(kit.request({ settings, accountId: 'another' }))
    expect(await kit.coupons()).toHaveLength(1)
    await tell(kit.double, `DELETE /coupons/${id}`)
    const gone = await issue(kit.request({ settings }))
    expect(gone).toMatchObject({ outcome: 'failed' })
    expect(reasonOf(gone)).toMatch(/^COUPON_GONE: /)
    expect(await kit.coupons()).toEqual([])
  })

  it('TRAP: ends with the coupon of the settings, which takes no code that outlives it, and says so', async () => {
    const now = Math.floor(kit.double.clock.now() / 1000)
    const redeem_by = now + WEEK_SECONDS
    await makeCoupon({ id: 'mine', percent_off: 10, redeem_by })
    const settings = { couponId: 'mine' }
    const never = kit.request({ settings, expiresAt: null })
    const late = kit.request({ settings, expiresAt: (redeem_by + 60) * 1000 })
    const early = kit.request({ settings, expiresAt: (redeem_by - 60) * 1000 })
    for (const [request, ends] of [
      [never, redeem_by * 1000],
      [late, redeem_by * 1000],
      [early, null],
    ] as const) {
      expect(await issue(request)).toEqual({ outcome: 'issued', code: request.code, expiresAt: ends })
      // also where it is found again
      expect(await issue(again(request))).toMatchObject({ outcome: 'issued', expiresAt: ends })
    }
    expect((await kit.books()).map((book) => book.expires_at)).toEqual([null, redeem_by, redeem_by - 60])
    // also where the refusal says so in words that nobody knows
    const body = { error: { type: 'invalid_request_error', message: 'That is too late' } }
    await tell(kit.double, 'POST /faults', { kind: 'error', method: 'POST', status: 400, body })
    const unknown = kit.request({ settings, expiresAt: (redeem_by + 60) * 1000 })
    expect(await issue(unknown)).toMatchObject({ outcome: 'issued', expiresAt: redeem_by * 1000 })
  })

  it('fails where the coupon of the settings has ended or is used up', async () => {
    const now = Math.floor(kit.double.clock.now() / 1000)
    await makeCoupon({ id: 'ends', percent_off: 10, redeem_by: now + 60 })
    await makeCoupon({ id: 'once', percent_off: 10, max_redemptions: 1 })
    const first = kit.request({ settings: { couponId: 'once' } })
    await issue(first)
    await tell(kit.double, `POST /promotion-codes/${first.code}/redeem`)
    await tell(kit.double, 'POST /clock', { advanceSeconds: 61 })
    for (const couponId of ['ends', 'once']) {
      const ended = await issue(kit.request({ settings: { couponId } }))
      expect(ended).toMatchObject({ outcome: 'failed' })
      expect(reasonOf(ended)).toMatch(new RegExp(`^COUPON_ENDED: .*${couponId}`))
    }
  })

  it('is waited for while the same request is under way, and is one then', async () => {
    await issue(kit.request())
    await tell(kit.double, 'POST /faults', { kind: 'slow', ms: 60_000, path: '/v1/promotion_codes' })
    const request = kit.request()
    const ends = new AbortController()
    const first = issue({ ...request, signal: ends.signal })
    await until(async () => (await kit.books()).length === 2)
    expect(await issue(request)).toMatchObject({ outcome: 'retry', trouble: 'running' })
    ends.abort()
    await first
    expect(await issue(again(request))).toMatchObject({ outcome: 'issued', code: request.code })
    expect(await kit.books()).toHaveLength(2)
  })

  it('is refused for the same reasons where the refusal names another parameter, or none', async () => {
    const refuses = (message: string, more: object) =>
      tell(kit.double, 'POST /faults', {
        kind: 'error',
        method: 'POST',
        path: '/v1/promotion_codes',
        status: 400,
        body: { error: { type: 'invalid_request_error', message, ...more } },
      })
    const missing = { code: 'resource_missing' }
    for (const more of [missing, { ...missing, param: 'promotion' }, { ...missing, param: 'coupon' }]) {
      await refuses("No such coupon: 'x'", more)
      expect(await issue(kit.request())).toMatchObject({ outcome: 'issued' })
    }
    await refuses("No such customer: 'cus_1'", missing)
    const member = { id: 'm', externalId: 'stripe:cus_1' }
    expect(await issue(kit.request({ member }))).toMatchObject({ outcome: 'issued' })
    await refuses('An active promotion code with `code: X` already exists.', {})
    expect(reasonOf(await issue(kit.request()))).toMatch(/^CODE_TAKEN: /)
  })

  it('is refused for the same reasons where the refusal says so in words that nobody knows', async () => {
    const first = kit.request()
    await issue(first)
    const body = { error: { type: 'invalid_request_error', message: 'That text is in use' } }
    const refused = { kind: 'error', method: 'POST', path: '/v1/promotion_codes', status: 400, body }
    await tell(kit.double, 'POST /faults', refused)
    expect(reasonOf(await issue(kit.request({ code: first.code })))).toMatch(/^CODE_TAKEN: /)
    await tell(kit.double, 'POST /faults', refused)
    expect(reasonOf(await issue(kit.request()))).toMatch(/^PROVIDER_REFUSED: /)
    await tell(kit.double, 'POST /faults', refused)
    expect(await issue(first)).toMatchObject({ outcome: 'issued', code: first.code })
    const dotted = { code: 'resource_missing', param: 'promotion.coupon', message: 'There is none' }
    await tell(kit.double, 'POST /faults', { ...refused, body: { error: { ...body.error, ...dotted } } })
    expect(await issue(kit.request())).toMatchObject({ outcome: 'issued' })
  })

  it('ends after five years at the latest, as Stripe has it, and says so', async () => {
    const grantedAt = kit.double.clock.now()
    const day = 86_400_000
    const five = grantedAt + 5 * 365 * day
    const short = kit.request({ grantedAt, expiresAt: five })
    expect(await issue(short)).toMatchObject({ outcome: 'issued', expiresAt: null })
    const long = kit.request({ grantedAt, expiresAt: grantedAt + 3650 * day })
    expect(await issue(long)).toEqual({ outcome: 'issued', code: long.code, expiresAt: five })
    // also where it is found again
    expect(await issue({ ...long, mayExist: true })).toMatchObject({ expiresAt: five })
    const ends = (await kit.books()).map((book) => book.expires_at)
    expect(ends).toEqual([Math.ceil(five / 1_000), Math.ceil(five / 1_000)])
  })

  it('of a text that is taken fails, and says so', async () => {
    const first = kit.request()
    await issue(first)
    const second = await issue(kit.request({ code: first.code.toLowerCase() }))
    expect(second).toMatchObject({ outcome: 'failed' })
    expect(reasonOf(second)).toMatch(/^CODE_TAKEN: /)
    expect(await kit.books()).toHaveLength(1)
  })
})

describe('one promotion code for a reward', () => {
  const FAULTS = ['reset', 'timeout', 'error', 'not_json'].flatMap((kind) => [kind, `${kind}_after_effect`])
  const PLACES = ['/v1/promotion_codes', '/v1/coupons']
  it.each(FAULTS.flatMap((kind) => PLACES.map((path) => [kind, path])))(
    'is there after %s at %s',
    async (kind, path) => {
      await loseHeart(kind)
      await tell(kit.double, 'POST /faults', { kind, path, method: 'POST' })
      const request = kit.request()
      expect(await issue(request)).toMatchObject({ outcome: 'retry', trouble: 'fault' })
      expect(await issue(again(request))).toEqual({ outcome: 'issued', code: request.code, expiresAt: null })
      expect(await kit.books()).toHaveLength(1)
      expect(await kit.coupons()).toHaveLength(1)
    },
  )

  it('is there a week later, also when it was used or switched off, by however many workers', async () => {
    const request = kit.request()
    await Promise.all([1, 2, 3, 4].map(() => issue(request)))
    await tell(kit.double, 'POST /clock', { advanceSeconds: WEEK_SECONDS })
    await Promise.all([1, 2].map(() => issue(again(request))))
    await tell(kit.double, `POST /promotion-codes/${request.code}/redeem`)
    expect(await issue(again(request))).toMatchObject({ outcome: 'issued', code: request.code })
    await kit.provider.revoke(kit.revocation(request))
    expect(await issue(again(request))).toMatchObject({ outcome: 'issued', code: request.code })
    expect(await kit.books()).toHaveLength(1)
  })

  it('is found a week later where nobody heard of it', async () => {
    await loseHeart('timeout_after_effect')
    await tell(kit.double, 'POST /faults', { kind: 'timeout_after_effect', path: '/v1/promotion_codes' })
    const request = kit.request()
    await issue(kit.request())
    await tell(kit.double, 'POST /faults', { kind: 'timeout_after_effect', path: '/v1/promotion_codes' })
    await issue(request)
    await tell(kit.double, 'POST /clock', { advanceSeconds: WEEK_SECONDS })
    expect(await issue(again(request))).toMatchObject({ outcome: 'issued', code: request.code })
    expect((await kit.books()).filter(({ code }) => code === request.code)).toHaveLength(1)
  })
})

describe('one text at Stripe', () => {
  it('TRAP: may stand twice there, and only the code of the reward is found and taken back', async () => {
    const other = kit.request()
    await issue(other)
    const [theirs] = await kit.books()
    await kit.provider.revoke(kit.revocation(other))
    const own = kit.request({ code: other.code.toLowerCase() })
    expect(await issue(own)).toMatchObject({ outcome: 'issued' })
    await tell(kit.double, `POST /promotion-codes/${own.code}/redeem`)
    expect(await issue(again(other))).toMatchObject({ outcome: 'issued', code: other.code })
    expect(await issue(again(own))).toMatchObject({ outcome: 'issued', code: own.code })
    expect(await kit.provider.revoke(kit.revocation(other))).toEqual({ outcome: 'revoked', used: 'no' })
    expect(await kit.books()).toMatchObject([{ code: theirs!.code, active: false }, { active: true }])
    expect(await kit.provider.revoke(kit.revocation(own))).toEqual({ outcome: 'revoked', used: 'yes' })
  })
})

describe('an idempotency key', () => {
  it('TRAP: is the reward’s own on every try, short, and names nobody; the library would draw one', async () => {
    const server = await startScriptedServer((response) => {
      response.writeHead(503, { 'content-type': 'application/json' }).end('{"error": {"message": "no"}}')
    })
    const origins = createOrigins(new Map([['stripe', new URL(server.url).origin]]))
    const { promotions } = createStripeHands({
      calls: createPlatformCalls({ origins }),
      clock: { now: Date.now },
    })
    // no hexadecimal digits spell the name
    const member = { id: 'm', externalId: 'email:zoe@example.com' }
    const request = kit.request({ member })
    for (let time = 0; time < 2; time += 1)
      await promotions!.issue({} as never, { apiKey: kit.apiKey }, request)
    await promotions!.issue({} as never, { apiKey: kit.apiKey }, kit.request({ member }))
    await server.stop()
    const keysSent = server.seen.map(({ headers }) => String(headers['idempotency-key']))
    expect(keysSent).toHaveLength(3)
    expect(keysSent[0]).toBe(keysSent[1])
    expect(keysSent[2]).not.toBe(keysSent[0])
    for (const key of keysSent) {
      expect(key.length).toBeLessThanOrEqual(255)
      expect(key).not.toMatch(/zoe|example/)
    }
    expect(keysSent[0]).toContain(request.rewardLogId)
  })
})

describe('what Stripe says of limits and access', () => {
  const answer = (status: number, more: object = {}) =>
    tell(kit.double, 'POST /faults', { kind: 'error', status, body: { error: { message: 'no' } }, ...more })

  it('waits for its limits without a failure, and while the same is under way', async () => {
    await tell(kit.double, 'POST /faults', { kind: 'throttle' })
    expect(await issue(kit.request())).toMatchObject({ trouble: 'throttled', retryAfterMs: 1_000 })
    await answer(429, { headers: { 'retry-after': '9' } })
    expect(await issue(kit.request())).toMatchObject({ trouble: 'throttled', retryAfterMs: 9_000 })
    await answer(409)
    expect(await issue(kit.request())).toMatchObject({ trouble: 'running' })
  })

  it.each(['rate_limit', 'lock_timeout'])(
    'TRAP: takes a 400 or 409 of %s for a limit as well',
    async (code) => {
      for (const status of [400, 409]) {
        await answer(status, { body: { error: { code, message: 'no', type: 'invalid_request_error' } } })
        expect(await issue(kit.request())).toMatchObject({ outcome: 'retry', trouble: 'throttled' })
      }
    },
  )

  it('is not asked any more with a key that is not taken, or lacks a permission', async () => {
    await tell(kit.double, 'POST /keys/change', { key: kit.apiKey, permissions: ['rak_coupon_write'] })
    const lacking = await issue(kit.request())
    expect(lacking).toMatchObject({ outcome: 'retry', trouble: 'access' })
    expect(reasonOf(lacking)).toMatch(/^SCOPE_MISSING: .*rak_promotion_code_write/)
    await tell(kit.double, 'POST /keys/expire', { key: kit.apiKey })
    const refused = await issue(kit.request())
    expect(refused).toMatchObject({ outcome: 'retry', trouble: 'access' })
    expect(reasonOf(refused)).toMatch(/^TOKEN_REFUSED: /)
  })

  it.each(['NOT_INSTALLED', 'TOKEN_REFUSED'] as const)('waits for a connector with %s', async (code) => {
    kit.shut(code)
    for (const outcome of [
      await issue(kit.request()),
      await kit.provider.revoke(kit.revocation(kit.request())),
    ]) {
      expect(outcome).toMatchObject({ outcome: 'retry', trouble: 'access' })
      expect(reasonOf(outcome)).toMatch(new RegExp(`^${code}: `))
    }
  })

  it('keeps nothing of its words', async () => {
    await answer(400, {
      body: { error: { message: 'Anna <anna@example.com>', type: 'invalid_request_error' } },
    })
    expect(await issue(kit.request())).toEqual({
      outcome: 'failed',
      reason: 'PROVIDER_REFUSED: Stripe answered 400',
    })
  })
})

describe('taking a promotion code back', () => {
  it('switches it off and says by that answer whether it was used', async () => {
    const [unused, used] = [kit.request(), kit.request()]
    await issue(unused)
    await issue(used)
    await tell(kit.double, `POST /promotion-codes/${used.code}/redeem`)
    expect(await kit.provider.used!(kit.revocation(unused))).toEqual({
      outcome: 'known',
      used: 'no',
      at: null,
    })
    expect(await kit.provider.used!(kit.revocation(used))).toEqual({
      outcome: 'known',
      used: 'yes',
      at: null,
    })
    for (let time = 0; time < 2; time += 1) {
      expect(await kit.provider.revoke(kit.revocation(unused))).toEqual({ outcome: 'revoked', used: 'no' })
    }
    expect(await kit.provider.revoke(kit.revocation(used))).toEqual({ outcome: 'revoked', used: 'yes' })
    expect((await kit.books()).map(({ active }) => active)).toEqual([false, false])
  })

  it('is done where none was made, and leaves the code of somebody else alone', async () => {
    const other = kit.request()
    await issue(other)
    const request = kit.request({ code: other.code })
    expect(await kit.provider.revoke(kit.revocation(request, false))).toEqual({
      outcome: 'revoked',
      used: 'no',
    })
    expect(await kit.provider.revoke(kit.revocation(request))).toEqual({
      outcome: 'revoked',
      used: 'unknown',
    })
    expect(await kit.books()).toMatchObject([{ active: true }])
  })

  it.each(['reset_after_effect', 'error_after_effect', 'timeout'])(
    'is asked again after %s',
    async (kind) => {
      await loseHeart(kind)
      const request = kit.request()
      await issue(request)
      await tell(kit.double, 'POST /faults', { kind, path: '/v1/promotion_codes/promo_', method: 'POST' })
      expect(await kit.provider.revoke(kit.revocation(request))).toMatchObject({ trouble: 'fault' })
      expect(await kit.provider.revoke(kit.revocation(request))).toEqual({ outcome: 'revoked', used: 'no' })
    },
  )
})

describe('a milestone with Stripe', () => {
  const faultOf = (reward: object, settings: object = {}) =>
    kit.provider.faultOf!({ providerId: 'p', discount: { percentage: '10' }, ...reward } as never, {
      ...{ accountId: kit.given.accountId, id: 'p', connectorId: kit.given.connectorId },
      settings: settings as Record<string, unknown>,
    })

  it('has amounts of whole minor units', async () => {
    const amount = (amount: string, currency: string) => faultOf({ discount: { amount, currency } })
    expect(await amount('1.999', 'EUR')).toMatchObject({ path: 'reward.discount.amount' })
    expect(await amount('1.5', 'JPY')).toMatchObject({ path: 'reward.discount.amount' })
    expect(await amount('1000000', 'EUR')).toMatchObject({ path: 'reward.discount.amount' })
    // minor units that Stripe has and takes in whole tens or hundreds alone
    for (const [text, currency] of [
      ['1.999', 'KWD'],
      ['1.5', 'ISK'],
      ['1.5', 'UGX'],
    ] as const) {
      const fault = await amount(text, currency)
      expect(fault).toMatchObject({ path: 'reward.discount.amount' })
      expect(fault!.message).toContain(currency === 'KWD' ? 'at most 2 decimals' : 'no decimals')
    }
    for (const [good, currency] of [
      ['1.99', 'EUR'],
      ['15', 'JPY'],
      ['1.99', 'KWD'],
      ['500', 'ISK'],
      ['999999.99', 'EUR'],
    ] as const)
      expect(await amount(good, currency)).toBeNull()
  })

  it('has a minimum of a currency', async () => {
    const path = 'reward.minimumSubtotal'
    expect(await faultOf({ minimumSubtotal: '10' })).toMatchObject({ path })
    expect(await faultOf({ minimumSubtotal: '10' }, { currency: 'EUR' })).toBeNull()
    expect(await faultOf({ minimumSubtotal: '10.001' }, { currency: 'EUR' })).toMatchObject({ path })
    const discount = { amount: '5', currency: 'JPY' }
    expect(await faultOf({ discount, minimumSubtotal: '10' })).toBeNull()
    expect(await faultOf({ discount, minimumSubtotal: '10.5' }, { currency: 'EUR' })).toMatchObject({ path })
  })

  it('has the discount of the coupon that its provider names', async () => {
    await issue(kit.request())
    await issue(kit.request({ discount: { amount: '5', currency: 'EUR' } }))
    const [percent, amount] = (await kit.coupons()).map(({ id }) => ({ couponId: id }))
    const path = 'reward.discount'
    const euros = { discount: { amount: '5', currency: 'EUR' } }
    expect(await faultOf({}, percent)).toBeNull()
    expect(await faultOf(euros, amount)).toBeNull()
    expect(await faultOf(euros, percent)).toMatchObject({ path })
    expect(await faultOf({}, amount)).toMatchObject({ path })
    expect(await faultOf({ discount: { percentage: '11' } }, percent)).toMatchObject({ path })
    expect(await faultOf({ discount: { amount: '5', currency: 'USD' } }, amount)).toMatchObject({ path })
    expect(await faultOf({}, { couponId: 'nothing' })).toMatchObject({ path })
    await makeCoupon({
      id: 'ends',
      percent_off: 10,
      redeem_by: Math.floor(kit.double.clock.now() / 1000) + 60,
    })
    expect(await faultOf({}, { couponId: 'ends' })).toBeNull()
    await tell(kit.double, 'POST /clock', { advanceSeconds: 61 })
    expect(await faultOf({}, { couponId: 'ends' })).toMatchObject({
      path,
      message: expect.stringContaining('can no longer be redeemed'),
    })
    await tell(kit.double, 'POST /faults', { kind: 'error', status: 503 })
    await expect(faultOf({}, percent)).rejects.toMatchObject({ code: 'PLATFORM_UNAVAILABLE' })
  })
})

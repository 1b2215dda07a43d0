import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { CouponRequest } from '../../src/ports/coupon-provider.ts'
import type { RewardSpec } from '../../src/ports/schema/values.ts'
import { couponRequest } from '../helpers/coupon-requests.ts'
import { tell } from '../helpers/doubles.ts'
import { startShopCoupons } from '../helpers/shopify-coupons.ts'
import { SHOP } from '../helpers/shopify-shop.ts'
import { openTempStore } from '../helpers/sqlite-store.ts'

const GRANTED = Date.parse('2026-11-20T10:00:00Z')
const EXPIRES = Date.parse('2027-01-20T10:00:00Z')
/** A request is given up sooner than the contract's 10 s, so that the test is not one of patience. */
const SOON_MS = 30_000

let shop: Awaited<ReturnType<typeof startShopCoupons>>
let closeStore: () => Promise<void>

beforeEach(async () => {
  const { store, close } = await openTempStore()
  closeStore = close
  shop = await startShopCoupons(store)
})
afterEach(async () => {
  await shop.close()
  await closeStore()
})

const asked = (given: Partial<CouponRequest> = {}): CouponRequest =>
  couponRequest({ connectorId: 'c1', grantedAt: GRANTED, expiresAt: EXPIRES, ...given })
const soon = (request: CouponRequest): CouponRequest => ({ ...request, signal: AbortSignal.timeout(SOON_MS) })
const fault = (given: object) => tell(shop.double, 'POST /faults', given)
const codes = async () => (await shop.books()).map(({ code }) => code)
const revoking = (request: CouponRequest, wasIssued = true) =>
  shop.provider.revoke({ ...request, idempotencyKey: `${request.rewardLogId}-revoke`, wasIssued })

async function newCustomer(): Promise<string> {
  const customer = { email: 'ada@example.com' }
  const { id } = await tell<{ id: string }>(shop.double, 'POST /orders', { customer })
  // its digits are more than a number holds
  const told = await (await fetch(`${shop.double.origin}/__control/orders/${id}`)).text()
  return /"customer":\{"id":(\d+)/.exec(told)?.[1] ?? ''
}

describe('a discount in a Shopify shop', () => {
  it('is good once, from the grant to its expiry, for everything, with no other, and says whose it is', async () => {
    const request = asked({ discount: { percentage: '12.5' }, minimumSubtotal: '20' })
    const { code } = request
    expect(await shop.provider.issue(request)).toEqual({ outcome: 'issued', code, expiresAt: null })
    expect(await shop.books()).toMatchObject([
      {
        code,
        title: `Streakline ${code}`,
        tags: ['streakline'],
        startsAt: GRANTED,
        endsAt: EXPIRES,
        percentage: 0.125,
        amount: null,
        usageLimit: 1,
        appliesOncePerCustomer: true,
        minimumSubtotal: '20.00',
        combinesWith: { order: false, product: false, shipping: false },
        customerIds: [],
      },
    ])
  })

  it('takes an amount once from the whole order, without an end where there is none', async () => {
    const settings = { combinesWith: { order: false, product: false, shipping: true } }
    const discount = { amount: '5', currency: 'EUR' }
    await shop.provider.issue(asked({ discount, expiresAt: null, settings }))
    expect(await shop.books()).toMatchObject([
      {
        amount: '5.00',
        appliesOnEachItem: false,
        percentage: null,
        endsAt: null,
        minimumSubtotal: null,
        combinesWith: { shipping: true },
      },
    ])
  })

  it('is its customer’s alone, where the member is one of the shop’s and the merchant did not say never', async () => {
    const id = await newCustomer()
    const member = { id: 'm', externalId: `shopify:${id}` }
    await shop.provider.issue(asked({ member }))
    await shop.provider.issue(asked({ member, settings: { customerBound: 'never' } }))
    await shop.provider.issue(asked({ member: { id: 'n', externalId: 'email:ada@example.com' } }))
    expect((await shop.books()).map(({ customerIds }) => customerIds)).toEqual([[id], [], []])
  })

  it('is for all where the shop no longer knows the customer', async () => {
    const member = { id: 'm', externalId: 'shopify:99999999' }
    expect((await shop.provider.issue(asked({ member }))).outcome).toBe('issued')
    expect(await shop.books()).toMatchObject([{ customerIds: [] }])
  })

  it.each([
    ['timeout_after_effect'],
    ['reset_after_effect'],
    ['error_after_effect'],
    ['not_json_after_effect'],
  ])(
    'TRAP: after %s it is looked for before it is made again, and stands in the books once',
    async (kind) => {
      await fault({ kind, contains: 'discountCodeBasicCreate' })
      const request = asked()
      expect(await shop.provider.issue(soon(request))).toMatchObject({ outcome: 'retry', trouble: 'fault' })
      expect(await codes()).toEqual([request.code])
      const before = shop.operations().length
      const again = await shop.provider.issue({ ...request, mayExist: true })
      expect(again).toMatchObject({ outcome: 'issued', code: request.code })
      expect(shop.operations().slice(before)).toEqual(['DiscountByCode'])
      expect(await codes()).toEqual([request.code])
    },
  )

  it('is made where trouble came before the effect, after a look', async () => {
    await fault({ kind: 'error', contains: 'discountCodeBasicCreate' })
    const request = asked()
    expect(await shop.provider.issue(request)).toMatchObject({ outcome: 'retry', trouble: 'fault' })
    const before = shop.operations().length
    expect((await shop.provider.issue({ ...request, mayExist: true })).outcome).toBe('issued')
    expect(shop.operations().slice(before)).toEqual(['DiscountByCode', 'CreateDiscount'])
    expect(await codes()).toEqual([request.code])
  })

  it('TRAP: a code that somebody else has there is not taken over, whatever its case', async () => {
    const first = asked({ code: 'summer-sale' })
    await shop.provider.issue(first)
    const second = await shop.provider.issue(asked({ code: 'SUMMER-SALE' }))
    expect(second).toMatchObject({ outcome: 'failed', reason: expect.stringMatching(/^CODE_TAKEN: /) })
    expect(await codes()).toEqual(['summer-sale'])
    expect(await revoking(asked({ code: 'SUMMER-SALE' }), false)).toEqual({ outcome: 'revoked', used: 'no' })
    expect(await shop.books()).toMatchObject([{ endsAt: EXPIRES }])
  })
})

describe('a customer whom the shop no longer knows', () => {
  it.each([
    ['context', 'customers', 'add'],
    ['context', 'customers', 'add', '0'],
    ['customerSelection', 'customers', 'add'],
  ])('TRAP: is told by the field %s.%s.%s, and the discount is for all', async (...path) => {
    const userErrors = [
      {
        field: ['basicCodeDiscount', ...path],
        code: 'INVALID',
        message: 'Customer with id: 1 is invalid',
        extraInfo: null,
      },
    ]
    const body = { data: { discountCodeBasicCreate: { codeDiscountNode: null, userErrors } } }
    await fault({ kind: 'error', status: 200, body, contains: 'discountCodeBasicCreate' })
    const answer = await shop.provider.issue(asked({ member: { id: 'm', externalId: 'shopify:1' } }))
    expect(answer).toMatchObject({ outcome: 'issued' })
    expect(await shop.books()).toMatchObject([{ customerIds: [] }])
  })
})

describe('a code that a discount of another kind has', () => {
  it('TRAP: is not taken over, though Shopify tells neither its title nor its tags', async () => {
    const node = { id: 'gid://shopify/DiscountCodeNode/1', codeDiscount: {} }
    await fault({
      kind: 'error',
      status: 200,
      body: { data: { codeDiscountNodeByCode: node } },
      contains: 'DiscountByCode',
    })
    const answer = await shop.provider.issue(asked({ mayExist: true }))
    expect(answer).toMatchObject({ outcome: 'failed', reason: expect.stringMatching(/^CODE_TAKEN: /) })
    expect(await codes()).toEqual([])
  })
})

describe('a milestone with Shopify', () => {
  const faultOf = (reward: object) =>
    shop.provider.faultOf!({ providerId: 'p', discount: { percentage: '10' }, ...reward } as RewardSpec, {
      ...{ accountId: 'a', id: 'p', connectorId: 'c1', settings: {} },
    })
  const amount = (text: string, currency: string) => faultOf({ discount: { amount: text, currency } })

  it('has amounts that the shop’s currency has', async () => {
    expect(await amount('5.00', 'EUR')).toBeNull()
    expect(await amount('5.01', 'EUR')).toBeNull()
    expect(await amount('5.001', 'EUR')).toMatchObject({
      path: 'reward.discount.amount',
      code: 'INVALID_INPUT',
      message: 'must have at most 2 decimals in EUR, is 5.001',
    })
    expect(await amount('5', 'USD')).toMatchObject({ code: 'CURRENCY_MISMATCH' })
  })

  it('has a minimum that the shop’s currency has, also with a percentage', async () => {
    expect(await faultOf({ minimumSubtotal: '20.50' })).toBeNull()
    const path = 'reward.minimumSubtotal'
    expect(await faultOf({ minimumSubtotal: '20.505' })).toMatchObject({ path, code: 'INVALID_INPUT' })
    const discount = { amount: '5', currency: 'EUR' }
    expect(await faultOf({ discount, minimumSubtotal: '20.505' })).toMatchObject({ path })
  })
})

describe('a shop without decimals', () => {
  it('takes whole amounts alone', async () => {
    const store = await openTempStore()
    const tokyo = await startShopCoupons(store.store, { currency: 'JPY' })
    try {
      const faultOf = (text: string) =>
        tokyo.provider.faultOf!(
          { providerId: 'p', discount: { amount: text, currency: 'JPY' } },
          { accountId: 'a', id: 'p', connectorId: 'c1', settings: {} },
        )
      expect(await faultOf('500')).toBeNull()
      expect(await faultOf('500.5')).toMatchObject({
        path: 'reward.discount.amount',
        message: 'must have no decimals in JPY, is 500.5',
      })
      await tokyo.provider.issue(asked({ discount: { amount: '500', currency: 'JPY' } }))
      expect(await tokyo.books()).toMatchObject([{ amount: '500' }])
    } finally {
      await tokyo.close()
      await store.close()
    }
  })
})

describe('a discount that is taken back', () => {
  it('ends at once and was not used, however often it is asked', async () => {
    const request = asked()
    await shop.provider.issue(request)
    expect(await revoking(request)).toEqual({ outcome: 'revoked', used: 'no' })
    expect(await revoking(request)).toEqual({ outcome: 'revoked', used: 'no' })
    const [discount] = await shop.books()
    expect(discount?.endsAt).toBeLessThanOrEqual(Date.now() + 5_000)
  })

  it('was used where an order had it', async () => {
    const request = asked({ expiresAt: null, grantedAt: Date.now() - 60_000 })
    await shop.provider.issue(request)
    await tell(shop.double, 'POST /orders', { discountCodes: [request.code] })
    expect(await revoking(request)).toEqual({ outcome: 'revoked', used: 'yes' })
  })

  it('TRAP: was never used where it was never made, and nobody knows where it is gone', async () => {
    expect(await revoking(asked(), false)).toEqual({ outcome: 'revoked', used: 'no' })
    expect(await revoking(asked(), true)).toEqual({ outcome: 'revoked', used: 'unknown' })
  })
})

describe('a shop that refuses', () => {
  it.each([[401], [403]])('%s once: the access is renewed, and the coupon made once', async (status) => {
    await fault({ kind: 'error', status, path: 'graphql' })
    const request = asked()
    expect((await shop.provider.issue(request)).outcome).toBe('issued')
    expect(await codes()).toEqual([request.code])
  })

  it.each([[401], [403]])(
    '%s for good: the provider is parked, and the reward is not failed',
    async (status) => {
      await fault({ kind: 'error', status, path: 'graphql', times: 20 })
      expect(await shop.provider.issue(asked())).toMatchObject({ outcome: 'retry', trouble: 'access' })
      expect(await revoking(asked())).toMatchObject({ outcome: 'retry', trouble: 'access' })
    },
  )

  it('ACCESS_DENIED: the scope was taken away, and the provider is parked', async () => {
    await tell(shop.double, 'POST /scopes', { scopes: ['read_orders'] })
    expect(await shop.provider.issue(asked())).toMatchObject({ outcome: 'retry', trouble: 'access' })
    expect(await codes()).toEqual([])
  })

  it('an access that ends in between is renewed on the way, and the coupon made once', async () => {
    const request = asked()
    await fault({ kind: 'reset_after_effect', contains: 'discountCodeBasicCreate' })
    await shop.provider.issue(request)
    await tell(shop.double, 'POST /clock', { advanceSeconds: 90_000 })
    expect((await shop.provider.issue({ ...request, mayExist: true })).outcome).toBe('issued')
    expect(await codes()).toEqual([request.code])
  })

  it.each(['frozen', 'locked'])(
    'TRAP: a shop that is %s may open again, and the reward is not failed',
    async (standing) => {
      const request = asked()
      await tell(shop.double, 'POST /shops', { id: SHOP, standing })
      expect(await shop.provider.issue(request)).toMatchObject({ outcome: 'retry', trouble: 'fault' })
      expect(await revoking(request)).toMatchObject({ outcome: 'retry', trouble: 'fault' })
      await tell(shop.double, 'POST /shops', { id: SHOP, standing: 'open' })
      expect((await shop.provider.issue({ ...request, mayExist: true })).outcome).toBe('issued')
    },
  )

  it.each(['INTERNAL_SERVER_ERROR', 'TIMEOUT'])(
    'TRAP: %s with a 200 after the effect is no refusal',
    async (code) => {
      const body = { errors: [{ message: 'Internal error', extensions: { code } }] }
      await fault({ kind: 'error_after_effect', status: 200, body, contains: 'discountCodeBasicCreate' })
      const request = asked()
      expect(await shop.provider.issue(request)).toMatchObject({ outcome: 'retry', trouble: 'fault' })
      expect((await shop.provider.issue({ ...request, mayExist: true })).outcome).toBe('issued')
      expect(await codes()).toEqual([request.code])
    },
  )

  it('429: the whole provider waits, which is no failure', async () => {
    await fault({ kind: 'throttle', times: 20 })
    const answer = await shop.provider.issue(soon(asked()))
    expect(answer).toMatchObject({ outcome: 'retry', trouble: 'throttled' })
    expect((answer as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(0)
  })

  it('THROTTLED with a 200 beyond the time there is: likewise', async () => {
    await tell(shop.double, 'POST /shops', { id: SHOP, restoreRate: 1 })
    await tell(shop.double, 'POST /bucket', { left: 0 })
    const request = { ...asked(), signal: AbortSignal.timeout(SOON_MS) }
    expect(await shop.provider.issue(request)).toMatchObject({ outcome: 'retry', trouble: 'throttled' })
    expect(await codes()).toEqual([])
  })

  it('a no to what was asked is final, and in Shopify’s words', async () => {
    const answer = await shop.provider.issue(asked({ expiresAt: GRANTED - 1 }))
    expect(answer).toMatchObject({
      outcome: 'failed',
      reason: expect.stringContaining('END_DATE_BEFORE_START_DATE'),
    })
  })
})

import { randomUUID } from 'node:crypto'
import { createStripeHands } from '../../connectors/stripe/hands/index.ts'
import { createStripeProvider } from '../../src/coupons/stripe/index.ts'
import { type StripeDouble, startStripeDouble } from '../../src/doubles/stripe/index.ts'
import { createPlatformCalls } from '../../src/platforms/calls.ts'
import { createOrigins } from '../../src/platforms/origins.ts'
import type { CouponProvider, CouponRequest, RevokeRequest } from '../../src/ports/coupon-provider.ts'
import type { PlatformDoor } from '../../src/ports/platform-door.ts'
import { couponRequest } from './coupon-requests.ts'
import { tell } from './doubles.ts'

/** As Stripe shows one; what the tests look at. */
export interface Book {
  readonly code: string
  readonly active: boolean
  readonly customer: string | null
  readonly expires_at: number | null
  readonly max_redemptions: number | null
  readonly metadata: { readonly streakline_reward_log: string }
  readonly promotion: { readonly type: string; readonly coupon: string }
  readonly restrictions: {
    readonly minimum_amount: number | null
    readonly minimum_amount_currency: string | null
  }
}

export interface StripeKit {
  readonly double: StripeDouble
  readonly apiKey: string
  readonly provider: CouponProvider
  readonly given: Pick<CouponRequest, 'accountId' | 'providerId' | 'connectorId' | 'settings'>
  /** What the door says instead of opening. */
  shut(code: 'NOT_INSTALLED' | 'TOKEN_REFUSED'): void
  request(given?: Partial<CouponRequest>): CouponRequest
  revocation(request: CouponRequest, wasIssued?: boolean): RevokeRequest
  books(): Promise<readonly Book[]>
  coupons(): Promise<readonly Record<string, unknown>[]>
  close(): Promise<void>
}

/** Stripe's double, with a provider that asks it over HTTP by the key of a connector. */
export async function startStripe(timeoutMs = 10_000): Promise<StripeKit> {
  const double = await startStripeDouble()
  await tell(double, 'POST /limits', { live: 1_000, test: 1_000, endpoint: 1_000 })
  const { id: apiKey } = await tell<{ id: string }>(double, 'POST /keys', {})
  const origins = createOrigins(new Map([['stripe', double.origin]]))
  const clock = { now: () => double.clock.now() }
  const hands = createStripeHands({ calls: createPlatformCalls({ origins, timeoutMs }), clock })
  let closed: 'NOT_INSTALLED' | 'TOKEN_REFUSED' | null = null
  const door: PlatformDoor = {
    async use(_accountId, _connectorId, ask) {
      if (closed !== null) return { outcome: 'closed', code: closed }
      const told = await ask(hands, {} as Parameters<typeof ask>[1], { apiKey })
      const isRefused = told.outcome === 'refused' && told.refused === 'access'
      return isRefused ? { outcome: 'closed', code: 'TOKEN_REFUSED' } : told
    },
  }
  const provider = createStripeProvider({ door })
  const given = {
    accountId: randomUUID(),
    providerId: randomUUID(),
    connectorId: randomUUID(),
    settings: {},
  }
  return {
    ...{ double, apiKey, provider, given },
    shut: (code) => {
      closed = code
    },
    request: (more = {}) => couponRequest({ ...given, ...more }),
    revocation: (request, wasIssued = true) => ({
      ...request,
      wasIssued,
      idempotencyKey: `${request.rewardLogId}-revoke`,
    }),
    books: async () =>
      (await tell<{ promotionCodes: Book[] }>(double, 'GET /promotion-codes')).promotionCodes,
    coupons: async () => (await tell<{ coupons: Record<string, unknown>[] }>(double, 'GET /coupons')).coupons,
    close: () => double.stop(),
  }
}

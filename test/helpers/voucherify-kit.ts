import { randomUUID } from 'node:crypto'
import { createVoucherifyProvider } from '../../src/coupons/voucherify/index.ts'
import { startVoucherifyDouble, type VoucherifyDouble } from '../../src/doubles/voucherify/index.ts'
import { createPlatformCalls } from '../../src/platforms/calls.ts'
import { createOrigins } from '../../src/platforms/origins.ts'
import type { CouponProvider, CouponRequest, RevokeRequest } from '../../src/ports/coupon-provider.ts'
import { couponRequest } from './coupon-requests.ts'
import { tell } from './doubles.ts'

export interface VoucherifyKit {
  readonly double: VoucherifyDouble
  readonly provider: CouponProvider
  readonly given: Pick<CouponRequest, 'settings' | 'credentials' | 'providerId'>
  request(given?: Partial<CouponRequest>): CouponRequest
  revocation(request: CouponRequest, code: string, wasIssued?: boolean): RevokeRequest
  /** What was published by now. */
  books(): Promise<readonly { readonly sourceId: string; readonly code: string; readonly customer: object }[]>
  close(): Promise<void>
}

/** Voucherify's double, with a provider that asks it over HTTP. */
export async function startVoucherify(timeoutMs = 10_000): Promise<VoucherifyKit> {
  const double = await startVoucherifyDouble()
  const origins = createOrigins(new Map([['voucherify', double.origin]]))
  const clock = { now: () => double.clock.now() }
  const provider = createVoucherifyProvider({ clock, calls: createPlatformCalls({ origins, timeoutMs }) })
  const { appId, appToken } = double.project()
  await tell(double, 'POST /campaigns', { name: 'Streaks', codes: 40 })
  await tell(double, 'POST /project', { requestsPerMinute: 10_000 })
  const given = {
    providerId: randomUUID(),
    settings: { apiUrl: 'https://api.voucherify.io', campaign: 'Streaks' },
    credentials: { appId, appToken },
  }
  return {
    double,
    provider,
    given,
    request: (more = {}) => couponRequest({ ...given, ...more }),
    revocation: (request, code, wasIssued = true) => ({
      ...request,
      code,
      wasIssued,
      idempotencyKey: `${request.rewardLogId}-revoke`,
    }),
    async books() {
      const { publications } = await tell<{
        publications: { source_id: string; voucher: { code: string }; customer: object }[]
      }>(double, 'GET /publications')
      return publications.map(({ source_id: sourceId, voucher, customer }) => ({
        sourceId,
        code: voucher?.code,
        customer,
      }))
    },
    close: () => double.stop(),
  }
}

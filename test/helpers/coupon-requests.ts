import { randomBytes, randomUUID } from 'node:crypto'
import type { CouponRequest } from '../../src/ports/coupon-provider.ts'

export function newSigningSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`
}

/** A request for a reward of its own; what `given` leaves out is new or neutral. */
export function couponRequest(given: Partial<CouponRequest> = {}): CouponRequest {
  const rewardLogId = given.rewardLogId ?? randomUUID()
  return {
    accountId: randomUUID(),
    providerId: randomUUID(),
    connectorId: null,
    rewardLogId,
    idempotencyKey: rewardLogId,
    code: `DRAWN-${randomBytes(8).toString('hex').toUpperCase()}`,
    discount: { percentage: '10' },
    minimumSubtotal: null,
    expiresAt: null,
    grantedAt: Date.now(),
    mayExist: false,
    member: { id: randomUUID(), externalId: 'customer-1' },
    streakId: randomUUID(),
    milestoneId: randomUUID(),
    settings: {},
    credentials: {},
    signal: new AbortController().signal,
    ...given,
  }
}

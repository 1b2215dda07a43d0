import { createHash } from 'node:crypto'
import type { Pace } from '../../../../src/ports/pace.ts'
import type { PlatformCalls } from '../../../../src/ports/platform-calls.ts'

/**
 * Requests a second that Stripe takes for an endpoint, and of a sandbox in all: https://docs.stripe.com/rate-limits. Of
 * a live account it takes 100 in all, which four endpoints do not exceed.
 */
const PER_SECOND = 25
const ID = /\/(?:promo_[A-Za-z0-9]+|coupons\/[^/]+)$/

/** Has the requests of one key come as fast as Stripe takes them, and no faster, whichever process makes them. */
export function pacedCalls(calls: PlatformCalls, pace: Pace | undefined, apiKey: string): PlatformCalls {
  if (pace === undefined) return calls
  const account = createHash('sha256').update(apiKey).digest('hex').slice(0, 32)
  const isSandbox = /^[a-z]+_test_/.test(apiKey)
  return async (platform, call) => {
    const endpoint = isSandbox ? 'sandbox' : endpointOf(call.method, call.url)
    await pace(`stripe-${account}-${endpoint}`, 1_000 / PER_SECOND, call.signal)
    return calls(platform, call)
  }
}

function endpointOf(method: string, url: string): string {
  return `${method} ${new URL(url).pathname.replace(ID, '/{id}')}`
}

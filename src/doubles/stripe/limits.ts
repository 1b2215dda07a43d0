import { fault } from './faults.ts'

export interface Limits {
  /** Counts a request. @throws Refusal 429 in Stripe's words */
  take(livemode: boolean, endpoint: string): void
  set(limits: Partial<Rates>): Rates
}

/** Requests a second. */
export interface Rates {
  readonly live: number
  readonly test: number
  readonly endpoint: number
}

/** Account-wide 100 a second, 25 in a sandbox; 25 for each endpoint. */
export function createLimits(now: () => number): Limits {
  let rates: Rates = { live: 100, test: 25, endpoint: 25 }
  const buckets = new Map<string, { left: number; at: number }>()

  function take(name: string, rate: number, reason: string): void {
    const time = now()
    const known = buckets.get(name) ?? { left: rate, at: time }
    const left = Math.min(rate, known.left + ((time - known.at) / 1_000) * rate)
    buckets.set(name, { left: left < 1 ? left : left - 1, at: time })
    if (left >= 1) return
    const message =
      'Request rate limit exceeded. You can learn more about rate limits here https://stripe.com/docs/rate-limits.'
    throw fault(429, { message, code: 'rate_limit' }, { 'stripe-rate-limited-reason': reason })
  }

  return {
    take(livemode, endpoint) {
      const mode = livemode ? 'live' : 'test'
      take(mode, rates[mode], 'global-rate')
      take(`${mode} ${endpoint}`, rates.endpoint, 'endpoint-rate')
    },
    set(limits) {
      rates = { ...rates, ...limits }
      buckets.clear()
      return rates
    },
  }
}

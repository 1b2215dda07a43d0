import type Stripe from 'stripe'
import type { Access, HandsParts, Promotions, Site } from '../../../../src/ports/hands.ts'
import { stripeClient } from '../client.ts'
import { heard } from './errors.ts'
import { faultOf } from './faults.ts'
import { pacedCalls } from './pace.ts'
import { findCodes, issueCode, type Settings, switchOff, usedAmong } from './promotion-code.ts'

const ASK_MS = 10_000

/** Promotion codes, each under the coupon of its discount: https://docs.stripe.com/api/promotion_codes. */
export function createPromotions(
  { calls, clock, pace }: HandsParts,
  apiKeyOf: (access: Access) => string,
): Promotions {
  function open({ signal }: Site, access: Access): Stripe {
    const deadline = AbortSignal.timeout(ASK_MS)
    const ends = signal === undefined ? deadline : AbortSignal.any([signal, deadline])
    const apiKey = apiKeyOf(access)
    return stripeClient(pacedCalls(calls, pace, apiKey), apiKey, ends)
  }

  async function hear<T>(work: () => Promise<T>) {
    try {
      return { outcome: 'ok', value: await work() } as const
    } catch (error) {
      return heard(error, clock.now())
    }
  }

  return {
    faultOf: (site, access, reward, settings) => faultOf(open(site, access), settings as Settings, reward),
    issue(site, access, request) {
      const stripe = open(site, access)
      return hear(() => issueCode(stripe, request.settings as Settings, request))
    },
    revoke(site, access, request) {
      return hear(async () => {
        const used = await switchOff(open(site, access), request)
        return { outcome: 'revoked', used: used ?? (request.wasIssued ? 'unknown' : 'no') } as const
      })
    },
    used(site, access, request) {
      return hear(async () => {
        const found = await findCodes(open(site, access), request)
        const used = found.length === 0 ? 'unknown' : usedAmong(found)
        return { outcome: 'known', used, at: null } as const
      })
    },
  }
}

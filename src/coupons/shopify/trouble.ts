import type { Trouble } from '../../ports/coupon-provider.ts'
import type { Told } from '../../ports/platform-calls.ts'
import type { Closed } from '../../ports/platform-door.ts'

/** Throttled without a word of how long. */
const THROTTLED_MS = 1_000
const MAX_REASON = 480

export type Fruitless = Exclude<Told<never>, { outcome: 'ok' }> | Closed
type Failed = { readonly outcome: 'failed'; readonly reason: string }

/** What a request that brought nothing means for a reward. */
export function troubleOf(answer: Fruitless): Trouble | Failed {
  if (answer.outcome === 'closed') {
    const why = answer.code === 'NOT_INSTALLED' ? 'is not installed' : 'has a token that Shopify refuses'
    return trouble('access', `${answer.code}: the connector ${why}`)
  }
  const said = `Shopify answered ${answer.message}`.slice(0, MAX_REASON)
  if (answer.outcome === 'unavailable') {
    if (!answer.isThrottled) return trouble('fault', `PROVIDER_UNAVAILABLE: ${said}`, answer.retryAfterMs)
    return trouble('throttled', `PROVIDER_UNAVAILABLE: ${said}`, answer.retryAfterMs ?? THROTTLED_MS)
  }
  // a shop that is not there (any more) is no fault of the reward
  const isReward = answer.refused === 'request' && answer.path !== 'settings.shopDomain'
  if (isReward) return { outcome: 'failed', reason: `PROVIDER_REFUSED: ${said}` }
  return trouble('access', `ACCESS_REFUSED: ${said}`)
}

export function trouble(
  kind: Trouble['trouble'],
  reason: string,
  retryAfterMs: number | null = null,
): Trouble {
  return { outcome: 'retry', trouble: kind, reason, retryAfterMs }
}

import type { Trouble } from '../../src/ports/coupon-provider.ts'

/** Until then the provider is known to be paused, and the reward is parked. */
const PARKS_AFTER_MS = 1_000
/** Within 15 minutes, and not all in one instant. */
const LOOKS_AGAIN_MS = 10 * 60_000
const SPREAD_MS = 4 * 60_000

/** How long a reward is put off that meets this trouble, without spending a try; null: it spends one. */
export function putOffOf({ trouble, retryAfterMs }: Trouble): number | null {
  if (trouble === 'throttled') return retryAfterMs ?? 0
  if (trouble === 'exhausted') return LOOKS_AGAIN_MS + Math.random() * SPREAD_MS
  return trouble === 'access' || trouble === 'ended' ? PARKS_AFTER_MS : null
}

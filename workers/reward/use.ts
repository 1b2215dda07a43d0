import { happen } from '../../src/engine/happen.ts'
import type { Instant } from '../../src/ports/clock.ts'
import { ascending, atMost } from '../../src/ports/conditions.ts'
import type { CouponProvider, UsedOutcome } from '../../src/ports/coupon-provider.ts'
import type { Row } from '../../src/ports/schema.ts'
import { buildCouponRequest, withTime } from './coupon-request.ts'
import type { FulfilDeps } from './deps.ts'
import type { createDesk } from './desk.ts'

type Reward = Row<'reward_log'>

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Rewards that one look asks about; what is left is asked about by the next one. */
const MAX_AT_ONCE = 500
const TOGETHER = 20

/** When a coupon that was just made is asked about first; null: never. */
export function firstLookAt(
  provider: Pick<CouponProvider, 'used'>,
  expiresAt: Instant | null,
  now: Instant,
): Instant | null {
  return provider.used === undefined ? null : nextLookAt(expiresAt, now, DAY_MS)
}

/** The last time is when it lapses. */
function nextLookAt(expiresAt: Instant | null, now: Instant, afterMs: number): Instant | null {
  if (expiresAt === null) return now + afterMs
  return expiresAt <= now ? null : Math.min(now + afterMs, expiresAt)
}

/**
 * Asks the providers that can say it whether coupons were used: about each once a day until it lapses. Safe in several
 * processes at once; what fails is asked again. @throws AppError STORE_UNAVAILABLE
 */
export function createLookAtUse(deps: FulfilDeps, desk: ReturnType<typeof createDesk>): () => Promise<void> {
  const { store, clock } = deps
  const signal = new AbortController().signal

  return async () => {
    const due = await store.find('reward_log', {
      where: atMost('useCheckAt', clock.now()),
      sort: ascending('useCheckAt', 'id'),
      limit: MAX_AT_ONCE,
    })
    for (let from = 0; from < due.length; from += TOGETHER) {
      await Promise.all(due.slice(from, from + TOGETHER).map((reward) => lookAt(reward).catch(() => {})))
    }
  }

  async function lookAt(reward: Reward): Promise<void> {
    const answer = await ask(reward)
    const now = clock.now()
    if (answer !== null && answer.outcome === 'known' && answer.used === 'yes') {
      await happen(deps, reward, { kind: 'used', at: answer.at ?? now, orderId: null })
      return
    }
    // trouble passes sooner than a day
    const afterMs = answer === null || answer.outcome === 'retry' ? HOUR_MS : DAY_MS
    await happen(deps, reward, { kind: 'looked_at', nextAt: nextLookAt(reward.rewardExpiryAt, now, afterMs) })
  }

  /** null: nobody could be asked. */
  async function ask(reward: Reward): Promise<UsedOutcome | null> {
    const built = await buildCouponRequest(deps, reward, signal)
    if (built.outcome !== 'ready') return built
    const { provider, request } = built
    const { used } = provider
    if (used === undefined) return { outcome: 'known', used: 'unknown', at: null }
    const code = reward.couponCode ?? request.code
    const idempotencyKey = `${reward.id}-used`
    const asking = { reward, provider, request, signal, isProbe: false }
    const answer = await desk(asking, () =>
      used.call(provider, { ...withTime(request), code, idempotencyKey, wasIssued: true }),
    )
    return answer === 'parked' ? null : answer
  }
}

import { endStandingChanges } from '../../src/engine/end-standing.ts'
import { AppError } from '../../src/errors.ts'
import type { RevokeOutcome } from '../../src/ports/coupon-provider.ts'
import type { JobContext } from '../../src/ports/queue.ts'
import type { Row } from '../../src/ports/schema.ts'
import { cut, write } from '../../src/rewards/write-reward.ts'
import { buildCouponRequest } from './coupon-request.ts'
import type { FulfilDeps } from './deps.ts'

/** How long a provider is waited for. */
export const ASK_TIMEOUT_MS = 10_000
/** So long after a reward began to be revoked nobody asks for its coupon any more, whoever was at it then. */
const MADE_WITHIN_MS = ASK_TIMEOUT_MS + 5_000

type Reward = Row<'reward_log'>

/**
 * Asks a reward's provider to disable its coupon, and records whether it was used before. Only `no` ends the reward's
 * standing: what cannot be disabled, or of which nobody knows, counts as used. A coupon that was being made is not
 * asked back before that must have ended: the provider would say that there is none, and make it afterwards. null when
 * another writer was faster.
 * @throws AppError PROVIDER_UNAVAILABLE, retryable; after the last try the coupon counts as used
 */
export async function revokeStep(
  deps: FulfilDeps,
  reward: Reward,
  context: JobContext,
): Promise<true | null> {
  const waitMs = reward.couponCode === null ? reward.updatedAt + MADE_WITHIN_MS - deps.clock.now() : 0
  if (waitMs > 0) {
    const reason = 'COUPON_BEING_MADE: it may still be made; it is asked back after that'
    throw new AppError('PROVIDER_UNAVAILABLE', reason, { retryAfterMs: waitMs })
  }
  const answer = await askToRevoke(deps, reward, context)
  if (answer.outcome === 'revoked') return writeRevoked(deps, reward, answer.used, null)
  const givesUp = answer.outcome === 'failed' || (context.lastTry && !context.signal.aborted)
  if (givesUp) return writeRevoked(deps, reward, 'unknown', answer.reason)
  const options = answer.retryAfterMs === null ? {} : { retryAfterMs: answer.retryAfterMs }
  throw new AppError('PROVIDER_UNAVAILABLE', answer.reason, options)
}

/**
 * A coupon whose making was answered after its reward had been revoked: it is asked back once more. The reward stands
 * no more, whatever comes of it: another one may have taken its place.
 */
export async function takeBackLate(deps: FulfilDeps, reward: Reward): Promise<true | null> {
  const { id, accountId, attempt, couponUsed } = reward
  // otherwise it counts as used, and stands
  if (couponUsed !== 'no') return true
  deps.logger.warn({ accountId, rewardLogId: id }, 'a coupon was made after its reward was revoked')
  const set = { fulfilmentStatus: 'revoking', dueAt: deps.clock.now(), attempt: attempt + 1 } as const
  return (await write(deps, reward, set)) && true
}

async function askToRevoke(deps: FulfilDeps, reward: Reward, { signal }: JobContext): Promise<RevokeOutcome> {
  const built = await buildCouponRequest(
    deps,
    reward,
    AbortSignal.any([signal, AbortSignal.timeout(ASK_TIMEOUT_MS)]),
  )
  if (built.outcome !== 'ready') return built
  const { provider, request } = built
  const code = reward.couponCode ?? request.code
  try {
    return await provider.revoke({ ...request, code, idempotencyKey: `${reward.id}-revoke` })
  } catch (error) {
    if (error instanceof AppError) throw error
    const name = error instanceof Error ? error.name : typeof error
    deps.logger.error(
      { rewardLogId: reward.id, provider: provider.kind, error: name },
      'coupon provider threw',
    )
    return {
      outcome: 'retry',
      reason: 'PROVIDER_ERROR: asking the coupon provider failed',
      retryAfterMs: null,
    }
  }
}

async function writeRevoked(
  deps: FulfilDeps,
  reward: Reward,
  couponUsed: 'yes' | 'no' | 'unknown',
  reason: string | null,
): Promise<true | null> {
  const ends = couponUsed === 'no' && reward.standing
  const changes = ends ? await endStandingChanges(deps.store, reward, deps.clock.now()) : []
  const failureReason = reason === null ? null : cut(reason)
  const set = {
    fulfilmentStatus: 'revoked',
    couponUsed,
    standing: reward.standing && !ends,
    failureReason,
    dueAt: null,
  } as const
  return (await write(deps, reward, set, changes)) && true
}

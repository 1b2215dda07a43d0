import { endStandingChanges } from '../../src/engine/end-standing.ts'
import { happen } from '../../src/engine/happen.ts'
import { AppError } from '../../src/errors.ts'
import type { Instant } from '../../src/ports/clock.ts'
import type { RevokeOutcome } from '../../src/ports/coupon-provider.ts'
import { PutOff } from '../../src/ports/queue.ts'
import type { Row } from '../../src/ports/schema.ts'
import { isRefused } from '../../src/rewards/breaker.ts'
import { ASK_TIMEOUT_MS, buildCouponRequest, withTime } from './coupon-request.ts'
import type { FulfilDeps, StepContext } from './deps.ts'
import type { createDesk } from './desk.ts'
import { putOffOf } from './put-off.ts'

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
  desk: ReturnType<typeof createDesk>,
  reward: Reward,
  context: StepContext,
): Promise<true | null> {
  // an order named it: nobody has to be asked
  if (reward.couponUsed === 'yes') return writeRevoked(deps, reward, 'yes', null)
  const waitMs = reward.couponCode === null ? leftToBeMade(reward, deps.clock.now()) : 0
  if (waitMs > 0) {
    const reason = 'COUPON_BEING_MADE: it may still be made; it is asked back after that'
    throw new AppError('PROVIDER_UNAVAILABLE', reason, { retryAfterMs: waitMs })
  }
  const answer = await askToRevoke(deps, desk, reward, context)
  if (answer === 'parked') return true
  if (answer === null) return null
  if (answer.outcome === 'revoked') return writeRevoked(deps, reward, answer.used, null)
  // a reward that was a probe stays parked: the next probe finds it
  if (answer.outcome === 'retry' && context.isProbe) return true
  const putOffMs = answer.outcome === 'retry' ? putOffOf(answer) : null
  if (putOffMs !== null) throw new PutOff(putOffMs, answer.reason)
  const givesUp = answer.outcome === 'failed' || (context.lastTry && !context.signal.aborted)
  if (givesUp) return writeRevoked(deps, reward, 'unknown', answer.reason)
  const options = answer.retryAfterMs === null ? {} : { retryAfterMs: answer.retryAfterMs }
  throw new AppError('PROVIDER_UNAVAILABLE', answer.reason, options)
}

/** Nothing of what was written by a clock that was ahead: nobody knows how long ago that is. */
function leftToBeMade({ updatedAt }: Reward, now: Instant): number {
  const leftMs = updatedAt + MADE_WITHIN_MS - now
  return leftMs > 2 * MADE_WITHIN_MS ? 0 : leftMs
}

/**
 * A coupon whose making was answered after its reward had been revoked: it is asked back once more. The reward stands
 * no more, whatever comes of it: another one may have taken its place.
 */
export async function takeBackLate(deps: FulfilDeps, reward: Reward): Promise<true | null> {
  const { id, accountId, couponUsed } = reward
  // otherwise it counts as used, and stands
  if (couponUsed !== 'no') return true
  deps.logger.warn({ accountId, rewardLogId: id }, 'a coupon was made after its reward was revoked')
  return (await happen(deps, reward, { kind: 'made_late' })) && true
}

async function askToRevoke(
  deps: FulfilDeps,
  desk: ReturnType<typeof createDesk>,
  reward: Reward,
  context: StepContext,
): Promise<RevokeOutcome | 'parked' | null> {
  const built = await buildCouponRequest(deps, reward, context.signal)
  if (built.outcome !== 'ready') return built
  const { provider, request } = built
  const code = reward.couponCode ?? request.code
  const idempotencyKey = `${reward.id}-revoke`
  const wasIssued = reward.couponCode !== null
  const revoke = () => provider.revoke({ ...withTime(request), code, idempotencyKey, wasIssued })
  if (provider.claims) return revoke()
  const atOnce = (await isUninstalled(deps, request.providerId)) ? await revoke() : null
  // who can say something without being there need not be waited for
  if (atOnce?.outcome === 'revoked') return atOnce
  return desk({ reward, provider, request, ...context }, revoke)
}

/** Its connector was uninstalled, so that asking asks nobody. */
async function isUninstalled({ store }: FulfilDeps, providerId: string): Promise<boolean> {
  const [state] = await store.findByKeys('provider_state', ['id'], [[providerId]])
  return state !== undefined && isRefused(state) && state.lastError?.code === 'NOT_INSTALLED'
}

async function writeRevoked(
  deps: FulfilDeps,
  reward: Reward,
  couponUsed: 'yes' | 'no' | 'unknown',
  reason: string | null,
): Promise<true | null> {
  const ends = couponUsed === 'no' && reward.couponUsed !== 'yes' && reward.standing
  const changes = ends ? await endStandingChanges(deps.store, reward, deps.clock.now()) : []
  const event = { kind: 'taken_back', used: couponUsed, reason } as const
  return (await happen(deps, reward, event, changes)) && true
}

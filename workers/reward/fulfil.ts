import { findRow } from '../../src/commit/planned.ts'
import { untilWritten } from '../../src/commit/until-written.ts'
import { AppError } from '../../src/errors.ts'
import type { CouponProvider, CouponRequest, IssueOutcome } from '../../src/ports/coupon-provider.ts'
import type { Logger } from '../../src/ports/logger.ts'
import type { JobContext, RewardJob } from '../../src/ports/queue.ts'
import type { Row } from '../../src/ports/schema.ts'
import { cut, write } from '../../src/rewards/write-reward.ts'
import { buildCouponRequest } from './coupon-request.ts'
import type { FulfilDeps } from './deps.ts'
import { ASK_TIMEOUT_MS, revokeStep, takeBackLate } from './revoke.ts'

/** Lost races, for the reward's row or for codes of a pool, before the job is put off. */
const MAX_ROUNDS = 20

export type Fulfil = (job: RewardJob, context: JobContext) => Promise<void>

type Reward = Row<'reward_log'>
type Issued = Extract<IssueOutcome, { outcome: 'issued' }>
type Retry = Extract<IssueOutcome, { outcome: 'retry' }>

/**
 * Has the coupon of one reward log made, or taken back, and writes down what came of it. Resolves when there is nothing
 * (more) to do: issued, failed for good, or not this job's to do. May be called any number of times, at once too: a
 * reward gets one coupon, because the provider is always asked with the same key for the same code, and the answer is
 * written in one commit guarded by the reward's revision, together with what the provider wants written.
 * @throws AppError PROVIDER_UNAVAILABLE (retryable, with `retryAfterMs` when the provider named a time); on the last
 * try the reward is `failed` by then, unless the job was only aborted. STORE_BUSY, STORE_UNAVAILABLE (retryable)
 */
export function createFulfil(deps: FulfilDeps): Fulfil {
  /** One look at the reward and one step: true when done, null when another writer was faster. */
  async function step(job: RewardJob, context: JobContext, heard: { issued: boolean }): Promise<true | null> {
    const found = await findRow(deps.store, 'reward_log', job.accountId, job.rewardLogId)
    if (found === null) return true
    if (heard.issued && found.fulfilmentStatus === 'revoked') return takeBackLate(deps, found)
    if (found.attempt !== job.attempt) return true
    if (found.fulfilmentStatus === 'revoking') return revokeStep(deps, found, context)
    if (!isToBeMade(found)) return true
    const signal = AbortSignal.any([context.signal, AbortSignal.timeout(ASK_TIMEOUT_MS)])
    const built = await buildCouponRequest(deps, found, signal)
    if (built.outcome === 'failed') return writeFailed(deps, found, built.reason)
    if (built.outcome === 'retry') return endTry(deps, found, built, context)
    const lapsed = built.request.expiresAt
    if (lapsed !== null && lapsed <= deps.clock.now()) return writeFailed(deps, found, expiredReason(lapsed))
    const reward = await asIssuing(deps, found, built.provider)
    if (reward === null) return null
    const answer = await ask(deps.logger, built.provider, built.request)
    // what a provider claims comes with the commit or not at all
    heard.issued = answer.outcome === 'issued' && !built.provider.claims
    if (answer.outcome === 'issued') return writeIssued(deps, reward, answer, built.request)
    if (answer.outcome === 'failed') return writeFailed(deps, reward, answer.reason)
    return endTry(deps, reward, answer, context)
  }

  return async function fulfil(job, context) {
    const heard = { issued: false }
    await untilWritten(`reward_log ${job.rewardLogId}`, MAX_ROUNDS, () => step(job, context, heard))
  }
}

/**
 * `issuing` says that a coupon may exist; a reward that only waits for a code is `pending` and can still be revoked.
 */
async function asIssuing(
  deps: FulfilDeps,
  reward: Reward,
  { claims }: CouponProvider,
): Promise<Reward | null> {
  if (claims || reward.fulfilmentStatus === 'issuing') return reward
  return await write(deps, reward, { fulfilmentStatus: 'issuing' })
}

/** Manual rewards are the merchant's to make. */
function isToBeMade({ fulfilmentStatus, reward }: Reward): boolean {
  return reward !== null && (fulfilmentStatus === 'pending' || fulfilmentStatus === 'issuing')
}

async function ask(logger: Logger, provider: CouponProvider, request: CouponRequest): Promise<IssueOutcome> {
  try {
    return await provider.issue(request)
  } catch (error) {
    if (error instanceof AppError) throw error
    const { accountId, rewardLogId } = request
    const name = error instanceof Error ? error.name : typeof error
    logger.error({ accountId, rewardLogId, provider: provider.kind, error: name }, 'coupon provider threw')
    return {
      outcome: 'retry',
      reason: 'PROVIDER_ERROR: asking the coupon provider failed',
      retryAfterMs: null,
    }
  }
}

async function writeIssued(
  deps: FulfilDeps,
  reward: Reward,
  issued: Issued,
  asked: CouponRequest,
): Promise<true | null> {
  const now = deps.clock.now()
  const expiresAt = issued.expiresAt ?? asked.expiresAt
  if (expiresAt !== null && expiresAt <= now) return writeFailed(deps, reward, expiredReason(expiresAt))
  const set: Partial<Reward> = {
    fulfilmentStatus: 'issued',
    couponCode: issued.code,
    rewardIssuedAt: now,
    rewardExpiryAt: expiresAt,
    failureReason: null,
    dueAt: null,
  }
  return (await write(deps, reward, set, issued.changes)) && true
}

async function writeFailed(deps: FulfilDeps, reward: Reward, reason: string): Promise<true | null> {
  const failureReason = cut(reason)
  const written = await write(deps, reward, { fulfilmentStatus: 'failed', failureReason, dueAt: null })
  if (written === null) return null
  deps.logger.warn(
    { accountId: reward.accountId, rewardLogId: reward.id, reason: failureReason },
    'reward failed',
  )
  return true
}

/** null when the row was written by somebody else; else the try is over and the queue learns how. */
async function endTry(deps: FulfilDeps, reward: Reward, retry: Retry, context: JobContext): Promise<null> {
  // A worker that is told to stop must not use up the reward's last chance.
  const givesUp = context.lastTry && !context.signal.aborted
  if (givesUp && !(await writeFailed(deps, reward, retry.reason))) return null
  const options = retry.retryAfterMs === null ? {} : { retryAfterMs: retry.retryAfterMs }
  throw new AppError('PROVIDER_UNAVAILABLE', retry.reason, options)
}

function expiredReason(expiresAt: number): string {
  return `COUPON_EXPIRED: the coupon would have lapsed at ${new Date(expiresAt).toISOString()}, before it was issued`
}

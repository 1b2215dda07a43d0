import { findRow, standsStill } from '../../src/commit/planned.ts'
import { untilWritten } from '../../src/commit/until-written.ts'
import { happen } from '../../src/engine/happen.ts'
import { AppError } from '../../src/errors.ts'
import { isToBeMade } from '../../src/life/life.ts'
import { ABANDONED, cut } from '../../src/life/turn.ts'
import type { IssueOutcome, Trouble } from '../../src/ports/coupon-provider.ts'
import { type JobContext, PutOff, type RewardJob } from '../../src/ports/queue.ts'
import type { Row } from '../../src/ports/schema.ts'
import { foldCode } from '../../src/rewards/code.ts'
import { type BuiltRequest, buildCouponRequest, withTime } from './coupon-request.ts'
import type { FulfilDeps, StepContext } from './deps.ts'
import { createDesk } from './desk.ts'
import { ALONE, Lanes } from './lanes.ts'
import { putOffOf } from './put-off.ts'
import { revokeStep, takeBackLate } from './revoke.ts'
import { firstLookAt } from './use.ts'

/** Lost races, for the reward's row or for codes of a pool, before the job is put off. */
const MAX_ROUNDS = 20

type Reward = Row<'reward_log'>
type Issued = Extract<IssueOutcome, { outcome: 'issued' }>
/** Whom, and for what. */
type Asked = Pick<Extract<BuiltRequest, { outcome: 'ready' }>, 'provider' | 'request'>

/**
 * Has the coupon of one reward log made, or taken back, and writes down what came of it. Resolves when there is nothing
 * (more) to do: issued, parked while its provider is paused, or not this job's to do. May be called
 * any number of times, at once too: a reward gets one coupon, because the provider is always asked with the same key
 * for the same code, and the answer is written in one commit guarded by the reward's revision, together with what the
 * provider wants written.
 * @throws AppError PROVIDER_UNAVAILABLE (retryable, with `retryAfterMs` when the provider named a time); on the last
 * try the reward is `failed` by then, unless the job was only aborted. PutOff where the provider has enough to do or
 * wants to be left alone. STORE_BUSY, STORE_UNAVAILABLE (retryable). FAILED_FOR_GOOD (final), with the reason that
 * stands in the reward's row
 */
export function createFulfil(deps: FulfilDeps, step: Step = createStep(deps)) {
  return async function fulfil(job: RewardJob, context: JobContext): Promise<void> {
    const heard = { issued: false }
    await untilWritten(`reward_log ${job.rewardLogId}`, MAX_ROUNDS, async () => {
      const found = await findRow(deps.store, 'reward_log', job.accountId, job.rewardLogId)
      if (found === null) return true
      if (heard.issued && found.fulfilmentStatus === 'revoked') return takeBackLate(deps, found)
      if (found.attempt !== job.attempt) return true
      return step(found, { ...context, isProbe: false }, heard)
    })
  }
}

/** One step with a reward as it was read: true when done, null when another writer was faster. */
export type Step = (found: Reward, context: StepContext, heard: { issued: boolean }) => Promise<true | null>

export function createStep(
  deps: FulfilDeps,
  desk = createDesk(deps, new Lanes(deps.workforce ?? ALONE)),
): Step {
  return async (found, context, heard) => {
    if (found.fulfilmentStatus === 'revoking') return revokeStep(deps, desk, found, context)
    if (found.fulfilmentStatus === 'held' && found.heldReason === 'hold_period') return endHold(deps, found)
    if (hasFailed(found)) throw failedForGood(found.failureReason)
    if (!isToBeMade(found, context.isProbe)) return true
    const built = await buildCouponRequest(deps, found, context.signal)
    if (built.outcome === 'failed') return failForGood(deps, found, built.reason, context)
    if (built.outcome === 'retry') return endTry(deps, found, built, context)
    const { provider, request } = built
    const lapsed = request.expiresAt
    if (lapsed !== null && lapsed <= deps.clock.now())
      return failForGood(deps, found, expiredReason(lapsed), context)
    // what a provider claims comes with the commit or not at all, and asks nobody
    if (provider.claims)
      return note(found, await provider.issue(withTime(request)), { provider, request }, context)
    let asked = found
    // a reward that only waits for a code is `pending` and can still be revoked
    const mark = async () => {
      const issuing = await saidToBeAsked(deps, found)
      if (issuing !== null) asked = issuing
      return issuing
    }
    const asking = { reward: found, provider, request, ...context, mark }
    const answer = await desk(asking, () => provider.issue(withTime(request)))
    if (answer === 'parked') return true
    if (answer === null) return null
    heard.issued = answer.outcome === 'issued'
    return note(asked, answer, { provider, request }, context)
  }

  async function note(
    reward: Reward,
    answer: IssueOutcome,
    asked: Asked,
    context: StepContext,
  ): Promise<true | null> {
    if (answer.outcome === 'issued') return writeIssued(deps, reward, answer, asked, context)
    if (answer.outcome === 'failed') return failForGood(deps, reward, answer.reason, context, true)
    return endTry(deps, reward, answer, context)
  }
}

/**
 * Makes it durable that a coupon may exist. Where it says so already it is written again: whoever said it before takes
 * it back where he did not ask in the end, and must not while somebody else does. null when another writer was faster.
 */
async function saidToBeAsked(deps: FulfilDeps, reward: Reward): Promise<Reward | null> {
  const { fulfilmentStatus: status, askedAt } = reward
  if (status !== 'issuing' || askedAt === null) return happen(deps, reward, { kind: 'asked' })
  const written = await deps.store.commit([standsStill('reward_log', reward)])
  return written.outcome === 'conflict' ? null : { ...reward, revision: reward.revision + 1 }
}

/** Goes on with it where its hold is over and there is room: null, so that it is read again. */
async function endHold(deps: FulfilDeps, reward: Reward): Promise<true | null> {
  const written = await happen(deps, reward, { kind: 'hold_ended' })
  return written === reward ? true : null
}

async function writeIssued(
  deps: FulfilDeps,
  reward: Reward,
  issued: Issued,
  { provider, request }: Asked,
  context: StepContext,
): Promise<true | null> {
  const now = deps.clock.now()
  const expiresAt = issued.expiresAt ?? request.expiresAt
  if (expiresAt !== null && expiresAt <= now)
    return failForGood(deps, reward, expiredReason(expiresAt), context)
  const { code, changes = [] } = issued
  const isChosen = changes.length === 0 && code !== request.code
  const chosenFoldedCode = isChosen ? foldCode(code) : null
  const coupon = { code, expiresAt, chosenFoldedCode, useCheckAt: firstLookAt(provider, expiresAt, now) }
  if ((await happen(deps, reward, { kind: 'issued', ...coupon }, changes)) === null) return null
  deps.metrics?.issued(now - reward.createdAt)
  return true
}

async function writeFailed(
  deps: FulfilDeps,
  reward: Reward,
  reason: string,
  saidNo: boolean,
): Promise<true | null> {
  const failureReason = cut(reason)
  const written = await happen(deps, reward, { kind: 'failed', reason, saidNo })
  if (written === null) return null
  deps.logger.warn(
    { accountId: reward.accountId, rewardLogId: reward.id, reason: failureReason },
    'reward failed',
  )
  return true
}

/** Its job is listed as failed, too, with the reason in the row; a probe has none. null when somebody else wrote the row. */
async function failForGood(
  deps: FulfilDeps,
  reward: Reward,
  reason: string,
  { isProbe }: StepContext,
  saidNo = false,
): Promise<true | null> {
  const written = await writeFailed(deps, reward, reason, saidNo)
  if (written !== null && !isProbe) throw failedForGood(cut(reason))
  return written
}

/** By a try before this one, of this same job: an abandoned reward is nobody's failure. */
function hasFailed(reward: Reward): reward is Reward & { failureReason: string } {
  const { fulfilmentStatus, failureReason } = reward
  return fulfilmentStatus === 'failed' && failureReason !== null && !failureReason.startsWith(ABANDONED)
}

function failedForGood(reason: string): AppError {
  return new AppError('FAILED_FOR_GOOD', reason)
}

/** null when the row was written by somebody else; else the try is over and the queue learns how. */
async function endTry(
  deps: FulfilDeps,
  reward: Reward,
  trouble: Trouble,
  context: StepContext,
): Promise<true | null> {
  // a reward that was a probe stays parked: the next probe finds it
  if (context.isProbe) return true
  if (trouble.trouble === 'exhausted' && (await happen(deps, reward, { kind: 'none_yet' })) === null)
    return null
  const putOffMs = putOffOf(trouble)
  if (putOffMs !== null) throw new PutOff(putOffMs, trouble.reason)
  // A worker that is told to stop must not use up the reward's last chance.
  const givesUp = context.lastTry && !context.signal.aborted
  if (givesUp && !(await writeFailed(deps, reward, trouble.reason, false))) return null
  const options = trouble.retryAfterMs === null ? {} : { retryAfterMs: trouble.retryAfterMs }
  throw new AppError('PROVIDER_UNAVAILABLE', trouble.reason, options)
}

function expiredReason(expiresAt: number): string {
  return `COUPON_EXPIRED: the coupon would have lapsed at ${new Date(expiresAt).toISOString()}, before it was issued`
}

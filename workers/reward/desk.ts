import { AppError } from '../../src/errors.ts'
import type { CouponProvider, CouponRequest, Trouble } from '../../src/ports/coupon-provider.ts'
import { PutOff } from '../../src/ports/queue.ts'
import type { Row } from '../../src/ports/schema.ts'
import {
  afterAnswer,
  afterEnd,
  afterFailure,
  afterRefusal,
  asOf,
  type ProviderState,
} from '../../src/rewards/breaker.ts'
import { noteState, type Owned, unknownState } from '../../src/rewards/provider-state.ts'
import type { FulfilDeps } from './deps.ts'
import type { Lanes } from './lanes.ts'
import { createPark } from './park.ts'

type Reward = Row<'reward_log'>

export interface Asking {
  /** The reward as it was read. */
  readonly reward: Reward
  readonly provider: CouponProvider
  readonly request: Pick<CouponRequest, 'accountId' | 'providerId' | 'rewardLogId'>
  /** Ends when the worker does. */
  readonly signal: AbortSignal
  /** The one request that finds out whether a paused provider is well again. */
  readonly isProbe: boolean
}

/**
 * Where providers are asked: each has at most 4 requests under way and is left alone while it is in trouble. What comes
 * back is what the provider answered, and how it fared has been noted by then.
 * @returns `parked`: the reward waits for a provider that is paused; null: the reward was changed meanwhile
 * @throws PutOff when there is no place for now, or the provider wants to be left alone
 */
export function createDesk(deps: FulfilDeps, lanes: Lanes) {
  const park = createPark(deps)

  /** Whether there is something to ask now. */
  async function admit({ reward, request, isProbe }: Asking): Promise<ProviderState | 'parked' | null> {
    const state = await readState(request)
    if (isProbe) return state
    if (state.state === 'paused') return (await park(reward, state)) ? 'parked' : null
    const waitMs = (state.waitUntil ?? 0) - deps.clock.now()
    if (waitMs > 0) throw new PutOff(waitMs, 'the coupon provider wants to be left alone')
    return state
  }

  async function readState(owned: Owned): Promise<ProviderState> {
    const [state] = await deps.store.findByKeys('provider_state', ['id'], [[owned.providerId]])
    const now = deps.clock.now()
    return state === undefined ? unknownState(owned, now) : asOf(state, now)
  }

  async function isAsRead({ accountId, id, revision }: Reward): Promise<boolean> {
    const [now] = await deps.store.findByKeys('reward_log', ['accountId', 'id'], [[accountId, id]])
    return now?.revision === revision
  }

  return async function ask<A extends { readonly outcome: string }>(
    asking: Asking,
    send: () => Promise<A | Trouble>,
  ): Promise<A | Trouble | 'parked' | null> {
    const first = await admit(asking)
    if (first === 'parked' || first === null) return first
    const place = await lanes.enter(asking.request.providerId, asking.signal)
    if (!('leave' in place)) throw new PutOff(place.afterMs, 'the coupon provider has enough to do')
    try {
      // both may have changed while this reward waited for its turn
      if (place.hasWaited && !(await isAsRead(asking.reward))) return null
      const state = place.hasWaited ? await admit(asking) : first
      if (state === 'parked' || state === null) return state
      const answer = await send().catch((error: unknown) => troubleOf(deps, asking, error))
      if (!asking.signal.aborted) await note(deps, asking, state, answer)
      return answer
    } finally {
      place.leave()
    }
  }
}

/** What an adapter throws is trouble as well; its words may quote anything. @throws AppError as it came */
function troubleOf({ logger }: FulfilDeps, { request, provider }: Asking, error: unknown): Trouble {
  if (error instanceof AppError) throw error
  const { accountId, rewardLogId } = request
  const name = error instanceof Error ? error.name : typeof error
  logger.error({ accountId, rewardLogId, provider: provider.kind, error: name }, 'coupon provider threw')
  const reason = 'PROVIDER_ERROR: asking the coupon provider failed'
  return { outcome: 'retry', trouble: 'fault', reason, retryAfterMs: null }
}

/** Best effort: what the provider answered must be written down, whatever becomes of this. */
async function note(
  deps: FulfilDeps,
  { request, isProbe }: Asking,
  seen: ProviderState,
  answer: Trouble | { readonly outcome: string },
): Promise<void> {
  const now = deps.clock.now()
  const decide = decisionOf(answer, now, isProbe, deps.random ?? Math.random)
  // mostly all was well and is
  if (decide === null || (decide(seen) === null && seen.state === 'ok')) return
  try {
    const after = await noteState(deps, request, decide)
    if (after.state === seen.state) return
    const { accountId, providerId } = request
    const paused = after.state === 'paused'
    const fields = { accountId, providerId, reason: after.lastError?.code }
    deps.logger[paused ? 'warn' : 'info'](
      fields,
      paused ? 'a coupon provider is paused' : 'a coupon provider is well again',
    )
  } catch (error) {
    deps.logger.warn(
      { err: error, providerId: request.providerId },
      'how a coupon provider fared was not noted',
    )
  }
}

function decisionOf(
  answer: Trouble | { readonly outcome: string },
  now: number,
  isProbe: boolean,
  random: () => number,
): ((state: ProviderState) => Partial<ProviderState> | null) | null {
  if (!('trouble' in answer)) return (state) => afterAnswer(state, now, isProbe)
  const { trouble, reason, retryAfterMs } = answer
  if (trouble === 'waiting') return null
  const [code = '', message = ''] = reason.split(/: (.*)/s)
  const lastError = { code, message, at: now }
  if (trouble === 'fault') return (state) => afterFailure(state, lastError, isProbe, random)
  if (trouble === 'ended') return (state) => afterEnd(state, lastError, isProbe, random)
  if (trouble === 'access') return (state) => afterRefusal(state, lastError)
  if (trouble === 'running' || trouble === 'exhausted') return (state) => afterAnswer(state, now, isProbe)
  return (state) => ({ ...afterAnswer(state, now, isProbe), waitUntil: now + (retryAfterMs ?? 0) })
}

import { happen } from '../../src/engine/happen.ts'
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
import type { Announced, Lanes, Place } from './lanes.ts'
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
  /**
   * Writes down that the provider is asked; null: the reward was changed meanwhile. Before the reward's turn where that
   * comes in a moment, so that no place is idle meanwhile; else in its turn.
   */
  readonly mark?: () => Promise<Reward | null>
}

/** A reward of which it is written that its provider is asked, before it is. */
interface Ready {
  readonly reward: Reward
  readonly announced: Announced
  /** Where it was read again. */
  readonly state?: ReadState
}

type ReadState = ProviderState & {
  /** By `Lanes.now`; nothing of what happened after it is known. */
  readonly readAt: number
}

const BUSY = 'the coupon provider has enough to do'
/** So long what was read before a wait is taken to hold, where this process knows of no trouble. */
const FRESH_MS = 250

/**
 * Where providers are asked: each has at most 4 requests under way and is left alone while it is in trouble. What comes
 * back is what the provider answered, and how it fared has been noted by then.
 * @returns `parked`: the reward waits for a provider that is paused; null: the reward was changed meanwhile
 * @throws PutOff when there is no place for now, or the provider wants to be left alone. Of a reward that was not asked
 * for in the end it is not written either, unless the store fails
 */
export function createDesk(deps: FulfilDeps, lanes: Lanes) {
  const park = createPark(deps)

  /** Whether there is something to ask now. */
  async function admit(
    { reward, request, isProbe }: Asking,
    ready?: Ready,
  ): Promise<ProviderState | 'parked' | null> {
    const state = await readState(request)
    if (isProbe) return state
    if (state.state === 'paused') {
      const isParked = await park(ready?.reward ?? reward, state, ready !== undefined)
      return isParked ? 'parked' : null
    }
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

  /** Whether it may be marked before its turn: only of one that was never asked for can that be taken back. */
  function mayGetReady({ reward, isProbe, mark }: Asking, { failures }: ProviderState): boolean {
    const isNew = reward.fulfilmentStatus === 'pending' && reward.askedAt === null
    return mark !== undefined && isNew && failures === 0 && !isProbe
  }

  /** Marks it when its turn comes in a moment; undefined: it has to be marked in its turn. */
  async function getReady(asking: Asking): Promise<Ready | 'parked' | null | undefined> {
    const announced = await lanes.announce(asking.request.providerId, asking.signal)
    if (announced === null) return undefined
    if ('afterMs' in announced) throw new PutOff(announced.afterMs, BUSY)
    let reward: Reward | null = null
    try {
      const readAt = lanes.now()
      const state = announced.hasWaited ? await admit(asking) : undefined
      if (state === 'parked' || state === null) return state
      reward = (await asking.mark?.()) ?? null
      return reward && { reward, announced, ...(state && { state: { ...state, readAt } }) }
    } finally {
      if (reward === null) announced.withdraw()
    }
  }

  /** Nobody was asked, so that nothing may be taken to be there. What the store refuses now stays as it is. */
  async function unmark({ reward }: Ready): Promise<void> {
    await happen(deps, reward, { kind: 'not_asked' }).catch(() => null)
  }

  /** The same once its turn has come: both may have changed since they were read. */
  async function admitInTurn(
    asking: Asking,
    first: ReadState,
    { hasWaited, troubledAt }: Place,
    ready: Ready | undefined,
  ): Promise<ProviderState | 'parked' | null> {
    const mayWait = ready !== undefined && lanes.now() - first.readAt < FRESH_MS
    if (troubledAt < first.readAt && (mayWait || !hasWaited)) return first
    if (!(await isAsRead(ready?.reward ?? asking.reward))) return null
    return admit(asking, ready)
  }

  return async function ask<A extends { readonly outcome: string }>(
    asking: Asking,
    send: () => Promise<A | Trouble>,
  ): Promise<A | Trouble | 'parked' | null> {
    const readAt = lanes.now()
    const admitted = await admit(asking)
    if (admitted === 'parked' || admitted === null) return admitted
    const ready = mayGetReady(asking, admitted) ? await getReady(asking) : undefined
    if (ready === 'parked' || ready === null) return ready
    const { providerId } = asking.request
    const place = await lanes.enter(providerId, asking.signal, ready?.announced)
    let isMarkedInVain = ready !== undefined
    try {
      if (!('leave' in place)) throw new PutOff(place.afterMs, BUSY)
      const state = await admitInTurn(asking, ready?.state ?? { ...admitted, readAt }, place, ready)
      if (state === 'parked') isMarkedInVain = false
      if (state === 'parked' || state === null) return state
      if (ready === undefined && asking.mark !== undefined && (await asking.mark()) === null) return null
      isMarkedInVain = false
      place.begin()
      const answer = await send().catch((error: unknown) => troubleOf(deps, asking, error))
      if (!asking.signal.aborted) {
        if (isTrouble(answer)) lanes.noteTrouble(providerId)
        await note(deps, asking, state, answer)
      }
      return answer
    } finally {
      if ('leave' in place) place.leave()
      if (isMarkedInVain) await unmark(ready!)
    }
  }
}

function isTrouble(answer: Trouble | { readonly outcome: string }): boolean {
  return 'trouble' in answer && answer.trouble !== 'waiting'
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
  if (trouble === 'running') return (state) => afterAnswer(state, now, isProbe)
  // no failure, but what its rewards wait for
  if (trouble === 'exhausted') return (state) => ({ ...afterAnswer(state, now, isProbe), lastError })
  return (state) => ({ ...afterAnswer(state, now, isProbe), waitUntil: now + (retryAfterMs ?? 0) })
}

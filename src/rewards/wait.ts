import { type ReachedCap, windowEnd } from '../life/caps.ts'
import type { Instant } from '../ports/clock.ts'
import type { ProviderKind } from '../ports/schema/values.ts'
import type { Row } from '../ports/schema.ts'
import { isRefused, type ProviderState } from './breaker.ts'

/** What a reward may wait for; each says in `WaitSaid` what that means. */
export const WAIT_CODES = [
  'HOLD_PERIOD',
  'CAP_REACHED',
  'PROVIDER_PAUSED',
  'PROVIDER_REFUSES',
  'PROVIDER_THROTTLED',
  'PROVIDER_IN_TROUBLE',
  'CAMPAIGN_EXHAUSTED',
  'POOL_EMPTY',
] as const

/** Why a reward waits, in a sentence, and until when where that is known. */
export interface Wait {
  readonly code: (typeof WAIT_CODES)[number]
  readonly message: string
  readonly until: Instant | null
}

export interface CapStanding {
  readonly timezone: string
  /** What holds the reward; none where there is room by now, or nothing is counted yet. */
  readonly reached: readonly (ReachedCap & { readonly of: 'account' | 'milestone' })[]
  /** What was let through before there was a cap is still being counted. */
  readonly isCounting: boolean
}

export interface ProviderStanding {
  readonly kind: ProviderKind
  readonly state: ProviderState | null
  /** Of a pool: no code is left. */
  readonly isEmpty: boolean
}

/** What else is known; what is not is not told. */
export interface Around {
  readonly now: Instant
  readonly caps?: CapStanding | undefined
  readonly provider?: ProviderStanding | undefined
}

type Reward = Pick<
  Row<'reward_log'>,
  'fulfilmentStatus' | 'heldReason' | 'fulfilAfter' | 'reward' | 'createdAt'
>

/** Why a reward waits; null: it does not, or is about to be worked on, or nobody but the merchant fulfils it. Pure. */
export function waitOf(reward: Reward, around: Around): Wait | null {
  const { fulfilmentStatus: status, heldReason, fulfilAfter } = reward
  if (reward.reward === null) return null
  if (status === 'held' && heldReason === 'hold_period') {
    return { code: 'HOLD_PERIOD', message: 'Its hold is not over', until: fulfilAfter }
  }
  if (status === 'held' && heldReason === 'cap') return forRoom(around)
  if (heldReason === 'provider_paused') return whilePaused(around.provider?.state ?? null)
  const isOpen = status === 'pending' || status === 'issuing' || status === 'revoking'
  return isOpen && around.provider !== undefined ? forProvider(reward, around.provider, around.now) : null
}

function forRoom({ caps, now }: Around): Wait {
  const held = (message: string, until: Instant | null = null): Wait => ({
    ...{ code: 'CAP_REACHED', message, until },
  })
  if (caps === undefined) return held('A cap has no room for it')
  if (caps.isCounting) return held('What was let through before there was a cap is being counted')
  const ends = caps.reached.map(({ per }) => windowEnd(caps.timezone, per, now))
  const [first] = caps.reached
  if (first === undefined)
    return held('There is room below the caps: it goes on within a minute, after older ones')
  const names = caps.reached.map(({ name, of, most }) => `${name} of the ${of} (${most})`)
  // it goes on when the last of them has room; a total has it when somebody makes some
  const until = ends.includes(null) ? null : Math.max(...ends.map(Number))
  return held(`No room is left below ${names.join(' and ')}`, until)
}

function whilePaused(state: ProviderState | null): Wait {
  if (state !== null && isRefused(state)) {
    const message = `Its coupon provider refuses access${said(state)}: see to that, then check or install its connector, give it other credentials, or resume it`
    return { code: 'PROVIDER_REFUSES', message, until: null }
  }
  if (state?.state === 'paused') {
    const message = `Its coupon provider is paused${said(state)}: one reward is sent as a probe at that time`
    return { code: 'PROVIDER_PAUSED', message, until: state.dueAt }
  }
  return {
    code: 'PROVIDER_PAUSED',
    message: 'Its coupon provider was paused: it goes on in a moment',
    until: null,
  }
}

function forProvider(reward: Reward, { kind, state, isEmpty }: ProviderStanding, now: Instant): Wait | null {
  if (kind === 'pool' && isEmpty && reward.fulfilmentStatus === 'pending') {
    return { code: 'POOL_EMPTY', message: 'Every code of the pool was handed out: upload more', until: null }
  }
  if (state === null) return null
  if (state.state === 'paused') return whilePaused(state)
  const { waitUntil, lastError, failures } = state
  if (waitUntil !== null && waitUntil > now) {
    const message = 'Its coupon provider takes no more requests until then'
    return { code: 'PROVIDER_THROTTLED', message, until: waitUntil }
  }
  const wasAsked = lastError !== null && lastError.at >= reward.createdAt
  if (wasAsked && lastError.code === 'CAMPAIGN_EXHAUSTED' && reward.fulfilmentStatus === 'pending') {
    const message =
      'The campaign of its coupon provider has no code left: it is asked again within 15 minutes'
    return { code: 'CAMPAIGN_EXHAUSTED', message, until: null }
  }
  if (failures === 0) return null
  return {
    ...{ code: 'PROVIDER_IN_TROUBLE', until: null },
    message: `Its coupon provider fails${said(state)}: it is asked again, with growing pauses`,
  }
}

function said({ lastError }: ProviderState): string {
  return lastError === null ? '' : ` (${lastError.code}, ${lastError.message})`
}

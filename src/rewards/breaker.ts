import type { Instant } from '../ports/clock.ts'
import { MAX_WAIT_MS } from '../ports/retry-after.ts'
import type { ProviderError } from '../ports/schema/values.ts'
import type { Row } from '../ports/schema.ts'

/** So many failures in a row pause a provider. */
export const FAILURES_TO_PAUSE = 5
const FIRST_PROBE_MS = 30_000
const LONGEST_PROBE_MS = 300_000
/** Processes that paused together do not probe together. */
const JITTER = 0.1
/** A probe that was begun and never ended, because its process did, is due again after this. */
const PROBE_ENDS_WITHIN_MS = 20_000

export type ProviderState = Row<'provider_state'>
type News = Partial<ProviderState> | null

/** What has to be written of a provider that failed; null: nothing, since it was paused while the request was under way. */
export function afterFailure(
  state: ProviderState,
  lastError: ProviderError,
  isProbe: boolean,
  random: () => number,
): News {
  const now = lastError.at
  if (state.state === 'paused') {
    if (!isProbe) return null
    const probes = state.probes + 1
    return { probes, lastError, dueAt: now + probeDelayMs(probes, random) }
  }
  const failures = state.failures + 1
  if (failures < FAILURES_TO_PAUSE) return { failures, lastError }
  const dueAt = now + probeDelayMs(0, random)
  return { state: 'paused', since: now, failures, probes: 0, lastError, dueAt }
}

/** What has to be written of a provider of which nothing can be had for now: it is left alone at once. */
export function afterEnd(
  state: ProviderState,
  lastError: ProviderError,
  isProbe: boolean,
  random: () => number,
): News {
  if (state.state === 'paused') return afterFailure(state, lastError, isProbe, random)
  const { at: since } = lastError
  return { state: 'paused', since, probes: 0, lastError, dueAt: since + probeDelayMs(0, random) }
}

/** What has to be written of a provider that refuses us: nothing is asked of it any more, until somebody sees to it. */
export function afterRefusal(state: ProviderState, lastError: ProviderError): News {
  const since = state.state === 'paused' ? state.since : lastError.at
  return { state: 'paused', since, lastError, dueAt: null }
}

/** Paused, and no probe will find out whether it is well again. */
export function isRefused({ state, dueAt }: ProviderState): boolean {
  return state === 'paused' && dueAt === null
}

/**
 * What has to be written of a provider that answered, be it with a final no; null: nothing. What was under way when it
 * was paused says nothing of how it is now.
 */
export function afterAnswer(state: ProviderState, now: Instant, isProbe: boolean): News {
  if (state.state === 'paused') return isProbe ? resumed(now) : null
  return state.failures === 0 ? null : { failures: 0 }
}

/** Everything may be asked again; due at once, for what was parked is still to be let go. */
export function resumed(now: Instant): Partial<ProviderState> {
  return { state: 'ok', since: now, failures: 0, probes: 0, waitUntil: null, dueAt: now }
}

/**
 * A state as it is to be taken at `now`. What was noted while the clock was ahead must not hold for as long as it was
 * ahead: nobody is left alone for longer than a `Retry-After` may say.
 */
export function asOf(state: ProviderState, now: Instant): ProviderState {
  const isBeyond = state.waitUntil !== null && state.waitUntil > now + MAX_WAIT_MS
  return isBeyond ? { ...state, waitUntil: null } : state
}

/** Probes that are due later than this were put off by a clock that was ahead. */
export function lastProbeFrom(now: Instant): Instant {
  return now + Math.ceil(LONGEST_PROBE_MS * (1 + JITTER))
}

/** Nobody else probes while one process does. */
export function probing(now: Instant): Partial<ProviderState> {
  return { dueAt: now + PROBE_ENDS_WITHIN_MS }
}

/**
 * 30 s after it was paused, then 60, 120, 240 and 300 s after the last probe, a tenth more or less.
 * @param probes that failed so far
 */
function probeDelayMs(probes: number, random: () => number): number {
  const delayMs = Math.min(LONGEST_PROBE_MS, FIRST_PROBE_MS * 2 ** Math.min(probes, 10))
  return Math.round(delayMs * (1 - JITTER + 2 * JITTER * random()))
}

import { setTimeout as delay } from 'node:timers/promises'
import { NoAnswer, type Told } from '../src/ports/platform-calls.ts'

/** For all tries of a call together. */
const ALL_MS = 15_000
/** For one of them. */
const EACH_MS = 10_000
const MAX_TRIES = 3
const PAUSE_MS = 500
/** A try that would have less time than this helps nobody. */
const LEAST_MS = 250

/** What several requests to a platform end with that belong together, their tries included. */
export interface CallLimits {
  readonly signal: AbortSignal
  /** By `performance.now()`. */
  readonly endsAt: number
}

/** With the caller's signal, at the latest after 15 s. */
export function callLimits(signal: AbortSignal | undefined): CallLimits {
  const deadline = AbortSignal.timeout(ALL_MS)
  return {
    signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
    endsAt: performance.now() + ALL_MS,
  }
}

export interface TriesOptions {
  /** Ends all of them. */
  readonly signal?: AbortSignal | undefined
  /** When they end, by `performance.now()`; without it after `allMs`. */
  readonly endsAt?: number
  readonly allMs?: number
  readonly eachMs?: number
}

/**
 * Asks a platform, and asks again, twice at most and within 15 s, what may pass: no answer, or one of `unavailable`. A
 * `Retry-After` that ends in time is waited for, and one that does not ends the tries at once; without one the pauses
 * double, with jitter. What makes something has to look first whether an earlier try has made it.
 * @param ask one try; `tried` counts those before it; its signal ends it after 10 s, or with the others
 */
export async function withTries<T>(
  ask: (signal: AbortSignal, tried: number) => Promise<Told<T>>,
  { signal, allMs = ALL_MS, endsAt = performance.now() + allMs, eachMs = EACH_MS }: TriesOptions = {},
): Promise<Told<T>> {
  const left = () => endsAt - performance.now()
  for (let tried = 0; ; tried += 1) {
    const own = AbortSignal.timeout(Math.max(1, Math.min(eachMs, Math.floor(left()))))
    const told = await asked(() => ask(signal === undefined ? own : AbortSignal.any([signal, own]), tried))
    if (told.outcome !== 'unavailable' || tried + 1 >= MAX_TRIES) return told
    const pauseMs = told.retryAfterMs ?? PAUSE_MS * 2 ** tried * (0.5 + Math.random())
    if (pauseMs + LEAST_MS > left()) return told
    await delay(pauseMs, undefined, { signal }).catch(() => {})
    if (signal?.aborted) return told
  }
}

/** No answer is an answer that may pass, unless it is about the address. */
async function asked<T>(ask: () => Promise<Told<T>>): Promise<Told<T>> {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error
    const { message, mayPass } = error
    return mayPass
      ? { outcome: 'unavailable', message, retryAfterMs: null }
      : { outcome: 'refused', refused: 'request', message }
  }
}

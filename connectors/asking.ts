import { setTimeout as wait } from 'node:timers/promises'
import { NoAnswer, type PlatformAnswer, type Told } from '../src/ports/platform-calls.ts'

/** All tries of one call end after this, a single one after the adapter's 10 s or with them. */
const CALL_MS = 15_000
const PAUSES_MS: readonly number[] = [300, 1_200]
const MAX_MESSAGE_CHARACTERS = 500
/** What may pass by itself: https://developer.mozilla.org/docs/Web/HTTP/Status */
const MAY_PASS: ReadonlySet<number> = new Set([408, 425, 429])

/** One call with its tries: they end together. */
export interface Call {
  readonly signal: AbortSignal
  /** Milliseconds that are left. */
  left(): number
}

export function beginCall(signal?: AbortSignal): Call {
  const endsAt = performance.now() + CALL_MS
  const ends = AbortSignal.timeout(CALL_MS)
  return {
    signal: signal === undefined ? ends : AbortSignal.any([signal, ends]),
    left: () => endsAt - performance.now(),
  }
}

/**
 * Asks, and asks twice more where trouble may pass and the call has time left for the pause: as long as the platform
 * says, else some hundred milliseconds. Not for what makes something: whether it was made has to be looked up between.
 */
export async function tried<T>(call: Call, ask: () => Promise<Told<T>>): Promise<Told<T>> {
  for (const pauseMs of [...PAUSES_MS, null]) {
    const told = await ask()
    if (told.outcome !== 'unavailable' || pauseMs === null) return told
    const needed = Math.max(pauseMs, told.retryAfterMs ?? 0)
    if (call.signal.aborted || call.left() <= needed) return told
    await wait(needed)
  }
  throw new Error('the last try has no pause')
}

/** Sends a request; null in place of an answer where none came, with why. */
export async function answerOf(
  send: () => Promise<PlatformAnswer>,
): Promise<{ readonly answer: PlatformAnswer } | { readonly trouble: Told<never> }> {
  try {
    return { answer: await send() }
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error
    return { trouble: unavailable(error.message) }
  }
}

export function unavailable(message: string, retryAfterMs: number | null = null): Told<never> {
  return { outcome: 'unavailable', message: message.slice(0, MAX_MESSAGE_CHARACTERS), retryAfterMs }
}

export function refused(
  what: 'access' | 'permission' | 'request',
  message: string,
  path?: string,
): Told<never> {
  return {
    outcome: 'refused',
    refused: what,
    message: message.slice(0, MAX_MESSAGE_CHARACTERS),
    ...(path === undefined ? {} : { path }),
  }
}

/** Whether an answer is trouble that may pass, by its status. */
export function mayPass({ status }: PlatformAnswer): boolean {
  return status >= 500 || MAY_PASS.has(status)
}

/** `Retry-After` in milliseconds; null without one, or where it is a date. */
export function retryAfterOf({ headers }: PlatformAnswer): number | null {
  const seconds = headers['retry-after']
  return seconds !== undefined && /^\d{1,6}$/.test(seconds) ? Number(seconds) * 1_000 : null
}

/** The JSON of an answer; undefined where it is none, such as a page. */
export function jsonOf({ text }: PlatformAnswer): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

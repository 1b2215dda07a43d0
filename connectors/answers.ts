import type { Instant } from '../src/ports/clock.ts'
import type { PlatformAnswer, Told } from '../src/ports/platform-calls.ts'
import { retryAfterMs } from '../src/ports/retry-after.ts'

const MAX_WORDS = 500
/** Of any platform: what may pass by itself. */
const PASSING: ReadonlySet<number> = new Set([408, 429])

/** What a platform said, as it is shown: its status and own words, on one line, at most 500 characters. */
export function wordsOf(status: number | null, said: string): string {
  const words = said.replace(/\s+/gu, ' ').trim()
  const whole = status === null ? words : words === '' ? String(status) : `${status}: ${words}`
  return whole.length <= MAX_WORDS ? whole : `${whole.slice(0, MAX_WORDS - 1)}…`
}

/** An answer that may pass: 408, 429 and 5xx, with what the platform says of when; null for all others. */
export function passingOf({ status, headers }: PlatformAnswer, now: Instant, said = ''): Told<never> | null {
  if (status < 500 && !PASSING.has(status)) return null
  return { outcome: 'unavailable', message: wordsOf(status, said), retryAfterMs: retryAfterMs(headers, now) }
}

import type { Instant } from '../ports/clock.ts'
import type { Row } from '../ports/schema.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
export const DAY_MS = 24 * HOUR

/** What is waited after each failed try; after the last one comes the last try. */
export const PAUSES_MS: readonly number[] = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  10 * HOUR,
]
/** So much more or less, so that what failed together does not come back together. */
const JITTER = 0.2
/** An endpoint with nothing but failures for so long is paused, and a message that waited so long is given up. */
export const DEAD_AFTER_MS = 5 * DAY_MS
/** The longest that `Retry-After` can keep a message waiting. */
export const MAX_RETRY_AFTER_MS = Math.max(...PAUSES_MS)

/**
 * How long to wait before the next try.
 * @param failures tries that failed so far, at least 1
 * @param retryAfterMs what the endpoint asked for: kept where it is longer, up to the next pause
 * @param random from 0 to below 1
 * @returns null: that was the last try
 */
export function pauseAfter(
  failures: number,
  retryAfterMs: number | null,
  random: () => number,
): number | null {
  const pause = PAUSES_MS[failures - 1]
  if (pause === undefined) return null
  const own = Math.round(pause * (1 - JITTER + 2 * JITTER * random()))
  const longest = PAUSES_MS[failures] ?? pause
  return Math.max(own, Math.min(retryAfterMs ?? 0, longest))
}

type Endpoint = Row<'webhook_endpoint'>

/** What a try changes of its endpoint; null: nothing. Of one that is not live any more nothing. */
export function endpointAfter(
  endpoint: Endpoint,
  at: Instant,
  status: number | null,
  isGood: boolean,
): Partial<Endpoint> | null {
  if (endpoint.status !== 'live') return null
  if (isGood) return endpoint.failingSince === null ? null : { failingSince: null }
  if (status === 410) return paused('ENDPOINT_GONE', 'it answered 410: it is gone for good', at)
  const { failingSince } = endpoint
  if (failingSince === null) return { failingSince: at }
  if (at - failingSince < DEAD_AFTER_MS) return null
  const since = new Date(failingSince).toISOString()
  return paused('ENDPOINT_DEAD', `every try has failed since ${since}`, at)
}

function paused(code: 'ENDPOINT_DEAD' | 'ENDPOINT_GONE', why: string, since: Instant): Partial<Endpoint> {
  const message = `The endpoint was paused: ${why}. Make it live again once it answers`
  return { status: 'paused', liveSince: null, dueAt: null, problem: { code, message, since } }
}

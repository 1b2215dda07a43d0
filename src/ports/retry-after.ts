import type { Instant } from './clock.ts'

/** Nobody is waited for longer, whatever he asks for. */
export const MAX_WAIT_MS = 15 * 60 * 1000
const MONTHS = 'Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec'
/** The form that RFC 9110 asks senders to use; its two obsolete forms are not read. */
const HTTP_DATE = new RegExp(`^[A-Z][a-z]{2}, \\d{2} (?:${MONTHS}) \\d{4} \\d{2}:\\d{2}:\\d{2} GMT$`)

/**
 * How long a `Retry-After` header asks to wait: seconds or an HTTP date, at most `maxMs`, 15 minutes without it.
 * null when there is none, it cannot be read, or it names no time to come: the usual backoff is then right.
 */
export function retryAfterMs(
  headers: { readonly 'retry-after'?: string | undefined },
  now: Instant,
  maxMs: number = MAX_WAIT_MS,
): number | null {
  const text = headers['retry-after']?.trim() ?? ''
  const waitMs = /^\d+$/.test(text)
    ? Number(text) * 1000
    : HTTP_DATE.test(text)
      ? Date.parse(text) - now
      : Number.NaN
  return waitMs > 0 ? Math.min(waitMs, maxMs) : null
}

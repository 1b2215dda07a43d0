export const BACKOFF_START_MS = 1_000
export const BACKOFF_CAP_MS = 15 * 60_000

/**
 * Milliseconds to wait before the next try: between half and all of 1 s, 2 s, 4 s … 15 min, so that jobs which
 * failed together do not come back together.
 * @param triesMade tries that failed so far, at least 1
 * @param retryAfterMs what the failure asked for: waited at least that long and up to a tenth longer, but never above
 * 15 min
 * @param random a number in [0, 1)
 */
export function retryDelayMs(
  triesMade: number,
  retryAfterMs: number | undefined,
  random: () => number,
): number {
  const ceilingMs = Math.min(BACKOFF_CAP_MS, BACKOFF_START_MS * 2 ** Math.min(Math.max(triesMade, 1) - 1, 30))
  const backoffMs = ceilingMs / 2 + (random() * ceilingMs) / 2
  const askedMs = retryAfterMs !== undefined && retryAfterMs > 0 ? retryAfterMs * (1 + random() / 10) : 0
  return Math.min(BACKOFF_CAP_MS, Math.ceil(Math.max(backoffMs, askedMs)))
}

import { setTimeout as after } from 'node:timers/promises'

/** Stripe takes 25 requests a second for an endpoint: https://docs.stripe.com/rate-limits. */
const APART_MS = 1000 / 25
const MAX_KEYS = 1_000

/** Lets makers of promotion codes in one account go one after the other, as fast as Stripe takes them. */
export function createPace(): (key: string) => Promise<void> {
  /** By `performance.now()`; the longest unused first. */
  const freeAt = new Map<string, number>()
  return async (key) => {
    const now = performance.now()
    const turn = Math.max(now, freeAt.get(key) ?? 0)
    freeAt.delete(key)
    freeAt.set(key, turn + APART_MS)
    for (const oldest of freeAt.keys()) {
      if (freeAt.size <= MAX_KEYS) break
      freeAt.delete(oldest)
    }
    if (turn > now) await after(turn - now)
  }
}

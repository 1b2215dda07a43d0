import { setTimeout as after } from 'node:timers/promises'
import type { Pace } from '../ports/pace.ts'

const MAX_KEYS = 1_000

/** The pace of this process alone. */
export function createOwnPace(): Pace {
  /** By `performance.now()`; the longest unused first. */
  const freeAt = new Map<string, number>()
  return async (key, apartMs, signal) => {
    const now = performance.now()
    const turn = Math.max(now, freeAt.get(key) ?? 0)
    freeAt.delete(key)
    freeAt.set(key, turn + apartMs)
    for (const oldest of freeAt.keys()) {
      if (freeAt.size <= MAX_KEYS) break
      freeAt.delete(oldest)
    }
    // whoever waits looks at the signal itself
    if (turn > now) await after(turn - now, undefined, signal === undefined ? {} : { signal }).catch(() => {})
  }
}

import { setTimeout as sleep } from 'node:timers/promises'

/** How long a call to a platform may take with all its tries. */
export const ALL_TRIES_MS = 15_000
const PAUSES_MS = [300, 1_200]

/** The end of a call with all its requests, by the process's own time. */
export interface Deadline {
  readonly signal: AbortSignal
  leftMs(): number
  /** Waits; false, at once, where the time does not suffice. */
  wait(ms: number): Promise<boolean>
}

/** @param outer ends it sooner */
export function deadlineIn(ms: number, outer?: AbortSignal): Deadline {
  const end = performance.now() + ms
  const own = AbortSignal.timeout(ms)
  const signal = outer === undefined ? own : AbortSignal.any([own, outer])
  const leftMs = (): number => Math.max(0, end - performance.now())
  return {
    signal,
    leftMs,
    async wait(pauseMs) {
      if (signal.aborted || pauseMs >= leftMs()) return false
      return await sleep(pauseMs, true, { signal }).catch(() => false)
    },
  }
}

/** How long to wait before the `tried`th further try; null: there is none. */
export function pauseBefore(tried: number): number | null {
  const pause = PAUSES_MS[tried - 1]
  return pause === undefined ? null : Math.round(pause * (0.8 + Math.random() * 0.4))
}

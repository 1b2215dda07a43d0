import { setTimeout as pause } from 'node:timers/promises'

const PAUSE_MS = 20

/** Asks until there is an answer, at least once; null when there was none within `timeoutMs`. */
export async function poll<T>(
  timeoutMs: number,
  signal: AbortSignal,
  ask: () => Promise<T | null>,
): Promise<T | null> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const answer = await ask()
    if (answer !== null || performance.now() > deadline) return answer
    await pause(PAUSE_MS, undefined, { signal })
  }
}

import { setTimeout as pause } from 'node:timers/promises'

const PAUSE_MS = 20
const SECOND_MS = 1_000

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

/** Waits for the next whole second, at most that long. */
export async function nextSecond(signal: AbortSignal): Promise<void> {
  const second = Math.floor(Date.now() / SECOND_MS)
  await poll(SECOND_MS, signal, async () => (Math.floor(Date.now() / SECOND_MS) === second ? null : true))
}

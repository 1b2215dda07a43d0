export interface Repetition {
  /** No further runs; resolves when the one under way has ended. */
  stop(): Promise<void>
}

/**
 * Runs `run` now and again `intervalMs` after each run has ended: it never overlaps itself and nothing it throws ends
 * it.
 */
export function repeat(
  intervalMs: number,
  run: () => Promise<void>,
  onError: (error: unknown) => void,
): Repetition {
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let current = turn()

  async function turn(): Promise<void> {
    try {
      await run()
    } catch (error) {
      onError(error)
    }
    if (stopped) return
    timer = setTimeout(() => {
      current = turn()
    }, intervalMs)
  }

  return {
    stop() {
      stopped = true
      clearTimeout(timer)
      return current
    },
  }
}

/** npm passes on what the terminal has sent to the program already: one Ctrl-C is two signals within moments. */
const SAME_MS = 500

/**
 * Calls `stop` for the first of these signals. What comes within half a second is the same one; a later one ends the
 * process at once, as if nobody listened.
 */
export function onStopSignal(
  signals: readonly NodeJS.Signals[],
  stop: (signal: NodeJS.Signals) => void,
): void {
  let firstMs: number | undefined
  for (const signal of signals) {
    process.on(signal, () => {
      if (firstMs === undefined) {
        firstMs = performance.now()
        stop(signal)
      } else if (performance.now() - firstMs > SAME_MS) {
        process.removeAllListeners(signal)
        process.kill(process.pid, signal)
      }
    })
  }
}

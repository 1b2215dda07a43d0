const PAUSE_MS = 15
/** Below Jest's own limit for a test, so that the condition is named. */
const PATIENCE_MS = 120_000

/**
 * Resolves once `condition` holds; asks again and again. How soon it holds says how busy the machine is, and is not
 * tested: nobody gives less time than this.
 * @throws naming the condition, after `timeoutMs`
 */
export async function until(
  condition: () => boolean | Promise<boolean>,
  timeoutMs = PATIENCE_MS,
): Promise<void> {
  const deadline = performance.now() + timeoutMs
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${condition}`)
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  }
}

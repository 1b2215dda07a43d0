const PAUSE_MS = 15

/** Resolves once `condition` holds; asks again and again until `timeoutMs` have passed. @throws naming the condition */
export async function until(condition: () => boolean | Promise<boolean>, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${condition}`)
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  }
}

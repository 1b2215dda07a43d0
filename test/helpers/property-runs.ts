export interface PropertyRuns {
  readonly numRuns: number
  readonly path?: string
  readonly interruptAfterTimeLimit: number
  readonly markInterruptAsFailure: true
}

/** What a test's own time is longer than its property's: a case under way then ends and tells what was found. */
const ENDING_MS = 30_000
const TIMEOUT_MS = 240_000

/**
 * How often a property of the suites on stores is tried: `inCi` times, which take seconds on an idle machine, or
 * PROPERTY_RUNS times. What fails prints a seed and a path: PROPERTY_SEED and PROPERTY_PATH try the same again.
 * `timeoutMs` is for the test; a shrinking that takes longer shows the smallest case it has.
 */
export function propertyRuns(inCi: number): { readonly runs: PropertyRuns; readonly timeoutMs: number } {
  const { PROPERTY_RUNS: given, PROPERTY_PATH: path } = process.env
  const numRuns = given === undefined ? inCi : Number(given)
  const timeoutMs = TIMEOUT_MS * Math.ceil(Math.max(1, numRuns / inCi))
  const runs = {
    numRuns,
    ...(path === undefined ? {} : { path }),
    interruptAfterTimeLimit: timeoutMs - ENDING_MS,
    markInterruptAsFailure: true,
  } as const
  return { runs, timeoutMs }
}

const TRIES = 8

/**
 * How many times the CPU of `baseline` a piece of work takes, in the best of some tries; no more are made once it is
 * below `enough`. Both run in this process one right after the other, so a slow machine, or one that is short of
 * memory, slows both: only their ratio tells of the code.
 */
export function timesTheCostOf(baseline: () => unknown, work: () => unknown, enough: number): number {
  let best = Number.POSITIVE_INFINITY
  for (let tries = 0; tries < TRIES && best >= enough; tries += 1) {
    const bare = cpuOf(baseline)
    best = Math.min(best, cpuOf(work) / bare)
  }
  return best
}

function cpuOf(work: () => unknown): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return Math.max(user + system, 1)
}

/**
 * The contract read slowly: a whole history at once, from the definitions, sharing no code with the core.
 * Periods are plain day numbers; values are whole numbers.
 */
export interface OracleLog {
  readonly day: number
  readonly value: number
  /** It counts, and is granted nothing. */
  readonly isQuiet?: boolean
}

export interface OracleRun {
  readonly first: number
  readonly last: number
}

/** Sum of each day that has a log. */
export function valuesOf(logs: readonly OracleLog[]): Map<number, number> {
  const values = new Map<number, number>()
  for (const { day, value } of logs) values.set(day, (values.get(day) ?? 0) + value)
  return values
}

/** Maximal rows of days that reached the target. */
export function runsOf(logs: readonly OracleLog[], target: number): OracleRun[] {
  const done = [...valuesOf(logs)]
    .filter(([, value]) => value >= target)
    .map(([day]) => day)
    .toSorted((a, b) => a - b)
  const runs: OracleRun[] = []
  for (const day of done) {
    const open = runs.at(-1)
    if (open !== undefined && open.last === day - 1) runs[runs.length - 1] = { first: open.first, last: day }
    else runs.push({ first: day, last: day })
  }
  return runs
}

/** The count each completed day shows. */
export function countsOf(runs: readonly OracleRun[], cycle: number | null): Map<number, number> {
  const counts = new Map<number, number>()
  for (const { first, last } of runs) {
    let count = 0
    for (let day = first; day <= last; day += 1) {
      count = cycle !== null && count === cycle ? 1 : count + 1
      counts.set(day, count)
    }
  }
  return counts
}

/** How often a run's count reaches the target. */
export function owedBy(run: OracleRun, target: number, cycle: number | null): number {
  return [...countsOf([run], cycle).values()].filter((count) => count === target).length
}

/** What every_streak of one milestone has granted after each log, by the rule of contract §6, log by log. */
export function everyStreakAnchors(
  logs: readonly OracleLog[],
  target: number,
  milestoneTarget: number,
  cycle: number | null,
): number[] {
  const anchors: number[] = []
  for (let n = 1; n <= logs.length; n += 1) {
    const before = runsOf(logs.slice(0, n - 1), target)
    const after = runsOf(logs.slice(0, n), target)
    const day = logs[n - 1]!.day
    const grown = after.find((run) => run.first <= day && day <= run.last)
    const wasThere = before.some((run) => run.first <= day && day <= run.last)
    if (grown === undefined || wasThere || logs[n - 1]!.isQuiet) continue
    const parts = before.filter((run) => run.first >= grown.first && run.last <= grown.last)
    const owedBefore = parts.reduce((sum, run) => sum + owedBy(run, milestoneTarget, cycle), 0)
    const standing = anchors.filter((anchor) => anchor >= grown.first && anchor <= grown.last)
    const due = owedBy(grown, milestoneTarget, cycle) - Math.max(owedBefore, standing.length)
    const free = [...countsOf([grown], cycle)]
      .filter(([at, count]) => count === milestoneTarget && !standing.includes(at))
      .map(([at]) => at)
      .toSorted((a, b) => b - a)
    anchors.push(...free.slice(0, Math.max(0, due)))
  }
  return anchors
}

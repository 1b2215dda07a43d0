import type { Quantity } from './quantity.ts'
import { cyclesClosed, lengthOf } from './runs.ts'
import type { CountedLog, StreakRules } from './types.ts'

/** What the ledger says of a period. */
export interface DerivedPeriod {
  readonly periodNumber: number
  readonly currentProgressValue: Quantity
  readonly completed: boolean
  readonly firstEffectiveAt: number | null
  readonly lastEffectiveAt: number | null
  readonly targetReachedAt: number | null
}

export interface DerivedRun {
  readonly firstPeriod: number
  readonly lastPeriod: number
}

export interface DerivedJourney {
  readonly periods: ReadonlyMap<number, DerivedPeriod>
  readonly runs: readonly DerivedRun[]
  readonly longestRunLength: number
  readonly completedCycles: number
  readonly lastActivityAt: number | null
}

/**
 * Derives a journey from its live logs, from nothing else. `add` takes them in the order of (periodNumber,
 * activityAt); `value` is what a log counts now, 0 when it was withdrawn.
 */
export class Derivation {
  readonly #rules: StreakRules
  readonly #periods = new Map<number, DerivedPeriod>()
  #lastActivityAt: number | null = null

  constructor(rules: StreakRules) {
    this.#rules = rules
  }

  add({ periodNumber, activityAt, value }: Omit<CountedLog, 'id'>): void {
    const { aggregationTargetValue: target, completionTargetValue } = this.#rules
    const before = this.#periods.get(periodNumber)
    const currentProgressValue = (before?.currentProgressValue ?? 0n) + value
    const completed = currentProgressValue >= target
    const isCrossing = completed && before?.completed !== true && completionTargetValue !== null
    const effectiveAt = value > 0n ? activityAt : null
    this.#periods.set(periodNumber, {
      periodNumber,
      currentProgressValue,
      completed,
      firstEffectiveAt: before?.firstEffectiveAt ?? effectiveAt,
      lastEffectiveAt: effectiveAt ?? before?.lastEffectiveAt ?? null,
      targetReachedAt: isCrossing ? activityAt : (before?.targetReachedAt ?? null),
    })
    this.#lastActivityAt = Math.max(this.#lastActivityAt ?? activityAt, activityAt)
  }

  result(): DerivedJourney {
    const runs = runsOf([...this.#periods.values()])
    const cycle = this.#rules.completionTargetValue
    return {
      periods: this.#periods,
      runs,
      longestRunLength: runs.reduce((longest, run) => Math.max(longest, lengthOf(run)), 0),
      completedCycles: runs.reduce((sum, run) => sum + cyclesClosed(lengthOf(run), cycle), 0),
      lastActivityAt: this.#lastActivityAt,
    }
  }
}

/** Maximal rows of consecutive completed periods. */
function runsOf(periods: readonly DerivedPeriod[]): DerivedRun[] {
  const runs: DerivedRun[] = []
  const done = periods.filter((period) => period.completed).map((period) => period.periodNumber)
  for (const periodNumber of done.toSorted((a, b) => a - b)) {
    const open = runs.at(-1)
    if (open?.lastPeriod === periodNumber - 1) runs[runs.length - 1] = { ...open, lastPeriod: periodNumber }
    else runs.push({ firstPeriod: periodNumber, lastPeriod: periodNumber })
  }
  return runs
}

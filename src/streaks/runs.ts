import { QUANTITY_SCALE } from './quantity.ts'
import type { MilestoneRules, Run } from './types.ts'

/** Periods of a run. Period numbers are dense, so skipped dates need no care here. */
export function lengthOf(run: { readonly firstPeriod: number; readonly lastPeriod: number }): number {
  return run.lastPeriod - run.firstPeriod + 1
}

/** The count a run shows at its `position`-th period (1-based): cycles start again at 1. */
export function countAt(position: number, cycleLength: number | null): number {
  return cycleLength === null ? position : ((position - 1) % cycleLength) + 1
}

/** Cycles a run of this length has closed; 0 on endless streaks. */
export function cyclesClosed(length: number, cycleLength: number | null): number {
  return cycleLength === null ? 0 : Math.floor(length / cycleLength)
}

/** Whether missing the period after a run of this length breaks it: not if the run just closed a cycle. */
export function isBreakable(length: number, cycleLength: number | null): boolean {
  return cycleLength === null || length % cycleLength !== 0
}

/** The highest count of any period, from the length of the longest run. */
export function longestCount(longestRunLength: number, cycleLength: number | null): number {
  return cycleLength === null ? longestRunLength : Math.min(longestRunLength, cycleLength)
}

/** `milestoneTargetValue` of a count milestone as a number of periods; such targets are integers. */
export function targetPeriods(milestone: MilestoneRules): number {
  return Number(milestone.milestoneTargetValue / QUANTITY_SCALE)
}

/**
 * How many rewards of a count milestone a run of this length owes: one for each time its count reaches the target,
 * none if it is shorter.
 */
export function owed(length: number, target: number, cycleLength: number | null): number {
  if (length < target) return 0
  return cycleLength === null ? 1 : Math.floor((length - target) / cycleLength) + 1
}

/** Periods of a run in which its count reaches the target, latest first. */
export function* crossings(run: Run, target: number, cycleLength: number | null): Generator<number> {
  const times = owed(lengthOf(run), target, cycleLength)
  for (let cycle = times - 1; cycle >= 0; cycle -= 1) {
    yield run.firstPeriod + target - 1 + cycle * (cycleLength ?? 0)
  }
}

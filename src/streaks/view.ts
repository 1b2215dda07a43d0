import { countAt, isBreakable, lengthOf } from './runs.ts'
import type { Run } from './types.ts'

export type ProgressStatus = 'in_progress' | 'completed' | 'broken'

/** The status of a period at a moment: broken from the instant its end is reached. */
export function progressStatus(completed: boolean, periodEndAt: number, now: number): ProgressStatus {
  if (completed) return 'completed'
  return now >= periodEndAt ? 'broken' : 'in_progress'
}

export interface Standing {
  readonly consecutiveCount: number
  /** The first period the count counts; null where the count is 0. */
  readonly startPeriod: number | null
}

const NONE: Standing = { consecutiveCount: 0, startPeriod: null }

/** The count of a completed period, from the run it lies in. */
export function standingInside(run: Run, periodNumber: number, cycleLength: number | null): Standing {
  const consecutiveCount = countAt(periodNumber - run.firstPeriod + 1, cycleLength)
  return { consecutiveCount, startPeriod: periodNumber - consecutiveCount + 1 }
}

/** The count that stands before a period that is not completed, from the run that ends just before it, if any. */
export function standingAfter(run: Run | null, cycleLength: number | null): Standing {
  if (run === null || !isBreakable(lengthOf(run), cycleLength)) return NONE
  return standingInside(run, run.lastPeriod, cycleLength)
}

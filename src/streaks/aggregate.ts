import type { JourneyState } from './journey-state.ts'
import type { Quantity } from './quantity.ts'
import type { LogEntry, Progress, StreakRules } from './types.ts'

/** The progress of a log's period with the log in it. @throws MissingFact */
export function withLog(
  state: JourneyState,
  rules: StreakRules,
  before: Progress | null,
  log: LogEntry,
  newId: () => string,
): Progress {
  const currentProgressValue = (before?.currentProgressValue ?? 0n) + log.value
  const base = before ?? {
    id: newId(),
    periodNumber: log.periodNumber,
    firstEffectiveAt: null,
    lastEffectiveAt: null,
    targetReachedAt: null,
  }
  const at = log.value > 0n ? [log.activityAt] : []
  return {
    ...base,
    currentProgressValue,
    completed: currentProgressValue >= rules.aggregationTargetValue,
    firstEffectiveAt: extreme(Math.min, base.firstEffectiveAt, at),
    lastEffectiveAt: extreme(Math.max, base.lastEffectiveAt, at),
    targetReachedAt: targetReachedAt(state, rules, before, log, currentProgressValue),
  }
}

function extreme(
  pick: (...values: number[]) => number,
  known: number | null,
  more: readonly number[],
): number | null {
  const values = known === null ? more : [known, ...more]
  return values.length === 0 ? null : pick(...values)
}

/**
 * Where the period's effective logs, taken by activityAt, reach the target. A log at or after the last one decides
 * alone; only a late one needs the logs before it. Ties share their instant, so their order does not matter.
 */
function targetReachedAt(
  state: JourneyState,
  rules: StreakRules,
  before: Progress | null,
  log: LogEntry,
  total: Quantity,
): number | null {
  const { aggregationTargetValue: target, completionTargetValue } = rules
  if (completionTargetValue === null) return null
  if (log.value > 0n) state.noteLog(log)
  const reachedBefore = before?.targetReachedAt ?? null
  const lastAt = before?.lastEffectiveAt ?? null
  const isLast = lastAt === null || log.activityAt >= lastAt
  if (isLast || log.value === 0n || (reachedBefore !== null && log.activityAt >= reachedBefore)) {
    return reachedBefore ?? (total >= target ? log.activityAt : null)
  }
  return total < target ? null : reachedAt(state.logsOf(log.periodNumber), target)
}

/** The `activityAt` at which logs, taken in that order, add up to the target; null if they do not. */
export function reachedAt(logs: readonly LogEntry[], target: Quantity): number | null {
  let sum = 0n
  for (const log of logs.toSorted((a, b) => a.activityAt - b.activityAt)) {
    sum += log.value
    if (sum >= target) return log.activityAt
  }
  return null
}

import type { JourneyState } from './journey-state.ts'
import type { Quantity } from './quantity.ts'
import type { CountedLog, PeriodEdges, Progress, StreakRules, ValueChange } from './types.ts'

/** The progress of a log's period with the log in it. @throws MissingFact */
export function withLog(
  state: JourneyState,
  rules: StreakRules,
  before: Progress | null,
  log: CountedLog,
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
  log: CountedLog,
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
  return total < target ? null : reachedAt(state.logsOf(log.periodNumber, target), target)
}

/** The `activityAt` at which logs, taken in that order, add up to the target; null if they do not. */
export function reachedAt(logs: readonly CountedLog[], target: Quantity): number | null {
  let sum = 0n
  for (const log of logs.toSorted((a, b) => a.activityAt - b.activityAt)) {
    sum += log.value
    if (sum >= target) return log.activityAt
  }
  return null
}

/** The progress of a period in which one log's value changes. @throws MissingFact */
export function withValue(
  state: JourneyState,
  rules: StreakRules,
  before: Progress,
  { log, after }: ValueChange,
): Progress {
  const { aggregationTargetValue: target, completionTargetValue } = rules
  const currentProgressValue = before.currentProgressValue - log.value + after
  const completed = currentProgressValue >= target
  const { first, last } = state.edgesOf(log.periodNumber)
  const here = after > 0n ? [log.activityAt] : []
  const without = (logs: PeriodEdges['first']) =>
    logs.filter(({ id }) => id !== log.id).map(({ activityAt }) => activityAt)
  return {
    ...before,
    currentProgressValue,
    completed,
    firstEffectiveAt: extreme(Math.min, null, [...without(first), ...here]),
    lastEffectiveAt: extreme(Math.max, null, [...without(last), ...here]),
    targetReachedAt:
      completionTargetValue !== null && completed
        ? reachedAt(changedLogs(state, target, log, after), target)
        : null,
  }
}

/** What is withdrawn can lie before the target, so as much more is looked at behind it. */
function changedLogs(state: JourneyState, target: Quantity, log: CountedLog, after: Quantity): CountedLog[] {
  const others = state.logsOf(log.periodNumber, target + log.value).filter(({ id }) => id !== log.id)
  return after > 0n ? [...others, { ...log, value: after }] : others
}

import type { JourneyState } from './journey-state.ts'
import type { Quantity } from './quantity.ts'
import { crossings, cyclesClosed, lengthOf, owed, targetPeriods } from './runs.ts'
import type { Grant, MilestoneRules, Progress, Run, StreakRules } from './types.ts'

/** What the value of a period earns by rising from `valueBefore`. `milestones` are the live ones, in listing order. */
export function valueGrants(
  state: JourneyState,
  milestones: readonly MilestoneRules[],
  valueBefore: Quantity,
  after: Progress,
): Grant[] {
  const grants: Grant[] = []
  for (const milestone of milestones) {
    const target = milestone.milestoneTargetValue
    if (milestone.milestoneMetric !== 'current_progress_value') continue
    if (valueBefore >= target || after.currentProgressValue < target) continue
    if (holds(state, milestone, after.periodNumber)) continue
    grants.push(grant(state, milestone, after.periodNumber))
  }
  return grants
}

function holds(state: JourneyState, milestone: MilestoneRules, periodNumber: number): boolean {
  if (milestone.milestoneRepeat === 'once') return state.heldOnce().has(milestone.id)
  return state.rewardsAt(periodNumber).some((reward) => reward.milestoneId === milestone.id)
}

/** A run as an entry formed it, and the lengths of the parts it was formed of. */
export interface FormedRun {
  readonly runId: string
  readonly partLengths: readonly number[]
}

/** A period was completed: it founds, lengthens or joins runs. @throws MissingFact */
export function formRun(
  state: JourneyState,
  rules: StreakRules,
  periodNumber: number,
  newId: () => string,
): FormedRun {
  const cycle = rules.completionTargetValue
  const left = state.runEnding(periodNumber - 1)
  const right = state.runStarting(periodNumber + 1)
  const run = join(state, left, right, periodNumber, newId)
  const partLengths = [left, right].map((part) => (part === null ? 0 : lengthOf(part)))
  const closedBefore = partLengths.reduce((sum, length) => sum + cyclesClosed(length, cycle), 0)
  const { totals } = state
  state.totals = {
    ...totals,
    longestRunLength: Math.max(totals.longestRunLength, lengthOf(run)),
    completedCycles: totals.completedCycles + cyclesClosed(lengthOf(run), cycle) - closedBefore,
  }
  return { runId: run.id, partLengths }
}

/** What a formed run earns. `milestones` are the live ones, in listing order. @throws MissingFact */
export function runGrants(
  state: JourneyState,
  rules: StreakRules,
  milestones: readonly MilestoneRules[],
  { runId, partLengths }: FormedRun,
): Grant[] {
  const cycle = rules.completionTargetValue
  return milestones
    .filter((milestone) => milestone.milestoneMetric === 'consecutive_count')
    .flatMap((milestone) => {
      const target = targetPeriods(milestone)
      const owedBefore = partLengths.reduce((sum, length) => sum + owed(length, target, cycle), 0)
      return countGrants(state, cycle, milestone, runId, owedBefore)
    })
}

/**
 * What the run owes now, less the greater of what its parts owed before and what stands inside it.
 * `once`: at most one, and only if the member holds none.
 */
function countGrants(
  state: JourneyState,
  cycle: number | null,
  milestone: MilestoneRules,
  runId: string,
  owedBefore: number,
): Grant[] {
  const run = state.runs.get(runId)!
  const target = targetPeriods(milestone)
  const isOnce = milestone.milestoneRepeat === 'once'
  const standing = isOnce ? 0 : (run.standing[milestone.id] ?? 0)
  const due = owed(lengthOf(run), target, cycle) - Math.max(owedBefore, standing)
  if (due <= 0 || (isOnce && state.heldOnce().has(milestone.id))) return []
  const grants: Grant[] = []
  for (const anchor of crossings(run, target, cycle)) {
    if (standing > 0 && state.isAnchored(milestone.id, anchor, run)) continue
    grants.push(grant(state, milestone, anchor))
    if (grants.length === (isOnce ? 1 : due)) break
  }
  if (!isOnce) {
    state.putRun({ ...run, standing: { ...run.standing, [milestone.id]: standing + grants.length } })
  }
  return grants
}

function grant(state: JourneyState, milestone: MilestoneRules, periodNumber: number): Grant {
  const everyStreak = milestone.milestoneRepeat === 'every_streak'
  state.noteGranted({ milestoneId: milestone.id, everyStreak, periodNumber })
  return { milestone, periodNumber }
}

/** Joins the completed period with its neighbours; rewards already anchored in it stand inside the run again. */
function join(
  state: JourneyState,
  left: Run | null,
  right: Run | null,
  periodNumber: number,
  newId: () => string,
): Run {
  const standing: Record<string, number> = { ...left?.standing }
  for (const [milestoneId, count] of Object.entries(right?.standing ?? {})) {
    standing[milestoneId] = (standing[milestoneId] ?? 0) + count
  }
  for (const { milestoneId, everyStreak } of state.rewardsAt(periodNumber)) {
    if (everyStreak) standing[milestoneId] = (standing[milestoneId] ?? 0) + 1
  }
  const run: Run = {
    id: left?.id ?? right?.id ?? newId(),
    firstPeriod: left?.firstPeriod ?? periodNumber,
    lastPeriod: right?.lastPeriod ?? periodNumber,
    standing,
  }
  if (left !== null) state.forgetRun(left)
  if (right !== null) state.forgetRun(right)
  state.putRun(run)
  return run
}

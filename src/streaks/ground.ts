import type { JourneyState } from './journey-state.ts'
import type { Quantity } from './quantity.ts'
import { crossings, cyclesClosed, lengthOf, owed, targetPeriods } from './runs.ts'
import type { MilestoneRules, Progress, RewardEffects, RewardFact, Run, StreakRules } from './types.ts'

type Moved = RewardEffects['moved'][number]
export interface Losses {
  readonly groundless: RewardFact[]
  readonly moved: Moved[]
}

/**
 * A period is no longer completed: its run falls into what is left of it on either side. Says which rewards lose
 * their ground and which move. `milestones` are those of the streak, of any status. @throws MissingFact
 */
export function breakPeriod(
  state: JourneyState,
  rules: StreakRules,
  milestones: readonly MilestoneRules[],
  periodNumber: number,
  newId: () => string,
): Losses {
  const cycle = rules.completionTargetValue
  const run = state.runContaining(periodNumber)
  const rewards = state.rewardsBetween(run.firstPeriod, run.lastPeriod)
  const left = piece(run.id, run.firstPeriod, periodNumber - 1)
  const right = piece(left === null ? run.id : newId(), periodNumber + 1, run.lastPeriod)
  const parts = [left, right].filter((part) => part !== null)
  const { totals } = state
  const longestPart = Math.max(0, ...parts.map(lengthOf))
  const wasLongest = lengthOf(run) === totals.longestRunLength
  const closedNow = parts.reduce((sum, part) => sum + cyclesClosed(lengthOf(part), cycle), 0)
  state.totals = {
    ...totals,
    longestRunLength: wasLongest
      ? Math.max(longestPart, state.longestBesides(run.id))
      : totals.longestRunLength,
    completedCycles: totals.completedCycles + closedNow - cyclesClosed(lengthOf(run), cycle),
  }
  const losses: Losses = { groundless: [], moved: [] }
  const standing = parts.map(() => ({}) as Record<string, number>)
  for (const milestone of milestones) {
    if (milestone.milestoneRepeat !== 'every_streak') continue
    const own = rewards.filter((reward) => reward.milestoneId === milestone.id && reward.state === 'standing')
    const counts = regroup(parts, own, milestone, cycle, periodNumber, losses)
    for (const [index, count] of counts.entries()) if (count > 0) standing[index]![milestone.id] = count
  }
  state.forgetRun(run)
  for (const [index, part] of parts.entries()) state.putRun({ ...part, standing: standing[index]! })
  return losses
}

function piece(id: string, firstPeriod: number, lastPeriod: number): Run | null {
  return firstPeriod > lastPeriod ? null : { id, firstPeriod, lastPeriod, standing: {} }
}

const contains = (run: Run, periodNumber: number): boolean =>
  run.firstPeriod <= periodNumber && periodNumber <= run.lastPeriod

/** Where the rewards of one milestone stand after the break; answers how many stand in each part. */
function regroup(
  parts: readonly Run[],
  rewards: readonly RewardFact[],
  milestone: MilestoneRules,
  cycle: number | null,
  brokenPeriod: number,
  losses: Losses,
): number[] {
  const target = targetPeriods(milestone)
  const anchors = parts.map((part) => {
    const inside = rewards.filter((reward) => contains(part, reward.periodNumber))
    if (lengthOf(part) >= target) return inside.map((reward) => reward.periodNumber)
    // what is issued and kept goes on standing where it is, though its ground is gone
    losses.groundless.push(...inside)
    return inside.filter((reward) => reward.isMinted).map((reward) => reward.periodNumber)
  })
  for (const reward of rewards.filter(({ periodNumber }) => periodNumber === brokenPeriod)) {
    const index = parts.findIndex((part, at) => owed(lengthOf(part), target, cycle) > anchors[at]!.length)
    const part = parts[index]
    const free = part === undefined ? [] : crossings(part, target, cycle)
    const periodNumber = [...free].find((crossing) => !anchors[index]!.includes(crossing))
    if (periodNumber === undefined) losses.groundless.push(reward)
    else {
      losses.moved.push({ reward, periodNumber })
      anchors[index]!.push(periodNumber)
    }
  }
  return anchors.map((inside) => inside.length)
}

/** `once` count rewards of which no run is long enough any more. */
export function lostOnceCounts(state: JourneyState, milestones: readonly MilestoneRules[]): RewardFact[] {
  const once = milestones.filter(
    (m) =>
      m.milestoneMetric === 'consecutive_count' &&
      m.milestoneRepeat === 'once' &&
      targetPeriods(m) > state.totals.longestRunLength,
  )
  return once.flatMap((m) => standingOnce(state, m))
}

function standingOnce(state: JourneyState, milestone: MilestoneRules): RewardFact[] {
  return state
    .rewardsOnce()
    .filter((reward) => reward.milestoneId === milestone.id && reward.state === 'standing')
}

/** Value rewards that a period's falling value leaves without ground. */
export function lostValues(
  state: JourneyState,
  milestones: readonly MilestoneRules[],
  valueBefore: Quantity,
  after: Progress,
): RewardFact[] {
  const { periodNumber, currentProgressValue } = after
  return milestones.flatMap((milestone) => {
    const target = milestone.milestoneTargetValue
    if (milestone.milestoneMetric !== 'current_progress_value') return []
    if (valueBefore < target || currentProgressValue >= target) return []
    if (milestone.milestoneRepeat === 'once') {
      const held = standingOnce(state, milestone)
      return held.length > 0 && !state.hasValueElsewhere(periodNumber, target) ? held : []
    }
    return state
      .rewardsBetween(periodNumber, periodNumber)
      .filter((reward) => reward.milestoneId === milestone.id && reward.state === 'standing')
  })
}

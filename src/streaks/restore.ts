import type { JourneyState } from './journey-state.ts'
import { crossings, lengthOf, owed, targetPeriods } from './runs.ts'
import type { MilestoneRules, RewardEffects, RewardFact, Run, StreakRules } from './types.ts'

type Restored = RewardEffects['restored'][number]

/**
 * Brings back rewards that were revoked before they were minted and have ground again, after an entry in a period.
 * It was granted while its milestone was live, so the milestone's status does not matter now. `milestones` are those
 * of the streak, in listing order. @throws MissingFact
 */
export function restore(
  state: JourneyState,
  rules: StreakRules,
  milestones: readonly MilestoneRules[],
  periodNumber: number,
): Restored[] {
  if (state.totals.revokedRewards === 0) return []
  const progress = state.progressAt(periodNumber)
  const run = progress?.completed === true ? state.runContaining(periodNumber) : null
  const value = progress?.currentProgressValue ?? 0n
  return milestones.flatMap((milestone) => {
    const isValue = milestone.milestoneMetric === 'current_progress_value'
    const reaches = value >= milestone.milestoneTargetValue
    if (milestone.milestoneRepeat === 'every_period') {
      return reaches ? restoreAt(state, milestone, periodNumber) : []
    }
    if (milestone.milestoneRepeat === 'every_streak') {
      return run === null ? [] : restoreInRun(state, rules, milestone, state.runContaining(periodNumber))
    }
    if (isValue) {
      const hasGround = reaches || state.hasValueElsewhere(periodNumber, milestone.milestoneTargetValue)
      return hasGround ? restoreOnce(state, milestone, reaches ? periodNumber : null) : []
    }
    const isLongEnough = state.totals.longestRunLength >= targetPeriods(milestone)
    return isLongEnough
      ? restoreOnce(state, milestone, run === null ? null : latestCrossing(rules, milestone, run))
      : []
  })
}

const ownedBy = (
  milestone: MilestoneRules,
  rewards: readonly RewardFact[],
  state: RewardFact['state'],
): RewardFact[] =>
  rewards
    .filter((reward) => reward.milestoneId === milestone.id && reward.state === state)
    .toSorted((a, b) => a.periodNumber - b.periodNumber)

function bringBack(state: JourneyState, reward: RewardFact, periodNumber: number): Restored {
  state.changeReward(reward, 'standing', periodNumber)
  return { reward, periodNumber }
}

function restoreAt(state: JourneyState, milestone: MilestoneRules, periodNumber: number): Restored[] {
  if (state.rewardsAt(periodNumber).some((reward) => reward.milestoneId === milestone.id)) return []
  const [reward] = ownedBy(milestone, state.rewardsBetween(periodNumber, periodNumber), 'revoked')
  return reward === undefined ? [] : [bringBack(state, reward, periodNumber)]
}

/** `crossing`: where the entry reached the target, or null when the ground is elsewhere and the anchor stays. */
function restoreOnce(state: JourneyState, milestone: MilestoneRules, crossing: number | null): Restored[] {
  if (state.heldOnce().has(milestone.id)) return []
  const [reward] = ownedBy(milestone, state.rewardsOnce(), 'revoked')
  return reward === undefined ? [] : [bringBack(state, reward, crossing ?? reward.periodNumber)]
}

function latestCrossing(rules: StreakRules, milestone: MilestoneRules, run: Run): number | null {
  const [latest] = crossings(run, targetPeriods(milestone), rules.completionTargetValue)
  return latest ?? null
}

/** The earliest first, as long as fewer stand in the run than it owes. */
function restoreInRun(
  state: JourneyState,
  rules: StreakRules,
  milestone: MilestoneRules,
  run: Run,
): Restored[] {
  const cycle = rules.completionTargetValue
  const target = targetPeriods(milestone)
  const standing = run.standing[milestone.id] ?? 0
  const open = owed(lengthOf(run), target, cycle) - standing
  if (open <= 0) return []
  const revoked = ownedBy(milestone, state.rewardsBetween(run.firstPeriod, run.lastPeriod), 'revoked').slice(
    0,
    open,
  )
  const restored = revoked.flatMap((reward) => {
    const anchor = [...crossings(run, target, cycle)].find((at) => !state.isAnchored(milestone.id, at, run))
    return anchor === undefined ? [] : [bringBack(state, reward, anchor)]
  })
  if (restored.length > 0) {
    state.putRun({ ...run, standing: { ...run.standing, [milestone.id]: standing + restored.length } })
  }
  return restored
}

import type { Instant } from '../../ports/clock.ts'
import type { Row } from '../../ports/schema.ts'
import type { Journey } from '../../streaks/journey.ts'
import { nextMilestone } from '../../streaks/milestones.ts'
import { longestCount } from '../../streaks/runs.ts'
import type { LoadedJourney } from '../load/loaded.ts'
import { progressView } from '../progress-view.ts'
import type { LogContext } from '../types.ts'
import { progressRow } from './journey-changes.ts'

export interface LogContextInput {
  readonly streak: Row<'streak'>
  readonly ownedById: string
  /** Milestones of the streak, of any status. */
  readonly milestones: readonly Row<'milestone'>[]
  readonly loaded: LoadedJourney
  readonly journey: Journey
  readonly log: Row<'streak_log'>
  readonly rewards: readonly Row<'reward_log'>[]
  readonly now: Instant
}

/** What the create response joins to a log: the state directly after it. @throws MissingFact */
export function logContext(input: LogContextInput): LogContext {
  const { streak, journey, loaded, log, milestones, now } = input
  const progress = journey.progressAt(log.periodNumber)
  const standing = journey.standing(log.periodNumber)
  const live = milestones.filter((milestone) => milestone.status === 'live')
  const needsHeld = live.some((milestone) => milestone.milestoneRepeat === 'once')
  const heldOnce = needsHeld ? journey.heldOnce() : new Set<string>()
  const value = progress?.currentProgressValue ?? 0n
  // a log that is not live and found no record leaves nothing to reckon from
  const count = progress === null ? 0 : standing.consecutiveCount
  return {
    streak: { ...streak, hasLogs: true },
    progress:
      progress === null
        ? null
        : progressView(
            streak,
            progressRow(streak, input.ownedById, loaded.progressRows.get(log.periodNumber), progress, now),
            {
              standing,
              longestConsecutiveCount: longestCount(
                journey.totals.longestRunLength,
                streak.completionTargetValue,
              ),
              startedAt: standing.startPeriod === null ? null : startedAt(journey, standing.startPeriod),
              now,
            },
          ),
    achieved: input.rewards.map((rewardLog) => ({
      milestone: { ...milestones.find(({ id }) => id === rewardLog.milestoneId)!, hasRewardLogs: true },
      rewardLog,
    })),
    nextMilestone: nextMilestone(live, count, value, heldOnce),
  }
}

function startedAt(journey: Journey, startPeriod: number): Instant | null {
  return journey.progressAt(startPeriod)?.firstEffectiveAt ?? null
}

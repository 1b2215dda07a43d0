import type { Instant } from '../../ports/clock.ts'
import type { Row } from '../../ports/schema.ts'
import type { Journey } from '../../streaks/journey.ts'
import { nextMilestone } from '../../streaks/milestones.ts'
import { periodAt, periodByNumber } from '../../streaks/period.ts'
import { cyclesClosed, lengthOf, longestCount } from '../../streaks/runs.ts'
import { type RewardHappening, rewardCause, type StreakHappening } from '../happenings.ts'
import type { MemberStreakView } from '../types.ts'
import type { RewardOutcome } from './reward-outcome.ts'

/** What happened, before it is known what the member looks like once all of its commit is decided. */
export type Untold = Omit<RewardHappening, 'member'> | Omit<StreakHappening, 'member'>

interface Told {
  readonly streak: Row<'streak'>
  /** Milestones of the streak, of any status. */
  readonly milestones: readonly Row<'milestone'>[]
}

/** What an entry of the ledger did to rewards. A quiet log achieves nothing. */
export function rewardsTold(
  { streak, milestones }: Told,
  rewards: RewardOutcome,
  isQuiet: boolean,
): Untold[] {
  const told = (event: RewardHappening['event'], rows: readonly Row<'reward_log'>[]) =>
    rows.map((rewardLog): Untold => {
      const milestone = milestones.find(({ id }) => id === rewardLog.milestoneId)!
      return { event, streak, milestone, rewardLog, cause: rewardCause(event, rewardLog) }
    })
  return [
    ...told('milestone.achieved', isQuiet ? [] : rewards.listed),
    ...told('reward.revoked', rewards.revoked),
  ]
}

interface Completion extends Told {
  /** Of the member, as the commit leaves it. */
  readonly row: Row<'member_streak'>
  readonly journey: Journey
  /** The log that closed a cycle. */
  readonly log: { readonly id: string; readonly periodNumber: number }
  readonly now: Instant
}

/** A log that closed one more cycle of its run. The period is the one whose count is the target. @throws MissingFact */
export function completionTold({ log, ...told }: Completion): Untold {
  const { streak, journey } = told
  const run = journey.runContaining(log.periodNumber)
  const cycle = streak.completionTargetValue
  const closed = cyclesClosed(lengthOf(run), cycle)
  const period = periodByNumber(streak, run.firstPeriod + closed * (cycle ?? 0) - 1)
  const memberStreak = memberStreakNow(told)
  return { event: 'streak.completed', streak, period, memberStreak, cause: `streak.completed ${log.id}` }
}

/** The member's streak as it would be read directly after what was decided so far. @throws MissingFact */
function memberStreakNow({
  streak,
  milestones,
  row,
  journey,
  now,
}: Omit<Completion, 'log'>): MemberStreakView {
  const period = periodAt(streak, now)
  const progress = journey.progressAt(period.number)
  const count = journey.standing(period.number).consecutiveCount
  const value = progress?.currentProgressValue ?? 0n
  const live = milestones.filter(({ status }) => status === 'live')
  const needsHeld = live.some(({ milestoneRepeat }) => milestoneRepeat === 'once')
  const heldOnce = needsHeld ? journey.heldOnce() : new Set<string>()
  const missed = journey.breakableRuns().map((run) => periodByNumber(streak, run.lastPeriod + 1))
  return {
    row,
    currentConsecutiveCount: count,
    longestConsecutiveCount: longestCount(row.longestRunLength, streak.completionTargetValue),
    completedCycles: row.completedCycles,
    currentPeriodKey: period.key,
    currentProgressValue: value,
    currentPeriodEndAt: period.endAt,
    streakStatus: progress?.completed === true ? 'active' : count > 0 ? 'at_risk' : 'inactive',
    lastBrokenAt: missed.find(({ endAt }) => endAt <= now)?.endAt ?? null,
    nextMilestone: nextMilestone(live, count, value, heldOnce),
  }
}

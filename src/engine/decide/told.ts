import type { Instant } from '../../ports/clock.ts'
import type { Row } from '../../ports/schema.ts'
import type { Journey } from '../../streaks/journey.ts'
import { periodAt, periodByNumber } from '../../streaks/period.ts'
import { cyclesClosed, lengthOf } from '../../streaks/runs.ts'
import { type RewardHappening, rewardCause, type StreakHappening } from '../happenings.ts'
import { memberStreakView } from '../member-streak-view.ts'
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
  const liveMilestones = milestones.filter(({ status }) => status === 'live')
  const needsHeld = liveMilestones.some(({ milestoneRepeat }) => milestoneRepeat === 'once')
  const missed = journey.breakableRuns().map((run) => periodByNumber(streak, run.lastPeriod + 1))
  return memberStreakView(streak, row, {
    period,
    progress: journey.progressAt(period.number) ?? undefined,
    consecutiveCount: journey.standing(period.number).consecutiveCount,
    lastBrokenAt: missed.find(({ endAt }) => endAt <= now)?.endAt ?? null,
    liveMilestones,
    heldOnce: needsHeld ? journey.heldOnce() : new Set(),
  })
}

import type { Places } from '../../life/places.ts'
import { insert, revise } from '../../ports/changes.ts'
import type { Instant } from '../../ports/clock.ts'
import type { Row } from '../../ports/schema.ts'
import type { Change } from '../../ports/store.ts'
import type { Outcome } from '../../streaks/journey.ts'
import { byListingOrder } from '../../streaks/milestones.ts'
import type { Sources } from '../deps.ts'
import { rewardChanges } from './reward-effects.ts'
import { rewardRows } from './reward-rows.ts'

export interface RewardOutcomeInput {
  readonly streak: Row<'streak'>
  /** Milestones of the streak, of any status. */
  readonly milestones: readonly Row<'milestone'>[]
  readonly ownedById: string
  /** The log in whose name rewards are granted or come back. */
  readonly streakLogId: string
  readonly outcome: Outcome
  /** Rewards loaded as facts, by id. */
  readonly rewardRows: ReadonlyMap<string, Row<'reward_log'>>
  /** Of the account; null where no milestone of the streak can grant. */
  readonly places: Places | null
  readonly now: Instant
  readonly sources: Sources
}

export interface RewardOutcome {
  readonly changes: readonly Change[]
  /** Granted or brought back, in listing order. */
  readonly listed: readonly Row<'reward_log'>[]
  /** Revoked by it. */
  readonly revoked: readonly Row<'reward_log'>[]
  readonly due: readonly Row<'reward_log'>[]
  /** Milestones that have their first reward now. */
  readonly firstOf: readonly Row<'milestone'>[]
}

/** Everything an entry of the ledger does to reward logs. */
export function rewardOutcome(input: RewardOutcomeInput): RewardOutcome {
  const { streak, ownedById, streakLogId, outcome, places, now, sources } = input
  const milestones = new Map(input.milestones.map((milestone) => [milestone.id, milestone]))
  // what comes back is older than what is granted
  const existing = rewardChanges(streak, input.rewardRows, outcome, streakLogId, places, now)
  const granted = outcome.grants.map((grant) => {
    const milestone = milestones.get(grant.milestone.id)!
    return rewardRows({ streak, milestone, ownedById, streakLogId, grant, places, now, sources })
  })
  const rewards = granted.map(({ reward }) => reward)
  const inOrder = (a: Row<'reward_log'>, b: Row<'reward_log'>) =>
    byListingOrder(milestones.get(a.milestoneId)!, milestones.get(b.milestoneId)!)
  return {
    changes: [
      ...existing.changes,
      ...granted.flatMap(({ reward, code }): Change[] => [
        insert('reward_log', reward),
        ...(code === null ? [] : [insert('coupon_code', code)]),
      ]),
    ],
    listed: [...existing.restored, ...rewards].toSorted(inOrder),
    revoked: existing.revoked,
    due: [...existing.due, ...rewards.filter(({ dueAt }) => dueAt !== null && dueAt <= now)],
    firstOf: [...new Set(rewards.map((reward) => milestones.get(reward.milestoneId)!))].filter(
      (milestone) => !milestone.hasRewardLogs,
    ),
  }
}

/** Fixes the rules of milestones that have their first reward, against a patch at the same instant. */
export function firstRewardFlags(milestones: Iterable<Row<'milestone'>>): Change[] {
  return [...milestones].map((milestone) => revise('milestone', milestone, { hasRewardLogs: true }))
}

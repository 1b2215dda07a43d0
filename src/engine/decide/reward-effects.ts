import type { LifeEvent, Reward } from '../../life/events.ts'
import { next } from '../../life/life.ts'
import type { Places } from '../../life/places.ts'
import { revise } from '../../ports/changes.ts'
import type { Instant } from '../../ports/clock.ts'
import type { Row } from '../../ports/schema.ts'
import type { Change } from '../../ports/store.ts'
import { periodByNumber } from '../../streaks/period.ts'
import type { RewardEffects } from '../../streaks/types.ts'

export interface RewardChanges {
  readonly changes: readonly Change[]
  /** Rewards that came back, as they now are. */
  readonly restored: readonly Row<'reward_log'>[]
  /** Rewards that are revoked now, as they now are. */
  readonly revoked: readonly Row<'reward_log'>[]
  /** Rewards that a worker has something to do for. */
  readonly due: readonly Row<'reward_log'>[]
}

/**
 * What an entry does to rewards that exist, each guarded by its revision: those without ground are revoked, or asked
 * back from their provider, or kept, as their milestone said when they were granted; others move or come back.
 * @param streakLogId the log in whose name rewards come back
 */
export function rewardChanges(
  streak: Row<'streak'>,
  rows: ReadonlyMap<string, Row<'reward_log'>>,
  { groundless, moved, restored }: RewardEffects,
  streakLogId: string,
  places: Places | null,
  now: Instant,
): RewardChanges {
  const keyAt = (periodNumber: number) => ({
    periodNumber,
    periodKey: periodByNumber(streak, periodNumber).key,
  })
  const lost = groundless.flatMap(({ id }) =>
    happened(rows.get(id)!, { kind: 'ground_gone' }, {}, places, now),
  )
  const elsewhere = moved.map(({ reward, periodNumber }) =>
    changed(rows.get(reward.id)!, { ...keyAt(periodNumber), updatedAt: now }),
  )
  const back = restored.flatMap(({ reward, periodNumber }) => {
    const row = rows.get(reward.id)!
    const event = { kind: 'brought_back', admits: () => places?.admits(row) ?? true } as const
    return happened(row, event, { ...keyAt(periodNumber), streakLogId }, places, now)
  })
  const all = [...lost, ...elsewhere, ...back]
  const after = all.map(({ after: row }) => row)
  return {
    changes: all.map(({ change }) => change),
    restored: back.map(({ after: row }) => row),
    revoked: lost.flatMap(({ after: row }) => (row.fulfilmentStatus === 'revoked' ? [row] : [])),
    due: after.filter((row) => row.dueAt === now),
  }
}

interface Changed {
  readonly change: Change
  readonly after: Row<'reward_log'>
}

function changed(row: Reward, set: Partial<Omit<Reward, 'revision'>>): Changed {
  const after = { ...row, ...set, revision: row.revision + 1 }
  return { change: revise('reward_log', row, set), after }
}

/** Nothing where the event leaves the reward as it is. */
function happened(
  row: Reward,
  event: LifeEvent,
  besides: Partial<Omit<Reward, 'revision'>>,
  places: Places | null,
  now: Instant,
): Changed[] {
  const turn = next(row, event, now)
  if (turn.to !== 'next') return []
  const became = changed(row, { ...besides, ...turn.set })
  places?.changed(row, became.after)
  return [became]
}

import { revise } from '../../ports/changes.ts'
import type { Instant } from '../../ports/clock.ts'
import type { Row } from '../../ports/schema.ts'
import type { Change } from '../../ports/store.ts'
import { periodByNumber } from '../../streaks/period.ts'
import type { RewardEffects } from '../../streaks/types.ts'
import { waitingFor } from '../waiting.ts'

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
  now: Instant,
): RewardChanges {
  const keyAt = (periodNumber: number) => ({
    periodNumber,
    periodKey: periodByNumber(streak, periodNumber).key,
  })
  const lost = groundless.flatMap(({ id }) => withoutGround(rows.get(id)!, now))
  const elsewhere = moved.map(({ reward, periodNumber }) =>
    changed(rows.get(reward.id)!, keyAt(periodNumber), now),
  )
  const back = restored.map(({ reward, periodNumber }) => {
    const row = rows.get(reward.id)!
    const pending = {
      standing: true,
      fulfilmentStatus: 'pending',
      streakLogId,
      attempt: row.attempt + 1,
    } as const
    // what is left of its lifetime counts from now on
    const times = { failureReason: null, fulfilAfter: now, dueAt: row.reward === null ? null : now }
    return changed(row, { ...keyAt(periodNumber), ...pending, ...times }, now)
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

function changed(row: Row<'reward_log'>, fields: Partial<Row<'reward_log'>>, now: Instant): Changed {
  const waitingForProviderId = waitingFor({ ...row, ...fields })
  const set = { ...fields, waitingForProviderId, updatedAt: now }
  const after = { ...row, ...set, revision: row.revision + 1 }
  return { change: revise('reward_log', row, set), after }
}

function withoutGround(row: Row<'reward_log'>, now: Instant): Changed[] {
  const { fulfilmentStatus: status } = row
  if (status === 'pending' || status === 'held' || status === 'failed') {
    return [
      changed(row, { fulfilmentStatus: 'revoked', standing: false, dueAt: null, heldReason: null }, now),
    ]
  }
  const isOut = status === 'issuing' || status === 'issued'
  if (!isOut || row.onWithdrawal === 'keep') return []
  // a code of the merchant's own is his to take back; nobody can be asked
  if (row.reward === null || row.drawnCode === null)
    return [changed(row, { fulfilmentStatus: 'revoked', couponUsed: 'unknown' }, now)]
  return [
    changed(
      row,
      { fulfilmentStatus: 'revoking', heldReason: null, dueAt: now, attempt: row.attempt + 1 },
      now,
    ),
  ]
}

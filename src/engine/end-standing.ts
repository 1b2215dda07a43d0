import type { Row } from '../ports/schema.ts'
import type { Change, Store } from '../ports/store.ts'
import { findRunContaining } from './load/find-run.ts'

/**
 * The writes that must go with a reward's ceasing to stand: the run that counts it counts one less. Guarded by the
 * journey's version; empty where no run counts it.
 */
export async function endStandingChanges(
  store: Store,
  reward: Row<'reward_log'>,
  now: number,
): Promise<Change[]> {
  const { accountId, ownedById, linkedSchemaRecordId: streakId, milestoneId, periodNumber } = reward
  const fields = ['accountId', 'ownedById', 'streakId'] as const
  // the version first: a run that is read after it may only be newer, and then the guard says so
  const [journey] = await store.findByKeys('member_streak', fields, [[accountId, ownedById, streakId]])
  const run = await findRunContaining(store, { accountId, ownedById, streakId }, periodNumber)
  const count = run?.standing[milestoneId] ?? 0
  if (journey === undefined || run === undefined || count === 0) return []
  const { version } = journey
  const standing = { ...run.standing, [milestoneId]: count - 1 }
  return [
    { op: 'update', collection: 'run', id: run.id, accountId, set: { standing, updatedAt: now } },
    {
      op: 'update',
      collection: 'member_streak',
      id: journey.id,
      accountId,
      guard: { version },
      set: { version: version + 1, updatedAt: now },
    },
  ]
}

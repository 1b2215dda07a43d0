import { change } from '../ports/changes.ts'
import type { Row } from '../ports/schema.ts'
import type { Change, Store } from '../ports/store.ts'
import { findJourney, findRunContaining } from './load/journey-rows.ts'

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
  const ids = { accountId, ownedById, streakId }
  // the version first: a run that is read after it may only be newer, and then the guard says so
  const journey = await findJourney(store, ids)
  const run = await findRunContaining(store, ids, periodNumber)
  const count = run?.standing[milestoneId] ?? 0
  if (journey === null || run === undefined || count === 0) return []
  const { version } = journey
  const standing = { ...run.standing, [milestoneId]: count - 1 }
  return [
    change('run', run, {}, { standing, updatedAt: now }),
    change('member_streak', journey, { version }, { version: version + 1, updatedAt: now }),
  ]
}

import { type TellRewardDeps, tellRewards } from '../engine/tell-reward.ts'
import { waitingFor } from '../engine/waiting.ts'
import { revise } from '../ports/changes.ts'
import type { Clock } from '../ports/clock.ts'
import type { Row } from '../ports/schema.ts'
import type { Change, Store } from '../ports/store.ts'

const MAX_REASON_LENGTH = 256

/** A reason as a reward log keeps it. */
export function cut(reason: string): string {
  return reason.slice(0, MAX_REASON_LENGTH).toWellFormed()
}

/** The row as written; null when somebody else wrote it, or what `changes` touch, since it was read. */
export async function write(
  deps: { readonly store: Store; readonly clock: Clock } & TellRewardDeps,
  reward: Row<'reward_log'>,
  set: Partial<Row<'reward_log'>>,
  changes: readonly Change[] = [],
): Promise<Row<'reward_log'> | null> {
  const waitingForProviderId = waitingFor({ ...reward, ...set })
  const now = deps.clock.now()
  const full = { ...set, waitingForProviderId, updatedAt: now }
  const after = { ...reward, ...full, revision: reward.revision + 1 }
  const told = await tellRewards(deps, [{ before: reward, after }], now)
  const result = await deps.store.commit([revise('reward_log', reward, full), ...changes, ...told.changes])
  if (result.outcome === 'conflict') return null
  told.sent()
  return after
}

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
  deps: { readonly store: Store; readonly clock: Clock },
  reward: Row<'reward_log'>,
  set: Partial<Row<'reward_log'>>,
  changes: readonly Change[] = [],
): Promise<Row<'reward_log'> | null> {
  const waitingForProviderId = waitingFor({ ...reward, ...set })
  const full = { ...set, waitingForProviderId, updatedAt: deps.clock.now() }
  const result = await deps.store.commit([revise('reward_log', reward, full), ...changes])
  return result.outcome === 'committed' ? { ...reward, ...full, revision: reward.revision + 1 } : null
}

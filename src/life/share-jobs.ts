import { randomUUID } from 'node:crypto'
import { MAX_JOB_ITEMS } from '../ports/queue.ts'
import type { Row } from '../ports/schema.ts'
import type { Change } from '../ports/store.ts'

type Reward = Row<'reward_log'>

/**
 * Of rewards whose work becomes due in one commit, which share a job: up to 16 of an account, so that none waits with
 * the backlog of another account. To be written in that commit.
 * @returns the batch of each by its id; one that is alone in its has none
 */
export function shareJobs(
  rewards: readonly Pick<Reward, 'id' | 'accountId'>[],
): ReadonlyMap<string, string | null> {
  const batchIds = new Map<string, string | null>()
  for (const own of Map.groupBy(rewards, ({ accountId }) => accountId).values()) {
    const ids = [...new Set(own.map(({ id }) => id))]
    for (let from = 0; from < ids.length; from += MAX_JOB_ITEMS) {
      const batch = ids.slice(from, from + MAX_JOB_ITEMS)
      const batchId = batch.length === 1 ? null : randomUUID()
      for (const id of batch) batchIds.set(id, batchId)
    }
  }
  return batchIds
}

/** A commit and the rewards that become due in it, with the batches of these. */
export interface SharedWork {
  readonly changes: readonly Change[]
  /** Each once, as the commit leaves it. */
  readonly due: readonly Reward[]
}

/** The same commit as it is written where rewards that become due in it share jobs. */
export function withSharedJobs(changes: readonly Change[], due: readonly Reward[]): SharedWork {
  if (due.length <= 1) return { changes, due }
  const batchIds = shareJobs(due)
  // a batch of logs may have had several things happen to one: the last is how it is
  const last = new Map(due.map((reward) => [reward.id, reward]))
  return {
    changes: changes.map((each) => {
      if (each.collection !== 'reward_log' || each.op === 'delete') return each
      const batchId = batchIds.get(each.op === 'insert' ? each.row.id : each.id)
      if (batchId === undefined) return each
      return each.op === 'insert'
        ? { ...each, row: { ...each.row, batchId } }
        : { ...each, set: { ...each.set, batchId } }
    }),
    due: [...last.values()].map((reward) => ({ ...reward, batchId: batchIds.get(reward.id)! })),
  }
}

import { revise } from '../ports/changes.ts'
import type { Clock } from '../ports/clock.ts'
import { ascending, atMost } from '../ports/conditions.ts'
import { type JobQueue, rewardJobOf } from '../ports/queue.ts'
import type { Row } from '../ports/schema.ts'
import type { Store } from '../ports/store.ts'

/** Rewards with work to do that are looked through; they are few unless something is down. */
const MAX_LOOKED_THROUGH = 1_000
const REWARDS_PER_COMMIT = 100

export interface WakeDeps {
  readonly store: Store
  readonly clock: Clock
  readonly queue: Pick<JobQueue, 'enqueue'>
}

type Reward = Row<'reward_log'>

/**
 * Queues rewards anew that wait for this provider, longest waiting first, at most `limit` and only those among
 * the first 1,000 with work to do: the raised `attempt` makes a new job and lets the old, delayed one end without doing
 * anything. Best effort: whoever is missed comes back when its backoff is over. Never rejects.
 */
export async function wakeRewards(
  deps: WakeDeps,
  accountId: string,
  providerId: string,
  limit: number,
): Promise<void> {
  try {
    const chosen = (await findWaiting(deps, accountId, providerId)).slice(0, limit)
    for (let first = 0; first < chosen.length; first += REWARDS_PER_COMMIT) {
      await wake(deps, chosen.slice(first, first + REWARDS_PER_COMMIT))
    }
  } catch {
    // The codes are stored and the rewards have their jobs: there is nothing to tell the caller.
  }
}

/**
 * Asks as the sweep does, for the work of all accounts, and picks out the account's own: with the account in the
 * condition SQLite would go through every reward log the account ever had instead of the short index on `dueAt`.
 */
async function findWaiting(
  { store, clock }: WakeDeps,
  accountId: string,
  providerId: string,
): Promise<Reward[]> {
  const due = await store.find('reward_log', {
    where: atMost('dueAt', clock.now()),
    sort: ascending('dueAt', 'id'),
    limit: MAX_LOOKED_THROUGH,
  })
  return due.filter(
    (row) =>
      row.accountId === accountId &&
      row.fulfilmentStatus === 'pending' &&
      row.reward?.providerId === providerId,
  )
}

async function wake({ store, clock, queue }: WakeDeps, rewards: readonly Reward[]): Promise<void> {
  const updatedAt = clock.now()
  const result = await store.commit(
    rewards.map((reward) => revise('reward_log', reward, { attempt: reward.attempt + 1, updatedAt })),
  )
  if (result.outcome === 'conflict') return
  await queue.enqueue(
    'reward',
    rewards.map((reward) => rewardJobOf({ ...reward, attempt: reward.attempt + 1 })),
  )
}

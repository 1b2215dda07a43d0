import type { Clock } from '../ports/clock.ts'
import type { JobQueue } from '../ports/queue.ts'
import type { Row } from '../ports/schema.ts'
import type { Change, Store } from '../ports/store.ts'

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
 * Queues rewards anew that wait for this provider, longest waiting first, at most `limit` and those among the account's
 * first 1,000 with work to do: the raised `attempt` makes a new job and lets the old, delayed one end without doing
 * anything. Best effort: whoever is missed comes back when its backoff is over. Never rejects.
 */
export async function wakeRewards(
  deps: WakeDeps,
  accountId: string,
  providerId: string,
  limit: number,
): Promise<void> {
  try {
    const waiting = (await findDue(deps, accountId)).filter((row) => row.reward?.providerId === providerId)
    const chosen = waiting.slice(0, limit)
    for (let first = 0; first < chosen.length; first += REWARDS_PER_COMMIT) {
      await wake(deps, chosen.slice(first, first + REWARDS_PER_COMMIT))
    }
  } catch {
    // The codes are stored and the rewards have their jobs: there is nothing to tell the caller.
  }
}

/** Asks in the form of the sweep, which the index on `dueAt` serves. */
function findDue({ store, clock }: WakeDeps, accountId: string): Promise<Reward[]> {
  return store.find('reward_log', {
    where: {
      and: [
        { field: 'dueAt', op: 'lte', value: clock.now() },
        { field: 'accountId', op: 'eq', value: accountId },
        { field: 'fulfilmentStatus', op: 'eq', value: 'issuing' },
      ],
    },
    sort: [
      { field: 'dueAt', order: 'asc' },
      { field: 'id', order: 'asc' },
    ],
    limit: MAX_LOOKED_THROUGH,
  })
}

async function wake({ store, clock, queue }: WakeDeps, rewards: readonly Reward[]): Promise<void> {
  const updatedAt = clock.now()
  const result = await store.commit(
    rewards.map(({ id, accountId, revision, attempt }): Change => {
      const set = { attempt: attempt + 1, revision: revision + 1, updatedAt }
      return { op: 'update', collection: 'reward_log', id, accountId, guard: { revision }, set }
    }),
  )
  if (result.outcome === 'conflict') return
  await queue.enqueue(
    'reward',
    rewards.map(({ id, accountId, attempt }) => ({ accountId, rewardLogId: id, attempt: attempt + 1 })),
  )
}

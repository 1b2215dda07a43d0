import { next } from '../life/life.ts'
import { shareJobs } from '../life/share-jobs.ts'
import { revise } from '../ports/changes.ts'
import type { Clock } from '../ports/clock.ts'
import { equal } from '../ports/conditions.ts'
import { type JobQueue, rewardJobsOf } from '../ports/queue.ts'
import type { Row } from '../ports/schema.ts'
import type { Store } from '../ports/store.ts'
import { findWaiting } from './find-waiting.ts'

const REWARDS_PER_COMMIT = 100

export interface WakeDeps {
  readonly store: Store
  readonly clock: Clock
  readonly queue: Pick<JobQueue, 'enqueue'>
}

type Reward = Row<'reward_log'>

/**
 * Queues rewards anew that wait for this provider, longest waiting first, at most `limit`: the raised `attempt` makes a
 * new job and lets the old, delayed one end without doing anything. Best effort: whoever is missed comes back when its backoff is over. Never rejects.
 */
export async function wakeRewards(deps: WakeDeps, providerId: string, limit: number): Promise<void> {
  try {
    const chosen = await findWaiting(deps.store, providerId, limit, equal({ fulfilmentStatus: 'pending' }))
    for (let first = 0; first < chosen.length; first += REWARDS_PER_COMMIT) {
      await wake(deps, chosen.slice(first, first + REWARDS_PER_COMMIT))
    }
  } catch {
    // The codes are stored and the rewards have their jobs: there is nothing to tell the caller.
  }
}

async function wake({ store, clock, queue }: WakeDeps, rewards: readonly Reward[]): Promise<void> {
  const updatedAt = clock.now()
  const batchIds = shareJobs(rewards)
  const woken = rewards.flatMap((reward) => {
    const turn = next(reward, { kind: 'woken' }, updatedAt)
    return turn.to === 'next' ? [{ reward, set: { ...turn.set, batchId: batchIds.get(reward.id)! } }] : []
  })
  const result = await store.commit(woken.map(({ reward, set }) => revise('reward_log', reward, set)))
  if (result.outcome === 'conflict') return
  await queue.enqueue('reward', rewardJobsOf(woken.map(({ reward, set }) => ({ ...reward, ...set }))))
}

import { next } from '../life/life.ts'
import { shareJobs } from '../life/share-jobs.ts'
import { change, revise } from '../ports/changes.ts'
import type { Clock } from '../ports/clock.ts'
import { all, equal } from '../ports/conditions.ts'
import { type JobQueue, rewardJobsOf } from '../ports/queue.ts'
import type { Row } from '../ports/schema.ts'
import type { Change, Store } from '../ports/store.ts'
import type { ProviderState } from './breaker.ts'
import { findWaiting } from './find-waiting.ts'

const PARKED = equal<'reward_log'>({ heldReason: 'provider_paused' })
const REVOKING = equal<'reward_log'>({ fulfilmentStatus: 'revoking' })
const REWARDS_PER_COMMIT = 200
/** Pages of one call; what is left is let go by the next one. */
const MAX_PAGES = 500

export interface LetGoDeps {
  readonly store: Store
  readonly clock: Clock
  /** Without one the sweep finds what is due. */
  readonly queue?: Pick<JobQueue, 'enqueue'>
}

type Reward = Row<'reward_log'>

interface Going {
  readonly reward: Reward
  readonly set: Partial<Omit<Reward, 'revision'>>
}

/** What becomes of rewards that were parked as they go on together: they share jobs, and have all their tries. */
function going(parked: readonly Reward[], now: number): Going[] {
  const batchIds = shareJobs(parked)
  return parked.map((reward) => {
    const turn = next(reward, { kind: 'let_go' }, now)
    const set = turn.to === 'next' ? { ...turn.set, batchId: batchIds.get(reward.id)! } : {}
    return { reward, set }
  })
}

function jobsOf(gone: readonly Going[]) {
  return rewardJobsOf(gone.map(({ reward, set }) => ({ ...reward, ...set })))
}

/**
 * Lets the rewards go that were parked while their provider was paused, the oldest first, and notes when none is left.
 * May be killed and repeated: whoever sees that the state is still due goes on. Nothing is let go of a provider that
 * is paused again. @throws AppError STORE_UNAVAILABLE
 */
export async function letGo({ store, clock, queue }: LetGoDeps, { id }: ProviderState): Promise<void> {
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const [state] = await store.findByKeys('provider_state', ['id'], [[id]])
    if (state === undefined || state.state === 'paused' || state.dueAt === null) return
    const parked = await findWaiting(store, id, REWARDS_PER_COMMIT, PARKED)
    const now = clock.now()
    const gone = going(parked, now)
    const changes = [
      ...gone.map(({ reward, set }) => revise('reward_log', reward, set)),
      stillOk(state, parked.length < REWARDS_PER_COMMIT, now),
    ]
    // a reward that somebody else changed at the same moment is looked at again
    if ((await store.commit(changes)).outcome === 'conflict') continue
    await queue?.enqueue('reward', jobsOf(gone))
    if (parked.length < REWARDS_PER_COMMIT) return
  }
}

/** Whoever parks a reward at the same moment meets a conflict, and finds that the provider is asked again. */
function stillOk(state: ProviderState, isDone: boolean, updatedAt: number): Change {
  const set = { revision: state.revision + 1, updatedAt, ...(isDone ? { dueAt: null } : {}) }
  return change('provider_state', state, { revision: state.revision, state: 'ok' }, set)
}

/**
 * Has those coupons asked back once more that wait for that because their provider is paused: whoever is gone for good
 * may say at once what that means. They are parked again where it means nothing. @throws AppError STORE_UNAVAILABLE
 */
export async function letGoOfRevoking(
  { store, clock, queue }: LetGoDeps,
  { providerId }: { readonly providerId: string },
): Promise<void> {
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const parked = await findWaiting(store, providerId, REWARDS_PER_COMMIT, all(PARKED, REVOKING))
    const now = clock.now()
    const gone = going(parked, now)
    if (gone.length === 0) return
    const changes = gone.map(({ reward, set }) => revise('reward_log', reward, set))
    // a reward that somebody else changed at the same moment is looked at again
    if ((await store.commit(changes)).outcome === 'conflict') continue
    await queue?.enqueue('reward', jobsOf(gone))
    if (parked.length < REWARDS_PER_COMMIT) return
  }
}

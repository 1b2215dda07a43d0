import { findRow } from '../commit/planned.ts'
import { untilWritten } from '../commit/until-written.ts'
import { happen } from '../engine/happen.ts'
import type { Teller } from '../engine/happenings.ts'
import { AppError } from '../errors.ts'
import { insert, remove } from '../ports/changes.ts'
import type { Clock } from '../ports/clock.ts'
import { type JobQueue, rewardJobOf } from '../ports/queue.ts'
import type { Row } from '../ports/schema.ts'
import type { Change, Store } from '../ports/store.ts'
import { foldedForms } from './code.ts'

const MAX_ROUNDS = 20

export interface RewardReplayDeps {
  readonly store: Store
  readonly clock: Clock
  /** Without one the sweep finds what is due. */
  readonly queue?: Pick<JobQueue, 'enqueue'>
  /** Without one nobody is told. */
  readonly teller?: Teller
  /** Without them one whose code is taken at its provider is asked for by the same code again. */
  readonly sources?: Sources
}

interface Sources {
  /** A new UUID. */
  readonly newId: () => string
  readonly drawCode: (prefix: string) => { readonly code: string; readonly foldedCode: string }
}

/** How the reason begins of a reward whose code somebody else has at its provider. */
const CODE_TAKEN = 'CODE_TAKEN:'

type Reward = Row<'reward_log'>

/**
 * Has the coupon of a failed reward tried again: its provider is asked with the same key for the same code, so that
 * one which was made after all is taken over and no second one comes to be; one whose code somebody else has there gets another code. Where its hold is not over, or a cap has no room for it, it is held. A reward that has lost its ground is
 * revoked and not failed. One that is pending, issuing or issued is answered as it is; so is a manual one.
 * Atomic, idempotent.
 * @throws AppError NOT_FOUND, REWARD_HELD, REWARD_REVOKED, STORE_BUSY, STORE_UNAVAILABLE
 */
export function replayReward(deps: RewardReplayDeps, accountId: string, id: string): Promise<Reward> {
  return untilWritten(`reward_log ${id}`, MAX_ROUNDS, async () => {
    const reward = await findReward(deps.store, accountId, id)
    const drawn = await drawnAnew(deps, reward)
    const written = await happen(deps, reward, { kind: 'replayed', ...drawn.code }, drawn.changes)
    if (written === null || written === reward || (written.dueAt ?? Infinity) > deps.clock.now())
      return written
    void deps.queue?.enqueue('reward', [rewardJobOf(written)])
    return written
  })
}

/** Another code, where the one of before is another's at the provider: nobody may take that for the reward's. */
async function drawnAnew({ store, clock, sources }: RewardReplayDeps, reward: Reward) {
  const { accountId, id: rewardLogId, drawnCode, fulfilmentStatus: status } = reward
  const isTaken = status === 'failed' && (reward.failureReason?.startsWith(CODE_TAKEN) ?? false)
  if (!isTaken || sources === undefined || drawnCode === null) return { code: {}, changes: [] }
  const { code, foldedCode } = sources.drawCode(reward.reward?.prefix ?? '')
  const keys = foldedForms(drawnCode).map((form) => [accountId, form])
  const known = await store.findByKeys('coupon_code', ['accountId', 'foldedCode'], keys)
  const former = known.filter((row) => row.source === 'drawn' && row.rewardLogId === rewardLogId)
  const now = clock.now()
  const common = { id: sources.newId(), accountId, createdAt: now, updatedAt: now }
  const owner = { source: 'drawn', providerId: null, rewardLogId } as const
  const changes: Change[] = [
    ...former.map((row) => remove('coupon_code', row, { rewardLogId })),
    insert('coupon_code', { ...common, code, foldedCode, ...owner }),
  ]
  return { code: { drawnCode: code }, changes }
}

/**
 * An operator's decision not to have a coupon made: a reward that is waiting for one, or held, becomes `failed` with this reason,
 * so that nothing tries again and the merchant may give it a code; a replay takes it up again. A request that was under
 * way may have made the coupon: it exists under the reward's code then, and nobody is told of it. Of a failed reward
 * the reason stays. Atomic, idempotent.
 * @throws AppError NOT_FOUND, CONFLICT (issued, or the merchant's to fulfil), REWARD_REVOKED, STORE_BUSY,
 * STORE_UNAVAILABLE
 */
export function abandonReward(
  deps: RewardReplayDeps,
  accountId: string,
  id: string,
  reason: string,
): Promise<Reward> {
  return untilWritten(`reward_log ${id}`, MAX_ROUNDS, async () => {
    const reward = await findReward(deps.store, accountId, id)
    return happen(deps, reward, { kind: 'abandoned', reason })
  })
}

async function findReward(store: Store, accountId: string, id: string): Promise<Reward> {
  const reward = await findRow(store, 'reward_log', accountId, id)
  if (reward === null) throw new AppError('NOT_FOUND', `there is no reward_log ${id}`)
  return reward
}

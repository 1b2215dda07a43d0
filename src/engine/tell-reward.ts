import { findRow } from '../commit/planned.ts'
import { insert } from '../ports/changes.ts'
import type { Instant } from '../ports/clock.ts'
import { type JobQueue, messageJobOf } from '../ports/queue.ts'
import type { FulfilmentStatus } from '../ports/schema/values.ts'
import type { Row } from '../ports/schema.ts'
import type { Change, Store } from '../ports/store.ts'
import { type Happening, isHeard, NOBODY, type RewardEvent, rewardCause, type Teller } from './happenings.ts'

type Reward = Row<'reward_log'>

/** What it is told of as that a reward log has this status now. */
const TOLD_AS: Readonly<Partial<Record<FulfilmentStatus, RewardEvent>>> = {
  issued: 'reward.issued',
  failed: 'reward.failed',
  revoked: 'reward.revoked',
}

/** As which event the step of a reward log from one state to the next is told; null: it is not. */
export function rewardEvent(before: Reward | null, after: Reward): RewardEvent | null {
  if (before?.fulfilmentStatus === after.fulfilmentStatus) return null
  return TOLD_AS[after.fulfilmentStatus] ?? null
}

export interface TellRewardDeps {
  readonly store: Store
  /** Without one nobody is told. */
  readonly teller?: Teller | undefined
  readonly queue?: Pick<JobQueue, 'enqueue'> | undefined
}

export interface ToldSteps {
  /** To be written in the commit of the steps. */
  readonly changes: readonly Change[]
  /** To be called once that is committed: the messages are sent at once, and not only when the sweep finds them. */
  sent(): void
}

const NOTHING: ToldSteps = { changes: [], sent() {} }

/**
 * What has to be written beside steps of rewards, each as it was and as the commit leaves it (with its revision raised),
 * so that merchants' systems hear of them. Reads nothing where nobody listens. @throws AppError STORE_UNAVAILABLE
 */
export async function tellRewards(
  { store, teller, queue }: TellRewardDeps,
  steps: readonly { readonly before: Reward | null; readonly after: Reward }[],
  now: Instant,
): Promise<ToldSteps> {
  const told = steps.flatMap(({ before, after }) => {
    const event = rewardEvent(before, after)
    return event === null ? [] : [{ event, rewardLog: after }]
  })
  if (teller === undefined || told.length === 0) return NOTHING
  const accounts = [...new Set(told.map(({ rewardLog }) => rewardLog.accountId))]
  const listeners = await teller.listeners(accounts)
  if (listeners.size === 0) return NOTHING
  const heard = told.filter(({ event, rewardLog }) => isHeard(listeners, rewardLog.accountId, event))
  const happenings = await Promise.all(heard.map(({ event, rewardLog }) => joined(store, event, rewardLog)))
  const messages = teller.messages(happenings.flat(), listeners ?? NOBODY, now)
  return {
    changes: messages.map((message) => insert('webhook_message', message)),
    sent() {
      if (messages.length > 0) void queue?.enqueue('message', messages.map(messageJobOf))
    },
  }
}

async function joined(store: Store, event: RewardEvent, rewardLog: Reward): Promise<Happening[]> {
  const { accountId, ownedById, milestoneId, linkedSchemaRecordId } = rewardLog
  const [member, milestone, streak] = await Promise.all([
    findRow(store, 'member', accountId, ownedById),
    findRow(store, 'milestone', accountId, milestoneId),
    findRow(store, 'streak', accountId, linkedSchemaRecordId),
  ])
  // a milestone stays while it has rewards, and so do its streak and who earned them
  if (member === null || milestone === null || streak === null) return []
  return [{ event, member, milestone, streak, rewardLog, cause: rewardCause(event, rewardLog) }]
}

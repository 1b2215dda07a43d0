import { shareJobs } from '../../src/life/share-jobs.ts'
import { change } from '../../src/ports/changes.ts'
import {
  activityJobOf,
  activityJobsOf,
  type JobOf,
  type JobQueue,
  type JobState,
  messageJobOf,
  type QueueName,
  rewardJobOf,
  rewardJobsOf,
} from '../../src/ports/queue.ts'
import type { Row } from '../../src/ports/schema.ts'
import type { Change, Query, Store } from '../../src/ports/store.ts'

export type DueCollection = 'delivery_item' | 'reward_log' | 'webhook_message'
export type DueRow = Pick<Row<DueCollection>, 'id' | 'accountId' | 'dueAt' | 'attempt'>
type Raised = Pick<Row<DueCollection>, 'attempt' | 'dueAt' | 'updatedAt'> & Batch
/** Of rows that share jobs. */
interface Batch {
  readonly batchId?: string | null
}

/** A kind of row that is worked off by jobs, with the queue of those jobs. */
export interface Lane {
  readonly collection: DueCollection
  /** Leaves out what is wide or personal. */
  read(store: Store, query: Query<DueCollection>): Promise<DueRow[]>
  /** Of the job that each row's `attempt` names; of a reward that shares one, live where either of the two is. */
  states(queue: JobQueue, rows: readonly DueRow[]): Promise<JobState[]>
  add(queue: JobQueue, rows: readonly DueRow[]): Promise<void>
  /** What each of the rows is told besides that are queued anew in one commit. */
  together(rows: readonly DueRow[]): (row: DueRow) => Batch
  /** A conflict when anybody took the row's work further in the meantime. */
  raise(row: DueRow, to: Raised): Change
}

interface LaneSpec<Q extends QueueName, R extends DueRow> {
  readonly collection: DueCollection
  readonly queue: Q
  read(store: Store, query: Query<DueCollection>): Promise<R[]>
  jobOf(row: R): JobOf<Q>
  /** Rows of one job come as one. */
  jobsOf(rows: readonly R[]): JobOf<Q>[]
  states?(queue: JobQueue, rows: readonly R[]): Promise<JobState[]>
  together?(rows: readonly R[]): (row: DueRow) => Batch
  raise(row: R, to: Raised): Change
}

function lane<Q extends QueueName, R extends DueRow>(spec: LaneSpec<Q, R>): Lane {
  // The rows are those that `read` gave.
  const own = (rows: readonly DueRow[]) => rows as readonly R[]
  return {
    collection: spec.collection,
    read: spec.read,
    states: (queue, rows) =>
      spec.states?.(queue, own(rows)) ?? queue.states(spec.queue, own(rows).map(spec.jobOf)),
    together: (rows) => spec.together?.(own(rows)) ?? (() => ({})),
    add: (queue, rows) => queue.add(spec.queue, spec.jobsOf(own(rows))),
    raise: (row, to) => spec.raise(row as R, to),
  }
}

const items = lane<'activity', Row<'delivery_item'>>({
  collection: 'delivery_item',
  queue: 'activity',
  read: (store, query) => store.find('delivery_item', { ...query, omit: ['activity', 'reason', 'message'] }),
  jobOf: activityJobOf,
  jobsOf: activityJobsOf,
  raise: (row, to) => change('delivery_item', row, { dueAt: row.dueAt, attempt: row.attempt }, to),
})

const rewards = lane<'reward', Row<'reward_log'>>({
  collection: 'reward_log',
  queue: 'reward',
  read: (store, query) => store.find('reward_log', { ...query, omit: ['reward', 'drawnCode', 'couponCode'] }),
  jobOf: rewardJobOf,
  jobsOf: rewardJobsOf,
  states: rewardStates,
  together(rows) {
    const batchIds = shareJobs(rows)
    return ({ id }) => ({ batchId: batchIds.get(id) ?? null })
  },
  raise(row, to) {
    const { dueAt, attempt, revision } = row
    return change('reward_log', row, { dueAt, attempt, revision }, { ...to, revision: revision + 1 })
  },
})

/** A job that several share is asked about once. One that met trouble in it has a job of its own. */
async function rewardStates(queue: JobQueue, rows: readonly Row<'reward_log'>[]): Promise<JobState[]> {
  const batches = Map.groupBy(
    rows.filter(({ batchId }) => batchId !== null),
    ({ batchId }) => batchId!,
  )
  const shared = [...batches].map(([batchId, some]) => ({ batchId, items: some.map(rewardJobOf) }))
  const states = await queue.states('reward', [...rows.map(rewardJobOf), ...shared])
  const ofBatch = new Map(shared.map(({ batchId }, at) => [batchId, states[rows.length + at]!]))
  return rows.map(({ batchId }, at) => {
    const both = [states[at]!, batchId === null ? 'absent' : ofBatch.get(batchId)!]
    return both.find((state) => state === 'live') ?? both.find((state) => state === 'ended') ?? 'absent'
  })
}

const messages = lane<'message', Row<'webhook_message'>>({
  collection: 'webhook_message',
  queue: 'message',
  read: (store, query) => store.find('webhook_message', { ...query, omit: ['body', 'attempts', 'cause'] }),
  jobOf: messageJobOf,
  jobsOf: (rows) => rows.map(messageJobOf),
  raise(row, to) {
    const { dueAt, attempt, revision } = row
    return change('webhook_message', row, { dueAt, attempt, revision }, { ...to, revision: revision + 1 })
  },
})

export const LANES: readonly Lane[] = [items, rewards, messages]

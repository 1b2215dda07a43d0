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
} from '../../src/ports/queue.ts'
import type { Row } from '../../src/ports/schema.ts'
import type { Change, Query, Store } from '../../src/ports/store.ts'

export type DueCollection = 'delivery_item' | 'reward_log' | 'webhook_message'
export type DueRow = Pick<Row<DueCollection>, 'id' | 'accountId' | 'dueAt' | 'attempt'>
type Raised = Pick<Row<DueCollection>, 'attempt' | 'dueAt' | 'updatedAt'>

/** A kind of row that is worked off by jobs, with the queue of those jobs. */
export interface Lane {
  readonly collection: DueCollection
  /** Leaves out what is wide or personal. */
  read(store: Store, query: Query<DueCollection>): Promise<DueRow[]>
  /** Of the job that each row's `attempt` names. */
  states(queue: JobQueue, rows: readonly DueRow[]): Promise<JobState[]>
  add(queue: JobQueue, rows: readonly DueRow[]): Promise<void>
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
  raise(row: R, to: Raised): Change
}

function lane<Q extends QueueName, R extends DueRow>(spec: LaneSpec<Q, R>): Lane {
  // The rows are those that `read` gave.
  const own = (rows: readonly DueRow[]) => rows as readonly R[]
  return {
    collection: spec.collection,
    read: spec.read,
    states: (queue, rows) => queue.states(spec.queue, own(rows).map(spec.jobOf)),
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
  jobsOf: (rows) => rows.map(rewardJobOf),
  raise(row, to) {
    const { dueAt, attempt, revision } = row
    return change('reward_log', row, { dueAt, attempt, revision }, { ...to, revision: revision + 1 })
  },
})

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

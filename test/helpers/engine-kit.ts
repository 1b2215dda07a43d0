import { v7 as uuidv7 } from 'uuid'
import type { Shifts } from '../../src/commit/shifts.ts'
import { createRecorder } from '../../src/engine/record.ts'
import type {
  EntryRecorder,
  EntryRequest,
  EntryResult,
  Recorder,
  RecordRequest,
  RecordResult,
} from '../../src/engine/types.ts'
import { createViews } from '../../src/engine/views/views.ts'
import type { JobQueue, RewardJob } from '../../src/ports/queue.ts'
import type { Row } from '../../src/ports/schema.ts'
import type { Store } from '../../src/ports/store.ts'
import { plainMilestone, plainStreak } from './plain-rows.ts'
import { quietLogger } from './quiet-logger.ts'
import { rewardsOf } from './reward-jobs.ts'

/** An engine on a store, with a clock to set and rows made by hand. The queue only notes what it is given. */
export class EngineKit {
  readonly store: Store
  readonly accountId = uuidv7()
  readonly views
  readonly recorder: Recorder & EntryRecorder
  readonly enqueued: RewardJob[] = []
  now = Date.UTC(2025, 6, 15)

  constructor(store: Store) {
    this.store = store
    this.views = createViews(store)
    this.recorder = this.anotherRecorder()
  }

  /**
   * A recorder of its own, as another process would have; on the same store or on its own connection to the same data.
   */
  anotherRecorder(store: Store = this.store, shifts?: Shifts): Recorder & EntryRecorder {
    const drawCode = () => {
      const code = `C-${uuidv7()}`
      return { code, foldedCode: code }
    }
    return createRecorder({
      ...(shifts === undefined ? {} : { shifts }),
      store,
      queue: notingQueue(this.enqueued),
      clock: { now: () => this.now },
      logger: quietLogger,
      sources: { newId: uuidv7, drawCode },
    })
  }

  common() {
    return { id: uuidv7(), accountId: this.accountId, createdAt: this.now, updatedAt: this.now, revision: 1 }
  }

  async streak(fields: Partial<Row<'streak'>> = {}): Promise<Row<'streak'>> {
    const row = this.streakRow(fields)
    await this.store.commit([{ op: 'insert', collection: 'streak', row }])
    return row
  }

  streakRow(fields: Partial<Row<'streak'>> = {}): Row<'streak'> {
    return plainStreak(this.common(), fields)
  }

  async milestone(streak: Row<'streak'>, fields: Partial<Row<'milestone'>> = {}): Promise<Row<'milestone'>> {
    const row = this.milestoneRow(streak, fields)
    await this.store.commit([{ op: 'insert', collection: 'milestone', row }])
    return row
  }

  milestoneRow(streak: Row<'streak'>, fields: Partial<Row<'milestone'>> = {}): Row<'milestone'> {
    return plainMilestone(this.common(), streak.id, fields)
  }

  request(streak: Row<'streak'>, activityAt: number, fields: Partial<RecordRequest> = {}): RecordRequest {
    return {
      accountId: this.accountId,
      streakId: streak.id,
      member: { externalId: 'm1', profile: {}, profileAt: null },
      activityId: 'made_a_purchase',
      uniqueIdentifier: uuidv7(),
      activityAt,
      activityValue: null,
      status: 'live',
      enrich: true,
      ...fields,
    }
  }

  record(
    streak: Row<'streak'>,
    activityAt: number,
    fields: Partial<RecordRequest> = {},
  ): Promise<RecordResult> {
    return this.recorder.record(this.request(streak, activityAt, fields))
  }

  /** Takes a log back, whole or by a value. */
  withdraw(
    streakLogId: string,
    value: bigint | null = null,
    uniqueIdentifier: string = uuidv7(),
  ): Promise<EntryResult> {
    return this.enter(streakLogId, { kind: 'withdrawal', value, uniqueIdentifier })
  }

  reinstate(streakLogId: string, withdrawalId: string): Promise<EntryResult> {
    return this.enter(streakLogId, { kind: 'reinstatement', withdrawalId })
  }

  enter(streakLogId: string, entry: EntryRequest['entry']): Promise<EntryResult> {
    return this.recorder.enter({ accountId: this.accountId, streakLogId, reason: 'a test', entry })
  }

  rows<
    C extends
      | 'streak_progress'
      | 'member_streak'
      | 'reward_log'
      | 'streak_log'
      | 'run'
      | 'member'
      | 'purchase'
      | 'withdrawal',
  >(collection: C): Promise<Row<C>[]> {
    return this.store.find(collection, {
      where: { field: 'accountId', op: 'eq', value: this.accountId } as never,
      sort: [{ field: 'createdAt', order: 'asc' } as never, { field: 'id', order: 'asc' } as never],
      limit: 20_000,
    })
  }
}

function notingQueue(enqueued: RewardJob[]): JobQueue {
  return {
    enqueue: async (queue, jobs) => {
      if (queue === 'reward') enqueued.push(...rewardsOf(jobs))
    },
    add: async () => {},
    states: async (_queue, jobs) => jobs.map(() => 'absent' as const),
    reachable: async () => true,
    close: async () => {},
  }
}

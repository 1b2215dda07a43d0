import { randomBytes } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import { createRecorder } from '../../src/engine/record.ts'
import type { RecordRequest } from '../../src/engine/types.ts'
import type { JobQueue } from '../../src/ports/queue.ts'
import type { Row } from '../../src/ports/schema.ts'
import { drawCode, foldCode } from '../../src/rewards/code.ts'
import '../helpers/zone-data.ts'
import { openStore, type StoreKind } from '../helpers/open-store.ts'
import { quietLogger } from '../helpers/quiet-logger.ts'
import { commitAll, countMilestone, dailyStreak } from './installation.ts'

const IN_FLIGHT = 256
/** A cycle of two days: each day that is completed grants one reward, at whatever size of the ledger. */
const CYCLE_DAYS = 2

/** Where and when the n-th log of a ledger happens. */
export interface Layout {
  readonly name: string
  at(number: number): { readonly member: number; readonly activityAt: number }
}

/** A store of its own with an engine on it, and how many logs it holds. */
export interface Ledger {
  /** Records the next `logs` logs with 256 in flight. Resolves to the time that took, in milliseconds. */
  record(logs: number): Promise<number>
  close(): Promise<void>
}

export async function openLedger(kind: StoreKind, uri: string, layout: Layout): Promise<Ledger> {
  const store = await openStore(kind, uri)
  await store.migrate()
  const accountId = uuidv7()
  const common = () => {
    const now = Date.now()
    return { id: uuidv7(), accountId, createdAt: now, updatedAt: now, revision: 1 }
  }
  const streak = dailyStreak(common(), CYCLE_DAYS)
  const milestones = [
    countMilestone(common(), streak.id, 1),
    countMilestone(common(), streak.id, CYCLE_DAYS),
    countMilestone(common(), streak.id, 1, 'once'),
  ]
  await commitAll(store, [
    { op: 'insert', collection: 'streak', row: streak },
    ...milestones.map((row) => ({ op: 'insert', collection: 'milestone', row }) as const),
  ])
  const recorder = createRecorder({
    store,
    queue: noQueue,
    clock: { now: Date.now },
    logger: quietLogger,
    sources: { newId: uuidv7, drawCode: draw },
  })
  let recorded = 0

  async function recordNext(until: number): Promise<void> {
    while (recorded < until) {
      const number = recorded
      recorded += 1
      const { outcome } = await recorder.record(requestOf(layout, streak, number))
      if (outcome !== 'recorded') throw new Error(`log ${number} was ${outcome}`)
    }
  }

  return {
    async record(logs) {
      const until = recorded + logs
      const startedAt = performance.now()
      await Promise.all(Array.from({ length: IN_FLIGHT }, () => recordNext(until)))
      return performance.now() - startedAt
    },
    close: () => store.close(),
  }
}

function requestOf(layout: Layout, streak: Row<'streak'>, number: number): RecordRequest {
  const { member, activityAt } = layout.at(number)
  return {
    accountId: streak.accountId,
    streakId: streak.id,
    member: {
      externalId: `shopify:${7_000_000 + member}`,
      profile: { firstName: 'Ada' },
      profileAt: activityAt,
    },
    activityId: 'made_a_purchase',
    uniqueIdentifier: String(5_000_000_000 + number),
    activityAt,
    activityValue: null,
    status: 'live',
    enrich: false,
  }
}

function draw(prefix: string): { code: string; foldedCode: string } {
  const code = drawCode(prefix, randomBytes)
  return { code, foldedCode: foldCode(code) }
}

/** Nothing is to be made for the rewards here. */
const noQueue: JobQueue = {
  enqueue: async () => {},
  add: async () => {},
  states: async (_queue, jobs) => jobs.map(() => 'absent'),
  reachable: async () => true,
  close: async () => {},
}

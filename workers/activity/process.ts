import { Batcher } from '../../src/commit/batcher.ts'
import { purchaseRequest } from '../../src/engine/purchase-request.ts'
import type { EntryRecorder, Recorder, RecordResult } from '../../src/engine/types.ts'
import { AppError, isRetryable } from '../../src/errors.ts'
import { change } from '../../src/ports/changes.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { Logger } from '../../src/ports/logger.ts'
import { type Metrics, NO_METRICS } from '../../src/ports/metrics.ts'
import type { ActivityItem, ActivityJob, JobContext } from '../../src/ports/queue.ts'
import { addressBeside } from '../../src/ports/schema/member-names.ts'
import type { Row } from '../../src/ports/schema.ts'
import type { Store } from '../../src/ports/store.ts'
import { createApplyReport } from './apply-report.ts'

export interface ProcessDeps {
  readonly store: Store
  readonly recorder: Recorder & EntryRecorder
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics?: Pick<Metrics, 'counted'>
}

const ITEMS_PER_READ = 256

/**
 * Records what the items of a job say, all at once: none waits for another, and none fails with another. Idempotent:
 * an item that is settled, or queued anew meanwhile, is left alone.
 * @throws AppError, retryable, when the store cannot take it now: the item stays due, also after the last try. What
 * cannot pass by itself marks the item failed: at once where the cause is known, on the last try where it is not. An
 * item that stays due after the last try says why it was not counted yet. FAILED_FOR_GOOD, final, for items that failed
 * at an earlier try: their job is listed as failed, though the others came through
 */
export function createProcessItems({ store, recorder, clock, logger, metrics = NO_METRICS }: ProcessDeps) {
  // jobs that start together read their items together
  const items = new Batcher<string, Row<'delivery_item'> | undefined>({
    run: async (ids) => {
      const rows = await store.findByKeys(
        'delivery_item',
        ['id'],
        ids.map((id) => [id]),
      )
      const byId = new Map(rows.map((row) => [row.id, row]))
      return ids.map((id) => byId.get(id))
    },
    keyOf: () => null,
    sizeOf: () => 1,
    maxItems: ITEMS_PER_READ,
    maxBytes: ITEMS_PER_READ,
    maxInFlight: 8,
  })

  const applyReport = createApplyReport({ store, recorder, clock })

  const write = async (item: Row<'delivery_item'>, fields: Partial<Row<'delivery_item'>>): Promise<void> => {
    const { status, attempt } = item
    const set = { ...fields, updatedAt: clock.now() }
    await store.commit([change('delivery_item', item, { status, attempt }, set)])
  }
  const markFailed = (item: Row<'delivery_item'>, error: unknown): Promise<void> => {
    const reason = error instanceof AppError ? error.code : 'INTERNAL'
    const message = error instanceof AppError ? error.message : 'an unexpected error; the log names it'
    const addressIdentity = item.activity === null ? null : addressBeside(item.activity)
    return write(item, { status: 'failed', reason, message, addressIdentity, dueAt: null })
  }
  /** Best effort: the trouble may be the store's own. */
  const markTroubled = async (item: Row<'delivery_item'>, error: AppError, tries: number): Promise<void> => {
    const message = `${tries} tries were in vain and more will follow: ${error.message}`
    await write(item, { reason: error.code, message }).catch(() => {})
  }

  async function processItem(
    { accountId, itemId }: ActivityItem,
    attempt: number,
    context: JobContext,
  ): Promise<void> {
    const item = await items.add(itemId)
    if (item === undefined || item.accountId !== accountId) {
      throw new AppError('NOT_FOUND', `no delivery item has the id ${itemId}`)
    }
    if (item.attempt !== attempt) return
    if (item.status === 'failed') throw failedForGood(item)
    if (!isOpen(item)) return
    const ids = { itemId: item.id, deliveryId: item.deliveryId, streakId: item.streakId }
    try {
      if (item.report !== null) {
        logger.info({ ...ids, ...(await applyReport(item, item.report)) }, 'report processed')
      } else if (item.activity !== null) {
        const result = await recorder.record(purchaseRequest(item, item.activity))
        if (result.outcome === 'recorded') metrics.counted(clock.now() - item.receivedAt)
        logger.info({ ...ids, ...outcomeOf(result) }, 'purchase processed')
      }
    } catch (error) {
      // trouble of the store may pass: the row stays due and the sweep goes on with it
      const passes = error instanceof AppError && error.retryable
      if (passes && context.lastTry) await markTroubled(item, error, context.tryNumber)
      else if (!passes && (context.lastTry || error instanceof AppError)) await markFailed(item, error)
      throw error
    }
  }

  return async function processItems(job: ActivityJob, context: JobContext): Promise<void> {
    const settled = await Promise.allSettled(job.items.map((item) => processItem(item, job.attempt, context)))
    const failures = settled.flatMap((result, at) =>
      result.status === 'rejected'
        ? [{ itemId: job.items[at]!.itemId, error: result.reason as unknown }]
        : [],
    )
    if (failures.length > 0) throw failureOf(failures, job.items.length)
  }
}

interface ItemFailure {
  readonly itemId: string
  readonly error: unknown
}

/** What the job fails with: it is tried again while that may help any of its items. */
function failureOf(failures: readonly ItemFailure[], items: number): unknown {
  const passing = failures.filter(({ error }) => isRetryable(error))
  const { itemId, error } = (passing[0] ?? failures[0])!
  if (items === 1 || !(error instanceof AppError)) return error
  const message = `${failures.length} of ${items} items failed, among them ${itemId}: ${error.message}`
  const waits = passing.flatMap(({ error }) =>
    error instanceof AppError && error.retryAfterMs !== undefined ? [error.retryAfterMs] : [],
  )
  return new AppError(error.code, message, {
    cause: error,
    ...(waits.length === 0 ? {} : { retryAfterMs: Math.max(...waits) }),
  })
}

function failedForGood({ reason, message }: Row<'delivery_item'>): AppError {
  return new AppError('FAILED_FOR_GOOD', `${reason}: ${message}`)
}

function isOpen({ status, report }: Row<'delivery_item'>): boolean {
  return status === 'pending' || (status === 'waiting' && report !== null)
}

function outcomeOf(result: RecordResult): object {
  if (result.outcome === 'recorded') return { outcome: 'counted', streakLogId: result.log.id }
  if (result.outcome === 'duplicate') return { outcome: 'duplicate', duplicateOfId: result.existingId }
  if (result.outcome === 'rejected') return { outcome: 'rejected', reason: result.code }
  return { outcome: result.outcome }
}

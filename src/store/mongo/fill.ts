import { setTimeout as wait } from 'node:timers/promises'
import { AppError } from '../../errors.ts'
import type { Fill } from '../../ports/schema/versions.ts'
import type { CollectionName } from '../../ports/schema.ts'
import type { MigrateOptions } from '../../ports/store.ts'
import { BEGUN, describeStep, FILL_BATCH, fillOf, type PlannedStep, type StepState } from '../plan.ts'
import { decodeRow, encodeFields, type StoredRow } from './codec.ts'
import { commitTransaction, TRANSACTION } from './commit.ts'
import type { MongoConnection, Session } from './connection.ts'
import { conflictOf } from './errors.ts'
import type { Lease } from './lease.ts'
import { readStep, writeStep } from './stamp.ts'

/** Longer than a server keeps the transaction of a process that died, 60 s unless told otherwise. */
const GIVE_UP_AFTER_MS = 120_000
const BUSY_PAUSE_MS = 100

export interface FillDeps {
  readonly connection: MongoConnection
  readonly lease: Lease
  /** @throws AppError once the store is closed */
  readonly check: () => void
}

/** Half of the time belongs to whoever records: after each batch it rests as long as that took. */
export async function fill(
  deps: FillDeps,
  planned: PlannedStep<Fill>,
  onProgress: NonNullable<MigrateOptions['onProgress']>,
): Promise<void> {
  const { connection, check } = deps
  const rows = connection.models.rows[planned.step.collection as CollectionName].collection
  const total = await connection.run(() => rows.estimatedDocumentCount())
  const what = describeStep(planned)
  const before = await connection.run((session) => readStep(connection.models, session, planned.name))
  onProgress({ what, done: before?.rows ?? 0, total })
  for (;;) {
    check()
    const begunMs = performance.now()
    const state = await untilCommitted(deps, planned)
    onProgress({ what, done: state.rows, total })
    if (state.done) return
    await wait(performance.now() - begunMs)
  }
}

/** A row that is being recorded on makes the batch a conflict, and so it is tried again. */
async function untilCommitted(deps: FillDeps, planned: PlannedStep<Fill>): Promise<StepState> {
  const giveUpAt = performance.now() + GIVE_UP_AFTER_MS
  for (;;) {
    const state = await deps.connection.write((session) => fillBatch(deps, session, planned))
    if (state !== null) return state
    deps.check()
    if (performance.now() > giveUpAt) {
      throw new AppError(
        'STORE_BUSY',
        `The store was written to all the time: ${describeStep(planned)} stopped.`,
      )
    }
    await wait(BUSY_PAUSE_MS)
  }
}

/** One transaction, which also notes how far it came; null when another writer was faster. */
async function fillBatch(
  { connection: { models }, lease }: FillDeps,
  session: Session,
  { name, step }: PlannedStep<Fill>,
): Promise<StepState | null> {
  const collection = step.collection as CollectionName
  const rows = models.rows[collection].collection
  session.startTransaction(TRANSACTION)
  try {
    await lease.renew(session)
    const before = (await readStep(models, session, name)) ?? BEGUN
    if (before.done) {
      await session.abortTransaction()
      return before
    }
    const found = await rows
      .find<StoredRow>({ _id: { $gt: before.cursor } as never }, { session })
      .sort({ _id: 1 })
      .limit(FILL_BATCH)
      .toArray()
    const filled = fillOf(
      step,
      found.map((row) => decodeRow(collection, row, undefined, models.schema)),
    )
    const writes = filled.map(({ id, set }) => ({
      updateOne: {
        filter: { _id: id as never },
        update: { $set: encodeFields(collection, set, models.schema) },
      },
    }))
    if (writes.length > 0) await rows.bulkWrite(writes, { session })
    const state: StepState = {
      cursor: found.at(-1)?._id ?? before.cursor,
      rows: before.rows + found.length,
      done: found.length < FILL_BATCH,
    }
    await writeStep(models, session, name, state)
    const result = await commitTransaction(session)
    return result.outcome === 'committed' ? state : null
  } catch (error) {
    if (session.inTransaction()) await session.abortTransaction().catch(() => {})
    const conflict = conflictOf(error, collection)
    if (conflict === null || conflict.reason === 'duplicate') throw error
    return null
  }
}

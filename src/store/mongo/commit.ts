import type mongoose from 'mongoose'
import type { Schema } from '../../ports/schema/spec.ts'
import type { CollectionName } from '../../ports/schema.ts'
import type { Change, CommitResult } from '../../ports/store.ts'
import { encodeFields, encodeRow, type StoredRow } from './codec.ts'
import { type MongoConnection, type Session, WRITE_CONCERN } from './connection.ts'
import { type Conflict, conflictOf } from './errors.ts'
import { insertAll } from './inserts.ts'
import type { Models } from './models.ts'
import { target, updateWrites } from './updates.ts'

type Write = mongoose.mongo.AnyBulkWriteOperation

/** Writes of one kind on one collection, in the order given: one round trip. */
type Batch = {
  readonly collection: CollectionName
  /** How many rows it must find or make. */
  readonly rows: number
} & (
  | { readonly op: 'insert'; readonly documents: readonly StoredRow[] }
  | { readonly op: 'update' | 'delete'; readonly writes: Write[] }
)

const ORDER = ['delete', 'update', 'insert'] as const
export const TRANSACTION = {
  readConcern: { level: 'snapshot' },
  writeConcern: WRITE_CONCERN,
  readPreference: 'primary',
} as const
/** `commitTransaction` may be repeated: the server remembers what became of the transaction. */
const COMMIT_TRIES = 3
const COMMIT_TRIES_WITHIN_MS = 2_500

/** `Store.commit`: one transaction, or none where one document is all there is to write. */
export async function commitChanges(
  connection: MongoConnection,
  changes: readonly Change[],
): Promise<CommitResult> {
  const [first] = changes
  if (first === undefined) return { outcome: 'committed' }
  const { models } = connection
  // one document is written atomically by itself, with the same write concern, for half the round trips
  if (changes.length === 1) return await connection.write((session) => writeOne(models, session, first))
  const batches = inBatches(changes, models.schema)
  return await connection.write((session) => writeAll(models, session, batches))
}

async function writeOne(models: Models, session: Session, change: Change): Promise<CommitResult> {
  const { schema } = models
  const rows = models.rows[change.collection].collection
  const options = { session, writeConcern: WRITE_CONCERN }
  try {
    switch (change.op) {
      case 'insert':
        await rows.insertOne(encodeRow(change.collection, change.row, schema) as object, options)
        return { outcome: 'committed' }
      case 'update': {
        const $set = encodeFields(change.collection, change.set, schema)
        const { matchedCount } = await rows.updateOne(target(change, schema), { $set }, options)
        return matchedCount === 1 ? { outcome: 'committed' } : changed(change.collection)
      }
      case 'delete': {
        const { deletedCount } = await rows.deleteOne(target(change, schema), options)
        return deletedCount === 1 ? { outcome: 'committed' } : changed(change.collection)
      }
    }
  } catch (error) {
    const conflict = conflictOf(error, change.collection)
    if (conflict === null) throw error
    return conflict
  }
}

async function writeAll(models: Models, session: Session, batches: readonly Batch[]): Promise<CommitResult> {
  session.startTransaction(TRANSACTION)
  for (const batch of batches) {
    const conflict = await writeBatch(models, session, batch)
    if (conflict === null) continue
    // after an error the server has ended the transaction itself
    if (conflict.reason === 'changed') await session.abortTransaction()
    return conflict
  }
  return await commitTransaction(session)
}

/** null: all of it was written, as far as the transaction goes. */
async function writeBatch(models: Models, session: Session, batch: Batch): Promise<Conflict | null> {
  const { collection, rows } = batch
  try {
    return (await written(models.rows[collection], session, batch)) === rows ? null : changed(collection)
  } catch (error) {
    const conflict = conflictOf(error, collection)
    if (conflict === null) throw error
    return conflict
  }
}

/** How many rows it found or made. */
async function written(
  model: Models['rows'][CollectionName],
  session: Session,
  batch: Batch,
): Promise<number> {
  if (batch.op === 'insert') return await insertAll(model, session, batch.documents)
  const result = await model.collection.bulkWrite(batch.writes, { session, ordered: true })
  return batch.op === 'delete' ? result.deletedCount : result.matchedCount
}

/** Commits, once more where nobody knows whether it was. */
export async function commitTransaction(session: Session): Promise<CommitResult> {
  const giveUpAt = performance.now() + COMMIT_TRIES_WITHIN_MS
  for (let tries = 1; ; tries++) {
    try {
      await session.commitTransaction()
      return { outcome: 'committed' }
    } catch (error) {
      const conflict = conflictOf(error)
      if (conflict !== null) return conflict
      if (!isUnknownResult(error) || tries === COMMIT_TRIES || performance.now() > giveUpAt) throw error
    }
  }
}

function isUnknownResult(error: unknown): boolean {
  return error instanceof Error && 'hasErrorLabel' in error
    ? (error as mongoose.mongo.MongoError).hasErrorLabel('UnknownTransactionCommitResult')
    : false
}

function changed(collection: CollectionName): Conflict {
  return { outcome: 'conflict', reason: 'changed', collection }
}

function inBatches(changes: readonly Change[], schema: Schema): Batch[] {
  return ORDER.flatMap((op) => {
    const ofKind = changes.filter((change) => change.op === op)
    return [...Map.groupBy(ofKind, ({ collection }) => collection)].map(([collection, some]) => {
      return batchOf(op, collection, some, schema)
    })
  })
}

function batchOf(
  op: Change['op'],
  collection: CollectionName,
  changes: readonly Change[],
  schema: Schema,
): Batch {
  const of = { collection, rows: changes.length }
  switch (op) {
    case 'insert': {
      const inserts = changes as Extract<Change, { op: 'insert' }>[]
      return { ...of, op, documents: inserts.map(({ row }) => encodeRow(collection, row, schema)) }
    }
    case 'update':
      return {
        ...of,
        op,
        writes: updateWrites(collection, changes as Extract<Change, { op: 'update' }>[], schema),
      }
    case 'delete': {
      const deletes = changes as Extract<Change, { op: 'delete' }>[]
      return { ...of, op, writes: deletes.map((each) => ({ deleteOne: { filter: target(each, schema) } })) }
    }
  }
}

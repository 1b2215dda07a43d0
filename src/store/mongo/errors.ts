import mongoose from 'mongoose'
import { AppError } from '../../errors.ts'
import type { CollectionName } from '../../ports/schema.ts'
import type { CommitResult } from '../../ports/store.ts'

const { MongoBulkWriteError, MongoError, MongoNetworkError, MongoServerSelectionError } = mongoose.mongo

export type Conflict = Extract<CommitResult, { outcome: 'conflict' }>

const DUPLICATE_KEY = 11000

/** Server error codes that say: not now, or not by this server. With what they mean for whoever reads the log. */
const UNAVAILABLE: ReadonlyMap<number, string> = new Map([
  ...[6, 7, 89, 9001].map((code) => [code, 'the servers cannot reach each other'] as const),
  ...[91, 11600].map((code) => [code, 'the server is shutting down'] as const),
  ...[189, 10107, 10058, 11602, 13435, 13436, 133].map(
    (code) => [code, 'the replica set has no primary'] as const,
  ),
  ...[50, 262].map((code) => [code, 'the server took too long'] as const),
  ...[64, 79, 100].map((code) => [code, 'a majority of the replica set did not confirm the write'] as const),
  ...[134].map((code) => [code, 'the replica set has no majority'] as const),
  ...[43, 237, 11601].map((code) => [code, 'the server gave up the operation'] as const),
  ...[13, 18, 8000].map((code) => [code, 'the server refused the credentials of MONGODB_URI'] as const),
  ...[14031].map((code) => [code, 'the disk of the server is full'] as const),
])

/** WriteConflict, LockTimeout, SnapshotUnavailable, NoSuchTransaction, TemporarilyUnavailable. */
const BUSY: ReadonlySet<number> = new Set([112, 24, 246, 251, 365])

const OUT_OF_REACH: ReadonlySet<string> = new Set([
  'MongooseServerSelectionError',
  'MongoWaitQueueTimeoutError',
  'MongoNotConnectedError',
  'MongoTopologyClosedError',
  'MongoClientClosedError',
  'MongoServerClosedError',
  'MongoExpiredSessionError',
  'MongoPoolClosedError',
  'MongoStalePrimaryError',
])

export function storeUnavailable(why: string, cause?: unknown): AppError {
  return new AppError('STORE_UNAVAILABLE', `The store (MongoDB) cannot be used now: ${why}.`, { cause })
}

/** The error a bulk write hides inside its own. */
function unwrapped(error: unknown): unknown {
  if (!(error instanceof MongoBulkWriteError)) return error
  const inner: unknown = error.errorResponse
  return inner instanceof MongoError ? inner : error
}

/** STORE_UNAVAILABLE for whatever may pass by itself; everything else is a mistake of ours and stays what it is. */
export function translated(thrown: unknown): unknown {
  const error = unwrapped(thrown)
  const why = whyUnavailable(error)
  return why === null ? error : storeUnavailable(why, error)
}

function whyUnavailable(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || error instanceof AppError) return null
  if (error instanceof MongoServerSelectionError) return 'no primary answers'
  // a socket that breaks while it is written to: the driver lets the error of Node through as it is
  if (error instanceof MongoNetworkError || isOfSocket(error)) return 'the connection was lost'
  if ('name' in error && OUT_OF_REACH.has(String(error.name))) return 'no primary answers'
  return UNAVAILABLE.get(codeOf(error)) ?? null
}

function isOfSocket(error: object): boolean {
  return 'syscall' in error && /^(read|write|connect|getaddrinfo)/.test(String(error.syscall))
}

/** What a failed write means for its change set; null when it is no conflict. */
export function conflictOf(thrown: unknown, collection?: CollectionName): Conflict | null {
  const error = unwrapped(thrown)
  if (!(error instanceof MongoError) || whyUnavailable(error) !== null) return null
  const where = collection === undefined ? {} : { collection }
  if (codeOf(error) === DUPLICATE_KEY) {
    const index = duplicateIndex(error.message)
    return { outcome: 'conflict', reason: 'duplicate', ...where, ...(index !== null && { index }) }
  }
  if (BUSY.has(codeOf(error)) || error.hasErrorLabel('TransientTransactionError')) {
    return { outcome: 'conflict', reason: 'busy', ...where }
  }
  return null
}

/** The message is all there is: the driver drops `keyPattern` from bulk writes, and it would not name the index. */
function duplicateIndex(message: string): string | null {
  const name = /^E11000 duplicate key error collection: \S+ index: (\S+)/.exec(message)?.[1]
  if (name === undefined) return null
  return name === '_id_' ? 'id' : name
}

function codeOf(error: object): number {
  return 'code' in error && typeof error.code === 'number' ? error.code : 0
}

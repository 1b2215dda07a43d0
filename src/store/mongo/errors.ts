import mongoose from 'mongoose'
import { AppError } from '../../errors.ts'
import type { CollectionName } from '../../ports/schema.ts'
import type { CommitResult } from '../../ports/store.ts'
import type { FaultKind } from '../lasting-fault.ts'

const { MongoBulkWriteError, MongoError, MongoNetworkError, MongoServerSelectionError } = mongoose.mongo

export type Conflict = Extract<CommitResult, { outcome: 'conflict' }>

const DUPLICATE_KEY = 11000
/** OutOfDiskSpace, DataCorruptionDetected: https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml */
const FULL = 14031
const MALFORMED = 301

/** Server error codes that say: not now, or not by this server; under what they mean for whoever reads the log. */
const UNAVAILABLE_CODES: Readonly<Record<string, readonly number[]>> = {
  'the servers cannot reach each other': [6, 7, 89, 9001],
  'the server is shutting down': [91, 11600],
  'the replica set has no primary': [133, 189, 10058, 10107, 11602, 13435, 13436],
  'the replica set has no majority': [134],
  'a majority of the replica set did not confirm the write': [64, 79, 100],
  'the server took too long': [50, 262],
  'the server gave up the operation': [43, 237, 11601],
  'the server refused the credentials of MONGODB_URI': [13, 18, 8000],
  'the disk of the server is full': [FULL],
  'the files of the server are malformed': [MALFORMED],
}
const UNAVAILABLE: ReadonlyMap<number, string> = new Map(
  Object.entries(UNAVAILABLE_CODES).flatMap(([why, codes]) => codes.map((code) => [code, why] as const)),
)

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

/** Which fault of the server, not of one call, an error tells of. */
export function kindOfFault(thrown: unknown): FaultKind | null {
  const error = unwrapped(thrown)
  if (typeof error !== 'object' || error === null) return null
  const code = codeOf(error)
  if (code === FULL) return 'full'
  return code === MALFORMED ? 'malformed' : null
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
  // Node names no call for a write to a socket that the other end has closed
  if ('code' in error && error.code === 'EPIPE') return true
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

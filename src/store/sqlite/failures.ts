import { AppError } from '../../errors.ts'
import type { FaultKind } from '../lasting-fault.ts'

/** Result codes of SQLite, the primary ones: https://sqlite.org/rescode.html */
const ERROR = 1
export const BUSY = 5
const CORRUPT = 11
const FULL = 13
const TOO_BIG = 18
const CONSTRAINT = 19
const MISMATCH = 20
const MISUSE = 21
const RANGE = 25
const NOT_A_DATABASE = 26

export const CONSTRAINT_PRIMARYKEY = 1555
export const CONSTRAINT_UNIQUE = 2067

/** These say that the program asked for something wrong, not that the store is ill. */
const PROGRAMMING_ERRORS: ReadonlySet<number> = new Set([ERROR, TOO_BIG, CONSTRAINT, MISMATCH, MISUSE, RANGE])

export interface SqliteError {
  readonly errcode: number
  readonly message: string
}

/** Errors of `node:sqlite` carry SQLite's extended result code. */
export function isSqliteError(error: unknown): error is SqliteError {
  return (
    typeof error === 'object' && error !== null && 'errcode' in error && typeof error.errcode === 'number'
  )
}

export function primaryCode(error: SqliteError): number {
  return error.errcode & 0xff
}

export function isBusy(error: unknown): boolean {
  return isSqliteError(error) && primaryCode(error) === BUSY
}

/** Which fault of the store, not of one call, an error of SQLite tells of. */
export function kindOfFault(error: unknown): FaultKind | null {
  if (!isSqliteError(error)) return null
  const code = primaryCode(error)
  if (code === FULL) return 'full'
  return code === CORRUPT || code === NOT_A_DATABASE ? 'malformed' : null
}

/**
 * What the port promises to throw for `error`: STORE_UNAVAILABLE, or the error itself when it is a programming error.
 */
export function asStoreFailure(error: unknown): unknown {
  if (!isSqliteError(error) || PROGRAMMING_ERRORS.has(primaryCode(error))) return error
  const kind = kindOfFault(error)
  const cause =
    kind === 'full'
      ? 'its disk is full'
      : kind === 'malformed'
        ? `its file is malformed (${error.message})`
        : error.message
  return new AppError('STORE_UNAVAILABLE', `The SQLite store failed: ${cause}.`, { cause: error })
}

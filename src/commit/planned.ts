import { AppError } from '../errors.ts'
import { type Revised, type RowRef, revise } from '../ports/changes.ts'
import type { CollectionName, Row } from '../ports/schema.ts'
import type { Change, CommitResult, Scalar, Store } from '../ports/store.ts'
import { untilWritten } from './until-written.ts'

const MAX_TRIES = 10

type Conflict = Extract<CommitResult, { outcome: 'conflict' }>

/**
 * Commits what `plan` says, planned anew after each conflict: it reads what it decides on, and guards it. `onDuplicate`
 * turns a refusal by a unique index into an error. @throws AppError STORE_BUSY, nothing written
 */
export async function commitPlanned<T>(
  store: Store,
  plan: () => Promise<{ readonly changes: readonly Change[]; readonly result: T }>,
  onDuplicate?: (conflict: Conflict) => Promise<AppError>,
): Promise<T> {
  const written = await untilWritten('nothing was written', MAX_TRIES, async () => {
    const { changes, result } = await plan()
    const commit = changes.length === 0 ? { outcome: 'committed' as const } : await store.commit(changes)
    if (commit.outcome === 'committed') return { result }
    if (commit.reason === 'duplicate' && onDuplicate !== undefined) throw await onDuplicate(commit)
    return null
  })
  return written.result
}

/**
 * Commits what `plan` says, planned anew after each conflict; null: there is nothing left to write.
 * @returns whether anything was written
 * @throws AppError STORE_BUSY when other writers were faster again and again, and whatever `plan` throws
 */
export function untilCommitted(
  store: Store,
  what: string,
  plan: () => Promise<readonly Change[] | null>,
): Promise<boolean> {
  return untilWritten(what, MAX_TRIES, async () => {
    const changes = await plan()
    if (changes === null) return false
    return (await store.commit(changes)).outcome === 'committed' ? true : null
  })
}

/** The row of an account by its id. */
export async function findRow<C extends CollectionName>(
  store: Store,
  collection: C,
  accountId: string,
  id: string,
): Promise<Row<C> | null> {
  const fields = ['accountId', 'id'] as Parameters<typeof store.findByKeys<C>>[1]
  const [row] = await store.findByKeys(collection, fields, [[accountId, id]])
  return row ?? null
}

/** A 409 naming the record that already has this value. */
export async function duplicateValue<C extends CollectionName>(
  store: Store,
  collection: C,
  accountId: string,
  path: string,
  value: Scalar,
): Promise<AppError> {
  const fields = ['accountId', path] as Parameters<typeof store.findByKeys<C>>[1]
  const [existing] = await store.findByKeys(collection, fields, [[accountId, value]])
  const message = 'is already taken in this account'
  const detail = { path, message, ...(existing === undefined ? {} : { existingId: existing.id }) }
  return new AppError('DUPLICATE_VALUE', `${path} ${message}`, { details: [detail] })
}

/**
 * Makes a commit a conflict when this row changes or goes at the same moment, so that what was checked against it
 * still holds when the rest is written.
 */
export function standsStill(collection: Revised, row: RowRef & { readonly revision: number }): Change {
  return revise(collection, row, {})
}

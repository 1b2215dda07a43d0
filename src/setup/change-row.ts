import { isDeepStrictEqual } from 'node:util'
import { commitPlanned, findRow } from '../commit/planned.ts'
import { expectRevision, noteRevision } from '../commit/precondition.ts'
import { AppError } from '../errors.ts'
import { type Revised, remove, revise } from '../ports/changes.ts'
import type { Instant } from '../ports/clock.ts'
import type { CollectionName, Row } from '../ports/schema.ts'
import type { Change, Store } from '../ports/store.ts'

export interface Target<C extends CollectionName> {
  readonly collection: C
  /** For messages. */
  readonly noun: string
  readonly accountId: string
  readonly id: string
}

/** New values of a row; what is left out, or undefined, stays. */
export type Given<C extends CollectionName> = { readonly [F in keyof Row<C>]?: Row<C>[F] | undefined }

export interface PatchPlan<C extends Revised> {
  readonly given: Given<C>
  /** Refuses a row of which callers must not learn that it is there, before all else. */
  refuse?(row: Row<C>): void
  /** What follows from a change, by the names of what differs. */
  follow?(changed: ReadonlySet<string>, stored: Row<C>): Partial<Row<C>>
  /**
   * Checks the row as it would become; `changed` names what differs from now. Answers writes that must go with it.
   * Called anew after each conflict.
   */
  check?(
    next: Row<C>,
    changed: ReadonlySet<string>,
    row: Row<C>,
  ): Promise<readonly Change[]> | readonly Change[]
  onDuplicate?(): Promise<AppError>
}

/** What every row begins with that carries a revision. */
export function newRow(id: string, accountId: string, now: Instant) {
  return { id, accountId, createdAt: now, updatedAt: now, revision: 1 }
}

/**
 * Changes a row, guarded by its revision. What repeats the present value changes nothing, and a patch of nothing
 * writes nothing. @throws AppError NOT_FOUND, PRECONDITION_FAILED within `onlyIf`, and whatever `check` refuses
 */
export async function patchRow<C extends Revised>(
  store: Store,
  { collection, noun, accountId, id }: Target<C>,
  now: number,
  plan: PatchPlan<C>,
): Promise<Row<C>> {
  const written = await commitPlanned(
    store,
    async () => {
      const row = await findRow(store, collection, accountId, id)
      if (row === null) throw recordNotFound(noun)
      plan.refuse?.(row)
      expectRevision(row)
      const set = differences(row, plan.given)
      const changed = new Set(Object.keys(set))
      if (changed.size === 0) return { changes: [], result: row }
      const written = { ...set, ...plan.follow?.(changed, row), updatedAt: now }
      const next = { ...row, ...written, revision: row.revision + 1 }
      const also = (await plan.check?.(next, changed, row)) ?? []
      return { changes: [revise(collection, row, written), ...also], result: next }
    },
    plan.onDuplicate,
  )
  noteRevision(written)
  return written
}

function differences<C extends CollectionName>(row: Row<C>, given: Given<C>): Partial<Row<C>> {
  const entries = Object.entries(given).filter(
    ([field, value]) => value !== undefined && !isDeepStrictEqual(value, row[field as keyof Row<C>]),
  )
  return Object.fromEntries(entries) as Partial<Row<C>>
}

/**
 * Deletes a row that nothing depends on, with what `check` answers beside it. @throws AppError NOT_FOUND, and whatever `check`
 * refuses
 */
export function deleteRow<C extends Revised>(
  store: Store,
  { collection, noun, accountId, id }: Target<C>,
  check: (row: Row<C>) => Promise<readonly Change[] | undefined> | Promise<void> | void,
): Promise<void> {
  return commitPlanned(store, async () => {
    const row = await findRow(store, collection, accountId, id)
    if (row === null) throw recordNotFound(noun)
    const also = (await check(row)) ?? []
    const guard = { revision: row.revision } as Partial<Row<C>>
    return { changes: [remove(collection, row, guard), ...also], result: undefined }
  })
}

export function recordNotFound(noun: string): AppError {
  return new AppError('NOT_FOUND', `There is no ${noun} by this id`)
}

/** @throws AppError FIELD_IS_FIXED naming the first of these fields that would change */
export function refuseFixed(changed: ReadonlySet<string>, fixed: readonly string[], why: string): void {
  const path = fixed.find((field) => changed.has(field))
  if (path === undefined) return
  throw new AppError('FIELD_IS_FIXED', `${path} is fixed: ${why}`, {
    details: [{ path, message: `is fixed: ${why}` }],
  })
}

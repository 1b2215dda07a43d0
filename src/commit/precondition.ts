import { AsyncLocalStorage } from 'node:async_hooks'
import { AppError } from '../errors.ts'

/** What a caller says of the record that it changes, and what is found. */
interface Precondition {
  readonly id: string
  /** Revisions of which it must have one; null: any. */
  readonly expected: readonly number[] | null
  found: number | null
}

const asked = new AsyncLocalStorage<Precondition>()

/**
 * Runs a change of one record that is refused unless the record has one of these revisions at the moment of its commit.
 * @param expected null: whatever it has @returns beside the result the revision that the record then has, null where
 * the change did not come to it
 * @throws AppError PRECONDITION_FAILED, nothing written
 */
export async function onlyIf<T>(
  id: string,
  expected: readonly number[] | null,
  run: () => Promise<T>,
): Promise<{ readonly result: T; readonly revision: number | null }> {
  const precondition: Precondition = { id, expected, found: null }
  const result = await asked.run(precondition, run)
  return { result, revision: precondition.found }
}

/** To be called with the row that a commit is planned for, which its revision guards. @throws AppError PRECONDITION_FAILED */
export function expectRevision({ id, revision }: { readonly id: string; readonly revision: number }): void {
  const current = asked.getStore()
  if (current === undefined || current.id !== id || current.expected === null) return
  if (current.expected.includes(revision)) return
  const wanted = current.expected.join(', ')
  throw new AppError(
    'PRECONDITION_FAILED',
    `If-Match: the record has changed since it was read: it has revision ${revision} now, not ${wanted}`,
  )
}

/** Says which revision the record has once it is written. */
export function noteRevision({ id, revision }: { readonly id: string; readonly revision: number }): void {
  const current = asked.getStore()
  if (current?.id === id) current.found = revision
}

import type { Change, Store } from '../../src/ports/store.ts'

/** So many rows are to be found at once. */
export const PER_COMMIT = 200
/** Of one call; what is left is for the next time. */
const MAX_COMMITS = 500

/**
 * Writes rows as long as some are found; what is written must not be found again. Safe in several processes at once,
 * goes on where it stopped. Answers how many rows there were.
 */
export async function inBatches<R>(
  store: Store,
  find: () => Promise<R[]>,
  write: (row: R) => Change,
): Promise<number> {
  let written = 0
  for (let round = 0; round < MAX_COMMITS; round += 1) {
    const rows = await find()
    if (rows.length === 0) break
    const result = await store.commit(rows.map(write))
    // another worker does the same at the same moment: it, or the next time, sees to the rest
    if (result.outcome === 'conflict') break
    written += rows.length
  }
  return written
}

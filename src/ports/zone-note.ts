import { AppError } from '../errors.ts'
import type { Store } from './store.ts'

const NOTE = 'zone_data'
/** Each round lost is one in which another process noted its version. */
const MAX_ROUNDS = 20

/** The newest version of time zone data that was noted, such as `2026f`; null when none was. */
export function notedZoneData(store: Store): Promise<string | null> {
  return store.note(NOTE)
}

/**
 * Notes by which version of time zone data periods are told from now on, unless a newer one is noted; answers what is
 * then noted. Versions compare as texts. Idempotent, safe from several processes.
 */
export async function noteZoneData(store: Store, version: string): Promise<string> {
  let noted = await store.note(NOTE)
  for (let round = 0; round < MAX_ROUNDS; round++) {
    if (noted !== null && noted >= version) return noted
    noted = await store.writeNote(NOTE, noted, version)
  }
  throw new AppError('STORE_BUSY', 'the version of time zone data could not be noted')
}

import type { Store } from '../ports/store.ts'
import { readTerms, type Terms } from './load-places.ts'

const MAX_ACCOUNTS = 10_000

/** The terms of accounts, remembered: the gate that a commit passes says whether they still hold. */
export interface TermsBook {
  /** Read anew where `isDoubtful`: a commit met a conflict. @throws AppError STORE_UNAVAILABLE */
  read(accountId: string, isDoubtful: boolean): Promise<Terms>
}

export function createTermsBook(store: Store): TermsBook {
  const known = new Map<string, Promise<Terms>>()
  return {
    read(accountId, isDoubtful) {
      const before = known.get(accountId)
      if (before !== undefined && !isDoubtful) return before
      if (known.size >= MAX_ACCOUNTS) known.clear()
      const reading = readTerms(store, accountId)
      known.set(accountId, reading)
      // what could not be read is asked for again
      reading.catch(() => known.get(accountId) === reading && known.delete(accountId))
      return reading
    },
  }
}

/**
 * Stripe lists the newest first and cannot be asked for the oldest. So a range is read in windows of time, one after
 * the other, each narrow enough to fit one page: then everything before a window's end is in.
 */
export interface Window {
  /** Seconds since the epoch, inclusive. */
  readonly at: number
  readonly seconds: number
  /** Of a second that holds more than a page: the last object that was read of it. */
  readonly after: string | null
}

export const PAGE = 100

export interface Listed {
  /** Seconds; the newest first. */
  readonly created: readonly number[]
  readonly hasMore: boolean
  readonly lastId: string | null
}

export interface Step {
  /** Whether what was listed is taken in; else it is read again in narrower windows. */
  readonly isTaken: boolean
  /** null: the range is read. */
  readonly next: Window | null
  /** Everything before it is read; seconds. */
  readonly readUpTo: number
}

/** What follows from the list of a window. @param until end of the range, seconds, exclusive */
export function stepAfter(window: Window, { created, hasMore, lastId }: Listed, until: number): Step {
  const { at, seconds } = window
  if (hasMore && seconds > 1) {
    // so much time held a page at its newest end
    const sample = at + seconds - Math.min(...created)
    const narrower = Math.max(1, Math.min(Math.floor(seconds / 2), sample))
    return { isTaken: false, next: { at, seconds: narrower, after: null }, readUpTo: at }
  }
  if (hasMore && lastId !== null) return { isTaken: true, next: { ...window, after: lastId }, readUpTo: at }
  const end = Math.min(at + seconds, until)
  if (end >= until) return { isTaken: true, next: null, readUpTo: until }
  const next = { at: end, seconds: Math.min(seconds * growthAfter(created.length), until - end), after: null }
  return { isTaken: true, next, readUpTo: end }
}

/** By how much the next window may be wider than one that held so many. */
function growthAfter(found: number): number {
  if (found < PAGE / 4) return 4
  return found < PAGE / 2 ? 2 : 1
}

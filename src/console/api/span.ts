import { asFailure } from './failure.ts'
import type { Filter } from './records.ts'

const DAY_MS = 86_400_000
/** Days, the longest first. */
const SPANS = [30, 7, 1] as const

export interface Spanned<T> {
  readonly days: number
  readonly data: T
}

/** What was made within so many days. */
export function sinceDays(days: number): Filter {
  const value = new Date(Date.now() - days * DAY_MS).toISOString()
  return { fieldSlug: 'createdAt', operator: 'GREATER_THAN_OR_EQUALS', value }
}

/**
 * What is asked of the last 30 days; of fewer where there is so much that the server does not look through all of it.
 * @throws Failure
 */
export async function overLastDays<T>(ask: (since: Filter) => Promise<T>): Promise<Spanned<T>> {
  for (const days of SPANS) {
    try {
      return { days, data: await ask(sinceDays(days)) }
    } catch (error) {
      if (asFailure(error).code !== 'QUERY_TOO_EXPENSIVE' || days === SPANS.at(-1)) throw error
    }
  }
  throw new Error('there is a shortest span')
}

/** `30 days`, `day`: of which something is said. */
export const lastDaysWords = (days: number): string => (days === 1 ? 'day' : `${days} days`)

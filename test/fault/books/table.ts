import { markdownStyle, plainStyle } from '../harness/style.ts'
import type { BooksResult } from './run.ts'

const HEADINGS = [
  ...['fault', 'provider', 'store', 'times', 'rewards', 'issued', 'taken back'],
  ...['in the books', 'usable', 'doubled'],
]
const WIDTHS = [41, 26, 8, 5, 7, 6, 10, 12, 6, 7]

function cellsOf(result: BooksResult): string[] {
  const { fault, provider, store, times, rewards, issued, revoked, coupons, usable, doubled } = result
  return [
    fault.title,
    provider,
    store,
    ...[times, rewards, issued, revoked, coupons, usable, doubled].map(String),
  ]
}

const COLUMNS = { headings: HEADINGS, widths: WIDTHS, left: 3, cellsOf }

export const BOOKS_PLAIN = plainStyle(COLUMNS)
export const BOOKS_MARKDOWN = markdownStyle(COLUMNS)

/** As many that can be used as were issued, none twice, and nothing else amiss. */
export function isInOrder({ doubled, usable, issued, wrong }: BooksResult): boolean {
  return doubled === 0 && usable === issued && wrong.length === 0
}

import type { BooksResult } from './run.ts'

const HEADINGS = [
  ...['fault', 'provider', 'store', 'times', 'rewards', 'issued', 'taken back'],
  ...['in the books', 'usable', 'doubled'],
]
const WIDTHS = [41, 26, 8, 5, 7, 6, 10, 12, 6, 7]
const LEFT = 3

export interface BooksStyle {
  heading(): string
  row(result: BooksResult): string
}

function cellsOf(result: BooksResult): string[] {
  const { fault, provider, store, times, rewards, issued, revoked, coupons, usable, doubled } = result
  return [
    fault.title,
    provider,
    store,
    ...[times, rewards, issued, revoked, coupons, usable, doubled].map(String),
  ]
}

export const BOOKS_PLAIN: BooksStyle = {
  heading: () => plain(HEADINGS),
  row: (result) => plain(cellsOf(result)),
}

export const BOOKS_MARKDOWN: BooksStyle = {
  heading: () =>
    `| ${HEADINGS.join(' | ')} |\n|${HEADINGS.map((_, at) => (at < LEFT ? '---' : '---:')).join('|')}|`,
  row: (result) => `| ${cellsOf(result).join(' | ')} |`,
}

function plain(cells: readonly string[]): string {
  return cells
    .map((cell, at) => (at < LEFT ? cell.padEnd(WIDTHS[at]!) : cell.padStart(WIDTHS[at]!)))
    .join('  ')
}

/** As many that can be used as were issued, none twice, and nothing else amiss. */
export function isInOrder({ doubled, usable, issued, wrong }: BooksResult): boolean {
  return doubled === 0 && usable === issued && wrong.length === 0
}

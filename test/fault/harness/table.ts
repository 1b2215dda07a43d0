import type { Result } from './scenario.ts'

const HEADINGS = [
  'fault',
  'store',
  'times',
  'deliveries',
  'requests',
  'answered',
  'effects',
  'lost',
  'doubled',
  'rewards',
  'coupons',
  'recovery',
]
/** Lines are printed as they come, so the widths are known beforehand. */
const WIDTHS = [40, 8, 5, 10, 8, 8, 7, 4, 7, 7, 7, 8]
const LEFT = 2

export interface Style {
  heading(): string
  row(result: Result): string
}

function cellsOf(result: Result): string[] {
  const { fault, store, times, recoveryMs, ...counts } = result
  const { orders, requests, answered, effects, lost, doubled, rewards, coupons } = counts
  const numbers = [times, orders, requests, answered, effects, lost, doubled, rewards, coupons]
  const recovery = recoveryMs === null ? 'never' : `${(recoveryMs / 1_000).toFixed(1)} s`
  return [fault.title, store, ...numbers.map(String), recovery]
}

export const PLAIN: Style = {
  heading: () => plain(HEADINGS),
  row: (result) => plain(cellsOf(result)),
}

export const MARKDOWN: Style = {
  heading: () =>
    `| ${HEADINGS.join(' | ')} |\n|${HEADINGS.map((_, at) => (at < LEFT ? '---' : '---:')).join('|')}|`,
  row: (result) => `| ${cellsOf(result).join(' | ')} |`,
}

function plain(cells: readonly string[]): string {
  return cells
    .map((cell, at) => (at < LEFT ? cell.padEnd(WIDTHS[at]!) : cell.padStart(WIDTHS[at]!)))
    .join('  ')
}

/** Whether nothing was lost, nothing doubled and nothing else is amiss. */
export function isClean({ lost, doubled, orders, effects, wrong }: Result): boolean {
  return lost === 0 && doubled === 0 && effects === orders && wrong.length === 0
}

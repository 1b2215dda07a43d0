import type { Result } from './scenario.ts'
import { markdownStyle, plainStyle } from './style.ts'

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
const WIDTHS = [40, 8, 5, 10, 8, 8, 7, 4, 7, 7, 7, 8]

function cellsOf(result: Result): string[] {
  const { fault, store, times, recoveryMs, ...counts } = result
  const { orders, requests, answered, effects, lost, doubled, rewards, coupons } = counts
  const numbers = [times, orders, requests, answered, effects, lost, doubled, rewards, coupons]
  const recovery = recoveryMs === null ? 'never' : `${(recoveryMs / 1_000).toFixed(1)} s`
  return [fault.title, store, ...numbers.map(String), recovery]
}

const COLUMNS = { headings: HEADINGS, widths: WIDTHS, left: 2, cellsOf }

export const PLAIN = plainStyle(COLUMNS)
export const MARKDOWN = markdownStyle(COLUMNS)

/** Whether nothing was lost, nothing doubled and nothing else is amiss. */
export function isClean({ lost, doubled, orders, effects, wrong }: Result): boolean {
  return lost === 0 && doubled === 0 && effects === orders && wrong.length === 0
}

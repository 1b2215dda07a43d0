import type { Spread } from './figures.ts'

export interface Line {
  readonly what: string
  readonly store: string
  readonly value: string
  /** Whether the aim was met; null where there is none. */
  readonly met: boolean | null
  readonly aim: string
  readonly detail: string
}

const HEADINGS = ['measured', 'store', 'result', 'aim', '', 'detail']
/** Lines are printed as they come, so the widths are known beforehand. */
const WIDTHS = [58, 8, 18, 10, 7, 0]

export function ratio(spread: Spread): string {
  return `${spread.median.toFixed(2)} (${spread.lowest.toFixed(2)}–${spread.highest.toFixed(2)})`
}

export const HEADING = rowOf(HEADINGS)

export function textOf({ what, store, value, aim, met, detail }: Line): string {
  return rowOf([what, store, value, aim, met === null ? '' : met ? 'met' : 'missed', detail])
}

function rowOf(cells: readonly string[]): string {
  return cells.map((cell, at) => cell.padEnd(WIDTHS[at] ?? 0)).join('  ')
}

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

export function ratio(spread: Spread): string {
  return `${spread.median.toFixed(2)} (${spread.lowest.toFixed(2)}–${spread.highest.toFixed(2)})`
}

/** The lines as a table. */
export function tableOf(lines: readonly Line[]): string {
  const cells = lines.map(({ what, store, value, aim, met, detail }) => [
    what,
    store,
    value,
    aim,
    met === null ? '' : met ? 'met' : 'missed',
    detail,
  ])
  const rows = [HEADINGS, ...cells]
  const widths = HEADINGS.map((_, at) => Math.max(...rows.map((row) => row[at]!.length)))
  return rows
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

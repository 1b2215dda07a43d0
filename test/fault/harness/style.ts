/** How a table is printed, line by line as its rows come. */
export interface Style<R> {
  heading(): string
  row(result: R): string
}

export interface Columns<R> {
  readonly headings: readonly string[]
  /** Known beforehand, since lines are printed as they come. */
  readonly widths: readonly number[]
  /** So many columns have words, which begin at the left; the others have numbers. */
  readonly left: number
  cellsOf(result: R): readonly string[]
}

export function plainStyle<R>({ headings, widths, left, cellsOf }: Columns<R>): Style<R> {
  const line = (cells: readonly string[]) =>
    cells.map((cell, at) => (at < left ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join('  ')
  return { heading: () => line(headings), row: (result) => line(cellsOf(result)) }
}

export function markdownStyle<R>({ headings, left, cellsOf }: Columns<R>): Style<R> {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const rule = headings.map((_, at) => (at < left ? '---' : '---:')).join('|')
  return { heading: () => `${line(headings)}\n|${rule}|`, row: (result) => line(cellsOf(result)) }
}

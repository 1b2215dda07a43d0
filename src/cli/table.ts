export interface Column {
  readonly title: string
  readonly align?: 'right'
}

const GAP = '  '

/** Rows of text under their titles, each column as wide as its widest cell. */
export function tableLines(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...rows.map((row) => (row[index] ?? '').length)),
  )
  const write = (cells: readonly string[]): string =>
    columns
      .map(({ align }, index) => {
        const cell = cells[index] ?? ''
        const width = widths[index] ?? 0
        return align === 'right' ? cell.padStart(width) : cell.padEnd(width)
      })
      .join(GAP)
      .trimEnd()
  return [
    write(columns.map(({ title }) => title)),
    write(widths.map((width) => '-'.repeat(width))),
    ...rows.map(write),
  ]
}

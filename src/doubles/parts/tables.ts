import { closeSync, existsSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs'

/** The rows of one kind, by their id. What is read is a copy: only `put` changes anything. */
export interface Table<R extends { readonly id: string }> {
  get(id: string): R | undefined
  put(row: R): R
  delete(id: string): void
  /** Those that fit, or all of them, in the order in which they were first put. */
  all(fits?: (row: R) => boolean): R[]
  find(fits: (row: R) => boolean): R | undefined
}

export interface Tables {
  table<R extends { readonly id: string }>(name: string): Table<R>
  /** The next number of a sequence, from `first` on. */
  nextNumber(sequence: string, first: number): number
  /** Writes all that `work` changes, until it returns, as one line: a kill leaves the whole of it or nothing. */
  together<T>(work: () => T): T
  close(): void
}

interface Line {
  readonly table: string
  readonly id: string
  /** null where the row was deleted. */
  readonly row: unknown
}

type Rows = Map<string, Map<string, unknown>>

/**
 * What a double knows: in memory, and with `file` also there, one JSON line for each change, or a list of those that
 * belong together, written before the answer goes out, so that it survives a kill. A last line that a kill cut short was never answered for and is dropped.
 * Holds secrets: the file is readable by its owner alone.
 */
export function openTables(file: string | null): Tables {
  const rows: Rows = new Map()
  if (file !== null && existsSync(file)) readInto(rows, readFileSync(file, 'utf8'))
  const handle = file === null ? null : openCompacted(file, rows)
  let kept: Line[] | null = null

  function change(table: string, id: string, row: unknown): void {
    enter(rows, { table, id, row })
    if (kept !== null) kept.push({ table, id, row })
    else if (handle !== null) writeSync(handle, lineOf({ table, id, row }))
  }

  function together<T>(work: () => T): T {
    if (kept !== null) return work()
    kept = []
    try {
      return work()
    } finally {
      const lines = kept
      kept = null
      if (handle !== null && lines.length > 0) writeSync(handle, lineOf(lines))
    }
  }

  function table<R extends { readonly id: string }>(name: string): Table<R> {
    // only what fits is copied: there may be many rows
    function* fitting(fits: (row: R) => boolean): Generator<R> {
      for (const row of rows.get(name)?.values() ?? []) if (fits(row as R)) yield structuredClone(row) as R
    }
    return {
      get: (id) => structuredClone(rows.get(name)?.get(id)) as R | undefined,
      put(row) {
        change(name, row.id, structuredClone(row))
        return row
      },
      delete: (id) => change(name, id, null),
      all: (fits = () => true) => [...fitting(fits)],
      find: (fits) => fitting(fits).next().value ?? undefined,
    }
  }

  const sequences = table<{ id: string; last: number }>('sequences')
  return {
    table,
    nextNumber(sequence, first) {
      const last = (sequences.get(sequence)?.last ?? first - 1) + 1
      sequences.put({ id: sequence, last })
      return last
    },
    together,
    close() {
      if (handle !== null) closeSync(handle)
    },
  }
}

function readInto(rows: Rows, text: string): void {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  for (const line of whole.split('\n').filter((entry) => entry !== '')) takeIn(rows, JSON.parse(line))
}

function takeIn(rows: Rows, line: Line | Line[]): void {
  for (const one of [line].flat()) enter(rows, one)
}

function enter(rows: Rows, { table, id, row }: Line): void {
  const known = rows.get(table) ?? new Map<string, unknown>()
  rows.set(table, known)
  if (row === null) known.delete(id)
  else known.set(id, row)
}

/** Writes what is left of the lines, atomically, and opens the file for more. */
function openCompacted(file: string, rows: Rows): number {
  const lines = [...rows].flatMap(([table, known]) =>
    [...known].map(([id, row]) => lineOf({ table, id, row })),
  )
  writeFileSync(`${file}.new`, lines.join(''), { mode: 0o600 })
  renameSync(`${file}.new`, file)
  return openSync(file, 'a', 0o600)
}

function lineOf(line: Line | readonly Line[]): string {
  return `${JSON.stringify(line)}\n`
}

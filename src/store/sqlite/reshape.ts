import type { DatabaseSync } from 'node:sqlite'
import { AppError } from '../../errors.ts'
import { CONSTRAINT_UNIQUE, isSqliteError } from './failures.ts'
import { columnSql, quoted, type Table } from './tables.ts'

/** Makes the table where it is missing, else the columns that are: without touching a row, in an instant. */
export function addMissing(db: DatabaseSync, { collection, columns, createSql }: Table): void {
  const present = new Set(
    db
      .prepare('SELECT name FROM pragma_table_info(?)')
      .all(collection)
      .map(({ name }) => name),
  )
  if (present.size === 0) {
    db.exec(createSql[0])
    return
  }
  for (const column of columns) {
    if (present.has(column.name)) continue
    if (column.initially === undefined) {
      throw new TypeError(`${collection}.${column.name} is new and never null, and so needs a default`)
    }
    db.exec(`ALTER TABLE ${quoted(collection)} ADD COLUMN ${columnSql(column)}`)
  }
}

/** The indexes of a table that are not there in the shape they should have, by their names. */
export function missingIndexes(db: DatabaseSync, { collection, indexSql }: Table): string[] {
  const found = db.prepare(`SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = ?`)
  const present = new Map(found.all(collection).map(({ name, sql }) => [name, sql]))
  return [...indexSql].filter(([name, sql]) => present.get(name) !== sql).map(([name]) => name)
}

/** @throws AppError CONFLICT when rows forbid it, naming the index */
export function buildIndex(db: DatabaseSync, { collection, indexSql }: Table, name: string): void {
  dropIndex(db, name)
  try {
    db.exec(indexSql.get(name) ?? '')
  } catch (error) {
    if (!isSqliteError(error) || error.errcode !== CONSTRAINT_UNIQUE) throw error
    throw new AppError(
      'CONFLICT',
      `Index ${name} cannot be built: collection ${collection} holds rows that it forbids.`,
      { cause: error },
    )
  }
}

export function dropIndex(db: DatabaseSync, name: string): void {
  db.exec(`DROP INDEX IF EXISTS ${quoted(name)}`)
}

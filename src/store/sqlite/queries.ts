import type { StatementSync } from 'node:sqlite'
import type { CollectionName } from '../../ports/schema.ts'
import type { Condition, Query, Scalar } from '../../ports/store.ts'
import type { Column, SqlValue } from './columns.ts'
import type { Statements } from './statements.ts'
import { decodeRow, quoted, TABLES, type Table } from './tables.ts'
import { whereSql } from './where.ts'

type PlainRow = Record<string, unknown>

function selectSql({ collection }: Table, columns: readonly Column[]): string {
  return `SELECT ${columns.map(({ name }) => quoted(name)).join(', ')} FROM ${quoted(collection)}`
}

function rowsOf(
  statement: StatementSync,
  columns: readonly Column[],
  params: readonly SqlValue[],
  rows: PlainRow[],
): void {
  const found = statement.all(...params) as unknown as SqlValue[][]
  for (const values of found) rows.push(decodeRow(columns, values))
}

export function findRows(
  statements: Statements,
  collection: CollectionName,
  query: Query<CollectionName>,
): PlainRow[] {
  const table = TABLES[collection]
  const { where, sort = [], omit = [], offset = 0, limit } = query
  const omitted: readonly string[] = omit
  const columns =
    omit.length === 0 ? table.columns : table.columns.filter(({ name }) => !omitted.includes(name))
  const params: SqlValue[] = []
  const matching = where === undefined ? '' : ` WHERE ${whereSql(table, where, params)}`
  const terms = sort.map(
    ({ field, order }) => `${quoted(table.column(field).name)} ${order === 'desc' ? 'DESC' : 'ASC'}`,
  )
  const sorted = terms.length === 0 ? '' : ` ORDER BY ${terms.join(', ')}`
  params.push(limit, offset)
  const sql = `${selectSql(table, columns)}${matching}${sorted} LIMIT ? OFFSET ?`
  const rows: PlainRow[] = []
  rowsOf(statements.get(sql), columns, params, rows)
  return rows
}

export function countRows(
  statements: Statements,
  collection: CollectionName,
  where: Condition,
  max: number,
): number {
  const table = TABLES[collection]
  const params: SqlValue[] = []
  const matching = whereSql(table, where, params)
  params.push(max)
  const sql = `SELECT count(*) FROM (SELECT 1 FROM ${quoted(collection)} WHERE ${matching} LIMIT ?)`
  const [count] = statements.get(sql).get(...params) as unknown as [number]
  return count
}

/** One point lookup per different key: in this process that is cheaper than one statement over a list of keys. */
export function findRowsByKeys(
  statements: Statements,
  collection: CollectionName,
  fields: readonly string[],
  keys: readonly (readonly Scalar[])[],
): PlainRow[] {
  const table = TABLES[collection]
  const keyColumns = fields.map((field) => table.column(field))
  const terms = keyColumns.map(({ name }) => `${quoted(name)} = ?`).join(' AND ')
  const statement = statements.get(`${selectSql(table, table.columns)} WHERE ${terms}`)
  const rows: PlainRow[] = []
  const seen = new Set<string>()
  for (const key of keys) {
    const params = keyColumns.map((column, at) => column.encode(key[at]))
    // texts never hold NUL, so that different keys never look the same
    const identity = params.join('\0')
    if (seen.has(identity)) continue
    seen.add(identity)
    rowsOf(statement, table.columns, params, rows)
  }
  return rows
}

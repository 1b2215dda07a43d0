import type { StatementSync } from 'node:sqlite'
import type { CollectionName } from '../../ports/schema.ts'
import type { Condition, Query, Scalar } from '../../ports/store.ts'
import type { Column, SqlValue } from './columns.ts'
import type { Statements } from './statements.ts'
import { decodeRow, quoted, type Table } from './tables.ts'
import { whereSql } from './where.ts'

type PlainRow = Record<string, unknown>

function selectSql({ collection }: Table, columns: readonly Column[]): string {
  return `SELECT ${columns.map(({ name }) => quoted(name)).join(', ')} FROM ${quoted(collection)}`
}

function rowsOf(
  statement: StatementSync,
  columns: readonly Column[],
  params: readonly SqlValue[],
): PlainRow[] {
  const found = statement.all(...params) as unknown as SqlValue[][]
  return found.map((values) => decodeRow(columns, values))
}

export function findRows(
  statements: Statements,
  collection: CollectionName,
  query: Query<CollectionName>,
): PlainRow[] {
  const table = statements.tables[collection]
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
  return rowsOf(statements.get(sql), columns, params)
}

export function countRows(
  statements: Statements,
  collection: CollectionName,
  where: Condition,
  max: number,
): number {
  const table = statements.tables[collection]
  const params: SqlValue[] = []
  const matching = whereSql(table, where, params)
  params.push(max)
  const sql = `SELECT count(*) FROM (SELECT 1 FROM ${quoted(collection)} WHERE ${matching} LIMIT ?)`
  const [count] = statements.get(sql).get(...params) as unknown as [number]
  return count
}

/**
 * Looks each key up through an index. What differs between the keys travels as one JSON text, so that their number
 * makes no new statement; taking a value out of a key in it costs as much as the search, so what all have in common is
 * bound once and what differs in one place is no list.
 * @param varying places in the key, at least one
 */
export function keysSql(
  { collection, columns }: Table,
  keyColumns: readonly Column[],
  varying: readonly number[],
): string {
  const names = columns.map(({ name }) => `t.${quoted(name)}`).join(', ')
  const terms = keyColumns.map(({ name }, at) => {
    const place = varying.indexOf(at)
    const value = place < 0 ? '?' : varying.length === 1 ? 'k.value' : `k.value ->> ${place}`
    return `t.${quoted(name)} = ${value}`
  })
  // CROSS JOIN keeps the keys in the outer loop
  return `SELECT ${names} FROM json_each(?) AS k CROSS JOIN ${quoted(collection)} AS t ON ${terms.join(' AND ')}`
}

/** The places in which keys differ; the last one where they do not. */
function varyingPlaces(keys: readonly (readonly SqlValue[])[]): number[] {
  const [first = []] = keys
  const places = [...first.keys()].filter((at) => keys.some((key) => key[at] !== first[at]))
  return places.length > 0 ? places : [first.length - 1]
}

export function findRowsByKeys(
  statements: Statements,
  collection: CollectionName,
  fields: readonly string[],
  keys: readonly (readonly Scalar[])[],
): PlainRow[] {
  if (keys.length === 0) return []
  const table = statements.tables[collection]
  const keyColumns = fields.map((field) => table.column(field))
  const encoded = keys.map((key) => keyColumns.map((column, at) => column.encode(key[at])))
  const varying = varyingPlaces(encoded)
  const different = new Set<string>()
  for (const key of encoded) {
    const values = varying.map((at) => key[at])
    different.add(JSON.stringify(values.length === 1 ? values[0] : values))
  }
  const common = (encoded[0] as SqlValue[]).filter((_, at) => !varying.includes(at))
  const statement = statements.get(keysSql(table, keyColumns, varying))
  return rowsOf(statement, table.columns, [`[${[...different].join(',')}]`, ...common])
}

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

/** A statement with the values of its marks. */
export interface Sql {
  readonly sql: string
  readonly params: readonly SqlValue[]
}

/** Asked of each row that is looked at, first of all, where a read is bounded: see reading-worker.js. */
const WITHIN_BUDGET = 'within_budget()'

export function findRows(
  statements: Statements,
  collection: CollectionName,
  query: Query<CollectionName>,
): PlainRow[] {
  const { sql, params, columns } = findSql(statements.tables[collection], query)
  return rowsOf(statements.get(sql), columns, params)
}

/** @param isBounded within what the thread of lists allows a read */
export function findSql(
  table: Table,
  query: Query<CollectionName>,
  isBounded = false,
): Sql & { readonly columns: readonly Column[] } {
  const { where, sort = [], omit = [], offset = 0, limit } = query
  const omitted: readonly string[] = omit
  const columns =
    omit.length === 0 ? table.columns : table.columns.filter(({ name }) => !omitted.includes(name))
  const params: SqlValue[] = []
  const conditions = [
    ...(isBounded ? [WITHIN_BUDGET] : []),
    ...(where === undefined ? [] : [whereSql(table, where, params)]),
  ]
  const matching = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`
  const terms = sort.map(
    ({ field, order }) => `${quoted(table.column(field).name)} ${order === 'desc' ? 'DESC' : 'ASC'}`,
  )
  const sorted = terms.length === 0 ? '' : ` ORDER BY ${terms.join(', ')}`
  params.push(limit, offset)
  return { sql: `${selectSql(table, columns)}${matching}${sorted} LIMIT ? OFFSET ?`, params, columns }
}

export function countRows(
  statements: Statements,
  collection: CollectionName,
  where: Condition,
  max: number,
): number {
  const { sql, params } = countSql(statements.tables[collection], where, max)
  const [count] = statements.get(sql).get(...params) as unknown as [number]
  return count
}

export function countSql(table: Table, where: Condition, max: number, isBounded = false): Sql {
  const params: SqlValue[] = []
  const bound = isBounded ? `${WITHIN_BUDGET} AND ` : ''
  const matching = `${bound}${whereSql(table, where, params)}`
  params.push(max)
  const sql = `SELECT count(*) FROM (SELECT 1 FROM ${quoted(table.collection)} WHERE ${matching} LIMIT ?)`
  return { sql, params }
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

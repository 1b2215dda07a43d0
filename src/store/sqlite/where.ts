import type { Condition, Operator, Scalar } from '../../ports/store.ts'
import type { Column, SqlValue } from './columns.ts'
import { quoted, type Table } from './tables.ts'

type Comparison = Exclude<Operator, 'in' | 'nin' | 'isNull' | 'isNotNull'>

const LAST_CODE_POINT = 0x10ffff
const FIRST_SURROGATE = 0xd800
const LAST_SURROGATE = 0xdfff

/**
 * The least text that is greater, by UTF-8 bytes, than every text that starts with `prefix`; undefined when there
 * is none. Bytes of UTF-8 order as code points do.
 */
export function afterPrefix(prefix: string): string | undefined {
  const codePoints = Array.from(prefix, (character) => character.codePointAt(0) as number)
  while (codePoints.at(-1) === LAST_CODE_POINT) codePoints.pop()
  const last = codePoints.pop()
  if (last === undefined) return undefined
  const next = last + 1 === FIRST_SURROGATE ? LAST_SURROGATE + 1 : last + 1
  return String.fromCodePoint(...codePoints, next)
}

function startsWithSql(name: string, prefix: string, params: SqlValue[]): string {
  const end = afterPrefix(prefix)
  params.push(prefix)
  if (end === undefined) return `${name} >= ?`
  params.push(end)
  return `(${name} >= ? AND ${name} < ?)`
}

function comparisonSql(column: Column, op: Comparison, value: Scalar, params: SqlValue[]): string {
  const name = quoted(column.name)
  if (op === 'startsWith') return startsWithSql(name, String(value), params)
  params.push(column.encode(value))
  switch (op) {
    case 'eq':
      return `${name} = ?`
    // the value is never null, so that IS NOT takes in the nulls and nothing else
    case 'ne':
      return `${name} IS NOT ?`
    case 'gt':
      return `${name} > ?`
    case 'gte':
      return `${name} >= ?`
    case 'lt':
      return `${name} < ?`
    case 'lte':
      return `${name} <= ?`
    case 'contains':
      return `instr(${name}, ?) > 0`
  }
}

/** Lists travel as one JSON text, so that their length does not make a new statement. */
function listSql(column: Column, op: 'in' | 'nin', values: readonly Scalar[], params: SqlValue[]): string {
  const name = quoted(column.name)
  params.push(JSON.stringify(values.map((value) => column.encode(value))))
  const list = '(SELECT value FROM json_each(?))'
  return op === 'in' ? `${name} IN ${list}` : `(${name} NOT IN ${list} OR ${name} IS NULL)`
}

/** The SQL of a condition; its values are appended to `params` in the order of their marks. */
export function whereSql(table: Table, condition: Condition, params: SqlValue[]): string {
  if ('and' in condition || 'or' in condition) {
    const isAnd = 'and' in condition
    const parts = isAnd ? condition.and : condition.or
    if (parts.length === 0) return isAnd ? '1' : '0'
    return `(${parts.map((part) => whereSql(table, part, params)).join(isAnd ? ' AND ' : ' OR ')})`
  }
  const column = table.column(condition.field)
  switch (condition.op) {
    case 'isNull':
      return `${quoted(column.name)} IS NULL`
    case 'isNotNull':
      return `${quoted(column.name)} IS NOT NULL`
    case 'in':
    case 'nin':
      return listSql(column, condition.op, condition.value, params)
    default:
      return comparisonSql(column, condition.op, condition.value, params)
  }
}

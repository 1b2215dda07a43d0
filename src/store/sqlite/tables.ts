import type { CollectionSpec, IndexSpec, Schema } from '../../ports/schema/spec.ts'
import { type CollectionName, SCHEMA } from '../../ports/schema.ts'
import { type Column, columnOf, SQL_TYPES, type SqlValue } from './columns.ts'

/** A collection as SQLite has it, worked out once. */
export interface Table {
  readonly collection: CollectionName
  readonly columns: readonly Column[]
  /** The table, then its indexes. */
  readonly createSql: readonly [string, ...string[]]
  /** Indexes by their names, as SQLite keeps their SQL. */
  readonly indexSql: ReadonlyMap<string, string>
  readonly insertSql: string
  /** Index names by the column list that SQLite's message about a violated one gives. */
  readonly uniqueIndexes: ReadonlyMap<string, string>
  /** @throws TypeError when there is no such field */
  column(name: string): Column
}

export function quoted(name: string): string {
  return `"${name}"`
}

/** Literals hold what the schema says, never input. */
function literal(value: string | number | bigint | Uint8Array): string {
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`
  return value instanceof Uint8Array ? `x'${Buffer.from(value).toString('hex')}'` : String(value)
}

/** With its default, so that a column that is added to rows, and rows that an older program adds, read as that. */
export function columnSql({ name, type, nullable, initially }: Column): string {
  const constraint = name === 'id' ? ' PRIMARY KEY' : ''
  const value = initially === undefined || initially === null ? '' : ` DEFAULT ${literal(initially)}`
  return `${quoted(name)} ${SQL_TYPES[type]}${nullable ? '' : ' NOT NULL'}${value}${constraint}`
}

function sqlOfIndex(
  collection: string,
  name: string,
  { fields, unique, descending, where }: IndexSpec,
): string {
  const terms = [
    ...(where?.isTrue ?? []).map((field) => `${quoted(field)} = 1`),
    ...(where?.notNull ?? []).map((field) => `${quoted(field)} IS NOT NULL`),
  ]
  const only = terms.length === 0 ? '' : ` WHERE ${terms.join(' AND ')}`
  const keys = fields.map((field) => `${quoted(field)}${descending?.includes(field) ? ' DESC' : ''}`)
  const kind = unique ? 'UNIQUE INDEX' : 'INDEX'
  return `CREATE ${kind} ${quoted(name)} ON ${quoted(collection)} (${keys.join(', ')})${only}`
}

function uniqueIndexesOf(collection: string, { indexes }: CollectionSpec): ReadonlyMap<string, string> {
  const named = new Map([[`${collection}.id`, 'id']])
  for (const [name, index] of Object.entries(indexes)) {
    if (index.unique) named.set(index.fields.map((field) => `${collection}.${field}`).join(', '), name)
  }
  return named
}

function describeTable(collection: CollectionName, spec: CollectionSpec): Table {
  const columns = Object.entries(spec.fields).map(([name, field]) => columnOf(name, field))
  const byName = new Map(columns.map((column) => [column.name, column]))
  const names = columns.map(({ name }) => quoted(name)).join(', ')
  const indexSql = new Map(
    Object.entries(spec.indexes).map(([name, index]) => [name, sqlOfIndex(collection, name, index)]),
  )
  return {
    collection,
    columns,
    // Rowid tables: as fast as WITHOUT ROWID here, and better with wide rows (bodies of deliveries).
    createSql: [
      `CREATE TABLE ${quoted(collection)} (${columns.map(columnSql).join(', ')}) STRICT`,
      ...indexSql.values(),
    ],
    indexSql,
    insertSql: `INSERT INTO ${quoted(collection)} (${names}) VALUES (${columns.map(() => '?').join(', ')})`,
    uniqueIndexes: uniqueIndexesOf(collection, spec),
    column(name) {
      const column = byName.get(name)
      if (column === undefined) throw new TypeError(`${collection} has no field ${name}`)
      return column
    },
  }
}

export type Tables = Readonly<Record<CollectionName, Table>>

export function describeTables(schema: Schema): Tables {
  const named = Object.entries(schema) as [CollectionName, CollectionSpec][]
  return Object.fromEntries(named.map(([name, spec]) => [name, describeTable(name, spec)])) as Tables
}

/** The product's own. */
export const TABLES = describeTables(SCHEMA)

/** The stored form of a field's value, null included. */
export function encodeValue({ encode }: Column, value: unknown): SqlValue {
  return value === null ? null : encode(value)
}

/** A row from the values of `columns`, in their order. */
export function decodeRow(columns: readonly Column[], values: readonly SqlValue[]): Record<string, unknown> {
  const row: Record<string, unknown> = {}
  for (let at = 0; at < columns.length; at++) {
    const column = columns[at] as Column
    const stored = values[at] as SqlValue
    row[column.name] = stored === null ? null : column.decode(stored)
  }
  return row
}

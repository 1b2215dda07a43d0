import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { CollectionName } from '../../ports/schema.ts'
import type { Change, CommitResult } from '../../ports/store.ts'
import type { Column, SqlValue } from './columns.ts'
import { CONSTRAINT_PRIMARYKEY, CONSTRAINT_UNIQUE, isBusy, isSqliteError } from './failures.ts'
import type { Statements } from './statements.ts'
import { encodeValue, quoted, type Table, type Tables } from './tables.ts'

type Values = Readonly<Record<string, unknown>>
type Update = Extract<Change, { op: 'update' }>
type Delete = Extract<Change, { op: 'delete' }>
type Conflict = Extract<CommitResult, { outcome: 'conflict' }>

const COMMITTED: CommitResult = { outcome: 'committed' }
const NO_VALUES: Values = {}

/** Encodes the fields of `values` onto `params` and gives their SQL, each as `write` says it. */
function encodeFields(
  table: Table,
  values: Values,
  write: (name: string) => string,
  params: SqlValue[],
): string[] {
  const terms: string[] = []
  for (const name of Object.keys(values)) {
    const column = table.column(name)
    params.push(encodeValue(column, values[name]))
    terms.push(write(quoted(name)))
  }
  return terms
}

const assigned = (name: string) => `${name} = ?`
// IS and not =, so that a guard may ask for null
const guarded = (name: string) => ` AND ${name} IS ?`

function targetSql(table: Table, change: Update | Delete, params: SqlValue[]): string {
  params.push(change.id, change.accountId)
  const guards = encodeFields(table, change.guard ?? NO_VALUES, guarded, params)
  return ` WHERE "id" = ? AND "accountId" = ?${guards.join('')}`
}

function update(statements: Statements, change: Update): boolean {
  const table = statements.tables[change.collection]
  const params: SqlValue[] = []
  const sets = encodeFields(table, change.set, assigned, params)
  const setSql = sets.length === 0 ? '"id" = "id"' : sets.join(', ')
  const where = targetSql(table, change, params)
  const sql = `UPDATE ${quoted(change.collection)} SET ${setSql}${where}`
  return statements.get(sql).run(...params).changes === 1
}

function remove(statements: Statements, change: Delete): boolean {
  const table = statements.tables[change.collection]
  const params: SqlValue[] = []
  const where = targetSql(table, change, params)
  const sql = `DELETE FROM ${quoted(change.collection)}${where}`
  return statements.get(sql).run(...params).changes === 1
}

function insert(statement: StatementSync, columns: readonly Column[], row: Values): void {
  const params: SqlValue[] = new Array(columns.length)
  for (let at = 0; at < columns.length; at++) {
    const column = columns[at] as Column
    params[at] = encodeValue(column, row[column.name])
  }
  statement.run(...params)
}

function changed(collection: CollectionName): Conflict {
  return { outcome: 'conflict', reason: 'changed', collection }
}

/** The conflict that a violated unique index is; undefined for any other error. */
function duplicateOf(error: unknown, collection: CollectionName, tables: Tables): Conflict | undefined {
  if (!isSqliteError(error)) return undefined
  if (error.errcode !== CONSTRAINT_UNIQUE && error.errcode !== CONSTRAINT_PRIMARYKEY) return undefined
  // `UNIQUE constraint failed: streak_log.accountId, streak_log.ownedById`
  const columns = error.message.slice(error.message.indexOf(': ') + 2)
  const index = tables[collection].uniqueIndexes.get(columns)
  if (index === undefined) throw new Error(`no unique index on ${columns}`, { cause: error })
  return { outcome: 'conflict', reason: 'duplicate', collection, index }
}

/** Deletes, then updates, then inserts; the first conflict stops it. */
function write(statements: Statements, changes: readonly Change[]): CommitResult {
  let current: CollectionName | undefined
  try {
    for (const change of changes) {
      if (change.op === 'delete' && !remove(statements, change)) return changed(change.collection)
    }
    for (const change of changes) {
      if (change.op !== 'update') continue
      current = change.collection
      if (!update(statements, change)) return changed(change.collection)
    }
    for (const change of changes) {
      if (change.op !== 'insert') continue
      current = change.collection
      const table = statements.tables[change.collection]
      insert(statements.get(table.insertSql), table.columns, change.row)
    }
    return COMMITTED
  } catch (error) {
    const duplicate = current === undefined ? undefined : duplicateOf(error, current, statements.tables)
    if (duplicate === undefined) throw error
    return duplicate
  }
}

/**
 * Applies all changes or none, in one transaction and without giving up the thread. What is committed is in the WAL
 * but not yet synced. @throws what SQLite throws; nothing is written then
 */
export function applyChanges(
  db: DatabaseSync,
  statements: Statements,
  changes: readonly Change[],
): CommitResult {
  try {
    db.exec('BEGIN IMMEDIATE')
    const result = write(statements, changes)
    if (result.outcome === 'committed') db.exec('COMMIT')
    return result
  } catch (error) {
    if (isBusy(error)) return { outcome: 'conflict', reason: 'busy' }
    throw error
  } finally {
    // some failures have ended the transaction by themselves
    if (db.isTransaction) db.exec('ROLLBACK')
  }
}

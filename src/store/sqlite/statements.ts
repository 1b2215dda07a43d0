import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { TABLES, type Tables } from './tables.ts'

/** Filters come in endless shapes; what the program itself asks for is some hundred. */
const MAX_STATEMENTS = 1_000

/** Prepared statements by their SQL, and the tables that they are about. The oldest leaves when there are too many; it is prepared anew when needed. */
export class Statements {
  readonly #db: DatabaseSync
  readonly #bySql = new Map<string, StatementSync>()
  readonly tables: Tables

  constructor(db: DatabaseSync, tables: Tables = TABLES) {
    this.#db = db
    this.tables = tables
  }

  /** Rows of its results are arrays in the order of the columns. */
  get(sql: string): StatementSync {
    const known = this.#bySql.get(sql)
    if (known !== undefined) return known
    const statement = this.#db.prepare(sql)
    statement.setReturnArrays(true)
    if (this.#bySql.size >= MAX_STATEMENTS) {
      for (const oldest of this.#bySql.keys()) {
        this.#bySql.delete(oldest)
        break
      }
    }
    this.#bySql.set(sql, statement)
    return statement
  }
}

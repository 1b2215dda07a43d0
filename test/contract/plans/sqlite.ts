import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { countRows, findRows } from '../../../src/store/sqlite/queries.ts'
import { Statements } from '../../../src/store/sqlite/statements.ts'
import { openTempStore } from '../../helpers/sqlite-store.ts'
import { notingStore, type PlanHarness, type Read } from './harness.ts'

/** Statements that count the rows their WHERE is asked about, and remember how they are planned. */
class CountingStatements extends Statements {
  readonly plans: string[] = []
  rows = 0
  readonly #db: DatabaseSync

  constructor(db: DatabaseSync) {
    super(db)
    this.#db = db
    db.function('seen', { varargs: true }, () => {
      this.rows += 1
      return 1
    })
  }

  override get(sql: string): StatementSync {
    const plan = this.#db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[]
    this.plans.push(...plan.map(({ detail }) => detail))
    // the first condition, so that it is asked of each row that the index gives
    return super.get(sql.replace(' WHERE ', ' WHERE seen(rowid) AND '))
  }
}

/** Reads the plans of SQLite on a second connection to the same file. */
export async function sqlitePlans(): Promise<PlanHarness> {
  const temp = await openTempStore()
  const { store, take } = notingStore(temp.store)
  const db = new DatabaseSync(join(temp.folder, 'streakline.db'), { readOnly: true })
  return {
    store,
    async examined() {
      const statements = new CountingStatements(db)
      for (const read of take()) again(statements, read)
      const { plans, rows } = statements
      const isScan = plans.some((plan) => /^SCAN (?!\()|TEMP B-TREE/.test(plan))
      return { rows, plans, isScan }
    },
    async close() {
      db.close()
      await temp.close()
    },
  }
}

function again(statements: Statements, read: Read): void {
  if (read.kind === 'find') findRows(statements, read.collection, read.query)
  else countRows(statements, read.collection, read.where, read.max)
}

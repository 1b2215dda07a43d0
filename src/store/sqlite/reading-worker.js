/**
 * A thread that reads what may take long, on a connection of its own that cannot write: SQLite runs in the thread that
 * asks it. Plain JavaScript: reading TypeScript takes each thread 17 MiB. The other end of an `AskedThread`.
 */
import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'

const MAX_STATEMENTS = 200
/** Looking at the clocks takes as long as looking at some rows. */
const ROWS_BETWEEN_LOOKS = 64

const port = parentPort
if (port === null) throw new Error('runs as a worker thread only')
/** @type {{ path: string, timeoutMs: number }} */
const { path, timeoutMs } = workerData
const db = new DatabaseSync(path, { readOnly: true, timeout: timeoutMs })
db.exec('PRAGMA temp_store = MEMORY')

/** @type {Map<string, import('node:sqlite').StatementSync>} */
const statements = new Map()
/** What the read at hand may cost. */
let budget = { computeMs: 0, waitMs: 0 }
let rows = 0
let isSpent = false

/** What this thread has computed since it began, in milliseconds. */
function computedMs() {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

// asked of each row that is looked at: what it throws ends the statement
db.function('within_budget', () => {
  rows += 1
  if (rows % ROWS_BETWEEN_LOOKS !== 0) return 1
  if (computedMs() < budget.computeMs && performance.now() < budget.waitMs) return 1
  isSpent = true
  throw new Error('the read has cost what it may')
})

/** @param {string} sql */
function prepared(sql) {
  const known = statements.get(sql)
  if (known !== undefined) return known
  if (statements.size >= MAX_STATEMENTS) statements.clear()
  const statement = db.prepare(sql)
  statement.setReturnArrays(true)
  statements.set(sql, statement)
  return statement
}

port.on('message', ({ sql, params, computeMs, waitMs }) => {
  budget = { computeMs: computedMs() + computeMs, waitMs: performance.now() + waitMs }
  rows = 0
  isSpent = false
  try {
    port.postMessage({ answer: { found: prepared(sql).all(...params) } })
  } catch (error) {
    const { message, errcode } = /** @type {Error & { errcode?: number }} */ (error)
    port.postMessage({ answer: isSpent ? { isSpent } : { failure: { message, errcode } } })
  }
})

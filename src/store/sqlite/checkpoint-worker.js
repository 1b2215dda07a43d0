/**
 * A thread that copies the WAL into the database file when asked, or empties it: the syncs of a checkpoint take up to a second and
 * would hold up everything else in the main thread. Plain JavaScript: reading TypeScript takes each thread 17 MiB.
 */
import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'

const port = parentPort
if (port === null) throw new Error('runs as a worker thread only')
/** @type {{ path: string, timeoutMs: number }} */
const { path, timeoutMs } = workerData
const db = new DatabaseSync(path, { timeout: timeoutMs })
db.exec('PRAGMA synchronous = NORMAL')
const statements = {
  checkpoint: db.prepare('PRAGMA wal_checkpoint(PASSIVE)'),
  empty: db.prepare('PRAGMA wal_checkpoint(TRUNCATE)'),
}
/** Commits wait while the log is emptied, so it must not wait for readers for long. */
const PATIENCE_MS = { checkpoint: timeoutMs, empty: 250 }

port.on('message', (/** @type {'checkpoint' | 'empty' | 'close'} */ message) => {
  if (message === 'close') {
    db.close()
    port.close()
    return
  }
  try {
    db.exec(`PRAGMA busy_timeout = ${PATIENCE_MS[message]}`)
    const { busy } = /** @type {{ busy: number }} */ (statements[message].get())
    port.postMessage({ failure: null, isDone: busy === 0 })
  } catch (error) {
    port.postMessage({ failure: error instanceof Error ? error.message : String(error), isDone: false })
  }
})

/**
 * A thread that copies the WAL into the database file when asked: the syncs of a checkpoint take up to a second and
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
const checkpoint = db.prepare('PRAGMA wal_checkpoint(PASSIVE)')

port.on('message', (/** @type {'checkpoint' | 'close'} */ message) => {
  if (message === 'close') {
    db.close()
    port.close()
    return
  }
  try {
    checkpoint.get()
    port.postMessage({ failure: null })
  } catch (error) {
    port.postMessage({ failure: error instanceof Error ? error.message : String(error) })
  }
})

import { once } from 'node:events'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { Worker } from 'node:worker_threads'
import { BUSY_TIMEOUT_MS } from './connection.ts'

export interface CheckpointLimits {
  /** Frames (pages of 4 KiB) in the WAL that are worth a checkpoint. */
  readonly startFrames: number
  /** Frames from which on commits wait until a checkpoint has emptied the WAL: it starts anew only between commits. */
  readonly holdFrames: number
}

const DEFAULT_LIMITS: CheckpointLimits = { startFrames: 4_000, holdFrames: 32_000 }

/** Keeps the WAL short from a thread of its own, which starts with the first checkpoint. */
export class Checkpoints {
  readonly #db: DatabaseSync
  readonly #path: string
  readonly #limits: CheckpointLimits
  readonly #state: StatementSync
  #worker: Worker | undefined
  #running: Promise<void> | undefined
  #draining: Promise<void> | undefined
  #isFull = false
  #isClosed = false

  constructor(db: DatabaseSync, path: string, limits: CheckpointLimits = DEFAULT_LIMITS) {
    this.#db = db
    this.#path = path
    this.#limits = limits
    // tells the state of the WAL and does nothing
    this.#state = db.prepare('PRAGMA wal_checkpoint(NOOP)')
    this.#state.setReturnArrays(true)
  }

  /** Whether a commit should wait for `drained` before it begins. */
  get isFull(): boolean {
    return this.#isFull
  }

  /** Looks at the WAL after a commit; starts a checkpoint when it has grown. */
  consider(): void {
    const [, frames, done] = this.#state.get() as unknown as [number, number, number]
    this.#isFull = frames >= this.#limits.holdFrames
    if (frames - done >= this.#limits.startFrames) this.#start()
  }

  /** Resolves when a checkpoint that no commit ran into has ended, whether or not it succeeded. */
  drained(): Promise<void> {
    this.#draining ??= this.#drain()
    return this.#draining
  }

  /** Waits for a running checkpoint and ends the thread. Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#running
    const worker = this.#worker
    this.#worker = undefined
    if (worker === undefined) return
    worker.ref()
    const ended = once(worker, 'exit')
    worker.postMessage('close')
    await ended
  }

  async #drain(): Promise<void> {
    await this.#running
    await this.#start()
    this.#isFull = false
    this.#draining = undefined
  }

  #start(): Promise<void> | undefined {
    if (this.#isClosed) return undefined
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  async #run(): Promise<void> {
    try {
      this.#worker ??= new Worker(new URL('./checkpoint-worker.ts', import.meta.url), {
        workerData: { path: this.#path, timeoutMs: BUSY_TIMEOUT_MS },
      })
      // counts as a reason to stay alive only while somebody may wait for it
      this.#worker.ref()
      const answered = once(this.#worker, 'message')
      this.#worker.postMessage('checkpoint')
      // a checkpoint that failed is tried again after the next commit; until then the WAL keeps everything
      await answered
      this.#worker.unref()
    } catch {
      // no thread to be had: SQLite does it itself, in this one
      this.#worker = undefined
      this.#db.exec('PRAGMA wal_autocheckpoint = 1000')
    }
  }
}

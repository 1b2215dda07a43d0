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
  #answered: (() => void) | undefined
  #draining: Promise<void> | undefined
  #isFull = false
  /** Closed, or without a thread. */
  #isOver = false

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

  /** Looks at the WAL after a commit; starts a checkpoint when it has grown. Never throws: the commit stands. */
  consider(): void {
    if (this.#isOver) return
    try {
      const [, frames, done] = this.#state.get() as unknown as [number, number, number]
      this.#isFull = frames >= this.#limits.holdFrames
      if (frames - done >= this.#limits.startFrames) this.#start()
    } catch {
      // the next commit looks again
    }
  }

  /** Resolves when a checkpoint that no commit ran into has ended, whether or not it succeeded. */
  drained(): Promise<void> {
    this.#draining ??= this.#drain()
    return this.#draining
  }

  /** Empties the WAL once more if it has ever been long, and ends the thread. Idempotent. */
  async close(): Promise<void> {
    if (this.#worker !== undefined) await this.drained()
    this.#isOver = true
    const worker = this.#worker
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

  /** A checkpoint that fails is tried again after the next commit; until then the WAL keeps everything. */
  #start(): Promise<void> | undefined {
    if (this.#isOver) return undefined
    this.#running ??= this.#run()
    return this.#running
  }

  async #run(): Promise<void> {
    try {
      const worker = this.#worker ?? this.#spawn()
      const answer = new Promise<void>((resolve) => {
        this.#answered = resolve
      })
      // counts as a reason to stay alive only while somebody may wait for it
      worker.ref()
      worker.postMessage('checkpoint')
      await answer
      worker.unref()
    } catch {
      this.#useOwnThread()
    } finally {
      this.#running = undefined
    }
  }

  #spawn(): Worker {
    const worker = new Worker(new URL('./checkpoint-worker.js', import.meta.url), {
      workerData: { path: this.#path, timeoutMs: BUSY_TIMEOUT_MS },
    })
    worker.on('message', () => this.#answered?.())
    // what went wrong in it does not matter: it ends, and that is seen
    worker.on('error', () => {})
    worker.on('exit', () => {
      this.#worker = undefined
      if (!this.#isOver) this.#useOwnThread()
      this.#answered?.()
    })
    this.#worker = worker
    return worker
  }

  /** No thread to be had: SQLite does it itself, in this one. */
  #useOwnThread(): void {
    this.#isOver = true
    this.#isFull = false
    this.#db.exec('PRAGMA wal_autocheckpoint = 1000')
  }
}

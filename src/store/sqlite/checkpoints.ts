import { once } from 'node:events'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { BUSY_TIMEOUT_MS, FULL_WAL_FRAMES } from './connection.ts'

export interface CheckpointLimits {
  /** Frames (pages of 4 KiB) in the WAL that are worth a checkpoint. */
  readonly startFrames: number
  /** Frames from which on commits wait until a checkpoint has emptied the WAL: it starts anew only between commits. */
  readonly holdFrames: number
}

const DEFAULT_LIMITS: CheckpointLimits = { startFrames: 4_000, holdFrames: FULL_WAL_FRAMES }

const EMPTYING_TRIES = 20
const EMPTYING_PAUSE_MS = 250

/** Keeps the WAL short from a thread of its own, which starts with the first checkpoint. */
export class Checkpoints {
  readonly #db: DatabaseSync
  readonly #path: string
  readonly #limits: CheckpointLimits
  readonly #state: StatementSync
  #worker: Worker | undefined
  #running: Promise<boolean> | undefined
  #answered: ((isDone: boolean) => void) | undefined
  #emptied: Promise<boolean> | undefined
  #emptying: Promise<boolean> | undefined
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

  /** While the WAL is being emptied: a commit that begins now would wait for it in SQLite, and hold up the thread. */
  get emptying(): Promise<unknown> | undefined {
    return this.#emptying
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

  /**
   * Resolves when the WAL has no bytes left, all of it is in the database file, on disk; false when others read from it
   * all the time. Those that ask together share one; one that is under way may have begun too early.
   */
  async emptied(): Promise<boolean> {
    await this.#emptied
    this.#emptied ??= this.#empty().finally(() => {
      this.#emptied = undefined
    })
    return this.#emptied
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

  /** What takes long comes first, beside commits: then little is left for the moment in which they wait. */
  async #empty(): Promise<boolean> {
    for (let tries = 0; tries < EMPTYING_TRIES; tries += 1) {
      if (tries > 0) await wait(EMPTYING_PAUSE_MS)
      await this.drained()
      this.#emptying = this.#emptyNow().finally(() => {
        this.#emptying = undefined
      })
      if (await this.#emptying) return true
    }
    return false
  }

  async #emptyNow(): Promise<boolean> {
    while (this.#running !== undefined) await this.#running
    if (!this.#isOver) {
      this.#running = this.#run('empty')
      return this.#running
    }
    const { busy } = this.#db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() as { busy: number }
    return busy === 0
  }

  /** A checkpoint that fails is tried again after the next commit; until then the WAL keeps everything. */
  #start(): Promise<boolean> | undefined {
    if (this.#isOver) return undefined
    this.#running ??= this.#run('checkpoint')
    return this.#running
  }

  /** Whether it did all that there was to do. */
  async #run(what: 'checkpoint' | 'empty'): Promise<boolean> {
    try {
      const worker = this.#worker ?? this.#spawn()
      const answer = new Promise<boolean>((resolve) => {
        this.#answered = resolve
      })
      // counts as a reason to stay alive only while somebody may wait for it
      worker.ref()
      worker.postMessage(what)
      const isDone = await answer
      worker.unref()
      return isDone
    } catch {
      this.#useOwnThread()
      return false
    } finally {
      this.#running = undefined
    }
  }

  #spawn(): Worker {
    const worker = new Worker(new URL('./checkpoint-worker.js', import.meta.url), {
      workerData: { path: this.#path, timeoutMs: BUSY_TIMEOUT_MS },
    })
    worker.on('message', ({ isDone }: { isDone: boolean }) => this.#answered?.(isDone))
    // what went wrong in it does not matter: it ends, and that is seen
    worker.on('error', () => {})
    worker.on('exit', () => {
      this.#worker = undefined
      if (!this.#isOver) this.#useOwnThread()
      this.#answered?.(false)
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

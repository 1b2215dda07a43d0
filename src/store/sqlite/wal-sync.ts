import { AppError } from '../../errors.ts'

/**
 * Brings commits onto the disk without holding up the thread: SQLite (`synchronous=NORMAL`) only writes the WAL, and
 * one `fdatasync` of it covers every commit that was written before it began. Those that wait together share one.
 */
export class WalSync {
  readonly #datasync: () => Promise<void>
  #written = 0
  #synced = 0
  #running: Promise<void> | undefined
  /** Ids of rows written since the running sync began, and before it. */
  #fresh = new Set<string>()
  #syncing = new Set<string>()
  #failure: unknown

  constructor(datasync: () => Promise<void>) {
    this.#datasync = datasync
  }

  /** Says that a commit has just been written, and which rows it left. */
  written(ids: Iterable<string>): void {
    this.#written++
    for (const id of ids) this.#fresh.add(id)
  }

  /** Whether a row is not surely on disk in the state that reads show now. */
  isUnsynced(id: string): boolean {
    return this.#fresh.has(id) || this.#syncing.has(id)
  }

  /** Whether everything written is on disk. */
  get settled(): boolean {
    return this.#synced === this.#written
  }

  /** Whether a sync failed: what was written may never reach the disk, and a later sync would not say so. */
  get failed(): boolean {
    return this.#failure !== undefined
  }

  /**
   * Resolves when all that was written before this call is on disk. @throws AppError STORE_UNAVAILABLE when it cannot
   * be
   */
  async durable(): Promise<void> {
    const target = this.#written
    while (this.#synced < target) {
      if (this.failed) {
        throw new AppError('STORE_UNAVAILABLE', 'The SQLite store could not sync its log to disk.', {
          cause: this.#failure,
        })
      }
      this.#running ??= this.#sync()
      await this.#running
    }
  }

  /** Says that everything written has reached the disk in another way, by a checkpoint. */
  recovered(): void {
    this.#failure = undefined
    this.#synced = this.#written
    this.#fresh.clear()
    this.#syncing.clear()
  }

  async #sync(): Promise<void> {
    const covered = this.#written
    this.#syncing = this.#fresh
    this.#fresh = new Set()
    try {
      await this.#datasync()
      this.#synced = Math.max(this.#synced, covered)
      this.#syncing.clear()
    } catch (error) {
      this.#failure = error ?? new Error('unknown')
    } finally {
      this.#running = undefined
    }
  }
}

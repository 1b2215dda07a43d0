import type { Shifts } from './shifts.ts'

/**
 * Group commit: callers that arrive together share a batch; a lone caller waits for nobody. Batches run side by side
 * up to a limit, but never two with a key in common, and what shares a key keeps its order.
 */
export interface BatcherOptions<T, R> {
  /**
   * One result per item, in order. What has AGAIN for one goes back to the front of those that wait. When it rejects,
   * every caller of the batch is rejected.
   */
  readonly run: (items: readonly T[]) => Promise<readonly (R | typeof AGAIN)[]>
  /** Items with the same key never run side by side; null = no such constraint. */
  readonly keyOf: (item: T) => string | null
  /** Rough size of an item in bytes. */
  readonly sizeOf: (item: T) => number
  readonly maxItems: number
  readonly maxBytes: number
  readonly maxInFlight: number
  /** Where many wait, the shift of each key is awaited; of few nobody is kept waiting. */
  readonly shifts?: Shifts | undefined
  /** Without it each that comes begins a batch as long as fewer than `maxInFlight` are under way. */
  readonly gathers?: Gathering | undefined
}

/**
 * When the next batch begins where few wait: what a batch costs is then shared by those who come meanwhile. Who comes
 * when nothing is under way, and nothing was just before, still waits for nobody; many begin at once.
 */
export interface Gathering {
  /**
   * After the one before has ended, and no sooner after it began than this, or than three times what it took: what
   * gathers leaves two thirds of the store to others.
   */
  readonly paceMs: number
  /** Where the one before has ended, no later than this after it began. */
  readonly longestPaceMs: number
  /** While the one before does not end, no later than this after it began. */
  readonly patienceMs: number
}

/** What comes while a batch is under way shares the next. */
export const WHILE_UNDER_WAY: Gathering = { paceMs: 0, longestPaceMs: 0, patienceMs: 50 }

interface Waiting<T, R> {
  readonly item: T
  readonly key: string | null
  readonly size: number
  readonly resolve: (result: R) => void
  readonly reject: (error: unknown) => void
}

/** So few take what comes. */
export const FEW = 16

/** Of an item that was not done: it waits on, before all that came after it. */
export const AGAIN = Symbol('again')

export class Batcher<T, R> {
  readonly #options: BatcherOptions<T, R>
  #waiting: Waiting<T, R>[] = []
  readonly #busyKeys = new Set<string>()
  #inFlight = 0
  #scheduled = false
  #timer: NodeJS.Timeout | undefined
  #begunAt = Number.NEGATIVE_INFINITY
  /** What the last batch took. */
  #last = { ms: 0, items: 1 }
  #idle: (() => void)[] = []

  constructor(options: BatcherOptions<T, R>) {
    this.#options = options
  }

  /** Resolves with the item's own result once its batch is done. */
  add(item: T): Promise<R> {
    return new Promise((resolve, reject) => {
      const { keyOf, sizeOf } = this.#options
      this.#waiting.push({ item, key: keyOf(item), size: sizeOf(item), resolve, reject })
      this.#schedule()
    })
  }

  /** Resolves when nothing waits or runs any more. */
  drain(): Promise<void> {
    if (this.#inFlight === 0 && this.#waiting.length === 0) return Promise.resolve()
    return new Promise((resolve) => this.#idle.push(resolve))
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      clearTimeout(this.#timer)
      while (this.#inFlight < this.#options.maxInFlight) {
        const gatherMs = this.#gatherMs()
        if (gatherMs > 0) return this.#scheduleIn(gatherMs)
        const batch = this.#take()
        if (batch.length === 0) break
        void this.#run(batch)
      }
    })
  }

  #scheduleIn(waitMs: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#schedule(), waitMs)
  }

  /** How much longer those that wait gather; 0 or less = no longer. */
  #gatherMs(): number {
    const { gathers } = this.#options
    const waiting = this.#waiting.length
    if (gathers === undefined || waiting === 0 || waiting >= FEW) return 0
    const gatheredMs = performance.now() - this.#begunAt
    const paceMs = Math.min(gathers.longestPaceMs, Math.max(gathers.paceMs, 3 * this.#last.ms))
    return (this.#inFlight === 0 ? paceMs : gathers.patienceMs) - gatheredMs
  }

  #take(): Waiting<T, R>[] {
    const { maxItems, maxBytes } = this.#options
    const batch: Waiting<T, R>[] = []
    const left: Waiting<T, R>[] = []
    const passedOver = new Set<string>()
    const shifts = this.#waiting.length > FEW ? this.#options.shifts : undefined
    let soonestMs = Number.POSITIVE_INFINITY
    let bytes = 0
    for (const [index, entry] of this.#waiting.entries()) {
      const full = batch.length >= maxItems || (batch.length > 0 && bytes + entry.size > maxBytes)
      if (full) {
        left.push(...this.#waiting.slice(index))
        break
      }
      if (entry.key !== null && (this.#busyKeys.has(entry.key) || passedOver.has(entry.key))) {
        passedOver.add(entry.key)
        left.push(entry)
        continue
      }
      const [expectedMs, joins] = [this.#expectedMs(batch.length + 1), batch.length >= FEW]
      const waitMs = entry.key === null ? 0 : (shifts?.(entry.key, expectedMs, joins) ?? 0)
      if (waitMs > 0) {
        soonestMs = Math.min(soonestMs, waitMs)
        passedOver.add(entry.key!)
        left.push(entry)
        continue
      }
      bytes += entry.size
      batch.push(entry)
    }
    this.#waiting = left
    if (batch.length === 0 && Number.isFinite(soonestMs)) this.#scheduleIn(soonestMs)
    return batch
  }

  /** Much of what a batch takes it takes however few it has; beyond the last one's size each is taken to cost as much. */
  #expectedMs(items: number): number {
    const { ms, items: lastItems } = this.#last
    const share = items / lastItems
    return ms * (share < 1 ? (1 + share) / 2 : share)
  }

  async #run(batch: readonly Waiting<T, R>[]): Promise<void> {
    const keys = new Set(batch.flatMap((entry) => (entry.key === null ? [] : [entry.key])))
    for (const key of keys) this.#busyKeys.add(key)
    this.#inFlight += 1
    const startedAt = performance.now()
    this.#begunAt = startedAt
    try {
      const results = await this.#options.run(batch.map((entry) => entry.item))
      this.#waiting.unshift(...batch.filter((_, index) => results[index] === AGAIN))
      for (const [index, entry] of batch.entries()) {
        const result = results[index]!
        if (result !== AGAIN) entry.resolve(result)
      }
    } catch (error) {
      for (const entry of batch) entry.reject(error)
    } finally {
      this.#last = { ms: performance.now() - startedAt, items: batch.length }
      for (const key of keys) this.#busyKeys.delete(key)
      this.#inFlight -= 1
      if (this.#waiting.length > 0) this.#schedule()
      else if (this.#inFlight === 0) for (const resolve of this.#idle.splice(0)) resolve()
    }
  }
}

export interface JobCollector<T> {
  /** Resolves when all `entries` were sent. @throws when the batch failed or too many entries wait */
  push(entries: readonly T[]): Promise<void>
}

export interface JobCollectorOptions<T> {
  readonly maxBatch: number
  /** How many entries may wait; more are refused, so that a slow receiver does not fill the memory. */
  readonly maxWaiting: number
  send(batch: readonly T[]): Promise<void>
}

interface Call {
  left: number
  resolve(): void
  reject(error: unknown): void
}

/**
 * Gathers what is pushed within one turn of the event loop, or while a batch is under way, into shared batches, one at
 * a time.
 */
export function createJobCollector<T>({
  maxBatch,
  maxWaiting,
  send,
}: JobCollectorOptions<T>): JobCollector<T> {
  let waiting: { readonly entry: T; readonly call: Call }[] = []
  let running = false

  async function run(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, maxBatch)
      try {
        await send(batch.map(({ entry }) => entry))
        for (const { call } of batch) if (--call.left === 0) call.resolve()
      } catch (error) {
        const failed = new Set(batch.map(({ call }) => call))
        for (const call of failed) call.reject(error)
        waiting = waiting.filter(({ call }) => !failed.has(call))
      }
    }
    running = false
  }

  return {
    push(entries) {
      if (entries.length === 0) return Promise.resolve()
      if (waiting.length + entries.length > maxWaiting) {
        return Promise.reject(new Error(`${waiting.length} entries wait already, at most ${maxWaiting} may`))
      }
      return new Promise((resolve, reject) => {
        const call: Call = { left: entries.length, resolve, reject }
        for (const entry of entries) waiting.push({ entry, call })
        if (running) return
        running = true
        setImmediate(run)
      })
    },
  }
}

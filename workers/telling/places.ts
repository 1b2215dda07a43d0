/** Requests to one endpoint that are under way at once, in each worker process. */
const MAX_AT_ONCE = 4
const LONGEST_WAIT_MS = 300_000
const SHORTEST_WAIT_MS = 100
/** How much the last request counts in what one is expected to take. */
const NEWEST = 0.25

interface Queue {
  busy: number
  /** What a request takes, as far as is known. */
  usualMs: number
  /** When the last of those that wait has its turn. */
  lastTurnAt: number
}

/**
 * The places of each endpoint: whoever finds none comes back when there should be one, behind all who were sent away
 * before. So a slow endpoint holds few of the workers' hands, and however much waits for it costs next to nothing.
 */
export class Places {
  readonly #queues = new Map<string, Queue>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  /** 0: a place is taken, to be given back; else in how many milliseconds to come again. */
  take(endpointId: string): number {
    const queue = this.#queues.get(endpointId) ?? { busy: 0, usualMs: SHORTEST_WAIT_MS, lastTurnAt: 0 }
    this.#queues.set(endpointId, queue)
    if (queue.busy < MAX_AT_ONCE) {
      queue.busy += 1
      return 0
    }
    const now = this.#now()
    const turnAt = Math.max(queue.lastTurnAt, now + SHORTEST_WAIT_MS) + queue.usualMs / MAX_AT_ONCE
    queue.lastTurnAt = Math.min(turnAt, now + LONGEST_WAIT_MS)
    return Math.ceil(queue.lastTurnAt - now)
  }

  giveBack(endpointId: string, tookMs: number): void {
    const queue = this.#queues.get(endpointId)
    if (queue === undefined) return
    queue.busy -= 1
    queue.usualMs += (tookMs - queue.usualMs) * NEWEST
    if (queue.busy === 0 && queue.lastTurnAt <= this.#now()) this.#queues.delete(endpointId)
  }
}

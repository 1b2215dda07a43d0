import type { Clock } from '../../ports/clock.ts'

const MAX_WRONG = 5
const WINDOW_MS = 15 * 60_000
const MAX_NAMES = 50_000

/**
 * Wrong passwords by who tries which address. A try counts before it is judged, so that many at once are no more than
 * five; the right one clears the count. In memory: each process allows as many.
 */
export class Attempts {
  readonly #clock: Clock
  readonly #times = new Map<string, readonly number[]>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Counts one more. @returns how long to wait first; 0: it may be judged */
  begin(name: string): number {
    const now = this.#clock.now()
    const recent = (this.#times.get(name) ?? []).filter((at) => at > now - WINDOW_MS)
    const oldest = recent.length < MAX_WRONG ? undefined : recent[0]
    if (oldest !== undefined) return oldest + WINDOW_MS - now
    this.#times.delete(name)
    this.#times.set(name, [...recent, now])
    const [first] = this.#times.keys()
    if (this.#times.size > MAX_NAMES && first !== undefined) this.#times.delete(first)
    return 0
  }

  /** It was right: all is forgotten. */
  clear(name: string): void {
    this.#times.delete(name)
  }
}

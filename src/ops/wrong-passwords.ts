import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'

export const MAX_WRONG = 10
export const WINDOW_MS = 15 * 60_000
const MAX_ADDRESSES = 10_000

/** Wrong operator passwords by the address they came from: after 10 within 15 minutes it has to wait. */
export class WrongPasswords {
  readonly #clock: Clock
  readonly #logger: Logger
  /** When each came, the last ten; the address that failed longest ago stands first. */
  readonly #times = new Map<string, number[]>()

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock
    this.#logger = logger
  }

  /** How long the address has to wait, whatever it sends; 0 when it need not. */
  waitMs(address: string): number {
    const times = this.#times.get(address) ?? []
    const first = times.length < MAX_WRONG ? undefined : times[0]
    return first === undefined ? 0 : Math.max(0, first + WINDOW_MS - this.#clock.now())
  }

  note(address: string): void {
    const times = [...(this.#times.get(address) ?? []), this.#clock.now()].slice(-MAX_WRONG)
    this.#times.delete(address)
    this.#times.set(address, times)
    const [oldest] = this.#times.keys()
    if (this.#times.size > MAX_ADDRESSES && oldest !== undefined) this.#times.delete(oldest)
    const waitMs = this.waitMs(address)
    if (waitMs > 0) {
      const message = `${MAX_WRONG} wrong operator passwords from one address: it has to wait`
      this.#logger.warn({ address, waitMs }, message)
    }
  }
}

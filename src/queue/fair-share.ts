import type { Clock } from '../ports/clock.ts'

/** What an account may have worked off before it makes room for others, and how much of that comes back each second. */
const BURST = 2_000
const PER_SECOND = 500
/** BullMQ's least urgent priority; 0 is the most urgent, and takes jobs in the order in which they came. */
const LAST = 2 ** 21
const MAX_ACCOUNTS = 10_000

/**
 * How urgent an account's work is. Who sends little is always at the front; of those that send much the next in line is
 * whoever had the least, so that a backlog of one account is worked off in turns with the others' and nobody waits for
 * the whole of it. Counted in this process: where several enqueue, each allows this much.
 */
export class FairShare {
  readonly #clock: Clock
  readonly #used = new Map<string, { amount: number; at: number }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Counts `amount` more of an account's work. @returns its priority in BullMQ's terms */
  take(accountId: string, amount: number): number {
    const now = this.#clock.now()
    const { amount: before, at } = this.#used.get(accountId) ?? { amount: 0, at: now }
    const used = Math.max(0, before - (Math.max(0, now - at) / 1_000) * PER_SECOND) + amount
    this.#used.delete(accountId)
    this.#used.set(accountId, { amount: used, at: now })
    // the one that was not heard of for longest has had the time to be forgotten
    if (this.#used.size > MAX_ACCOUNTS) this.#used.delete(this.#used.keys().next().value!)
    return used <= BURST ? 0 : Math.min(LAST, Math.ceil(used - BURST))
  }
}

import type { Taken, TokenBuckets } from './token-buckets.ts'

interface InHand {
  guesses: number
  readonly waiting: (() => void)[]
}

/**
 * Counts guesses at credentials before they are judged, and gives back those that were right. Of one name no more are
 * judged at once than may be wrong: the others wait for what becomes of these, so that whoever sends many right ones
 * is served and whoever sends many wrong ones has no more than the limit of them looked at.
 */
export class Guesses {
  readonly #buckets: TokenBuckets
  readonly #inHand = new Map<string, InHand>()

  constructor(buckets: TokenBuckets) {
    this.#buckets = buckets
  }

  /** When it is `ok` the guess may be judged, and `end` must be told. */
  async begin(name: string): Promise<Taken> {
    for (;;) {
      const taken = this.#buckets.take(name)
      const inHand = this.#inHand.get(name)
      if (taken.ok) {
        if (inHand === undefined) this.#inHand.set(name, { guesses: 1, waiting: [] })
        else inHand.guesses += 1
        return taken
      }
      if (inHand === undefined) return taken
      await new Promise<void>((resolve) => inHand.waiting.push(resolve))
    }
  }

  end(name: string, wasRight: boolean): void {
    const inHand = this.#inHand.get(name)
    if (inHand === undefined) return
    inHand.guesses -= 1
    if (wasRight) {
      this.#buckets.giveBack(name)
      inHand.waiting.shift()?.()
    }
    if (inHand.guesses > 0) return
    this.#inHand.delete(name)
    for (const wake of inHand.waiting) wake()
  }
}

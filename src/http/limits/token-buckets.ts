import type { Clock } from '../../ports/clock.ts'

/** How often something may happen: `perSecond` in the long run, and `burst` times at once after a rest. */
export interface Rate {
  readonly perSecond: number
  readonly burst: number
}

export interface Taken {
  readonly ok: boolean
  /** Whole tokens that are left. */
  readonly remaining: number
  /** Until there is a token again; 0 while there is one. */
  readonly nextAfterMs: number
  /** Until nobody could tell the bucket from a new one. */
  readonly fullAfterMs: number
}

interface Bucket {
  tokens: number
  /** When `tokens` was right. */
  atMs: number
}

/**
 * Token buckets by name, in memory. Nothing runs for them: a bucket is brought up to date when it is asked. At most
 * `maxBuckets` are kept; the one that was asked longest ago makes room, which by then is full in all likelihood.
 */
export class TokenBuckets {
  readonly rate: Rate
  readonly #clock: Clock
  readonly #maxBuckets: number
  readonly #buckets = new Map<string, Bucket>()

  constructor(rate: Rate, clock: Clock, maxBuckets: number) {
    this.rate = rate
    this.#clock = clock
    this.#maxBuckets = maxBuckets
  }

  get size(): number {
    return this.#buckets.size
  }

  /** Takes a token, if there is one. */
  take(name: string): Taken {
    const bucket = this.#current(name)
    const ok = bucket.tokens >= 1
    if (ok) bucket.tokens -= 1
    this.#keep(name, bucket)
    return this.#describe(bucket, ok)
  }

  /** What `take` would say, without taking. */
  look(name: string): Taken {
    const bucket = this.#current(name)
    return this.#describe(bucket, bucket.tokens >= 1)
  }

  /** Puts a token back that was taken for nothing. */
  giveBack(name: string): void {
    const bucket = this.#current(name)
    bucket.tokens = Math.min(this.rate.burst, bucket.tokens + 1)
    this.#keep(name, bucket)
  }

  #current(name: string): Bucket {
    const { perSecond, burst } = this.rate
    const nowMs = this.#clock.now()
    const known = this.#buckets.get(name)
    if (known === undefined) return { tokens: burst, atMs: nowMs }
    // a clock that was set back gives nothing and takes nothing
    const elapsedMs = Math.max(0, nowMs - known.atMs)
    return { tokens: Math.min(burst, known.tokens + (elapsedMs * perSecond) / 1000), atMs: nowMs }
  }

  /** The map is in the order in which its buckets were asked. */
  #keep(name: string, bucket: Bucket): void {
    this.#buckets.delete(name)
    this.#buckets.set(name, bucket)
    if (this.#buckets.size <= this.#maxBuckets) return
    const oldest = this.#buckets.keys().next()
    if (oldest.done === false) this.#buckets.delete(oldest.value)
  }

  #describe({ tokens }: Bucket, ok: boolean): Taken {
    const untilMs = (wanted: number) => Math.ceil((Math.max(0, wanted - tokens) * 1000) / this.rate.perSecond)
    return {
      ok,
      remaining: Math.floor(tokens),
      nextAfterMs: untilMs(1),
      fullAfterMs: untilMs(this.rate.burst),
    }
  }
}

import type { Deadline } from './deadline.ts'

/** Who goes first where points are short: a shopper waits for a coupon, nobody for a page of the past. */
export const PRIORITIES = ['coupon', 'setup', 'backfill'] as const
export type Priority = (typeof PRIORITIES)[number]

/** `extensions.cost.throttleStatus` of an answer. */
export interface ThrottleStatus {
  readonly maximumAvailable: number
  readonly currentlyAvailable: number
  readonly restoreRate: number
}

/**
 * The points that one app has left in one shop, as far as this process knows. Shopify's own figure comes with every
 * answer and holds what all processes spent, so none of them is told by another: between two answers each reckons with
 * what it has under way, the past leaves half of the bucket to coupons and to the other workers, and who is throttled
 * all the same has lost nothing, for a throttled request costs nothing and brings the true figure.
 */
export interface Points {
  /** Waits until `cost` is there. Gives how long it would still take where that is beyond the deadline, else null. */
  take(cost: number, priority: Priority, deadline: Deadline): Promise<number | null>
  /** Of a request that has been answered, or never will be. @param status what the answer says is left; null: it cost nothing */
  spent(cost: number, status: ThrottleStatus | null): void
}

interface Waiting {
  readonly cost: number
  readonly priority: Priority
  go(): void
}

const BACKFILL_LEAVES = 0.5

export function createPoints(now: () => number = () => performance.now()): Points {
  let known: { available: number; readonly maximum: number; readonly rate: number; at: number } | null = null
  let underWay = 0
  let waiting: Waiting[] = []
  let timer: NodeJS.Timeout | undefined

  function missing(cost: number, priority: Priority): number {
    if (known === null) return 0
    const { maximum, rate } = known
    const time = now()
    known.available = Math.min(maximum, known.available + ((time - known.at) / 1_000) * rate)
    known.at = time
    const left = priority === 'backfill' ? maximum * BACKFILL_LEAVES : 0
    return Math.max(0, Math.min(cost + left, maximum) - known.available)
  }

  const msFor = (points: number): number => (known === null ? 0 : Math.ceil((points / known.rate) * 1_000))

  function spend(cost: number): void {
    underWay += cost
    if (known !== null) known.available -= cost
  }

  /** Lets those go that can; the first that cannot holds up all behind it. */
  function pump(): void {
    clearTimeout(timer)
    for (;;) {
      const [first] = waiting
      if (first === undefined) return
      const short = missing(first.cost, first.priority)
      if (short > 0) {
        timer = setTimeout(pump, msFor(short))
        return
      }
      waiting = waiting.slice(1)
      first.go()
    }
  }

  function queue(one: Waiting): void {
    const rank = PRIORITIES.indexOf(one.priority)
    const place = waiting.findIndex(({ priority }) => PRIORITIES.indexOf(priority) > rank)
    waiting.splice(place === -1 ? waiting.length : place, 0, one)
    pump()
  }

  async function take(cost: number, priority: Priority, deadline: Deadline): Promise<number | null> {
    const tooLong = msFor(missing(cost, priority))
    if (deadline.signal.aborted || tooLong >= deadline.leftMs()) return tooLong
    const { promise, resolve } = Promise.withResolvers<number | null>()
    const one: Waiting = {
      cost,
      priority,
      go() {
        deadline.signal.removeEventListener('abort', giveUp)
        spend(cost)
        resolve(null)
      },
    }
    function giveUp(): void {
      waiting = waiting.filter((other) => other !== one)
      resolve(Math.max(1_000, msFor(missing(cost, priority))))
      pump()
    }
    deadline.signal.addEventListener('abort', giveUp, { once: true })
    queue(one)
    return await promise
  }

  return {
    take,
    spent(cost, status) {
      underWay -= cost
      if (status !== null) {
        const { maximumAvailable: maximum, currentlyAvailable, restoreRate: rate } = status
        known = { maximum, rate, available: currentlyAvailable - underWay, at: now() }
      } else if (known !== null) known.available += cost
      pump()
    },
  }
}

const MAX_SHOPS = 1_000

/** One for each app in each shop; those that were not asked for longest are forgotten. */
export function createPointsOf(): (key: string) => Points {
  const all = new Map<string, Points>()
  return (key) => {
    const points = all.get(key) ?? createPoints()
    all.delete(key)
    all.set(key, points)
    const [oldest] = all.keys()
    if (all.size > MAX_SHOPS && oldest !== undefined) all.delete(oldest)
    return points
  }
}

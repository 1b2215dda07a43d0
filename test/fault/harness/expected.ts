import { DAYS_IN_A_ROW, SPENT_CENTS } from './merchant.ts'
import type { Order } from './orders.ts'

const DAY_MS = 86_400_000

/** What a day of a member comes to. */
export interface Day {
  readonly externalId: string
  readonly day: string
  purchases: number
  /** Less what was withdrawn. */
  cents: number
  /** Its purchases were told too late to be granted anything. */
  readonly isQuiet: boolean
}

/** What orders come to, reckoned without any of the product's code. */
export interface Expected {
  /** By `{externalId} {day}`. */
  readonly days: ReadonlyMap<string, Day>
  /** Days of which something was taken back, by the same key. */
  readonly touched: ReadonlySet<string>
  /** Days that earn the coupon for spending, by the same key. */
  readonly spent: ReadonlySet<string>
  /** Members with enough days in a row, by externalId. */
  readonly inARow: ReadonlySet<string>
}

/** What was taken back of an order. */
export interface TakenBack {
  readonly cents: number
  /** Whether it does not count as a purchase any more either. */
  readonly purchase: boolean
}

export function expectedOf(orders: Iterable<Order>, takenBack: ReadonlyMap<string, TakenBack>): Expected {
  const days = new Map<string, Day>()
  const touched = new Set<string>()
  for (const { id, externalId, day, cents, isQuiet } of orders) {
    const key = `${externalId} ${day}`
    const sum = days.get(key) ?? { externalId, day, purchases: 0, cents: 0, isQuiet }
    const less = takenBack.get(id)
    if (less !== undefined) touched.add(key)
    sum.purchases += less?.purchase ? 0 : 1
    sum.cents += cents - (less?.cents ?? 0)
    days.set(key, sum)
  }
  const spent = new Set(
    [...days].flatMap(([key, { cents, isQuiet }]) => (cents >= SPENT_CENTS && !isQuiet ? [key] : [])),
  )
  const byMember = Map.groupBy(days.values(), ({ externalId }) => externalId)
  const inARow = [...byMember].flatMap(([externalId, own]) =>
    longestRun(
      own
        .filter(({ purchases, isQuiet }) => purchases > 0 && !isQuiet)
        .map(({ day }) => Date.parse(day) / DAY_MS),
    ) >= DAYS_IN_A_ROW
      ? [externalId]
      : [],
  )
  return { days, touched, spent, inARow: new Set(inARow) }
}

function longestRun(days: readonly number[]): number {
  let longest = 0
  let length = 0
  let last = Number.NaN
  for (const day of days.toSorted((a, b) => a - b)) {
    length = day === last + 1 ? length + 1 : 1
    longest = Math.max(longest, length)
    last = day
  }
  return longest
}

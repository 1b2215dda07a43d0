import type { Instant } from '../clock.ts'

/** The form in which names of orders are compared: people leave the `#` before them out, or write it. */
export function foldOrderName(orderName: string): string {
  return orderName.startsWith('#') ? orderName.slice(1) : orderName
}

const DAY_MS = 24 * 3_600_000

/** Whether a purchase lies further back than a rule's `rewardWithinDays` when it is received; null is without limit. */
export function isLongAgo(activityAt: Instant, receivedAt: Instant, withinDays: number | null): boolean {
  return withinDays !== null && receivedAt - activityAt > withinDays * DAY_MS
}

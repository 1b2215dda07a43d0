import type { ActivityJob } from '../../src/ports/queue.ts'
import type { MemberProfile, PurchaseActivity } from '../../src/ports/schema/values.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const HOUR_MS = 60 * 60 * 1000

export const MEMBERS = 1_000
const ORDERS_PER_DAY = 2
/** Recordings begin so long ago; no order lies in the future, and pruning looks at none. */
const FIRST_DAY = Math.floor(Date.now() / DAY_MS) - 300

/** A purchase with everything a worker needs to record it. */
export interface Order {
  readonly externalId: string
  readonly profile: MemberProfile
  readonly uniqueIdentifier: string
  readonly activityAt: number
}

/** A naive queue carries the whole order, which spares its worker a read. */
export interface NaiveJob extends Order, ActivityJob {
  readonly accountId: string
  readonly streakId: string
}

/** Orders of many members in turn, `from` counted from the first ever: two a day each, in the order of time. */
export function ordersOf(from: number, orders: number): Order[] {
  return Array.from({ length: orders }, (_, at) => orderAt(from + at))
}

function orderAt(number: number): Order {
  const member = number % MEMBERS
  const nth = Math.floor(number / MEMBERS)
  const day = FIRST_DAY + Math.floor(nth / ORDERS_PER_DAY)
  return {
    externalId: `shopify:${7_000_000 + member}`,
    profile: { firstName: 'Ada', lastName: `Shopper ${member}`, email: `buyer-${member}@example.com` },
    uniqueIdentifier: String(5_000_000_000 + number),
    activityAt: day * DAY_MS + (nth % ORDERS_PER_DAY) * 6 * HOUR_MS + member * 1_000,
  }
}

/** As the connector would hand it to the inbox. */
export function activityOf(order: Order, purchaseSpace: string): PurchaseActivity {
  const { externalId, profile, activityAt, uniqueIdentifier } = order
  return {
    externalId,
    profile,
    profileAt: activityAt,
    activityAt,
    activityId: 'made_a_purchase',
    activityValue: null,
    orderId: uniqueIdentifier,
    orderReference: null,
    orderTotal: '19.9',
    currency: 'EUR',
    isAmount: false,
    purchaseSpace,
    droppedFields: [],
  }
}

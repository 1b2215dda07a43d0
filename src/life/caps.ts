import type { Instant } from '../ports/clock.ts'
import type { Caps, RewardSpec } from '../ports/schema/values.ts'
import type { Row } from '../ports/schema.ts'
import { periodAt } from '../streaks/period.ts'
import { parseQuantity, type Quantity } from '../streaks/quantity.ts'

/** What was let through, as a cap counts it. */
export type Use = Pick<
  Row<'cap_use'>,
  'day' | 'dayCount' | 'month' | 'monthCount' | 'monthAmount' | 'totalCount' | 'totalAmount'
>

/** A day and a month in an account's time zone, by their keys. */
export interface Windows {
  readonly day: string
  readonly month: string
}

export const NO_USE: Use = {
  day: '',
  dayCount: 0,
  month: '',
  monthCount: 0,
  monthAmount: 0n,
  totalCount: 0,
  totalAmount: 0n,
}

/** The day and the month that an instant lies in. */
export function windowsAt(timezone: string, at: Instant): Windows {
  const keyOf = (aggregationPeriod: 'daily' | 'monthly') =>
    periodAt({ aggregationPeriod, timezone, weekStartsOn: 'monday' }, at).key
  return { day: keyOf('daily'), month: keyOf('monthly') }
}

/** What a reward adds to amounts: nothing where it is a percentage, or in another currency than the caps are. */
export function amountOf(reward: RewardSpec | null, { currency }: Caps): Quantity {
  if (reward === null || !('amount' in reward.discount) || reward.discount.currency !== currency) return 0n
  return exact(reward.discount.amount)
}

/** The use as it is in these windows. A clock that is behind another one counts in the other's day. */
function current(use: Use, { day, month }: Windows): Use {
  const isNewDay = day > use.day
  const isNewMonth = month > use.month
  return {
    ...use,
    ...(isNewDay ? { day, dayCount: 0 } : {}),
    ...(isNewMonth ? { month, monthCount: 0, monthAmount: 0n } : {}),
  }
}

/** A cap that has no room, as merchants name it. */
export interface ReachedCap {
  readonly name: Exclude<keyof Caps, 'currency'>
  readonly per: 'day' | 'month' | 'total'
  readonly most: string
}

/** Whether one more reward that adds `amount` stays within the caps: what they say is reached and never exceeded. */
export function hasRoom(caps: Caps, use: Use, windows: Windows, amount: Quantity): boolean {
  return reachedCaps(caps, use, windows, amount).length === 0
}

/** The caps that one more reward that adds `amount` would exceed. */
export function reachedCaps(caps: Caps, use: Use, windows: Windows, amount: Quantity): ReachedCap[] {
  const now = current(use, windows)
  const counts = [
    ['rewardsPerDay', 'day', now.dayCount],
    ['rewardsPerMonth', 'month', now.monthCount],
    ['rewardsTotal', 'total', now.totalCount],
  ] as const
  const amounts = [
    ['amountPerMonth', 'month', now.monthAmount],
    ['amountTotal', 'total', now.totalAmount],
  ] as const
  return [
    ...counts.flatMap(([name, per, count]) => {
      const most = caps[name]
      return most === undefined || count + 1 <= most ? [] : [{ name, per, most: String(most) }]
    }),
    ...amounts.flatMap(([name, per, sum]) => {
      const most = caps[name]
      // what adds nothing to an amount is not held by it
      const fits = most === undefined || amount === 0n || sum + amount <= exact(most)
      return fits ? [] : [{ name, per, most: `${most} ${caps.currency ?? ''}`.trim() }]
    }),
  ]
}

/** When the day or the month that `now` lies in is over, in an account's time zone; null: a total is never over. */
export function windowEnd(timezone: string, per: ReachedCap['per'], now: Instant): Instant | null {
  if (per === 'total') return null
  const aggregationPeriod = per === 'day' ? 'daily' : 'monthly'
  return periodAt({ aggregationPeriod, timezone, weekStartsOn: 'monday' }, now).endAt
}

/** The use with one more reward. */
export function withOne(use: Use, windows: Windows, amount: Quantity): Use {
  const now = current(use, windows)
  return {
    ...now,
    dayCount: now.dayCount + 1,
    monthCount: now.monthCount + 1,
    monthAmount: now.monthAmount + amount,
    totalCount: now.totalCount + 1,
    totalAmount: now.totalAmount + amount,
  }
}

/** The use without one that took its place in these windows: days and months that are over count no more. */
export function withoutOne(use: Use, windows: Windows, amount: Quantity): Use {
  const inDay = use.day === windows.day ? 1 : 0
  const inMonth = use.month === windows.month
  return {
    ...use,
    dayCount: less(use.dayCount, inDay),
    monthCount: less(use.monthCount, inMonth ? 1 : 0),
    monthAmount: use.monthAmount - (inMonth ? least(amount, use.monthAmount) : 0n),
    totalCount: less(use.totalCount, 1),
    totalAmount: use.totalAmount - least(amount, use.totalAmount),
  }
}

type Placed = Pick<
  Row<'reward_log'>,
  | 'reward'
  | 'drawnCode'
  | 'placeAt'
  | 'fulfilmentStatus'
  | 'heldReason'
  | 'couponUsed'
  | 'fulfilAfter'
  | 'createdAt'
>

/**
 * When a reward took the place that it has; null: it has none. Rewards of before places were noted have one where there
 * is, or may be, a coupon, or somebody is at it.
 */
export function placeOf(reward: Placed): Instant | null {
  const { placeAt, fulfilmentStatus: status, heldReason, couponUsed, fulfilAfter, createdAt } = reward
  if (reward.reward === null) return null
  if (placeAt !== null) return placeAt
  const isOut =
    status === 'pending' ||
    status === 'issuing' ||
    status === 'issued' ||
    status === 'revoking' ||
    (status === 'held' && heldReason === 'provider_paused') ||
    (status === 'revoked' && (couponUsed === 'yes' || couponUsed === 'unknown'))
  return isOut && reward.drawnCode !== null ? (fulfilAfter ?? createdAt) : null
}

function exact(digits: string): Quantity {
  const parsed = parseQuantity(digits)
  if (!parsed.ok) throw new Error(`${digits} was stored as an amount and is none`)
  return parsed.value
}

function less(count: number, by: number): number {
  return Math.max(0, count - by)
}

function least(one: Quantity, other: Quantity): Quantity {
  return one < other ? one : other
}

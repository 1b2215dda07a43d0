import type { Row } from '../../ports/schema.ts'
import { ONE, type Quantity } from '../../streaks/quantity.ts'

/** What a live log counts in full. */
export function fullValue(streak: Row<'streak'>, log: Row<'streak_log'>): Quantity {
  if (log.status !== 'live') return 0n
  return streak.aggregationMethod === 'count' ? ONE : (log.activityValue ?? 0n)
}

/** What a log counts with these entries: its value less what was withdrawn and not given back, never below 0. */
export function effectiveValue(full: Quantity, entries: readonly Row<'withdrawal'>[]): Quantity {
  return full - withdrawnBy(full, standingWithdrawals(entries))
}

/** What these withdrawals take together, cut to the full value. */
export function withdrawnBy(full: Quantity, standing: readonly Row<'withdrawal'>[]): Quantity {
  const sum = standing.reduce((total, { value }) => total + (value ?? full), 0n)
  return sum > full ? full : sum
}

/** Withdrawals that are not undone. */
export function standingWithdrawals(entries: readonly Row<'withdrawal'>[]): Row<'withdrawal'>[] {
  const undone = new Set(entries.flatMap((entry) => entry.withdrawalId ?? []))
  return entries.filter((entry) => entry.kind === 'withdrawal' && !undone.has(entry.id))
}

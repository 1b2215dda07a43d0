import type { Instant } from '../../ports/clock.ts'
import type { Row } from '../../ports/schema.ts'
import type { Period } from '../../streaks/period.ts'
import type { RecordRequest } from '../types.ts'

/** What the batch found out about a log that it accepts. */
interface Accepted
  extends Pick<Row<'streak_log'>, 'id' | 'ownedById' | 'uniqueIdentifier' | 'activityValue'> {
  readonly rewards: readonly Row<'reward_log'>[]
}

/** The row of an accepted log; `value` is what it counts for now. */
export function logRow(
  request: RecordRequest,
  { rewards, ...stored }: Accepted,
  { period, value }: { readonly period: Period; readonly value: bigint },
  now: Instant,
): Row<'streak_log'> {
  const { accountId, streakId, activityAt, activityId, status, quiet = false, purchase } = request
  return {
    ...stored,
    accountId,
    createdAt: now,
    updatedAt: now,
    streakId,
    activityAt,
    activityId,
    status,
    quiet,
    periodKey: period.key,
    periodNumber: period.number,
    effectiveValue: value,
    entryCount: 0,
    rewardLogIds: rewards.length === 0 ? null : rewards.map((reward) => reward.id),
    deliveryId: purchase?.deliveryId ?? null,
  }
}

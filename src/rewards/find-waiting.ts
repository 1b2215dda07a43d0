import { all, ascending, equal } from '../ports/conditions.ts'
import type { Row } from '../ports/schema.ts'
import type { Condition, Store } from '../ports/store.ts'

/** Rewards that wait for a coupon provider, the oldest grant first. @throws AppError STORE_UNAVAILABLE */
export function findWaiting(
  store: Store,
  providerId: string,
  limit: number,
  which: Condition<'reward_log'> | null = null,
): Promise<Row<'reward_log'>[]> {
  return store.find('reward_log', {
    where: all(equal({ waitingForProviderId: providerId }), which),
    sort: ascending('createdAt', 'id'),
    limit,
  })
}

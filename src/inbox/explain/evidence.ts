import { rewardsById } from '../../engine/views/view-reads.ts'
import { isErased, isIdentityOnly } from '../../ports/schema/values.ts'
import type { Row } from '../../ports/schema.ts'
import type { Store } from '../../ports/store.ts'
import type { Delivery } from './find-order.ts'

export type Item = Row<'delivery_item'>

/** A log that an order counted as, or met. */
export interface LogEvidence {
  readonly log: Row<'streak_log'>
  /** Withdrawals and what undoes them, in the order in which they were made. */
  readonly entries: readonly Row<'withdrawal'>[]
  readonly rewards: readonly Row<'reward_log'>[]
  /** Whoever owns the log was erased. */
  readonly isErased: boolean
}

/** What became of everything that was delivered of an order. */
export interface Evidence {
  /** Of purchases and reports. */
  readonly items: readonly Item[]
  /** Whom the bodies name beside them. */
  readonly names: readonly Item[]
  readonly logs: ReadonlyMap<string, LogEvidence>
}

export async function gather(
  store: Store,
  accountId: string,
  deliveries: readonly Delivery[],
): Promise<Evidence> {
  const keys = deliveries.map(({ id }) => [accountId, id])
  const all = await store.findByKeys('delivery_item', ['accountId', 'deliveryId'], keys)
  const items = all.filter((item) => !isIdentityOnly(item))
  const ids = new Set(
    items.flatMap(({ streakLogId, duplicateOfId }) => [streakLogId ?? [], duplicateOfId ?? []].flat()),
  )
  return { items, names: all.filter(isIdentityOnly), logs: await logsById(store, accountId, [...ids]) }
}

async function logsById(
  store: Store,
  accountId: string,
  ids: readonly string[],
): Promise<Map<string, LogEvidence>> {
  if (ids.length === 0) return new Map()
  const logs = await store.findByKeys(
    'streak_log',
    ['accountId', 'id'],
    ids.map((id) => [accountId, id]),
  )
  const [entries, members, rewards] = await Promise.all([
    store.findByKeys(
      'withdrawal',
      ['accountId', 'ownedById', 'streakLogId'],
      logs.map(({ ownedById, id }) => [accountId, ownedById, id]),
    ),
    store.findByKeys(
      'member',
      ['accountId', 'id'],
      logs.map(({ ownedById }) => [accountId, ownedById]),
    ),
    rewardsById(
      store,
      logs.flatMap(({ rewardLogIds }) => (rewardLogIds ?? []).map((id) => [accountId, id])),
    ),
  ])
  const erased = new Set(members.filter(isErased).map(({ id }) => id))
  return new Map(
    logs.map((log) => [
      log.id,
      {
        log,
        entries: entries
          .filter(({ streakLogId }) => streakLogId === log.id)
          .sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1)),
        rewards: (log.rewardLogIds ?? []).flatMap((id) => rewards.find((reward) => reward.id === id) ?? []),
        isErased: erased.has(log.ownedById),
      },
    ]),
  )
}

import { amountOf, reachedCaps, windowsAt } from '../life/caps.ts'
import type { Instant } from '../ports/clock.ts'
import { equal } from '../ports/conditions.ts'
import type { Row } from '../ports/schema.ts'
import type { Store } from '../ports/store.ts'
import { asOf } from './breaker.ts'
import { type CapStanding, type ProviderStanding, type Wait, waitOf } from './wait.ts'

type Reward = Row<'reward_log'>

/**
 * Why these rewards of one account wait, by their ids; those that do not are left out. A fixed number of reads, and one
 * more for each pool among them; none where nothing waits.
 * @throws AppError STORE_UNAVAILABLE
 */
export async function readWaits(
  store: Store,
  accountId: string,
  rewards: readonly Reward[],
  now: Instant,
): Promise<ReadonlyMap<string, Wait>> {
  const providers = await readProviders(store, accountId, rewards, now)
  const capsOf = await readCaps(store, accountId, rewards, now)
  const waits = rewards.map((reward) => {
    const provider = reward.reward === null ? undefined : providers.get(reward.reward.providerId)
    return [reward.id, waitOf(reward, { now, provider, caps: capsOf(reward) })] as const
  })
  return new Map(waits.flatMap(([id, wait]) => (wait === null ? [] : [[id, wait]])))
}

async function readProviders(
  store: Store,
  accountId: string,
  rewards: readonly Reward[],
  now: Instant,
): Promise<ReadonlyMap<string, ProviderStanding>> {
  const ids = new Set(rewards.flatMap(({ waitingForProviderId: id }) => (id === null ? [] : [id])))
  if (ids.size === 0) return new Map()
  const keys = [...ids].map((id) => [id])
  const [rows, states] = await Promise.all([
    store.findByKeys(
      'coupon_provider',
      ['accountId', 'id'],
      keys.map(([id]) => [accountId, id!]),
    ),
    store.findByKeys('provider_state', ['id'], keys),
  ])
  const stateOf = new Map(states.map((state) => [state.id, asOf(state, now)]))
  const standings = rows.map(async ({ id, provider: kind }) => {
    const isEmpty = kind === 'pool' && (await isUsedUp(store, accountId, id))
    return [id, { kind, isEmpty, state: stateOf.get(id) ?? null }] as const
  })
  return new Map(await Promise.all(standings))
}

async function isUsedUp(store: Store, accountId: string, providerId: string): Promise<boolean> {
  const where = equal<'coupon_code'>({ accountId, providerId, rewardLogId: null, source: 'pool' })
  return (await store.find('coupon_code', { where, limit: 1 })).length === 0
}

/** What caps say of a reward that one of them holds. */
async function readCaps(
  store: Store,
  accountId: string,
  rewards: readonly Reward[],
  now: Instant,
): Promise<(reward: Reward) => CapStanding | undefined> {
  const held = rewards.filter(({ waitsForRoomSince: since }) => since !== null)
  if (held.length === 0) return () => undefined
  const ids = [...new Set(held.map(({ milestoneId }) => milestoneId))].map((id) => [accountId, id])
  const [[account], milestones, uses] = await Promise.all([
    store.findByKeys('account', ['accountId', 'id'], [[accountId, accountId]]),
    store.findByKeys('milestone', ['accountId', 'id'], ids),
    store.findByKeys('cap_use', ['accountId', 'id'], [[accountId, accountId], ...ids]),
  ])
  const { timezone = 'UTC', caps: own = null } = account ?? {}
  const capsById = new Map(milestones.map(({ id, caps }) => [id, caps]))
  const useById = new Map(uses.map((use) => [use.id, use]))
  const windows = windowsAt(timezone, now)
  return ({ milestoneId, reward, waitsForRoomSince }) => {
    if (waitsForRoomSince === null) return undefined
    const scopes = [
      { of: 'milestone', caps: capsById.get(milestoneId) ?? null, use: useById.get(milestoneId) },
      { of: 'account', caps: own, use: useById.get(accountId) },
    ] as const
    const set = scopes.flatMap((scope) => (scope.caps === null ? [] : [{ ...scope, caps: scope.caps }]))
    const reached = set.flatMap(({ of, caps, use }) =>
      use === undefined
        ? []
        : reachedCaps(caps, use, windows, amountOf(reward, caps)).map((cap) => ({ ...cap, of })),
    )
    return { timezone, reached, isCounting: set.some(({ use }) => use?.countedAt == null) }
  }
}

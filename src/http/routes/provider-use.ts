import { findRow } from '../../commit/planned.ts'
import { AppError } from '../../errors.ts'
import type { Row } from '../../ports/schema.ts'
import type { Change, Store } from '../../ports/store.ts'
import { deleteRow } from '../change-row.ts'
import { eachRow } from './streak-users.ts'

type Provider = Row<'coupon_provider'>

/**
 * Deletes a provider that nobody will ask for a coupon. Whoever begins to use it raises its revision, so it cannot
 * begin unseen. @throws AppError NOT_FOUND | PROVIDER_IN_USE
 */
export function deleteProvider(store: Store, accountId: string, id: string): Promise<void> {
  const target = { collection: 'coupon_provider', noun: 'coupon provider', accountId, id } as const
  return deleteRow(store, target, async (provider) => {
    const milestone = await milestoneNaming(store, provider)
    if (milestone !== undefined) {
      throw inUse(`is used by the milestone ${JSON.stringify(milestone.name)} (${milestone.id})`)
    }
    if (provider.hasRewards) throw inUse('stays: rewards were granted that name it')
    const code = await codeOf(store, provider)
    if (code !== undefined) throw inUse(`has codes, such as ${code.id}; a pool that gave out codes stays`)
  })
}

function inUse(message: string): AppError {
  return new AppError('PROVIDER_IN_USE', `The coupon provider ${message}`, {
    details: [{ path: '', message }],
  })
}

async function milestoneNaming(
  store: Store,
  { accountId, id }: Provider,
): Promise<Row<'milestone'> | undefined> {
  const withReward = eachRow(store, 'milestone', {
    and: [
      { field: 'accountId', op: 'eq', value: accountId },
      { field: 'reward', op: 'isNotNull' },
    ],
  })
  for await (const milestone of withReward) if (milestone.reward?.providerId === id) return milestone
  return undefined
}

async function codeOf(store: Store, { accountId, id }: Provider): Promise<Row<'coupon_code'> | undefined> {
  const [code] = await store.find('coupon_code', {
    where: {
      and: [
        { field: 'accountId', op: 'eq', value: accountId },
        { field: 'providerId', op: 'eq', value: id },
      ],
    },
    limit: 1,
  })
  return code
}

/**
 * What a milestone leaves behind on the provider it turns away from. Rewards that it granted may still be made, also
 * by a log that is being recorded at this moment; a milestone without rewards has none, for its first one is guarded.
 */
export async function providerLeft(
  store: Store,
  milestone: Row<'milestone'>,
  next: Row<'milestone'>,
): Promise<Change[]> {
  const id = milestone.reward?.providerId
  if (id === undefined || id === next.reward?.providerId || !milestone.hasRewardLogs) return []
  const { accountId } = milestone
  const provider = await findRow(store, 'coupon_provider', accountId, id)
  if (provider === null || provider.hasRewards) return []
  const { revision } = provider
  const set = { hasRewards: true, revision: revision + 1 }
  return [{ op: 'update', collection: 'coupon_provider', id, accountId, guard: { revision }, set }]
}

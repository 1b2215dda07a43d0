import { commitPlanned, duplicateValue, findRow, standsStill } from '../commit/planned.ts'
import { AppError } from '../errors.ts'
import { insert, remove, revise } from '../ports/changes.ts'
import { all, equal, present } from '../ports/conditions.ts'
import type { ConnectorNeeds } from '../ports/coupon-provider.ts'
import { eachRow } from '../ports/paging.ts'
import type { Row } from '../ports/schema.ts'
import type { Change, Store } from '../ports/store.ts'
import { deleteRow, type Given, patchRow, refuseFixed } from './change-row.ts'
import { connectorOf } from './provider-connector.ts'

type Provider = Row<'coupon_provider'>

const target = (accountId: string, id: string) =>
  ({ collection: 'coupon_provider', noun: 'coupon provider', accountId, id }) as const

/**
 * Makes a coupon provider; a connector that it works through is installed, and stays while the provider is there. Atomic.
 * @throws AppError DUPLICATE_VALUE for its name, REFERENCE_NOT_FOUND | SCOPE_MISSING | INVALID_INPUT for its connector,
 * STORE_BUSY
 */
export async function createProvider(
  store: Store,
  provider: Omit<Provider, 'hasRewards'>,
  needs: ConnectorNeeds | null = null,
): Promise<Provider> {
  const row = { ...provider, hasRewards: false }
  await commitPlanned(
    store,
    async () => {
      const connector = await connectorOf(store, row, needs, 'connectorId')
      // it cannot be deleted while a provider begins to use it
      const still = connector === null ? [] : [standsStill('connector', connector)]
      return { changes: [...still, insert('coupon_provider', row)], result: undefined }
    },
    () => duplicateValue(store, 'coupon_provider', row.accountId, 'name', row.name),
  )
  return row
}

/**
 * Changes a coupon provider, of which the kind and the connector are fixed. Atomic; what repeats the present value changes nothing.
 * @throws AppError NOT_FOUND | FIELD_IS_FIXED | DUPLICATE_VALUE, STORE_BUSY
 */
export function patchProvider(
  store: Store,
  accountId: string,
  id: string,
  now: number,
  given: Given<'coupon_provider'>,
): Promise<Provider> {
  const { name = '' } = given
  return patchRow(store, target(accountId, id), now, {
    given,
    check(_next, changed) {
      refuseFixed(changed, ['provider'], 'a coupon provider stays of its kind: make another one')
      refuseFixed(changed, ['connectorId'], 'its coupons are in that shop: make another provider')
      return []
    },
    onDuplicate: () => duplicateValue(store, 'coupon_provider', accountId, 'name', name),
  })
}

/**
 * Deletes a provider that nobody will ask for a coupon. Whoever begins to use it raises its revision, so it cannot
 * begin unseen. @throws AppError NOT_FOUND | PROVIDER_IN_USE
 */
export function deleteProvider(store: Store, accountId: string, id: string): Promise<void> {
  return deleteRow(store, target(accountId, id), async (provider) => {
    const milestone = await milestoneNaming(store, provider)
    if (milestone !== undefined) {
      throw inUse(`is used by the milestone ${JSON.stringify(milestone.name)} (${milestone.id})`)
    }
    if (provider.hasRewards) throw inUse('stays: rewards were granted that name it')
    const code = await codeOf(store, provider)
    if (code !== undefined) throw inUse(`has codes, such as ${code.id}; a pool that gave out codes stays`)
    const states = await store.findByKeys('provider_state', ['id'], [[id]])
    return states.map((state) => remove('provider_state', state, { revision: state.revision }))
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
  const withReward = eachRow(store, 'milestone', all(equal({ accountId }), present('reward')))
  for await (const milestone of withReward) if (milestone.reward?.providerId === id) return milestone
  return undefined
}

async function codeOf(store: Store, { accountId, id }: Provider): Promise<Row<'coupon_code'> | undefined> {
  const [code] = await store.find('coupon_code', { where: equal({ accountId, providerId: id }), limit: 1 })
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
  return [revise('coupon_provider', provider, { hasRewards: true })]
}

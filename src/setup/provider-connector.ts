import { findRow } from '../commit/planned.ts'
import { AppError, invalid, referenceNotFound } from '../errors.ts'
import { ascending, equal } from '../ports/conditions.ts'
import type { ConnectorNeeds, CouponProvider } from '../ports/coupon-provider.ts'
import type { RewardSpec } from '../ports/schema/values.ts'
import type { Row } from '../ports/schema.ts'
import type { Store } from '../ports/store.ts'
import { readInstallations } from './installation.ts'

const MAX_PROVIDERS = 1_000

type Provider = Row<'coupon_provider'>

/** The coupon providers that work through a connector, at most so many. */
export function providersThrough(
  store: Store,
  { accountId, id: connectorId }: Pick<Row<'connector'>, 'accountId' | 'id'>,
  limit = MAX_PROVIDERS,
): Promise<Provider[]> {
  return store.find('coupon_provider', {
    where: equal({ accountId, connectorId }),
    sort: ascending('id'),
    limit,
  })
}

/**
 * The connector that a provider works through, which is installed and lacks nothing that the provider needs; null where
 * it needs none.
 * @param path where a fault is: `connectorId`, `reward.providerId`
 * @throws AppError INVALID_INPUT without one; REFERENCE_NOT_FOUND for one of another account or platform; SCOPE_MISSING,
 * naming each scope
 */
export async function connectorOf(
  store: Store,
  { accountId, connectorId, provider }: Pick<Provider, 'accountId' | 'connectorId' | 'provider'>,
  needs: ConnectorNeeds | null,
  path: string,
): Promise<Row<'connector'> | null> {
  if (needs === null) return null
  if (connectorId === null) {
    throw invalid(path, `is required: ${provider} makes its coupons with the access of a connector`)
  }
  const connector = await findRow(store, 'connector', accountId, connectorId)
  if (connector?.platform !== needs.platform) throw referenceNotFound(path, `connector of ${needs.platform}`)
  const installation = (await readInstallations(store, [connector])).get(connectorId)!
  const fault = accessFault(installation, needs)
  if (fault === null) return connector
  throw new AppError('SCOPE_MISSING', `${path} ${fault}`, { details: [{ path, message: fault }] })
}

function accessFault(
  { state, sealedAccess, missingScopes }: Row<'installation'>,
  { platform, scopes }: ConnectorNeeds,
): string | null {
  const isOpen = (state === 'installed' || state === 'needs_attention') && sealedAccess !== null
  if (!isOpen) {
    return `names a connector that is not installed at ${platform}: install it with ${scopes.join(', ')}`
  }
  const missing = scopes.filter((scope) => missingScopes.includes(scope))
  if (missing.length === 0) return null
  return `names a connector without ${missing.join(', ')}: grant it at ${platform}, then check the connector`
}

/** Looks at a milestone's reward and at the provider that it names. @throws AppError as `connectorOf`, and what the provider cannot make */
export type CheckReward = (reward: RewardSpec, provider: Provider) => Promise<void>

/** @param providers every way there is to make a coupon, by its name */
export function createCheckReward(store: Store, providers: ReadonlyMap<string, CouponProvider>): CheckReward {
  return async (reward, provider) => {
    const adapter = providers.get(provider.provider)
    if (adapter === undefined) return
    await connectorOf(store, provider, adapter.connector ?? null, 'reward.providerId')
    const fault = (await adapter.faultOf?.(reward, provider)) ?? null
    if (fault === null) return
    const { path, code, message } = fault
    throw new AppError(code, `${path} ${message}`, { details: [{ path, message }] })
  }
}

import { commitPlanned, standsStill } from '../commit/planned.ts'
import { AppError, referenceNotFound } from '../errors.ts'
import { insert, remove, revise } from '../ports/changes.ts'
import type { Connector } from '../ports/connector.ts'
import type { ConnectorRule } from '../ports/schema/values.ts'
import type { Row } from '../ports/schema.ts'
import type { Change, Store } from '../ports/store.ts'
import { deleteRow, type Given, patchRow, refuseFixed } from './change-row.ts'
import { isUnstored, manualInstallation, readInstallations } from './installation.ts'
import { providersThrough } from './provider-connector.ts'

const target = (accountId: string, id: string) =>
  ({ collection: 'connector', noun: 'connector', accountId, id }) as const

/** A connector as it is made: nothing has arrived at it. */
const UNTOUCHED = {
  ownId: null,
  hasDeliveries: false,
  hasPurchases: false,
  refusedCount: 0,
  recentRefusals: [],
}
export type NewConnector = Omit<Row<'connector'>, keyof typeof UNTOUCHED>

/** Where the platform sends its webhooks, on this server. */
export function webhookPathOf({ platform, id }: Pick<Row<'connector'>, 'platform' | 'id'>): string {
  return `/webhooks/${platform}/${id}`
}

/**
 * Makes a connector, and how it stands with its platform beside it. Atomic.
 * @throws AppError REFERENCE_NOT_FOUND for a rule's streak, STORE_BUSY
 */
export async function createConnector(
  store: Store,
  connector: NewConnector,
  installationOf: (connector: Row<'connector'>) => Row<'installation'>,
): Promise<Row<'connector'>> {
  const row = { ...connector, ...UNTOUCHED }
  await commitPlanned(store, async () => ({
    changes: [
      ...(await streakChanges(store, row.accountId, row.rules)),
      insert('connector', row),
      insert('installation', installationOf(row)),
    ],
    result: undefined,
  }))
  return row
}

/** What a patch asks of the connector's platform. */
export interface PatchRules extends Pick<Connector, 'site'> {
  orderIdFromOf(connector: Row<'connector'>): string | null
  /** Whether there is anything to check webhooks with. */
  hasSecrets(connector: Row<'connector'>): boolean
}

/**
 * Changes a connector. Its platform is fixed, its purchase space and the source of its order ids from the first purchase
 * on; what an installation has set is that one's to change. New credentials make an installation by hand. Atomic; what
 * repeats the present value changes nothing. @throws AppError NOT_FOUND | FIELD_IS_FIXED | REFERENCE_NOT_FOUND |
 * CREDENTIALS_MISSING | CONNECTOR_INSTALLED, STORE_BUSY
 */
export function patchConnector(
  store: Store,
  accountId: string,
  id: string,
  now: number,
  given: Given<'connector'>,
  rules: PatchRules,
): Promise<Row<'connector'>> {
  return patchRow(store, target(accountId, id), now, {
    given,
    async check(next, changed, connector) {
      refuseFixed(changed, ['platform'], 'a connector belongs to one platform: make another one')
      // the first purchase raises the connector's revision, so it cannot come unseen; nor can an installation
      if (connector.hasPurchases) refuseFixedByPurchases(next, changed, connector, rules)
      const installation = (await readInstallations(store, [connector])).get(id)!
      refuseInstalled(changed, installation, rules)
      const becomesManual = changed.has('sealedCredentials')
      const isOver = installation.state === 'uninstalled' && !becomesManual
      if (changed.has('status') && next.status === 'live' && (isOver || !rules.hasSecrets(next))) {
        throw credentialsMissing()
      }
      const streaks = changed.has('rules') ? await streakChanges(store, accountId, next.rules) : []
      return [...streaks, ...(becomesManual ? byHand(connector, installation, now) : [])]
    },
  })
}

function refuseFixedByPurchases(
  next: Row<'connector'>,
  changed: ReadonlySet<string>,
  connector: Row<'connector'>,
  { site, orderIdFromOf }: PatchRules,
): void {
  if (changed.has('purchaseSpace')) throw isFixed('purchaseSpace', SPACE)
  if (site?.isFixedByPurchases && changed.has('siteKey')) throw isFixed(site.setting, SITE)
  if (orderIdFromOf(connector) !== orderIdFromOf(next)) throw isFixed('orderIdFrom', ORDER_IDS)
}

/** @throws AppError CONNECTOR_INSTALLED */
function refuseInstalled(
  changed: ReadonlySet<string>,
  { method, state }: Row<'installation'>,
  { site }: PatchRules,
): void {
  if (method === null || method === 'manual') return
  const isAway = state === 'none' || state === 'uninstalled'
  const moves = !isAway && changed.has('siteKey') && site !== undefined
  const path = changed.has('sealedCredentials') ? 'credentials' : moves ? `settings.${site.setting}` : null
  if (path === null) return
  const message = 'was set by the installation: install the connector again, or uninstall it first'
  throw new AppError('CONNECTOR_INSTALLED', `${path} ${message}`, { details: [{ path, message }] })
}

/** Secrets that the merchant gave: whatever the installation was before, now it is one by hand. */
function byHand(connector: Row<'connector'>, installation: Row<'installation'>, now: number): Change[] {
  if (isUnstored(installation))
    return [insert('installation', { ...manualInstallation(connector), updatedAt: now })]
  const isManual = installation.method === 'manual' && installation.state === 'installed'
  if (isManual) return []
  const set = {
    method: 'manual',
    state: 'installed',
    problem: null,
    secretsUntil: null,
    dueAt: null,
  } as const
  return [revise('installation', installation, { ...set, updatedAt: now })]
}

export function credentialsMissing(): AppError {
  const message = 'must not be live yet: the connector has no secrets to check webhooks with'
  return new AppError('CREDENTIALS_MISSING', `status ${message}`, { details: [{ path: 'status', message }] })
}

const SITE = 'members and purchases are called by the present one'
const SPACE = 'purchases were reported in the present one, and would count again in another'
const ORDER_IDS = 'purchases were counted by the present order ids, and would count again by others'

function isFixed(setting: string, why: string): AppError {
  const path = `settings.${setting}`
  const message = `is fixed: ${why}`
  return new AppError('FIELD_IS_FIXED', `${path} ${message}`, { details: [{ path, message }] })
}

/** Its streaks stand still: none of them can be deleted while a connector begins to feed it. */
async function streakChanges(
  store: Store,
  accountId: string,
  rules: readonly ConnectorRule[],
): Promise<Change[]> {
  const streaks = await streaksOfRules(store, accountId, rules)
  return streaks.map((streak) => standsStill('streak', streak))
}

/** The streaks that rules feed. @throws AppError REFERENCE_NOT_FOUND for the first one the account does not have */
async function streaksOfRules(
  store: Store,
  accountId: string,
  rules: readonly ConnectorRule[],
): Promise<Row<'streak'>[]> {
  if (rules.length === 0) return []
  const keys = [...new Set(rules.map((rule) => rule.streakId))].map((id) => [accountId, id])
  const streaks = await store.findByKeys('streak', ['accountId', 'id'], keys)
  const known = new Set(streaks.map((streak) => streak.id))
  const index = rules.findIndex((rule) => !known.has(rule.streakId))
  if (index !== -1) throw referenceNotFound(`rules.${index}.streakId`, 'streak')
  return streaks
}

/**
 * Deletes a connector that has received nothing and that its platform does not know.
 * @throws AppError NOT_FOUND | CONNECTOR_IN_USE | CONNECTOR_HAS_DELIVERIES | CONNECTOR_INSTALLED
 */
export function deleteConnector(store: Store, accountId: string, id: string): Promise<void> {
  return deleteRow(store, target(accountId, id), async (connector) => {
    const [provider] = await providersThrough(store, connector, 1)
    if (provider !== undefined) throw inUse(provider)
    if (connector.hasDeliveries) {
      throw new AppError(
        'CONNECTOR_HAS_DELIVERIES',
        'The connector has received webhooks, which are kept under it: pause it instead',
      )
    }
    const installation = (await readInstallations(store, [connector])).get(id)!
    if (installation.sealedAccess !== null) {
      const message =
        'The platform would go on sending to an address that is gone: uninstall the connector first'
      throw new AppError('CONNECTOR_INSTALLED', message)
    }
    return isUnstored(installation) ? [] : [remove('installation', installation, {})]
  })
}

function inUse({ id, name }: Row<'coupon_provider'>): AppError {
  const message = `The connector is used by the coupon provider ${JSON.stringify(name)} (${id})`
  return new AppError('CONNECTOR_IN_USE', message, { details: [{ path: '', message }] })
}

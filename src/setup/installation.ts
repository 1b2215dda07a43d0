import type { Row } from '../ports/schema.ts'
import type { Store } from '../ports/store.ts'

type Owner = Pick<Row<'connector'>, 'id' | 'accountId' | 'platform' | 'createdAt'>

/** How a connector stands with its platform before anything was done about it. */
export function blankInstallation({ id, accountId, platform, createdAt }: Owner): Row<'installation'> {
  return {
    id,
    accountId,
    createdAt,
    updatedAt: createdAt,
    revision: 1,
    platform,
    method: null,
    state: 'none',
    sealedAccess: null,
    renewAt: null,
    externalId: null,
    scopes: [],
    missingScopes: [],
    subscriptions: [],
    refusedByTopic: {},
    problem: null,
    checkedAt: null,
    firstInstalledAt: null,
    installedAt: null,
    reconciledAt: null,
    missedByDay: {},
    firstWebhookAt: null,
    lastWebhookAt: null,
    pingedAt: null,
    stateHash: null,
    stateUntil: null,
    stateUsedAt: null,
    sealedConsent: null,
    leaseId: null,
    leaseUntil: null,
    pausedByUninstall: false,
    dueAt: null,
    unreachableSince: null,
    secretsUntil: null,
    tries: 0,
  }
}

/** The same for a connector whose merchant has told us the secrets of webhooks that they made themselves. */
export function manualInstallation(connector: Owner): Row<'installation'> {
  return { ...blankInstallation(connector), method: 'manual', state: 'installed' }
}

/** By connector. Those of before installations were kept have no row: their secrets were given by hand. */
export async function readInstallations(
  store: Store,
  connectors: readonly Owner[],
): Promise<ReadonlyMap<string, Row<'installation'>>> {
  if (connectors.length === 0) return new Map()
  const rows = await store.findByKeys(
    'installation',
    ['id'],
    connectors.map(({ id }) => [id]),
  )
  const byId = new Map(rows.map((row) => [row.id, row]))
  return new Map(
    connectors.map((connector) => [
      connector.id,
      byId.get(connector.id) ?? { ...manualInstallation(connector), revision: 0 },
    ]),
  )
}

/** Whether the row was only made up: it is to be inserted, not updated. */
export function isUnstored({ revision }: Row<'installation'>): boolean {
  return revision === 0
}

/** How many orders and reports reconciles took in that no webhook had brought, in the last 30 days. */
export function missedOf({ missedByDay }: Pick<Row<'installation'>, 'missedByDay'>, now: number): number {
  const first = new Date(now - 30 * 86_400_000).toISOString().slice(0, 10)
  return Object.entries(missedByDay)
    .filter(([day]) => day > first)
    .reduce((sum, [, missed]) => sum + missed, 0)
}

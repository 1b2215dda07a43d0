import { Batcher } from '../commit/batcher.ts'
import { ascending, equal } from '../ports/conditions.ts'
import type { Row } from '../ports/schema.ts'
import type { SecretBox } from '../ports/secret-box.ts'
import type { Store } from '../ports/store.ts'

export interface OpenConnector {
  readonly row: Row<'connector'>
  readonly secrets: readonly string[]
}

const MAX_OPENED = 1000
/** Test and live, and some accounts more. */
const MAX_OF_SHOP = 20
const MAX_LOOKUPS = 256
const MAX_KNOWN = 10_000
const KNOWN_FOR_MS = 5_000

/**
 * Finds a connector by the id in its address. Webhooks that arrive together share one read; the row is read each time,
 * so that pausing or a new secret holds at once, and only opened secrets are kept, by the revision they belong to.
 */
export function createConnectorLookup(store: Store, secretBox: SecretBox) {
  const opened = new Map<string, { revision: number; secrets: readonly string[] }>()
  const rows = new Batcher<string, Row<'connector'> | undefined>({
    run: async (ids) => {
      const found = await store.findByKeys(
        'connector',
        ['id'],
        [...new Set(ids)].map((id) => [id]),
      )
      const byId = new Map(found.map((row) => [row.id, row]))
      return ids.map((id) => byId.get(id))
    },
    keyOf: () => null,
    sizeOf: () => 1,
    maxItems: MAX_LOOKUPS,
    maxBytes: MAX_LOOKUPS,
    maxInFlight: 8,
  })

  const secretsOf = (row: Row<'connector'>): readonly string[] => {
    const known = opened.get(row.id)
    if (known?.revision === row.revision) return known.secrets
    const place = { collection: 'connector', id: row.id, field: 'sealedCredentials' } as const
    const { webhookSecrets } = JSON.parse(secretBox.open(row.sealedCredentials, place)) as {
      webhookSecrets: string[]
    }
    if (opened.size >= MAX_OPENED) opened.clear()
    opened.set(row.id, { revision: row.revision, secrets: webhookSecrets })
    return webhookSecrets
  }

  const find = async (connectorId: string, platform: string): Promise<Row<'connector'> | null> => {
    const row = UUID.test(connectorId) ? await rows.add(connectorId.toLowerCase()) : undefined
    return row === undefined || row.platform !== platform ? null : row
  }

  /** Until when these are taken to be there. Those that are not there are not kept: anybody can make them up. */
  const known = new Map<string, number>()
  const nameOf = (connectorId: string, platform: string) => `${platform} ${connectorId.toLowerCase()}`

  return {
    /** Whether `knows` found it a short time ago. */
    isKnown: (connectorId: string, platform: string): boolean =>
      (known.get(nameOf(connectorId, platform)) ?? 0) > performance.now(),
    async knows(connectorId: string, platform: string): Promise<boolean> {
      if ((await find(connectorId, platform)) === null) return false
      if (known.size >= MAX_KNOWN) known.clear()
      known.set(nameOf(connectorId, platform), performance.now() + KNOWN_FOR_MS)
      return true
    },
    async open(connectorId: string, platform: string): Promise<OpenConnector | null> {
      const row = await find(connectorId, platform)
      return row === null ? null : { row, secrets: secretsOf(row) }
    },
    /** All of a shop, the oldest first; ids are in the order of time. */
    async ofShop(platform: string, siteKey: string): Promise<readonly OpenConnector[]> {
      const where = equal<'connector'>({ platform, siteKey })
      const found = await store.find('connector', { where, sort: ascending('id'), limit: MAX_OF_SHOP })
      return found.map((row) => ({ row, secrets: secretsOf(row) }))
    },
  }
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

import { z } from 'zod'
import type { Connector } from '../../ports/connector.ts'
import type { Platform, Row } from '../../ports/schema.ts'
import { commitPlanned } from '../commit.ts'
import type { HttpDeps } from '../deps.ts'
import { plainJson } from '../json/exact-json.ts'
import { instantJson, type JsonObject } from '../json/write-json.ts'
import { check, checkCreate, invalid } from '../read/check.ts'
import { bad, good, missing, readText } from '../read/values.ts'
import { zObject, zOneOf, zRead, zText } from '../read/zod.ts'
import { ID, type PublicFields, type Resource, rowJson, STATUSES, TIMES } from '../resource.ts'
import { checkRules, refuseUnknownStreaks, ruleJson, zRules } from './connector-rules.ts'

export const connectorFields: PublicFields<'connector'> = {
  ...ID,
  name: { stored: 'name' },
  platform: { stored: 'platform' },
  status: { stored: 'status', values: STATUSES },
  settings: {
    stored: 'settings',
    show: ({ settings, purchaseSpace }) => ({ ...settings, purchaseSpace }),
  },
  rules: { stored: 'rules', show: ({ rules }) => rules.map(ruleJson) },
  webhookPath: { show: ({ platform, id }) => `/webhooks/${platform}/${id}` },
  refusedCount: { stored: 'refusedCount' },
  recentRefusals: {
    stored: 'recentRefusals',
    show: ({ recentRefusals }) => recentRefusals.map(({ at, reason }) => ({ at: instantJson(at), reason })),
  },
  ...TIMES,
}

/** A connector without its credentials: they can be written, never read. */
function connectorJson(row: Row<'connector'>): JsonObject {
  return rowJson('connector', connectorFields, row)
}

/** Credentials and settings are checked by the platform's own schemas. */
const zAdapterObject = zRead<Readonly<Record<string, unknown>>>(
  (value) => {
    if (missing(value)) return bad('is required')
    const plain = plainJson(value)
    return typeof plain === 'object' && plain !== null && !Array.isArray(plain)
      ? good(plain as Readonly<Record<string, unknown>>)
      : bad('must be an object')
  },
  { type: 'object' },
)

const createSchema = zObject({
  name: zText(256),
  platform: zText(32),
  status: zOneOf(STATUSES).default('live'),
  credentials: zAdapterObject,
  settings: zAdapterObject.default({}),
  rules: zRules.default([]),
})

const purchaseSpaceSchema = z.object({
  purchaseSpace: zRead(readText(256), { type: 'string' }).optional(),
})

type ConnectorDeps = Pick<HttpDeps, 'store' | 'newId' | 'secretBox' | 'connectors'>

export function connectorResource({
  store,
  newId,
  secretBox,
  connectors,
}: ConnectorDeps): Resource<'connector'> {
  function platformOf(name: string): Connector {
    const connector = connectors.get(name)
    if (connector === undefined) throw invalid('platform', 'is not a platform that connectors are built for')
    return connector
  }

  return {
    slug: 'connector',
    noun: 'connector',
    collection: 'connector',
    fields: connectorFields,
    allows: ['list', 'create', 'get'],
    refuses: {},
    async create({ caller: { accountId }, now, log }, body) {
      const input = checkCreate(createSchema, body)
      const platform = platformOf(input.platform)
      const { purchaseSpace: givenSpace, ...rest } = input.settings
      const space = check(purchaseSpaceSchema, { purchaseSpace: givenSpace }, ['settings'])
      const settings = check(platform.settings, rest, ['settings'])
      const credentials = check(platform.credentials, input.credentials, ['credentials'])
      const rules = checkRules(input.rules, platform)
      await refuseUnknownStreaks(store, accountId, rules)
      const id = newId()
      const row: Row<'connector'> = {
        id,
        accountId,
        createdAt: now,
        updatedAt: now,
        revision: 1,
        name: input.name,
        platform: platform.platform satisfies Platform,
        status: input.status,
        sealedCredentials: secretBox.seal(JSON.stringify(credentials)),
        settings,
        purchaseSpace: space.purchaseSpace ?? id,
        rules,
        refusedCount: 0,
        recentRefusals: [],
      }
      await commitPlanned(store, async () => ({
        changes: [{ op: 'insert', collection: 'connector', row }],
        result: undefined,
      }))
      log({ connectorId: id })
      return connectorJson(row)
    },
  }
}

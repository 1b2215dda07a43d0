import { z } from 'zod'
import type { Connector } from '../../ports/connector.ts'
import type { ConnectorRule, Platform, Row } from '../../ports/schema.ts'
import type { Change, Store } from '../../ports/store.ts'
import { patchRow, recordNotFound, refuseFixed } from '../change-row.ts'
import { commitPlanned, findRow, standsStill } from '../commit.ts'
import type { HttpDeps } from '../deps.ts'
import { plainJson } from '../json/exact-json.ts'
import { INSTANT_SCHEMA } from '../json/json-schema.ts'
import { instantJson, type JsonObject } from '../json/write-json.ts'
import { check, checkCreate, checkPatch, invalid, notBuiltYet } from '../read/check.ts'
import { bad, good, missing, readText } from '../read/values.ts'
import { zObject, zOneOf, zRead, zText } from '../read/zod.ts'
import { ID, type PublicFields, type Resource, rowJson, STATUSES, TIMES } from '../resource.ts'
import { checkRules, ruleJson, ruleSchema, streaksOfRules, zRules } from './connector-rules.ts'

export const connectorFields: PublicFields<'connector'> = {
  ...ID,
  name: { stored: 'name' },
  platform: { stored: 'platform' },
  status: { stored: 'status', values: STATUSES },
  settings: {
    stored: 'settings',
    schema: {
      type: 'object',
      required: ['purchaseSpace'],
      properties: { purchaseSpace: { type: 'string' }, shopDomain: { type: 'string' } },
    },
    show: ({ settings, purchaseSpace }) => ({ ...settings, purchaseSpace }),
  },
  rules: {
    stored: 'rules',
    schema: { type: 'array', items: ruleSchema },
    show: ({ rules }) => rules.map(ruleJson),
  },
  webhookPath: { schema: { type: 'string' }, show: ({ platform, id }) => `/webhooks/${platform}/${id}` },
  refusedCount: { stored: 'refusedCount' },
  recentRefusals: {
    stored: 'recentRefusals',
    schema: {
      type: 'array',
      items: {
        type: 'object',
        required: ['at', 'reason'],
        properties: { at: INSTANT_SCHEMA, reason: { type: 'string' } },
      },
    },
    show: ({ recentRefusals }) => recentRefusals.map(({ at, reason }) => ({ at: instantJson(at), reason })),
  },
  ...TIMES,
}

/** A connector without its credentials: they can be written, never read. */
function connectorJson(row: Row<'connector'>): JsonObject {
  return rowJson('connector', connectorFields, row)
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

const patchSchema = zObject({
  name: zText(256).optional(),
  platform: zText(32).optional(),
  status: zOneOf(STATUSES).optional(),
  credentials: zAdapterObject.optional(),
  settings: zAdapterObject.optional(),
  rules: zRules.optional(),
})

const purchaseSpaceSchema = z.object({
  purchaseSpace: zRead(readText(256), { type: 'string' }).optional(),
})

/** The platform's own settings, and the purchase space that every platform has. */
function readSettings(platform: Connector, given: Readonly<Record<string, unknown>>) {
  const { purchaseSpace, ...rest } = given
  return {
    ...check(purchaseSpaceSchema, { purchaseSpace }, ['settings']),
    settings: check(platform.settings, rest, ['settings']),
  }
}

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

  function seal(platform: Connector, credentials: Readonly<Record<string, unknown>>): string {
    return secretBox.seal(JSON.stringify(check(platform.credentials, credentials, ['credentials'])))
  }

  return {
    slug: 'connector',
    noun: 'connector',
    collection: 'connector',
    fields: connectorFields,
    allows: ['list', 'create', 'get', 'patch'],
    refuses: {},
    fails: {
      create: ['REFERENCE_NOT_FOUND', 'NOT_BUILT_YET'],
      patch: ['REFERENCE_NOT_FOUND', 'NOT_BUILT_YET', 'FIELD_IS_FIXED'],
    },
    bodies: { create: createSchema, patch: patchSchema },
    async create({ caller: { accountId }, now, log }, body) {
      const input = checkCreate(createSchema, body)
      const platform = platformOf(input.platform)
      const { settings, purchaseSpace } = readSettings(platform, input.settings)
      const sealedCredentials = seal(platform, input.credentials)
      const rules = checkRules(input.rules, platform)
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
        sealedCredentials,
        settings,
        purchaseSpace: purchaseSpace ?? id,
        rules,
        hasDeliveries: false,
        hasPurchases: false,
        refusedCount: 0,
        recentRefusals: [],
      }
      await commitPlanned(store, async () => ({
        changes: [
          ...(await streakChanges(store, accountId, rules)),
          { op: 'insert', collection: 'connector', row },
        ],
        result: undefined,
      }))
      log({ connectorId: id })
      return connectorJson(row)
    },
    async patch({ caller: { accountId }, now, log }, id, body) {
      const input = checkPatch(patchSchema, body)
      log({ connectorId: id })
      const current = await findRow(store, 'connector', accountId, id)
      if (current === null) throw recordNotFound('connector')
      // the platform never changes, so what was read of it still holds when the patch is written
      const platform = platformOf(current.platform)
      const read = input.settings === undefined ? {} : readSettings(platform, input.settings)
      const given = {
        ...('settings' in read ? read : {}),
        ...(input.name === undefined ? {} : { name: input.name }),
        ...(input.status === undefined ? {} : { status: input.status }),
        ...(input.platform === undefined ? {} : { platform: input.platform as Platform }),
        ...(input.rules === undefined ? {} : { rules: checkRules(input.rules, platform) }),
        ...(input.credentials === undefined ? {} : { sealedCredentials: seal(platform, input.credentials) }),
      }
      const row = await patchRow(store, { collection: 'connector', noun: 'connector', accountId, id }, now, {
        given: given as Partial<Row<'connector'>>,
        check(next, changed) {
          refuseFixed(changed, ['platform'], 'a connector belongs to one platform: make another one')
          if (changed.has('purchaseSpace'))
            throw notBuiltYet('settings.purchaseSpace', 'it stays as it was created')
          return changed.has('rules') ? streakChanges(store, accountId, next.rules) : []
        },
      })
      return connectorJson(row)
    },
  }
}

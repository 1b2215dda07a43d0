import { commitPlanned } from '../../commit/planned.ts'
import type { Platform } from '../../ports/schema/values.ts'
import type { Row } from '../../ports/schema.ts'
import type { HttpDeps } from '../deps.ts'
import { checkCreate } from '../read/check.ts'
import { zObject, zOneOf, zText } from '../read/zod.ts'
import { type Resource, STATUSES } from '../resource.ts'
import { deleteConnector, patchConnector, patchSchema } from './connector-change.ts'
import { checkRules, zRules } from './connector-rules.ts'
import {
  adapterInputOf,
  connectorFields,
  connectorJson,
  platformOf,
  readSettings,
  sealCredentials,
  streakChanges,
  zAdapterObject,
} from './connector-shape.ts'

const createSchema = zObject({
  name: zText(256),
  platform: zText(32),
  status: zOneOf(STATUSES).default('live'),
  credentials: zAdapterObject,
  settings: zAdapterObject.default({}),
  rules: zRules.default([]),
})

type ConnectorDeps = Pick<HttpDeps, 'store' | 'newId' | 'secretBox' | 'connectors'>

export function connectorResource(deps: ConnectorDeps): Resource<'connector'> {
  const { store, newId, secretBox, connectors } = deps
  return {
    slug: 'connector',
    noun: 'connector',
    collection: 'connector',
    fields: connectorFields,
    allows: ['list', 'create', 'get', 'patch', 'delete'],
    refuses: {},
    fails: {
      create: ['REFERENCE_NOT_FOUND', 'NOT_BUILT_YET'],
      patch: ['REFERENCE_NOT_FOUND', 'NOT_BUILT_YET', 'FIELD_IS_FIXED'],
      delete: ['CONNECTOR_HAS_DELIVERIES'],
    },
    bodies: { create: createSchema, patch: patchSchema },
    adapterInput: adapterInputOf(connectors),
    async create({ caller: { accountId }, now, log }, body) {
      const input = checkCreate(createSchema, body)
      const platform = platformOf(connectors, input.platform)
      const { settings, purchaseSpace } = readSettings(platform, input.settings)
      const sealedCredentials = sealCredentials(secretBox, platform, input.credentials)
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
    patch({ caller: { accountId }, now, log }, id, body) {
      log({ connectorId: id })
      return patchConnector(deps, accountId, id, now, body)
    },
    remove({ caller: { accountId }, log }, id) {
      log({ connectorId: id })
      return deleteConnector(store, accountId, id)
    },
  }
}

import { findRow } from '../../commit/planned.ts'
import type { Platform } from '../../ports/schema/values.ts'
import type { Row } from '../../ports/schema.ts'
import { recordNotFound } from '../../setup/change-row.ts'
import { createConnector, deleteConnector, patchConnector } from '../../setup/connector.ts'
import type { HttpDeps } from '../deps.ts'
import { checkCreate, checkPatch } from '../read/check.ts'
import { zObject, zOneOf, zText } from '../read/zod.ts'
import { type Resource, STATUSES } from '../resource.ts'
import { checkRules, zRules } from './connector-rules.ts'
import {
  adapterInputOf,
  connectorFields,
  connectorJson,
  platformOf,
  readSettings,
  sealCredentials,
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

const patchSchema = zObject({
  name: zText(256).optional(),
  platform: zText(32).optional(),
  status: zOneOf(STATUSES).optional(),
  credentials: zAdapterObject.optional(),
  settings: zAdapterObject.optional(),
  rules: zRules.nullable().optional(),
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
      await createConnector(store, row)
      log({ connectorId: id })
      return connectorJson(row)
    },
    async patch({ caller: { accountId }, now, log }, id, body) {
      log({ connectorId: id })
      const { settings, credentials, rules, ...plain } = checkPatch(patchSchema, body)
      const current = await findRow(store, 'connector', accountId, id)
      if (current === null) throw recordNotFound('connector')
      // the platform never changes, so what was read of it still holds when the patch is written
      const platform = platformOf(connectors, current.platform)
      const given = {
        ...plain,
        ...(settings === undefined ? {} : readSettings(platform, settings)),
        ...(rules === undefined ? {} : { rules: checkRules(rules ?? [], platform) }),
        ...(credentials === undefined
          ? {}
          : { sealedCredentials: sealCredentials(secretBox, platform, credentials) }),
      } as Parameters<typeof patchConnector>[4]
      return connectorJson(await patchConnector(store, accountId, id, now, given))
    },
    remove({ caller: { accountId }, log }, id) {
      log({ connectorId: id })
      return deleteConnector(store, accountId, id)
    },
  }
}

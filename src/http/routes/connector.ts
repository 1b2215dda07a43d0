import { findRow } from '../../commit/planned.ts'
import { orderIdFromOf } from '../../ports/order-id-from.ts'
import { newRow, recordNotFound } from '../../setup/change-row.ts'
import { createConnector, deleteConnector, patchConnector } from '../../setup/connector.ts'
import type { HttpDeps } from '../deps.ts'
import type { Resource } from '../resource.ts'
import { createCredentials, patchedCredentials } from './connector-credentials.ts'
import { checkRules } from './connector-rules.ts'
import { connectorInputOf, connectorShape, platformOf, readSettings } from './connector-shape.ts'
import { testAction } from './try-body.ts'

type ConnectorDeps = Pick<HttpDeps, 'store' | 'newId' | 'secretBox' | 'connectors' | 'deliveries'>

export function connectorResource(deps: ConnectorDeps): Resource<'connector'> {
  const { store, newId, secretBox, connectors } = deps
  const { fields, bodies, readCreate, readPatch, json } = connectorShape(connectors)
  return {
    slug: 'connector',
    noun: 'connector',
    collection: 'connector',
    fields,
    bodies,
    allows: ['list', 'create', 'get', 'patch', 'delete'],
    refuses: {},
    fails: {
      create: ['REFERENCE_NOT_FOUND'],
      patch: ['REFERENCE_NOT_FOUND', 'FIELD_IS_FIXED'],
      delete: ['CONNECTOR_HAS_DELIVERIES'],
    },
    adapterInput: connectorInputOf(connectors),
    actions: { test: testAction(deps) },
    async create({ caller: { accountId }, now, log }, body) {
      const { settings, credentials, rules, ...plain } = readCreate(body)
      const platform = platformOf(connectors, plain.platform)
      const { purchaseSpace, orderIdFrom, ...own } = readSettings(platform, settings)
      const id = newId()
      const sealedCredentials = createCredentials(secretBox, platform, id, credentials)
      const row = await createConnector(store, {
        ...newRow(id, accountId, now),
        ...plain,
        ...own,
        sealedCredentials,
        purchaseSpace: purchaseSpace ?? id,
        orderIdFrom: orderIdFrom ?? platform.orderIdFrom?.usual ?? null,
        rules: checkRules(rules, platform),
      })
      log({ connectorId: id })
      return json(row)
    },
    async patch({ caller: { accountId }, now, log }, id, body) {
      log({ connectorId: id })
      const { settings, credentials, rules, ...plain } = readPatch(body)
      const current = await findRow(store, 'connector', accountId, id)
      if (current === null) throw recordNotFound('connector')
      // the platform never changes, so what was read of it still holds when the patch is written
      const platform = platformOf(connectors, current.platform)
      const given = {
        ...plain,
        ...(settings && readSettings(platform, settings)),
        rules: rules && checkRules(rules, platform),
        sealedCredentials: credentials && patchedCredentials(secretBox, platform, credentials, current),
      }
      const orderIdFromNow = (row: Parameters<typeof orderIdFromOf>[0]) => orderIdFromOf(row, platform)
      return json(
        await patchConnector(store, accountId, id, now, given, orderIdFromNow, platform.fixedSettings),
      )
    },
    remove({ caller: { accountId }, log }, id) {
      log({ connectorId: id })
      return deleteConnector(store, accountId, id)
    },
  }
}

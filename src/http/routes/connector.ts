import { findRow } from '../../commit/planned.ts'
import { orderIdFromOf } from '../../ports/order-id-from.ts'
import type { Row } from '../../ports/schema.ts'
import { newRow, recordNotFound } from '../../setup/change-row.ts'
import {
  createConnector,
  credentialsMissing,
  deleteConnector,
  patchConnector,
} from '../../setup/connector.ts'
import { countSecrets } from '../../setup/connector-secrets.ts'
import { blankInstallation, manualInstallation, readInstallations } from '../../setup/installation.ts'
import type { HttpDeps } from '../deps.ts'
import type { JsonObject } from '../json/write-json.ts'
import type { Resource } from '../resource.ts'
import { backfillAction } from './backfill.ts'
import { connectorActs } from './connector-acts.ts'
import { createCredentials, patchedCredentials } from './connector-credentials.ts'
import { installationJson } from './connector-installation.ts'
import { checkRules } from './connector-rules.ts'
import { connectorInputOf, connectorShape, platformOf, readSettings } from './connector-shape.ts'
import { testAction } from './try-body.ts'

type ConnectorDeps = Pick<
  HttpDeps,
  | 'store'
  | 'newId'
  | 'secretBox'
  | 'clock'
  | 'connectors'
  | 'deliveries'
  | 'hands'
  | 'installing'
  | 'backfills'
>

export function connectorResource(deps: ConnectorDeps): Resource<'connector'> {
  const { store, newId, secretBox, clock, connectors, installing } = deps
  const { fields, bodies, readCreate, readPatch, json } = connectorShape(connectors, installing.publicUrl)

  async function withInstallation(rows: readonly Row<'connector'>[], now: number): Promise<JsonObject[]> {
    const installations = await readInstallations(store, rows)
    return rows.map((row) => ({
      ...json(row),
      installation: installationJson(installations.get(row.id)!, now),
    }))
  }
  const answered = async (row: Row<'connector'>): Promise<JsonObject> =>
    (await withInstallation([row], clock.now()))[0]!

  return {
    slug: 'connector',
    isTagged: true,
    noun: 'connector',
    collection: 'connector',
    fields,
    bodies,
    allows: ['list', 'create', 'get', 'patch', 'delete'],
    refuses: {},
    fails: {
      create: ['REFERENCE_NOT_FOUND', 'CREDENTIALS_MISSING'],
      patch: ['REFERENCE_NOT_FOUND', 'FIELD_IS_FIXED', 'CREDENTIALS_MISSING', 'CONNECTOR_INSTALLED'],
      delete: ['CONNECTOR_IN_USE', 'CONNECTOR_HAS_DELIVERIES', 'CONNECTOR_INSTALLED'],
    },
    adapterInput: connectorInputOf(connectors),
    actions: {
      test: testAction(deps),
      ...connectorActs(deps, ({ connector, installation }, now) => ({
        ...json(connector),
        installation: installationJson(installation, now),
      })),
      backfill: backfillAction(deps),
    },
    present: (rows, { now, wants }) =>
      wants('installation') ? withInstallation(rows, now) : Promise.resolve(rows.map(json)),
    async create({ caller: { accountId }, now, log }, body) {
      const { settings, credentials, rules, status, ...plain } = readCreate(body)
      const platform = platformOf(connectors, plain.platform)
      const { purchaseSpace, orderIdFrom, ...own } = readSettings(platform, settings)
      if (credentials === undefined && status === 'live') throw credentialsMissing()
      const id = newId()
      const row = await createConnector(
        store,
        {
          ...newRow(id, accountId, now),
          ...plain,
          ...own,
          status: status ?? (credentials === undefined ? 'draft' : 'live'),
          sealedCredentials: createCredentials(secretBox, platform, id, credentials),
          purchaseSpace: purchaseSpace ?? id,
          orderIdFrom: orderIdFrom ?? platform.orderIdFrom?.usual ?? null,
          rules: checkRules(rules, platform),
        },
        credentials === undefined ? blankInstallation : manualInstallation,
      )
      log({ connectorId: id })
      return answered(row)
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
      return answered(
        await patchConnector(store, accountId, id, now, given, {
          ...platform,
          orderIdFromOf: (row) => orderIdFromOf(row, platform),
          hasSecrets: (row) => countSecrets(secretBox, row) > 0,
        }),
      )
    },
    remove({ caller: { accountId }, log }, id) {
      log({ connectorId: id })
      return deleteConnector(store, accountId, id)
    },
  }
}

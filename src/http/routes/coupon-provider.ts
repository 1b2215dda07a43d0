import { findRow } from '../../commit/planned.ts'
import type { Row } from '../../ports/schema.ts'
import { readHealth } from '../../rewards/provider-state.ts'
import { newRow, recordNotFound } from '../../setup/change-row.ts'
import { createProvider, deleteProvider, patchProvider } from '../../setup/coupon-provider.ts'
import type { HttpDeps } from '../deps.ts'
import type { JsonObject } from '../json/write-json.ts'
import { checkCreate } from '../read/check.ts'
import { zObject } from '../read/zod.ts'
import type { Action, Resource } from '../resource.ts'
import { adapterInputOf } from './adapter-input.ts'
import {
  couponProviderShape,
  healthJson,
  providerOf,
  readSettings,
  refuseConnector,
  sealCredentials,
} from './coupon-provider-shape.ts'

type ProviderDeps = Pick<HttpDeps, 'store' | 'newId' | 'secretBox' | 'providers' | 'rewards'>

const resumeSchema = zObject({})

export function couponProviderResource(deps: ProviderDeps): Resource<'coupon_provider'> {
  const { store, newId, secretBox, providers, rewards } = deps
  const { fields, bodies, readCreate, readPatch, json } = couponProviderShape(providers)

  async function withHealth(rows: readonly Row<'coupon_provider'>[]): Promise<JsonObject[]> {
    const health = await readHealth(store, rows)
    return rows.map((row) => ({ ...json(row), health: healthJson(health.get(row.id)!) }))
  }
  const answered = async (row: Row<'coupon_provider'>): Promise<JsonObject> => (await withHealth([row]))[0]!

  const resume: Action = {
    summary: 'End the pause of a coupon provider',
    body: resumeSchema,
    answers: 'coupon provider',
    status: 200,
    fails: ['NOT_FOUND'],
    async run({ caller: { accountId }, log }, id, body) {
      checkCreate(resumeSchema, body)
      log({ providerId: id })
      await rewards.resumeProvider(accountId, id)
      const row = await findRow(store, 'coupon_provider', accountId, id)
      if (row === null) throw recordNotFound('coupon provider')
      return answered(row)
    },
  }

  return {
    slug: 'coupon_provider',
    isTagged: true,
    noun: 'coupon provider',
    collection: 'coupon_provider',
    fields,
    bodies,
    allows: ['list', 'create', 'get', 'patch', 'delete'],
    refuses: {},
    fails: {
      create: ['DUPLICATE_VALUE', 'REFERENCE_NOT_FOUND', 'SCOPE_MISSING'],
      patch: ['DUPLICATE_VALUE', 'FIELD_IS_FIXED'],
      delete: ['PROVIDER_IN_USE'],
    },
    adapterInput: adapterInputOf('provider', providers),
    actions: { resume },
    present: (rows, { wants }) => (wants('health') ? withHealth(rows) : Promise.resolve(rows.map(json))),
    async create({ caller: { accountId }, now, log }, body) {
      const { connectorId, credentials, settings, ...plain } = readCreate(body)
      const provider = providerOf(providers, plain.provider)
      refuseConnector(provider, connectorId)
      const id = newId()
      const given = {
        ...newRow(id, accountId, now),
        ...plain,
        connectorId,
        sealedCredentials: sealCredentials(secretBox, provider, id, credentials),
        settings: readSettings(provider, settings ?? {}),
      }
      const row = await createProvider(store, given, provider.connector ?? null)
      log({ providerId: row.id })
      return answered(row)
    },
    async patch({ caller: { accountId }, now, log }, id, body) {
      const { connectorId, credentials, settings, ...plain } = readPatch(body)
      log({ providerId: id })
      const current = await findRow(store, 'coupon_provider', accountId, id)
      if (current === null) throw recordNotFound('coupon provider')
      // the kind never changes, so what was read of it still holds when the patch is written
      const provider = providerOf(providers, current.provider)
      refuseConnector(provider, connectorId)
      const given = {
        ...plain,
        connectorId,
        settings: settings === undefined ? undefined : readSettings(provider, settings),
        sealedCredentials:
          credentials === undefined ? undefined : sealCredentials(secretBox, provider, id, credentials),
      }
      const patched = await patchProvider(store, accountId, id, now, given)
      // one that refused us may not refuse these
      if (credentials !== undefined) await rewards.resumeRefused(accountId, id)
      return answered(patched)
    },
    remove({ caller: { accountId }, log }, id) {
      log({ providerId: id })
      return deleteProvider(store, accountId, id)
    },
  }
}

import { z } from 'zod'
import { findRow } from '../../commit/planned.ts'
import { invalid, notBuiltYet } from '../../errors.ts'
import type { CouponProvider } from '../../ports/coupon-provider.ts'
import type { ProviderKind } from '../../ports/schema/values.ts'
import type { Row } from '../../ports/schema.ts'
import { plainJson } from '../../read/exact-json.ts'
import { recordNotFound } from '../../setup/change-row.ts'
import { createProvider, deleteProvider, patchProvider } from '../../setup/coupon-provider.ts'
import type { HttpDeps } from '../deps.ts'
import { check, checkCreate, checkPatch } from '../read/check.ts'
import { jsonSchemasOf } from '../read/json-schema-of.ts'
import { zLater, zObject, zOneOf, zText } from '../read/zod.ts'
import { type AdapterInput, ID, type PublicFields, type Resource, rowJson, TIMES } from '../resource.ts'

const KINDS = ['pool', 'http', 'shopify', 'stripe', 'voucherify'] as const

const couponProviderFields: PublicFields<'coupon_provider'> = {
  ...ID,
  name: { stored: 'name' },
  provider: { stored: 'provider', values: KINDS },
  settings: { stored: 'settings', schema: { type: 'object' } },
  ...TIMES,
}

/** What the providers that there are take, for the API document. */
function adapterInputOf(providers: HttpDeps['providers']): AdapterInput {
  const known = new Map(
    KINDS.flatMap((kind) => {
      const provider = providers.get(kind)
      return provider === undefined ? [] : [[kind, provider] as const]
    }),
  )
  return {
    namedBy: 'provider',
    fields: {
      credentials: jsonSchemasOf(known, ({ credentials }) => credentials),
      settings: jsonSchemasOf(known, ({ settings }) => settings),
    },
  }
}

/** Checked by the provider's own schemas. */
const zAdapterInput = z.unknown().meta({ type: 'object' }).optional()

const createSchema = zObject({
  name: zText(256),
  provider: zOneOf(KINDS),
  connectorId: zLater,
  credentials: zAdapterInput,
  settings: zAdapterInput,
})

/** What the store keeps of credentials: nothing readable, null where the provider takes none. */
function sealedCredentials(
  provider: CouponProvider,
  credentials: unknown,
  secretBox: HttpDeps['secretBox'],
): string | null {
  if (provider.credentials === null) {
    if (credentials === undefined) return null
    throw invalid('credentials', `has no place here: ${provider.kind} takes no credentials`)
  }
  const checked = check(provider.credentials, plainJson(credentials ?? {}), ['credentials'])
  return Object.keys(checked).length === 0 ? null : secretBox.seal(JSON.stringify(checked))
}

/** Of the kinds that are built none needs one. @throws AppError INVALID_INPUT */
function refuseConnector({ kind }: CouponProvider, connectorId: unknown): void {
  if (connectorId === undefined || connectorId === null) return
  throw invalid('connectorId', `has no place here: ${kind} makes its coupons without a connector`)
}

const patchSchema = zObject({
  name: zText(256).optional(),
  provider: zOneOf(KINDS).optional(),
  connectorId: zLater,
  credentials: zAdapterInput,
  settings: zAdapterInput,
})

type ProviderDeps = Pick<HttpDeps, 'store' | 'newId' | 'secretBox' | 'providers'>

export function couponProviderResource(deps: ProviderDeps): Resource<'coupon_provider'> {
  const { store, newId, secretBox, providers } = deps
  return {
    slug: 'coupon_provider',
    noun: 'coupon provider',
    collection: 'coupon_provider',
    fields: couponProviderFields,
    allows: ['list', 'create', 'get', 'patch', 'delete'],
    refuses: {},
    fails: {
      create: ['DUPLICATE_VALUE', 'NOT_BUILT_YET'],
      patch: ['DUPLICATE_VALUE', 'NOT_BUILT_YET', 'FIELD_IS_FIXED'],
      delete: ['PROVIDER_IN_USE'],
    },
    bodies: { create: createSchema, patch: patchSchema },
    adapterInput: adapterInputOf(providers),
    async create({ caller: { accountId }, now, log }, body) {
      const input = checkCreate(createSchema, body)
      const provider = providers.get(input.provider)
      if (provider === undefined) throw notBuiltYet('provider', `coupons cannot be made by ${input.provider}`)
      refuseConnector(provider, input.connectorId)
      const row: Row<'coupon_provider'> = {
        id: newId(),
        accountId,
        createdAt: now,
        updatedAt: now,
        revision: 1,
        name: input.name,
        provider: provider.kind,
        sealedCredentials: sealedCredentials(provider, input.credentials, secretBox),
        settings: check(provider.settings, plainJson(input.settings ?? {}), ['settings']),
        hasRewards: false,
      }
      await createProvider(store, row)
      log({ providerId: row.id })
      return rowJson('coupon_provider', couponProviderFields, row)
    },
    async patch({ caller: { accountId }, now, log }, id, body) {
      const input = checkPatch(patchSchema, body)
      log({ providerId: id })
      const current = await findRow(store, 'coupon_provider', accountId, id)
      if (current === null) throw recordNotFound('coupon provider')
      // the kind never changes, so what was read of it still holds when the patch is written
      const provider = providers.get(current.provider)
      if (provider === undefined)
        throw notBuiltYet('provider', `coupons cannot be made by ${current.provider}`)
      refuseConnector(provider, input.connectorId)
      const given: Partial<Row<'coupon_provider'>> = {}
      if (input.name !== undefined) given.name = input.name
      if (input.provider !== undefined) given.provider = input.provider as ProviderKind
      if (input.settings !== undefined)
        given.settings = check(provider.settings, plainJson(input.settings), ['settings'])
      if (input.credentials !== undefined) {
        given.sealedCredentials = sealedCredentials(provider, input.credentials, secretBox)
      }
      const row = await patchProvider(store, accountId, id, now, given)
      return rowJson('coupon_provider', couponProviderFields, row)
    },
    remove({ caller: { accountId }, log }, id) {
      log({ providerId: id })
      return deleteProvider(store, accountId, id)
    },
  }
}

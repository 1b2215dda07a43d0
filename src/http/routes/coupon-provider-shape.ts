import { z } from 'zod'
import { invalid } from '../../errors.ts'
import type { CouponProvider } from '../../ports/coupon-provider.ts'
import { PROVIDER_STATES } from '../../ports/schema/values.ts'
import { plainJson } from '../../read/exact-json.ts'
import type { ProviderHealth } from '../../rewards/provider-state.ts'
import type { HttpDeps } from '../deps.ts'
import { INSTANT_SCHEMA, orNull } from '../json/json-schema.ts'
import { instantJson, type JsonObject, nullable } from '../json/write-json.ts'
import { check } from '../read/check.ts'
import { zOneOf, zText, zUuid } from '../read/zod.ts'
import { maybe, required, shapeOf } from '../shape.ts'

/** Checked by the provider's own schemas. */
const zAdapterInput = z.unknown().meta({ type: 'object' }).optional()
const adapterInput = { create: zAdapterInput, patch: zAdapterInput }

type Providers = HttpDeps['providers']

/** Credentials can be written, never read. */
export function couponProviderShape(providers: Providers) {
  const kinds = [...providers.keys()]
  return shapeOf('coupon_provider', {
    name: required(zText(256)),
    provider: { ...required(zOneOf(kinds)), values: kinds },
    connectorId: maybe(zUuid),
    credentials: adapterInput,
    settings: { ...adapterInput, schema: { type: 'object' } },
    health: { schema: healthSchema },
  })
}

/** What `healthJson` writes. */
const healthSchema = {
  type: 'object',
  required: ['state', 'since', 'lastError', 'waiting', 'oldestWaitingAt'],
  properties: {
    state: { type: 'string', enum: PROVIDER_STATES },
    since: INSTANT_SCHEMA,
    lastError: orNull({
      type: 'object',
      required: ['code', 'message', 'at'],
      properties: { code: { type: 'string' }, message: { type: 'string' }, at: INSTANT_SCHEMA },
    }),
    waiting: { type: 'integer', minimum: 0 },
    oldestWaitingAt: orNull(INSTANT_SCHEMA),
  },
} as const

export function healthJson(health: ProviderHealth): JsonObject {
  const { since, lastError, oldestWaitingAt } = health
  return {
    ...health,
    since: instantJson(since),
    lastError: nullable(lastError, ({ at, ...error }) => ({ ...error, at: instantJson(at) })),
    oldestWaitingAt: nullable(oldestWaitingAt, instantJson),
  }
}

/** @throws AppError INVALID_INPUT */
export function providerOf(providers: Providers, kind: string): CouponProvider {
  const provider = providers.get(kind)
  if (provider === undefined) throw invalid('provider', `names no way to make coupons: ${kind}`)
  return provider
}

/** @throws AppError INVALID_INPUT where it is given and not needed */
export function refuseConnector({ kind, connector }: CouponProvider, connectorId: unknown): void {
  if (connectorId === undefined || connectorId === null || (connector ?? null) !== null) return
  throw invalid('connectorId', `has no place here: ${kind} makes its coupons without a connector`)
}

/** @throws AppError INVALID_INPUT | UNKNOWN_FIELD */
export function readSettings(provider: CouponProvider, settings: unknown): Record<string, unknown> {
  return check(provider.settings, plainJson(settings), ['settings'])
}

/** What the store keeps of credentials: nothing readable, null where the provider takes none. */
export function sealCredentials(
  secretBox: HttpDeps['secretBox'],
  provider: CouponProvider,
  providerId: string,
  credentials: unknown,
): string | null {
  if (provider.credentials === null) {
    if (credentials === undefined) return null
    throw invalid('credentials', `has no place here: ${provider.kind} takes no credentials`)
  }
  const checked = check(provider.credentials, plainJson(credentials ?? {}), ['credentials'])
  if (Object.keys(checked).length === 0) return null
  const place = { collection: 'coupon_provider', id: providerId, field: 'sealedCredentials' } as const
  return secretBox.seal(JSON.stringify(checked), place)
}

import { z } from 'zod'
import { invalid } from '../../errors.ts'
import type { Connector } from '../../ports/connector.ts'
import type { Platform } from '../../ports/schema/values.ts'
import type { Row } from '../../ports/schema.ts'
import { plainJson } from '../../read/exact-json.ts'
import { bad, good, missing, readText } from '../../read/values.ts'
import type { HttpDeps } from '../deps.ts'
import { INSTANT_SCHEMA } from '../json/json-schema.ts'
import { instantJson, type JsonObject } from '../json/write-json.ts'
import { check } from '../read/check.ts'
import { jsonSchemasOf } from '../read/json-schema-of.ts'
import { zRead } from '../read/zod.ts'
import { type AdapterInput, ID, type PublicFields, rowJson, STATUSES, TIMES } from '../resource.ts'
import { ruleJson, ruleSchema } from './connector-rules.ts'

const PLATFORMS = ['shopify', 'stripe'] as const satisfies Platform[]

export const connectorFields: PublicFields<'connector'> = {
  ...ID,
  name: { stored: 'name' },
  platform: { stored: 'platform', schema: { type: 'string', enum: PLATFORMS } },
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
export function connectorJson(row: Row<'connector'>): JsonObject {
  return rowJson('connector', connectorFields, row)
}

/** Credentials and settings are checked by the platform's own schemas. */
export const zAdapterObject = zRead<Readonly<Record<string, unknown>>>(
  (value) => {
    if (missing(value)) return bad('is required')
    const plain = plainJson(value)
    return typeof plain === 'object' && plain !== null && !Array.isArray(plain)
      ? good(plain as Readonly<Record<string, unknown>>)
      : bad('must be an object')
  },
  { type: 'object' },
)

/** What the platforms take, for the API document. */
export function adapterInputOf(connectors: HttpDeps['connectors']): AdapterInput {
  const known = new Map(PLATFORMS.map((name) => [name, connectors.get(name)!]))
  const purchaseSpace = { type: 'string', minLength: 1, maxLength: 256 }
  return {
    namedBy: 'platform',
    fields: {
      credentials: jsonSchemasOf(known, ({ credentials }) => credentials),
      settings: jsonSchemasOf(known, ({ settings }) => settings, { purchaseSpace }),
    },
  }
}

const purchaseSpaceSchema = z.object({
  purchaseSpace: zRead(readText(256), { type: 'string' }).optional(),
})

/** The platform's own settings, and the purchase space that every platform has. */
export function readSettings(platform: Connector, given: Readonly<Record<string, unknown>>) {
  const { purchaseSpace, ...rest } = given
  return {
    ...check(purchaseSpaceSchema, { purchaseSpace }, ['settings']),
    settings: check(platform.settings, rest, ['settings']),
  }
}

/** @throws AppError INVALID_INPUT for a platform that is not built */
export function platformOf(connectors: HttpDeps['connectors'], name: string): Connector {
  const connector = connectors.get(name)
  if (connector === undefined) throw invalid('platform', 'is not a platform that connectors are built for')
  return connector
}

export function sealCredentials(
  secretBox: HttpDeps['secretBox'],
  platform: Connector,
  credentials: Readonly<Record<string, unknown>>,
): string {
  return secretBox.seal(JSON.stringify(check(platform.credentials, credentials, ['credentials'])))
}

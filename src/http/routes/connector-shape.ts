import { z } from 'zod'
import { invalid } from '../../errors.ts'
import type { Connector } from '../../ports/connector.ts'
import { orderIdFromOf } from '../../ports/order-id-from.ts'
import { STATUSES } from '../../ports/schema/values.ts'
import { plainJson } from '../../read/exact-json.ts'
import { bad, good, missing, readText } from '../../read/values.ts'
import { webhookPathOf } from '../../setup/connector.ts'
import type { HttpDeps } from '../deps.ts'
import { INSTANT_SCHEMA } from '../json/json-schema.ts'
import { instantJson } from '../json/write-json.ts'
import { check } from '../read/check.ts'
import { textSchema, zOneOf, zRead, zText } from '../read/zod.ts'
import { defaulted, emptiable, required, shapeOf } from '../shape.ts'
import { adapterInputOf, shownSettings } from './adapter-input.ts'
import { installationSchema } from './connector-installation.ts'
import { RULE_NULLS, ruleJson, ruleSchema, zRules } from './connector-rules.ts'

type Connectors = HttpDeps['connectors']
const MAX_SPACE_CHARACTERS = 256

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

/** Credentials can be written, never read. Without them a connector waits to be installed. */
export function connectorShape(connectors: Connectors, publicUrl: string | null) {
  return shapeOf(
    'connector',
    {
      name: required(zText(256)),
      platform: { ...required(zText(32)), schema: { type: 'string', enum: [...connectors.keys()] } },
      status: { create: zOneOf(STATUSES).optional(), patch: zOneOf(STATUSES).optional() },
      credentials: { create: zAdapterObject.optional(), patch: zAdapterObject.optional() },
      settings: {
        ...defaulted(zAdapterObject, {}),
        schema: shownSettings(connectors, { purchaseSpace: { type: 'string' } }),
        show: (row) => {
          const orderIdFrom = orderIdFromOf(row, connectors.get(row.platform) ?? {})
          const { settings, purchaseSpace } = row
          return { ...settings, ...(orderIdFrom === null ? {} : { orderIdFrom }), purchaseSpace }
        },
      },
      rules: {
        ...emptiable(zRules, []),
        schema: { type: 'array', items: ruleSchema },
        show: ({ rules }) => rules.map(ruleJson),
      },
      webhookPath: { schema: { type: 'string' }, show: webhookPathOf },
      webhookUrl: {
        schema: { type: ['string', 'null'] },
        show: (row) => (publicUrl === null ? null : `${publicUrl}${webhookPathOf(row)}`),
      },
      installation: { schema: installationSchema },
      refusedCount: {},
      recentRefusals: {
        schema: {
          type: 'array',
          items: {
            type: 'object',
            required: ['at', 'reason'],
            properties: { at: INSTANT_SCHEMA, reason: { type: 'string' } },
          },
        },
        show: ({ recentRefusals }) =>
          recentRefusals.map(({ at, reason }) => ({ at: instantJson(at), reason })),
      },
    },
    RULE_NULLS,
  )
}

/** What the platforms take, for the API document. */
export function connectorInputOf(connectors: Connectors) {
  const purchaseSpace = textSchema(MAX_SPACE_CHARACTERS)
  return adapterInputOf('platform', connectors, { purchaseSpace })
}

const purchaseSpaceSchema = z.object({
  purchaseSpace: zRead(readText(MAX_SPACE_CHARACTERS), { type: 'string' }).optional(),
})

/** The platform's own settings, the purchase space that every platform has, and where order ids are read from. */
export function readSettings(platform: Connector, given: Readonly<Record<string, unknown>>) {
  const { purchaseSpace, ...rest } = given
  const { orderIdFrom, ...settings } = check(platform.settings, rest, ['settings'])
  const site = platform.site === undefined ? null : settings[platform.site.setting]
  return {
    ...check(purchaseSpaceSchema, { purchaseSpace }, ['settings']),
    ...(typeof orderIdFrom === 'string' ? { orderIdFrom } : {}),
    settings,
    siteKey: typeof site === 'string' ? site : null,
  }
}

/** @throws AppError INVALID_INPUT for a platform that is not built */
export function platformOf(connectors: Connectors, name: string): Connector {
  const connector = connectors.get(name)
  if (connector === undefined) throw invalid('platform', 'is not a platform that connectors are built for')
  return connector
}

import type { Foreseen } from '../../engine/foresee.ts'
import { invalid } from '../../errors.ts'
import type { TriedBody } from '../../inbox/try-body.ts'
import { DELIVERY_OUTCOMES } from '../../ports/schema/values.ts'
import { JsonNumber } from '../../read/exact-json.ts'
import { bad, good, kindOf, missing } from '../../read/values.ts'
import type { HttpDeps } from '../deps.ts'
import { INSTANT_SCHEMA, orNull, QUANTITY_SCHEMA } from '../json/json-schema.ts'
import { instantJson, type JsonObject, nullable, quantityJson } from '../json/write-json.ts'
import { checkCreate } from '../read/check.ts'
import { zObject, zRead, zText } from '../read/zod.ts'
import type { Action } from '../resource.ts'
import { MAX_WEBHOOK_BYTES } from '../webhooks.ts'
import { itemJson, itemSchema } from './delivery-item.ts'

/** The JSON of the body, or its very text. */
const zPayload = zRead<unknown>(
  (value) => {
    if (missing(value)) return bad('is required')
    if (typeof value === 'string' || isObject(value)) return good(value)
    return bad(`must be the body of a webhook, as an object or as its text, not ${kindOf(value)}`)
  },
  { type: ['object', 'string'] },
)
const testSchema = zObject({ topic: zText(256).optional(), payload: zPayload })

const logSchema = {
  type: 'object',
  required: ['externalId', 'uniqueIdentifier', 'activityId', 'activityAt', 'activityValue'],
  properties: {
    externalId: { type: 'string' },
    uniqueIdentifier: { type: 'string' },
    activityId: { type: 'string' },
    activityAt: INSTANT_SCHEMA,
    activityValue: orNull(QUANTITY_SCHEMA),
  },
} as const

const textOrNull = { type: ['string', 'null'] } as const
const tried = {
  type: 'object',
  required: ['topic', 'outcome', 'reason', 'orderId', 'orderName', 'items'],
  properties: {
    topic: { type: 'string' },
    outcome: { type: 'string', enum: DELIVERY_OUTCOMES },
    reason: textOrNull,
    orderId: textOrNull,
    orderName: textOrNull,
    items: {
      type: 'array',
      items: {
        ...itemSchema,
        required: [...itemSchema.required, 'log'],
        properties: { ...itemSchema.properties, log: orNull(logSchema) },
      },
    },
  },
} as const

/** Shows what a body would become, and stores nothing. */
export function testAction({ deliveries }: Pick<HttpDeps, 'deliveries'>): Action {
  return {
    summary: 'See what a body would become',
    body: testSchema,
    maxBodyBytes: MAX_WEBHOOK_BYTES,
    answers: { name: 'BodyTried', schema: tried },
    status: 200,
    fails: ['NOT_FOUND'],
    async run({ caller: { accountId }, log }, connectorId, body) {
      log({ connectorId })
      const { topic = null } = checkCreate(testSchema, body)
      const rawBody = Buffer.from(textOf((body as { payload: unknown }).payload))
      if (rawBody.byteLength > MAX_WEBHOOK_BYTES) {
        throw invalid('payload', `has ${rawBody.byteLength} bytes, at most ${MAX_WEBHOOK_BYTES} are allowed`)
      }
      return triedJson(await deliveries.tryBody(accountId, connectorId, { topic, rawBody }))
    },
  }
}

function isObject(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonNumber)
  )
}

/** The text of a body: numbers are written with the digits that they came with, nulls are kept. */
function textOf(payload: unknown): string {
  if (typeof payload === 'string') return payload
  return JSON.stringify(payload, (_key, value: unknown) =>
    value instanceof JsonNumber ? rawJson(value.source) : value,
  )
}

/** TypeScript's library does not know it yet. */
const rawJson = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON

/** What `tried` describes. */
export function triedJson({ items, ...tried }: TriedBody): JsonObject {
  return { ...tried, items: items.map(triedItemJson) }
}

function triedItemJson({ item, log }: Foreseen): JsonObject {
  return {
    ...itemJson(item),
    quiet: log === null ? null : log.quiet,
    log: log === null ? null : logJson(item, log),
  }
}

function logJson({ activity }: Foreseen['item'], log: NonNullable<Foreseen['log']>): JsonObject {
  const { uniqueIdentifier, activityId, activityAt, activityValue } = log
  return {
    externalId: activity?.externalId,
    uniqueIdentifier,
    activityId,
    activityAt: instantJson(activityAt),
    activityValue: nullable(activityValue, quantityJson),
  }
}

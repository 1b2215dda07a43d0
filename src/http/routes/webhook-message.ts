import type { Row } from '../../ports/schema.ts'
import type { HttpDeps } from '../deps.ts'
import { INSTANT_SCHEMA, orNull } from '../json/json-schema.ts'
import { digitsJson, instantJson, type Json, type JsonObject, nullable } from '../json/write-json.ts'
import { checkCreate } from '../read/check.ts'
import { zObject } from '../read/zod.ts'
import { type Action, ID, type PublicFields, type Resource, rowJson, TIMES } from '../resource.ts'

const attemptSchema = {
  type: 'object',
  required: ['at', 'status', 'durationMs', 'error', 'response'],
  properties: {
    at: INSTANT_SCHEMA,
    status: { type: ['integer', 'null'] },
    durationMs: { type: 'integer', minimum: 0 },
    error: { type: ['string', 'null'] },
    response: { type: ['string', 'null'] },
  },
} as const

const messageFields: PublicFields<'webhook_message'> = {
  ...ID,
  endpointId: { stored: 'endpointId' },
  type: { stored: 'type' },
  status: { stored: 'status' },
  payload: { schema: orNull({ type: 'object' }), show: ({ body }) => nullable(body, payloadJson) },
  attempts: {
    schema: { type: 'array', items: attemptSchema },
    show: ({ attempts }) => attempts.map((attempt) => ({ ...attempt, at: instantJson(attempt.at) })),
  },
  nextAttemptAt: { stored: 'dueAt' },
  ...TIMES,
}

type ReadDigits = (key: string, value: Json, context: { readonly source?: string }) => Json
/** TypeScript's library does not know the third argument yet. */
const parse = JSON.parse as (text: string, read: ReadDigits) => Json

/** A body as it was sent, its numbers with all their digits. */
function payloadJson(body: string): Json {
  return parse(body, (_key, value, { source = '' }) =>
    typeof value === 'number' ? digitsJson(source) : value,
  )
}

export function messageJson(row: Row<'webhook_message'>): JsonObject {
  return rowJson('webhook_message', messageFields, row)
}

const resendSchema = zObject({})
const BY_PLATFORM = 'Webhook messages are made by the platform when something happens'
const KEPT = 'Webhook messages say what was sent; they are kept for 30 days'

/** What merchants' own systems were told, and what they answered. */
export function webhookMessageResource({
  webhooks,
}: Pick<HttpDeps, 'webhooks'>): Resource<'webhook_message'> {
  const resend: Action = {
    summary: 'Send a webhook message again',
    body: resendSchema,
    answers: 'webhook message',
    status: 200,
    fails: ['NOT_FOUND', 'ENDPOINT_NOT_LIVE', 'PAYLOAD_GONE'],
    async run({ caller: { accountId }, log }, id, body) {
      checkCreate(resendSchema, body)
      log({ messageId: id })
      return messageJson(await webhooks.resend(accountId, id))
    },
  }
  return {
    slug: 'webhook_message',
    noun: 'webhook message',
    collection: 'webhook_message',
    fields: messageFields,
    allows: ['list', 'get'],
    refuses: { create: BY_PLATFORM, patch: KEPT, delete: KEPT },
    ledger: true,
    actions: { resend },
  }
}

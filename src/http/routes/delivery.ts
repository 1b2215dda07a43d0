import type { Row } from '../../ports/schema.ts'
import type { HttpDeps } from '../deps.ts'
import { COUNT_SCHEMA, orNull, UUID_SCHEMA } from '../json/json-schema.ts'
import type { JsonObject } from '../json/write-json.ts'
import { ID, type PublicFields, type Resource, rowJson, TIMES } from '../resource.ts'

const ITEM_STATUSES = ['pending', 'counted', 'duplicate', 'ignored', 'failed', 'waiting', 'applied'] as const
const textOrNull = { type: ['string', 'null'] }

const reportSchema = {
  type: 'object',
  required: ['object', 'kind', 'state', 'amount', 'currency'],
  properties: {
    object: { type: 'string' },
    kind: { type: 'string', enum: ['refund', 'refund_total', 'dispute', 'cancellation'] },
    state: { type: 'string', enum: ['open', 'taken', 'given_back'] },
    amount: textOrNull,
    currency: textOrNull,
  },
} as const

/** What `itemJson` writes. */
const itemSchema = {
  type: 'object',
  required: [
    'ruleIndex',
    'streakId',
    'status',
    'reason',
    'message',
    'streakLogId',
    'duplicateOfId',
    'droppedFields',
    'report',
  ],
  properties: {
    ruleIndex: orNull(COUNT_SCHEMA),
    streakId: orNull(UUID_SCHEMA),
    status: { type: 'string', enum: ITEM_STATUSES },
    reason: textOrNull,
    message: textOrNull,
    streakLogId: orNull(UUID_SCHEMA),
    duplicateOfId: orNull(UUID_SCHEMA),
    droppedFields: { type: 'array', items: { type: 'string' } },
    report: orNull(reportSchema),
  },
} as const

const deliveryFields: PublicFields<'delivery'> = {
  ...ID,
  connectorId: { stored: 'connectorId' },
  platform: { stored: 'platform' },
  topic: { stored: 'topic' },
  webhookId: { stored: 'webhookId' },
  bodySha256: { stored: 'bodySha256' },
  receivedAt: { stored: 'receivedAt' },
  headers: {
    stored: 'headers',
    schema: { type: 'object', additionalProperties: { type: 'string' } },
  },
  orderId: { stored: 'orderId' },
  outcome: { stored: 'outcome', values: ['translated', 'reported', 'ignored'] },
  reason: { stored: 'reason' },
  items: { schema: { type: 'array', items: itemSchema } },
  ...TIMES,
}

/** What became of a delivery by one rule. */
function itemJson(item: Row<'delivery_item'>): JsonObject {
  const { ruleIndex, streakId, status, reason, message, streakLogId, duplicateOfId, activity } = item
  const droppedFields = activity?.droppedFields ?? []
  const became = { status, reason, message, streakLogId, duplicateOfId, droppedFields }
  return { ruleIndex, streakId, ...became, report: reportJson(item) }
}

const FROM_PLATFORMS =
  'Deliveries are what platforms sent: they come in at /webhooks/{platform}/{connectorId}'
const KEPT = 'Deliveries are kept as they arrived'

function reportJson({ report }: Row<'delivery_item'>): JsonObject | null {
  if (report === null) return null
  const { object, kind, state, amount, currency } = report
  return { object, kind, state, amount, currency }
}

export function deliveryResource({ store }: Pick<HttpDeps, 'store'>): Resource<'delivery'> {
  return {
    slug: 'delivery',
    noun: 'delivery',
    collection: 'delivery',
    fields: deliveryFields,
    allows: ['list', 'get'],
    refuses: { create: FROM_PLATFORMS, patch: KEPT, delete: KEPT },
    ledger: true,
    omit: ['body'],
    async present(rows, { accountId, wants }) {
      const records = rows.map((row) => rowJson('delivery', deliveryFields, row))
      if (!wants('items')) return records
      const keys = rows.map((row) => [accountId, row.id])
      const items = await store.findByKeys('delivery_item', ['accountId', 'deliveryId'], keys)
      const byDelivery = Map.groupBy(items, (item) => item.deliveryId)
      return records.map((record, index) => {
        const own = byDelivery.get(rows[index]?.id ?? '') ?? []
        return { ...record, items: own.sort((a, b) => (a.ruleIndex ?? 0) - (b.ruleIndex ?? 0)).map(itemJson) }
      })
    },
  }
}

import { ITEM_STATUSES, REPORT_KINDS, REPORT_STATES } from '../../ports/schema/values.ts'
import type { Row } from '../../ports/schema.ts'
import { COUNT_SCHEMA, orNull, UUID_SCHEMA } from '../json/json-schema.ts'
import type { JsonObject } from '../json/write-json.ts'

const textOrNull = { type: ['string', 'null'] }

const reportSchema = {
  type: 'object',
  required: ['object', 'kind', 'state', 'amount', 'currency'],
  properties: {
    object: { type: 'string' },
    kind: { type: 'string', enum: REPORT_KINDS },
    state: { type: 'string', enum: REPORT_STATES },
    amount: textOrNull,
    currency: textOrNull,
  },
} as const

/** What `itemJson` writes. */
export const itemSchema = {
  type: 'object',
  required: [
    'ruleIndex',
    'streakId',
    'status',
    'reason',
    'message',
    'streakLogId',
    'quiet',
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
    quiet: { type: ['boolean', 'null'] },
    duplicateOfId: orNull(UUID_SCHEMA),
    droppedFields: { type: 'array', items: { type: 'string' } },
    report: orNull(reportSchema),
  },
} as const

/** What became of a delivery by one rule. */
export function itemJson(item: Row<'delivery_item'>): JsonObject {
  const { ruleIndex, streakId, status, reason, message, streakLogId, duplicateOfId, activity } = item
  // a log of before there were quiet ones is none
  const quiet = streakLogId === null ? null : (item.quiet ?? false)
  const droppedFields = activity?.droppedFields ?? []
  const became = { status, reason, message, streakLogId, quiet, duplicateOfId, droppedFields }
  return { ruleIndex, streakId, ...became, report: reportJson(item) }
}

function reportJson({ report }: Row<'delivery_item'>): JsonObject | null {
  if (report === null) return null
  const { object, kind, state, amount, currency } = report
  return { object, kind, state, amount, currency }
}

import { invalid } from '../../errors.ts'
import { MAX_REPLAYED } from '../../inbox/replay/page.ts'
import type { DeliveryReplay, ReplayFilter } from '../../inbox/replay/types.ts'
import { ITEM_STATUSES } from '../../ports/schema/values.ts'
import type { Row } from '../../ports/schema.ts'
import type { HttpDeps } from '../deps.ts'
import { COUNT_SCHEMA, type JsonSchema, UUID_SCHEMA } from '../json/json-schema.ts'
import type { Json, JsonObject } from '../json/write-json.ts'
import { checkCreate } from '../read/check.ts'
import { zBoolean, zInstant, zInteger, zObject, zOneOf, zText, zUuid } from '../read/zod.ts'
import type { Action, BulkAction } from '../resource.ts'
import { itemJson, itemSchema } from './delivery-item.ts'

const REASON_CHARACTERS = 256
export const abandonSchema = zObject({ reason: zText(REASON_CHARACTERS) })
const replaySchema = zObject({ dryRun: zBoolean.default(false) })
const MAX_CURSOR_CHARACTERS = 128
const DEFAULT_PAGE = 100

const filterShape = {
  connectorId: zUuid.optional(),
  receivedFrom: zInstant.optional(),
  receivedTo: zInstant.optional(),
  orderId: zText(256).optional(),
  itemStatus: zOneOf(ITEM_STATUSES).optional(),
  reason: zText(64).optional(),
}
const replayManySchema = zObject({
  ...filterShape,
  dryRun: zBoolean.default(false),
  limit: zInteger(1, MAX_REPLAYED).default(DEFAULT_PAGE),
  cursor: zText(MAX_CURSOR_CHARACTERS).optional(),
})

const replayed = closedObject({
  deliveryId: UUID_SCHEMA,
  dryRun: { type: 'boolean' },
  outcome: { type: 'string', enum: ['replayed', 'unchanged'] },
  reason: { type: ['string', 'null'] },
  items: {
    type: 'array',
    items: {
      ...itemSchema,
      required: [...itemSchema.required, 'effect'],
      properties: {
        ...itemSchema.properties,
        effect: { type: 'string', enum: ['queued', 'changed', 'unchanged'] },
      },
    },
  },
})
const replayedMany = closedObject({
  dryRun: { type: 'boolean' },
  looked: COUNT_SCHEMA,
  matched: COUNT_SCHEMA,
  replayed: COUNT_SCHEMA,
  unchanged: COUNT_SCHEMA,
  busy: COUNT_SCHEMA,
  bodyGone: COUNT_SCHEMA,
  itemsQueued: COUNT_SCHEMA,
  next: { type: ['string', 'null'] },
})

function closedObject(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return { type: 'object', required: Object.keys(properties), properties }
}

/** What a backend can do about what was delivered. `present` shows a delivery. */
export function deliveryActions(
  { deliveries }: Pick<HttpDeps, 'deliveries'>,
  present: (accountId: string, row: Row<'delivery'>) => Promise<JsonObject | null>,
): { actions: Readonly<Record<string, Action>>; bulkActions: Readonly<Record<string, BulkAction>> } {
  const replay: Action = {
    summary: 'Replay a delivery',
    body: replaySchema,
    answers: { name: 'DeliveryReplayed', schema: replayed },
    status: 200,
    fails: ['NOT_FOUND'],
    async run({ caller: { accountId }, log }, deliveryId, body) {
      const { dryRun } = checkCreate(replaySchema, body)
      log({ deliveryId })
      const replayOf = await deliveries.replay(accountId, deliveryId, { dryRun, includeAbandoned: true })
      return replayJson(replayOf, dryRun)
    },
  }
  const abandon: Action = {
    summary: 'Abandon what is open of a delivery',
    body: abandonSchema,
    answers: 'delivery',
    status: 200,
    fails: ['NOT_FOUND'],
    async run({ caller: { accountId }, log }, deliveryId, body) {
      const { reason } = checkCreate(abandonSchema, body)
      log({ deliveryId })
      return present(accountId, await deliveries.abandon(accountId, deliveryId, reason))
    },
  }
  const replayMany: BulkAction = {
    summary: 'Replay many deliveries, a page at a time',
    body: replayManySchema,
    answers: { name: 'DeliveriesReplayed', schema: replayedMany },
    status: 200,
    fails: [],
    async run({ caller: { accountId } }, body) {
      const { dryRun, limit, cursor = null, ...filter } = checkCreate(replayManySchema, body)
      requireFilter(filter)
      const mode = dryRun ? 'dry_run' : 'replay'
      const { reasons: _, ...page } = await deliveries.replayPage(accountId, filter, { mode, cursor, limit })
      return { dryRun, ...page }
    },
  }
  return { actions: { replay, abandon }, bulkActions: { replay: replayMany } }
}

function replayJson({ items, ...replay }: DeliveryReplay, dryRun: boolean): Json {
  return { ...replay, dryRun, items: items.map(({ item, effect }) => ({ ...itemJson(item), effect })) }
}

/** An empty body must not replay everything that there ever was. @throws AppError INVALID_INPUT */
function requireFilter(filter: ReplayFilter): void {
  if (Object.values(filter).some((value) => value !== undefined)) return
  const names = Object.keys(filterShape)
  throw invalid('', `names no deliveries: give at least one of ${names.join(', ')}`)
}

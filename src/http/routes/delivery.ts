import { itemsOf } from '../../inbox/items-of.ts'
import { foldOrderName } from '../../ports/schema/purchases.ts'
import type { Row } from '../../ports/schema.ts'
import type { HttpDeps } from '../deps.ts'
import type { JsonObject } from '../json/write-json.ts'
import { ID, type PresentOptions, type PublicFields, type Resource, rowJson, TIMES } from '../resource.ts'
import { itemJson, itemSchema } from './delivery-item.ts'
import { explainQuestion } from './explain.ts'
import { deliveryActions } from './replay.ts'
import { orderSearchQuestion } from './search.ts'

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
  orderName: { stored: 'orderName', folded: { stored: 'orderNameKey', of: foldOrderName } },
  outcome: { stored: 'outcome' },
  reason: { stored: 'reason' },
  items: { schema: { type: 'array', items: itemSchema } },
  ...TIMES,
}

const FROM_PLATFORMS =
  'Deliveries are what platforms sent: they come in at /webhooks/{platform}/{connectorId}'
const KEPT = 'Deliveries are kept as they arrived'

export function deliveryResource(
  deps: Pick<HttpDeps, 'store' | 'clock' | 'deliveries'>,
): Resource<'delivery'> {
  const { store } = deps
  async function present(
    rows: readonly Row<'delivery'>[],
    { accountId, wants }: Pick<PresentOptions, 'accountId' | 'wants'>,
  ): Promise<JsonObject[]> {
    const records = rows.map((row) => rowJson('delivery', deliveryFields, row))
    if (!wants('items')) return records
    const ids = rows.map(({ id }) => id)
    const byDelivery = await itemsOf(store, accountId, ids)
    return records.map((record, index) => {
      const own = byDelivery.get(rows[index]?.id ?? '') ?? []
      return { ...record, items: own.map(itemJson) }
    })
  }
  const whole = async (accountId: string, row: Row<'delivery'>) =>
    (await present([row], { accountId, wants: () => true }))[0] ?? null

  return {
    slug: 'delivery',
    noun: 'delivery',
    collection: 'delivery',
    fields: deliveryFields,
    allows: ['list', 'get'],
    refuses: { create: FROM_PLATFORMS, patch: KEPT, delete: KEPT },
    ledger: true,
    omit: ['body'],
    present,
    ...deliveryActions(deps, whole),
    questions: {
      explain: explainQuestion(deps),
      search: orderSearchQuestion(deps, (accountId, found) =>
        present(found, { accountId, wants: () => true }),
      ),
    },
  }
}

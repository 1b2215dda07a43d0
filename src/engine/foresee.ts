import { untilWritten } from '../commit/until-written.ts'
import type { Row } from '../ports/schema.ts'
import type { Change } from '../ports/store.ts'
import type { RecorderDeps } from './deps.ts'
import { purchaseRequest } from './purchase-request.ts'
import { decideBatch } from './record.ts'

type Item = Row<'delivery_item'>
type Log = Row<'streak_log'>

/** An item as it would be, and the log that it would make. */
export interface Foreseen {
  readonly item: Item
  readonly log: Log | null
}

const MAX_TRIES = 10

/**
 * What would become of these items, which are stored nowhere, if their purchases were recorded now: decided as ever, and
 * thrown away. Items without a purchase stay as they are, and none names a log, which is beside it.
 * @throws AppError STORE_BUSY, STORE_UNAVAILABLE
 */
export async function foresee(
  { store, clock, newId }: Pick<RecorderDeps, 'store' | 'clock'> & { readonly newId: () => string },
  items: readonly Item[],
): Promise<Foreseen[]> {
  const requests = items.flatMap((item) =>
    item.activity === null ? [] : [purchaseRequest(item, item.activity)],
  )
  if (requests.length === 0) return items.map((item) => ({ item, log: null }))
  // nobody gets a coupon by it
  const sources = { newId, drawCode: () => ({ code: '', foldedCode: '' }) }
  const { changes } = await untilWritten('the look ahead', MAX_TRIES, () =>
    decideBatch({ store, clock, sources, terms: null }, requests, true),
  )
  const became = new Map(changes.flatMap(outcomeOf))
  const logs = new Map(
    changes.flatMap((change) =>
      change.op === 'insert' && change.collection === 'streak_log' ? [[change.row.id, change.row]] : [],
    ),
  )
  return items.map((item) => {
    const { streakLogId = null, ...outcome } = became.get(item.id) ?? {}
    return {
      item: { ...item, ...outcome },
      log: streakLogId === null ? null : (logs.get(streakLogId) ?? null),
    }
  })
}

/** What a change says of an item, by its id. */
function outcomeOf(change: Change): [string, Partial<Item>][] {
  return change.op === 'update' && change.collection === 'delivery_item'
    ? [[change.id, change.set as Partial<Item>]]
    : []
}

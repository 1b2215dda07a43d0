import { findRow } from '../commit/planned.ts'
import { reportVerdict } from '../engine/decide/taken-back.ts'
import { type Foreseen, foresee } from '../engine/foresee.ts'
import { findOrder, readReports } from '../engine/load/read-reports.ts'
import type { KeyedReport } from '../engine/types.ts'
import { AppError } from '../errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { Translation } from '../ports/connector.ts'
import type { Row } from '../ports/schema.ts'
import type { Store } from '../ports/store.ts'
import { type Platforms, type ReadBody, type Reading, readHere, rulesOf } from './reading.ts'
import { NEVER_COUNTED, otherCurrency } from './report-outcome.ts'
import { deliveryRows } from './rows.ts'
import { heldAgainstOrder } from './shop-of-order.ts'

export interface TryBodyDeps extends Platforms {
  readonly store: Store
  /** Without it in this thread, by `connectorFor`. */
  readonly read?: ReadBody
  readonly clock: Clock
  readonly newId: () => string
}

/** A body as a platform would send it, without its headers and signature. */
export interface UnsentBody {
  /** null: as the body itself says, or that of a purchase. */
  readonly topic: string | null
  readonly rawBody: Uint8Array
}

type Item = Row<'delivery_item'>

/** What would become of a body. */
export interface TriedBody {
  readonly topic: string
  readonly outcome: Translation['kind']
  readonly reason: string | null
  readonly orderId: string | null
  readonly orderName: string | null
  /** As they would be once they were worked off, each with the log that it would make; their ids are nobody's. */
  readonly items: readonly Foreseen[]
}

/**
 * What would become of a body by the connector's rules of now, were it received at this moment with a right signature
 * and the connector live: read, set against what counted already, and thrown away. Stores nothing.
 * @throws AppError NOT_FOUND, STORE_BUSY, STORE_UNAVAILABLE, OVERLOADED
 */
export async function tryBody(
  deps: TryBodyDeps,
  accountId: string,
  connectorId: string,
  { topic: given, rawBody }: UnsentBody,
): Promise<TriedBody> {
  const { store, clock, newId } = deps
  const stored = await findRow(store, 'connector', accountId, connectorId)
  if (stored === null) throw new AppError('NOT_FOUND', 'There is no connector by this id')
  const platform = deps.connectorFor(stored.platform)!
  const topic = given ?? platform.topicOf(rawBody)
  const connector = { ...stored, status: 'live' as const }
  const receivedAt = clock.now()
  const proof = { ok: true, webhookId: null, topic, headers: {} } as const
  const unread = { connector: rulesOf(connector), rawBody, receivedAt, proof }
  // a proof that was given is not refused
  const read = (await (deps.read?.(unread) ?? readHere(deps, unread))) as Reading
  const reading = await heldAgainstOrder(store, connector, read)
  const rows = deliveryRows({ connector, rawBody, receivedAt, reading }, newId)
  const foreseen = await foresee({ store, clock, newId }, rows.items)
  const all = foreseen.map(({ item }) => item)
  const items = await Promise.all(
    foreseen.map(async ({ item, log }) =>
      item.report === null ? { item, log } : { item: await foreseeReport(store, item, all), log },
    ),
  )
  const { outcome, reason, orderId, orderName } = rows.delivery
  return { topic, outcome, reason, orderId, orderName, items }
}

/** What would become of a report, beside others of the same body. */
async function foreseeReport(store: Store, item: Item, all: readonly Item[]): Promise<Item> {
  const { purchases, isSettled } = await findOrder(store, item)
  const report = item.report!
  if (purchases.length === 0) {
    const countsHere = all.some(({ activity, status }) => activity !== null && status === 'counted')
    if (countsHere) return { ...item, status: 'applied' }
    return report.ifCounted && isSettled ? { ...item, ...NEVER_COUNTED } : { ...item, status: 'waiting' }
  }
  const told = all.flatMap(({ orderKey, report: each }): KeyedReport[] =>
    each === null || orderKey === null ? [] : [{ orderKey, report: each }],
  )
  const verdicts = await Promise.all(
    purchases.map(async (purchase) =>
      reportVerdict(report.object, [...(await readReports(store, purchase)), ...told], purchase),
    ),
  )
  if (!isSettled || verdicts.includes('waiting')) return { ...item, status: 'waiting' }
  return verdicts.includes('applied')
    ? { ...item, status: 'applied' }
    : { ...item, ...otherCurrency(report, purchases) }
}

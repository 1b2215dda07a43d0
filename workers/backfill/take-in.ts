import { AppError } from '../../src/errors.ts'
import { type Platforms, type ReadBody as Read, type Reading, rulesOf } from '../../src/inbox/reading.ts'
import { type ArrivedWebhook, deliveryRows, type ReadBy } from '../../src/inbox/rows.ts'
import { storeBatch } from '../../src/inbox/store-batch.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { OrderPage } from '../../src/ports/hands.ts'
import type { ActivityJob, JobContext } from '../../src/ports/queue.ts'
import type { Row } from '../../src/ports/schema.ts'
import type { Store } from '../../src/ports/store.ts'
import { assess, type ReadBody, type ReadOrder, settledVerdict, type Verdict } from './assess.ts'
import { freshOf } from './fresh.ts'
import { type Known, loadKnown } from './known.ts'
import { mayCount, type ReadFor } from './read-for.ts'

export interface TakeInDeps extends Platforms {
  readonly store: Store
  readonly read: Read
  readonly clock: Clock
  readonly newId: () => string
  /** What a job does with items. */
  readonly processItems: (job: ActivityJob, context: JobContext) => Promise<void>
  /** What would become of an item with a purchase. */
  readonly foresee: (item: Row<'delivery_item'>) => Promise<Row<'delivery_item'>['status']>
}

type Item = Row<'delivery_item'>

/** What became of one order. */
export interface TakenIn {
  readonly verdict: Verdict
  /** Purchases and reports that were not known before. */
  readonly fresh: number
}

const ORDERS_AT_ONCE = 50

/**
 * Takes orders in by the way that webhooks take: translated by the connector's rules, stored as deliveries where they
 * tell something new, counted by the engine. What was taken in by the same backfill before it was interrupted is found
 * again. Bounded by its page. @throws AppError, retryable, when the store cannot take them now
 */
export async function takeIn(
  deps: TakeInDeps,
  connector: Row<'connector'>,
  by: ReadFor,
  orders: OrderPage['orders'],
): Promise<TakenIn[]> {
  const taken: TakenIn[] = []
  for (let from = 0; from < orders.length; from += ORDERS_AT_ONCE) {
    const part = await readAll(deps, connector, orders.slice(from, from + ORDERS_AT_ONCE))
    taken.push(...(await (by.dryRun ? lookAt(deps, connector, by, part) : store(deps, connector, by, part))))
  }
  return taken
}

async function readAll(
  { read, clock }: TakeInDeps,
  connector: Row<'connector'>,
  orders: OrderPage['orders'],
): Promise<ReadOrder[]> {
  const receivedAt = clock.now()
  return Promise.all(
    orders.map(async ({ activityAt, bodies }) => ({
      activityAt,
      bodies: await Promise.all(
        bodies.map(async ({ topic, rawBody }): Promise<ReadBody> => {
          // nobody sent it: it needs no proof
          const proof = { ok: true, webhookId: null, topic, headers: {} } as const
          const reading = await read({ connector: rulesOf(connector), rawBody, receivedAt, proof })
          return { rawBody, reading: reading as Reading }
        }),
      ),
    })),
  )
}

function arrivedOf(
  { clock }: Pick<TakeInDeps, 'clock'>,
  connector: Row<'connector'>,
  read: ReadBy,
  { rawBody, reading }: ReadBody,
): ArrivedWebhook {
  const { topic, backfillId, isQuiet } = read
  return { connector, rawBody, receivedAt: clock.now(), reading, read: { topic, backfillId, isQuiet } }
}

async function store(
  deps: TakeInDeps,
  connector: Row<'connector'>,
  by: ReadFor,
  orders: readonly ReadOrder[],
): Promise<TakenIn[]> {
  const known = await knownOf(deps, connector, by, orders)
  const assessed = orders.map((order, index) => {
    const own = known[index]!
    return { ...assess(order, own, mayCount(order, own, by)), own: own.own }
  })
  const arrived = assessed.flatMap(({ news }, index) =>
    news.map((body) => ({ index, webhook: arrivedOf(deps, connector, by, body) })),
  )
  const stored = await storeBatch(
    { ...deps, queue: NO_QUEUE },
    arrived.map(({ webhook }) => webhook),
  )
  const deliveryIds = assessed.map(({ own }) => new Set(own.map(({ deliveryId }) => deliveryId)))
  for (const [at, result] of stored.entries()) {
    if (result.outcome !== 'unknown_connector') deliveryIds[arrived[at]!.index]!.add(result.deliveryId)
  }
  const items = await settle(deps, connector.accountId, [...new Set(deliveryIds.flatMap((ids) => [...ids]))])
  return assessed.map(({ verdict }, index) => {
    const own = items.filter(({ deliveryId }) => deliveryIds[index]!.has(deliveryId))
    return { verdict: settledVerdict(own, verdict), fresh: freshOf(own, known[index]!) }
  })
}

/** What an interrupted page took in is worked off before it is looked at: of that nothing is news. */
async function knownOf(
  deps: TakeInDeps,
  connector: Row<'connector'>,
  by: ReadFor,
  orders: readonly ReadOrder[],
): Promise<Known[]> {
  const known = await loadKnown(deps.store, connector, by, orders)
  const left = known.flatMap(({ own }) => own.filter(({ status }) => status === 'pending'))
  if (left.length === 0) return known
  await settle(deps, connector.accountId, [...new Set(left.map(({ deliveryId }) => deliveryId))])
  return loadKnown(deps.store, connector, by, orders)
}

/** The items are worked off here: who waits for their outcome need not wait for a queue. */
const NO_QUEUE = { enqueue: async () => {} } as unknown as Parameters<typeof storeBatch>[0]['queue']
const MAX_ROUNDS = 5
const CONTEXT: JobContext = {
  tryNumber: 1,
  lastTry: false,
  jobId: 'backfill',
  signal: new AbortController().signal,
}

/** Works off the items of deliveries: purchases first, for reports look for them. */
async function settle(
  { store, processItems }: TakeInDeps,
  accountId: string,
  deliveryIds: readonly string[],
): Promise<Item[]> {
  if (deliveryIds.length === 0) return []
  const keys = deliveryIds.map((id) => [accountId, id])
  let failure: unknown
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const items = await store.findByKeys('delivery_item', ['accountId', 'deliveryId'], keys)
    const pending = items.filter(({ status }) => status === 'pending')
    if (pending.length === 0) return items
    const purchases = pending.filter(({ activity }) => activity !== null)
    for (const [attempt, same] of Map.groupBy(
      purchases.length > 0 ? purchases : pending,
      (item) => item.attempt,
    )) {
      const job = {
        batchId: null,
        attempt,
        items: same.map(({ id: itemId, deliveryId }) => ({ accountId, deliveryId, itemId })),
      }
      await processItems(job, CONTEXT).catch((error: unknown) => {
        failure = error
      })
    }
  }
  if (failure instanceof AppError && failure.retryable) throw failure
  throw new AppError('STORE_BUSY', 'orders that were read could not be worked off yet', { cause: failure })
}

/** The same without writing: rows are made, and shown to an engine that cannot write. */
async function lookAt(
  deps: TakeInDeps,
  connector: Row<'connector'>,
  by: ReadFor,
  orders: readonly ReadOrder[],
): Promise<TakenIn[]> {
  const known = await loadKnown(deps.store, connector, by, orders)
  return Promise.all(
    orders.map(async (order, index) => {
      const own = known[index]!
      const { news, verdict } = assess(order, own, mayCount(order, own, by))
      const rows = news.map((body) => deliveryRows(arrivedOf(deps, connector, by, body), deps.newId))
      const items = await Promise.all(rows.flatMap((each) => each.items).map((item) => looked(deps, item)))
      return { verdict: settledVerdict(items, verdict), fresh: 0 }
    }),
  )
}

async function looked(deps: TakeInDeps, item: Item): Promise<Item> {
  if (item.status !== 'pending' || item.activity === null) return { ...item, status: keptStatus(item) }
  return { ...item, status: await deps.foresee(item) }
}

/** Reports have no say in what an order is. */
function keptStatus({ status, report }: Item): Item['status'] {
  return report === null ? status : 'applied'
}

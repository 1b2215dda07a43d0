import { findRow } from '../../commit/planned.ts'
import { untilWritten } from '../../commit/until-written.ts'
import { AppError } from '../../errors.ts'
import { change } from '../../ports/changes.ts'
import type { Clock, Instant } from '../../ports/clock.ts'
import type { Logger } from '../../ports/logger.ts'
import { orderIdFromOf } from '../../ports/order-id-from.ts'
import { activityJobsOf, type JobQueue } from '../../ports/queue.ts'
import type { Row } from '../../ports/schema.ts'
import type { Change, Store } from '../../ports/store.ts'
import { codeUses } from '../code-uses.ts'
import { firstDeliveryFlags } from '../first-deliveries.ts'
import { itemsOf } from '../items-of.ts'
import { type Platforms, type ReadBody, type Reading, readHere, rulesOf } from '../reading.ts'
import { type ArrivedWebhook, deliveryRows, type ReadBy } from '../rows.ts'
import { heldAgainstOrder } from '../shop-of-order.ts'
import { type ReplayedItem, type ReplayTerms, renewItems, requeueItems } from './items.ts'
import { holdMembers } from './members.ts'
import type { DeliveryReplay, ReplayReason } from './types.ts'

export interface ReplayDeps extends Platforms {
  readonly store: Store
  /** Without it in this thread, by `connectorFor`. */
  readonly read?: ReadBody
  /** Without one the sweep finds what is due. */
  readonly queue?: Pick<JobQueue, 'enqueue'>
  readonly clock: Clock
  readonly logger: Logger
  readonly newId: () => string
}

export interface ReplayOptions {
  /** Says what would become of it and changes nothing. */
  readonly dryRun: boolean
  readonly includeAbandoned: boolean
}

const MAX_ROUNDS = 20

/** What a replay does to one delivery, and the writes that do it. */
interface Plan {
  readonly stored: readonly Row<'delivery_item'>[]
  readonly items: readonly ReplayedItem[]
  readonly reason: ReplayReason | null
  /** Of the delivery itself. */
  readonly set: Partial<Row<'delivery'>>
  readonly also: readonly Change[]
}

/**
 * Judges a stored delivery anew: from its raw body, by its connector's rules, settings and status of now, as if it had
 * been received now. Only the signature is not checked again. See `renewItems` for what becomes of each item; where the
 * body is gone they are queued as they had been translated (`BODY_GONE`). A connector that is not live changes nothing
 * (`CONNECTOR_NOT_LIVE`), nor does an erasure of the buyer that is under way.
 *
 * Atomic; may run any number of times, at once too, and beside workers: what they write meanwhile is seen, and a
 * purchase never counts twice, for its ledger says that it was counted.
 * @throws AppError NOT_FOUND, STORE_BUSY, STORE_UNAVAILABLE
 */
export function replayDelivery(
  deps: ReplayDeps,
  accountId: string,
  id: string,
  { dryRun, includeAbandoned }: ReplayOptions,
): Promise<DeliveryReplay> {
  return untilWritten(`delivery ${id}`, MAX_ROUNDS, async () => {
    const delivery = await findDelivery(deps.store, accountId, id)
    const terms = { now: deps.clock.now(), includeAbandoned, isQuiet: delivery.isQuiet }
    const plan = await hold(deps, delivery, await planOf(deps, delivery, terms))
    const changes = changesOf(delivery, plan, terms)
    if (!dryRun && changes.length > 0) {
      if ((await deps.store.commit(changes)).outcome === 'conflict') return null
      enqueue(deps, plan.items)
    }
    const items = plan.items.map(({ item, effect }) => ({ item, effect }))
    const outcome = changes.length === 0 ? 'unchanged' : 'replayed'
    if (!dryRun) deps.logger.info({ deliveryId: id, outcome, reason: plan.reason }, 'delivery replayed')
    return { deliveryId: id, outcome, reason: plan.reason, items }
  })
}

async function findDelivery(store: Store, accountId: string, id: string): Promise<Row<'delivery'>> {
  const delivery = await findRow(store, 'delivery', accountId, id)
  if (delivery === null) throw new AppError('NOT_FOUND', 'There is no delivery by this id')
  return delivery
}

async function planOf(deps: ReplayDeps, delivery: Row<'delivery'>, terms: ReplayTerms): Promise<Plan> {
  const { accountId, connectorId, body } = delivery
  const [[connector], itemsByDelivery] = await Promise.all([
    deps.store.findByKeys('connector', ['id'], [[connectorId]]),
    itemsOf(deps.store, accountId, [delivery.id]),
  ])
  const items = itemsByDelivery.get(delivery.id) ?? []
  const nothing = { stored: items, items: items.map(left), set: {}, also: [] }
  if (connector?.status !== 'live') return { ...nothing, reason: 'CONNECTOR_NOT_LIVE' }
  if (body === null) {
    return { ...nothing, items: requeueItems(items, terms), reason: 'BODY_GONE' }
  }
  const arrived = await arrivedAgain(deps, delivery, connector, body, terms.now)
  const rows = deliveryRows(arrived, deps.newId)
  const { outcome, reason, orderId, orderReference, otherReference, orderName, orderNameKey } = rows.delivery
  const { translation } = arrived.reading
  const orderIdFrom = orderIdFromOf(connector, deps.connectorFor(connector.platform)!)
  // what a worker sees to is not judged by rules
  if (translation.kind === 'noted') return { ...nothing, reason: null }
  if (translation.kind === 'ignored') {
    // what some rule once looked at keeps its items
    const isNews = items.length === 0 && reason !== delivery.reason
    return { ...nothing, reason: translation.reason, set: isNews ? { reason } : {} }
  }
  const renewed = renewItems(
    items,
    rows.items.map((item) => ({ ...item, deliveryId: delivery.id })),
    terms,
  )
  return {
    stored: items,
    items: renewed,
    reason: null,
    // a report is found by its order's own id once it was applied
    set:
      delivery.outcome === 'ignored'
        ? { outcome, reason, orderId, orderReference, otherReference, orderName, orderNameKey }
        : {},
    also: [
      ...firstDeliveryFlags([{ connector, items: rows.items, orderIdFrom }]),
      ...codeUses(arrived, deps.newId),
    ],
  }
}

function left(item: Row<'delivery_item'>): ReplayedItem {
  return { item, effect: 'unchanged', changes: [] }
}

/**
 * The webhook as it was when it came in, as its connector takes it now. The rows keep the time of receipt: an erasure
 * goes by it.
 */
async function arrivedAgain(
  deps: ReplayDeps,
  { topic: shown, readAs, backfillId, isQuiet, webhookId, headers, reason, receivedAt }: Row<'delivery'>,
  connector: Row<'connector'>,
  rawBody: Uint8Array,
  now: Instant,
): Promise<ArrivedWebhook> {
  const reader = deps.connectorFor(connector.platform)!
  // headers that were not kept cannot clear a sender
  const isUnclear = reason === 'SHOP_MISMATCH' && Object.keys(headers).length === 0
  const isElsewhere = isUnclear || reader.isFromElsewhere?.(headers, connector.settings) === true
  const mismatch = isElsewhere ? ({ mismatch: 'SHOP_MISMATCH' } as const) : {}
  const verified = { ok: true, webhookId, topic: readAs ?? shown, headers, ...mismatch } as const
  const unread = { connector: rulesOf(connector), rawBody, receivedAt: now, proof: verified }
  const reading = await (deps.read?.(unread) ?? readHere(deps, unread))
  // its proof was given when it came in
  const topic = shown as ReadBy['topic']
  const read = backfillId === null ? {} : { read: { topic, backfillId, isQuiet } }
  const held = await heldAgainstOrder(deps.store, connector, reading as Reading)
  return { connector, rawBody, receivedAt, reading: held, ...read }
}

/** Holds the members whose purchases are queued, so that none of them is erased unseen. */
async function hold(deps: ReplayDeps, delivery: Row<'delivery'>, plan: Plan): Promise<Plan> {
  const queued = plan.items.filter(({ effect }) => effect === 'queued').map(({ item }) => item)
  const held = await holdMembers(deps.store, delivery, queued)
  if (held !== null) return { ...plan, also: [...plan.also, ...held] }
  return { ...plan, items: plan.stored.map(left), reason: 'MEMBER_ERASED', set: {}, also: [] }
}

/** Nothing where nothing changes. */
function changesOf(delivery: Row<'delivery'>, { items, set, also }: Plan, { now }: ReplayTerms): Change[] {
  const { replayCount, bodyKeptSince } = delivery
  const news = Object.entries(set).some(([field, value]) => delivery[field as keyof typeof set] !== value)
  const changes = items.flatMap((item) => item.changes)
  if (changes.length === 0 && !news) return []
  const update: Change = change(
    'delivery',
    delivery,
    { replayCount, bodyKeptSince },
    { ...set, replayCount: replayCount + 1, updatedAt: now },
  )
  return [update, ...changes, ...also]
}

/** After the commit, never before; the answer does not wait for it. */
function enqueue({ queue }: ReplayDeps, items: readonly ReplayedItem[]): void {
  const queued = items.filter(({ effect }) => effect === 'queued').map(({ item }) => item)
  if (queued.length > 0) void queue?.enqueue('activity', activityJobsOf(queued))
}

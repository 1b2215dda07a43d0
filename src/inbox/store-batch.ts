import { AppError } from '../errors.ts'
import { insert } from '../ports/changes.ts'
import { orderIdFromOf } from '../ports/order-id-from.ts'
import { activityJobsOf, type JobQueue, MAX_JOB_ITEMS } from '../ports/queue.ts'
import type { Row } from '../ports/schema.ts'
import type { Change, Store } from '../ports/store.ts'
import { codeUses } from './code-uses.ts'
import { firstDeliveryFlags } from './first-deliveries.ts'
import { identityItems } from './identities.ts'
import { type Platforms, type ReadBody, type Reading, rulesOf } from './reading.ts'
import { type ArrivedWebhook, deliveryRows } from './rows.ts'
import { heldAgainstOrder } from './shop-of-order.ts'
import type { AcceptResult } from './types.ts'

export interface StoreBatchDeps extends Platforms {
  readonly store: Store
  readonly read: ReadBody
  readonly queue: JobQueue
  readonly newId: () => string
}

export type Stored = Extract<AcceptResult, { outcome: 'stored' | 'already_stored' | 'unknown_connector' }>

const MAX_STORE_TRIES = 10

type Rows = ReturnType<typeof deliveryRows>
type Item = Row<'delivery_item'>

/** A webhook on its way into the store. */
interface Arrival {
  webhook: ArrivedWebhook
  rows: Rows
  result: Stored | null
}

/**
 * Stores a batch in one commit. A delivery that is already there makes the commit a conflict: then those that are
 * known are looked up and the rest is tried again, so a repetition costs the others nothing but time. So does a
 * connector that changed before its first delivery was stored. @throws AppError STORE_BUSY, STORE_UNAVAILABLE
 */
export async function storeBatch(
  deps: StoreBatchDeps,
  arrived: readonly ArrivedWebhook[],
): Promise<Stored[]> {
  const arrivals = arrived.map((webhook): Arrival => ({ webhook, rows: rowsOf(deps, webhook), result: null }))
  const open = () => arrivals.filter(({ result }) => result === null)
  for (let attempt = 0; attempt <= MAX_STORE_TRIES; attempt += 1) {
    if (attempt > 0) {
      await findKnown(deps.store, open())
      await renew(deps, open())
    }
    await storeFirsts(deps, open())
    if (open().length === 0) return arrivals.map(({ result }) => result!)
  }
  throw new AppError(
    'STORE_BUSY',
    `the delivery could not be stored: ${MAX_STORE_TRIES} tries met other writers`,
  )
}

/** A delivery with its items, and whom it names beside them. */
function rowsOf(deps: StoreBatchDeps, webhook: ArrivedWebhook): Rows {
  const { delivery, items, requests } = deliveryRows(webhook, deps.newId)
  return {
    delivery,
    requests,
    items: [...items, ...identityItems(webhook.reading.identities, delivery, items, deps.newId)],
  }
}

function keyOf({ connectorId, dedupeKey }: Row<'delivery'>): string {
  return `${connectorId} ${dedupeKey}`
}

/** The same delivery may arrive twice within one batch: the first is stored, the others are repetitions of it. */
async function storeFirsts(deps: StoreBatchDeps, open: readonly Arrival[]): Promise<void> {
  const { store, queue, newId } = deps
  if (open.length === 0) return
  const same = [...Map.groupBy(open, ({ rows }) => keyOf(rows.delivery)).values()]
  const firsts = same.map(([first]) => first!)
  const items = inBatches(
    firsts.flatMap(({ rows }) => rows.items),
    newId,
  )
  const received = firsts.map(({ webhook: { connector }, rows }) => ({
    connector,
    items: rows.items,
    orderIdFrom: orderIdFromOf(connector, deps.connectorFor(connector.platform)!),
  }))
  const changes: Change[] = [
    ...firstDeliveryFlags(received),
    ...firsts.map(({ rows }) => insert('delivery', rows.delivery)),
    ...items.map((row) => insert('delivery_item', row)),
    ...firsts.flatMap(({ webhook }) => codeUses(webhook, newId)),
    ...firsts.flatMap(({ rows }) => rows.requests.map((row) => insert('privacy_request', row))),
  ]
  if ((await store.commit(changes)).outcome === 'conflict') return
  for (const [first, ...repeated] of same) {
    const deliveryId = first!.rows.delivery.id
    first!.result = { outcome: 'stored', deliveryId }
    for (const arrival of repeated) arrival.result = { outcome: 'already_stored', deliveryId }
  }
  enqueue(queue, items)
}

async function findKnown(store: Store, open: readonly Arrival[]): Promise<void> {
  const keys = open.map(({ rows: { delivery } }) => [delivery.connectorId, delivery.dedupeKey])
  const known = await store.findByKeys('delivery', ['connectorId', 'dedupeKey'], keys)
  const ids = new Map(known.map((row) => [keyOf(row), row.id]))
  for (const arrival of open) {
    const deliveryId = ids.get(keyOf(arrival.rows.delivery))
    if (deliveryId !== undefined) arrival.result = { outcome: 'already_stored', deliveryId }
  }
}

/** Takes each webhook as its connector would take it now: that may have changed, or be gone. */
async function renew(deps: StoreBatchDeps, open: readonly Arrival[]): Promise<void> {
  const ids = [...new Set(open.map(({ webhook }) => webhook.connector.id))]
  const connectors = await deps.store.findByKeys(
    'connector',
    ['id'],
    ids.map((id) => [id]),
  )
  const byId = new Map(connectors.map((connector) => [connector.id, connector]))
  for (const arrival of open) {
    const connector = byId.get(arrival.webhook.connector.id)
    if (connector === undefined) arrival.result = { outcome: 'unknown_connector' }
    else if (connector.revision !== arrival.webhook.connector.revision) {
      const { verified: proof } = arrival.webhook.reading
      const { rawBody, receivedAt } = arrival.webhook
      const reading = await deps.read({ connector: rulesOf(connector), rawBody, receivedAt, proof })
      // its proof was given when it came in
      const held = await heldAgainstOrder(deps.store, connector, reading as Reading)
      arrival.webhook = { ...arrival.webhook, connector, reading: held }
      arrival.rows = rowsOf(deps, arrival.webhook)
    }
  }
}

/** The items that wait to be worked off share jobs: each learns its batch. One that is alone needs none. */
function inBatches(items: readonly Item[], newId: () => string): Item[] {
  const [pending, settled] = [items.filter(isPending), items.filter((item) => !isPending(item))]
  const batches = Array.from({ length: Math.ceil(pending.length / MAX_JOB_ITEMS) }, (_, at) => {
    const batch = pending.slice(at * MAX_JOB_ITEMS, (at + 1) * MAX_JOB_ITEMS)
    const batchId = batch.length === 1 ? null : newId()
    return batch.map((item) => ({ ...item, batchId }))
  })
  return [...batches.flat(), ...settled]
}

function isPending({ status }: Item): boolean {
  return status === 'pending'
}

/** After the commit, never before; the answer does not wait for it, and the sweep makes up for what is lost. */
function enqueue(queue: JobQueue, items: readonly Item[]): void {
  const pending = items.filter(isPending)
  if (pending.length > 0) void queue.enqueue('activity', activityJobsOf(pending))
}

import { Batcher } from '../engine/batcher.ts'
import { AppError } from '../errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { Connector, Translation } from '../ports/connector.ts'
import type { Logger } from '../ports/logger.ts'
import type { JobQueue } from '../ports/queue.ts'
import type { Row } from '../ports/schema.ts'
import type { SecretBox } from '../ports/secret-box.ts'
import type { Change, Store } from '../ports/store.ts'
import { createConnectorLookup, type OpenConnector } from './connector-lookup.ts'
import { createRefusalBook } from './refusals.ts'
import { type ArrivedWebhook, deliveryRows } from './rows.ts'
import type { AcceptResult, Inbox, IncomingWebhook } from './types.ts'

export interface InboxDeps {
  readonly store: Store
  readonly queue: JobQueue
  readonly connectorFor: (platform: string) => Connector | undefined
  readonly secretBox: SecretBox
  readonly clock: Clock
  readonly logger: Logger
  readonly newId: () => string
}

/** Platforms give up after seconds; a store slower than this is answered 503, and the platform sends again. */
const STORE_DEADLINE_MS = 3000
const MAX_BATCH_DELIVERIES = 256
const MAX_BATCH_BYTES = 4 * 1024 * 1024

type Stored = Extract<AcceptResult, { outcome: 'stored' | 'already_stored' }>

/** Accepts webhooks in the contract's order of answers; see `Inbox`. */
export function createInbox(deps: InboxDeps): Inbox & { close(): Promise<void> } {
  const lookup = createConnectorLookup(deps.store, deps.secretBox)
  const refusals = createRefusalBook(deps.store, deps.clock, deps.logger)
  const batcher = new Batcher<ArrivedWebhook, Stored>({
    run: (arrived) => storeBatch(deps, arrived),
    keyOf: () => null,
    sizeOf: ({ rawBody }) => rawBody.byteLength + 1024,
    maxItems: MAX_BATCH_DELIVERIES,
    maxBytes: MAX_BATCH_BYTES,
    maxInFlight: 8,
  })

  const accept = async (webhook: IncomingWebhook): Promise<AcceptResult> => {
    const platform = deps.connectorFor(webhook.platform)
    const connector = platform === undefined ? null : await lookup(webhook.connectorId, webhook.platform)
    if (platform === undefined || connector === null) return { outcome: 'unknown_connector' }
    const receivedAt = deps.clock.now()
    const { headers, rawBody } = webhook
    const verified = platform.verify(
      { rawBody, headers, secrets: connector.secrets, now: receivedAt },
      connector.row.settings,
    )
    if (!verified.ok) {
      refusals.note(connector.row, verified.reason)
      return { outcome: 'refused', reason: verified.reason, message: verified.message }
    }
    if (!isJson(headers['content-type'])) return { outcome: 'not_json' }
    const translation = translate(platform, connector, verified, rawBody, receivedAt)
    return batcher.add({ connector: connector.row, verified, rawBody, receivedAt, translation })
  }

  return {
    accept: (webhook) => withDeadline(accept(webhook)),
    close: async () => {
      await batcher.drain()
      await refusals.close()
    },
  }
}

function translate(
  platform: Connector,
  { row }: OpenConnector,
  verified: ArrivedWebhook['verified'],
  rawBody: Uint8Array,
  receivedAt: number,
): Translation {
  const { rules, purchaseSpace } = row
  const translation = platform.translate({ rawBody, topic: verified.topic, receivedAt, rules, purchaseSpace })
  // ignored as a whole, but still to be found by its order
  const { orderId } = translation
  if (row.status !== 'live') return { kind: 'ignored', reason: 'CONNECTOR_NOT_LIVE', orderId }
  if (verified.mismatch !== undefined) return { kind: 'ignored', reason: verified.mismatch, orderId }
  return translation
}

function isJson(contentType: string | undefined): boolean {
  return contentType !== undefined && /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(contentType.trim())
}

async function withDeadline(answer: Promise<AcceptResult>): Promise<AcceptResult> {
  const { promise, reject } = Promise.withResolvers<never>()
  const message = `the store did not answer within ${STORE_DEADLINE_MS} ms`
  const timer = setTimeout(() => reject(new AppError('STORE_UNAVAILABLE', message)), STORE_DEADLINE_MS)
  try {
    return await Promise.race([answer, promise])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Stores a batch in one commit. A delivery that is already there makes the commit a conflict: then those that are
 * known are looked up and the rest is tried again, so a repetition costs the others nothing but time.
 */
async function storeBatch(deps: InboxDeps, arrived: readonly ArrivedWebhook[]): Promise<Stored[]> {
  const results: (Stored | null)[] = arrived.map(() => null)
  const rows = arrived.map((webhook) => deliveryRows(webhook, deps.newId))
  let open = [...arrived.keys()]
  for (let attempt = 0; open.length > 0; attempt += 1) {
    if (attempt > MAX_STORE_TRIES) {
      throw new AppError(
        'STORE_BUSY',
        `the delivery could not be stored: ${MAX_STORE_TRIES} tries met other writers`,
      )
    }
    if (attempt > 0) {
      const known = await knownDeliveries(
        deps.store,
        open.map((index) => rows[index]!.delivery),
      )
      for (const index of open) {
        const deliveryId = known.get(keyOf(rows[index]!.delivery))
        if (deliveryId !== undefined) results[index] = { outcome: 'already_stored', deliveryId }
      }
      open = open.filter((index) => results[index] === null)
    }
    const { first, repeated } = splitRepeated(open, rows)
    if (first.length === 0) break
    const committed = await deps.store.commit(first.flatMap((index) => inserts(rows[index]!)))
    if (committed.outcome === 'conflict') continue
    for (const index of first) results[index] = { outcome: 'stored', deliveryId: rows[index]!.delivery.id }
    const stored = new Map(first.map((index) => [keyOf(rows[index]!.delivery), rows[index]!.delivery.id]))
    for (const index of repeated) {
      results[index] = { outcome: 'already_stored', deliveryId: stored.get(keyOf(rows[index]!.delivery))! }
    }
    enqueue(
      deps,
      first.flatMap((index) => rows[index]!.items),
    )
    open = []
  }
  return results.map((result) => result!)
}

const MAX_STORE_TRIES = 10

type Rows = ReturnType<typeof deliveryRows>

function keyOf(delivery: Row<'delivery'>): string {
  return `${delivery.connectorId} ${delivery.dedupeKey}`
}

/** The same delivery may arrive twice within one batch: the first is stored, the others are repetitions of it. */
function splitRepeated(
  open: readonly number[],
  rows: readonly Rows[],
): { first: number[]; repeated: number[] } {
  const seen = new Set<string>()
  const first: number[] = []
  const repeated: number[] = []
  for (const index of open) {
    const key = keyOf(rows[index]!.delivery)
    if (seen.has(key)) repeated.push(index)
    else first.push(index)
    seen.add(key)
  }
  return { first, repeated }
}

async function knownDeliveries(
  store: Store,
  deliveries: readonly Row<'delivery'>[],
): Promise<Map<string, string>> {
  const keys = deliveries.map((delivery) => [delivery.connectorId, delivery.dedupeKey])
  const rows = await store.findByKeys('delivery', ['connectorId', 'dedupeKey'], keys)
  return new Map(rows.map((row) => [keyOf(row), row.id]))
}

function inserts({ delivery, items }: Rows): Change[] {
  return [
    { op: 'insert', collection: 'delivery', row: delivery },
    ...items.map((row): Change => ({ op: 'insert', collection: 'delivery_item', row })),
  ]
}

/** After the commit, never before; the answer does not wait for it, and the sweep makes up for what is lost. */
function enqueue({ queue }: InboxDeps, items: readonly Row<'delivery_item'>[]): void {
  const pending = items.filter((item) => item.status === 'pending')
  if (pending.length === 0) return
  const jobs = pending.map(({ accountId, deliveryId, id, attempt }) => ({
    accountId,
    deliveryId,
    itemId: id,
    attempt,
  }))
  void queue.enqueue('activity', jobs)
}

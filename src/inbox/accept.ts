import { Batcher, type Gathering, WHILE_UNDER_WAY } from '../commit/batcher.ts'
import { AppError } from '../errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'
import type { Row } from '../ports/schema.ts'
import type { SecretBox } from '../ports/secret-box.ts'
import { createConnectorLookup, type OpenConnector } from './connector-lookup.ts'
import { type Platforms, type ReadBody, readHere, rulesOf } from './reading.ts'
import { createRefusalBook } from './refusals.ts'
import type { ArrivedWebhook } from './rows.ts'
import { heldAgainstOrder } from './shop-of-order.ts'
import { type StoreBatchDeps, type Stored, storeBatch } from './store-batch.ts'
import type { AcceptResult, Inbox, IncomingWebhook } from './types.ts'

export interface InboxDeps extends Platforms, Omit<StoreBatchDeps, 'read'> {
  /** Without it in this thread, by `connectorFor`. */
  readonly read?: ReadBody
  readonly secretBox: SecretBox
  readonly clock: Clock
  readonly logger: Logger
  /** Is told of webhooks whose signature was right, before they are answered, and of pings; must not throw. */
  readonly notes?: ArrivalNotes
  /**
   * Platforms give up after seconds; a store slower than this is answered 503, and the platform sends again. Default
   * 3 s.
   */
  readonly storeDeadlineMs?: number
  /** When webhooks that come one after the other share a commit; see `GATHERS`. */
  readonly gathers?: Gathering
}

export interface ArrivalNotes {
  /** null where there is nothing to wait for. */
  arrived(connector: Row<'connector'>): Promise<void> | null
  pinged(connector: Row<'connector'>): Promise<void>
}

const STORE_DEADLINE_MS = 3000
const NO_SECRET = 'this connector has no secrets to check webhooks with yet'
const OF_NO_SHOP = 'the body was not signed with a secret of a connector of the shop in the header'
/**
 * Webhooks that are stored together share all that follows: their items a job, these their purchases a commit and their
 * rewards a job. So of a hundred a second or more two or three are stored together.
 */
const GATHERS: Gathering = { ...WHILE_UNDER_WAY, paceMs: 8, longestPaceMs: 30 }
const MAX_BATCH_DELIVERIES = 256
const MAX_BATCH_BYTES = 4 * 1024 * 1024

/** Accepts webhooks in the contract's order of answers; see `Inbox`. */
export function createInbox(deps: InboxDeps): Inbox & { close(): Promise<void> } {
  const inTime = <T>(answer: Promise<T>) => within(deps.storeDeadlineMs ?? STORE_DEADLINE_MS, answer)
  const lookup = createConnectorLookup(deps.store, deps.secretBox)
  const refusals = createRefusalBook(deps.store, deps.clock, deps.logger)
  const read: ReadBody = deps.read ?? ((unread) => readHere(deps, unread))
  const batcher = new Batcher<ArrivedWebhook, Stored>({
    run: (arrived) => storeBatch({ ...deps, read }, arrived),
    keyOf: () => null,
    sizeOf: ({ rawBody }) => rawBody.byteLength + 1024,
    maxItems: MAX_BATCH_DELIVERIES,
    maxBytes: MAX_BATCH_BYTES,
    maxInFlight: 8,
    gathers: deps.gathers ?? GATHERS,
  })

  const topicOf = ({ platform, headers }: Pick<IncomingWebhook, 'platform' | 'headers'>) => {
    const header = deps.connectorFor(platform)?.topicHeader
    return header === undefined ? undefined : headers[header]
  }

  const accept = async (webhook: IncomingWebhook): Promise<AcceptResult> => {
    const platform = deps.connectorFor(webhook.platform)
    const found =
      platform === undefined ? null : await inTime(lookup.open(webhook.connectorId, webhook.platform))
    if (platform === undefined || found === null) return { outcome: 'unknown_connector' }
    if (platform.isPing?.(webhook.headers, webhook.rawBody) === true) {
      await inTime(deps.notes?.pinged(found.row) ?? Promise.resolve())
      return { outcome: 'pinged' }
    }
    const taken = await take(found, webhook)
    if (taken.outcome === 'refused') refusals.note(found.row, taken.reason, topicOf(webhook))
    return taken
  }

  const take = async (
    { row: connector, secrets }: OpenConnector,
    { headers, rawBody }: Pick<IncomingWebhook, 'headers' | 'rawBody'>,
  ): Promise<AcceptResult> => {
    if (secrets.length === 0) return { outcome: 'refused', reason: 'SECRET_MISSING', message: NO_SECRET }
    const receivedAt = deps.clock.now()
    const proof = { headers, secrets }
    const reading = await read({ connector: rulesOf(connector), rawBody, receivedAt, proof })
    if ('ok' in reading) return { outcome: 'refused', reason: reading.reason, message: reading.message }
    // most wait for neither of these, and a deadline is a timer and a promise
    const noted = deps.notes?.arrived(connector) ?? null
    if (noted !== null) await inTime(noted)
    if (!isJson(headers['content-type'])) return { outcome: 'not_json' }
    const found = heldAgainstOrder(deps.store, connector, reading)
    const held = found instanceof Promise ? await inTime(found) : found
    return inTime(batcher.add({ connector, rawBody, receivedAt, reading: held }))
  }

  const acceptOfShop = async (webhook: Omit<IncomingWebhook, 'connectorId'>): Promise<AcceptResult> => {
    const header = deps.connectorFor(webhook.platform)?.site?.header
    const shop = header === undefined ? undefined : webhook.headers[header]?.trim().toLowerCase()
    const found = shop === undefined ? [] : await inTime(lookup.ofShop(webhook.platform, shop))
    // the oldest connector comes first
    const results = await Promise.all(found.map((connector) => take(connector, webhook)))
    const taken = results.find(({ outcome }) => outcome !== 'refused')
    if (taken !== undefined) return taken
    for (const [at, result] of results.entries()) {
      if (result.outcome === 'refused') refusals.note(found[at]!.row, result.reason, topicOf(webhook))
    }
    return { outcome: 'refused', reason: 'SIGNATURE_MISMATCH', message: OF_NO_SHOP }
  }

  return {
    // most are known, and nothing is asked of the store for them
    knows: async (connectorId, platform) =>
      lookup.isKnown(connectorId, platform) || (await inTime(lookup.knows(connectorId, platform))),
    accept,
    acceptOfShop,
    close: async () => {
      await batcher.drain()
      await refusals.close()
    },
  }
}

function isJson(contentType: string | undefined): boolean {
  return contentType !== undefined && /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(contentType.trim())
}

/** @throws AppError STORE_UNAVAILABLE */
function within<T>(deadlineMs: number, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new AppError('STORE_UNAVAILABLE', `the store did not answer within ${deadlineMs} ms`))
    }, deadlineMs)
    answer.then(
      (value) => {
        clearTimeout(timer)
        resolve(value)
      },
      (error: unknown) => {
        clearTimeout(timer)
        reject(error)
      },
    )
  })
}

import { Batcher } from '../commit/batcher.ts'
import { AppError } from '../errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'
import type { SecretBox } from '../ports/secret-box.ts'
import { createConnectorLookup } from './connector-lookup.ts'
import { createPingBook } from './pings.ts'
import { type Platforms, type ReadBody, readHere, rulesOf } from './reading.ts'
import { createRefusalBook } from './refusals.ts'
import type { ArrivedWebhook } from './rows.ts'
import { type StoreBatchDeps, type Stored, storeBatch } from './store-batch.ts'
import type { AcceptResult, Inbox, IncomingWebhook } from './types.ts'

export interface InboxDeps extends Platforms, Omit<StoreBatchDeps, 'read'> {
  /** Without it in this thread, by `connectorFor`. */
  readonly read?: ReadBody
  readonly secretBox: SecretBox
  readonly clock: Clock
  readonly logger: Logger
  /**
   * Platforms give up after seconds; a store slower than this is answered 503, and the platform sends again. Default
   * 3 s.
   */
  readonly storeDeadlineMs?: number
}

const STORE_DEADLINE_MS = 3000
const MAX_BATCH_DELIVERIES = 256
const MAX_BATCH_BYTES = 4 * 1024 * 1024

/** Accepts webhooks in the contract's order of answers; see `Inbox`. */
export function createInbox(deps: InboxDeps): Inbox & { close(): Promise<void> } {
  const inTime = <T>(answer: Promise<T>) => within(deps.storeDeadlineMs ?? STORE_DEADLINE_MS, answer)
  const lookup = createConnectorLookup(deps.store, deps.secretBox)
  const refusals = createRefusalBook(deps.store, deps.clock, deps.logger)
  const pings = createPingBook(deps.store, deps.clock, deps.logger)
  const read: ReadBody = deps.read ?? ((unread) => readHere(deps, unread))
  const batcher = new Batcher<ArrivedWebhook, Stored>({
    run: (arrived) => storeBatch({ ...deps, read }, arrived),
    keyOf: () => null,
    sizeOf: ({ rawBody }) => rawBody.byteLength + 1024,
    maxItems: MAX_BATCH_DELIVERIES,
    maxBytes: MAX_BATCH_BYTES,
    maxInFlight: 8,
  })

  const accept = async (webhook: IncomingWebhook): Promise<AcceptResult> => {
    const platform = deps.connectorFor(webhook.platform)
    const found =
      platform !== undefined ? await inTime(lookup.open(webhook.connectorId, webhook.platform)) : null
    if (platform === undefined || found === null) return { outcome: 'unknown_connector' }
    const { row: connector, secrets } = found
    const receivedAt = deps.clock.now()
    const { headers, rawBody } = webhook
    if (platform.isPing?.(webhook) === true) {
      await inTime(pings.note(connector))
      return { outcome: 'pinged' }
    }
    const proof = { headers, secrets }
    const reading = await read({ connector: rulesOf(connector), rawBody, receivedAt, proof })
    if ('ok' in reading) {
      refusals.note(connector, reading.reason)
      return { outcome: 'refused', reason: reading.reason, message: reading.message }
    }
    if (!isJson(headers['content-type'])) return { outcome: 'not_json' }
    return inTime(batcher.add({ connector, rawBody, receivedAt, reading }))
  }

  return {
    // most are known, and nothing is asked of the store for them
    knows: async (connectorId, platform) =>
      lookup.isKnown(connectorId, platform) || (await inTime(lookup.knows(connectorId, platform))),
    accept,
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
    const settled = (settle: () => void) => {
      clearTimeout(timer)
      settle()
    }
    answer.then(
      (value) => settled(() => resolve(value)),
      (error: unknown) => settled(() => reject(error)),
    )
  })
}

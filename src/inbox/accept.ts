import { Batcher } from '../commit/batcher.ts'
import { AppError } from '../errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'
import type { SecretBox } from '../ports/secret-box.ts'
import { createConnectorLookup } from './connector-lookup.ts'
import { createRefusalBook } from './refusals.ts'
import type { ArrivedWebhook } from './rows.ts'
import { type StoreBatchDeps, type Stored, storeBatch } from './store-batch.ts'
import { translate } from './translate.ts'
import type { AcceptResult, Inbox, IncomingWebhook } from './types.ts'

export interface InboxDeps extends StoreBatchDeps {
  readonly secretBox: SecretBox
  readonly clock: Clock
  readonly logger: Logger
}

/** Platforms give up after seconds; a store slower than this is answered 503, and the platform sends again. */
const STORE_DEADLINE_MS = 3000
const MAX_BATCH_DELIVERIES = 256
const MAX_BATCH_BYTES = 4 * 1024 * 1024

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
    const arrived = { connector: connector.row, verified, rawBody, receivedAt }
    return batcher.add({ ...arrived, translation: translate(deps, arrived) })
  }

  return {
    accept: (webhook) => withDeadline(accept(webhook)),
    close: async () => {
      await batcher.drain()
      await refusals.close()
    },
  }
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
